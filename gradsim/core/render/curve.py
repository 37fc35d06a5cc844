"""The map of a 1-D surface: the curve of f(x), antialiased, with gaps where it has no value or jumps."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gradsim.core.compiled import kernel
from gradsim.core.render.colormaps import N_COLORS, map_colors
from gradsim.core.render.levels import Domain, Levels
from gradsim.core.render.look import MapLook
from gradsim.core.render.palette import Theme, rgb
from gradsim.core.render.viewport import Range, Viewport

N_RANGE_SAMPLES = 4001
CURVE_WIDTH = 2.8  # logical pixels
SAMPLES_PER_PIXEL = 2
STEEP = 6.0  # pixels between two samples, from which on a jump is looked for
N_BISECTIONS = 46  # enough to tell a jump from a steep slope down to neighbouring floats


class CurveSurface(Protocol):
    """What drawing a curve asks of a 1-D surface."""

    def value(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the value (...) at points (..., 1)."""
        ...


def curve_range(surface: CurveSurface, domain: Domain) -> Range:
    """Return the (low, high) of f that shows the curve over the domain with some air above and below.

    Poles do not count: values far outside the middle 96 % are cut off. A surface without any value gives (-1, 1).
    """
    low_x, high_x = domain.axes[0]
    values = surface.value(np.linspace(low_x, high_x, N_RANGE_SAMPLES)[:, np.newaxis])
    values = values[np.isfinite(values)]
    if not values.size:
        return -1.0, 1.0
    first, last = np.quantile(values, (0.02, 0.98))
    reach = 4.0 * (last - first)
    low, high = max(float(values.min()), float(first - reach)), min(float(values.max()), float(last + reach))
    span = high - low
    if not span > 1e-12 * max(abs(low), abs(high)):
        span = max(1.0, abs(low))
    return low - 0.08 * span, high + 0.10 * span


def draw_curve(
    surface: CurveSurface, viewport: Viewport, *, levels: Levels, theme: Theme, look: MapLook
) -> NDArray[np.uint8]:
    """Return the curve y = f(x) on the theme's panel as a new BGRX picture, uint8 (height, width, 4).

    What is below the curve has, at each height, the colour of that value.
    """
    scale_x, _ = viewport.scale
    # One sample beyond either edge, so that the line does not end inside the picture.
    at = np.arange(-1, viewport.width * SAMPLES_PER_PIXEL + 2) / SAMPLES_PER_PIXEL
    x = viewport.x[0] + at * scale_x
    values = np.asarray(surface.value(x[:, np.newaxis]), dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        pixels = viewport.to_pixels(np.stack([x, values], axis=-1))[:, 1]
    pixels[~np.isfinite(values)] = np.nan
    connected = _connected(surface, x, values, pixels)
    # Far above or below, only the direction matters, and that is vertical.
    pixels = np.clip(pixels, -4.0 * viewport.height - 100.0, 5.0 * viewport.height + 100.0)
    cover = np.zeros((viewport.height, viewport.width), dtype=np.float32)
    cover_curve(cover, at, pixels, connected, 0.5 * CURVE_WIDTH * look.pixel_ratio)
    picture = np.empty((viewport.height, viewport.width, 4), dtype=np.uint8)
    middles = pixels[1 + SAMPLES_PER_PIXEL // 2 :: SAMPLES_PER_PIXEL][: viewport.width]
    ground, line = (np.array(rgb(color)[::-1], dtype=np.float32) for color in (theme.panel, theme.curve))
    below = _colors_by_height(viewport, levels, theme, look)
    paint_curve(picture, cover, np.ascontiguousarray(middles), ground, below, line)
    return picture


def _colors_by_height(viewport: Viewport, levels: Levels, theme: Theme, look: MapLook) -> NDArray[np.float32]:
    """Return the map's colour of the value at the middle of each row, float32 (height, 3): blue, green, red."""
    heights = np.asarray(viewport.y[1] - (np.arange(viewport.height) + 0.5) * viewport.scale[1], dtype=np.float64)
    level = np.empty(viewport.height)
    levels.write(heights, level)
    colors = map_colors(theme, look.colors, look.dimming)
    chosen = colors[(np.clip(np.nan_to_num(level), 0.0, 1.0) * (N_COLORS - 1)).astype(int)]
    return np.ascontiguousarray(chosen[:, ::-1], dtype=np.float32)


def _connected(
    surface: CurveSurface, x: NDArray[np.float64], values: NDArray[np.float64], pixels: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return, for each pair of neighbouring samples, bool (N - 1,), whether the curve runs from one to the other.

    Where they are far apart, the half with the larger rise is looked into again and again: on a continuous curve the
    rise shrinks, across a jump it stays.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        rise = np.abs(np.diff(pixels))
        connected = np.isfinite(rise)
        suspects = np.flatnonzero(connected & (rise > STEEP))
        if suspects.size:
            left, right = x[suspects], x[suspects + 1]
            f_left, f_right = values[suspects], values[suspects + 1]
            total = np.abs(f_right - f_left)
            for _ in range(N_BISECTIONS):
                middle = 0.5 * (left + right)
                f_middle = surface.value(middle[:, np.newaxis])
                go_left = ~(np.abs(f_middle - f_left) < np.abs(f_right - f_middle))
                left, right = np.where(go_left, left, middle), np.where(go_left, middle, right)
                f_left, f_right = np.where(go_left, f_left, f_middle), np.where(go_left, f_middle, f_right)
            connected[suspects] = np.abs(f_right - f_left) < 0.25 * total
    return connected


@kernel("void(float32[:, ::1], float64[::1], float64[::1], boolean[::1], float64)")
def cover_curve(cover, x, y, connected, half_width):  # type: ignore[no-untyped-def]
    """cover = how much of each pixel a round pen of ``half_width`` covers that follows the connected samples."""
    height, width = cover.shape
    reach = half_width + 0.5
    for k in range(connected.size):
        if not connected[k]:
            continue
        xa, ya, xb, yb = x[k], y[k], x[k + 1], y[k + 1]
        dx, dy = xb - xa, yb - ya
        per_length = 1.0 / (dx * dx + dy * dy)
        top = max(0.0, min(ya, yb) - reach)
        bottom = min(height - 1.0, max(ya, yb) + reach)
        for i in range(max(0, int(np.floor(xa - reach))), min(width - 1, int(np.floor(xb + reach))) + 1):
            px = i + 0.5 - xa
            for j in range(int(top), int(bottom) + 1):
                py = j + 0.5 - ya
                along = min(1.0, max(0.0, (px * dx + py * dy) * per_length))
                ex = px - along * dx
                ey = py - along * dy
                a = min(1.0, reach - np.sqrt(ex * ex + ey * ey))
                if a > cover[j, i]:
                    cover[j, i] = a


@kernel("void(uint8[:, :, ::1], float32[:, ::1], float64[::1], float32[::1], float32[:, ::1], float32[::1])")
def paint_curve(picture, cover, curve, ground, below, line):  # type: ignore[no-untyped-def]
    """Tint what is under the curve, more at the top of the picture; lay the line over it. ``curve``: y by column."""
    height, width = cover.shape
    for j in range(height):
        fade = 1.0 - 0.55 * (j + 0.5) / height
        for i in range(width):
            depth = j + 0.5 - curve[i]
            share = fade * min(1.0, max(0.0, depth + 0.5)) if depth == depth else 0.0
            a = cover[j, i]
            for c in range(3):
                color = ground[c] + (below[j, c] - ground[c]) * share
                picture[j, i, c] = np.uint8(color + (line[c] - color) * a + 0.5)
            picture[j, i, 3] = 255
