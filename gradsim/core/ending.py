"""Whether this process is about to end. Apart from the kernels, for it may be told while they are being loaded."""

from __future__ import annotations

import threading

_ending = threading.Event()


def stop_compiling() -> None:
    """Compile no further kernel in this process, which is about to end: one takes seconds, all take half a minute."""
    _ending.set()


def is_ending() -> bool:
    """Whether ``stop_compiling`` has been called."""
    return _ending.is_set()
