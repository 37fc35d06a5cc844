"""Times contenders in turn, so that whatever else the machine does hits all of them alike."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from tests.benchmarks.peers.contender import Contender, Task

CLOCKS = ("wall", "cpu")


@dataclass
class Timing:
    """One contender in one cell.

    Attributes:
        first_s: seconds of making ready and of the first race, which are not counted elsewhere: compiling, mostly.
        wall_s, cpu_s: of each round, per update of one particle.
    """

    first_s: float = 0.0
    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)

    def rounds(self, clock: str) -> list[float]:
        return self.wall_s if clock == "wall" else self.cpu_s


@dataclass(frozen=True)
class Cell:
    """A row of a table: a task and how long everyone took for it."""

    task: Task
    timings: dict[str, Timing]

    def rate(self, name: str, *, clock: str) -> float:
        """Updates of particles per second, the median of the rounds."""
        return 1.0 / statistics.median(self.timings[name].rounds(clock))

    def ratio(self, name: str, other: str, *, clock: str) -> float:
        """How many times as fast ``name`` is as ``other``: the median of the rounds' ratios."""
        pairs = zip(self.timings[name].rounds(clock), self.timings[other].rounds(clock), strict=True)
        return statistics.median(b / a for a, b in pairs)


def measure(contenders: Sequence[Contender], task: Task, *, n_slow_steps: int, n_rounds: int) -> Cell:
    """Let every contender race once to warm up and then once in each round.

    Args:
        n_slow_steps: steps of those contenders that are ``slow``.
    """
    races = {}
    timings = {contender.name: Timing() for contender in contenders}
    for contender in contenders:
        with cores(contender.n_cores):
            begin = time.perf_counter()
            n_steps = min(task.n_steps, n_slow_steps) if contender.slow else task.n_steps
            races[contender.name] = contender.prepare(replace(task, n_steps=n_steps))
            races[contender.name]()
            timings[contender.name].first_s = time.perf_counter() - begin
    for _ in range(n_rounds):
        for contender in contenders:
            n_steps = min(task.n_steps, n_slow_steps) if contender.slow else task.n_steps
            n_updates = n_steps * task.n_particles
            timing = timings[contender.name]
            with cores(contender.n_cores):
                begin, cpu_begin = time.perf_counter(), time.process_time()
                result = races[contender.name]()
                timing.wall_s.append((time.perf_counter() - begin) / n_updates)
                timing.cpu_s.append((time.process_time() - cpu_begin) / n_updates)
                del result  # before the next begins: a recording may take a good part of the memory
    return Cell(task, timings)


@contextmanager
def cores(n: int) -> Iterator[None]:
    """Let this thread, and those that it starts, use only the last ``n`` of the process's cores.

    Where the system cannot (macOS, Windows), each contender's own limit of threads has to do.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, ALL_CORES[-n:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


ALL_CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
