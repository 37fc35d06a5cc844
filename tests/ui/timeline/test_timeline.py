"""The timeline by mouse, wheel and keys: scrubbing, zooming, the range, events."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradsim.core.events import RaceEvent
from gradsim.core.scene import Playback as PlaybackFields
from gradsim.ui.engine_calls import FoundEvents
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import apply_theme
from gradsim.ui.timeline.timeline import Timeline
from gradsim.ui.timeline.transport import Transport

LEFT = Qt.MouseButton.LeftButton
ON_LINE, ON_MARKS, OVERVIEW = 22, 12, 46
LAST_STEP = 100_000


@pytest.fixture
def timeline(qtbot: QtBot, session: Session, playback: Playback) -> Iterator[Timeline]:
    playback.set_last_step(LAST_STEP)
    timeline = Timeline(Transport(session, playback))
    qtbot.addWidget(timeline)
    timeline.resize(616, 48)
    timeline.show()
    yield timeline
    timeline._transport.track.stop()


def place(timeline: Timeline, step: float, y: int = ON_LINE) -> QPoint:
    return QPoint(round(timeline.x_of(step)), y)


def wheel(timeline: Timeline, x: float, notches: float, modifiers: Qt.KeyboardModifier | None = None) -> None:
    event = QWheelEvent(
        QPointF(x, ON_LINE),
        timeline.mapToGlobal(QPointF(x, ON_LINE)),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        modifiers or Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(timeline, event)


def zoom_to_the_start(timeline: Timeline) -> None:
    for _ in range(24):
        wheel(timeline, timeline.x_of(0), 1)


def drag(qtbot: QtBot, timeline: Timeline, begin: QPoint, end: QPoint) -> None:
    qtbot.mousePress(timeline, LEFT, pos=begin)
    qtbot.mouseMove(timeline, end)
    qtbot.mouseRelease(timeline, LEFT, pos=end)


def show_events(timeline: Timeline, *steps: int) -> None:
    transport = timeline._transport
    events = tuple(RaceEvent(i % 2, "left", step, True) for i, step in enumerate(steps))
    labels = ("Adam", "Momentum", "Lion")
    transport.track.show_events(FoundEvents(transport.session.scene, labels, events, 0.001))


def test_scrubbing_shows_whole_steps(qtbot: QtBot, timeline: Timeline, playback: Playback) -> None:
    playback.set_last_step(30)
    qtbot.mousePress(timeline, LEFT, pos=place(timeline, 7) + QPoint(4, 0))
    assert playback.step == 7
    qtbot.mouseMove(timeline, place(timeline, 21) - QPoint(5, 0))
    assert playback.step == 21
    qtbot.mouseMove(timeline, QPoint(5000, ON_LINE))
    assert playback.step == 30
    qtbot.mouseRelease(timeline, LEFT)
    assert not playback.playing


@pytest.mark.parametrize("step", [1, 2, 17, 49, 50])
def test_the_wheel_brings_the_first_steps_of_a_long_race_within_reach(
    qtbot: QtBot, timeline: Timeline, playback: Playback, step: int
) -> None:
    zoom_to_the_start(timeline)
    while not timeline.scale.shows(step):
        wheel(timeline, timeline.x_of(0), -1)
    qtbot.mouseClick(timeline, LEFT, pos=place(timeline, step))
    assert playback.step == step


@pytest.mark.parametrize("step", range(0, 51, 5))
def test_a_logarithmic_timeline_brings_them_within_reach_as_well(
    qtbot: QtBot, timeline: Timeline, session: Session, playback: Playback, step: int
) -> None:
    session.edit(replace(session.scene, playback=PlaybackFields(timeline="log")))
    playback.seek(900)
    qtbot.mouseClick(timeline, LEFT, pos=place(timeline, step))
    assert playback.step == step


def test_the_wheel_keeps_the_step_under_the_mouse(timeline: Timeline) -> None:
    x = timeline.x_of(40_000)
    for _ in range(8):
        wheel(timeline, x, 1)
    assert timeline.x_of(40_000) == pytest.approx(x, abs=1e-6)
    assert timeline.scale.is_zoomed
    for _ in range(9):
        wheel(timeline, x, -1)
    assert not timeline.scale.is_zoomed


def test_shift_and_wheel_move_the_view(timeline: Timeline) -> None:
    zoom_to_the_start(timeline)
    before = timeline.scale.visible
    wheel(timeline, 300, -1, Qt.KeyboardModifier.ShiftModifier)
    assert timeline.scale.visible[0] > before[0]


def test_a_double_click_fits_the_race_and_stays_where_one_was(
    qtbot: QtBot, timeline: Timeline, playback: Playback
) -> None:
    zoom_to_the_start(timeline)
    playback.seek(3)
    where = QPoint(500, ON_LINE)
    qtbot.mouseClick(timeline, LEFT, pos=where)
    qtbot.mouseDClick(timeline, LEFT, pos=where)
    assert not timeline.scale.is_zoomed
    assert playback.step == 3


def test_the_overview_moves_the_view(qtbot: QtBot, timeline: Timeline, playback: Playback) -> None:
    zoom_to_the_start(timeline)
    step = playback.step
    drag(qtbot, timeline, QPoint(100, OVERVIEW), QPoint(308, OVERVIEW))
    first, last = timeline.scale.visible
    assert first < LAST_STEP / 2 < last
    assert playback.step == step


def test_the_view_turns_its_pages_while_the_race_plays(timeline: Timeline, playback: Playback) -> None:
    zoom_to_the_start(timeline)
    last = timeline.scale.visible[1]
    playback.play()
    playback.seek(last + 1)
    assert timeline.scale.shows(last + 1)
    assert timeline.x_of(last + 1) < 60, "most of the page lies ahead"


def test_who_looks_elsewhere_is_not_pulled_away(qtbot: QtBot, timeline: Timeline, playback: Playback) -> None:
    zoom_to_the_start(timeline)
    playback.play()
    drag(qtbot, timeline, QPoint(300, OVERVIEW), QPoint(308, OVERVIEW))
    view = timeline.scale.visible
    assert playback.playing
    playback.seek(2)
    assert timeline.scale.visible == view


def test_a_jump_is_followed_while_the_race_stands(timeline: Timeline, playback: Playback) -> None:
    zoom_to_the_start(timeline)
    playback.seek(70_000)
    assert timeline.scale.is_zoomed
    assert timeline.scale.shows(70_000)


def test_keys_of_the_focused_timeline(qtbot: QtBot, timeline: Timeline, playback: Playback) -> None:
    timeline.setFocus()
    qtbot.keyClick(timeline, Qt.Key.Key_Right)
    qtbot.keyClick(timeline, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert playback.step == 11
    qtbot.keyClick(timeline, Qt.Key.Key_Plus)
    assert timeline.scale.is_zoomed
    qtbot.keyClick(timeline, Qt.Key.Key_Minus)
    assert not timeline.scale.is_zoomed
    qtbot.keyClick(timeline, Qt.Key.Key_Plus)
    qtbot.keyClick(timeline, Qt.Key.Key_0)
    assert not timeline.scale.is_zoomed


def test_the_ends_of_the_range_are_dragged(
    qtbot: QtBot, timeline: Timeline, session: Session, playback: Playback
) -> None:
    session.edit(replace(session.scene, playback=PlaybackFields(range=(20_000, 60_000))))
    playback.seek(20_000)  # the handle lies on the bracket, which sticks out
    drag(qtbot, timeline, place(timeline, 20_000, ON_LINE - 8), place(timeline, 30_000, ON_LINE - 8))
    first, last = session.scene.playback.range
    assert (first, last) == (pytest.approx(30_000, abs=200), 60_000)
    drag(qtbot, timeline, place(timeline, 60_000), place(timeline, 0))
    assert session.scene.playback.range == (first, first + 1), "it is not turned round"
    assert playback.step == 20_000
    assert session.undo_name is None


def test_the_handle_is_dragged_where_it_lies_on_an_end_of_the_range(
    qtbot: QtBot, timeline: Timeline, session: Session, playback: Playback
) -> None:
    session.edit(replace(session.scene, playback=PlaybackFields(range=(20_000, 60_000))))
    playback.seek(20_000)
    drag(qtbot, timeline, place(timeline, 20_000), place(timeline, 40_000))
    assert playback.step == pytest.approx(40_000, abs=200)
    assert session.scene.playback.range == (20_000, 60_000)


@pytest.mark.parametrize(("begin", "end"), [(20_000, 60_000), (60_000, 20_000)])
def test_dragging_with_shift_chooses_a_range(
    qtbot: QtBot, timeline: Timeline, session: Session, playback: Playback, begin: int, end: int
) -> None:
    qtbot.mousePress(timeline, LEFT, Qt.KeyboardModifier.ShiftModifier, place(timeline, begin))
    qtbot.mouseMove(timeline, place(timeline, end))
    qtbot.mouseRelease(timeline, LEFT)
    assert session.scene.playback.range == (pytest.approx(20_000, abs=200), pytest.approx(60_000, abs=200))
    assert playback.step == 0


def test_a_range_dragged_over_the_whole_race_is_none(qtbot: QtBot, timeline: Timeline, session: Session) -> None:
    session.edit(replace(session.scene, playback=PlaybackFields(range=(20_000, LAST_STEP))))
    drag(qtbot, timeline, place(timeline, 20_000), QPoint(-50, ON_LINE))
    assert session.scene.playback.range is None


def test_a_click_on_an_event_shows_its_step(qtbot: QtBot, timeline: Timeline, playback: Playback) -> None:
    playback.seek(90_000)
    show_events(timeline, 40_123)
    playback.play()
    qtbot.mouseClick(timeline, LEFT, pos=place(timeline, 40_123, ON_MARKS) + QPoint(3, 0))
    assert (playback.step, playback.playing) == (40_123, False)


def test_events_in_one_place_share_a_mark_that_visits_each(
    qtbot: QtBot, timeline: Timeline, playback: Playback
) -> None:
    playback.seek(90_000)
    show_events(timeline, 40_000, 40_001, 60_000)
    assert [len(mark.events) for mark in timeline.marks] == [2, 1]
    visited = []
    for _ in range(3):
        qtbot.mouseClick(timeline, LEFT, pos=place(timeline, 40_000, ON_MARKS))
        visited.append(playback.step)
    assert visited == [40_000, 40_001, 40_000]
    assert timeline.mark_text(timeline.marks[0]).splitlines() == [
        "Adam: left the domain · step 40,000",
        "Momentum: left the domain · step 40,001",
    ]


def test_events_that_have_not_been_reached_cannot_be_clicked(
    qtbot: QtBot, timeline: Timeline, playback: Playback
) -> None:
    show_events(timeline, 40_123)
    assert timeline.marks == []
    qtbot.mouseClick(timeline, LEFT, pos=place(timeline, 40_200, ON_MARKS))
    assert playback.step != 40_123


@pytest.mark.parametrize(
    ("step", "y", "said"),
    [
        (40_123, ON_MARKS, "Adam: left the domain · step 40,123"),
        (50_000, ON_LINE, "step 50,000"),
        (20_000, ON_LINE, "range from 20,000"),
        (60_000, ON_LINE, "range to 60,000"),
    ],
)
def test_what_is_under_the_mouse_is_said(
    qtbot: QtBot, timeline: Timeline, session: Session, playback: Playback, step: int, y: int, said: str
) -> None:
    session.edit(replace(session.scene, playback=PlaybackFields(range=(20_000, 60_000))))
    playback.seek(90_000)
    show_events(timeline, 40_123)
    qtbot.mouseMove(timeline, place(timeline, step, y))
    text = timeline._hover_reading(timeline._hover).text
    assert text == said or (said.startswith("step") and abs(int(text[5:].replace(",", "")) - step) < 200)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("scale", [0.8, 1.0, 2.0])
@pytest.mark.parametrize("zoomed", [False, True])
def test_all_of_it_is_painted_within_the_widget(
    dressed: QApplication,
    qtbot: QtBot,
    timeline: Timeline,
    session: Session,
    playback: Playback,
    theme: str,
    scale: float,
    zoomed: bool,
) -> None:
    try:
        apply_theme(dressed, theme, scale)
        timeline.resize(616, timeline.sizeHint().height())
        session.edit(replace(session.scene, playback=PlaybackFields(range=(20_000, 60_000))))
        playback.seek(90_000)
        show_events(timeline, 0, 5, 40_123, 40_124, LAST_STEP)
        if zoomed:
            zoom_to_the_start(timeline)
        qtbot.mouseMove(timeline, QPoint(600, round(ON_LINE * scale)))
        picture = timeline.grab().toImage()
        background = picture.pixelColor(0, 0)
        rows = [y for y in range(picture.height()) if any(picture.pixelColor(x, y) != background for x in range(616))]
        assert rows
        assert rows[-1] < picture.height() - 1
    finally:
        apply_theme(dressed, "dark")


def test_a_race_without_steps_takes_clicks_calmly(qtbot: QtBot, timeline: Timeline, playback: Playback) -> None:
    playback.set_last_step(0)
    qtbot.mouseMove(timeline, QPoint(100, ON_LINE))
    qtbot.mouseClick(timeline, LEFT, pos=QPoint(100, ON_LINE))
    wheel(timeline, 100, 3)
    timeline.grab()
    assert playback.step == 0


def test_the_right_button_asks_for_the_menu(qtbot: QtBot, timeline: Timeline) -> None:
    with qtbot.waitSignal(timeline.menu_requested):
        QApplication.sendEvent(
            timeline,
            QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), timeline.mapToGlobal(QPoint(5, 5))),
        )
