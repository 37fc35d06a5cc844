"""Starts that can be dragged move alone, to places that the screen can tell apart."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradsim.core.scene import GaussianStarts, GridStarts, LineStarts, PointStarts, RingStarts, Starts, UniformStarts
from gradsim.ui.drawing.start_handles import SNAP_PIXELS, move_start, rounded_place, snapped_place, start_handles

BOX = ((-1.0, 3.0), (-2.0, 5.0))
STARTS: list[Starts] = [
    PointStarts(points=((1.0, 2.0), (3.0, 4.0))),
    LineStarts(start=(0.0, 0.0), end=(1.0, 1.0), n=5),
    UniformStarts(n=10, box=BOX),
    GridStarts(n=(3, 3), box=BOX),
]
PLACES = [(-3.0, -4.0), (9.0, 8.0)]
NO_TARGETS = np.empty((0, 2))


@pytest.mark.parametrize("starts", STARTS, ids=lambda starts: type(starts).__name__)
def test_every_handle_moves_its_own_start(starts: Starts) -> None:
    handles = start_handles(starts)
    assert handles
    for index in range(len(handles)):
        place = PLACES[index % 2]
        moved = start_handles(move_start(starts, index, place))
        assert moved == (*handles[:index], place, *handles[index + 1 :])


@pytest.mark.parametrize(
    "starts", [RingStarts(center=(1.0, 1.0), radius=2.0, n=8), GaussianStarts(center=(1.0, 1.0), std=0.5, n=9)]
)
def test_the_centre_carries_the_rim_along_and_the_rim_sets_the_size(starts: Starts) -> None:
    center, rim = start_handles(starts)
    assert start_handles(move_start(starts, 0, (4.0, 0.0))) == ((4.0, 0.0), (rim[0] + 3.0, rim[1] - 1.0))
    wider = move_start(starts, 1, (1.0, 7.0))
    assert start_handles(wider) == (center, (7.0, 1.0))
    assert move_start(starts, 1, center) == starts  # a cloud of no size would be one point


@pytest.mark.parametrize("starts", [UniformStarts(n=10, box=BOX), GridStarts(n=(3, 3), box=BOX)])
def test_a_corner_stops_at_the_opposite_one(starts: Starts) -> None:
    assert move_start(starts, 0, (3.5, -9.0)).box == ((-1.0, 3.0), (-9.0, 5.0))
    assert move_start(starts, 1, (-1.0, 6.0)).box == ((-1.0, 3.0), (-2.0, 6.0))


@pytest.mark.parametrize("starts", [GridStarts(n=(3, 3)), UniformStarts(n=10)])
def test_starts_that_fill_the_domain_have_no_handle(starts: Starts) -> None:
    assert start_handles(starts) == ()
    with pytest.raises(ValueError, match="has no handle"):
        move_start(starts, 0, (0.0, 0.0))


def test_a_dragged_start_has_no_more_decimals_than_the_screen() -> None:
    assert rounded_place((1.234567, -0.000123456), (0.02, 0.02)) == (1.23, 0.0)
    assert rounded_place((123456.7,), (350.0,)) == (123457.0,)


def test_a_start_snaps_to_a_target_nearby_exactly() -> None:
    target = (0.2708445906, -0.9230385565)
    place = (target[0] + 0.05, target[1])
    assert snapped_place(place, (0.02, 0.02), np.array([target, (5.0, 5.0)])) == target
    assert snapped_place((1.13, 2.88), (0.02, 0.02), np.array([target])) == (1.0, 3.0)


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.floats(1e-4, 1e2))
def test_a_snapped_place_is_round_and_no_further_than_its_spacing(x: float, y: float, unit: float) -> None:
    place = snapped_place((x, y), (unit, unit), NO_TARGETS)
    for value, snapped in zip((x, y), place, strict=True):
        assert abs(snapped - value) <= 2.5 * SNAP_PIXELS * unit / 2 * (1 + 1e-9)
        digits = f"{snapped:.15g}"
        assert float(digits) == snapped  # as one would type it
        if snapped:
            assert math.floor(math.log10(abs(snapped))) >= math.floor(math.log10(SNAP_PIXELS * unit)) - 1


def test_snapping_in_one_dimension_leaves_the_other_axis_alone() -> None:
    assert snapped_place((0.3141,), (0.004, 7.0), np.empty((0, 1))) == (0.3,)
