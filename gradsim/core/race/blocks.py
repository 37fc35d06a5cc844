"""What happens to a block of particles around the updates of its rule: where it begins, what stops it, how it ends."""

from __future__ import annotations

import numpy as np

from gradsim.core.compiled import inlined
from gradsim.core.formula.tape_layout import MAX_STRIP
from gradsim.core.run import CONVERGED, DIVERGED, LEFT_DOMAIN, RUNNING

CONVERGED_GRADIENT_NORM = 1e-8


@inlined
def copy_rows(source, target, n_rows, n):  # type: ignore[no-untyped-def]
    """Copy the first rows, without views, which would be reference-counted at every step."""
    for k in range(n_rows):
        for i in range(n):
            target[k, i] = source[k, i]


@inlined
def stop_where_not_finite(rows, first, count, n, stopped):  # type: ignore[no-untyped-def]
    for k in range(first, first + count):
        for i in range(n):
            if not np.isfinite(rows[k, i]):
                stopped[i] = 1


@inlined
def begin_block(rule, starts, before, begin, n):  # type: ignore[no-untyped-def]
    """Put the particles of a block to where they were ``before``, else to their starts with a fresh state.

    They get the hyperparameters of their own.
    """
    state, n_dimensions = rule.state, starts.shape[0]
    for k in range(before.shape[0]):
        for i in range(n):
            state[k, i] = before[k, begin + i]
    if before.shape[0] == 0:
        for k in range(n_dimensions):
            for i in range(n):
                state[k, i] = starts[k, begin + i]
        for row in range(rule.initial_values.shape[0]):
            axis = rule.initial_axes[row]
            for i in range(n):
                state[n_dimensions + row, i] = rule.initial_values[row] if axis < 0 else starts[axis, begin + i]
    factors = rule.factors
    for k in range(rule.varied.shape[0]):
        row = rule.varied[k]
        for i in range(n):
            factors[row, i] = rule.varied_values[k, begin + i]
    if rule.learning_rates.shape[0] == 1 and rule.rate_places.shape[0] > 0:
        for i in range(n):
            factors[0, i] = rule.learning_rates[0, rule.rate_places[begin + i]]


@inlined
def find_live(stopped, n):  # type: ignore[no-untyped-def]
    """Return the first particle that has not stopped; ``n`` when all have."""
    for i in range(n):
        if stopped[i] == 0:
            return i
    return n


@inlined
def has_stopped(stopped, n):  # type: ignore[no-untyped-def]
    """Whether any particle has. By a loop: for the maximum of a slice, numba compiles half a second longer."""
    found = 0
    for i in range(n):
        found |= stopped[i]
    return found != 0


@inlined
def exchange_stopped(state, aside, stopped, any_stopped, n):  # type: ignore[no-untyped-def]
    """Exchange the positions of stopped particles with those that are kept ``aside``, float64 (D, BLOCK)."""
    for k in range(aside.shape[0] if any_stopped else 0):
        for i in range(n):
            if stopped[i] != 0:
                state[k, i], aside[k, i] = aside[k, i], state[k, i]


@inlined
def send_stand_ins(rule, aside, stopped, live, n):  # type: ignore[no-untyped-def]
    """Let copies of particle ``live`` race for those that have stopped, whose positions are kept ``aside``.

    Machine code may then race the whole block: nothing of it is infinite. The same goes for the places behind the last
    particle, up to the end of a strip.
    """
    state, factors, varied = rule.state, rule.factors, rule.varied
    for i in range(end_of_strip(n)):
        if i >= n or stopped[i] != 0:
            for k in range(aside.shape[0]):
                aside[k, i] = state[k, i]
            for k in range(state.shape[0]):
                state[k, i] = state[k, live]
            for k in range(varied.shape[0]):
                factors[varied[k], i] = factors[varied[k], live]
    if rule.rate_places.shape[0] > 0:
        set_stand_in_rates(factors, stopped, live, n)


@inlined
def set_stand_in_rates(factors, stopped, live, n):  # type: ignore[no-untyped-def]
    """Give copies of particle ``live`` its learning rate: by another one they might diverge."""
    for i in range(end_of_strip(n)):
        if i >= n or stopped[i] != 0:
            factors[0, i] = factors[0, live]


@inlined
def end_of_strip(n):  # type: ignore[no-untyped-def]
    """Return ``n`` or, if that is not the end of a strip, where its last strip ends."""
    return (n + MAX_STRIP - 1) // MAX_STRIP * MAX_STRIP


@inlined
def set_factors(factors, rates, rate_places, begin, n, t, first_step):  # type: ignore[no-untyped-def]
    """Set the learning rate and the step of update ``t``."""
    if rate_places.shape[0] == 0:
        factors[0, 0] = rates[t - first_step if rates.shape[0] > 1 else 0, 0]
    elif rates.shape[0] > 1:
        for i in range(n):
            factors[0, i] = rates[t - first_step, rate_places[begin + i]]
    factors[1, 0] = t + 1.0


@inlined
def project(rule, n_dimensions, n):  # type: ignore[no-untyped-def]
    state = rule.state
    for k in range(n_dimensions):
        low, high = rule.box[k, 0], rule.box[k, 1]
        for i in range(n):
            x = state[k, i]
            x = low if x < low else x
            state[k, i] = high if x > high else x


@inlined
def tell_outcomes(outcomes, begin, n, rows, state, domain, n_dimensions, told, stopped):  # type: ignore[no-untyped-def]
    """Write what has become of a block. ``told`` is workspace: loops over numbers of one kind vectorise."""
    for i in range(n):
        told[i] = 0.0
    for k in range(n_dimensions):
        gradient = n_dimensions + 1 + k
        for i in range(n):
            told[i] += rows[gradient, i] * rows[gradient, i]
    for i in range(n):
        told[i] = 1.0 * CONVERGED if told[i] <= CONVERGED_GRADIENT_NORM**2 else 1.0 * RUNNING
    for k in range(n_dimensions):
        low, high = domain[k, 0], domain[k, 1]
        for i in range(n):
            told[i] = told[i] if (state[k, i] >= low) & (state[k, i] <= high) else 1.0 * LEFT_DOMAIN
    for i in range(n):
        told[i] = told[i] if stopped[i] == 0 else 1.0 * DIVERGED
    for i in range(n):
        outcomes[begin + i] = np.uint8(told[i])
