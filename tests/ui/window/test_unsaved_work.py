"""What is not saved is kept for the case of a crash, and found again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import PATIENCE_S
from msgspec.structs import replace
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from gradsim.core.scene import Scene
from gradsim.core.scene_file import load_scene, save_scene
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.window import left_scenes, menu_parts, unsaved_work
from gradsim.ui.window.left_scenes import LeftScenes
from gradsim.ui.window.main_window import MainWindow
from gradsim.ui.window.menu_parts import add_unsaved_scenes
from gradsim.ui.window.scene_files import SceneFiles
from gradsim.ui.window.unsaved_scenes import UnsavedScene, unsaved_folder, unsaved_scenes, write_unsaved
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


@pytest.fixture
def left(session: Session) -> Iterator[LeftScenes]:
    left = LeftScenes(session)
    yield left
    left.stop()


def look(qtbot: QtBot, left: LeftScenes) -> None:
    with qtbot.waitSignal(left.looked):
        left.look()


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
    qtbot: QtBot, session: Session, files: SceneFiles, work: UnsavedWork, left: LeftScenes, tmp_path: Path
) -> None:
    path = tmp_path / "race.gradsim"
    saved, changed = replace(session.scene, steps=20), replace(session.scene, steps=30)
    save_scene(saved, path)
    leave(changed, path)
    menu = QMenu()
    qtbot.addWidget(menu)
    look(qtbot, left)
    add_unsaved_scenes(menu, files, work, left)
    menu.actions()[0].trigger()
    assert left.scenes == ()
    assert (session.scene, session.path, session.modified) == (changed, path, True)
    qtbot.waitUntil(lambda: len(kept()) == 1 and kept()[0].name != "left.unsaved")
    session.undo()
    assert session.scene == saved
    assert load_scene(path) == saved


def test_what_has_no_file_is_recovered_as_a_changed_race(session: Session, files: SceneFiles) -> None:
    leave(replace(session.scene, steps=30), None)
    assert files.recover(unsaved_scenes()[0])
    assert (session.scene.steps, session.path, session.modified) == (30, None, True)


def test_what_was_left_behind_is_told_once(qtbot: QtBot, session: Session, left: LeftScenes) -> None:
    leave(session.scene, None)
    said: list[str] = []
    session.message.connect(said.append)
    for _ in range(2):
        with qtbot.waitSignal(left.looked):
            left.tell()
    assert said == ["Recover unsaved, in the menu File: “Bowl” was not saved when gradsim ended."]


def test_what_is_cleared_from_the_list_is_gone_and_does_not_come_back(
    qtbot: QtBot, session: Session, files: SceneFiles, work: UnsavedWork, left: LeftScenes
) -> None:
    leave(session.scene, None)
    menu = QMenu()
    qtbot.addWidget(menu)
    look(qtbot, left)
    add_unsaved_scenes(menu, files, work, left)
    next(action for action in menu.actions() if action.text() == "Clear this list").trigger()
    left.look()  # which takes the place of one that waits
    assert left.scenes == ()
    qtbot.waitUntil(lambda: not kept())
    look(qtbot, left)
    assert left.scenes == ()


def test_a_slow_disk_keeps_neither_the_window_nor_its_menu_waiting(
    qtbot: QtBot, session: Session, playback: Playback, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(session.scene, None)
    answered, threads = threading.Event(), []

    def look_slowly() -> tuple[UnsavedScene, ...]:
        threads.append(threading.current_thread())
        assert threading.current_thread() is not threading.main_thread(), "the window waits for the disk"
        assert answered.wait(PATIENCE_S)
        return unsaved_scenes()

    for module in (left_scenes, unsaved_work, menu_parts):
        monkeypatch.setattr(module, "unsaved_scenes", look_slowly, raising=False)
    said: list[str] = []
    session.message.connect(said.append)
    window = MainWindow(session, playback)
    monkeypatch.setattr(window.files, "may_leave", lambda: True)
    try:
        with qtbot.waitSignal(window.painted):
            window.show()
        menu = window.top_bar.menu_bar.menus["Recover unsaved"]
        menu.popup(QPoint(0, 0))
        assert [(action.text(), action.isEnabled()) for action in menu.actions()] == [("Looking for them …", False)]
        answered.set()
        qtbot.waitUntil(lambda: len(menu.actions()) == 3)
        assert menu.actions()[0].text().startswith("Bowl – ")
        assert any("“Bowl” was not saved" in each for each in said)
        assert threads
        menu.close()
    finally:
        answered.set()
        window.stop()
        window.close()
        window.deleteLater()


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
