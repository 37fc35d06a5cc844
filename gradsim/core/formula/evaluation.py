"""Evaluates a surface at points, by its native code or by its tape."""

from __future__ import annotations

from typing import Any

from numba import types

from gradsim.core.compiled import kernel
from gradsim.core.formula.program_kernel import run_program
from gradsim.core.formula.tape_kernel import run_tape
from gradsim.core.formula.tape_layout import BLOCK, CODE, MATRIX, VECTOR
from gradsim.core.kernel_calls import address_of


def evaluate(native: int, code: Any, scalars: Any, rows: Any, points: Any, outputs: Any, n_dimensions: int) -> None:
    """Run a surface on any number of points, block after block.

    Args:
        native, code, scalars, rows: as in ``run_program``; rows is scratch.
        points: float64 (D, N).
        outputs: float64 (n_outputs, N), overwritten.
        n_dimensions: D.
    """
    _evaluate(native, address_of(run_tape), code, scalars, rows, points, outputs, n_dimensions)


@kernel(types.void(types.int64, types.int64, CODE, VECTOR, MATRIX, MATRIX, MATRIX, types.int64))
def _evaluate(native, tape_runner, code, scalars, rows, points, outputs, n_dimensions):  # type: ignore[no-untyped-def]
    n_points = points.shape[1]
    for begin in range(0, n_points, BLOCK):
        n = min(BLOCK, n_points - begin)
        # By loops: for slices, numba would also compile the text of the error that slices of two lengths raise.
        for k in range(n_dimensions):
            for i in range(n):
                rows[k, i] = points[k, begin + i]
        run_program(native, tape_runner, code, scalars, rows, n)
        for k in range(outputs.shape[0]):
            for i in range(n):
                outputs[k, begin + i] = rows[n_dimensions + k, i]
