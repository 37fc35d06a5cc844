"""The session: edits, undo and files."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest
from hands import save_session
from msgspec.structs import replace
from pytestqt.qtbot import QtBot
from small_races import with_learning_rate

from gradsim.core.errors import SceneError
from gradsim.core.scene import FormulaSurface, PointStarts, Scene, View
from gradsim.core.scene_file import load_scene
from gradsim.ui.session import Session


def test_an_edit_is_told_with_the_old_and_the_new_scene(session: Session, qtbot: QtBot) -> None:
    old, new = session.scene, replace(session.scene, steps=61)
    with qtbot.waitSignal(session.scene_changed) as blocker:
        session.edit(new, "change steps")
    assert blocker.args == [old, new]


def test_a_scene_that_cannot_be_raced_is_refused_and_changes_nothing(session: Session) -> None:
    before = session.scene
    with pytest.raises(SceneError):
        session.edit(with_learning_rate(before, -1.0))
    assert session.scene is before
    assert session.undo_name is None


def test_try_edit_says_in_one_line_why_not(session: Session, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.message) as blocker:
        assert not session.try_edit(with_learning_rate(session.scene, -1.0))
    assert "learning_rate" in blocker.args[0]
    assert "\n" not in blocker.args[0]


def test_undo_all_returns_to_the_first_scene_and_redo_all_to_the_last(session: Session) -> None:
    first = session.scene
    for steps in (61, 62, 63):
        session.edit(replace(session.scene, steps=steps), "change steps")
    last = session.scene
    while session.undo_name:
        session.undo()
    assert session.scene == first
    while session.redo_name:
        session.redo()
    assert session.scene == last


def test_a_drag_is_one_entry_of_the_history(session: Session) -> None:
    first = session.scene
    for value in (0.06, 0.07, 0.08):
        session.edit(with_learning_rate(session.scene, value), "change learning rate", merge=True)
    session.end_merge()
    session.edit(with_learning_rate(session.scene, 0.2), "change learning rate", merge=True)
    session.undo()
    assert session.scene.optimizers[0].hyperparameters["learning_rate"] == 0.08
    session.undo()
    assert session.scene == first


def test_how_it_is_shown_is_kept_through_undo(session: Session) -> None:
    session.edit(replace(session.scene, steps=70), "change steps")
    session.edit(replace(session.scene, view=replace(session.scene.view, trail=7)))
    assert session.undo_name == "change steps"
    session.undo()
    assert (session.scene.steps, session.scene.view.trail) == (60, 7)


def test_saving_and_opening_gives_the_same_scene_and_clears_modified(session: Session, tmp_path: Path) -> None:
    session.edit(replace(session.scene, steps=77), "change steps")
    assert session.modified
    save_session(session, tmp_path / "race.gradsim")
    assert not session.modified
    assert load_scene(tmp_path / "race.gradsim") == session.scene


def test_undoing_back_to_what_was_saved_is_not_modified(session: Session) -> None:
    session.edit(replace(session.scene, steps=77), "change steps")
    session.undo()
    assert not session.modified


def test_looking_around_does_not_make_a_scene_modified(session: Session, tmp_path: Path) -> None:
    session.edit(replace(session.scene, view=View(x=(0.0, 1.0), y=(0.0, 1.0), trail=9)))
    assert not session.modified
    save_session(session, tmp_path / "race.gradsim")
    session.edit(replace(session.scene, view=View(x=(0.0, 2.0), y=(0.0, 2.0), trail=9)))
    assert not session.modified


def test_how_a_file_is_shown_counts_as_modified(session: Session, tmp_path: Path) -> None:
    save_session(session, tmp_path / "race.gradsim")
    session.edit(replace(session.scene, playback=replace(session.scene.playback, speed=7.0)))
    assert session.modified


def test_opening_begins_a_history_of_its_own(session: Session, scene: Scene, tmp_path: Path) -> None:
    session.edit(replace(session.scene, steps=77), "change steps")
    session.open(replace(scene, title="Other"), tmp_path / "other.gradsim")
    assert session.title == "Other"
    assert session.undo_name is None
    assert not session.modified


def test_the_title_of_a_scene_without_one_is_its_file(session: Session, tmp_path: Path) -> None:
    session.edit(replace(session.scene, title="", surface=FormulaSurface(formula="x^2 + y^2")), "clear")
    assert session.title == "Untitled"
    save_session(session, tmp_path / "my race.gradsim")
    assert session.title == "my race"


def test_an_edit_does_not_look_through_a_long_list_of_points_again(session: Session) -> None:
    points = tuple((0.01 * k, 0.5) for k in range(100_000))
    session.edit(replace(session.scene, starts=PointStarts(points=points), steps=1), "change starts")
    durations_s = []
    for seed in (5, 6, 7):  # the best of three, of this thread's own time: the workers race and compile meanwhile
        began = time.thread_time()
        session.edit(replace(session.scene, seed=seed), "change seed")
        durations_s.append(time.thread_time() - began)
    assert min(durations_s) < 0.02
    with pytest.raises(SceneError):
        session.edit(replace(session.scene, starts=PointStarts(points=(*points, (math.nan, 0.0)))))
