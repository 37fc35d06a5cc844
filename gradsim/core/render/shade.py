"""The background of the map: a level, a dim colour and antialiased contour lines for every pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gradsim.core.compiled import kernel
from gradsim.core.render.colormaps import N_COLORS, lookup_table, pack
from gradsim.core.render.levels import Levels
from gradsim.core.render.look import MapLook
from gradsim.core.render.palette import Theme
from gradsim.core.render.viewport import Viewport

CONTOUR_WIDTH = 1.15  # logical pixels
MIN_CONTOUR_SPACING = 6.0  # logical pixels; lines closer than this fade
MAX_CONTOURS_PER_LEVEL = 1e11  # finer lines would show the rounding of float64 instead of the surface
ROWS_PER_BLOCK = 16  # 16 rows of 1280 float64 values stay in the second-level cache between evaluating and colouring


class PlaneSurface(Protocol):
    """What the shader asks of a 2-D surface."""

    def values_on_rows(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the value (N,) at the points (x, y), each (N,)."""
        ...


@dataclass(frozen=True)
class ContourSpacing:
    """How densely contours are drawn in one view.

    Attributes:
        lines_per_level: contours between level 0 and level 1; fine lines are ten times as dense.
        fine_opacity: 0…1; fine lines fade in while zooming leaves only few contours in view.
    """

    lines_per_level: float
    fine_opacity: float


def shade_map(
    surface: PlaneSurface,
    viewport: Viewport,
    *,
    levels: Levels,
    theme: Theme,
    look: MapLook,
) -> NDArray[np.uint8]:
    """Return the map of ``surface`` as a new BGRX picture, uint8 (height, width, 4), C-contiguous.

    Every pixel is evaluated in float64 at its centre, so that a deep zoom stays smooth.

    Args:
        levels: on the scale that ``look`` asks for.
        look: its contours are counted between the lowest and the highest level of the domain.
    """
    width, height = viewport.width, viewport.height
    spacing = contour_spacing(surface, viewport, levels=levels, contours=look.contours)
    inks = lookup_table(theme, look.colors, look.dimming, look.contours)
    hatch = pack(np.array(theme.contour, dtype=np.float64))
    pixel_ratio = look.pixel_ratio
    scale_x, scale_y = viewport.scale
    # One column and one row more than there are pixels: forward differences need the neighbour.
    columns = viewport.x[0] + (np.arange(width + 1) + 0.5) * scale_x
    rows = viewport.y[1] - (np.arange(height + 1) + 0.5) * scale_y
    x = np.tile(columns, ROWS_PER_BLOCK + 1)
    y = np.empty((ROWS_PER_BLOCK + 1, width + 1))
    level = np.empty((ROWS_PER_BLOCK + 1, width + 1))
    picture = np.empty((height, width), dtype=np.uint32)
    for first in range(0, height, ROWS_PER_BLOCK):
        n_rows = min(ROWS_PER_BLOCK, height - first)
        kept = 0
        if first:
            level[0] = level[ROWS_PER_BLOCK]
            kept = 1
        n_new = n_rows + 1 - kept
        y[:n_new] = rows[first + kept : first + n_rows + 1, np.newaxis]
        n_points = n_new * (width + 1)
        values = surface.values_on_rows(x[:n_points], y.reshape(-1)[:n_points])
        levels.write(values, level[kept:].reshape(-1)[: values.size])
        has_gaps = _color_rows(
            level,
            picture[first : first + n_rows],
            inks,
            spacing.lines_per_level,
            spacing.fine_opacity,
            pixel_ratio,
        )
        if has_gaps:
            _hatch_rows(level, picture[first : first + n_rows], first, hatch, 0.25 * theme.contour_alpha, pixel_ratio)
    return picture.view(np.uint8).reshape(height, width, 4)


def contour_spacing(surface: PlaneSurface, viewport: Viewport, *, levels: Levels, contours: int) -> ContourSpacing:
    """Return how densely to draw contours, so that some are in view however far one zooms in.

    Lines of the domain's own levels never move. While fewer than six of them are in view, lines ten times as dense fade
    in; where less than 0.6 are left, the dense ones take their place, and so on.
    """
    if contours == 0:
        return ContourSpacing(0.0, 0.0)
    n = 33
    x = np.linspace(*viewport.x, n)
    y = np.linspace(*viewport.y, n)
    level = np.empty(n * n)
    levels.write(surface.values_on_rows(np.tile(x, n), np.repeat(y, n)), level)
    level = level[np.isfinite(level)]
    span = float(level.max() - level.min()) if level.size else 0.0
    if span <= 0.0:
        return ContourSpacing(float(contours), 0.0)
    in_view = span * contours
    decades = max(0, math.ceil(math.log10(0.6 / in_view)))
    # Level 1e6 of a far-away view leaves fewer digits for its fraction.
    finest = MAX_CONTOURS_PER_LEVEL / max(1.0, float(np.abs(level).max()))
    while decades > 0 and contours * 10.0 ** (decades + 1) > finest:
        decades -= 1
    in_view *= 10.0**decades
    fine_opacity = min(1.0, max(0.0, math.log10(6.0 / in_view)))
    return ContourSpacing(contours * 10.0**decades, fine_opacity)


@kernel("boolean(float64[:, ::1], uint32[:, ::1], uint64[::1], float64, float64, float64)")
def _color_rows(level, picture, inks, density, fine_opacity, pixel_ratio):  # type: ignore[no-untyped-def]
    """Colour the rows of ``picture`` from ``level`` (a row and a column more); return whether a value was undefined.

    ``inks`` holds the colour of the map in the high word and that of a contour in the low one: reading both at once is
    cheaper.
    """
    n_rows, width = picture.shape
    one = np.float32(1.0)
    zero = np.float32(0.0)
    reach = np.float32(0.5 * CONTOUR_WIDTH * pixel_ratio + 0.5)
    per_spacing = np.float32(1.0 / (MIN_CONTOUR_SPACING * pixel_ratio))
    flat = np.float32(1e-7)  # lines per pixel; a plateau that lies on a level is not painted as one wide line
    alpha = np.empty(width, dtype=np.float32)
    index = np.empty(width, dtype=np.int32)
    n_undefined = 0
    for j in range(n_rows):
        here = level[j]
        below = level[j + 1]
        for i in range(width):
            t = here[i]
            # The fraction needs float64; its distance in pixels does not.
            v = t * density
            nearest = math.floor(v + 0.5)
            fraction = np.float32(v - nearest)
            gx = np.float32((here[i + 1] - t) * density)
            gy = np.float32((below[i] - t) * density)
            g = np.sqrt(gx * gx + gy * gy)
            fade = min(one, per_spacing / g)
            a = min(max(reach - abs(fraction) / g, zero), one) * fade * fade
            # The line of level 0 is the lowest point itself: it would be a speck.
            alpha[i] = a if (g > flat) & (nearest != 0.0) else zero
            clamped = min(max(t, 0.0), 0.9999)
            index[i] = np.int32(clamped * N_COLORS) if t == t else np.int32(N_COLORS)
        if fine_opacity > 0.0:
            fine = np.float32(fine_opacity)
            for i in range(width):
                t = here[i]
                v = t * (10.0 * density)
                nearest = math.floor(v + 0.5)
                fraction = np.float32(v - nearest)
                gx = np.float32((here[i + 1] - t) * (10.0 * density))
                gy = np.float32((below[i] - t) * (10.0 * density))
                g = np.sqrt(gx * gx + gy * gy)
                fade = min(one, per_spacing / g)
                a = fine * min(max(reach - abs(fraction) / g, zero), one) * fade * fade
                alpha[i] = max(alpha[i], a if (g > flat) & (nearest != 0.0) else zero)
        row = picture[j]
        for i in range(width):
            n_undefined += index[i] == N_COLORS
            ink = inks[index[i]]
            color = np.uint32(ink >> np.uint64(32))
            line = np.uint32(ink & np.uint64(0xFFFFFFFF))
            a = np.uint32(alpha[i] * np.float32(256.0))
            b = np.uint32(256) - a
            rb = ((color & np.uint32(0xFF00FF)) * b + (line & np.uint32(0xFF00FF)) * a) >> np.uint32(8)
            green = ((color & np.uint32(0x00FF00)) * b + (line & np.uint32(0x00FF00)) * a) >> np.uint32(8)
            row[i] = np.uint32(0xFF000000) | (rb & np.uint32(0xFF00FF)) | (green & np.uint32(0x00FF00))
    return n_undefined > 0


@kernel("void(float64[:, ::1], uint32[:, ::1], int64, uint32, float64, float64)")
def _hatch_rows(level, picture, first, color, opacity, pixel_ratio):  # type: ignore[no-untyped-def]
    """Draw faint diagonal lines where the level is undefined."""
    n_rows, width = picture.shape
    period = 9.0 * pixel_ratio
    for j in range(n_rows):
        for i in range(width):
            if level[j, i] == level[j, i]:
                continue
            phase = (i + first + j) % period
            distance = abs(phase - 0.5 * period)
            a = np.uint32(256.0 * opacity * min(1.0, max(0.0, 0.5 * pixel_ratio + 0.5 - distance)))
            b = np.uint32(256) - a
            word = picture[j, i]
            rb = ((word & np.uint32(0xFF00FF)) * b + (color & np.uint32(0xFF00FF)) * a) >> np.uint32(8)
            green = ((word & np.uint32(0x00FF00)) * b + (color & np.uint32(0x00FF00)) * a) >> np.uint32(8)
            picture[j, i] = np.uint32(0xFF000000) | (rb & np.uint32(0xFF00FF)) | (green & np.uint32(0x00FF00))
