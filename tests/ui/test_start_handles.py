"""Starts that can be dragged move alone, to places that the screen can tell apart."""

from __future__ import annotations

import pytest

from gradsim.core.scene import GaussianStarts, GridStarts, LineStarts, PointStarts, RingStarts
from gradsim.ui.start_handles import move_start, rounded_place, start_handles

STARTS = [
    PointStarts(points=((1.0, 2.0), (3.0, 4.0))),
    LineStarts(start=(0.0, 0.0), end=(1.0, 1.0), n=5),
    RingStarts(center=(1.0, 1.0), radius=2.0, n=8),
    GaussianStarts(center=(1.0, 1.0), std=0.5, n=1000),
]


@pytest.mark.parametrize("starts", STARTS, ids=lambda starts: type(starts).__name__)
def test_every_handle_moves_its_own_start(starts) -> None:
    handles = start_handles(starts)
    assert handles
    for index in range(len(handles)):
        moved = start_handles(move_start(starts, index, (9.0, 8.0)))
        assert moved == (*handles[:index], (9.0, 8.0), *handles[index + 1 :])


def test_starts_that_fill_a_box_have_no_handle() -> None:
    starts = GridStarts(n=(3, 3))
    assert start_handles(starts) == ()
    with pytest.raises(ValueError, match="has no handle"):
        move_start(starts, 0, (0.0, 0.0))


def test_a_dragged_start_has_no_more_decimals_than_the_screen() -> None:
    assert rounded_place((1.234567, -0.000123456), (0.02, 0.02)) == (1.23, 0.0)
    assert rounded_place((123456.7,), (350.0,)) == (123457.0,)
