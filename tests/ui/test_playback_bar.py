"""The playback bar, by mouse: transport, timeline, speed, loop and trail."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gradsim.ui.number_field import NumberField
from gradsim.ui.playback import Playback
from gradsim.ui.playback_bar import PlaybackBar
from gradsim.ui.session import Session

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot: QtBot, session: Session, playback: Playback) -> PlaybackBar:
    playback.set_last_step(500)
    bar = PlaybackBar(session, playback)
    qtbot.addWidget(bar)
    bar.resize(1200, 60)
    bar.show()
    return bar


def enter_number(qtbot: QtBot, field: NumberField, text: str) -> None:
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


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


def test_dragging_the_timeline_scrubs(qtbot: QtBot, bar: PlaybackBar, playback: Playback) -> None:
    line = bar.timeline
    qtbot.mousePress(line, LEFT, pos=QPoint(round(line.x_of(100)), 14))
    assert playback.step == pytest.approx(100, abs=1)
    qtbot.mouseMove(line, QPoint(round(line.x_of(400)), 14))
    assert playback.step == pytest.approx(400, abs=1)
    qtbot.mouseMove(line, QPoint(line.width() + 300, 14))
    assert playback.step == 500
    qtbot.mouseRelease(line, LEFT)


@pytest.mark.parametrize("step", [0, 1, 250, 500])
def test_the_timeline_knows_where_a_step_is(bar: PlaybackBar, step: int) -> None:
    place = QPoint(round(bar.timeline.x_of(step)), 14)
    assert bar.timeline.step_at(place) == pytest.approx(step, abs=1)


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


def test_every_control_has_a_tool_tip_and_an_accessible_name(bar: PlaybackBar) -> None:
    buttons = (bar.to_start, bar.step_back, bar.play, bar.step_forwards, bar.to_end, bar.loop)
    for control in (*buttons, bar.timeline, bar.speed.slider, bar.speed.field, bar.trail.slider, bar.trail.field):
        assert control.toolTip().endswith(".")
        assert control.accessibleName()
