"""The one decorator that turns a Python function into a cached machine-code kernel.

Kernels release the GIL, follow IEEE arithmetic to the letter (no fastmath: it changes bits and gained nothing) and
divide by zero as NumPy does. numba notices an edit of the file that holds a kernel but not of a file that the kernel
calls into, therefore the cache folder carries a hash of every source file that kernels are made of: an edit in any
starts a fresh folder.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import numba
import platformdirs
from numba.core.caching import FunctionCache

from gradsim.core.ending import is_ending
from gradsim.core.errors import Cancelled

Function = TypeVar("Function", bound=Callable[..., Any])

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
# Only Python calls kernels, only kernels call what is inlined: a sixth of all compiling went into other doors.
_FOR_PYTHON = {"no_cfunc_wrapper": True}
_FOR_KERNELS = {"no_cfunc_wrapper": True, "no_cpython_wrapper": True}
OTHER_SOURCES = {"kernel_calls.py", "run.py", "tape_layout.py"}  # whose calls and numbers are compiled into kernels
STALE_AFTER_S = 30 * 24 * 3600.0


def _folder_name() -> str:
    """Return a name that tells versions of the kernels apart."""
    engine = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(engine.rglob("*.py")):
        source = path.read_bytes()
        holds_kernels = b"gradsim.core.compiled" in source or path.parent.name == "optimizers"
        if holds_kernels or path.name in OTHER_SOURCES:
            digest.update(source)
    return f"kernels-{digest.hexdigest()[:16]}"


FOLDER_NAME = _folder_name()


def _cache_folder() -> Path:
    """Return the folder for compiled kernels, made if missing: the user's, or one for this process alone."""
    folder = Path(platformdirs.user_cache_dir("gradsim")) / FOLDER_NAME
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _remove_stale_folders(folder.parent)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        folder = Path(tempfile.mkdtemp(prefix="gradsim-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _remove_stale_folders(parent: Path) -> None:
    """Remove kernels of versions that were last compiled for a month ago."""
    for folder in parent.glob("kernels-*"):
        if time.time() - folder.stat().st_mtime > STALE_AFTER_S:
            shutil.rmtree(folder, ignore_errors=True)


# A variable of the user's own wins: NUMBA_CACHE_DIR is numba's documented switch.
if not os.environ.get("NUMBA_CACHE_DIR"):
    numba.config.CACHE_DIR = str(_cache_folder())


def kernel(signature: Any) -> Callable[[Function], Function]:
    """Compile for ``signature`` (a numba type or its string) when the module is imported, or load it from the cache.

    Raises Cancelled after ``stop_compiling``.
    """
    if is_ending():
        raise Cancelled

    def load_or_compile(function: Function) -> Function:
        try:
            return numba.njit(signature, cache=True, **_FOR_PYTHON, **OPTIONS)(function)
        except Exception:
            # The disk is full, or what was written before the power failed is damaged. A mistake in the kernel itself
            # is raised again.
            with suppress(OSError, RuntimeError):  # where nothing can be written, or kept at all
                FunctionCache(function).flush()
            return numba.njit(signature, **_FOR_PYTHON, **OPTIONS)(function)

    return load_or_compile


def inlined(function: Function) -> Function:
    """Compile as part of the kernels that call it, however long it is: loops with calls in them do not vectorise."""
    return numba.njit(forceinline=True, **_FOR_KERNELS, **OPTIONS)(function)
