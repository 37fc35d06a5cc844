"""Trails: lines have their width and weight wherever they come from, blending has no order, and nothing runs away."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradsim.core.render.lines import TILE
from gradsim.core.render.trails import Layer, add_trails

WIDTH, HEIGHT = 100, 70
BLUE = np.array([[255.0, 0.0, 0.0]], dtype=np.float32)
IDENTITY = np.array([1.0, 0.0, 1.0, 0.0])


def add_path(
    layer: Layer,
    points: list[tuple[float, float]],
    *,
    line_width: float = 1.6,
    n_steps: float = 1e12,
    step: float | None = None,
    head: tuple[float, float] | None = None,
    stride: int = 1,
    budget: float = 1e9,
    joins: bool = False,
    colors: np.ndarray = BLUE,
) -> None:
    """Add the trail of a particle that was at ``points``, one a step; its head is at the last or ``head``."""
    x, y = (np.array([[[point[axis]] for point in points]], dtype=float) for axis in (0, 1))
    steps = np.arange(len(points), dtype=np.int64)
    head = points[-1] if head is None else head
    add_trails(
        layer.sums,
        layer.touched,
        x,
        y,
        steps,
        np.array([[head[0]]], dtype=float),
        np.array([[head[1]]], dtype=float),
        float(steps[-1]) if step is None else step,
        n_steps,
        IDENTITY,
        colors,
        line_width,
        1.0,
        stride,
        budget,
        joins,
    )


def weights(*paths: list[tuple[float, float]], **options: object) -> np.ndarray:
    layer = Layer.empty(WIDTH, HEIGHT)
    for path in paths:
        add_path(layer, path, **options)
    return layer.sums[..., 3].astype(float)


@pytest.mark.parametrize("line_width", [1.0, 1.6, 3.2, 6.0])
@pytest.mark.parametrize("angle", range(0, 360, 15))
def test_lines_are_as_wide_as_asked_in_every_direction(line_width: float, angle: float) -> None:
    direction = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    a, b = np.array([50.3, 35.1]) - 25 * direction, np.array([50.3, 35.1]) + 25 * direction
    covered = weights([tuple(a), tuple(b)], line_width=line_width).sum()
    assert covered == pytest.approx(50 * line_width, rel=0.02)


@pytest.mark.parametrize("joins", [False, True])
def test_the_pieces_of_a_straight_path_neither_overlap_nor_leave_gaps(joins: bool) -> None:
    whole = weights([(5.2, 10.4), (90.7, 50.9)], joins=joins)
    pieces = weights([tuple(p) for p in np.linspace((5.2, 10.4), (90.7, 50.9), 23)], joins=joins)
    assert np.abs(whole - pieces).max() < (0.02 if joins else 0.06)


@pytest.mark.parametrize("line_width", [2.4, 4.8, 9.0])
@pytest.mark.parametrize("turn", [0, 3, 30, 60, 90, 120, 150, 177, 179.99, 180])
@pytest.mark.parametrize("angle", [0, 20, 45, 70, 90, 200])
def test_joined_pieces_cover_what_lies_within_half_a_width_of_the_path(
    line_width: float, turn: float, angle: float
) -> None:
    """Once: where the path bends, it is as dark as elsewhere, and has neither notch nor bead."""
    there, back = (np.array([np.cos(a), np.sin(a)]) for a in np.radians([angle, angle + turn]))
    corner = np.array([50.3, 35.1])
    points = [corner - 24 * there, corner, corner + 24 * back]
    y, x = np.mgrid[0.5:HEIGHT, 0.5:WIDTH]
    places = np.stack([x, y], axis=-1)
    distance = np.min([distance_to_piece(places, a, b) for a, b in pairwise(points)], axis=0)
    expected = np.clip(0.5 * line_width + 0.5 - distance, 0.0, 1.0)
    drawn = weights([tuple(point) for point in points], line_width=line_width, joins=True)
    assert drawn.max() <= 1.0 + 1e-6
    assert (drawn - expected).max() < 1e-6
    assert (expected - drawn).max() < 0.13  # of a pixel on the outline, which two pieces share
    assert drawn.sum() == pytest.approx(expected.sum(), rel=0.004)


def distance_to_piece(places: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    along = np.clip((places - a) @ (b - a) / ((b - a) @ (b - a)), 0.0, 1.0)
    return np.linalg.norm(places - a - along[..., np.newaxis] * (b - a), axis=-1)


@pytest.mark.parametrize(
    "far", [(1e4, 35.0), (1e9, 35.0), (1e11, 1e11), (-1e11, 35.0), (50.0, 1e300), (1e200, -1e200), (-1.5e308, 35.0)]
)
def test_lines_to_far_away_are_drawn_to_the_edge_at_once(far: tuple[float, float]) -> None:
    begin = time.thread_time()  # in which the machine may do something else
    drawn = weights([(50.0, 35.0), far])
    assert time.thread_time() - begin < 0.5
    assert max(drawn[0].max(), drawn[-1].max(), drawn[:, 0].max(), drawn[:, -1].max()) > 0.2
    assert drawn[33:37, 48:52].max() > 0.2
    assert np.isfinite(drawn).all()
    assert drawn.sum() < 1.6 * 100


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_pieces_to_nowhere_are_left_out(bad: float) -> None:
    assert weights([(bad, 20.0), (50.0, 35.0)]).sum() == 0
    assert weights([(20.0, bad), (50.0, 35.0)]).sum() == 0
    assert weights([(1e13, 1e13), (-1e13, -1e13)]).sum() == 0


@given(st.lists(st.tuples(st.floats(allow_nan=True), st.floats(allow_nan=True)), min_size=2, max_size=6))
def test_any_path_can_be_drawn(points: list[tuple[float, float]]) -> None:
    for joins in (False, True):
        assert np.isfinite(weights(points, joins=joins)).all()


@pytest.mark.parametrize("joins", [False, True])
def test_a_path_through_the_picture_is_cut_at_its_edges(joins: bool) -> None:
    inside = weights([(0.0, 20.0), (100.0, 60.0)], joins=joins)
    across = weights([(-100.0, -20.0), (200.0, 100.0)], joins=joins)
    assert np.abs(inside - across)[:, 3:-3].max() < 1e-5


def test_blending_is_a_weighted_average_in_any_order_and_clears_the_layer() -> None:
    colors = [BLUE, np.array([[10.0, 200.0, 90.0]], dtype=np.float32)]
    paths = [[(10.0, 10.0), (90.0, 60.0)], [(10.0, 60.0), (90.0, 10.0)]]
    below = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 4), dtype=np.uint8)
    pictures = []
    for order in ((0, 1), (1, 0)):
        layer = Layer.empty(WIDTH, HEIGHT)
        for k in order:
            add_path(layer, paths[k], colors=colors[k])
        expected = (below[..., :3] + layer.sums[..., :3]) / (1 + layer.sums[..., 3:])
        picture = below.copy()
        layer.blend(picture)
        assert np.abs(picture[..., :3] - expected).max() <= 0.51
        assert (picture[..., 3] == below[..., 3]).all()
        assert not layer.sums.any()
        assert not layer.touched.any()
        pictures.append(picture)
    assert np.abs(pictures[0].astype(int) - pictures[1]).max() <= 1


@given(st.lists(st.tuples(st.floats(-50, 150), st.floats(-50, 150)), min_size=2, max_size=5))
def test_whatever_is_drawn_lies_in_a_touched_tile(points: list[tuple[float, float]]) -> None:
    for joins in (False, True):
        layer = Layer.empty(WIDTH, HEIGHT)
        add_path(layer, points, line_width=5.0, joins=joins)
        tiles = layer.touched.repeat(TILE, axis=0).repeat(TILE, axis=1)[:HEIGHT, :WIDTH]
        assert not layer.sums[tiles == 0].any()


def test_trails_fade_with_age_and_end_at_their_length() -> None:
    drawn = weights([(float(k), 35.0) for k in range(100)], n_steps=60.5, line_width=1.0).sum(axis=0)
    assert drawn[:38].sum() == pytest.approx(0, abs=1e-6)
    assert drawn[38] > 0  # the last, fractional piece
    assert (np.diff(drawn[40:98]) > 0).all()
    assert drawn[97] == pytest.approx(1.0, abs=0.05)


def test_a_trail_ends_at_the_head_between_two_records() -> None:
    path = [(10.0 + 20.0 * k, 35.0) for k in range(5)]
    drawn = weights(path, step=2.5, head=(60.0, 35.0), n_steps=1.5, line_width=1.0).sum(axis=0)
    assert np.flatnonzero(drawn > 0.01).tolist() == list(range(30, 60))


def test_a_trail_stops_at_its_budget() -> None:
    for joins in (False, True):
        path = [(float(k % 2) * 80 + 10, 35.0) for k in range(1001)]
        drawn = weights(path, budget=200.0, line_width=1.0, joins=joins)
        assert 40 < drawn.sum() <= 200


def test_vertices_of_a_coarse_trail_stay_in_place_as_time_goes_on() -> None:
    rng = np.random.default_rng(1)
    path = [tuple(point) for point in rng.uniform(10, 60, (41, 2))]
    early = weights(path, step=30.0, head=path[30], stride=10)
    late = weights(path, step=39.0, head=path[39], stride=10)
    shared = weights(path[:31:10], stride=1)
    assert (early[shared > 0.5] > 0).all()
    assert (late[shared > 0.5] > 0).all()
