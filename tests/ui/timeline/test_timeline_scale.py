"""The mapping between steps and pixels, and the ticks: linear, logarithmic and zoomed."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gradsim.ui.timeline.timeline_scale import (
    FEWEST_VISIBLE_STEPS,
    LABEL_GAP,
    TimelineScale,
    label_extent,
    timeline_ticks,
)

LEFT = 8.0


@st.composite
def whole_scales(draw: st.DrawFn) -> TimelineScale:
    last_step = draw(st.integers(1, 10**7))
    return TimelineScale(last_step, LEFT, draw(st.floats(100.0, 4000.0)), draw(st.booleans()))


@st.composite
def scales(draw: st.DrawFn) -> TimelineScale:
    """Scales as the wheel makes them."""
    scale = draw(whole_scales())
    for factor, share in draw(st.lists(st.tuples(st.floats(0.3, 3.0), st.floats(0.0, 1.0)), max_size=12)):
        scale = scale.zoomed(factor, scale.left + share * scale.width)
    return scale.panned(draw(st.floats(-3000.0, 3000.0)))


def text_width(text: str) -> float:
    return 6.0 * len(text)


@given(whole_scales())
def test_the_ends_of_the_race_are_the_ends_of_the_line(scale: TimelineScale) -> None:
    assert scale.x_of(0) == scale.left
    assert scale.x_of(scale.last_step) == scale.left + scale.width
    assert scale.step_at(scale.left) == 0
    assert scale.step_at(scale.left + scale.width) == scale.last_step


@given(scales(), st.data())
def test_later_steps_lie_further_right(scale: TimelineScale, data: st.DataObject) -> None:
    a, b = sorted(data.draw(st.tuples(*[st.integers(0, scale.last_step)] * 2)))
    assume(a < b)
    assert scale.x_of(a) < scale.x_of(b)


@given(scales(), st.data())
def test_a_whole_step_comes_back_from_its_pixel(scale: TimelineScale, data: st.DataObject) -> None:
    step = data.draw(st.integers(0, scale.last_step))
    assert round(scale.step_at(scale.x_of(step))) == step


@given(scales(), st.floats(0.0, 1.0))
def test_a_pixel_comes_back_from_its_step(scale: TimelineScale, share: float) -> None:
    x = scale.left + share * scale.width
    assert scale.x_of(scale.step_at(x)) == pytest.approx(x, abs=1e-3)


@given(scales(), st.floats(-1e6, 1e6))
def test_no_pixel_lies_outside_of_the_race(scale: TimelineScale, x: float) -> None:
    assert 0 <= scale.step_at(x) <= scale.last_step


@given(scales())
def test_the_view_stays_within_the_race(scale: TimelineScale) -> None:
    assert 0 <= scale.low < scale.high <= 1
    first, last = scale.visible
    assert 0 <= first < last <= scale.last_step


@given(scales(), st.floats(1.01, 3.0), st.floats(0.0, 1.0))
def test_zooming_in_ends_where_a_few_steps_fill_the_view(scale: TimelineScale, factor: float, share: float) -> None:
    zoomed = scale.zoomed(factor, scale.left + share * scale.width)
    first, last = zoomed.visible
    assert zoomed == scale or last - first >= min(FEWEST_VISIBLE_STEPS, scale.last_step)


@given(whole_scales(), st.floats(1.0, 2.0), st.floats(0.0, 1.0))
def test_zooming_keeps_the_step_under_the_mouse(scale: TimelineScale, factor: float, share: float) -> None:
    x = scale.left + share * scale.width
    zoomed = scale.zoomed(factor, x)
    assert zoomed.x_of(scale.step_at(x)) == pytest.approx(x, abs=1e-3)


@given(scales(), st.floats(0.0, 1.0))
def test_zooming_out_far_enough_shows_the_whole_race(scale: TimelineScale, share: float) -> None:
    assert not scale.zoomed(1e-9, scale.left + share * scale.width).is_zoomed


@given(scales(), st.data())
def test_revealing_a_step_shows_it_and_does_not_zoom(scale: TimelineScale, data: st.DataObject) -> None:
    step = data.draw(st.integers(0, scale.last_step))
    for moved in (scale.revealing(step), scale.turned_over(step), scale.turned_over(step, backwards=True)):
        assert moved.low - 1e-9 <= moved.share(step) <= moved.high + 1e-9
        assert moved.high - moved.low == pytest.approx(scale.high - scale.low, abs=1e-12)
    if scale.shows(step):
        assert scale.revealing(step).low == pytest.approx(scale.low, abs=1e-12)


@given(scales())
def test_switching_to_logarithmic_keeps_the_steps_in_view(scale: TimelineScale) -> None:
    turned = scale.turned(not scale.is_log)
    tolerance = 1e-6 * scale.last_step + 1e-6
    assert turned.visible == pytest.approx(scale.visible, rel=1e-6, abs=tolerance)


def test_the_first_50_of_100000_steps_have_a_third_of_a_logarithmic_line() -> None:
    scale = TimelineScale(100_000, LEFT, 600.0, is_log=True)
    assert scale.x_of(50) - scale.x_of(0) > 200
    assert all(scale.x_of(step + 1) - scale.x_of(step) > 1 for step in range(50))


def test_zooming_reaches_single_steps_of_a_long_race() -> None:
    scale = TimelineScale(100_000, LEFT, 600.0)
    for _ in range(100):
        scale = scale.zoomed(1.3, scale.left)
    assert scale.visible[0] == 0
    assert scale.visible[1] < 50
    assert scale.x_of(1) - scale.x_of(0) > 12


@given(scales())
def test_ticks_are_round_steps_in_view_whose_labels_do_not_touch(scale: TimelineScale) -> None:
    ticks = timeline_ticks(scale, text_width)
    first, last = scale.visible
    for tick in ticks:
        assert first - 1e-6 <= tick.step <= last + 1e-6
        assert tick.x == pytest.approx(scale.x_of(tick.step), abs=1e-6)
    extents = [label_extent(scale, tick.x, text_width(tick.text)) for tick in ticks if tick.text]
    for (_, before), (after, _) in pairwise(extents):
        assert after >= before + LABEL_GAP - 1e-6
    assert all(begin >= 0 and end <= scale.width + 2 * scale.left + 1e-6 for begin, end in extents)


@given(scales())
def test_there_are_at_least_two_labels_where_there_is_room(scale: TimelineScale) -> None:
    scale = replace(scale, width=max(scale.width, 400.0))
    first, last = scale.visible
    assume(math.floor(last) > math.ceil(first))  # else there is but one whole step in view
    assert sum(bool(tick.text) for tick in timeline_ticks(scale, text_width)) >= 2


def test_ticks_of_a_linear_race() -> None:
    ticks = timeline_ticks(TimelineScale(450, LEFT, 600.0), text_width)
    assert [tick.text for tick in ticks] == [f"{step}" for step in range(0, 451, 50)]


def test_ticks_of_a_logarithmic_race_label_every_decade() -> None:
    ticks = timeline_ticks(TimelineScale(100_000, LEFT, 600.0, is_log=True), text_width)
    labels = [tick.text for tick in ticks if tick.text]
    assert {"0", "1", "10", "100", "1,000", "10,000", "100,000"} <= set(labels)


def test_a_race_without_steps_has_one_tick() -> None:
    scale = TimelineScale(0, LEFT, 600.0)
    assert [tick.text for tick in timeline_ticks(scale, text_width)] == ["0"]
    assert scale.step_at(300) == 0
    assert math.isfinite(scale.x_of(0))
