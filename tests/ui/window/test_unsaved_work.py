"""What is not saved is kept for the case of a crash, and found again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from gradsim.core.scene import Scene
from gradsim.core.scene_file import load_scene, save_scene
from gradsim.ui.session import Session
from gradsim.ui.window.menu_parts import add_unsaved_scenes
from gradsim.ui.window.scene_files import SceneFiles
from gradsim.ui.window.unsaved_scenes import unsaved_folder, unsaved_scenes, write_unsaved
from gradsim.ui.window.unsaved_work import UnsavedWork


@pytest.fixture
def files(qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[SceneFiles]:
    monkeypatch.setattr(session.results, "follow", lambda *_, **__: None)
    window = QWidget()
    qtbot.addWidget(window)
    files = SceneFiles(session, window)
    yield files
    files.stop()


@pytest.fixture
def work(files: SceneFiles, session: Session) -> Iterator[UnsavedWork]:
    work = UnsavedWork(session)
    yield work
    work.stop()


def leave(scene: Scene, path: Path | None) -> None:
    """Leave ``scene`` behind as a gradsim does that is killed."""
    unsaved_folder().mkdir(parents=True, exist_ok=True)
    write_unsaved(unsaved_folder() / "left.unsaved", scene, scene.title, path)


def kept() -> list[Path]:
    return sorted(unsaved_folder().glob("*.unsaved"))


def test_an_edit_is_kept_within_moments_and_is_nobody_elses_while_the_window_lives(
    qtbot: QtBot, session: Session, work: UnsavedWork
) -> None:
    session.edit(replace(session.scene, steps=61), "change steps")
    qtbot.waitUntil(lambda: len(kept()) == 1)
    assert unsaved_scenes() == ()
    work.stop()
    (left,) = unsaved_scenes()
    assert left.read() == session.scene
    assert (left.title, left.path) == (session.title, None)


def test_what_has_been_saved_is_not_kept(
    qtbot: QtBot, session: Session, files: SceneFiles, work: UnsavedWork, tmp_path: Path
) -> None:
    session.edit(replace(session.scene, steps=61), "change steps")
    qtbot.waitUntil(lambda: len(kept()) == 1)
    session.path = tmp_path / "race.gradsim"
    assert files.save()
    qtbot.waitUntil(lambda: not kept())


def test_what_its_owner_gave_up_is_not_kept(qtbot: QtBot, session: Session, work: UnsavedWork) -> None:
    session.edit(replace(session.scene, steps=61), "change steps")
    qtbot.waitUntil(lambda: len(kept()) == 1)
    work.forget()
    work.stop()
    assert not list(unsaved_folder().iterdir())


def test_a_kill_keeps_an_edit_of_the_last_moment(session: Session, work: UnsavedWork) -> None:
    session.edit(replace(session.scene, steps=61), "change steps")
    work.keep()
    work.stop()
    assert [each.read().steps for each in unsaved_scenes()] == [61]


def test_what_is_recovered_is_a_change_of_its_file_and_this_windows_to_keep(
    qtbot: QtBot, session: Session, files: SceneFiles, work: UnsavedWork, tmp_path: Path
) -> None:
    path = tmp_path / "race.gradsim"
    saved, changed = replace(session.scene, steps=20), replace(session.scene, steps=30)
    save_scene(saved, path)
    leave(changed, path)
    menu = QMenu()
    qtbot.addWidget(menu)
    add_unsaved_scenes(menu, files, work)
    menu.actions()[0].trigger()
    assert (session.scene, session.path, session.modified) == (changed, path, True)
    qtbot.waitUntil(lambda: len(kept()) == 1 and kept()[0].name != "left.unsaved")
    session.undo()
    assert session.scene == saved
    assert load_scene(path) == saved


def test_what_has_no_file_is_recovered_as_a_changed_race(session: Session, files: SceneFiles) -> None:
    leave(replace(session.scene, steps=30), None)
    assert files.recover(unsaved_scenes()[0])
    assert (session.scene.steps, session.path, session.modified) == (30, None, True)


def test_what_was_left_behind_is_told_once(session: Session, work: UnsavedWork) -> None:
    leave(session.scene, None)
    said: list[str] = []
    session.message.connect(said.append)
    work.tell_left()
    work.tell_left()
    assert said == ["Recover unsaved, in the menu File: “Bowl” was not saved when gradsim ended."]


def test_a_damaged_file_keeps_the_scene_on_show_and_says_why(
    session: Session, files: SceneFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()))
    leave(session.scene, None)
    before = session.scene
    (unsaved_folder() / "left.unsaved").write_bytes(b"\x00\x00")
    (left,) = unsaved_scenes()
    assert not files.recover(left)
    assert session.scene is before
    assert said == ["The scene was not recovered"]


def test_a_folder_that_cannot_be_written_is_told_once(
    qtbot: QtBot, session: Session, work: UnsavedWork, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("in the way")
    said: list[str] = []
    session.message.connect(said.append)
    for steps in (61, 62):
        session.edit(replace(session.scene, steps=steps), "change steps")
        qtbot.waitUntil(lambda: not work._timer.isActive() and not work._job.busy)
    assert len([each for each in said if each.startswith("changes are not kept for the case of a crash: ")]) == 1
