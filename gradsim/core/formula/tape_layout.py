"""How a tape and the workspace that it runs on lie in memory.

A tape is a list of instructions over rows of the workspace. Every row holds one number per point of a block.
"""

from __future__ import annotations

import numpy as np
from numba import types

BLOCK = 512  # points in a block: a row is 4 KiB, so that a few dozen rows stay in the first- and second-level caches
MAX_STRIP = 32  # points at most that machine code for updates has under way at once

# Suffixes: v for a row, s for a scalar operand.
FILL, COPY, NEG, ABS, SIGN, SQRT, EXP, LOG, SIN, COS, TAN, SINH, COSH, TANH, ATAN = range(15)
ADD_VV, ADD_VS, SUB_VV, SUB_VS, SUB_SV, MUL_VV, MUL_VS, DIV_VV, DIV_VS, DIV_SV = range(15, 25)
POW_VV, POW_VS, POW_SV, MIN_VV, MIN_VS, MAX_VV, MAX_VS, LESS_VV, LESS_VS, LESS_SV, WHERE = range(25, 36)
OPCODES = {
    name.lower(): code for name, code in globals().items() if name.isupper() and name not in ("BLOCK", "MAX_STRIP")
}

CODE = types.int32[:, ::1]
VECTOR = types.float64[::1]
MATRIX = types.float64[:, ::1]
SURFACE_KERNEL = types.void(CODE, VECTOR, MATRIX, types.int64)


def scratch(n_rows: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return a zeroed float64 workspace (n_rows, BLOCK) whose rows start at 64-byte boundaries."""
    raw = np.zeros(n_rows * BLOCK + 8)
    offset = (-raw.ctypes.data // 8) % 8
    return raw[offset : offset + n_rows * BLOCK].reshape(n_rows, BLOCK)
