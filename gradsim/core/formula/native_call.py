"""How a kernel runs a surface: by its native code where there is some, else by its tape, with the same bits."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from gradsim.core.compiled import inlined
from gradsim.core.formula.tape_kernel import run_tape

NOT_FINITE, UNUSUAL = 1, 2
"""What native code answers, or-ed: an output is no number; an argument is outside the range of its fast functions."""


@intrinsic
def _call_native(typing_context: Any, address: Any, rows: Any, scalars: Any, n: Any) -> Any:
    """Call the machine code at ``address``: ``int64 (float64 *rows, float64 *scalars, int64 n)``."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address, rows, scalars, n = arguments
        pointers = [
            make_array(kind)(context, builder, array).data
            for kind, array in zip(signature.args[1:3], (rows, scalars), strict=True)
        ]
        integer = ir.IntType(64)
        function = ir.FunctionType(integer, [*(pointer.type for pointer in pointers), integer])
        pointer = builder.inttoptr(address, cgutils.voidptr_t)
        return builder.call(builder.bitcast(pointer, function.as_pointer()), [*pointers, n])

    return types.int64(types.int64, rows, scalars, types.int64), generate


@inlined
def run_program(native, code, scalars, rows, n):  # type: ignore[no-untyped-def]
    """Run a surface on the first ``n`` columns of ``rows``; ``native`` is the address of its machine code, or 0.

    Returns what native code answers; UNUSUAL alone after the tape has run, which does not look at what it computes.
    """
    if native != 0:
        answer = _call_native(native, rows, scalars, n)
        if answer & UNUSUAL == 0:
            return answer
    run_tape(code, scalars, rows, n)
    return UNUSUAL
