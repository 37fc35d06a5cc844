"""How the step loop writes what it records."""

from __future__ import annotations

from gradsim.core.compiled import inlined
from gradsim.core.formula.tape_layout import BLOCK
from gradsim.core.race.streaming import LANES, stream_lines


@inlined
def has_each_step(steps, record, t, end):  # type: ignore[no-untyped-def]
    """Whether every step from ``t`` to ``end`` − 1 is recorded, the first as ``record``."""
    last = record + end - t - 1
    return last < steps.shape[0] and steps[last] == end - 1


@inlined
def position_address(records, record, n_dimensions, begin):  # type: ignore[no-untyped-def]
    return records.positions.ctypes.data + 8 * (record * n_dimensions * records.positions.shape[2] + begin)


@inlined
def loss_address(records, record, begin):  # type: ignore[no-untyped-def]
    return records.losses.ctypes.data + 8 * (record * records.losses.shape[1] + begin)


@inlined
def record_positions(records, record, state, n_dimensions, begin, n):  # type: ignore[no-untyped-def]
    positions = records.positions
    if records.streams:
        n_lines = (n + LANES - 1) // LANES  # rows are padded to whole lines
        address = position_address(records, record, n_dimensions, begin)
        for k in range(n_dimensions):
            stream_lines(state.ctypes.data + 8 * k * BLOCK, address + 8 * k * positions.shape[2], n_lines)
    else:
        for k in range(n_dimensions):
            for i in range(n):
                positions[record, k, begin + i] = state[k, i]


@inlined
def record_losses(records, record, rows, value, begin, n):  # type: ignore[no-untyped-def]
    losses = records.losses
    if records.streams:
        n_lines = (n + LANES - 1) // LANES
        stream_lines(rows.ctypes.data + 8 * value * BLOCK, loss_address(records, record, begin), n_lines)
    else:
        for i in range(n):
            losses[record, begin + i] = rows[value, i]
