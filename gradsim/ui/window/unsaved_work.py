"""Keeps the scene on show for as long as it is not saved: a kill or a power cut takes its last moments at most."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer

from gradsim.core.errors import GradsimError, SceneFileError
from gradsim.core.scene import Scene
from gradsim.ui.jobs import LatestJob
from gradsim.ui.session import Session
from gradsim.ui.window.unsaved_scenes import (
    SUFFIX,
    UnsavedScene,
    lock_of,
    unsaved_folder,
    write_unsaved,
)

AFTER_MS = 2000
"""How long after an edit the scene is kept; further edits do not put it off."""


class UnsavedWork(QObject):
    """Follows the session, and keeps its scene in a file of this window's own, away from the scene's file.

    Once there is nothing to lose the file goes: the scene was saved, or its owner has said that it may go.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._file = unsaved_folder() / f"{secrets.token_hex(8)}{SUFFIX}"
        self._lock: QLockFile | None = None
        self._job = LatestJob(self, name="gradsim unsaved work")
        self._job.failed.connect(self._tell_failure)
        self._told = False
        self._timer = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._timer.timeout.connect(self._follow)
        session.file_changed.connect(self._wait)

    def keep(self) -> None:
        """Keep what is not saved now, before the application ends; later changes are not kept."""
        self._stop_work()
        try:
            self._write(*self._now())
        except GradsimError as error:
            print(f"gradsim: {error}", file=sys.stderr)

    def forget(self) -> None:
        """Keep nothing any more: the window closes, and whoever closed it was asked."""
        self._stop_work()
        self._remove()

    def take_over(self, unsaved: UnsavedScene) -> None:
        """Keep as this window's own what has been recovered from ``unsaved``, which then goes."""
        self._job.submit(self._write, *self._now(), unsaved)

    def stop(self) -> None:
        """Wait for the worker to end; from now on, what was kept can be recovered."""
        self._stop_work()
        if self._lock is not None:
            self._lock.unlock()

    def _stop_work(self) -> None:
        self._timer.stop()
        self._job.stop()

    def _wait(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _follow(self) -> None:
        self._job.submit(self._write, *self._now())

    def _now(self) -> tuple[Scene | None, str, Path | None]:
        session = self._session
        return session.scene if session.modified else None, session.title, session.path

    def _write(self, scene: Scene | None, title: str, path: Path | None, recovered: UnsavedScene | None = None) -> None:
        """Keep ``scene``, or nothing when it is None."""
        try:
            if scene is None:
                self._remove()
            else:
                self._take_lock()
                write_unsaved(self._file, scene, title, path)
        except OSError as error:
            folder, reason = self._file.parent, (error.strerror or str(error)).lower()
            raise SceneFileError(f"changes are not kept for the case of a crash: {folder}: {reason}") from error
        if recovered is not None:
            recovered.forget()

    def _take_lock(self) -> None:
        if self._lock is None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._lock = lock_of(self._file)
            self._lock.tryLock(0)

    def _remove(self) -> None:
        self._file.unlink(missing_ok=True)

    def _tell_failure(self, error: Exception) -> None:
        """Once is enough: the next attempt, seconds later, will fare no better."""
        if not isinstance(error, GradsimError):
            raise error
        if not self._told:
            self._told = True
            self._session.message.emit(str(error))
