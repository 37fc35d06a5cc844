"""Heads: discs for a few, dots for many, a density for a crowd; every colour keeps its share, and nothing overflows."""

from __future__ import annotations

import numpy as np
import pytest

from gradsim.core.render.particles import MAX_DISCS, MAX_HEADS, Heads, draw_particles, head_radius
from gradsim.core.render.trails import Layer

WIDTH, HEIGHT = 120, 90
IDENTITY = (1.0, 0.0, 1.0, 0.0)
COLORS = np.array([[255, 60, 20], [20, 230, 80], [30, 60, 250]], dtype=np.float32)


def draw(
    x: np.ndarray, y: np.ndarray, *, alive: np.ndarray | None = None, pixel_ratio: float = 1.0, below: int = 0
) -> np.ndarray:
    picture = np.full((HEIGHT, WIDTH, 4), below, dtype=np.uint8)
    draw_particles(
        picture,
        Layer.empty(WIDTH, HEIGHT),
        heads=Heads(
            x=x, y=y, alive=np.ones(x.shape, dtype=np.bool_) if alive is None else alive, colors=COLORS[: x.shape[0]]
        ),
        trails=None,
        transform=IDENTITY,
        rim=(128, 128, 128),
        pixel_ratio=pixel_ratio,
    )
    return picture


def one(x: float, y: float, **options: object) -> np.ndarray:
    return draw(np.array([[x]]), np.array([[y]]), **options)


def test_a_single_head_is_a_disc_of_its_color_with_a_rim() -> None:
    picture = one(60.0, 45.0)
    assert picture[45, 60, :3].tolist() == COLORS[0].tolist()
    blue, green, red = picture[45, 60 + 7, :3]  # half of this pixel is rim, the rest is background
    assert blue == green == red > 60
    area = (picture[..., 0] == 255).sum()
    assert area == pytest.approx(np.pi * head_radius(1) ** 2, rel=0.2)


def test_heads_grow_with_the_pixel_ratio() -> None:
    small, large = ((one(60.0, 45.0, pixel_ratio=ratio)[..., 0] > 0).sum() for ratio in (1.0, 2.0))
    assert large / small == pytest.approx(4.0, rel=0.1)


def test_heads_are_placed_to_a_fraction_of_a_pixel() -> None:
    for dx in (0.0, 0.25, 0.5, 0.75):
        light = one(60.0 + dx, 45.0)[..., :3].astype(float).sum(axis=(0, 2))
        assert (light * (np.arange(WIDTH) + 0.5)).sum() / light.sum() == pytest.approx(60.0 + dx, abs=0.05)


def test_heads_shrink_as_they_become_many_but_never_vanish() -> None:
    radii = [head_radius(n) for n in (1, 6, 50, 500, MAX_DISCS)]
    assert radii == sorted(radii, reverse=True)
    assert radii[0] >= 6
    assert radii[-1] >= 1.5


@pytest.mark.parametrize("n", [1, MAX_DISCS + 1, MAX_HEADS + 1])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300, -1e300, 1e19, 2.0**63, -(2.0**31) - 1])
def test_positions_from_nowhere_are_left_out(n: int, bad: float) -> None:
    there, here = np.full((1, n), bad), np.full((1, n), 20.0)
    assert not draw(there, here).any()
    assert not draw(here, there).any()


@pytest.mark.parametrize("n", [1, MAX_DISCS + 1, MAX_HEADS + 1])
def test_heads_on_the_edges_are_cut(n: int) -> None:
    for x, y in ((0, 0), (WIDTH, HEIGHT), (0, HEIGHT), (WIDTH - 0.5, 3), (-0.4, 20)):
        draw(np.full((1, n), float(x)), np.full((1, n), float(y)))
    assert one(0.0, 0.0)[0, 0, 0] == 255
    assert one(float(WIDTH), float(HEIGHT))[-1, -1, 0] == 255


@pytest.mark.parametrize("n_each", [300, MAX_DISCS, MAX_HEADS])
def test_no_color_hides_the_others(n_each: int) -> None:
    rng = np.random.default_rng(0)
    x, y = np.tile(rng.uniform(0, WIDTH, n_each), (3, 1)), np.tile(rng.uniform(0, HEIGHT, n_each), (3, 1))
    picture = draw(x, y)[..., :3].astype(float)
    shares = picture.mean(axis=(0, 1)) / COLORS.mean(axis=0)
    assert shares.min() > 0.6 * shares.max()
    assert shares.min() > 0.05


@pytest.mark.parametrize("n", [MAX_DISCS, MAX_DISCS + 1, MAX_HEADS, MAX_HEADS + 1])
def test_a_crowd_takes_its_color_in_every_regime(n: int) -> None:
    rng = np.random.default_rng(0)
    picture = draw(rng.uniform(0, WIDTH, (1, n)), rng.uniform(0, HEIGHT, (1, n)), below=40).astype(int)
    assert np.abs(picture[..., 0] - 40).mean() > 15
    assert (picture[..., 2] <= 128).all()


def test_the_diverged_leave_a_faint_ring() -> None:
    picture = one(60.0, 45.0, alive=np.array([[False]]))
    assert not picture[45, 60].any()
    ring = picture[45, 60 + round(head_radius(1)), 0]
    assert 60 < ring < 255


def test_the_diverged_of_a_crowd_are_not_drawn() -> None:
    for n in (MAX_DISCS + 1, MAX_HEADS + 1):
        x = np.full((1, n), 40.0)
        assert not draw(x, x, alive=np.zeros((1, n), dtype=np.bool_)).any()


def test_no_particles_are_no_trouble() -> None:
    assert not draw(np.empty((0, 5)), np.empty((0, 5))).any()


def test_rims_do_not_blacken_a_dense_line() -> None:
    x, y = np.tile(np.linspace(20.0, 100.0, 1000), (3, 1)), np.full((3, 1000), 45.0)
    along = draw(x, y)[45, 30:90, :3].astype(float)
    assert not (along == 128).all(axis=1).any()  # the rim's grey
    assert (along.mean(axis=0) / COLORS.mean(axis=0)).min() > 0.5
