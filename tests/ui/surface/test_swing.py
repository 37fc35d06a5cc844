"""A swing goes from one end to the other and back in its period, smoothly, beginning where it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from gradsim.core.scene import ParameterSlider
from gradsim.ui.surface.swing import Swing

SLIDER = ParameterSlider(low=-1.0, high=3.0, period_s=8.0)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def values_at(value: float, times_s: list[float], slider: ParameterSlider = SLIDER) -> list[float]:
    clock = Clock()
    swing = Swing(clock=clock)
    values: list[float] = []
    swing.moved.connect(values.append)
    swing.start(slider, value)
    for time_s in times_s:
        clock.now = 100.0 + time_s
        swing.tick()
    swing.stop()
    return values


def test_from_the_low_end_it_is_up_after_half_a_period_and_back_after_one(dressed: QApplication) -> None:
    assert values_at(-1.0, [0.0, 2.0, 4.0, 6.0, 8.0]) == pytest.approx([-1.0, 1.0, 3.0, 1.0, -1.0])


@given(value=st.floats(-1.0, 3.0))
def test_it_begins_where_it_is_and_never_leaves_the_range(dressed: QApplication, value: float) -> None:
    values = values_at(value, [0.0, 0.016, *[0.37 * i for i in range(50)]])
    assert values[0] == pytest.approx(value, abs=1e-7)
    assert values[1] >= values[0] or value > 2.99
    assert all(-1.0 <= each <= 3.0 for each in values)


def test_from_outside_the_range_it_begins_at_the_near_end(dressed: QApplication) -> None:
    assert values_at(7.0, [0.0]) == pytest.approx([3.0])


def test_start_and_stop_are_told_once(dressed: QApplication) -> None:
    swing = Swing()
    told: list[bool] = []
    swing.running_changed.connect(told.append)
    for _ in range(2):
        swing.start(SLIDER, 0.0)
    swing.stop()
    swing.stop()
    assert told == [True, False]
