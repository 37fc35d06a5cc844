"""The one loop over blocks and steps that every race runs through, compiled once for all surfaces and optimizers."""

from __future__ import annotations

import numpy as np
from numba import types

from gradsim.core.compiled import kernel
from gradsim.core.formula.tape_layout import BLOCK, MATRIX, MAX_STRIP
from gradsim.core.race.arguments import HANDOVER_TYPE, RECORDS_TYPE, SETTINGS_TYPE, STARTS, SURFACE_TYPE
from gradsim.core.race.blocks import (
    begin_block,
    copy_rows,
    exchange_stopped,
    find_live,
    has_stopped,
    send_stand_ins,
    set_factors,
    tell_outcomes,
)
from gradsim.core.race.gradient import OPTIONS_TYPE, leaves_gradient
from gradsim.core.race.lifting import INTEGERS
from gradsim.core.race.steps import evaluate_surface, gather_gradient, make_steps, make_whole_steps, stand_still
from gradsim.core.race.streaming import await_streams

CHUNK = 64
"""Steps that a block makes between two looks at the signals, and from which it can be raced anew."""


@kernel(
    types.int64(
        SURFACE_TYPE,
        types.int64,
        types.int64,
        types.int64,
        types.int64,
        SETTINGS_TYPE,
        OPTIONS_TYPE,
        STARTS,
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
            takes the gradient as it is and no box holds the particles.
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
    before, behind = handover.before, handover.behind
    stopped_before, stopped_behind = handover.stopped_before, handover.stopped_behind
    # Arrays by themselves: whoever is handed a tuple counts references to all that are in it.
    rows, state = surface.rows, rule.state
    is_plain = not rule.looks_ahead and rule.max_probes == 0 and leaves_gradient(options)
    if not is_plain or rule.projects:
        step = 0
    aside, earlier = np.empty((n_dimensions, BLOCK)), np.empty((state.shape[0], BLOCK))
    stopped, asking = np.zeros(BLOCK, np.int64), np.zeros(BLOCK, np.int64)
    outcomes, told = records.outcomes, np.empty(BLOCK)
    for begin in range(first_particle, end_particle, BLOCK):
        n = min(BLOCK, end_particle - begin)
        begin_block(rule, starts, before, begin, n)
        stopped[:] = 0
        for i in range(n if stopped_before.shape[0] > 0 else 0):
            stopped[i] = stopped_before[begin + i]
        n_failed, n_by_kernels = 0, 0
        first_step = handover.first_step
        t, record, n_asked = first_step, np.int64(0), np.int64(0)  # not literal: see prepare_update
        while t <= n_steps:
            if signals[0] != 0:
                return 1
            end = min(n_steps, t + CHUNK)
            live = find_live(stopped, n)
            is_done = live == n and t < end
            if is_done:
                stand_still(surface, rule, records, record, n_dimensions, begin, n, end, n_asked)
            elif step != 0 and n_by_kernels == 0 and t < end:
                any_stopped = has_stopped(stopped, n)
                if any_stopped or n % MAX_STRIP != 0:
                    send_stand_ins(rule, aside, stopped, live, n)
                copy_rows(state, earlier, state.shape[0], n)
                is_done = make_whole_steps(
                    step,
                    surface,
                    rule,
                    records,
                    record,
                    aside,
                    stopped,
                    any_stopped,
                    live,
                    begin,
                    n,
                    first_step,
                    t,
                    end,
                )
                if not is_done:
                    if records.streams:
                        await_streams()  # the same places are written again
                    copy_rows(earlier, state, state.shape[0], n)
                    n_failed += 1
                    n_by_kernels = n_failed  # the oftener it fails, the less often it is tried
                exchange_stopped(state, aside, stopped, any_stopped, n)
            if not is_done:
                n_by_kernels = max(0, n_by_kernels - 1)
                n_asked = make_steps(
                    surface,
                    update,
                    look_ahead,
                    probe,
                    rule,
                    options,
                    is_plain,
                    records,
                    record,
                    aside,
                    stopped,
                    asking,
                    begin,
                    n,
                    first_step,
                    t,
                    end,
                    n_asked,
                )
            signals[1] += max(1, end - t) * n
            t = max(end, t + 1)
            while record < records.steps.shape[0] and records.steps[record] < t:
                record += 1
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
    evaluate_surface(native, tape_runner, code, scalars, rows, n_dimensions, n)
    no, asking = np.zeros(n, np.int64), np.zeros(n, np.int64)
    gather_gradient(surface, look_ahead, probe, rule, options, n_dimensions, n, begin, t, asking, no)
