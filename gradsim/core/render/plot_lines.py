"""Antialiased curves and bands of a plot as pixels; the interpreter is free while they are drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numba import types
from numpy.typing import NDArray

from gradsim.core.compiled import inlined, kernel
from gradsim.core.render.palette import rgb

Floats = NDArray[np.float64]

CANVAS = types.float32[:, :, ::1]
POINTS = types.float64[:, ::1]
FIRSTS = types.int64[::1]
COLORS = types.float32[:, ::1]


@inlined
def _blend(pixel, color, alpha):  # type: ignore[no-untyped-def]
    """Lay a colour with opacity ``alpha`` over a premultiplied pixel: blue, green, red, opacity, all 0…1."""
    for channel in range(3):
        pixel[channel] = pixel[channel] * (1.0 - alpha) + color[channel] * alpha
    pixel[3] = pixel[3] * (1.0 - alpha) + alpha


@kernel(types.void(CANVAS, POINTS, FIRSTS, COLORS, types.float64))
def _fill_bands(canvas, points, firsts, colors, alpha):  # type: ignore[no-untyped-def]
    """Fill between the rows (x, top, bottom) of ``points``; a NaN is a gap."""
    height, width, _ = canvas.shape
    for k in range(len(firsts) - 1):
        for i in range(firsts[k], firsts[k + 1] - 1):
            x0, x1 = points[i, 0], points[i + 1, 0]
            rise = points[i, 1] + points[i, 2] + points[i + 1, 1] + points[i + 1, 2]
            if not math.isfinite(rise) or not x1 > x0:
                continue
            for column in range(max(0, math.ceil(x0 - 0.5)), min(width, math.ceil(x1 - 0.5))):
                share = (column + 0.5 - x0) / (x1 - x0)
                top = max(0.0, points[i, 1] + share * (points[i + 1, 1] - points[i, 1]))
                bottom = min(float(height), points[i, 2] + share * (points[i + 1, 2] - points[i, 2]))
                for row in range(int(top), min(height, math.ceil(bottom))):
                    covered = min(bottom, row + 1.0) - max(top, float(row))
                    if covered > 0.0:
                        _blend(canvas[row, column], colors[k], alpha * covered)


@inlined
def _cover(mask, x0, y0, x1, y1, half_width):  # type: ignore[no-untyped-def]
    """Raise ``mask`` to how much of each pixel a line with round ends covers."""
    height, width = mask.shape
    reach = half_width + 1.0
    along_x, along_y = x1 - x0, y1 - y0
    square = along_x * along_x + along_y * along_y
    first, last = max(0.0, min(y0, y1) - reach), min(float(height), max(y0, y1) + reach)
    for row in range(int(first), math.ceil(last)):
        y = row + 0.5
        low, high = min(x0, x1) - reach, max(x0, x1) + reach
        if abs(along_y) > 1.0:  # of a steep line only the part near this row matters
            slant = along_x / along_y
            a, b = x0 + (y - reach - y0) * slant, x0 + (y + reach - y0) * slant
            low, high = max(low, min(a, b) - reach), min(high, max(a, b) + reach)
        for column in range(max(0, int(low)), min(width, math.ceil(high))):
            x = column + 0.5
            share = 0.0
            if square > 0.0:
                share = min(1.0, max(0.0, ((x - x0) * along_x + (y - y0) * along_y) / square))
            away = math.hypot(x - x0 - share * along_x, y - y0 - share * along_y)
            mask[row, column] = max(mask[row, column], min(1.0, max(0.0, half_width + 0.5 - away)))


@kernel(types.void(CANVAS, POINTS, FIRSTS, COLORS, types.float64))
def _draw_lines(canvas, points, firsts, colors, half_width):  # type: ignore[no-untyped-def]
    """Draw through the rows (x, y) of ``points``; a NaN is a gap, a point between two gaps a dot."""
    height, width, _ = canvas.shape
    mask = np.zeros((height, width), dtype=np.float32)
    for k in range(len(firsts) - 1):
        before = False
        for i in range(firsts[k], firsts[k + 1]):
            here = math.isfinite(points[i, 1])
            after = i + 1 < firsts[k + 1] and math.isfinite(points[i + 1, 1])
            if here and after:
                _cover(mask, points[i, 0], points[i, 1], points[i + 1, 0], points[i + 1, 1], half_width)
            elif here and not before:
                _cover(mask, points[i, 0], points[i, 1], points[i, 0], points[i, 1], half_width)
            before = here
        for row in range(height):
            for column in range(width):
                if mask[row, column] > 0.0:
                    _blend(canvas[row, column], colors[k], mask[row, column])
                    mask[row, column] = 0.0


def draw_plot(
    width: int,
    height: int,
    lines: Sequence[Floats],
    *,
    bands: Sequence[Floats],
    colors: Sequence[str],
    line_width: float,
    band_alpha: float,
) -> NDArray[np.uint8]:
    """Return a transparent picture of curves over their bands, uint8 (height, width, 4) premultiplied BGRA.

    Coordinates are pixels: (0, 0) is the outer corner of the top left one.

    Args:
        lines: float64 (n, 2) points (x, y) of each curve, x ascending; NaN in y is a gap.
        bands: float64 (n, 3) rows (x, top, bottom) of each curve, or none at all.
        colors: ``#RRGGBB`` of each curve.
    """
    canvas = np.zeros((height, width, 4), dtype=np.float32)
    inks = np.array([rgb(color)[::-1] for color in colors], dtype=np.float32).reshape(-1, 3) / np.float32(255.0)
    if bands:
        _fill_bands(canvas, *_joined(bands, 3), inks, band_alpha)
    _draw_lines(canvas, *_joined(lines, 2), inks, line_width / 2.0)
    canvas *= 255.0
    canvas += 0.5
    return canvas.astype(np.uint8)


def _joined(parts: Sequence[Floats], n_columns: int) -> tuple[Floats, NDArray[np.int64]]:
    firsts = np.cumsum([0, *(len(part) for part in parts)], dtype=np.int64)
    points = np.concatenate([np.empty((0, n_columns)), *parts])
    return np.ascontiguousarray(points), firsts
