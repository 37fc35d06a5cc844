"""Trails: antialiased lines gathered in an order-independent weighted average, laid over the map where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradsim.core.compiled import inlined, kernel
from gradsim.core.render.lines import TILE, add_joined_line, add_line, bisector

MIN_SEGMENT = 0.75  # widths of the line; shorter pieces are joined to the next one


@dataclass(frozen=True)
class Layer:
    """Weighted colours that wait to be blended into a picture.

    Attributes:
        sums: float32 (height, width, 4): Σ weight·(blue, green, red) and Σ weight; zero between frames.
        touched: uint8 (tiles down, tiles across): 1 where ``sums`` may differ from zero.
    """

    sums: NDArray[np.float32]
    touched: NDArray[np.uint8]

    @classmethod
    def empty(cls, width: int, height: int) -> Layer:
        """Return a layer for a picture of ``width`` × ``height`` pixels."""
        tiles = (-(-height // TILE), -(-width // TILE))
        return cls(np.zeros((height, width, 4), dtype=np.float32), np.zeros(tiles, dtype=np.uint8))

    def blend(self, picture: NDArray[np.uint8]) -> None:
        """Lay the colours over ``picture``, uint8 (height, width, 4): (below + Σwc) / (1 + Σw); then clear them."""
        blend_tiles(self.sums, self.touched, picture)


@inlined
def _last_before(steps, step):  # type: ignore[no-untyped-def]
    """Return the last record strictly before ``step``, −1 if there is none."""
    low, high = 0, steps.shape[0]
    while low < high:
        middle = (low + high) // 2
        if steps[middle] < step:
            low = middle + 1
        else:
            high = middle
    return low - 1


@kernel(
    "void(float32[:, :, ::1], uint8[:, ::1], float64[:, :, :], float64[:, :, :], int64[::1], float64[:, :],"
    "float64[:, :], float64, float64, float64[::1], float32[:, ::1], float64, float64, int64, float64, boolean)"
)
def add_trails(  # type: ignore[no-untyped-def]
    sums, touched, x, y, steps, head_x, head_y, step, n_steps, transform, colors, line_width, weight, stride, budget,
    joins,
):  # fmt: skip
    """Add the trail of every particle, from the head backwards, fading with age.

    Args:
        x, y: float64 (optimizers, records, particles): recorded positions.
        head_x, head_y: float64 (optimizers, particles): positions at ``step``.
        steps: int64 (records,).
        step, n_steps: the trail covers the steps from ``step - n_steps`` to ``step``.
        transform: pixels per unit of x, x of the left edge, pixels per unit of y (negative), y of the top edge.
        colors: float32 (optimizers, 3), blue, green, red.
        stride: records from one vertex to the next; vertices are multiples of it, so that a trail does not flicker.
        budget: pixels of line a particle may take; the trail fades out towards it.
        joins: whether pieces are joined without notches, which shows on wide lines and takes four times as long.
    """
    scale_x, offset_x, scale_y, offset_y = transform[0], transform[1], transform[2], transform[3]
    oldest = step - n_steps
    last_record = _last_before(steps, step)
    for o in range(x.shape[0]):
        blue, green, red = colors[o, 0], colors[o, 1], colors[o, 2]
        for p in range(x.shape[2]):
            xb = (head_x[o, p] - offset_x) * scale_x
            yb = (head_y[o, p] - offset_y) * scale_y
            newer = step
            drawn = 0.0
            data_x, data_y = head_x[o, p], head_y[o, p]
            # A piece waits, from (wait_xb, wait_yb) to (xb, yb), until it is known how the next one is joined to it.
            waits, wait_xb, wait_yb, wait_weight = False, 0.0, 0.0, 0.0
            joins_b, nxb, nyb = step < oldest, 0.0, 0.0  # false, but not literally: numba would compile the line twice
            r = last_record - last_record % stride
            while True:
                goes_on = r >= 0 and newer > oldest and drawn < budget
                older = newer
                next_x, next_y, xa, ya = data_x, data_y, xb, yb
                if goes_on:
                    older = float(steps[r])
                    next_x, next_y = x[o, r, p], y[o, r, p]
                    if older < oldest:  # the last, fractional piece
                        share = (oldest - older) / (newer - older)
                        next_x += share * (data_x - next_x)
                        next_y += share * (data_y - next_y)
                        older = oldest
                    xa = (next_x - offset_x) * scale_x
                    ya = (next_y - offset_y) * scale_y
                    is_last = r - stride < 0 or older <= oldest
                    r -= stride
                    if abs(xa - xb) + abs(ya - yb) < MIN_SEGMENT * line_width and not is_last:
                        continue
                joins_a, nxa, nya = False, 0.0, 0.0
                if waits and drawn < budget:
                    if joins:
                        if goes_on:
                            joins_a, nxa, nya = bisector(wait_xb, wait_yb, xb, yb, xa, ya)
                        drawn += add_joined_line(
                            sums, touched, xb, yb, wait_xb, wait_yb, budget - drawn, line_width, wait_weight,
                            blue, green, red, joins_a, nxa, nya, joins_b, nxb, nyb,
                        )  # fmt: skip
                    else:
                        drawn += add_line(
                            sums, touched, xb, yb, wait_xb, wait_yb, budget - drawn, line_width, wait_weight,
                            blue, green, red,
                        )  # fmt: skip
                if not goes_on:
                    break
                age = (step - 0.5 * (older + newer)) / n_steps
                used = drawn / budget
                # Old parts stay in sight, so that a finished race shows its paths; only the very end fades out.
                fade = (0.3 + 0.7 * (1.0 - age) * np.sqrt(1.0 - age)) * min(1.0, 10.0 * (1.0 - age))
                waits, wait_xb, wait_yb, wait_weight = True, xb, yb, weight * fade * (1.0 - used * used)
                joins_b, nxb, nyb = joins_a, nxa, nya
                xb, yb = xa, ya
                data_x, data_y = next_x, next_y
                newer = older


@kernel("void(float32[:, :, ::1], uint8[:, ::1], uint8[:, :, ::1])")
def blend_tiles(sums, touched, picture):  # type: ignore[no-untyped-def]
    """picture = (picture + Σwc) / (1 + Σw) where tiles were touched; their sums and marks are cleared."""
    height, width = picture.shape[0], picture.shape[1]
    for ty in range(touched.shape[0]):
        for tx in range(touched.shape[1]):
            if touched[ty, tx] == 0:
                continue
            touched[ty, tx] = 0
            for j in range(ty * TILE, min(height, (ty + 1) * TILE)):
                for i in range(tx * TILE, min(width, (tx + 1) * TILE)):
                    weight = sums[j, i, 3]
                    if weight > np.float32(0.0):
                        k = np.float32(1.0) / (np.float32(1.0) + weight)
                        for c in range(3):
                            below = np.float32(picture[j, i, c])
                            picture[j, i, c] = np.uint8((below + sums[j, i, c]) * k + np.float32(0.5))
                            sums[j, i, c] = 0.0
                        sums[j, i, 3] = 0.0
