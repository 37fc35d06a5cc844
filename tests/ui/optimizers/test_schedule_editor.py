"""Every kind of schedule in the window: chosen, edited with each of its numbers, and drawn."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from small_races import valley

from gradsim.core.checks import check_scene
from gradsim.core.race.schedules import learning_rates
from gradsim.core.scene import (
    ConstantSchedule,
    CosineRestartsSchedule,
    CosineSchedule,
    CyclicSchedule,
    InverseSqrtSchedule,
    OneCycleSchedule,
    OptimizerEntry,
    Schedule,
    StepSchedule,
    WsdSchedule,
)
from gradsim.core.scene_schedules import SCHEDULE_RANGES
from gradsim.ui.optimizers.schedule_editor import ScheduleEditor
from gradsim.ui.optimizers.schedule_preview import MAX_POINTS, curve_of
from gradsim.ui.optimizers.schedule_table import CHOICES, GROUPS, KINDS, NUMBERS

STEPS, BASE = 60, 0.05
DRAWN = [ConstantSchedule(warmup=50), *(kind.make(500, BASE) for kind in KINDS.values())]


class Hand:
    """An editor that shows what it is told to change, as its card makes it do."""

    def __init__(self, qtbot: QtBot) -> None:
        self.editor = ScheduleEditor("Adam")
        qtbot.addWidget(self.editor)
        self.qtbot = qtbot
        self.schedule: Schedule = ConstantSchedule()
        self.editor.changed.connect(lambda schedule, dragging: self.show(schedule))
        self.show(self.schedule)
        self.editor.show()
        QApplication.processEvents()

    def show(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.editor.show_schedule(schedule, BASE, STEPS, "#4c9aff")

    def choose(self, kind: type[Schedule]) -> None:
        self.editor.kind.activated.emit(self.editor.kind.findData(kind))

    def type(self, field: str, text: str) -> str:
        """Type ``text``, take it back if it is refused, and return what was said below the numbers."""
        row = self.editor.rows[field].field
        row.selectAll()
        self.qtbot.keyClicks(row, text)
        self.qtbot.keyClick(row, Qt.Key.Key_Return)
        reason = self.editor.error.text() if self.editor.error.isVisible() else ""
        self.qtbot.keyClick(row, Qt.Key.Key_Escape)
        return reason


@pytest.fixture
def hand(qtbot: QtBot) -> Hand:
    return Hand(qtbot)


def check(schedule: Schedule, steps: int = STEPS) -> None:
    check_scene(replace(valley(), optimizers=(OptimizerEntry(name="adam", schedule=schedule),), steps=steps))


def test_the_list_has_every_kind_once_and_lines_between_its_groups(hand: Hand) -> None:
    box = hand.editor.kind
    items = [box.itemData(place) for place in range(box.count())]
    assert set(KINDS) == set(Schedule.__args__)  # type: ignore[attr-defined]
    assert [kind for kind in items if kind is not None] == list(KINDS)
    assert items.count(None) == len(GROUPS) - 1
    assert len({kind.title for kind in KINDS.values()}) == len(KINDS)
    assert all(box.itemData(box.findData(kind), Qt.ItemDataRole.ToolTipRole).endswith(".") for kind in KINDS)
    assert box.maxVisibleItems() >= box.count()  # no scrolling
    box.activated.emit(items.index(None))
    assert hand.schedule == ConstantSchedule()


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_shows_a_control_for_each_of_its_fields(hand: Hand, kind: type[Schedule]) -> None:
    hand.show(ConstantSchedule(warmup=7))
    hand.choose(kind)
    assert isinstance(hand.schedule, kind)
    assert hand.schedule.warmup == 7
    assert hand.editor.kind.currentData() is kind
    shown = {name for name, row in hand.editor.rows.items() if row.isVisible()}
    shown |= {name for name, box in hand.editor.boxes.items() if box.isVisible()}
    assert shown | {"unit"} == set(kind.__struct_fields__)  # of the units there is one yet
    assert hand.editor.preview.isVisible()
    check(hand.schedule)


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number.field)
def test_a_number_is_typed_within_the_range_of_the_scene(hand: Hand, number) -> None:
    row = hand.editor.rows[number.field]
    low, high = SCHEDULE_RANGES[number.field]
    kinds = [kind for kind in KINDS if number.field in kind.__struct_fields__]
    assert kinds
    for kind in kinds:
        hand.show(ConstantSchedule())
        hand.choose(kind)
        for value in (low, high):
            assert not hand.type(number.field, repr(value))
            assert getattr(hand.schedule, number.field) == value
            check(hand.schedule)
            assert np.isfinite(learning_rates(hand.schedule, BASE, STEPS)).all()
        before = hand.schedule
        for value in (low - 1, high * 10):
            reason = hand.type(number.field, repr(value))
            assert reason.split(" must be ")[1].startswith(("at least", f"{low:,} to {high:,}"))
            assert hand.schedule == before
    assert row.field.accessibleName() == f"{number.name} of the schedule of Adam"
    assert row.slider.accessibleName()
    for tip in (row.slider.toolTip(), row.name_label.toolTip()):
        assert tip.endswith(".")
        assert tip.count(".") == 1


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.field)
def test_a_choice_is_made(hand: Hand, choice) -> None:
    hand.choose(WsdSchedule)
    box = hand.editor.boxes[choice.field]
    assert box.currentData() == getattr(hand.schedule, choice.field)
    for place, (word, _, _) in enumerate(choice.options):
        box.activated.emit(place)
        assert getattr(hand.schedule, choice.field) == word == box.currentData()
        check(hand.schedule)
    assert (box.accessibleName(), box.toolTip().count(".")) == (f"{choice.name} of the schedule of Adam", 1)


@pytest.mark.parametrize("steps", [1, 2, 10_000_000])
@pytest.mark.parametrize("base", [0.0, 1e-8, 1e100])
def test_a_chosen_kind_can_be_raced_whatever_the_race(base: float, steps: int) -> None:
    for kind in KINDS.values():
        schedule = kind.make(steps, base)
        check(schedule, steps)
        updates, rates = curve_of(schedule, base, steps)
        assert len(updates) == len(rates) <= MAX_POINTS
        assert np.isfinite(rates).all()


def test_periods_that_are_left_out_follow_the_race(hand: Hand) -> None:
    period = hand.editor.rows["period"]
    hand.choose(CosineRestartsSchedule)
    assert period.value == 9  # 9 + 18 + 36 steps
    assert hand.schedule.period is None
    for tick, expected in ((0, 1), (period.slider.maximum(), 60), (round(8 / 59 * period.slider.maximum()), None)):
        period.slider.setValue(tick)
        assert hand.schedule.period == expected
    hand.choose(OneCycleSchedule)
    assert period.value == 60
    hand.choose(CyclicSchedule)
    assert period.value == 20
    hand.choose(InverseSqrtSchedule)
    timescale = hand.editor.rows["timescale"]
    assert timescale.value == 6
    hand.type("warmup", "10")
    timescale.slider.setValue(round(9 / 59 * timescale.slider.maximum()))
    assert hand.schedule.timescale is None  # as long as the warm-up, whatever that becomes
    hand.type("warmup", "20")
    assert timescale.value == 20


@pytest.mark.parametrize("schedule", DRAWN, ids=lambda schedule: type(schedule).__name__)
@pytest.mark.parametrize("steps", [1, 2, 299, 300, 301, 4000, 5000, 123_457])
def test_the_curve_runs_through_rates_of_the_race_from_its_first_to_its_last(schedule: Schedule, steps: int) -> None:
    updates, rates = curve_of(schedule, BASE, steps)
    assert len(updates) <= MAX_POINTS
    assert (updates[0], updates[-1]) == (0, steps - 1)
    assert (np.diff(updates) >= 0).all()
    every = learning_rates(schedule, BASE, steps)
    np.testing.assert_array_equal(rates, every[updates])
    assert rates.max() == pytest.approx(every.max(), rel=0.02)  # its height is the scale of the drawing
    # What is drawn of the steps between two points is at most as far from them as those of a few pixels are.
    drawn = np.interp(np.arange(steps), updates, rates)
    width = -(-steps // 50)
    for first in range(0, steps, width):
        part = slice(max(0, first - width), first + 2 * width)
        assert (drawn[first : first + width] >= every[part].min() - 1e-15).all()
        assert (drawn[first : first + width] <= every[part].max() + 1e-15).all()


@pytest.mark.parametrize("period", [8, 100, 128, 150, 300])
@pytest.mark.parametrize("steps", [100_000, 10_000_000])
def test_cycles_too_short_to_be_drawn_fill_their_band(period: int, steps: int) -> None:
    updates, rates = curve_of(CyclicSchedule(period=period), 1.0, steps)
    for first, last in pairwise(range(0, steps + 1, steps // 20)):
        part = rates[(updates >= first) & (updates < last)]
        assert part.min() < 0.1
        assert part.max() > 0.9


def test_the_longest_period_is_written_as_a_whole_number(hand: Hand) -> None:
    hand.choose(CosineSchedule)
    hand.type("period", "10000000")
    assert hand.editor.rows["period"].field.text() == "10000000"


def test_a_jump_is_drawn_where_it_is() -> None:
    updates, rates = curve_of(StepSchedule(every=25_000), 1.0, 100_000)
    jumps = np.flatnonzero(np.diff(rates))
    assert len(jumps) == 3
    assert (np.abs(updates[jumps + 1] - np.array([25_000, 50_000, 75_000])) < 100_000 / 300).all()
    updates, rates = curve_of(CosineSchedule(), 1.0, 100_000)
    np.testing.assert_allclose(rates, (1 + np.cos(np.pi * updates / 100_000)) / 2, rtol=1e-14, atol=1e-15)
