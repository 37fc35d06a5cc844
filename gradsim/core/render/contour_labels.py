"""Where the values of contours are written: on straight stretches of the lines, upright, far apart, always the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradsim.core.render.levels import Levels
from gradsim.core.render.look import Rect, touches
from gradsim.core.render.shade import ContourSpacing, PlaneSurface
from gradsim.core.render.viewport import Viewport

MAX_LABELS = 40
_CELL = 3.4  # text heights between places that are tried; halved to a power of two of the data's unit
_APART, _APART_ON_ONE_LEVEL = 5.5, 17.0  # text heights between the middles of labels
_MIN_LINE_GAP = 0.95  # text heights between a labelled contour and the next
_MAX_BEND = 0.16  # text heights that a contour may leave its label's middle line
_PADDING = 0.55  # text heights before and after a text, so that a line does not read as a minus sign
_STEEP = 0.3  # cosine of the angle from which on a line counts as vertical
_FINE_LABELLED_FROM = 0.6  # opacity of fine lines
_N_APPROACHES = 4
_MAX_DIGITS = 7
_SHARE_OF_GAP = 0.02  # of the distance to the next contour's value, by which a rounded value may be off


@dataclass(frozen=True)
class ContourLabel:
    """One value on a contour.

    Attributes:
        x, y: its middle, in pixels of the map.
        angle: of the line there, clockwise in radians: the text reads from left to right, or upwards on a steep line.
        level: of the contour; ``value`` is that of the surface, to be written with ``digits`` significant figures.
    """

    x: float
    y: float
    angle: float
    level: float
    value: float
    digits: int


def place_labels(
    surface: PlaneSurface,
    viewport: Viewport,
    *,
    levels: Levels,
    spacing: ContourSpacing,
    height: float,
    width_of: Callable[[float, int], float],
    keep_free: Sequence[Rect] = (),
) -> list[ContourLabel]:
    """Return labels for the contours in view, at most 40.

    The places that are tried belong to the surface and not to the window: while the map is panned, labels go with it.

    Args:
        height: of the text, in pixels.
        width_of: width in pixels of a value that is written with so many significant figures.
        keep_free: rectangles of the map that no label may touch.
    """
    density = spacing.lines_per_level * (10.0 if spacing.fine_opacity > _FINE_LABELLED_FROM else 1.0)
    if density <= 0.0:
        return []
    level_at = _level_reader(surface, viewport, levels)
    start = _lattice(viewport, _CELL * height)
    at, number, slope = _approach(level_at, start, density, within=_CELL * height)
    if not len(at):
        return []
    texts = {k: _written(levels, k, density) for k in np.unique(number).tolist()}
    widths = {k: width_of(*text) for k, text in texts.items()}
    half = 0.5 * np.array([widths[k] for k in number.tolist()]) + _PADDING * height
    along = np.stack([-slope[:, 1], slope[:, 0]], axis=-1) / np.hypot(*slope.T)[:, np.newaxis]
    # Left to right; on steep lines upwards, on either side of a valley.
    backwards = np.where(np.abs(along[:, 0]) < _STEEP, along[:, 1] > 0, along[:, 0] < 0)
    along *= np.where(backwards, -1.0, 1.0)[:, np.newaxis]
    bend = np.zeros(len(at))
    for share in (-1.0, -0.5, 0.5, 1.0):
        level = level_at(at + share * half[:, np.newaxis] * along)
        bend = np.maximum(bend, np.abs(level - number / density) / np.hypot(*slope.T))
    reach = np.abs(along) * half[:, np.newaxis] + np.abs(along[:, ::-1]) * 0.5 * height
    fits = bend < _MAX_BEND * height
    fits &= (at - reach > 0.4 * height).all(axis=1)
    fits &= (at + reach < np.array([viewport.width, viewport.height]) - 0.4 * height).all(axis=1)
    fits &= ~touches(at, reach, keep_free)
    # What is straight and level reads best; places of the lattice break ties, so that the choice stays.
    badness = bend / height + 0.25 * np.abs(along[:, 1])
    left = np.flatnonzero(fits)[np.argsort(badness[fits], kind="stable")]
    chosen: list[int] = []
    while len(left) and len(chosen) < MAX_LABELS:
        best = int(left[0])
        chosen.append(best)
        needed = np.where(number[left] == number[best], _APART_ON_ONE_LEVEL, _APART) * height
        needed = np.maximum(needed, half[left] + half[best] + height)
        left = left[np.hypot(*(at[left] - at[best]).T) > needed]
    return [
        ContourLabel(
            x=float(at[i, 0]),
            y=float(at[i, 1]),
            angle=math.atan2(along[i, 1], along[i, 0]),
            level=float(number[i] / density),
            value=texts[int(number[i])][0],
            digits=texts[int(number[i])][1],
        )
        for i in chosen
    ]


def _level_reader(
    surface: PlaneSurface, viewport: Viewport, levels: Levels
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    def read(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the level (n,) at pixels (n, 2) of the map."""
        x, y = np.ascontiguousarray(viewport.to_data(pixels).T)
        level = np.empty(len(pixels))
        levels.write(surface.values_on_rows(x, y), level)
        return level

    return read


def _lattice(viewport: Viewport, size: float) -> NDArray[np.float64]:
    """Return places (n, 2) in pixels on a lattice of the plane with cells between half of ``size`` and ``size``."""
    axes = []
    for (low, high), scale in zip((viewport.x, viewport.y), viewport.scale, strict=True):
        cell = 2.0 ** math.floor(math.log2(size * scale))
        first = math.ceil(low / cell)
        axes.append((first + np.arange(max(1, int((high - low) / cell) + 1))) * cell)
    x, y = np.meshgrid(*axes)
    return viewport.to_pixels(np.stack([x.ravel(), y.ravel()], axis=-1))


def _approach(
    level_at: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    start: NDArray[np.float64],
    density: float,
    *,
    within: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return (places (n, 2), number of the contour (n,), gradient of the level by pixel (n, 2)) near ``start``.

    From each start goes to the nearest contour by Newton's method along the gradient; starts that find none are left
    out, and so are contours that run too close to the next.
    """
    at, number = start.copy(), np.rint(level_at(start) * density)
    slope = np.empty_like(at)
    with np.errstate(all="ignore"):
        for _ in range(_N_APPROACHES):
            for axis in (0, 1):
                step = np.zeros(2)
                step[axis] = 0.5
                slope[:, axis] = level_at(at + step) - level_at(at - step)
            off = level_at(at) - number / density
            at = at - (off / (slope**2).sum(axis=1))[:, np.newaxis] * slope
        steepness = np.hypot(*slope.T)
        found = np.abs(level_at(at) - number / density) < 0.15 * steepness
        found &= np.hypot(*(at - start).T) < within
        found &= (number != 0.0) & (1.0 / (density * steepness) > _MIN_LINE_GAP * within / _CELL)
    found &= np.isfinite(at).all(axis=1) & np.isfinite(slope).all(axis=1)
    return at[found], number[found], slope[found]


def _written(levels: Levels, number: float, density: float) -> tuple[float, int]:
    """Return the value of a contour and how many significant figures tell it clearly from the next ones."""
    below, value, above = levels.value(np.array([number - 1.0, number, number + 1.0]) / density).tolist()
    gap = min(abs(value - below), abs(above - value))
    if not math.isfinite(value) or gap == 0.0:
        return value, _MAX_DIGITS
    if abs(value) < 1e-6 * gap:
        return 0.0, 2
    places = math.floor(math.log10(abs(value))) - math.log10(2.0 * _SHARE_OF_GAP * gap) + 1.0
    return value, min(max(2, math.ceil(places)), _MAX_DIGITS)
