"""All particles of a race that is too large to be recorded: raced once for checkpoints, and again from the nearest."""

from __future__ import annotations

import math
import os
import threading
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gradsim.core.errors import BudgetError
from gradsim.core.race.arguments import WHOLE_RACE, Handover
from gradsim.core.race.competitors import prepare
from gradsim.core.race.prepared_race import Recording, prepare_race
from gradsim.core.race.recording import BYTES_PER_NUMBER, MEMORY_BUDGET, record_steps, recorded_bytes
from gradsim.core.race.starts import count_particles
from gradsim.core.run import Window, interpolate
from gradsim.core.scene import Scene

LEAST_SPACING = 16  # steps
LEAST_PART = 500_000
"""Updates of single particles between two checkpoints: fewer, and the race would mostly begin and end parts."""
MAX_WINDOW_RECORDS = 256
MAX_REPLAYED = 4_000_000
"""Updates of single particles that a window looks back, in a frame of a race that is played."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _State:
    """Where a race stands: for each optimizer all that its particles carry, and which of them have diverged."""

    step: int
    numbers: tuple[Floats, ...]
    stopped: tuple[NDArray[np.uint8], ...]


class Checkpoints:
    """All particles of a race, at every step up to ``reached``. Thread-safe.

    Attributes:
        prepared: the race, ready to be run.
        reached: the last step that can be shown; while ``race`` is under way it grows.
        spacing: steps between two checkpoints.
    """

    def __init__(self, scene: Scene, *, memory_budget: int = MEMORY_BUDGET, n_threads: int | None = None) -> None:
        n_particles, dimension = count_particles(scene.starts), scene.domain.dimension
        sizes = [BYTES_PER_NUMBER * prepare(entry, dimension).n_rows(dimension) + 1 for entry in scene.racing]
        state_bytes = n_particles * sum(sizes)
        # Besides the checkpoints: a state that is played from, two records to interpolate, and one that is raced to.
        others = state_bytes + recorded_bytes(scene, max(1, scene.steps // 2))
        n_checkpoints = (memory_budget - others) // max(1, state_bytes)
        if n_checkpoints < 1:
            raise BudgetError(
                f"checkpoints of {len(scene.racing)} × {n_particles:,} particles take "
                f"{(others + state_bytes) / 2**30:.1f} GiB, over the budget of {memory_budget / 2**30:g} GiB",
                least_budget=others + state_bytes,
            )
        self.scene = scene
        self.n_particles = n_particles
        self.spacing = max(
            LEAST_SPACING,
            math.ceil(scene.steps / (n_checkpoints + 1)),
            LEAST_PART // max(1, len(scene.racing) * n_particles),
        )
        self.reached = 0
        self._n_threads = n_threads or os.cpu_count() or 1
        self.prepared = prepare_race(scene, np.arange(n_particles))
        self._states: list[_State] = []
        self._ends: tuple[Floats, NDArray[np.uint8]] | None = None
        self._lock = threading.Lock()
        self._cursor: _State | None = None
        self._window: Recording | None = None

    @property
    def ends(self) -> tuple[Floats, NDArray[np.uint8]] | None:
        """As in ``Run``; None until the race is over."""
        return self._ends

    def race(
        self,
        record_every: int | None = None,
        *,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        n_threads: int | None = None,
    ) -> Recording:
        """Race all particles once, and keep checkpoints; call it once.

        Args:
            record_every: updates between two records that are returned; None records the end alone.

        Raises Cancelled on request.
        """
        race, n_racing = self.prepared, max(1, len(self.prepared.competitors) * self.n_particles)
        n_steps = self.scene.steps
        whole = self._empty_recording(record_steps(n_steps, record_every) if record_every else np.array([n_steps]))
        n_probed = np.zeros((len(race.competitors), 1), dtype=np.int64)
        n_recorded = 0
        race.compile_where_worth_it(cancelled)

        def tell(made: int) -> None:
            if progress is not None:
                progress((self.reached + made / n_racing) / n_steps)

        source: _State | None = None
        for step in [*range(self.spacing, n_steps, self.spacing), n_steps]:
            target = None if step == n_steps else replace(self._empty_state(), step=step)
            due = slice(n_recorded, int(np.searchsorted(whole.steps, step, side="right")))
            part = race.run(
                np.union1d(whole.steps[due], step),
                n_threads or self._n_threads,
                handovers=self._handovers(source, target),
                progress=tell,
                cancelled=cancelled,
            )
            n_due = due.stop - due.start
            whole.positions[:, due] = part.positions[:, :n_due]
            whole.losses[:, due] = part.losses[:, :n_due]
            whole.n_probed[:, due] = n_probed + part.n_probed[:, :n_due]
            whole.outcomes[:] = part.outcomes
            n_probed += part.n_probed[:, -1:]
            n_recorded = due.stop
            if target is None:
                self._ends = whole.positions[:, -1].transpose(0, 2, 1), whole.outcomes
            else:
                self._states.append(target)
            source = target
            self.reached = step
        return whole

    def window_at(self, step: float, n_steps: float) -> Window:
        """Return the frame at ``step``, at most ``reached``, and records that reach ``n_steps`` back, if need be fewer.

        Races again from the last checkpoint, or from where it was asked before: a race that is played pays for the
        steps between two frames, and for those that it looks back.
        """
        with self._lock:
            n_steps = min(n_steps, MAX_REPLAYED / max(1, self.n_particles * len(self.scene.racing)))
            now, behind = math.floor(step), math.ceil(step)
            every = max(1, math.ceil(n_steps / MAX_WINDOW_RECORDS))
            first = max(0, math.floor(step - n_steps)) // every * every
            window = self._window
            if window is None or not (window.steps[0] <= first and {now, behind} <= set(window.steps.tolist())):
                self._window = window = None  # its memory is used again
                self._window = window = self._replay(
                    np.unique([*range(first, now, every), now, behind]), looks_back=first < now
                )
            positions = window.positions.transpose(0, 1, 3, 2)
            frame = interpolate(step, window.steps, positions, window.losses)
            return Window(frame, window.steps, positions, window.losses)

    def _replay(self, steps: NDArray[np.int64], *, looks_back: bool) -> Recording:
        """Return what happens at ``steps``, and leave the cursor where the next frame will be raced from.

        That is the last step, unless the next frame looks back as well: then it is the first.
        """
        first = int(steps[0])
        source = self._nearest(first)
        if not looks_back:
            return self._move_cursor(source, steps)
        if first > 0 and (source is None or source.step < first):
            self._move_cursor(source, steps[:1])
            source = self._cursor
        return self.prepared.run(steps, self._n_threads, handovers=self._handovers(source, None))

    def _move_cursor(self, source: _State | None, steps: NDArray[np.int64]) -> Recording:
        """Race from ``source`` to the last of ``steps`` and stand there."""
        cursor = replace(self._cursor or self._empty_state(), step=int(steps[-1]))
        self._cursor = None  # while it is written
        recording = self.prepared.run(steps, self._n_threads, handovers=self._handovers(source, cursor))
        self._cursor = cursor
        return recording

    def _nearest(self, step: int) -> _State | None:
        """The latest state that is not after ``step``; None for the start."""
        n_before = bisect_right(self._states, step, key=lambda state: state.step)
        checkpoint = self._states[n_before - 1] if n_before else None
        cursor = self._cursor
        is_nearer = cursor is not None and (0 if checkpoint is None else checkpoint.step) <= cursor.step <= step
        return cursor if is_nearer else checkpoint

    def _empty_recording(self, steps: NDArray[np.int64]) -> Recording:
        shape = (len(self.prepared.competitors), len(steps))
        return Recording(
            steps,
            positions=np.empty((*shape, self.scene.domain.dimension, self.n_particles)),
            losses=np.empty((*shape, self.n_particles)),
            outcomes=np.empty((shape[0], self.n_particles), dtype=np.uint8),
            n_probed=np.empty(shape, dtype=np.int64),
        )

    def _empty_state(self) -> _State:
        competitors, dimension = self.prepared.competitors, self.scene.domain.dimension
        return _State(
            0,
            tuple(np.empty((competitor.n_rows(dimension), self.n_particles)) for competitor in competitors),
            tuple(np.empty(self.n_particles, dtype=np.uint8) for _ in competitors),
        )

    def _handovers(self, source: _State | None, target: _State | None) -> Sequence[Handover]:
        handovers = [WHOLE_RACE] * len(self.prepared.competitors)
        if source is not None:
            handovers = [
                each._replace(first_step=source.step, before=numbers, stopped_before=stopped)
                for each, numbers, stopped in zip(handovers, source.numbers, source.stopped, strict=True)
            ]
        if target is not None:
            handovers = [
                each._replace(behind=numbers, stopped_behind=stopped)
                for each, numbers, stopped in zip(handovers, target.numbers, target.stopped, strict=True)
            ]
        return handovers
