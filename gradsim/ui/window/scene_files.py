"""New, open, save: the dialogs around scene files, and the question before a modified scene would be lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

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

SUFFIX = ".gradsim"
FILTER = f"gradsim scenes (*{SUFFIX});;All files (*)"


def opening_scene() -> Scene:
    """The race that the program starts with. Raises GradsimError or FileNotFoundError for a broken installation."""
    return load_scene(asset_path("presets", f"opening{SUFFIX}"))


def dropped_scene(data: QMimeData) -> Path | None:
    """The first scene file among what is dragged over the window, if there is one."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix == SUFFIX), None)


def _file_or_opening(path: Path | None) -> Scene:
    """What the file at ``path`` holds by now; the opening race where that is no scene any more."""
    if path is not None:
        with suppress(GradsimError):
            return load_scene(path)
    return opening_scene()


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
        if session.path is not None:
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
        scene = self._read(load_scene, path, failure="The scene was not opened")
        if scene is not None:
            self._session.open(scene, path)
            self.recent.add(path)

    def recover(self, unsaved: UnsavedScene) -> bool:
        """Show what was not saved as a change of the scene's file, so that undo leads to that; return whether it is."""
        if not self.may_leave():
            return False
        scene = self._read(unsaved.read, failure="The scene was not recovered")
        began = scene and self._read(_file_or_opening, unsaved.path, failure="The scene was not recovered")
        if scene is None or began is None:
            return False
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
        """Save under the scene's own name, or ask for one; return whether it was saved."""
        if self._session.path is None:
            return self.save_as()
        return self._save(self._session.path)

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

    def _read(self, load: Callable[..., Scene], *arguments: object, failure: str) -> Scene | None:
        if self._job.waiting:
            return None
        self._doing = "Opening the scene …"
        try:
            return self._job.call(load, *arguments)
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
            self._job.call(save_scene, scene, path)
        except GradsimError as error:
            self._box("The scene was not saved", str(error)).exec()
            return False
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
