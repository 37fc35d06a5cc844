"""Refuses numbers, points, boxes and ranges of a scene that are out of bounds: SceneError names the place."""

from __future__ import annotations

from collections.abc import Sequence

from gradsim.core.errors import SceneError, shown
from gradsim.core.scene import Point, Range

MAX_PARTICLES = 10_000_000
MAX_MAGNITUDE = 1e100
MIN_RELATIVE_WIDTH = 1e-9
"""A narrower range, relative to its ends, has too few floats in it to be drawn or searched."""


def check_box(box: Sequence[Range] | None, dimension: int, path: str) -> None:
    """Refuse a box for another dimension, or one whose ends are the wrong way round."""
    if box is None:
        return
    check_length(box, dimension, path, "[[low, high]]", "[[low, high], [low, high]]")
    for index, (low, high) in enumerate(box):
        check_point((low, high), 2, f"{path}[{index}]")
        if low > high:
            raise SceneError(f"{path}[{index}]", f"the low end {low!r} is above the high end {high!r}")


def check_point(point: Point, dimension: int, path: str) -> None:
    """Refuse a point of another dimension, or too far away."""
    check_length(point, dimension, path, "[x]", "[x, y]")
    for index, coordinate in enumerate(point):
        check_number(coordinate, f"{path}[{index}]", low=-MAX_MAGNITUDE, high=MAX_MAGNITUDE)


def check_length(values: Sequence[object], dimension: int, path: str, *layouts: str) -> None:
    """Refuse more or fewer ``values`` than there are dimensions; ``layouts`` say how 1-D and 2-D ones look."""
    if len(values) != dimension:
        raise SceneError(path, f"the surface is {dimension}-D: expected {layouts[dimension - 1]}, got {shown(values)}")


def check_range(axis_range: Range, path: str) -> None:
    """Refuse a range that is empty, or too narrow to be shown."""
    check_point(axis_range, 2, path)
    low, high = axis_range
    if low >= high:
        raise SceneError(path, f"the low end {low!r} must be below the high end {high!r}")
    if high - low < max(MIN_RELATIVE_WIDTH * max(abs(low), abs(high)), 1 / MAX_MAGNITUDE):
        raise SceneError(path, f"[{low!r}, {high!r}] is too narrow to be shown; widen it")


def check_count(n_particles: int, path: str) -> None:
    """Refuse no particles, and too many."""
    if not 1 <= n_particles <= MAX_PARTICLES:
        raise SceneError(path, f"expected 1 to {MAX_PARTICLES:,} particles, got {n_particles:,}")


def check_number(value: float, path: str, *, low: float, high: float) -> None:
    """Refuse a number outside its range."""
    if not low <= value <= high:
        raise SceneError(path, f"must be in [{low:g}, {high:g}], got {shown(value)}")
