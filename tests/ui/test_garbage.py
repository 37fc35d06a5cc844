"""Garbage is collected on the GUI thread and nowhere else."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradsim.ui.garbage import GuiGarbageCollector


class Cycle:
    """Refers to itself, and notes the thread on which it is destroyed."""

    died_on: ClassVar[list[threading.Thread]] = []

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        Cycle.died_on.append(threading.current_thread())


@pytest.fixture
def collector(dressed: QApplication) -> Iterator[GuiGarbageCollector]:
    Cycle.died_on.clear()
    collector = GuiGarbageCollector()
    yield collector
    collector.deleteLater()
    gc.unfreeze()


def make_garbage() -> None:
    kept = [Cycle() for _ in range(5000)]
    kept.clear()


def test_garbage_of_a_worker_dies_on_the_gui_thread(collector: GuiGarbageCollector) -> None:
    worker = threading.Thread(target=make_garbage)
    worker.start()
    worker.join()
    assert Cycle.died_on == []
    collector.collect()
    assert len(Cycle.died_on) == 5000
    assert set(Cycle.died_on) == {threading.main_thread()}


def test_garbage_is_looked_for_once_it_has_been_started(qtbot: QtBot, collector: GuiGarbageCollector) -> None:
    collector.start()
    make_garbage()
    qtbot.waitUntil(lambda: len(Cycle.died_on) == 5000)


def test_the_automatic_collector_is_off(collector: GuiGarbageCollector) -> None:
    assert not gc.isenabled()
