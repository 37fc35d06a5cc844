"""Recording memory is reused only when nothing looks at it any more."""

from __future__ import annotations

import gc
import threading

import numpy as np

from gradsim.core.race.buffers import MAX_POOLED_BUFFERS, MAX_POOLED_BYTES, BufferPool


def address(array: np.ndarray) -> int:
    return array.ctypes.data


def test_memory_is_reused_when_the_array_is_gone() -> None:
    pool = BufferPool()
    first = address(pool.empty((3, 1000)))
    gc.collect()
    assert address(pool.empty((10, 290))) == first


def test_memory_is_kept_while_a_view_lives() -> None:
    pool = BufferPool()
    array = pool.empty((4, 500))
    array[:] = 7.0
    view = array.transpose()[100:200]
    del array
    gc.collect()
    other = pool.empty((4, 500))
    other[:] = 1.0
    assert (view == 7.0).all()


def test_arrays_are_contiguous_writable_and_of_the_shape_asked_for() -> None:
    array = BufferPool().empty((2, 3, 5))
    assert array.shape == (2, 3, 5)
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert array.dtype == np.float64


def test_empty_shapes_are_possible() -> None:
    assert BufferPool().empty((0, 5)).shape == (0, 5)


def test_pool_is_bounded() -> None:
    pool = BufferPool()
    arrays = [pool.empty((100 + k,)) for k in range(3 * MAX_POOLED_BUFFERS)]
    del arrays
    large = pool.empty((MAX_POOLED_BYTES // 8 + 1,))
    del large
    gc.collect()
    assert len(pool._free) == MAX_POOLED_BUFFERS


def test_the_cyclic_collector_may_free_an_array_while_the_pool_is_at_work() -> None:
    pool = BufferPool()
    arrays = [pool.empty((1000,))]

    def free_in_the_midst() -> None:
        with pool._lock:  # as when the collector runs within the pool, on the very thread that holds the lock
            arrays.clear()

    thread = threading.Thread(target=free_in_the_midst, daemon=True)
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert len(pool._free) == 1
