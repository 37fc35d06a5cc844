"""Compiles the kernels when a computer starts this version for the first time, in processes of their own.

numba compiles one function at a time, and holds the interpreter meanwhile. Two processes take two thirds of the time,
the window stays smooth, and whoever interrupts need not wait for a kernel to be finished.

Run as a module, this is such a process; the word behind it is the number of its part.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import numba

from gradsim.core.compiled import FOLDER_NAME
from gradsim.core.errors import Cancelled

PARTS = (
    ("gradsim.core.race.kernel",),
    (
        "gradsim.core.formula.evaluation",
        "gradsim.core.render.map_renderer",
        "gradsim.core.render.plot_lines",
        "gradsim.core.render.yuv",
        "gradsim.core.distances",
    ),
)
"""Modules that hold kernels; each part takes about as long as the other."""
POLL_INTERVAL_S = 0.02
NICENESS = 5


def precompile(cancelled: Callable[[], bool]) -> None:
    """Compile the kernels into the cache, unless that has been done.

    What fails here, or does not pay because there is one processor, is done where a kernel is imported.

    Raises Cancelled.
    """
    if is_compiled() or (os.cpu_count() or 1) == 1 or not sys.executable or getattr(sys, "frozen", False):
        return
    with suppress(OSError), ExitStack() as stack:  # no process may be started here, or the cache not be written
        processes = [stack.enter_context(_started(number)) for number in range(len(PARTS))]
        try:
            while any(process.poll() is None for process in processes) and not cancelled():
                time.sleep(POLL_INTERVAL_S)
        finally:
            for process in processes:
                process.kill()
        if all(process.returncode == 0 for process in processes):
            _mark().touch()
    if cancelled():
        raise Cancelled


def is_compiled() -> bool:
    """Whether ``precompile`` has compiled the kernels, in this process or an earlier one."""
    return _mark().exists()


def _mark() -> Path:
    """Return the file that says that all has been compiled: for these very sources, as numba looks at place and age."""
    folder = Path(__file__).parent
    newest = max(path.stat().st_mtime_ns for path in folder.rglob("*.py"))
    digest = hashlib.sha256(f"{folder} {newest}".encode()).hexdigest()
    return Path(numba.config.CACHE_DIR, f"{FOLDER_NAME}-{digest[:16]}.compiled")


def _started(part: int) -> subprocess.Popen[bytes]:
    """Return the process that compiles ``part``, with this one's modules and cache; it ends when this one does."""
    places = {"PYTHONPATH": os.pathsep.join(sys.path), "NUMBA_CACHE_DIR": str(numba.config.CACHE_DIR)}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", __spec__.name, str(part)],
        env=os.environ | places,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # there is nothing to read, until the parent has gone
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    for module in PARTS[int(sys.argv[1])]:
        importlib.import_module(module)
