"""Antialiased lines, added to the weighted colours of a layer: thin ones, and those whose joints can be seen."""

from __future__ import annotations

import numpy as np

from gradsim.core.compiled import inlined

TILE = 32  # pixels; only tiles that a line may have touched are blended
FAR = 1e12  # pixels; float64 still places a line from here to within a thousandth of a pixel


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


@inlined
def bisector(xb, yb, xa, ya, xc, yc):  # type: ignore[no-untyped-def]
    """Return (is_joined, nx, ny): whether a path from b over a to c bends at a, and along which way its halves part.

    What lies towards the unit vector n, as seen from a, is nearer to the half that leads to c.
    """
    length_1 = np.sqrt((xa - xb) * (xa - xb) + (ya - yb) * (ya - yb))
    length_2 = np.sqrt((xc - xa) * (xc - xa) + (yc - ya) * (yc - ya))
    if not (0.0 < length_1 < FAR and 0.0 < length_2 < FAR):
        return False, 0.0, 0.0
    ux, uy = (xa - xb) / length_1, (ya - yb) / length_1
    nx, ny = ux + (xc - xa) / length_2, uy + (yc - ya) / length_2
    norm = np.sqrt(nx * nx + ny * ny)
    if norm < 1e-6:  # it turns back: each half keeps one side
        return True, -uy, ux
    return True, nx / norm, ny / norm


@inlined
def add_joined_line(  # type: ignore[no-untyped-def]
    sums, touched, xa, ya, xb, yb, longest, line_width, weight, blue, green, red,
    joins_a, nxa, nya, joins_b, nxb, nyb,
):  # fmt: skip
    """Add an antialiased line with round ends from b to a, in pixels; return its length inside the picture.

    Where it is joined to another piece of its path, each pixel belongs to the nearer of the two, so that they neither
    overlap nor leave a gap: ``bisector`` says which. n points from the newer piece to the older one.
    """
    height, width = sums.shape[0], sums.shape[1]
    corner_xa, corner_ya, corner_xb, corner_yb = xa, ya, xb, yb
    visible, xa, ya, xb, yb = clip_segment(xa, ya, xb, yb, line_width + 1.0, width, height)
    if not visible:
        return 0.0
    dx, dy = xa - xb, ya - yb
    length = np.sqrt(dx * dx + dy * dy)
    if length < 1e-6:
        return 0.0
    ux, uy = dx / length, dy / length
    if length > longest:
        xa, ya = xb + ux * longest, yb + uy * longest
        length = longest
    flat_sums = sums.reshape(-1)
    half = 0.5 * line_width
    reach = half + 1.0
    low_x, high_x, low_y, high_y = min(xa, xb) - reach, max(xa, xb) + reach, min(ya, yb) - reach, max(ya, yb) + reach
    touch_tiles(touched, low_x, low_y, high_x, high_y)
    for j in range(max(0, int(np.floor(low_y))), min(height - 1, int(np.floor(high_y))) + 1):
        y = j + 0.5
        first_x, last_x = low_x, high_x
        if abs(uy) > 1e-9:  # the part of the row within reach of the line that the piece lies on
            middle = xb + (y - yb) * (ux / uy)
            first_x, last_x = max(low_x, middle - reach / abs(uy)), min(high_x, middle + reach / abs(uy))
        for i in range(max(0, int(np.floor(first_x))), min(width - 1, int(np.floor(last_x))) + 1):
            x = i + 0.5
            along = min(length, max(0.0, (x - xb) * ux + (y - yb) * uy))
            away_x, away_y = x - xb - along * ux, y - yb - along * uy
            cover = min(1.0, half + 0.5 - np.sqrt(away_x * away_x + away_y * away_y))
            if joins_b:
                cover *= min(1.0, max(0.0, 0.5 + (x - corner_xb) * nxb + (y - corner_yb) * nyb))
            if joins_a:
                cover *= min(1.0, max(0.0, 0.5 - (x - corner_xa) * nxa - (y - corner_ya) * nya))
            if cover > 0.0:
                add_to_pixel(flat_sums, j * width + i, np.float32(weight * cover), blue, green, red)
    return length
