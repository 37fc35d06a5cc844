"""Swings a number from one end of a range to the other and back, smoothly and in real time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gradsim.core.scene import ParameterSlider

TICK_MS = 16


class Swing(QObject):
    """Moves a number along half a cosine up and half a cosine down, beginning where it is.

    ``moved`` carries the number at every tick; ``running_changed`` tells of start and stop. ``clock`` gives seconds; a
    test passes its own.
    """

    moved = Signal(float)
    running_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None, *, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(parent)
        self._clock = clock
        self._slider = ParameterSlider(low=0.0, high=1.0)
        self._began_at = 0.0
        self._first_phase = 0.0
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    def start(self, slider: ParameterSlider, value: float) -> None:
        """Swing over the range of ``slider`` in its period, upwards from ``value``; go on with another range."""
        share = min(max((value - slider.low) / (slider.high - slider.low), 0.0), 1.0)
        self._slider = slider
        self._first_phase = math.acos(1.0 - 2.0 * share) / (2.0 * math.pi)
        self._began_at = self._clock()
        if not self.running:
            self._timer.start()
            self.running_changed.emit(True)

    def stop(self) -> None:
        """Rest where it is."""
        if self.running:
            self._timer.stop()
            self.running_changed.emit(False)

    def tick(self) -> None:
        """Move to where the swing is now."""
        slider = self._slider
        phase = self._first_phase + (self._clock() - self._began_at) / slider.period_s
        self.moved.emit(slider.low + (slider.high - slider.low) * (1.0 - math.cos(2.0 * math.pi * phase)) / 2.0)
