"""The numbers of starts: how each is named, read and written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from gradsim.core.scene import Domain, GaussianStarts, GridStarts, LineStarts, Point, RingStarts, Starts, UniformStarts


@dataclass(frozen=True)
class Setting:
    """A number of the starts: how it is named, read and written."""

    name: str
    tip: str
    read: Callable[[Any], float]
    write: Callable[[Any, float], Starts]
    whole: bool = False


@dataclass(frozen=True)
class SettingRow:
    """Numbers that stand beside each other under one name: a count, a point, the range along an axis."""

    name: str
    settings: tuple[Setting, ...]


def moved(point: Point, axis: int, value: float) -> Point:
    """``point`` with another coordinate along ``axis``."""
    return (*point[:axis], value, *point[axis + 1 :])


def setting_rows(starts: Starts, domain: Domain) -> tuple[SettingRow, ...]:
    """The numbers of ``starts`` in the order of display; points have rows of their own."""
    count = _number("n", "particles", "How many particles each optimizer gets.", whole=True)
    axes = "xy"[: domain.dimension]
    match starts:
        case UniformStarts(box=None):
            return (count,)
        case UniformStarts():
            return (count, *_box_rows(axes))
        case GaussianStarts():
            spread = _number("std", "spread σ", "The standard deviation of the cloud.")
            return (count, _point("center", "centre", "of the centre of the cloud", axes), spread)
        case GridStarts(box=box):
            sides = SettingRow("particles", tuple(_grid_side(i, axis) for i, axis in enumerate(axes)))
            return (sides, *(_box_rows(axes) if box else ()))
        case RingStarts():
            radius = _number("radius", "radius", "The radius of the circle.")
            return (count, _point("center", "centre", "of the centre of the circle", axes), radius)
        case LineStarts():
            first = _point("start", "from", "of the first end of the line", axes)
            return (count, first, _point("end", "to", "of the other end of the line", axes))
        case _:
            return ()


def _number(attribute: str, name: str, tip: str, *, whole: bool = False) -> SettingRow:
    def write(starts: Any, value: float) -> Starts:
        return replace(starts, **{attribute: int(value) if whole else value})

    return SettingRow(name, (Setting(name, tip, lambda starts: getattr(starts, attribute), write, whole),))


def _point(attribute: str, name: str, what: str, axes: str) -> SettingRow:
    def coordinate(place: int, axis: str) -> Setting:
        def write(starts: Any, value: float) -> Starts:
            return replace(starts, **{attribute: moved(getattr(starts, attribute), place, value)})

        return Setting(f"{name} {axis}", f"The {axis} {what}.", lambda starts: getattr(starts, attribute)[place], write)

    return SettingRow(name, tuple(coordinate(place, axis) for place, axis in enumerate(axes)))


def _grid_side(place: int, axis: str) -> Setting:
    def write(starts: Any, value: float) -> Starts:
        return replace(starts, n=moved(starts.n, place, int(value)))

    tip = f"How many particles the grid has along {axis}."
    return Setting(f"along {axis}", tip, lambda starts: starts.n[place], write, True)


def _box_rows(axes: str) -> tuple[SettingRow, ...]:
    def end(place: int, axis: str, which: int) -> Setting:
        def write(starts: Any, value: float) -> Starts:
            return replace(starts, box=moved(starts.box, place, moved(starts.box[place], which, value)))

        word = ("from", "to")[which]
        tip = f"The {('lower', 'upper')[which]} end of the box in {axis}."
        return Setting(f"{axis} {word}", tip, lambda starts: starts.box[place][which], write)

    return tuple(
        SettingRow(f"box {axis}", (end(place, axis, 0), end(place, axis, 1))) for place, axis in enumerate(axes)
    )
