"""Waiting for a worker while the window lives on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal

from gradsim.core.errors import Cancelled
from gradsim.ui.jobs import LatestJob

NOTICEABLE_MS = 300


class WaitingJob(QObject):
    """Runs a call on a worker and waits for it: meanwhile the window is painted and plays, and input has to wait.

    ``grew_long`` tells that the wait has become long enough to be noticed.
    """

    grew_long = Signal()

    def __init__(self, parent: QObject | None = None, *, name: str) -> None:
        super().__init__(parent)
        self._job = LatestJob(self, name=name)
        self._job.finished.connect(self._take)
        self._job.failed.connect(self._fail)
        self._patience = QTimer(self, singleShot=True, interval=NOTICEABLE_MS)
        self._patience.timeout.connect(self.grew_long)
        self._loop: QEventLoop | None = None
        self._stopped = False
        self._result: Any = None
        self._error: Exception | None = None

    @property
    def waiting(self) -> bool:
        """Whether a call is under way: there can only be one."""
        return self._loop is not None

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return ``function(*arguments)``, called on the worker.

        Raises what it raises, and Cancelled once the application ends.
        """
        if self.waiting:
            raise RuntimeError("there is a call under way")
        if self._stopped:
            raise Cancelled
        self._result, self._error = None, Cancelled()
        self._loop = QEventLoop()
        self._job.submit(function, *arguments)
        self._patience.start()
        self._loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self._patience.stop()
        self._loop = None
        if self._error is not None:
            raise self._error
        return self._result

    def stop(self) -> None:
        """Wait for the worker to end; a call that is under way is cancelled."""
        self._stopped = True
        self._job.stop()
        if self._loop is not None:
            self._loop.quit()

    def _take(self, result: Any) -> None:
        if self._loop is not None:
            self._result, self._error = result, None
            self._loop.quit()

    def _fail(self, error: Exception) -> None:
        if self._loop is not None:
            self._error = error
            self._loop.quit()
