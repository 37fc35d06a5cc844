"""How a kernel calls another one that it is given as a number: the address of its machine code.

numba can pass functions as they are, but then asks Python for the address at every call: 15 µs for each function. It
can also compile the one as part of the other: of every kernel that runs tapes, that takes three seconds for each place.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from numba import types
from numba.extending import intrinsic


@cache
def address_of(kernel: Any) -> int:
    """Return the address of a kernel of ``compiled``, which has one signature and lives as long as the process."""
    (compiled,) = kernel.overloads.values()
    return int(compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name))


@intrinsic
def call_tape(typing_context: Any, address: Any, code: Any, scalars: Any, rows: Any, n: Any) -> Any:
    """Call ``tape_kernel.run_tape``, which is at ``address``."""
    return types.void(types.int64, code, scalars, rows, types.int64), _generate_call


@intrinsic
def call_update(typing_context: Any, address: Any, state: Any, rows: Any, factors: Any, n: Any) -> Any:
    """Call the kernel at ``address``: ``int64 (float64 state[:, ::1], rows[:, ::1], factors[:, ::1], int64 n)``."""
    return types.int64(types.int64, state, rows, factors, types.int64), _generate_call


@intrinsic
def call_probe(
    typing_context: Any, address: Any, state: Any, rows: Any, factors: Any, n: Any, asking: Any, n_probes: Any
) -> Any:
    """The same for a kernel that also takes ``int64 asking[::1], float64 n_probes``."""
    return types.int64(types.int64, state, rows, factors, types.int64, asking, types.float64), _generate_call


def _generate_call(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Generate a call as numba calls its functions; kernels never raise, so that their status is not looked at."""
    address, *values = arguments
    convention, kinds = context.call_conv, signature.args[1:]
    function = convention.get_function_type(signature.return_type, kinds).as_pointer()
    _, result = convention.call_function(
        builder, builder.inttoptr(address, function), signature.return_type, kinds, values
    )
    return context.get_dummy_value() if signature.return_type == types.void else result
