"""Garbage collection on the GUI thread alone."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500


class GuiGarbageCollector(QObject):
    """Takes over from Python's automatic collector, which runs on whichever thread happens to allocate.

    A dialog or a card whose Python object is part of a reference cycle would then be destroyed by a worker that
    simulates or compiles, and Qt crashes when a widget dies off its own thread.

    Nothing is collected before ``start``: while the engine is being imported, every look through its objects would stop
    the window for up to 0.3 s.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        """Begin to collect; what there is by now stays for good and is not looked at any more."""
        gc.freeze()
        self._timer.start(INTERVAL_MS)

    def collect(self) -> None:
        """Collect the oldest generation that is due by Python's own thresholds."""
        due = [
            generation
            for generation, (count, limit) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if count > limit
        ]
        if due:
            gc.collect(due[-1])
