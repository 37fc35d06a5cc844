"""How the step loop writes what it records."""

from __future__ import annotations

from gradsim.core.compiled import inlined
from gradsim.core.formula.tape_kernel import BLOCK
from gradsim.core.streaming import LANES, LINE_BYTES, stream_lines

LARGE_RECORDING = 2**20  # losses of one optimizer, with positions 24 MiB


@inlined
def can_stream(records):  # type: ignore[no-untyped-def]
    """Whether the recording is too large for the caches, and every row of a block in it begins with a cache line."""
    positions, losses = records.positions, records.losses
    is_aligned = (positions.ctypes.data | losses.ctypes.data) % LINE_BYTES == 0 and losses.shape[1] % LANES == 0
    return is_aligned and losses.size >= LARGE_RECORDING


@inlined
def record_positions(records, record, state, n_dimensions, begin, n, streams):  # type: ignore[no-untyped-def]
    positions = records.positions
    if streams:
        address = positions.ctypes.data + 8 * (record * n_dimensions * positions.shape[2] + begin)
        for k in range(n_dimensions):
            stream_lines(state.ctypes.data + 8 * k * BLOCK, address + 8 * k * positions.shape[2], n // LANES)
    else:
        for k in range(n_dimensions):
            for i in range(n):
                positions[record, k, begin + i] = state[k, i]


@inlined
def record_losses(records, record, rows, value, begin, n, streams):  # type: ignore[no-untyped-def]
    losses = records.losses
    if streams:
        address = losses.ctypes.data + 8 * (record * losses.shape[1] + begin)
        stream_lines(rows.ctypes.data + 8 * value * BLOCK, address, n // LANES)
    else:
        for i in range(n):
            losses[record, begin + i] = rows[value, i]
