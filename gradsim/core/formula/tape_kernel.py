"""The tape machine: one cached kernel that runs any formula's tape on a block of points.

A tape is a list of instructions over rows of a workspace. Every row holds one number per point, so that each
instruction is a short loop that vectorises; because the tape is data, a newly typed formula runs at once and a
parameter never compiles.
"""

from __future__ import annotations

import math

import numpy as np

from gradsim.core.compiled import kernel
from gradsim.core.formula import trigonometry
from gradsim.core.formula import vector_math as vm
from gradsim.core.formula.power import power
from gradsim.core.formula.tape_layout import (
    ABS,
    ADD_VS,
    ADD_VV,
    ATAN,
    COPY,
    COS,
    COSH,
    DIV_SV,
    DIV_VS,
    DIV_VV,
    EXP,
    LESS_SV,
    LESS_VS,
    LESS_VV,
    LOG,
    MAX_VS,
    MAX_VV,
    MIN_VS,
    MIN_VV,
    MUL_VS,
    MUL_VV,
    NEG,
    POW_SV,
    POW_VS,
    POW_VV,
    SIGN,
    SIN,
    SINH,
    SQRT,
    SUB_SV,
    SUB_VS,
    SUB_VV,
    SURFACE_KERNEL,
    TAN,
    TANH,
    WHERE,
)


@kernel(SURFACE_KERNEL)
def run_tape(code, scalars, rows, n):  # type: ignore[no-untyped-def]
    """Run ``code`` on the first ``n`` columns of ``rows``.

    Args:
        code: int32 (n_instructions, 5): opcode, target row, then up to three operands, each a row or an index into
        scalars.
        scalars: float64 (n_scalars,).
        rows: float64 (n_rows, BLOCK): coordinates first, then the outputs, then scratch.
        n: number of points, at most BLOCK.
    """
    for k in range(code.shape[0]):
        op = code[k, 0]
        # Unsigned indices spare the test for negative ones; views of the rows would be reference-counted.
        d, a, b, c = np.uintp(code[k, 1]), np.uintp(code[k, 2]), np.uintp(code[k, 3]), np.uintp(code[k, 4])
        if op == ADD_VV:
            for i in range(n):
                rows[d, i] = rows[a, i] + rows[b, i]
        elif op == ADD_VS:
            s = scalars[b]
            for i in range(n):
                rows[d, i] = rows[a, i] + s
        elif op == SUB_VV:
            for i in range(n):
                rows[d, i] = rows[a, i] - rows[b, i]
        elif op == SUB_VS:
            s = scalars[b]
            for i in range(n):
                rows[d, i] = rows[a, i] - s
        elif op == SUB_SV:
            s = scalars[a]
            for i in range(n):
                rows[d, i] = s - rows[b, i]
        elif op == MUL_VV:
            for i in range(n):
                rows[d, i] = rows[a, i] * rows[b, i]
        elif op == MUL_VS:
            s = scalars[b]
            for i in range(n):
                rows[d, i] = rows[a, i] * s
        elif op == DIV_VV:
            for i in range(n):
                rows[d, i] = rows[a, i] / rows[b, i]
        elif op == DIV_VS:
            s = scalars[b]
            for i in range(n):
                rows[d, i] = rows[a, i] / s
        elif op == DIV_SV:
            s = scalars[a]
            for i in range(n):
                rows[d, i] = s / rows[b, i]
        elif op == NEG:
            for i in range(n):
                rows[d, i] = -rows[a, i]
        elif op == SQRT:
            for i in range(n):
                rows[d, i] = math.sqrt(rows[a, i])
        elif op == EXP:
            for i in range(n):
                rows[d, i] = vm.exp(rows[a, i])
        elif op == LOG:
            for i in range(n):
                rows[d, i] = vm.log(rows[a, i])
        elif op == SIN:
            n_huge = 0
            for i in range(n):
                rows[d, i] = trigonometry.sin(rows[a, i])
                n_huge += 0 if trigonometry.has_short_reduction(rows[a, i]) else 1
            if n_huge > 0:
                for i in range(n):
                    if not trigonometry.has_short_reduction(rows[a, i]):
                        rows[d, i] = trigonometry.sin_of_huge(rows[a, i])
        elif op == COS:
            n_huge = 0
            for i in range(n):
                rows[d, i] = trigonometry.cos(rows[a, i])
                n_huge += 0 if trigonometry.has_short_reduction(rows[a, i]) else 1
            if n_huge > 0:
                for i in range(n):
                    if not trigonometry.has_short_reduction(rows[a, i]):
                        rows[d, i] = trigonometry.cos_of_huge(rows[a, i])
        elif op == TAN:
            n_huge = 0
            for i in range(n):
                rows[d, i] = trigonometry.tan(rows[a, i])
                n_huge += 0 if trigonometry.has_short_reduction(rows[a, i]) else 1
            if n_huge > 0:
                for i in range(n):
                    if not trigonometry.has_short_reduction(rows[a, i]):
                        rows[d, i] = trigonometry.tan_of_huge(rows[a, i])
        elif op == SINH:
            for i in range(n):
                rows[d, i] = vm.sinh(rows[a, i])
        elif op == COSH:
            for i in range(n):
                rows[d, i] = vm.cosh(rows[a, i])
        elif op == TANH:
            for i in range(n):
                rows[d, i] = vm.tanh(rows[a, i])
        elif op == ATAN:
            for i in range(n):
                rows[d, i] = vm.atan(rows[a, i])
        elif op == ABS:
            for i in range(n):
                rows[d, i] = abs(rows[a, i])
        elif op == SIGN:
            for i in range(n):
                v = rows[a, i]
                rows[d, i] = 1.0 if v > 0.0 else (-1.0 if v < 0.0 else v)
        elif op == POW_VV:
            for i in range(n):
                rows[d, i] = power(rows[a, i], rows[b, i])
        elif op == POW_VS:
            s = scalars[b]
            for i in range(n):
                rows[d, i] = power(rows[a, i], s)
        elif op == POW_SV:
            s = scalars[a]
            for i in range(n):
                rows[d, i] = power(s, rows[b, i])
        elif op == MIN_VV:
            for i in range(n):
                rows[d, i] = rows[a, i] if (rows[a, i] < rows[b, i]) | (rows[a, i] != rows[a, i]) else rows[b, i]
        elif op == MIN_VS:
            s = scalars[b]
            for i in range(n):
                rows[d, i] = rows[a, i] if (rows[a, i] < s) | (rows[a, i] != rows[a, i]) else s
        elif op == MAX_VV:
            for i in range(n):
                rows[d, i] = rows[a, i] if (rows[a, i] > rows[b, i]) | (rows[a, i] != rows[a, i]) else rows[b, i]
        elif op == MAX_VS:
            s = scalars[b]
            for i in range(n):
                rows[d, i] = rows[a, i] if (rows[a, i] > s) | (rows[a, i] != rows[a, i]) else s
        elif op == LESS_VV:
            for i in range(n):
                rows[d, i] = 1.0 if rows[a, i] < rows[b, i] else 0.0
        elif op == LESS_VS:
            s = scalars[b]
            for i in range(n):
                rows[d, i] = 1.0 if rows[a, i] < s else 0.0
        elif op == LESS_SV:
            s = scalars[a]
            for i in range(n):
                rows[d, i] = 1.0 if s < rows[b, i] else 0.0
        elif op == WHERE:
            for i in range(n):
                yes, no = rows[b, i], rows[c, i]  # both, or the loop would not vectorise
                rows[d, i] = yes if rows[a, i] != 0.0 else no
        elif op == COPY:
            for i in range(n):
                rows[d, i] = rows[a, i]
        else:
            s = scalars[a]
            for i in range(n):
                rows[d, i] = s
