"""Writes rows to memory past the caches: what will not be read again soon need not push out what will.

A recording of hundreds of megabytes would else be read into the caches line by line before it is overwritten, and the
state of the particles would have to leave them.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 8  # numbers of 8 bytes in a cache line
LINE_BYTES = 64


@intrinsic
def stream_lines(typing_context: Any, source: Any, target: Any, n_lines: Any) -> Any:
    """Copy ``n_lines`` cache lines between addresses that are multiples of ``LINE_BYTES``."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source, target, n_lines = arguments
        line = ir.VectorType(ir.DoubleType(), LANES)
        pointers = [builder.inttoptr(address, line.as_pointer()) for address in (source, target)]
        past_caches = builder.module.add_metadata([ir.Constant(ir.IntType(32), 1)])
        with cgutils.for_range(builder, n_lines) as loop:
            here, there = (builder.gep(pointer, [loop.index]) for pointer in pointers)
            store = builder.store(builder.load(here, align=LINE_BYTES), there, align=LINE_BYTES)
            store.set_metadata("nontemporal", past_caches)
        return context.get_dummy_value()

    return types.void(types.intp, types.intp, types.intp), generate


@intrinsic
def await_streams(typing_context: Any) -> Any:
    """Let all that this thread has streamed arrive before anything that it does next."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), generate
