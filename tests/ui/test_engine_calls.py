"""The engine is loaded behind the first paint, by one thread while all others wait."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from command_line import PATIENCE_S

from gradsim.core import precompile
from gradsim.ui import engine_calls

MANY_WORKERS = """
import threading
from gradsim.ui import engine_calls
from gradsim.ui.window.scene_files import opening_scene

scene = opening_scene()
errors = []
threading.excepthook = lambda failure: errors.append(failure.exc_value)
jobs = (
    lambda: engine_calls.compile_spec(scene.surface),
    lambda: engine_calls.simulate_scene(scene, 2**30, cancelled=lambda: False, progress=lambda share: None),
    lambda: engine_calls.search_critical_points(scene.surface, scene.domain, cancelled=lambda: False),
)
threads = [threading.Thread(target=job) for job in jobs * 3]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not errors, errors
print("done")
"""

START = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from gradsim.ui.app import run_window
from gradsim.ui.session import Session

def start(session):
    print("numba" in sys.modules)
    QTimer.singleShot(0, QApplication.quit)

Session.start = start
sys.exit(run_window())
"""


ENDING = """
import gradsim.core.compiled
from gradsim.core.ending import stop_compiling
from gradsim.core.errors import Cancelled
from gradsim.ui import engine_calls

stop_compiling()
try:
    engine_calls.load_engine()
except Cancelled:
    print("cancelled")
"""


ENDING_EARLY = """
import sys
import threading
from gradsim.core.ending import stop_compiling
from gradsim.core.errors import Cancelled
from gradsim.ui import engine_calls

def load():
    try:
        engine_calls.load_engine()
    except Cancelled:
        print("cancelled")

class Finder:
    def find_spec(self, wanted, *_):
        if wanted == "platformdirs":  # which the module of kernels imports
            assert not hasattr(sys.modules["gradsim.core.compiled"], "kernel")
            stop_compiling()

if sys.argv[1] == "half-way":
    sys.meta_path.insert(0, Finder())
else:
    stop_compiling()
worker = threading.Thread(target=load)
worker.start()
worker.join()
"""


def run_program(program: str, *arguments: str) -> str:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments], env=environment, capture_output=True, text=True, timeout=PATIENCE_S
    )
    complaints = ended.stderr.replace("This plugin does not support propagateSizeHints()\n", "")
    assert (ended.returncode, complaints) == (0, "")
    return ended.stdout.strip()


def test_workers_that_begin_together_load_the_engine_without_harm() -> None:
    assert run_program(MANY_WORKERS) == "done"


def test_no_engine_is_loaded_before_work_begins() -> None:
    assert run_program(START) == "False"


def test_jobs_look_once_whether_the_engine_has_been_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    monkeypatch.setattr(precompile, "precompile", looked.append)
    engine_calls._load_once.cache_clear()
    for _ in range(3):
        engine_calls.load_engine()
    assert len(looked) == 1


def test_a_process_that_ends_compiles_no_further_kernel() -> None:
    assert run_program(ENDING) == "cancelled"


@pytest.mark.parametrize("moment", ["before", "half-way"])
def test_a_process_that_ends_while_the_engine_is_imported_compiles_none_at_all(moment: str) -> None:
    assert run_program(ENDING_EARLY, moment) == "cancelled"
