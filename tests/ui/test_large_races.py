"""Races too large to be recorded: a sample at once, all particles behind it, and the same pictures."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot
from small_races import two_wells, valley
from waiting import RUN_TIMEOUT_MS

from gradsim.core.render.palette import THEMES
from gradsim.core.replay import SAMPLE_SIZE, race_all, race_or_sample
from gradsim.core.run import Run
from gradsim.core.scene import LineStarts, PointStarts, Scene, UniformStarts
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.exporter import prepare_picture
from gradsim.ui.map.particle_places import shown_particles
from gradsim.ui.session import Session

TIGHT = 2**22
CROWD = UniformStarts(n=3 * SAMPLE_SIZE)
pytestmark = pytest.mark.usefixtures("dressed")  # texts of pictures need an application with fonts


def replayed(scene: Scene) -> Run:
    run = race_all(race_or_sample(scene, memory_budget=TIGHT))
    assert run.replay is not None
    return run


@pytest.fixture
def runs(session: Session) -> list[Run]:
    """All runs that the session's workers hand over, from the first."""
    seen: list[Run] = []
    session.run_changed.connect(seen.append)
    return seen


@pytest.fixture
def tight_session(session: Session, runs: list[Run]) -> Session:
    """A session in which a crowd is too large to be recorded."""
    session.results.set_memory_budget(TIGHT)
    session.edit(valley(starts=CROWD, steps=90), "change starts")
    session.start()
    return session


def test_a_sample_comes_first_and_then_all(tight_session: Session, runs: list[Run], qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(runs) == 2)
    sample, run = runs
    assert sample.n_particles == SAMPLE_SIZE
    assert sample.n_raced == CROWD.n
    assert run is tight_session.run
    assert run.reached == run.last_step == 90
    assert run.frame_at(33.3).positions.shape == (2, CROWD.n, 2)
    assert run.ends[0].shape == (2, CROWD.n, 2)
    np.testing.assert_array_equal(run.frame_at(90).positions, simulate(run.scene).positions[:, -1])


def test_a_long_race_of_few_particles_is_there_as_a_whole_at_once(session: Session, qtbot: QtBot) -> None:
    session.results.set_memory_budget(TIGHT)
    session.edit(valley(starts=UniformStarts(n=SAMPLE_SIZE), steps=90), "change starts")
    with qtbot.assertNotEmitted(session.results.all_progressed, wait=100):
        with qtbot.waitSignal(session.run_changed, timeout=RUN_TIMEOUT_MS):
            session.start()
        assert session.run.replay is not None
        assert session.run.shows_all(90)
        assert session.run.scene.starts.n == SAMPLE_SIZE


def test_an_edit_stops_the_race_of_all(tight_session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: tight_session.run is not None and tight_session.run.n_raced == CROWD.n)
    tight_session.edit(replace(tight_session.scene, starts=UniformStarts(n=5)), "change starts")
    qtbot.waitUntil(lambda: tight_session.run.n_raced == 5, timeout=RUN_TIMEOUT_MS)
    assert tight_session.run.replay is None


def test_another_budget_races_anew(tight_session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: tight_session.run is not None, timeout=RUN_TIMEOUT_MS)
    assert tight_session.run.replay is not None
    tight_session.results.set_memory_budget(2**30)
    qtbot.waitUntil(lambda: tight_session.run.replay is None, timeout=RUN_TIMEOUT_MS)


@pytest.mark.parametrize(
    "scene",
    [
        valley(starts=UniformStarts(n=700), steps=150),
        valley(starts=CROWD, steps=60),
        two_wells(starts=LineStarts(start=(-2.0,), end=(2.0,), n=700), steps=150),
        two_wells(starts=PointStarts(points=((2.0,), (-2.0,), (0.3,))), steps=20_000),
    ],
    ids=["discs", "crowd", "1-D", "balls with tangents"],
)
def test_pictures_are_those_of_a_recorded_race(scene: Scene) -> None:
    surface = compile_surface(scene.surface)
    view = replace(scene.view, trail=40)
    scene = replace(scene, view=view)
    pictures = [
        FramePicture(scene, run, surface, None, THEMES["dark"], 320, 240, 1.0)
        for run in (simulate(scene), replayed(scene))
    ]
    for step in (0.0, 7.25, 33.0, scene.steps - 0.5, scene.steps):
        recorded, again = (picture.draw_map(step) for picture in pictures)
        np.testing.assert_array_equal(recorded.pixels, again.pixels)


def test_a_video_shows_all_particles_even_if_the_window_does_not_yet() -> None:
    scene = valley(starts=CROWD, steps=60)
    sample = race_or_sample(scene, memory_budget=TIGHT)
    picture = prepare_picture(scene, 320, 240, run=sample)
    assert picture.run is not sample
    assert picture.draw_map(30.0).frame.losses.shape[1] == CROWD.n


def test_the_map_says_how_many_particles_it_shows() -> None:
    scene = valley(starts=CROWD, steps=60)
    sample = race_or_sample(scene, memory_budget=TIGHT)
    picture = FramePicture(scene, sample, compile_surface(scene.surface), None, THEMES["dark"], 640, 480, 1.0)
    assert not picture.shows_all(30.0)
    counter = picture._margins._counter
    assert counter(30.0, picture.draw_map(30.0).frame.losses.shape[1]).startswith("2 × 1,000 of 3,000 particles")
    sample.replay.race()  # type: ignore[union-attr]
    assert picture.shows_all(30.0)
    assert counter(30.0, picture.draw_map(30.0).frame.losses.shape[1]).startswith("2 × 3,000 particles")


def test_it_is_known_which_particles_a_frame_shows() -> None:
    run = replayed(valley(starts=CROWD, steps=60))
    assert shown_particles(run, run.frame_at(60)).tolist() == list(range(CROWD.n))
    sample = race_or_sample(run.scene, memory_budget=TIGHT)
    np.testing.assert_array_equal(shown_particles(sample, sample.frame_at(60)), run.particles)
