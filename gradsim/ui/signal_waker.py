"""Tells the event loop that a signal has come: Python handles it when Python code runs, which an idle window lacks."""

from __future__ import annotations

import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal


class SignalWaker(QObject):
    """Emits ``woken`` after each signal that Python handles. To be made on the main thread, which alone hears them."""

    woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mouth, self._ear = socket.socketpair()
        for end in (self._mouth, self._ear):
            end.setblocking(False)
        self._before = signal.set_wakeup_fd(self._mouth.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._ear.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)

    def stop(self) -> None:
        """Hear no more signals."""
        signal.set_wakeup_fd(self._before)
        self._notifier.setEnabled(False)
        for end in (self._mouth, self._ear):
            end.close()

    def _wake(self) -> None:
        self._ear.recv(4096)
        self.woken.emit()
