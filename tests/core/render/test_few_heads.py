"""Few heads: whatever overlaps, each keeps its share of the pixels, and nobody's disc is moved."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradsim.core.render.few_heads import draw_few_heads, shows_letters

SIZE = 90
RADIUS = 8.0
COLORS = np.array(
    [[255, 60, 20], [20, 230, 80], [30, 60, 250], [250, 250, 20], [20, 250, 250], [250, 20, 250]], dtype=np.float32
)
RIM = (0, 0, 0)
GROUND = 120


def draw(x: list[list[float]], y: list[list[float]], *, radius: float = RADIUS) -> np.ndarray:
    picture = np.full((SIZE, SIZE, 4), GROUND, dtype=np.uint8)
    at_x, at_y = np.array(x, dtype=float), np.array(y, dtype=float)
    draw_few_heads(picture, at_x, at_y, colors=COLORS[: len(x)], rim=RIM, radius=radius, rim_width=1.2, pixel_ratio=1.0)
    return picture[..., :3].astype(float)


def shares(picture: np.ndarray, n: int) -> np.ndarray:
    """How many discs' worth of pixels have each colour, nearly."""
    near = [(np.abs(picture - color).max(axis=2) < 12).sum() for color in COLORS[:n]]
    return np.array(near) / (math.pi * RADIUS**2)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_heads_at_one_place_become_a_pie_with_equal_pieces(n: int) -> None:
    pieces = shares(draw([[45.0]] * n, [[45.0]] * n), n)
    assert pieces.sum() > 0.55
    assert pieces.min() > 0.6 * pieces.max()


@given(
    gap=st.floats(0.0, 17.0),
    angle=st.floats(0.0, 2 * math.pi),
    at=st.floats(44.0, 45.0),
)
def test_neither_of_two_heads_hides_the_other(gap: float, angle: float, at: float) -> None:
    x, y = [[at], [at + gap * math.cos(angle)]], [[at], [at + gap * math.sin(angle)]]
    first, second = shares(draw(x, y), 2)
    assert min(first, second) > 0.25
    assert abs(first - second) < 0.12


@given(step=st.floats(0.0, 0.6))
def test_heads_in_a_row_that_nearly_coincide_all_show(step: float) -> None:
    n = 4
    pieces = shares(draw([[45.0 + step * k] for k in range(n)], [[45.0]] * n), n)
    assert pieces.min() > 0.04


def test_pieces_change_little_while_heads_part() -> None:
    before = None
    for gap in np.linspace(0, 4, 41):
        picture = draw([[45.0], [45.0 + gap]], [[45.0], [45.0 + gap / 3]])
        if before is not None:
            assert (np.abs(picture - before).max(axis=2) > 60).sum() < 25
        before = picture


def test_a_disc_lies_where_its_head_is_whoever_is_beside_it() -> None:
    alone = draw([[30.3]], [[40.7]])
    both = draw([[30.3], [35.3]], [[40.7], [40.7]])
    outline = np.abs(alone - GROUND).max(axis=2) > 0
    left = np.arange(SIZE) < 30
    assert ((np.abs(both - GROUND).max(axis=2) > 0) == outline)[:, left].all()
    assert (both[:, left] == alone[:, left]).all()


def test_nothing_is_drawn_for_what_is_nowhere_or_far_away() -> None:
    for x in (np.nan, np.inf, -np.inf, 1e300, -50.0):
        assert (draw([[x]], [[45.0]]) == GROUND).all()


def test_letters_are_for_few() -> None:
    assert shows_letters(5, 12)
    assert shows_letters(1, 1)
    assert not shows_letters(1, 13)
    assert not shows_letters(6, 11)
    assert not shows_letters(3, 0)
