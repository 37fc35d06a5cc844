"""The playback clock: which step is on show, and how fast it moves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

TICK_MS = 16
HOLD_AT_END_S = 0.8
MAX_TICK_S = 0.25


class Playback(QObject):
    """Moves ``step`` from 0 to ``last_step`` at ``speed`` steps per second.

    ``clock`` gives seconds; a test passes its own. A stall of the GUI thread counts for at most ``MAX_TICK_S``, so that
    the race does not jump. When looping, the last step is held for ``HOLD_AT_END_S`` before the race starts over.
    """

    step_changed = Signal(float)
    playing_changed = Signal(bool)
    last_step_changed = Signal(int)
    speed_changed = Signal(float)
    loop_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None, *, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(parent)
        self._clock = clock
        self._step = 0.0
        self._last_step = 0
        self._speed = 40.0
        self._loop = True
        self._playing = False
        self._held_s = 0.0
        self._ticked_at = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def step(self) -> float:
        """The step on show: a real number, because frames between two steps are interpolated."""
        return self._step

    @property
    def last_step(self) -> int:
        return self._last_step

    @property
    def playing(self) -> bool:
        return self._playing

    @property
    def speed(self) -> float:
        """Steps per second."""
        return self._speed

    @property
    def loop(self) -> bool:
        return self._loop

    def set_last_step(self, last_step: int) -> None:
        """Set the end of the race; the step on show is kept where it still exists."""
        if last_step != self._last_step:
            self._last_step = last_step
            self.last_step_changed.emit(last_step)
        self._move_to(self._step)

    def set_speed(self, speed: float) -> None:
        if speed != self._speed:
            self._speed = speed
            self.speed_changed.emit(speed)

    def set_loop(self, loop: bool) -> None:
        if loop != self._loop:
            self._loop = loop
            self.loop_changed.emit(loop)

    def play(self) -> None:
        """Play on; at the end, from the beginning. A race without steps stays paused."""
        if self._playing or self._last_step == 0:
            return
        if self._step >= self._last_step:
            self._move_to(0.0)
        self._playing = True
        self._held_s = 0.0
        self._ticked_at = self._clock()
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        if self._playing:
            self._playing = False
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        if self._playing:
            self.pause()
        else:
            self.play()

    def seek(self, step: float) -> None:
        """Show ``step``, moved into the race; playing goes on from there."""
        self._held_s = 0.0
        self._move_to(step)

    def step_by(self, n: int) -> None:
        """Pause and move ``n`` whole steps; from between two steps, the first goes to the next whole one."""
        self.pause()
        whole = math.floor(self._step) if n > 0 else math.ceil(self._step)
        self.seek(whole + n)

    def show_end(self) -> None:
        """Pause at the last step: playing on, a loop would take it away again."""
        self.pause()
        self.seek(self._last_step)

    def tick(self) -> None:
        """Advance by the time since the last tick."""
        now = self._clock()
        elapsed_s = min(now - self._ticked_at, MAX_TICK_S)
        self._ticked_at = now
        if self._step < self._last_step:
            self._move_to(self._step + elapsed_s * self._speed)
            return
        if not self._loop:
            self.pause()
            return
        self._held_s += elapsed_s
        if self._held_s >= HOLD_AT_END_S:
            self._held_s = 0.0
            self._move_to(0.0)

    def _move_to(self, step: float) -> None:
        step = min(max(float(step), 0.0), float(self._last_step))
        if step != self._step:
            self._step = step
            self.step_changed.emit(step)
