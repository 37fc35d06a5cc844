"""Which steps of a race are recorded, how much memory that takes, and how often one can afford to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gradsim.core.race.starts import count_particles
from gradsim.core.scene import Scene

BYTES_PER_NUMBER = 8
MEMORY_BUDGET = 2**30  # bytes
LARGE_BYTES = 2**22
"""Less is still in the caches when it is read, which makes up for what writing past them would gain."""

_LINE = 8  # numbers in a cache line
_WORTH_PADDING = 64  # particles, whose rows then grow by an eighth at most


def row_length(n_particles: int) -> int:
    """Return how many numbers a record of one coordinate of ``n_particles`` takes: whole cache lines, if they are many.

    Rows that begin with a cache line can be written past the caches.
    """
    return n_particles if n_particles < _WORTH_PADDING else -(-n_particles // _LINE) * _LINE


def writes_past_caches(row_length: int, n_bytes: int) -> bool:
    """Whether a recording of ``n_bytes`` in rows of ``row_length`` is best written past the caches."""
    return row_length % _LINE == 0 and n_bytes > LARGE_BYTES


def record_steps(n_steps: int, record_every: int) -> NDArray[np.int64]:
    """Return the steps that are recorded, int64: every ``record_every``-th from 0, and the last."""
    steps = np.arange(0, n_steps + 1, record_every, dtype=np.int64)
    return steps if steps[-1] == n_steps else np.append(steps, n_steps)


def recorded_bytes(scene: Scene, record_every: int, n_particles: int | None = None) -> int:
    """Return how many bytes the recording of positions and losses takes, of all particles or of ``n_particles``."""
    return _count_records(scene.steps, record_every) * _bytes_per_record(scene, n_particles)


def least_record_every(scene: Scene, budget_bytes: int, n_particles: int | None = None) -> int | None:
    """Return the least interval in steps between records that take at most ``budget_bytes`` together.

    None where even the start and the end of the race take more.
    """
    if recorded_bytes(scene, 1, n_particles) <= budget_bytes:
        return 1
    n_records = budget_bytes // _bytes_per_record(scene, n_particles)
    if n_records < 2:
        return None
    return -(-scene.steps // (n_records - 1))


def _count_records(n_steps: int, record_every: int) -> int:
    return 1 + -(-n_steps // record_every)


def _bytes_per_record(scene: Scene, n_particles: int | None) -> int:
    n = count_particles(scene.starts) if n_particles is None else n_particles
    return BYTES_PER_NUMBER * len(scene.racing) * row_length(n) * (scene.domain.dimension + 1)
