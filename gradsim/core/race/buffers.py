"""Reused memory for recordings: touching fresh pages costs several times as much as the simulation that fills them."""

from __future__ import annotations

import math
import threading
import weakref
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_POOLED_BYTES = 2**28
MAX_POOLED_BUFFERS = 6
ALIGNMENT_BYTES = 64


class BufferPool:
    """Hands out float64 arrays whose memory returns to the pool when the last array that uses it is gone."""

    def __init__(self) -> None:
        self._free: deque[NDArray[np.float64]] = deque(maxlen=MAX_POOLED_BUFFERS)
        self._lock = threading.Lock()

    def empty(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Return an uninitialised C-contiguous array that begins with a cache line.

        Every view of it keeps its memory from being reused.
        """
        size = math.prod(shape) + ALIGNMENT_BYTES // 8
        memory = self._take(size)
        if memory is None:
            memory = np.empty(size)
        lease = _Lease(memory)
        weakref.finalize(lease, self._put_back, memory).atexit = False
        first = -memory.ctypes.data % ALIGNMENT_BYTES // 8
        return np.asarray(lease)[first : first + math.prod(shape)].reshape(shape)

    def _take(self, size: int) -> NDArray[np.float64] | None:
        with self._lock:
            free = [self._free.popleft() for _ in range(len(self._free))]
            fitting = [memory for memory in free if size <= memory.size <= 2 * size]
            taken = min(fitting, key=lambda memory: memory.size) if fitting else None
            self._free.extend([memory for memory in free if memory is not taken])
            return taken

    def _put_back(self, memory: NDArray[np.float64]) -> None:
        # Without the lock, which this very thread may hold: the collector frees arrays whenever it likes.
        if memory.nbytes <= MAX_POOLED_BYTES:
            self._free.append(memory)


class _Lease:
    """Stands between the memory and the arrays that use it: NumPy keeps the lease alive as their base."""

    def __init__(self, memory: NDArray[np.float64]) -> None:
        self.__array_interface__: dict[str, Any] = memory.__array_interface__
