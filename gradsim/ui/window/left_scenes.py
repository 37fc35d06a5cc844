"""What others have left unsaved, as a worker finds it: the disk may be slow, and the window does not wait for it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal

from gradsim.ui.jobs import LatestJob
from gradsim.ui.session import Session
from gradsim.ui.window.unsaved_scenes import UnsavedScene, unsaved_folder, unsaved_scenes

_KEY = "unsaved told"


class LeftScenes(QObject):
    """The scenes that can be recovered: ``scenes``, the latest first, or None until they have been looked for."""

    looked = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.scenes: tuple[UnsavedScene, ...] | None = None
        self._telling = False
        self._gone: frozenset[Path] = frozenset()
        self._unwanted: tuple[UnsavedScene, ...] = ()
        self._job = LatestJob(self, name="gradsim left scenes")
        self._job.finished.connect(self._take)
        self._job.failed.connect(self._tell_failure)

    def tell(self) -> None:
        """Look for them, and say, once, that there are some and where they are found."""
        self._telling = True
        self.look()

    def look(self) -> None:
        """Look for what has been left since the last time."""
        self._job.submit(_forget_and_look, self._unwanted)

    def drop(self, unsaved: UnsavedScene) -> None:
        """Take ``unsaved`` off the list: it has been recovered, and whoever has it now removes its file."""
        self._show(self.scenes or (), gone={unsaved.file})

    def forget_all(self) -> None:
        """Remove what is on the list for good."""
        scenes = self.scenes or ()
        self._unwanted += scenes  # and again with every look, lest a newer one take the place of one that waits
        self._show(scenes, gone={each.file for each in scenes})
        self.look()

    def stop(self) -> None:
        """Wait for the worker to end."""
        self._job.stop()

    def _take(self, scenes: tuple[UnsavedScene, ...]) -> None:
        self._show(scenes)
        if self._telling:
            self._telling = False
            self._tell(self.scenes or ())
        self.looked.emit()

    def _show(self, scenes: tuple[UnsavedScene, ...], *, gone: set[Path] | None = None) -> None:
        self._gone |= gone or set()
        self.scenes = tuple(each for each in scenes if each.file not in self._gone)

    def _tell(self, left: tuple[UnsavedScene, ...]) -> None:
        told = QSettings().value(_KEY, [])
        names = [each.file.name for each in left]
        if set(names) - set([told] if isinstance(told, str) else told or []):
            what = f"“{left[0].title}” was" if len(left) == 1 else f"{len(left)} scenes were"
            self._session.message.emit(f"Recover unsaved, in the menu File: {what} not saved when gradsim ended.")
        QSettings().setValue(_KEY, names)

    def _tell_failure(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        reason = (error.strerror or str(error)).lower()
        self._session.message.emit(f"scenes that were not saved cannot be looked for: {unsaved_folder()}: {reason}")


def _forget_and_look(unwanted: tuple[UnsavedScene, ...]) -> tuple[UnsavedScene, ...]:
    for each in unwanted:
        each.forget()
    return unsaved_scenes()
