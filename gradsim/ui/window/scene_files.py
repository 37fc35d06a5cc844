"""New, open, save: the dialogs around scene files, and the question before a modified scene would be lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gradsim.core.errors import Cancelled, GradsimError
from gradsim.core.scene import Scene
from gradsim.core.scene_file import load_scene, save_scene
from gradsim.resources import asset_path
from gradsim.ui.session import Session
from gradsim.ui.waiting import WaitingJob
from gradsim.ui.window.lessons import neighbour
from gradsim.ui.window.recent_files import RecentFiles
from gradsim.ui.window.unsaved_scenes import UnsavedScene

T = TypeVar("T")

SUFFIX = ".gradsim"
FILTER = f"gradsim scenes (*{SUFFIX});;All files (*)"


def opening_scene() -> Scene:
    """The race that the program starts with. Raises GradsimError or FileNotFoundError for a broken installation."""
    return load_scene(asset_path("presets", f"opening{SUFFIX}"))


def dropped_scene(data: QMimeData) -> Path | None:
    """The first scene file among what is dragged over the window, if there is one."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix == SUFFIX), None)


_Stamp = tuple[Path, int, int]
"""A file, when it was changed last, in ns, and its size: others of the same file mean that it was changed."""


def _stamp(path: Path) -> _Stamp | None:
    """Of the file at ``path``; None where there is none that could be lost."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return path, status.st_mtime_ns, status.st_size


def _load_stamped(path: Path) -> tuple[Scene, _Stamp | None]:
    stamp = _stamp(path)  # before it is read: what is written meanwhile is news
    return load_scene(path), stamp


def _save_stamped(scene: Scene, path: Path) -> _Stamp | None:
    save_scene(scene, path)
    return _stamp(path)


def _file_or_opening(path: Path | None) -> tuple[Scene, _Stamp | None]:
    """What the file at ``path`` holds by now; the opening race where that is no scene any more."""
    if path is not None:
        with suppress(GradsimError):
            return _load_stamped(path)
    return opening_scene(), None


class SceneFiles(QObject):
    """Commands on scene files. Whatever would replace a modified scene asks first.

    A worker reads and writes, as a scene may be 32 MiB; while it does, further commands do nothing.
    """

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._job = WaitingJob(self, name="gradsim files")
        self._doing = ""
        self._job.grew_long.connect(self._tell)
        self.recent = RecentFiles(self)
        self._stamp: _Stamp | None = None
        if session.path is not None:
            self._stamp = _stamp(session.path)
            self.recent.add(session.path)

    def stop(self) -> None:
        """Wait for the worker to end."""
        self._job.stop()

    def new(self) -> None:
        """Begin anew with the opening race."""
        if self.may_leave():
            scene = self._read(opening_scene, failure="The opening race was not opened")
            if scene is not None:
                self._session.open(scene)

    def open(self) -> None:
        """Ask for a file and open it."""
        if not self.may_leave():
            return
        folder = str(self._session.path.parent) if self._session.path else ""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open a scene", folder, FILTER)
        if path:
            self._open(Path(path))

    def open_path(self, path: Path) -> None:
        """Open ``path``, which was dropped on the window."""
        if self.may_leave():
            self._open(path)

    def open_recent(self, path: Path) -> None:
        """Open ``path`` from the list of recent files, which forgets a file that is gone."""
        if self._job.waiting:
            return
        if self._job.call(path.is_file):  # on the worker, too: a network drive may be away
            self.open_path(path)
        else:
            self.recent.remove(path)
            self._session.message.emit(f"{path} is not there any more; it was taken off the list of recent files.")

    def _open(self, path: Path) -> None:
        read = self._read(_load_stamped, path, failure="The scene was not opened")
        if read is not None:
            scene, self._stamp = read
            self._session.open(scene, path)
            self.recent.add(path)

    def recover(self, unsaved: UnsavedScene) -> bool:
        """Show what was not saved as a change of the scene's file, so that undo leads to that; return whether it is."""
        if not self.may_leave():
            return False
        scene = self._read(unsaved.read, failure="The scene was not recovered")
        read = scene and self._read(_file_or_opening, unsaved.path, failure="The scene was not recovered")
        if scene is None or read is None:
            return False
        began, self._stamp = read
        self._session.open(began, unsaved.path)
        return self._session.try_edit(scene, "recover what was not saved")

    def open_lesson(self, path: Path) -> None:
        """Open a shipped scene as a new one: saving asks for a place of its own.

        From a lesson, which was changed to be tried out, nothing is asked in front of the class: undo leads back to it.
        """
        session = self._session
        tried_out = session.template is not None and session.path is None
        if tried_out or self.may_leave():
            scene = self._read(load_scene, path, failure="The lesson was not opened")
            if scene is not None:
                session.open(scene, template=path, undoable=tried_out)

    def open_neighbour(self, offset: int) -> None:
        """Open the lesson ``offset`` places after the one that is open; beyond the last there is nothing to open."""
        lesson = neighbour(self._session.template, offset)
        if lesson is not None:
            self.open_lesson(lesson.path)

    def save(self) -> bool:
        """Save under the scene's own name, or ask for one; return whether it was saved.

        What another program has written there since is not lost unasked.
        """
        path = self._session.path
        if path is None:
            return self.save_as()
        if self._job.waiting:
            return False
        try:
            now = self._job.call(_stamp, path)
        except Cancelled:  # the application ends
            return False
        if now and self._stamp and now[0] == self._stamp[0] and now != self._stamp:
            return self._save_over(path)
        return self._save(path)

    def _save_over(self, path: Path) -> bool:
        box = self._box(
            f"Replace “{path.name}”?", "Another program has changed the file since it was opened or saved here."
        )
        replace = box.addButton("Replace it", QMessageBox.ButtonRole.DestructiveRole)
        elsewhere = box.addButton("Save as…", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        if box.clickedButton() is elsewhere:
            return self.save_as()
        return box.clickedButton() is replace and self._save(path)

    def save_as(self) -> bool:
        """Ask for a name and save under it; return whether it was saved."""
        suggestion = str(self._session.path or f"{self._session.title or 'scene'}{SUFFIX}")
        path, _ = QFileDialog.getSaveFileName(self._window, "Save the scene as", suggestion, FILTER)
        if not path:
            return False
        target = Path(path) if Path(path).suffix else Path(path + SUFFIX)
        return self._save(target)

    def may_leave(self) -> bool:
        """Ask what to do with a modified scene, and with lessons that were tried out; return whether they may go."""
        return not self._job.waiting and self._may_leave_scene() and self._may_leave_lessons()

    def _may_leave_lessons(self) -> bool:
        titles = self._session.put_aside
        if not titles:
            return True
        what = f"“{titles[0]}”" if len(titles) == 1 else f"{len(titles)} lessons"
        button = QMessageBox.StandardButton
        box = self._box(
            f"Discard the changes to {what}?", "Cancel, and Undo leads back to them, so that they can be saved."
        )
        box.setStandardButtons(button.Discard | button.Cancel)
        box.setDefaultButton(button.Cancel)
        return box.exec() == button.Discard

    def _may_leave_scene(self) -> bool:
        if not self._session.modified:
            return True
        button = QMessageBox.StandardButton
        box = self._box(f"Save the changes to “{self._session.title}”?", "What is not saved is lost.")
        box.setStandardButtons(button.Save | button.Discard | button.Cancel)
        box.setDefaultButton(button.Save)
        answer = box.exec()
        if answer == button.Save:
            return self.save()
        return answer == button.Discard

    def _read(self, load: Callable[..., T], *arguments: object, failure: str) -> T | None:
        if self._job.waiting:
            return None
        self._doing = "Opening the scene …"
        try:
            result: T = self._job.call(load, *arguments)
            return result
        except GradsimError as error:
            self._box(failure, str(error)).exec()
        except Cancelled:  # the application ends
            pass
        return None

    def _save(self, path: Path) -> bool:
        if self._job.waiting:
            return False
        scene = self._session.scene  # what is shown may change while it is written
        self._doing = "Saving the scene …"
        try:
            self._stamp = self._job.call(_save_stamped, scene, path)
        except GradsimError as error:
            box = self._box("The scene was not saved", str(error))
            elsewhere = box.addButton("Save as…", QMessageBox.ButtonRole.AcceptRole)
            box.addButton(QMessageBox.StandardButton.Cancel)
            box.exec()
            return box.clickedButton() is elsewhere and self.save_as()
        except Cancelled:
            return False
        self._session.message.emit("")
        self._session.mark_saved(scene, path)
        self.recent.add(path)
        return True

    def _tell(self) -> None:
        self._session.message.emit(self._doing)

    def _box(self, text: str, explanation: str) -> QMessageBox:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle("gradsim")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(text)
        box.setInformativeText(explanation)
        return box
