"""The one decorator that turns a Python function into a cached machine-code kernel.

Kernels release the GIL, follow IEEE arithmetic to the letter (no fastmath: it changes bits and gained nothing) and
divide by zero as NumPy does. numba notices an edit of the file that holds a kernel but not of a file that the kernel
calls into, therefore the cache folder carries a hash of every source file that kernels are made of: an edit in any
starts a fresh folder.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
import platformdirs

Function = TypeVar("Function", bound=Callable[..., Any])

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


def _cache_folder() -> Path:
    """Return the folder for compiled kernels, made if missing; a temporary one where the user's is not writable."""
    engine = Path(__file__).parent
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(engine.rglob("*.py")):
        source = path.read_bytes()
        if b"gradsim.core.compiled" in source or path.parent.name == "optimizers":
            digest.update(source)
    name = f"kernels-{digest.hexdigest()[:16]}"
    folder = Path(platformdirs.user_cache_dir("gradsim")) / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    return folder if writable else Path(tempfile.mkdtemp(prefix="gradsim-"))


# A variable of the user's own wins: NUMBA_CACHE_DIR is numba's documented switch.
if not os.environ.get("NUMBA_CACHE_DIR"):
    numba.config.CACHE_DIR = str(_cache_folder())


def kernel(signature: Any) -> Callable[[Function], Function]:
    """Compile for ``signature`` (a numba type or its string) when the module is imported, or load it from the cache."""
    return numba.njit(signature, cache=True, **OPTIONS)


def inlined(function: Function) -> Function:
    """Compile as part of the kernels that call it."""
    return numba.njit(**OPTIONS)(function)
