"""The threads of a race: kept by whoever races, and never shared."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from gradsim.core.race.jobs import RaceJob, run_jobs

JOBS = [RaceJob(0, begin, begin + 1) for begin in range(8)]


def threads_of_a_race(n_threads: int) -> set[int]:
    """Those that race when the calling thread races on so many."""
    threads: set[int] = set()
    together = threading.Barrier(n_threads, timeout=60)

    def note(job: RaceJob, number: int, signals: np.ndarray) -> None:
        together.wait()
        threads.add(threading.get_ident())

    run_jobs(JOBS[:n_threads], note, n_threads)
    return threads


def native_ids(threads: set[int]) -> list[int]:
    """The numbers by which the system knows ``threads``."""
    return [thread.native_id or 0 for thread in threading.enumerate() if thread.ident in threads]


def test_a_thread_keeps_the_threads_that_its_races_run_on() -> None:
    first = threads_of_a_race(2)
    assert len(first) == 2
    assert threads_of_a_race(2) == first
    assert len(threads_of_a_race(3)) == 3


@pytest.mark.skipif(sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="there is one core to choose")
def test_threads_run_on_the_cores_of_their_caller() -> None:
    all_cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(all_cores)})
    try:
        bound = threads_of_a_race(2)
        assert [os.sched_getaffinity(thread) for thread in native_ids(bound)] == [{min(all_cores)}] * 2
    finally:
        os.sched_setaffinity(0, all_cores)
    assert [os.sched_getaffinity(thread) for thread in native_ids(threads_of_a_race(2))] == [all_cores] * 2


def test_threads_are_not_shared() -> None:
    with ThreadPoolExecutor(1) as other:
        assert threads_of_a_race(2).isdisjoint(other.submit(threads_of_a_race, 2).result())


def test_a_race_that_begins_within_another_does_not_wait_for_it() -> None:
    inner_is_over = threading.Event()

    def run(job: RaceJob, number: int, signals: np.ndarray) -> None:
        assert inner_is_over.wait(60)

    def race(made: int) -> None:
        threads_of_a_race(2)
        inner_is_over.set()

    run_jobs(JOBS[:2], run, 2, progress=race)


def test_an_interrupt_while_threads_start_stops_those_that_race_already(monkeypatch: pytest.MonkeyPatch) -> None:
    submit, begun, ended = ThreadPoolExecutor.submit, threading.Event(), threading.Event()

    def submit_one(pool: ThreadPoolExecutor, run: Callable[..., object], job: RaceJob, *arguments: object) -> object:
        if job == JOBS[1]:
            begun.wait(60)
            raise KeyboardInterrupt
        return submit(pool, run, job, *arguments)

    def run(job: RaceJob, number: int, signals: np.ndarray) -> None:
        begun.set()
        give_up = time.monotonic() + 20
        while not signals[0] and time.monotonic() < give_up:
            time.sleep(0.001)
        if signals[0]:
            ended.set()

    monkeypatch.setattr(ThreadPoolExecutor, "submit", submit_one)
    with pytest.raises(KeyboardInterrupt):
        run_jobs(JOBS, run, 2)
    assert ended.is_set()


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="no thread is sent signals here")
def test_an_interrupt_that_does_not_wake_the_calling_thread_ends_its_race() -> None:
    ended = threading.Event()

    def run(job: RaceJob, number: int, signals: np.ndarray) -> None:
        time.sleep(0.1)  # the caller waits by then
        if number == 0:
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        give_up = time.monotonic() + 20
        while not signals[0] and time.monotonic() < give_up:
            time.sleep(0.001)
        if signals[0]:
            ended.set()

    with pytest.raises(KeyboardInterrupt):
        run_jobs(JOBS[:2], run, 2)
    assert ended.is_set()


def test_a_failed_job_stops_the_others_and_the_next_race_has_its_threads() -> None:
    other_runs, ended = threading.Event(), threading.Event()

    def run(job: RaceJob, number: int, signals: np.ndarray) -> None:
        if number == 0:
            other_runs.wait(60)
            raise ZeroDivisionError
        other_runs.set()
        while not signals[0]:
            time.sleep(0.001)
        ended.set()

    with pytest.raises(ZeroDivisionError):
        run_jobs(JOBS[:2], run, 2)
    assert ended.is_set()
    assert len(threads_of_a_race(2)) == 2


SCENE = """{"schema": 1, "surface": {"kind": "formula", "formula": "x**2"}, "domain": {"x": [-1, 1]}, "steps": 10,
"optimizers": [{"name": "adam"}], "starts": {"kind": "uniform", "n": 4000}}"""
FORK = """
import os, gradsim
scene = gradsim.load_scene("race.gradsim")
gradsim.simulate(scene, n_threads=2)
child = os.fork()
gradsim.simulate(scene, n_threads=2)
if child:
    raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
def test_a_forked_process_races_on_threads_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "race.gradsim").write_text(SCENE)
    ended = subprocess.run([sys.executable, "-W", "ignore", "-c", FORK], cwd=tmp_path, timeout=120, check=False)
    assert ended.returncode == 0
