"""The one step loop that every race runs through, compiled once for all surfaces and optimizers."""

from __future__ import annotations

import numpy as np
from numba import types

from gradsim.core.compiled import inlined, kernel
from gradsim.core.finiteness import all_finite
from gradsim.core.formula.program_kernel import NOT_FINITE, UNUSUAL, call_steps, run_program
from gradsim.core.formula.tape_kernel import BLOCK, MATRIX
from gradsim.core.gradient import OPTIONS_TYPE, leaves_gradient, make_gradient
from gradsim.core.kernel_calls import call_probe, call_update
from gradsim.core.lifting import INTEGERS
from gradsim.core.particle_blocks import (
    begin_block,
    copy_rows,
    project,
    set_factors,
    stop_where_not_finite,
    tell_outcomes,
)
from gradsim.core.race_arguments import HANDOVER_TYPE, RECORDS_TYPE, SETTINGS_TYPE, SURFACE_TYPE
from gradsim.core.race_records import record_losses, record_positions
from gradsim.core.streaming import await_streams

STEPS_BETWEEN_REPORTS = 64


@inlined
def _run(native, tape_runner, code, scalars, rows, n_dimensions, n):  # type: ignore[no-untyped-def]
    """Evaluate the surface where the first rows say; return whether f and ∇f are finite for all ``n`` particles."""
    answer = run_program(native, tape_runner, code, scalars, rows, n)
    if answer & UNUSUAL != 0:
        return all_finite(rows, n_dimensions, 1 + n_dimensions, n)
    return answer & NOT_FINITE == 0


@inlined
def _gather_gradient(surface, look_ahead, probe, rule, options, n_dimensions, n, begin, t, asking, stopped):  # type: ignore[no-untyped-def]
    """Give the rule the gradient that it wants, from the surface as evaluated at the positions.

    Returns how many gradients probes have asked for.
    """
    native, tape_runner, rows = surface.native, surface.tape_runner, surface.rows
    code, scalars = surface.code, surface.scalars
    state, factors = rule.state, rule.factors
    n_asked = 0
    for i in range(n if rule.max_probes > 0 else 0):
        asking[i] = 1 - stopped[i]
    for k in range(1 + rule.max_probes):  # one place for all, as everything that is called here is compiled into it
        if k > 0:
            n_asking = call_probe(probe, state, rows, factors, n, asking, k - 1.0)
            if n_asking == 0:
                break
            n_asked += n_asking
        elif rule.looks_ahead:
            call_update(look_ahead, state, rows, factors, n)
        if k > 0 or rule.looks_ahead:
            _run(native, tape_runner, code, scalars, rows, n_dimensions, n)
        make_gradient(options, rows, n_dimensions, surface.n_outputs, n, state, begin, t)
    return n_asked


@inlined
def _make_whole_steps(  # type: ignore[no-untyped-def]
    step, rule, rows, scalars, records, n_dimensions, begin, n, first_step, signals
):
    """Race a block from ``first_step`` to the last step by machine code, and record all but the last.

    Returns the step that it has reached: an earlier one where particles diverge, where an argument is beyond the range
    of its functions, or when cancelled. The block then has to be raced anew.
    """
    n_steps = records.steps[-1]
    state, factors, rates = rule.state, rule.factors, rule.learning_rates
    rate_stride = 1 if rates.shape[0] > 1 else 0
    steps = records.steps
    record, t = np.int64(0), first_step
    while t < n_steps:
        if signals[0] != 0:
            return t
        is_recorded = t == steps[record]
        if is_recorded:
            record_positions(records, record, state, n_dimensions, begin, n)
        # The losses that are written are those before the last update made at once.
        n_made = 1 if is_recorded else min(STEPS_BETWEEN_REPORTS, steps[record] - t)
        place = (t - first_step) * rate_stride
        if call_steps(step, state, rows, scalars, factors, rates, n, t, n_made, place, rate_stride) != 0:
            signals[1] -= (t - first_step) * n
            return t
        if is_recorded:
            record_losses(records, record, rows, n_dimensions, begin, n)
            record += 1
        t += n_made
        signals[1] += n_made * n
    return n_steps


@kernel(
    types.int64(
        SURFACE_TYPE,
        types.int64,
        types.int64,
        types.int64,
        types.int64,
        SETTINGS_TYPE,
        OPTIONS_TYPE,
        MATRIX,
        types.int64,
        types.int64,
        RECORDS_TYPE,
        HANDOVER_TYPE,
        MATRIX,
        INTEGERS,
    )
)
def race_blocks(  # type: ignore[no-untyped-def]
    surface,
    step,
    update,
    look_ahead,
    probe,
    rule,
    options,
    starts,
    first_particle,
    end_particle,
    records,
    handover,
    domain,
    signals,
):
    """Race particles first_particle … end_particle−1 to the last step of ``records``, one block after another.

    Args:
        step: address of machine code that makes whole updates, as ``native_steps`` says, or 0. It is run where the rule
            takes the gradient as it is, all particles share their hyperparameters, and no box holds them.
        update, look_ahead, probe: addresses of the kernels of a ``LiftedRule``; 0 for what it has not.
        starts: float64 (D, particles).
        handover: where this part of the race begins, and for whom it ends.
        domain: float64 (D, 2).
        signals: int64 (2,): [0] is polled, and nonzero cancels; to [1] the made particle-steps are added.

    Returns:
        1 when cancelled, else 0.
    """
    n_dimensions = starts.shape[0]
    n_steps = records.steps[-1]
    value = n_dimensions
    before, behind = handover.before, handover.behind
    stopped_before, stopped_behind = handover.stopped_before, handover.stopped_behind
    # Arrays by themselves: whoever is handed a tuple counts references to all that are in it.
    native, tape_runner, rows = surface.native, surface.tape_runner, surface.rows
    code, scalars = surface.code, surface.scalars
    state, factors, rates, rate_places = rule.state, rule.factors, rule.learning_rates, rule.rate_places
    # The rows still hold the position when the update has been made, unless the rule has looked elsewhere meanwhile.
    wanders = rule.looks_ahead or rule.max_probes > 0
    is_plain = not wanders and leaves_gradient(options)
    if not is_plain or rule.projects or rate_places.shape[0] > 0 or rule.varied.shape[0] > 0:
        step = 0
    kept = np.empty((n_dimensions, BLOCK))
    previous = kept if wanders else rows
    stopped, asking = np.zeros(BLOCK, np.int64), np.zeros(BLOCK, np.int64)
    outcomes, told = records.outcomes, np.empty(BLOCK)
    for begin in range(first_particle, end_particle, BLOCK):
        n = min(BLOCK, end_particle - begin)
        begin_block(rule, starts, before, begin, n)
        stopped[:] = 0
        any_stopped = False
        if stopped_before.shape[0] > 0:
            for i in range(n):
                stopped[i] = stopped_before[begin + i]
                any_stopped = any_stopped or stopped[i] != 0
        first_step, record = handover.first_step, np.int64(0)
        unreported = 0
        n_asked = 0
        if step != 0 and not any_stopped:
            reached = _make_whole_steps(step, rule, rows, scalars, records, n_dimensions, begin, n, first_step, signals)
            if reached == n_steps:
                first_step, record = n_steps, records.steps.shape[0] - 1
            else:
                step = 0  # one particle that diverges is seldom alone
                begin_block(rule, starts, before, begin, n)
        for t in range(first_step, n_steps + 1):
            if t % STEPS_BETWEEN_REPORTS == 0:
                if signals[0] != 0:
                    return 1
                signals[1] += unreported * n
                unreported = 0
            unreported += 1
            copy_rows(state, rows, n_dimensions, n)
            is_finite = _run(native, tape_runner, code, scalars, rows, n_dimensions, n)
            if any_stopped or not is_finite:
                stop_where_not_finite(rows, value, 1 + n_dimensions, n, stopped)
                any_stopped = True
                for i in range(n):
                    if stopped[i] != 0:
                        rows[value, i] = np.inf
            if t == records.steps[record]:
                record_positions(records, record, state, n_dimensions, begin, n)
                record_losses(records, record, rows, value, begin, n)
                records.evaluations[record] += n_asked
                record += 1
            if t == n_steps:
                break
            set_factors(factors, rates, rate_places, begin, n, t, handover.first_step)
            if wanders:
                copy_rows(state, kept, n_dimensions, n)
            if not is_plain:
                n_asked += _gather_gradient(
                    surface, look_ahead, probe, rule, options, n_dimensions, n, begin, t, asking, stopped
                )
            n_bad = call_update(update, state, rows, factors, n)
            if rule.projects:
                project(rule, n_dimensions, n)
            if any_stopped or n_bad > 0:
                stop_where_not_finite(state, 0, n_dimensions, n, stopped)
                any_stopped = True
                for k in range(n_dimensions):
                    for i in range(n):
                        if stopped[i] != 0:
                            state[k, i] = previous[k, i]
        signals[1] += unreported * n
        tell_outcomes(outcomes, begin, n, rows, state, domain, n_dimensions, told, stopped)
        for k in range(behind.shape[0]):
            for i in range(n):
                behind[k, begin + i] = state[k, i]
        if stopped_behind.shape[0] > 0:
            for i in range(n):
                stopped_behind[begin + i] = stopped[i]
    if records.streams:
        await_streams()
    return 0


@kernel(
    types.void(
        SURFACE_TYPE,
        types.int64,
        types.int64,
        SETTINGS_TYPE,
        OPTIONS_TYPE,
        types.int64,
        types.int64,
    )
)
def prepare_update(surface, look_ahead, probe, rule, options, n_dimensions, t):  # type: ignore[no-untyped-def]
    """Do for the first particle of a race all that comes before update ``t``.

    The surface's rows then hold what the update sees.
    """
    native, tape_runner, rows = surface.native, surface.tape_runner, surface.rows
    code, scalars = surface.code, surface.scalars
    begin, n = np.int64(0), np.int64(1)  # for literal numbers, numba would compile all that is called once more
    set_factors(rule.factors, rule.learning_rates, rule.rate_places, begin, n, t, t)
    copy_rows(rule.state, rows, n_dimensions, n)
    _run(native, tape_runner, code, scalars, rows, n_dimensions, n)
    no, asking = np.zeros(n, np.int64), np.zeros(n, np.int64)
    _gather_gradient(surface, look_ahead, probe, rule, options, n_dimensions, n, begin, t, asking, no)
