"""Races cut into parts that run beside each other: particles into chunks, and chunks onto threads."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gradsim.core.errors import Cancelled
from gradsim.core.formula.tape_layout import BLOCK

POLL_INTERVAL_S = 0.02
_own = threading.local()


@dataclass(frozen=True)
class RaceJob:
    """Particles ``begin`` … ``end`` − 1 of one optimizer."""

    optimizer: int
    begin: int
    end: int


RunJob = Callable[[RaceJob, int, NDArray[np.int64]], object]
"""Races a job, which has a number, with the signals of the kernel: int64 (2,)."""


def cut(n_optimizers: int, n_particles: int, n_threads: int) -> list[RaceJob]:
    """Split a race at block boundaries into enough jobs to keep every thread busy: each costs 0.05 ms."""
    return [
        RaceJob(optimizer, begin, end)
        for optimizer in range(n_optimizers)
        for begin, end in _chunks(n_particles, n_threads, n_optimizers)
    ]


def _chunks(n_particles: int, n_threads: int, n_optimizers: int) -> Iterator[tuple[int, int]]:
    n_blocks = -(-n_particles // BLOCK)
    n_chunks = min(n_blocks, max(1, -(-4 * n_threads // n_optimizers))) if n_threads > 1 else 1
    bounds = [n_blocks * k // n_chunks * BLOCK for k in range(n_chunks + 1)]
    yield from ((begin, min(end, n_particles)) for begin, end in pairwise(bounds))


def run_jobs(
    jobs: list[RaceJob],
    run_job: RunJob,
    n_threads: int,
    *,
    progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Run all ``jobs`` to their end.

    Args:
        progress: told now and then, on this thread, how many updates of single particles have been made.
        cancelled: polled; once true, the kernels are stopped and Cancelled is raised.
    """
    signals = np.zeros((len(jobs), 2), dtype=np.int64)  # a row each, so that no two threads write to one counter
    if n_threads == 1 and progress is None and cancelled is None:
        for number, job in enumerate(jobs):
            run_job(job, number, signals[number])
        return
    with _threads(n_threads) as pool:
        try:
            pending = {pool.submit(run_job, job, number, signals[number]) for number, job in enumerate(jobs)}
            while pending:
                # Never without an end: an interrupt that comes just before the wait, or to another thread, ends none.
                done, pending = wait(pending, POLL_INTERVAL_S, FIRST_EXCEPTION)
                if cancelled is not None and cancelled():
                    raise Cancelled
                for future in done:
                    future.result()
                if progress is not None:
                    progress(int(signals[:, 1].sum()))
        except BaseException:  # an interrupt from the keyboard too, and that while threads are started
            signals[:, 0] = 1
            raise


@contextmanager
def _threads(n_threads: int) -> Iterator[ThreadPoolExecutor]:
    """Give threads that the last race of the calling thread has left: starting them takes longer than a small race.

    They have its priority, end with it, and are not shared, so that no race waits for a longer one of someone else, nor
    one that ``progress`` begins for the one that it is told of. After an error they end before it is passed on: whoever
    gets it may write where the kernels write.
    """
    cores = os.sched_getaffinity(0) if sys.platform == "linux" else None  # on which its threads run, as when they began
    kind = os.getpid(), n_threads, cores  # a fork inherits no threads
    known, pool = getattr(_own, "idle", (None, None))
    _own.idle = None, None
    if pool is None or known != kind:
        pool = ThreadPoolExecutor(n_threads, thread_name_prefix="race")
    try:
        yield pool
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise
    _own.idle = kind, pool
