"""Background work: the latest wins, results come in order and on the GUI thread, and stopping never hangs."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from command_line import PATIENCE_S
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradsim.core.errors import Cancelled
from gradsim.ui import jobs
from gradsim.ui.jobs import LatestJob, accepted_keywords


@pytest.fixture
def job(dressed: QApplication) -> Iterator[LatestJob]:
    job = LatestJob()
    yield job
    job.stop()


def wait_for_cancel(started: threading.Event, cancelled: Callable[[], bool]) -> None:
    started.set()
    while not cancelled():
        time.sleep(0.002)
    raise Cancelled


def test_a_result_arrives_on_the_gui_thread(qtbot: QtBot, job: LatestJob) -> None:
    threads = []
    job.finished.connect(lambda worker: threads.append((worker, threading.current_thread())))
    with qtbot.waitSignal(job.finished):
        job.submit(threading.current_thread)
    worker, receiver = threads[0]
    assert receiver is threading.main_thread()
    assert worker is not threading.main_thread()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities for single threads")
@pytest.mark.parametrize("given", [0, 4])
def test_a_worker_gives_way_by_as_much_as_it_is_told(qtbot: QtBot, dressed: QApplication, given: int) -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    job, results = LatestJob(niceness=given), []
    job.finished.connect(results.append)
    with qtbot.waitSignal(job.finished):
        job.submit(niceness)
    job.stop()
    assert results[0] == niceness() + given


def test_a_waiting_job_is_replaced_by_the_latest(qtbot: QtBot, job: LatestJob) -> None:
    started, gate, results = threading.Event(), threading.Event(), []

    def block() -> None:
        started.set()
        gate.wait(PATIENCE_S)

    job.finished.connect(results.append)
    job.submit(block)
    assert started.wait(PATIENCE_S)
    for number in range(20):
        job.submit(lambda number=number: number)
    gate.set()
    qtbot.waitUntil(lambda: 19 in results)
    assert results[-1] == 19
    assert len(results) <= 2


def test_a_running_job_is_told_to_give_way_after_its_grace(qtbot: QtBot, dressed: QApplication) -> None:
    job, started = LatestJob(grace_s=0.05), threading.Event()
    results = []
    job.finished.connect(results.append)
    job.submit(wait_for_cancel, started)
    assert started.wait(PATIENCE_S)
    job.submit(lambda: "latest")
    qtbot.waitUntil(lambda: bool(results))
    assert results == ["latest"]
    job.stop()


def test_results_of_cancelled_jobs_are_dropped(qtbot: QtBot, job: LatestJob) -> None:
    gate, results = threading.Event(), []
    job.finished.connect(results.append)
    job.submit(lambda: gate.wait(PATIENCE_S) and "stale")
    job.cancel()
    job.submit(lambda: "fresh")
    gate.set()
    qtbot.waitUntil(lambda: "fresh" in results)
    qtbot.wait(20)
    assert results == ["fresh"]


def test_a_failure_is_reported_as_the_exception(qtbot: QtBot, job: LatestJob) -> None:
    with qtbot.waitSignal(job.failed) as blocker:
        job.submit(int, "seven")
    assert isinstance(blocker.args[0], ValueError)


def test_progress_is_passed_to_a_function_that_takes_it(qtbot: QtBot, job: LatestJob) -> None:
    def work(progress: Callable[[float], None]) -> None:
        time.sleep(0.05)
        progress(0.5)

    seen = []
    job.progressed.connect(seen.append)
    with qtbot.waitSignal(job.finished):
        job.submit(work)
    assert seen == [0.5]


def test_busy_tells_whether_the_latest_job_is_under_way(qtbot: QtBot, job: LatestJob) -> None:
    seen = []
    job.busy_changed.connect(seen.append)
    with qtbot.waitSignal(job.finished):
        job.submit(lambda: None)
    assert seen == [True, False]


def test_stop_ends_a_running_job_and_refuses_more(dressed: QApplication) -> None:
    job, started = LatestJob(), threading.Event()
    job.submit(wait_for_cancel, started)
    assert started.wait(PATIENCE_S)
    job.stop()
    assert job._thread is None, "it did not end in time"
    job.submit(lambda: None)
    assert not job.busy


def test_keywords_are_offered_only_where_they_are_taken() -> None:
    assert "cancelled" in accepted_keywords(wait_for_cancel)
    assert "cancelled" not in accepted_keywords(lambda step: step)


def test_an_error_that_nobody_listens_for_is_raised(qtbot: QtBot, job: LatestJob) -> None:
    def fail() -> None:
        raise ZeroDivisionError("of the job")

    with qtbot.captureExceptions() as caught:
        job.submit(fail)
        qtbot.waitUntil(lambda: bool(caught))
    assert [str(error) for _, error, _ in caught] == ["of the job"]
    assert not job.busy
    heard = []
    job.failed.connect(heard.append)
    job.submit(fail)
    qtbot.waitUntil(lambda: bool(heard))


def test_the_thread_ends_when_there_is_nothing_to_do_and_comes_back(
    qtbot: QtBot, job: LatestJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "IDLE_S", 0.02)
    threads = []
    job.finished.connect(threads.append)
    for n_threads in (1, 2):
        with qtbot.waitSignal(job.finished):
            job.submit(threading.current_thread)
        qtbot.waitUntil(lambda: not threads[-1].is_alive())
        assert len({id(thread) for thread in threads}) == n_threads
