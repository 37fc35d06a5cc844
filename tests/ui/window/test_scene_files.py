"""Scene files: read and written by a worker, while the window lives on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import PATIENCE_S
from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from gradsim.core.errors import SceneFileError
from gradsim.core.scene import Scene
from gradsim.core.scene_file import load_scene, save_scene
from gradsim.ui.session import Session
from gradsim.ui.window import scene_files
from gradsim.ui.window.scene_files import SceneFiles


@pytest.fixture
def files(qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[SceneFiles]:
    monkeypatch.setattr(session.results, "follow", lambda *_, **__: None)
    window = QWidget()
    qtbot.addWidget(window)
    files = SceneFiles(session, window)
    yield files
    files.stop()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What dialogs have said."""
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.informativeText()))
    return said


def test_a_file_that_cannot_be_read_keeps_the_scene_and_says_why(
    files: SceneFiles, session: Session, told: list[str], tmp_path: Path
) -> None:
    before, broken = session.scene, tmp_path / "broken.gradsim"
    broken.write_bytes(b"{")
    files.open_path(broken)
    assert session.scene is before
    assert session.path is None
    assert "broken.gradsim': not JSON at line 1" in told[0]


def test_a_file_that_cannot_be_written_leaves_the_scene_modified(
    files: SceneFiles, session: Session, told: list[str], tmp_path: Path
) -> None:
    session.path = tmp_path / "nowhere" / "race.gradsim"
    session.edit(replace(session.scene, steps=61), "change steps")
    assert not files.save()
    assert session.modified
    assert "no such file or folder" in told[0]


def press(text: str) -> None:
    """Press the button ``text`` of the next message box."""

    def look() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(10, look)
            return
        next(button for button in box.buttons() if button.text().replace("&", "") == text).click()

    QTimer.singleShot(0, look)


@pytest.mark.parametrize(("text", "replaced"), [("Replace it", True), ("Cancel", False)])
def test_what_another_program_has_written_since_is_not_lost_unasked(
    files: SceneFiles, session: Session, tmp_path: Path, text: str, replaced: bool
) -> None:
    path = tmp_path / "race.gradsim"
    save_scene(session.scene, path)
    files.open_path(path)
    mine, others = replace(session.scene, steps=61), replace(session.scene, steps=62, title="Changed elsewhere")
    session.edit(mine, "change steps")
    save_scene(others, path)
    press(text)
    assert files.save() == replaced
    assert session.modified != replaced
    assert load_scene(path) == (mine if replaced else others)


def test_a_scene_that_cannot_be_written_can_be_saved_elsewhere(
    files: SceneFiles, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere.gradsim"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(elsewhere), ""))
    session.path = tmp_path / "nowhere" / "race.gradsim"
    session.edit(replace(session.scene, steps=61), "change steps")
    press("Save as…")
    assert files.save()
    assert load_scene(elsewhere) == session.scene
    assert (session.path, session.modified) == (elsewhere, False)


def test_a_file_of_ones_own_is_saved_again_unasked_even_where_it_has_vanished(
    files: SceneFiles, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "race.gradsim"
    save_scene(session.scene, path)
    files.open_path(path)
    for steps, vanished in ((61, False), (62, False), (63, True)):
        session.edit(replace(session.scene, steps=steps), "change steps")
        if vanished:
            path.unlink()
        assert files.save()
        assert load_scene(path).steps == steps


def test_while_a_large_scene_is_read_the_window_lives_and_takes_no_other_command(
    files: SceneFiles, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.gradsim"
    save_scene(replace(session.scene, title="Large"), path)
    threads, answers, said = [], [], []
    lived = threading.Event()

    def read_slowly(path: Path) -> Scene:
        threads.append(threading.current_thread())
        lived.wait(PATIENCE_S)
        return load_scene(path)

    monkeypatch.setattr(scene_files, "load_scene", read_slowly)
    session.message.connect(said.append)
    ticking = QTimer(interval=10)
    ticking.timeout.connect(lambda: answers.append(files.may_leave()))
    ticking.timeout.connect(lambda: lived.set() if len(answers) > 10 and said else None)
    ticking.start()
    files.open_path(path)
    ticking.stop()
    assert session.title == "Large"
    assert threads[0] is not threading.main_thread()
    assert len(answers) > 10
    assert not any(answers)
    assert said[0] == "Opening the scene …"
    assert said[-1] == ""
    assert files.may_leave()


def test_what_was_on_show_when_saving_began_is_what_counts_as_saved(
    files: SceneFiles, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.path = tmp_path / "race.gradsim"
    before = session.scene
    began, edited = threading.Event(), threading.Event()

    def write_slowly(scene: Scene, path: Path) -> None:
        began.set()
        edited.wait(PATIENCE_S)
        save_scene(scene, path)

    def edit_meanwhile() -> None:
        if began.is_set() and not edited.is_set():
            session.edit(replace(before, steps=77), "change steps")
            edited.set()

    monkeypatch.setattr(scene_files, "save_scene", write_slowly)
    ticking = QTimer(interval=5)
    ticking.timeout.connect(edit_meanwhile)
    ticking.start()
    assert files.save()
    ticking.stop()
    assert load_scene(session.path) == before
    assert session.modified


def test_the_end_of_the_application_ends_the_waiting_and_completes_the_file(
    files: SceneFiles, session: Session, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.path = tmp_path / "race.gradsim"
    began, ending = threading.Event(), threading.Event()

    def write_slowly(scene: Scene, path: Path) -> None:
        began.set()
        ending.wait(PATIENCE_S)
        time.sleep(0.1)
        save_scene(scene, path)

    def end_once_it_has_begun() -> None:
        if began.is_set() and not ending.is_set():
            ending.set()
            files.stop()

    monkeypatch.setattr(scene_files, "save_scene", write_slowly)
    ticking = QTimer(interval=10)
    ticking.timeout.connect(end_once_it_has_begun)
    ticking.start()
    assert not files.save()
    ticking.stop()
    assert load_scene(session.path) == session.scene
    assert told == []
    assert not files.save(), "there is no worker any more"


def test_a_missing_installation_is_told(files: SceneFiles, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Scene:
        raise SceneFileError("cannot open opening.gradsim")

    monkeypatch.setattr(scene_files, "opening_scene", fail)
    files.new()
    assert told == ["cannot open opening.gradsim"]
