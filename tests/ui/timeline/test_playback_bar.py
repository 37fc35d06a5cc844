"""The playback bar, by mouse: transport, timeline, speed, loop and trail."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from hands import enter_number
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from gradsim.core.events import RaceEvent
from gradsim.ui.engine_calls import FoundEvents
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import apply_theme
from gradsim.ui.timeline.playback_bar import PlaybackBar
from gradsim.ui.timeline.timeline import Timeline

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot: QtBot, session: Session, playback: Playback) -> Iterator[PlaybackBar]:
    playback.set_last_step(500)
    bar = PlaybackBar(session, playback)
    qtbot.addWidget(bar)
    bar.resize(1280, 60)
    bar.show()
    yield bar
    bar.stop()


def test_transport_buttons(qtbot: QtBot, bar: PlaybackBar, playback: Playback) -> None:
    qtbot.mouseClick(bar.to_end, LEFT)
    assert playback.step == 500
    qtbot.mouseClick(bar.step_back, LEFT)
    assert playback.step == 499
    qtbot.mouseClick(bar.step_forwards, LEFT)
    assert playback.step == 500
    qtbot.mouseClick(bar.to_start, LEFT)
    assert playback.step == 0
    qtbot.mouseClick(bar.play, LEFT)
    assert playback.playing
    assert bar.play.accessibleName() == "Pause"
    qtbot.mouseClick(bar.play, LEFT)
    assert not playback.playing


def test_the_counter_names_step_and_steps(bar: PlaybackBar, playback: Playback) -> None:
    playback.seek(34.7)
    assert bar.counter.text() == "34 / 500"


def test_speed_and_trail_take_exact_numbers(qtbot: QtBot, bar: PlaybackBar, session: Session) -> None:
    enter_number(qtbot, bar.speed.field, "1e4")
    enter_number(qtbot, bar.trail.field, "12")
    assert session.scene.playback.speed == 1e4
    assert session.scene.view.trail == 12
    assert session.undo_name is None


@pytest.mark.parametrize("text", ["0", "-3", "quick"])
def test_a_speed_that_is_none_is_refused(qtbot: QtBot, bar: PlaybackBar, session: Session, text: str) -> None:
    with qtbot.waitSignal(session.message) as blocker:
        enter_number(qtbot, bar.speed.field, text)
    assert blocker.args[0]
    assert session.scene.playback.speed == 40


def test_the_speed_slider_covers_five_decades(bar: PlaybackBar, session: Session) -> None:
    bar.speed.slider.setValue(bar.speed.slider.maximum())
    assert session.scene.playback.speed == 1e5
    bar.speed.slider.setValue(0)
    assert session.scene.playback.speed == 1


def test_loop_is_part_of_the_scene(qtbot: QtBot, bar: PlaybackBar, session: Session) -> None:
    qtbot.mouseClick(bar.loop, LEFT)
    assert not session.scene.playback.loop


def test_the_play_button_shows_which_way_and_how_fast(bar: PlaybackBar, playback: Playback) -> None:
    playback.seek(250)
    width, shown = bar.play.width(), []
    for direction in (1, 1, -1, -1, -1):
        playback.shuttle(direction)
        shown.append(bar.play.text())
        assert bar.play.width() == width
    assert shown == ["", "2×", "−1×", "−2×", "−4×"]
    assert bar.play.accessibleName() == "Pause"
    playback.pause()
    assert (bar.play.text(), bar.play.accessibleName()) == ("", "Play")


def test_logarithmic_is_part_of_the_scene(qtbot: QtBot, bar: PlaybackBar, session: Session) -> None:
    qtbot.mouseClick(bar.logarithmic, LEFT)
    assert session.scene.playback.timeline == "log"
    assert bar.timeline.scale.is_log
    session.edit(replace(session.scene, playback=replace(session.scene.playback, timeline="linear")))
    assert not bar.logarithmic.isChecked()
    assert not bar.timeline.scale.is_log


def choose(bar: PlaybackBar, text: str) -> None:
    """Choose an entry of the menu, as a click does."""
    bar.menu.aboutToShow.emit()
    action = bar.menu.actions_by_text[text]
    assert action.isEnabled()
    action.trigger()


def test_the_menu_sets_and_clears_the_range(bar: PlaybackBar, session: Session, playback: Playback) -> None:
    playback.seek(100)
    choose(bar, "Range from here")
    playback.seek(200)
    choose(bar, "Range up to here")
    assert session.scene.playback.range == (100, 200)
    choose(bar, "No range")
    assert session.scene.playback.range is None
    bar.menu.aboutToShow.emit()
    assert not bar.menu.actions_by_text["No range"].isEnabled()


def test_the_menu_switches_scale_and_events(bar: PlaybackBar, session: Session) -> None:
    choose(bar, "Logarithmic")
    choose(bar, "Show events in advance")
    assert session.scene.playback.timeline == "log"
    assert session.scene.view.all_events
    bar.menu.aboutToShow.emit()
    assert bar.menu.logarithmic.isChecked()
    assert bar.menu.all_events.isChecked()


def test_the_menu_fits_the_race(bar: PlaybackBar) -> None:
    bar.timeline.zoom(4.0)
    choose(bar, "Whole race")
    assert not bar.timeline.scale.is_zoomed


def test_the_menu_goes_from_event_to_event(bar: PlaybackBar, session: Session, playback: Playback) -> None:
    events = tuple(RaceEvent(0, "left", step, True) for step in (20, 30))
    bar.transport.track.show_events(FoundEvents(session.scene, ("A", "B", "C"), events, 0.001))
    shown = []
    for text in ("Next event", "Next event", "Next event", "Previous event"):
        choose(bar, text)
        shown.append(playback.step)
    assert shown == [20, 30, 30, 20]


def test_every_entry_of_the_menu_says_what_it_does(bar: PlaybackBar) -> None:
    actions = [action for action in bar.menu.actions() if not action.isSeparator()]
    assert len(actions) == 8
    assert all(action.toolTip().endswith(".") for action in actions)


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.5, 2.0])
@pytest.mark.parametrize("width", [960, 1280, 1920])
def test_nothing_is_cut_at_any_size(
    dressed: QApplication, bar: PlaybackBar, playback: Playback, scale: float, width: int
) -> None:
    try:
        apply_theme(dressed, "dark", scale)
        playback.set_last_step(100_000)
        playback.seek(100_000)
        assert bar.minimumSizeHint().width() <= width
        bar.resize(width, bar.sizeHint().height())
        bar.resize(width, bar.sizeHint().height())  # one row or two
        QApplication.processEvents()
        inside = bar.rect()
        controls = [
            each
            for each in bar.findChildren(QWidget)
            if each.isVisible() and isinstance(each, QAbstractButton | QLineEdit | QAbstractSlider | QLabel | Timeline)
        ]
        assert len(controls) >= 14
        boxes = [QRect(each.mapTo(bar, QPoint(0, 0)), each.size()) for each in controls]
        for control, box in zip(controls, boxes, strict=True):
            assert inside.contains(box), control.accessibleName()
            assert box.width() >= control.minimumSizeHint().width(), control.accessibleName()
            assert box.height() >= control.minimumSizeHint().height(), control.accessibleName()
        for one, other in combinations(boxes, 2):
            assert not one.intersects(other)
        assert bar.timeline.width() >= 300 * scale
    finally:
        apply_theme(dressed, "dark")


def test_every_control_has_a_tool_tip_and_an_accessible_name(bar: PlaybackBar) -> None:
    buttons = (bar.to_start, bar.step_back, bar.play, bar.step_forwards, bar.to_end, bar.loop, bar.logarithmic)
    for control in (
        *buttons,
        bar.more,
        bar.counter,
        bar.timeline,
        bar.speed.slider,
        bar.speed.field,
        bar.trail.slider,
        bar.trail.field,
    ):
        assert control.toolTip().endswith(".")
        assert control.accessibleName()
