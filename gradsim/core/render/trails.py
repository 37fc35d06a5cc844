"""Trails: antialiased lines gathered in an order-independent weighted average, laid over the map where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradsim.core.compiled import inlined, kernel

TILE = 32  # pixels; only tiles that a line may have touched are blended
MIN_SEGMENT = 0.75  # widths of the line; shorter pieces are joined to the next one
FAR = 1e12  # pixels; float64 still places a line from here to within a thousandth of a pixel


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
def add_to_pixel(flat_sums, pixel, weight, blue, green, red):  # type: ignore[no-untyped-def]
    """Add to ``pixel`` = row · width + column; unsigned, as numba tests signed indices for being negative."""
    at = np.uintp(4 * pixel)
    flat_sums[at] += weight * blue
    flat_sums[at + np.uintp(1)] += weight * green
    flat_sums[at + np.uintp(2)] += weight * red
    flat_sums[at + np.uintp(3)] += weight


@inlined
def clip_segment(xa, ya, xb, yb, margin, width, height):  # type: ignore[no-untyped-def]
    """Liang–Barsky: return (visible, xa, ya, xb, yb) of the part inside the picture and ``margin`` around it."""
    reach_a = max(abs(xa), abs(ya))
    reach_b = max(abs(xb), abs(yb))
    # Also false for nan. A line between two points this far away has no digits left for where it would cross.
    if not (min(reach_a, reach_b) < FAR and max(reach_a, reach_b) < np.inf):
        return False, xa, ya, xb, yb
    swapped = reach_a > reach_b
    if swapped:  # measured from the nearer end, so that rounding stays small
        xa, ya, xb, yb = xb, yb, xa, ya
    dx = xb - xa
    dy = yb - ya
    first = 0.0
    last = 1.0
    for side in range(4):
        if side == 0:
            p, q = -dx, xa + margin
        elif side == 1:
            p, q = dx, width + margin - xa
        elif side == 2:
            p, q = -dy, ya + margin
        else:
            p, q = dy, height + margin - ya
        if p == 0.0:
            if q < 0.0:
                return False, xa, ya, xb, yb
        elif p < 0.0:
            first = max(first, q / p)
        else:
            last = min(last, q / p)
    if first > last:
        return False, xa, ya, xb, yb
    x1 = xa + first * dx
    y1 = ya + first * dy
    x2 = xa + last * dx if last < 1.0 else xb
    y2 = ya + last * dy if last < 1.0 else yb
    if swapped:
        return True, x2, y2, x1, y1
    return True, x1, y1, x2, y2


@inlined
def touch_tiles(touched, x_low, y_low, x_high, y_high):  # type: ignore[no-untyped-def]
    """Mark the tiles of a box in pixels; the box may stick out of the picture."""
    n_down, n_across = touched.shape
    first_x = max(0, int(x_low) // TILE)
    last_x = min(n_across - 1, int(x_high) // TILE)
    for ty in range(max(0, int(y_low) // TILE), min(n_down - 1, int(y_high) // TILE) + 1):
        for tx in range(first_x, last_x + 1):
            touched[ty, tx] = 1


@inlined
def add_line(sums, touched, xa, ya, xb, yb, longest, line_width, weight, blue, green, red):  # type: ignore[no-untyped-def]
    """Add an antialiased line from b to a, in pixels, ``longest`` at most; return its length inside the picture.

    It is walked along its longer direction; each pixel across gets the part of it that the line covers. Ends are cut
    off square to that direction, so that the pieces of a path neither overlap nor leave gaps.
    """
    height, width = sums.shape[0], sums.shape[1]
    visible, xa, ya, xb, yb = clip_segment(xa, ya, xb, yb, line_width + 1.0, width, height)
    if not visible:
        return 0.0
    dx = xb - xa
    dy = yb - ya
    length = np.sqrt(dx * dx + dy * dy)
    if length < 1e-6:
        return 0.0
    if length > longest:
        xa = xb - dx * (longest / length)
        ya = yb - dy * (longest / length)
        length = longest
    flat_sums = sums.reshape(-1)
    steep = abs(dy) > abs(dx)
    if steep:
        xa, ya, xb, yb = ya, xa, yb, xb
        n_along, n_across, step_along, step_across = height, width, width, 1
    else:
        n_along, n_across, step_along, step_across = width, height, 1, width
    if xa > xb:
        xa, ya, xb, yb = xb, yb, xa, ya
    slope = (yb - ya) / (xb - xa)
    half = max(0.5, 0.5 * line_width * np.sqrt(1.0 + slope * slope))
    low_side = min(ya, yb) - half - 1.0
    high_side = max(ya, yb) + half + 1.0
    if steep:
        touch_tiles(touched, low_side, xa, high_side, xb)
    else:
        touch_tiles(touched, xa, low_side, xb, high_side)
    for i in range(max(0, int(np.floor(xa))), min(n_along - 1, int(np.floor(xb))) + 1):
        low = max(float(i), xa)
        high = min(float(i + 1), xb)
        center = ya + slope * (0.5 * (low + high) - xa)
        along = (high - low) * weight
        first = max(0, int(np.floor(center - half)))
        last = min(n_across - 1, int(np.floor(center + half)))
        for j in range(first, last + 1):
            cover = min(1.0, half + 0.5 - abs(j + 0.5 - center))
            if cover > 0.0:
                pixel = i * step_along + j * step_across
                add_to_pixel(flat_sums, pixel, np.float32(along * cover), blue, green, red)
    return length


@kernel(
    "void(float32[:, :, ::1], uint8[:, ::1], float64[:, :, :], float64[:, :, :], int64[::1], float64[:, :],"
    "float64[:, :], float64, float64, float64[::1], float32[:, ::1], float64, float64, int64, float64)"
)
def add_trails(  # type: ignore[no-untyped-def]
    sums, touched, x, y, steps, head_x, head_y, step, n_steps, transform, colors, line_width, weight, stride, budget
):
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
    """
    scale_x, offset_x, scale_y, offset_y = transform[0], transform[1], transform[2], transform[3]
    oldest = step - n_steps
    last_record = np.searchsorted(steps, step, side="left") - 1  # the newest record strictly before the head
    for o in range(x.shape[0]):
        blue, green, red = colors[o, 0], colors[o, 1], colors[o, 2]
        for p in range(x.shape[2]):
            xb = (head_x[o, p] - offset_x) * scale_x
            yb = (head_y[o, p] - offset_y) * scale_y
            newer = step
            drawn = 0.0
            data_x, data_y = head_x[o, p], head_y[o, p]
            r = last_record - last_record % stride
            while r >= 0 and newer > oldest and drawn < budget:
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
                age = (step - 0.5 * (older + newer)) / n_steps
                used = drawn / budget
                # Old parts stay in sight, so that a finished race shows its paths; only the very end fades out.
                fade = (0.3 + 0.7 * (1.0 - age) * np.sqrt(1.0 - age)) * min(1.0, 10.0 * (1.0 - age))
                fade *= 1.0 - used * used
                drawn += add_line(
                    sums, touched, xa, ya, xb, yb, budget - drawn, line_width, weight * fade, blue, green, red
                )
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
