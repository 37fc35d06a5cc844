"""What the step loop is given: surface, rule and records as plain tuples of arrays that a kernel can read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from gradsim.core.formula.tape_layout import CODE, MATRIX, VECTOR
from gradsim.core.race.lifting import INTEGERS


class SurfaceCode(NamedTuple):
    """What evaluates a surface.

    Attributes:
        native: address of its machine code, or 0.
        tape_runner: address of ``run_tape``.
        code, scalars: its tape.
        rows: workspace.
        n_outputs: how many rows behind the coordinates are filled: f, ∇f and, where the rule wants it, the Hessian.
    """

    native: int
    tape_runner: int
    code: NDArray[np.int32]
    scalars: NDArray[np.float64]
    rows: NDArray[np.float64]
    n_outputs: int


class RuleSettings(NamedTuple):
    """What the kernels of a rule work with.

    Attributes:
        looks_ahead: whether there is a ``look_ahead``.
        max_probes: how often the probe may ask in one update; 0 where there is none.
        state: float64 (n_rows, BLOCK), workspace.
        initial_values: float64 (n_rows − D,), what the state's rows behind the coordinates start with, unless
        initial_axes: int64 (n_rows − D,), says at which coordinate of the particle; −1 for the value.
        factors: float64 (n_factors, BLOCK), as ``LiftedRule`` says; the first two are set here.
        learning_rates: float64 (updates, n) of every update of this part of a race; (1, n) where they stay the same.
        rate_places: int64 (particles,), which of those n a particle takes; empty where all share the first.
        varied: int64 (m,), which other factors differ among particles; varied_values: float64 (m, particles).
        box: float64 (D, 2), into which positions are projected behind every update; infinite where they are not.
        projects: whether it is not.
    """

    looks_ahead: bool
    max_probes: int
    state: NDArray[np.float64]
    initial_values: NDArray[np.float64]
    initial_axes: NDArray[np.int64]
    factors: NDArray[np.float64]
    learning_rates: NDArray[np.float64]
    rate_places: NDArray[np.int64]
    varied: NDArray[np.int64]
    varied_values: NDArray[np.float64]
    box: NDArray[np.float64]
    projects: bool


class Records(NamedTuple):
    """What a race fills.

    Attributes:
        steps: int64 (records,), ascending; the last is where it ends.
        positions: float64 (records, D, row length); losses: float64 (records, row length). Rows hold at least as many
            numbers as there are particles.
        outcomes: uint8 (particles,).
        evaluations: int64 (records,), to which the gradients are added that probes have asked for up to each record.
        streams: whether positions and losses are written past the caches. Their rows must then begin with a cache line
            each, and what lies between the last particle and the end of a row is overwritten.
    """

    steps: NDArray[np.int64]
    positions: NDArray[np.float64]
    losses: NDArray[np.float64]
    outcomes: NDArray[np.uint8]
    evaluations: NDArray[np.int64]
    streams: bool = False


class Handover(NamedTuple):
    """How a race that is run in parts is taken up, and handed on to its next part.

    Attributes:
        first_step: how many updates were made before this part.
        before: float64 (n_rows, particles), the state of every particle then; (0, 0) where the race begins.
        stopped_before: uint8 (particles,), 1 for those that have diverged.
        behind, stopped_behind: the same at the last step of this part, which are filled; of no particles where nobody
            goes on. They may be the arrays that were taken up.
    """

    first_step: int
    before: NDArray[np.float64]
    stopped_before: NDArray[np.uint8]
    behind: NDArray[np.float64]
    stopped_behind: NDArray[np.uint8]


_NO_STATE, _NOBODY = np.empty((0, 0)), np.empty(0, dtype=np.uint8)
WHOLE_RACE = Handover(0, _NO_STATE, _NOBODY, _NO_STATE, _NOBODY)

RECORDED = types.float64[:, :, ::1]
FLAGS = types.uint8[::1]
STARTS = types.Array(types.float64, 2, "C", readonly=True)
SURFACE_TYPE = types.NamedTuple((types.int64, types.int64, CODE, VECTOR, MATRIX, types.int64), SurfaceCode)
SETTINGS_TYPE = types.NamedTuple(
    (
        types.boolean,
        types.int64,
        MATRIX,
        VECTOR,
        INTEGERS,
        MATRIX,
        MATRIX,
        INTEGERS,
        INTEGERS,
        MATRIX,
        MATRIX,
        types.boolean,
    ),
    RuleSettings,
)
RECORDS_TYPE = types.NamedTuple((INTEGERS, RECORDED, MATRIX, FLAGS, INTEGERS, types.boolean), Records)
HANDOVER_TYPE = types.NamedTuple((types.int64, MATRIX, FLAGS, MATRIX, FLAGS), Handover)
