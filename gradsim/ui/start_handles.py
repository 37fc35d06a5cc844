"""Which starts of a scene can be dragged on the map, and what dragging one does to the scene."""

from __future__ import annotations

import math

from msgspec.structs import replace

from gradsim.core.scene import GaussianStarts, LineStarts, Point, PointStarts, RingStarts, Starts

N_DRAGGABLE_POINTS = 24


def start_handles(starts: Starts) -> tuple[Point, ...]:
    """Return the places where a handle is shown: points, the ends of a line, the centre of a ring or of a Gaussian."""
    match starts:
        case PointStarts(points=points) if len(points) <= N_DRAGGABLE_POINTS:
            return points
        case LineStarts():
            return starts.start, starts.end
        case RingStarts() | GaussianStarts():
            return (starts.center,)
    return ()


def move_start(starts: Starts, index: int, place: Point) -> Starts:
    """Return the starts with handle ``index`` moved to ``place``. Raises ValueError where there is no such handle."""
    match starts:
        case PointStarts(points=points) if index < len(points):
            return replace(starts, points=(*points[:index], place, *points[index + 1 :]))
        case LineStarts() if index in (0, 1):
            return replace(starts, **{"start" if index == 0 else "end": place})
        case RingStarts() | GaussianStarts() if index == 0:
            return replace(starts, center=place)
    raise ValueError(f"{type(starts).__name__} has no handle {index}")


def rounded_place(place: Point, scale: tuple[float, ...]) -> Point:
    """Return ``place`` with no more decimals than pixels tell apart; ``scale`` is data units per pixel of each axis."""
    return tuple(  # type: ignore[return-value]
        round(value, max(0, -math.floor(math.log10(unit)))) for value, unit in zip(place, scale, strict=False)
    )
