"""How a kernel runs a surface: by its native code where there is some, else by its tape, with the same bits."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from gradsim.core.compiled import inlined
from gradsim.core.kernel_calls import call_tape

NOT_FINITE, UNUSUAL = 1, 2
"""What native code answers, or-ed: an output is no number; an argument is outside the range of its fast functions."""


@intrinsic
def _call_native(typing_context: Any, address: Any, rows: Any, scalars: Any, n: Any) -> Any:
    """Call the machine code at ``address``: ``int64 (float64 *rows, float64 *scalars, int64 n)``."""
    return types.int64(types.int64, rows, scalars, types.int64), _generate_call


@intrinsic
def call_steps(
    typing_context: Any,
    address: Any,
    state: Any,
    rows: Any,
    scalars: Any,
    factors: Any,
    rates: Any,
    n: Any,
    step: Any,
    n_steps: Any,
    first_rate: Any,
    rate_stride: Any,
    positions: Any,
    losses: Any,
    row_length: Any,
) -> Any:
    """Call machine code that makes whole updates, as ``native_steps`` says."""
    arrays, numbers = (state, rows, scalars, factors, rates), (types.int64,) * 8
    return types.int64(types.int64, *arrays, *numbers), _generate_call


def _generate_call(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Generate the call of an address with the data of arrays, and with whole numbers."""
    address, *values = arguments
    values = [
        make_array(kind)(context, builder, value).data if isinstance(kind, types.Array) else value
        for kind, value in zip(signature.args[1:], values, strict=True)
    ]
    function = ir.FunctionType(ir.IntType(64), [value.type for value in values])
    target = builder.bitcast(builder.inttoptr(address, cgutils.voidptr_t), function.as_pointer())
    return builder.call(target, values)


@inlined
def run_program(native, tape_runner, code, scalars, rows, n):  # type: ignore[no-untyped-def]
    """Run a surface on the first ``n`` columns of ``rows``; code, scalars and rows as in ``run_tape``.

    ``native`` is the address of its machine code, or 0; ``tape_runner`` that of ``run_tape``. Returns what native code
    answers; UNUSUAL alone after the tape has run, which does not look at what it computes.
    """
    if native != 0:
        answer = _call_native(native, rows, scalars, n)
        if answer & UNUSUAL == 0:
            return answer
    call_tape(tape_runner, code, scalars, rows, n)
    return UNUSUAL
