"""How a block of particles makes some steps of a race: by machine code for whole updates, by kernels, or not at all."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradsim.core.compiled import inlined
from gradsim.core.formula.program_kernel import NOT_FINITE, UNUSUAL, call_steps, run_program
from gradsim.core.formula.tape_layout import MAX_STRIP
from gradsim.core.kernel_calls import call_probe, call_update
from gradsim.core.race.blocks import (
    copy_rows,
    exchange_stopped,
    has_stopped,
    project,
    set_factors,
    set_stand_in_rates,
    stop_where_not_finite,
)
from gradsim.core.race.finiteness import all_finite
from gradsim.core.race.gradient import make_gradient
from gradsim.core.race.records import (
    has_each_step,
    loss_address,
    position_address,
    record_losses,
    record_positions,
)


@inlined
def evaluate_surface(native, tape_runner, code, scalars, rows, n_dimensions, n):
    """Evaluate the surface where the first rows say; return whether f and ∇f are finite for all ``n`` particles."""
    answer = run_program(native, tape_runner, code, scalars, rows, n)
    if answer & UNUSUAL != 0:
        return all_finite(rows, n_dimensions, 1 + n_dimensions, n)
    return answer & NOT_FINITE == 0


@inlined
def gather_gradient(surface, look_ahead, probe, rule, options, n_dimensions, n, begin, t, asking, stopped):
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
            evaluate_surface(native, tape_runner, code, scalars, rows, n_dimensions, n)
        make_gradient(options, rows, n_dimensions, surface.n_outputs, n, state, begin, t)
    return n_asked


@inlined
def make_whole_steps(
    step, surface, rule, records, record, aside, stopped, any_stopped, live, begin, n, first_step, t, end
):  # fmt: skip
    """Make the updates ``t`` … ``end`` − 1 by machine code, and record what is to be recorded, the next as ``record``.

    Stopped particles are recorded where they stand ``aside``; copies of particle ``live`` race for them. Returns false
    where particles diverge, or an argument is beyond the range of its functions: the state and these records are then
    worth nothing.
    """
    rows, scalars, n_dimensions = surface.rows, surface.scalars, aside.shape[0]
    state, factors, rates, rate_places = rule.state, rule.factors, rule.learning_rates, rule.rate_places
    rate_stride = 1 if rates.shape[0] > 1 else 0
    sets_rates = rate_stride > 0 and rate_places.shape[0] > 0
    steps, row_length = records.steps, records.losses.shape[1]
    while t < end:
        is_recorded = t == steps[record]
        streams = is_recorded and records.streams and not any_stopped  # the machine code does it beside the race
        positions = position_address(records, record, n_dimensions, begin) if streams else 0
        losses = loss_address(records, record, begin) if streams else 0
        if is_recorded and not streams:
            exchange_stopped(state, aside, stopped, any_stopped, n)
            record_positions(records, record, state, n_dimensions, begin, n)
            exchange_stopped(state, aside, stopped, any_stopped, n)
        if sets_rates:
            set_factors(factors, rates, rate_places, begin, n, t, first_step)
            if any_stopped or n % MAX_STRIP != 0:
                set_stand_in_rates(factors, stopped, live, n)
        # The losses that are written are those before the last update made at once.
        n_made = 1 if is_recorded or sets_rates else min(end, steps[record]) - t
        if streams and not sets_rates and has_each_step(steps, record, t, end):
            n_made = end - t
        place = (t - first_step) * rate_stride
        answer = call_steps(
            step, state, rows, scalars, factors, rates, n, t, n_made, place, rate_stride, positions, losses, row_length
        )
        if answer != 0:
            return False
        if streams:
            record += n_made
        elif is_recorded:
            for i in range(n if any_stopped else 0):
                if stopped[i] != 0:
                    rows[n_dimensions, i] = np.inf
            record_losses(records, record, rows, n_dimensions, begin, n)
            record += 1
        t += n_made
    return True


@inlined
def make_steps(
    surface, update, look_ahead, probe, rule, options, is_plain, records, record, kept, stopped, asking, begin, n,
    first_step, t, end, n_asked,
):  # fmt: skip
    """Make the updates ``t`` … ``end`` − 1 by kernels, and record what is to be recorded, the next as ``record``.

    At the last step of ``records``, which is only evaluated, ``t`` and ``end`` are the same. Particles that diverge are
    marked as ``stopped``. Returns ``n_asked``, to which the gradients are added that probes have asked for.
    """
    native, tape_runner, rows = surface.native, surface.tape_runner, surface.rows
    code, scalars = surface.code, surface.scalars
    state, factors, rates, rate_places = rule.state, rule.factors, rule.learning_rates, rule.rate_places
    value = n_dimensions = kept.shape[0]
    # The rows still hold the position when the update has been made, unless the rule has looked elsewhere meanwhile.
    wanders = rule.looks_ahead or rule.max_probes > 0
    previous = kept if wanders else rows
    any_stopped = has_stopped(stopped, n)
    for now in range(t, max(end, t + 1)):
        copy_rows(state, rows, n_dimensions, n)
        is_finite = evaluate_surface(native, tape_runner, code, scalars, rows, n_dimensions, n)
        if any_stopped or not is_finite:
            stop_where_not_finite(rows, value, 1 + n_dimensions, n, stopped)
            any_stopped = True
            for i in range(n):
                if stopped[i] != 0:
                    rows[value, i] = np.inf
        if now == records.steps[record]:
            record_positions(records, record, state, n_dimensions, begin, n)
            record_losses(records, record, rows, value, begin, n)
            records.evaluations[record] += n_asked
            record += 1
        if now == end:
            break
        set_factors(factors, rates, rate_places, begin, n, now, first_step)
        if wanders:
            copy_rows(state, kept, n_dimensions, n)
        if not is_plain:
            n_asked += gather_gradient(
                surface, look_ahead, probe, rule, options, n_dimensions, n, begin, now, asking, stopped
            )
        n_bad = call_update(update, state, rows, factors, n)
        if rule.projects:
            project(rule, n_dimensions, n)
        if any_stopped or n_bad > 0:
            stop_where_not_finite(state, np.int64(0), n_dimensions, n, stopped)
            any_stopped = True
            for k in range(n_dimensions):
                for i in range(n):
                    if stopped[i] != 0:
                        state[k, i] = previous[k, i]
    return n_asked


@inlined
def stand_still(surface, rule, records, record, n_dimensions, begin, n, end, n_asked):
    """Record particles that have all diverged, up to step ``end`` − 1."""
    rows = surface.rows
    for i in range(n):
        rows[n_dimensions, i] = np.inf
    while records.steps[record] < end:
        record_positions(records, record, rule.state, n_dimensions, begin, n)
        record_losses(records, record, rows, n_dimensions, begin, n)
        records.evaluations[record] += n_asked
        record += 1
