"""How long tests of the window wait."""

from __future__ import annotations

from command_line import PATIENCE_S
from pytestqt.qtbot import QtBot

RUN_TIMEOUT_MS = 1000 * PATIENCE_S
"""The first run of a fresh checkout compiles the kernels."""


class PatientQtBot(QtBot):
    """Waits for the engine by default, and not for the 5 s in which a quick machine would have done everything."""

    def waitUntil(self, callback, *, timeout: int = RUN_TIMEOUT_MS):  # noqa: N802
        return super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal, *, timeout: int = RUN_TIMEOUT_MS, **others):  # noqa: N802
        return super().waitSignal(signal, timeout=timeout, **others)

    def waitSignals(self, signals, *, timeout: int = RUN_TIMEOUT_MS, **others):  # noqa: N802
        return super().waitSignals(signals, timeout=timeout, **others)

    def waitExposed(self, widget, *, timeout: int = RUN_TIMEOUT_MS):  # noqa: N802
        return super().waitExposed(widget, timeout=timeout)
