"""The race as a program on the clipboard."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from gradsim.core.errors import Cancelled, GradsimError
from gradsim.core.scene import Scene
from gradsim.ui.session import CODE_LIBRARIES, Session
from gradsim.ui.waiting import WaitingJob


class CodeCopy(QObject):
    """Copies the race of a session as code. A worker writes it, as many optimizers take a third of a second."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job = WaitingJob(self, name="gradsim code")
        session.code_asked.connect(self._copy)
        self._job.grew_long.connect(lambda: session.message.emit("Writing the code …"))

    def stop(self) -> None:
        """Wait for the worker to end."""
        self._job.stop()

    def copy(self, library: str) -> None:
        """Put the race on the clipboard as code for ``library``, and say so, or why not."""
        self._copy(self._session.scene, library)

    def _copy(self, scene: Scene, library: str) -> None:
        if self._job.waiting:
            return
        try:
            text = self._job.call(_write, scene, library)
        except GradsimError as error:
            self._session.message.emit(str(error))
        except Cancelled:  # the application ends
            pass
        else:
            QGuiApplication.clipboard().setText(text)
            n_lines = text.count("\n")
            self._session.message.emit(f"Copied as {CODE_LIBRARIES[library]} code: {n_lines:,} lines.")


def _write(scene: Scene, library: str) -> str:
    from gradsim.core.scripts import write_code  # not before the first copy

    return write_code(scene, library)
