"""Work off the GUI thread, one job at a time, where the latest wins."""

from __future__ import annotations

import inspect
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QMetaMethod, QObject, Qt, Signal

from gradsim.core.errors import Cancelled

JOIN_TIMEOUT_S = 10.0
PROGRESS_INTERVAL_S = 1 / 30
IDLE_S = 5.0
NICENESS = 5


@dataclass(frozen=True)
class _Job:
    """One submitted call. ``generation`` counts submissions; an older result never follows a newer one."""

    generation: int
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class LatestJob(QObject):
    """A worker thread that always turns to the latest job.

    A job that waits is replaced by a newer one. A running job is left alone for ``grace_s`` seconds, so that a slider
    that is being dragged still shows results on its way; after that its ``cancelled`` callable says True. Results
    arrive in order, on the thread that owns this object.

    Where processors are scarce, the worker gives way to the window, and with a greater ``niceness`` to other workers as
    well: for one that works long without the interpreter. Who holds it must not wait behind that, or the window waits
    too.

    ``function`` may take the keywords ``cancelled`` (``() -> bool``) and ``progress`` (``float in [0, 1] -> None``);
    they are passed when it does. A function that raises ``Cancelled`` reports nothing; any other error for which nobody
    listens is raised on the thread that owns this object, so that none is lost.

    The thread ends when there has been nothing to do for ``IDLE_S`` seconds: a window has a dozen of these.

    A plain Python thread is used because a ``QThread`` that is alive at exit aborts the process.
    """

    finished = Signal(object)
    failed = Signal(object)
    progressed = Signal(float)
    busy_changed = Signal(bool)
    _woken = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        grace_s: float = 0.25,
        name: str = "gradsim worker",
        niceness: int = NICENESS,
    ) -> None:
        super().__init__(parent)
        self._niceness = niceness
        self._grace_s = grace_s
        self._name = name
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._pending: _Job | None = None
        self._stopping = False
        self._generation = 0
        self._oldest_wanted = 0
        self._deliveries: deque[tuple[int, Signal, Any]] = deque()
        self._busy = False
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether the latest job has neither reported nor been cancelled."""
        return self._busy

    def submit(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Run ``function(*arguments)`` on the worker as soon as it is free, in place of any job that still waits."""
        with self._condition:
            if self._stopping:
                return
            self._generation += 1
            self._pending = _Job(self._generation, function, arguments)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            self._condition.notify()
        self._show_busy(True)

    def cancel(self) -> None:
        """Drop every job submitted so far: none of their results will be reported."""
        with self._condition:
            self._pending = None
            self._oldest_wanted = self._generation + 1
        self._show_busy(False)

    def stop(self) -> None:
        """Cancel everything and wait for the worker to end; the object takes no more jobs."""
        self.cancel()
        with self._condition:
            self._stopping = True
            self._condition.notify()
            thread = self._thread
        if thread is not None:
            thread.join(JOIN_TIMEOUT_S)
        self._deliveries.clear()

    def _work(self) -> None:
        _give_way(self._niceness)
        while True:
            with self._condition:
                if self._pending is None and not self._stopping:
                    self._condition.wait(IDLE_S)
                if self._stopping or self._pending is None:
                    self._thread = None
                    return
                job, self._pending = self._pending, None
            self._run(job)

    def _run(self, job: _Job) -> None:
        started = time.monotonic()
        last_report = started

        def cancelled() -> bool:
            if job.generation < self._oldest_wanted:
                return True
            return self._pending is not None and time.monotonic() - started > self._grace_s

        def progress(fraction: float) -> None:
            nonlocal last_report
            now = time.monotonic()
            if now - last_report >= PROGRESS_INTERVAL_S:
                last_report = now
                self._report(job, self.progressed, fraction)

        offered = {"cancelled": cancelled, "progress": progress}
        try:
            accepted = accepted_keywords(job.function)
            taken = {name: value for name, value in offered.items() if name in accepted}
            result = job.function(*job.arguments, **taken)
        except Cancelled:
            return
        except Exception as error:
            self._report(job, self.failed, error)
        else:
            self._report(job, self.finished, result)

    def _report(self, job: _Job, signal: Any, value: Any) -> None:
        self._deliveries.append((job.generation, signal, value))
        if not self._stopping:
            self._woken.emit()

    def _deliver(self) -> None:
        while self._deliveries:
            generation, signal, value = self._deliveries.popleft()
            if generation < self._oldest_wanted:
                continue
            if generation == self._generation and signal is not self.progressed:
                self._show_busy(False)
            if signal is self.failed and not self.isSignalConnected(QMetaMethod.fromSignal(self.failed)):
                raise value
            signal.emit(value)

    def _show_busy(self, busy: bool) -> None:
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)


def _give_way(niceness: int) -> None:
    """Let the window's thread go first. Only Linux has priorities for single threads.

    Six busy workers on two processors would else each have their turn before the window. A thread of the kind BATCH
    does not push another one off its processor when it wakes up. While a slider is dragged with 8 × 1,000 particles the
    window's stops are shorter by a third for each of the two.
    """
    if sys.platform == "linux":
        this = threading.get_native_id()
        with suppress(OSError):  # a sandbox may forbid it, and the window is then a little less smooth
            os.setpriority(os.PRIO_PROCESS, this, os.getpriority(os.PRIO_PROCESS, this) + niceness)
            os.sched_setscheduler(this, os.SCHED_BATCH, os.sched_param(0))


def accepted_keywords(function: Callable[..., Any]) -> frozenset[str]:
    """Names of the parameters of ``function`` that may be passed as keywords; none for a built-in that keeps them."""
    kinds = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    try:
        parameters = inspect.signature(function).parameters
    except ValueError:
        return frozenset()
    return frozenset(name for name, parameter in parameters.items() if parameter.kind in kinds)
