"""Events as the window shows them: found by the worker, revealed when reached, dropped when stale."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pytestqt.qtbot import QtBot
from small_races import finished_session
from waiting import RUN_TIMEOUT_MS

from gradsim.core.events import RaceEvent
from gradsim.core.scene import UniformStarts
from gradsim.core.scene_file import load_scene
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.timeline.event_marks import EventMark, event_marks
from gradsim.ui.timeline.event_track import EventTrack
from gradsim.ui.timeline.event_words import event_detail, event_line

RAVINE = Path(__file__).parents[3] / "assets" / "lessons" / "05-ravine.gradsim"


@pytest.fixture
def session() -> Iterator[Session]:
    """The ravine: settles at steps 129, 152 and 395."""
    session = finished_session(load_scene(RAVINE))
    yield session
    session.stop()


@pytest.fixture
def track(qtbot: QtBot, session: Session, playback: Playback) -> Iterator[EventTrack]:
    playback.set_last_step(session.run.last_step)
    track = EventTrack(session, playback)
    qtbot.waitUntil(lambda: bool(track.events), timeout=RUN_TIMEOUT_MS)
    yield track
    track.stop()


def steps(events: tuple[RaceEvent, ...]) -> list[int]:
    return [event.step for event in events if event.kind == "settled"]


def test_events_appear_once_they_have_been_on_show(track: EventTrack, playback: Playback) -> None:
    shown = []
    for step in (0, 128.9, 129, 160, 20, 450):
        playback.seek(step)
        shown.append(steps(track.visible))
    assert shown == [[], [], [129], [129, 152], [129, 152], [129, 152, 395]]


def test_all_events_are_shown_if_asked_for(track: EventTrack, session: Session) -> None:
    session.edit(replace(session.scene, view=replace(session.scene.view, all_events=True)))
    assert steps(track.visible) == [129, 152, 395]


def test_a_new_run_hides_what_has_been_reached(
    qtbot: QtBot, track: EventTrack, session: Session, playback: Playback
) -> None:
    playback.seek(450)
    playback.seek(140)
    before = track.events
    session.run_changed.emit(session.run)
    qtbot.waitUntil(lambda: track.events is not before, timeout=RUN_TIMEOUT_MS)
    assert steps(track.visible) == [129]


def test_events_of_a_small_run_follow_a_slider_that_is_dragged(
    qtbot: QtBot, track: EventTrack, session: Session
) -> None:
    found = []
    track.changed.connect(lambda: found.append(track.events))
    n_runs = 0

    def drag() -> bool:
        nonlocal n_runs
        session.run_changed.emit(session.run)
        n_runs += 1
        return len(found) >= 2

    qtbot.waitUntil(drag)
    assert n_runs > 2, "they are not looked for in every run"
    assert all(steps(events) == [129, 152, 395] for events in found)


def test_no_run_has_no_events(track: EventTrack, session: Session) -> None:
    session.results.run = None
    session.run_changed.emit(None)
    assert track.events == ()


def test_without_critical_points_nobody_is_said_to_have_settled(
    qtbot: QtBot, track: EventTrack, session: Session
) -> None:
    session.results.critical_points = None
    with qtbot.waitSignal(track.changed, timeout=RUN_TIMEOUT_MS):
        session.critical_points_changed.emit(None)
    assert track.events
    assert steps(track.events) == []


def test_points_of_another_surface_do_not_count(qtbot: QtBot, track: EventTrack, session: Session) -> None:
    session.edit(replace(session.scene, domain=replace(session.scene.domain, x=(-9.0, 9.0))))
    session.stop()
    with qtbot.waitSignal(track.changed, timeout=RUN_TIMEOUT_MS):
        session.critical_points_changed.emit(session.critical_points)
    assert steps(track.events) == []


def test_events_of_a_large_run_wait_until_the_slider_rests(qtbot: QtBot, playback: Playback) -> None:
    scene = load_scene(RAVINE)
    session = finished_session(replace(scene, starts=UniformStarts(n=1000)))
    track = EventTrack(session, playback)
    try:
        assert track.events == ()
        assert not track._job.busy
        qtbot.waitUntil(lambda: bool(track.events), timeout=RUN_TIMEOUT_MS)
        assert all(event.is_cloud for event in track.events)
    finally:
        track.stop()


def test_next_and_previous_events(track: EventTrack) -> None:
    settled_or_not = [event.step for event in track.events]
    assert track.after(0).step == 129
    assert track.after(129).step == settled_or_not[1]
    assert track.before(settled_or_not[1]).step == 129
    assert track.before(129) is None
    assert track.after(450) is None


def event(step: int, **fields: object) -> RaceEvent:
    return RaceEvent(**{"optimizer": 0, "kind": "left", "step": step, "is_exact": True, **fields})


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"kind": "settled", "point": (0.0,), "point_kind": "minimum"}, "Adam: settled in a minimum · step 1,213"),
        ({"kind": "settled", "point": (0.0,), "point_kind": "saddle"}, "Adam: stays at a saddle · step 1,213"),
        ({"kind": "diverged", "is_exact": False}, "Adam: diverged · by step 1,213"),
        ({"kind": "settled", "is_cloud": True}, "Adam: half of the particles have settled · step 1,213"),
    ],
)
def test_events_in_words(fields: dict[str, object], line: str) -> None:
    assert event_line(event(1213, **fields), "Adam") == line


def test_the_detail_of_settling_says_where_and_how_near() -> None:
    settled = event(12, kind="settled", point=(1.0, -2.5), point_kind="minimum")
    assert event_detail(settled, 0.001) == "From here to the end it stays within 0.001 of (1, −2.5)."
    assert event_detail(event(12), 0.001) == ""


@given(st.lists(st.integers(0, 1000), max_size=40), st.floats(1.0, 50.0))
def test_marks_hold_every_event_once_and_stand_apart(places: list[int], gap: float) -> None:
    events = [event(step) for step in sorted(places)]
    marks = event_marks(events, float, gap)
    assert [each for mark in marks for each in mark.events] == events
    assert all(b.x - a.x >= gap for a, b in pairwise(marks))
    assert all(mark.x == mark.events[0].step for mark in marks)
    assert all(mark.events[-1].step - mark.x < gap for mark in marks)


def test_clicks_on_a_mark_visit_its_events_in_turn() -> None:
    mark = EventMark(0.0, (event(5), event(5), event(7)))
    step, visited = 100.0, []
    for _ in range(4):
        step = mark.next_step(step)
        visited.append(step)
    assert visited == [5, 7, 5, 7]
