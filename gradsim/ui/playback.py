"""The playback clock: which step is on show, which way it moves, and how fast."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal

TICK_MS = 16
HOLD_AT_END_S = 0.8
MAX_TICK_S = 0.25
FASTEST_RATE = 64


class Playback(QObject):
    """Moves ``step`` between 0 and ``last_step`` at ``rate`` times ``speed`` steps per second.

    A rate of 1 plays; ``shuttle`` plays faster or, with a negative rate, backwards; a pause ends it. What is played is
    the whole race, or the part of it that ``set_range`` chose: its end is held for ``HOLD_AT_END_S`` when looping, and
    then its beginning comes again. Playing backwards always ends at the beginning.

    A race that is still being made is ``waiting`` once it is asked to play, and plays when ``set_last_step`` says that
    it is there.

    ``clock`` gives seconds; a test passes its own. A stall of the GUI thread counts for at most ``MAX_TICK_S``, so that
    the race does not jump.
    """

    step_changed = Signal(float)
    playing_changed = Signal(bool)
    waiting_changed = Signal(bool)
    rate_changed = Signal(int)
    last_step_changed = Signal(int)
    speed_changed = Signal(float)
    loop_changed = Signal(bool)
    range_changed = Signal(object)

    def __init__(self, parent: QObject | None = None, *, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(parent)
        self._clock = clock
        self._step = 0.0
        self._last_step = 0
        self._speed = 40.0
        self._rate = 1
        self._loop = True
        self._range: tuple[int, int] | None = None
        self._playing = False
        self._waiting = False
        self._race: Literal["awaited", "ready", "missing"] = "awaited"
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
    def waiting(self) -> bool:
        """Whether the race will be played as soon as it is there."""
        return self._waiting

    @property
    def speed(self) -> float:
        """Steps per second at a rate of 1."""
        return self._speed

    @property
    def rate(self) -> int:
        """How many times ``speed`` is played: ±1, ±2, ±4 … ±``FASTEST_RATE``, negative backwards; 1 when paused."""
        return self._rate

    @property
    def loop(self) -> bool:
        return self._loop

    @property
    def range(self) -> tuple[int, int] | None:
        """The first and the last step that are played; None for the whole race, or when none of it lies inside."""
        if self._range is None or self._range[0] >= self._last_step:
            return None
        return self._range[0], min(self._range[1], self._last_step)

    @property
    def bounds(self) -> tuple[int, int]:
        """Between which steps the race is played: ``range``, or the whole race."""
        return self.range or (0, self._last_step)

    def set_last_step(self, last_step: int) -> None:
        """Set the end of the race, which is there now; the step on show is kept where it still exists."""
        self._race = "ready"
        if last_step != self._last_step:
            self._last_step = last_step
            self.last_step_changed.emit(last_step)
        self._move_to(self._step)
        if self._waiting:
            self._show_waiting(False)
            self._start(1)

    def await_race(self) -> None:
        """Take note that the race is still being made; one that plays goes on once it is there."""
        wanted = self._playing or self._waiting
        if self._playing:
            self.pause()
        self._race = "awaited"
        self._show_waiting(wanted)

    def miss_race(self) -> None:
        """Take note that there is no race and that none is being made: there is nothing to wait for."""
        self.pause()
        self._race = "missing"

    def set_speed(self, speed: float) -> None:
        if speed != self._speed:
            self._speed = speed
            self.speed_changed.emit(speed)

    def set_loop(self, loop: bool) -> None:
        if loop != self._loop:
            self._loop = loop
            self.loop_changed.emit(loop)

    def set_range(self, played: tuple[int, int] | None) -> None:
        """Choose the first and the last step that are played, the first below the last; None plays the whole race."""
        if played != self._range:
            self._range = played
            self.range_changed.emit(played)

    def play(self) -> None:
        """Play on; at the end, or from outside the range, from the beginning. A race without steps stays paused."""
        if not self._playing:
            self._start(1)

    def pause(self) -> None:
        self._show_waiting(False)
        if self._playing:
            self._playing = False
            self._timer.stop()
            self._set_rate(1)
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Play on, or pause at the nearest whole step: what stands still to be read is a state of the race."""
        if self._playing:
            self.pause()
            self._move_to(round(self._step))
        elif self._waiting:
            self.pause()
        else:
            self.play()

    def shuttle(self, direction: int) -> None:
        """Play forwards (1) or backwards (−1); once more in the same direction is twice as fast."""
        if self._playing and self._rate * direction > 0:
            self._set_rate(direction * min(2 * abs(self._rate), FASTEST_RATE))
        elif direction > 0 or self._step > 0:
            self._start(direction)
        else:
            self.pause()

    def seek(self, step: float) -> None:
        """Show ``step``, moved into the race; playing goes on from there."""
        self._held_s = 0.0
        self._move_to(step)

    def step_by(self, n: int) -> None:
        """Pause and move ``n`` whole steps; from between two steps, the first goes to the next whole one."""
        self.pause()
        whole = math.floor(self._step) if n > 0 else math.ceil(self._step)
        self.seek(whole + n)

    def show_start(self) -> None:
        """Go to the beginning of the range; from there, or without one, to the start of the race."""
        first, _ = self.bounds
        self.seek(first if self._step > first else 0)

    def show_end(self) -> None:
        """Pause at the end of the range, from there at that of the race; playing on, a loop would take it away."""
        self.pause()
        _, last = self.bounds
        self.seek(last if self._step < last else self._last_step)

    def tick(self) -> None:
        """Advance by the time since the last tick; a paused clock stands."""
        if not self._playing:
            return
        now = self._clock()
        elapsed_s = min(now - self._ticked_at, MAX_TICK_S)
        self._ticked_at = now
        first, last = self.bounds
        way = elapsed_s * self._speed * self._rate
        if self._rate < 0:
            goal = first if self._step > first else 0
            self._move_to(max(self._step + way, goal))
            if self._step == goal:
                self.pause()
        elif self._step < last:
            self._move_to(min(self._step + way, last))
        elif self._loop:
            self._held_s += elapsed_s
            if self._held_s >= HOLD_AT_END_S:
                self._held_s = 0.0
                self._move_to(first)
        else:
            self.pause()

    def _start(self, rate: int) -> None:
        if self._race != "ready":
            self._show_waiting(rate > 0 and self._race == "awaited")
            return
        if self._last_step == 0:
            return
        first, last = self.bounds
        if rate > 0 and not first <= self._step < last:
            self._move_to(first)
        self._set_rate(rate)
        self._held_s = 0.0
        self._ticked_at = self._clock()
        if not self._playing:
            self._playing = True
            self._timer.start()
            self.playing_changed.emit(True)

    def _show_waiting(self, waiting: bool) -> None:
        if waiting != self._waiting:
            self._waiting = waiting
            self.waiting_changed.emit(waiting)

    def _set_rate(self, rate: int) -> None:
        if rate != self._rate:
            self._rate = rate
            self.rate_changed.emit(rate)

    def _move_to(self, step: float) -> None:
        step = min(max(float(step), 0.0), float(self._last_step))
        if step != self._step:
            self._step = step
            self.step_changed.emit(step)
