"""Which starts of a scene can be dragged on the map, and what dragging one does to the scene."""

from __future__ import annotations

import math

import numpy as np
from msgspec.structs import replace

from gradsim.core.scene import (
    GaussianStarts,
    GridStarts,
    LineStarts,
    Point,
    PointStarts,
    RingStarts,
    Starts,
    UniformStarts,
)

N_DRAGGABLE_POINTS = 24
SNAP_PIXELS = 14.0


def start_handles(starts: Starts) -> tuple[Point, ...]:
    """Return the places where a handle is shown.

    These are points, the ends of a line, the centre and the rim of a ring, the centre and one standard deviation of a
    Gaussian, and the lower and the upper corner of a box.
    """
    match starts:
        case PointStarts(points=points) if len(points) <= N_DRAGGABLE_POINTS:
            return points
        case LineStarts():
            return starts.start, starts.end
        case RingStarts(center=center, radius=reach) | GaussianStarts(center=center, std=reach):
            return center, (center[0] + reach, *center[1:])
        case GridStarts(box=box) | UniformStarts(box=box) if box is not None:
            return tuple(low for low, _ in box), tuple(high for _, high in box)
    return ()


def move_start(starts: Starts, index: int, place: Point) -> Starts:
    """Return the starts with handle ``index`` moved to ``place``. Raises ValueError where there is no such handle.

    A corner of a box stops at the opposite one.
    """
    match starts:
        case PointStarts(points=points) if index < len(points):
            return replace(starts, points=(*points[:index], place, *points[index + 1 :]))
        case LineStarts() if index in (0, 1):
            return replace(starts, **{"start" if index == 0 else "end": place})
        case RingStarts() | GaussianStarts() if index == 0:
            return replace(starts, center=place)
        case RingStarts(center=center) if index == 1:
            return replace(starts, radius=_tidy_distance(place, center) or starts.radius)
        case GaussianStarts(center=center) if index == 1:
            return replace(starts, std=_tidy_distance(place, center) or starts.std)
        case GridStarts(box=box) | UniformStarts(box=box) if box is not None and index in (0, 1):
            ends = (
                (value if value < high else low, high) if index == 0 else (low, value if value > low else high)
                for value, (low, high) in zip(place, box, strict=True)
            )
            return replace(starts, box=tuple(ends))
    raise ValueError(f"{type(starts).__name__} has no handle {index}")


def put_starts(starts: Starts, place: Point, *, add: bool = False) -> Starts | None:
    """Return the starts around ``place``, or with ``add`` one more there; None where they fill the domain, or are none
    that one can be added to.

    Points become the one at ``place``; a line and a box keep their size, rings and Gaussians their radius.
    """
    match starts:
        case PointStarts(points=points):
            return replace(starts, points=(*points, place) if add else (place,))
        case _ if add:
            return None
        case LineStarts(start=start, end=end):
            shift = _shift(place, tuple((a + b) / 2 for a, b in zip(start, end, strict=True)))
            return replace(starts, start=_moved(start, shift), end=_moved(end, shift))
        case RingStarts() | GaussianStarts():
            return replace(starts, center=place)
        case GridStarts(box=box) | UniformStarts(box=box) if box is not None:
            shift = _shift(place, tuple((low + high) / 2 for low, high in box))
            return replace(starts, box=tuple(_moved(side, (by, by)) for side, by in zip(box, shift, strict=True)))
    return None


def _shift(to: Point, center: Point) -> Point:
    return tuple(a - b for a, b in zip(to, center, strict=True))


def _moved(place: Point, shift: Point) -> Point:
    """``place`` moved by ``shift``, without the digits that only the addition has left."""
    return tuple(float(f"{a + b:.12g}") for a, b in zip(place, shift, strict=True))


def _tidy_distance(place: Point, center: Point) -> float:
    """The distance to three digits: more would only say where the mouse happened to be."""
    return float(f"{math.dist(place, center):.3g}")


def rounded_place(place: Point, scale: tuple[float, ...]) -> Point:
    """Return ``place`` with no more decimals than pixels tell apart; ``scale`` is data units per pixel of each axis."""
    return tuple(  # type: ignore[return-value]
        round(value, max(0, -math.floor(math.log10(unit)))) for value, unit in zip(place, scale, strict=False)
    )


def snapped_place(place: Point, scale: tuple[float, ...], targets: np.ndarray) -> Point:
    """Return the nearest of ``targets`` (n, D) within a few pixels of ``place``, else a place with round coordinates.

    ``scale`` is data units per pixel of each axis. Round are the multiples of 1, 2 or 5 times a power of ten that lie
    at least ``SNAP_PIXELS`` apart.
    """
    units = np.array(scale[: len(place)])
    if len(targets):
        distances = np.hypot.reduce((targets - np.array(place)) / units, axis=-1)
        nearest = int(np.argmin(distances))
        if distances[nearest] <= SNAP_PIXELS / 2:
            return tuple(targets[nearest].tolist())
    return tuple(_nearest_round(value, SNAP_PIXELS * unit) for value, unit in zip(place, units.tolist(), strict=True))


def _nearest_round(value: float, least_step: float) -> float:
    exponent = math.floor(math.log10(least_step))
    mantissa = next(m for m in (1, 2, 5, 10) if m * 10.0**exponent >= least_step * (1 - 1e-9))
    # Dividing by an integer power keeps 0.3 from becoming 0.30000000000000004.
    count = round(value / (mantissa * 10.0**exponent)) * mantissa
    return float(count * 10**exponent if exponent >= 0 else count / 10**-exponent)
