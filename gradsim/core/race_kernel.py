"""The one step loop that every race runs through, compiled once for all surfaces and optimizers."""

from __future__ import annotations

import numpy as np
from numba import types

from gradsim.core.compiled import inlined, kernel
from gradsim.core.formula.tape_kernel import BLOCK, CODE, MATRIX, SURFACE_KERNEL, VECTOR
from gradsim.core.formula.vector_math import bits_of
from gradsim.core.lifting import RULE_KERNEL
from gradsim.core.noise import add_noise
from gradsim.core.run import CONVERGED, DIVERGED, LEFT_DOMAIN, RUNNING

CONVERGED_GRADIENT_NORM = 1e-8
STEPS_BETWEEN_REPORTS = 64
EXPONENT_MASK = np.int64(0x7FF0000000000000)

RECORDS = types.float64[:, :, ::1]
FLAGS = types.int64[::1]


@inlined
def _all_finite(rows, first, count, n):  # type: ignore[no-untyped-def]
    """Whether rows first … first+count−1 hold finite numbers, by integer comparison, which vectorises."""
    n_bad = 0
    for k in range(first, first + count):
        for i in range(n):
            n_bad += 1 if (bits_of(rows[k, i]) & EXPONENT_MASK) == EXPONENT_MASK else 0
    return n_bad == 0


@inlined
def _copy(source, target, n_rows, n):  # type: ignore[no-untyped-def]
    """Copy the first rows, without views, which would be reference-counted at every step."""
    for k in range(n_rows):
        for i in range(n):
            target[k, i] = source[k, i]


@inlined
def _stop_where_not_finite(rows, first, count, n, stopped):  # type: ignore[no-untyped-def]
    for k in range(first, first + count):
        for i in range(n):
            if not np.isfinite(rows[k, i]):
                stopped[i] = 1


@kernel(
    types.int64(
        types.FunctionType(SURFACE_KERNEL),
        CODE,
        VECTOR,
        MATRIX,
        types.int64,
        types.FunctionType(RULE_KERNEL),
        types.FunctionType(RULE_KERNEL),
        types.boolean,
        MATRIX,
        VECTOR,
        VECTOR,
        VECTOR,
        types.float64,
        types.float64,
        types.int64,
        MATRIX,
        types.int64,
        types.int64,
        FLAGS,
        RECORDS,
        MATRIX,
        types.uint8[::1],
        MATRIX,
        FLAGS,
    )
)
def race_blocks(  # type: ignore[no-untyped-def]
    surface,
    code,
    scalars,
    rows,
    n_outputs,
    update,
    look_ahead,
    looks_ahead,
    state,
    initial_state,
    learning_rates,
    factors,
    sign,
    noise_std,
    seed,
    starts,
    first_particle,
    end_particle,
    record_steps,
    positions,
    losses,
    outcomes,
    domain,
    signals,
):
    """Race particles first_particle … end_particle−1 through all steps, one block after another.

    Args:
        surface, code, scalars, rows: the surface's kernel, its tape and a workspace.
        n_outputs: how many rows behind the coordinates the tape fills: f, ∇f and, where the rule wants it, the Hessian.
        update, look_ahead, looks_ahead: the rule's kernels; look_ahead is called only if looks_ahead.
        state: float64 (D·(1 + n_state), BLOCK), workspace.
        initial_state: float64 (n_state,), the value that each state variable starts from.
        learning_rates: float64 (n_steps,); factors: float64, as ``LiftedRule`` says, of which the first two are set
        here.
        sign: 1 to minimise, −1 to maximise; noise_std, seed: the gradient's noise.
        starts: float64 (D, particles).
        record_steps: int64 (records,), ascending, the last is n_steps.
        positions: float64 (records, D, particles); losses: (records, particles); outcomes: (particles,): filled.
        domain: float64 (D, 2).
        signals: int64 (2,): [0] is polled, and nonzero cancels; to [1] the made particle-steps are added.

    Returns:
        1 when cancelled, else 0.
    """
    n_dimensions = starts.shape[0]
    n_steps = learning_rates.shape[0]
    value, gradient = n_dimensions, n_dimensions + 1
    previous = np.empty((n_dimensions, BLOCK))
    stopped = np.zeros(BLOCK, np.int64)
    for begin in range(first_particle, end_particle, BLOCK):
        n = min(BLOCK, end_particle - begin)
        for k in range(n_dimensions):
            state[k, :n] = starts[k, begin : begin + n]
        for s in range(initial_state.shape[0]):
            for k in range(n_dimensions):
                state[n_dimensions * (s + 1) + k, :n] = initial_state[s]
        stopped[:] = 0
        any_stopped = False
        record = 0
        unreported = 0
        for t in range(n_steps + 1):
            if t % STEPS_BETWEEN_REPORTS == 0:
                if signals[0] != 0:
                    return 1
                signals[1] += unreported * n
                unreported = 0
            unreported += 1
            _copy(state, rows, n_dimensions, n)
            surface(code, scalars, rows, n)
            if any_stopped or not _all_finite(rows, value, 1 + n_dimensions, n):
                _stop_where_not_finite(rows, value, 1 + n_dimensions, n, stopped)
                any_stopped = True
                for i in range(n):
                    if stopped[i] != 0:
                        rows[value, i] = np.inf
            if t == record_steps[record]:
                for k in range(n_dimensions):
                    for i in range(n):
                        positions[record, k, begin + i] = state[k, i]
                for i in range(n):
                    losses[record, begin + i] = rows[value, i]
                record += 1
            if t == n_steps:
                break
            factors[0] = learning_rates[t]
            factors[1] = t + 1.0
            if looks_ahead:
                look_ahead(state, rows, factors, n)
                surface(code, scalars, rows, n)
            if sign < 0.0:
                for k in range(gradient, value + n_outputs):
                    for i in range(n):
                        rows[k, i] = -rows[k, i]
            if noise_std > 0.0:
                add_noise(rows, gradient, n_dimensions, n, noise_std, seed, begin, t)
            _copy(state, previous, n_dimensions, n)
            update(state, rows, factors, n)
            if any_stopped or not _all_finite(state, 0, n_dimensions, n):
                _stop_where_not_finite(state, 0, n_dimensions, n, stopped)
                any_stopped = True
                for k in range(n_dimensions):
                    for i in range(n):
                        if stopped[i] != 0:
                            state[k, i] = previous[k, i]
        signals[1] += unreported * n
        for i in range(n):
            outcome = RUNNING
            norm = 0.0
            for k in range(n_dimensions):
                norm = np.hypot(norm, rows[gradient + k, i])
            if norm <= CONVERGED_GRADIENT_NORM:
                outcome = CONVERGED
            for k in range(n_dimensions):
                if not (domain[k, 0] <= state[k, i] <= domain[k, 1]):
                    outcome = LEFT_DOMAIN
            if stopped[i] != 0:
                outcome = DIVERGED
            outcomes[begin + i] = outcome
    return 0
