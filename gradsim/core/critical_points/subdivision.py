"""Subdivides a domain until interval arithmetic has decided of every part how many critical points it holds.

A part is done when it is proven to hold none, or exactly one; otherwise it shrinks to what its image under Krawczyk's
operator leaves of it, or is halved. What is still open at the finest width, or when boxes or time run out, stays
undecided.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradsim.core.critical_points.krawczyk import GradientField, is_inside
from gradsim.core.errors import Cancelled

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# All widths are relative to the domain's, axis by axis.
FINEST = 1e-7  # a smooth part this small that still cannot be decided stays so
FINEST_AT_KINKS = 1e-12  # kinks cannot be polished by Newton's method, so the subdivision itself locates them
MOST_KINK_BOXES = 256
FINEST_CONTRACTED = 1e-13  # parts that shrink towards a point by themselves may go on until rounding stops them
MOST_BOXES = 600_000  # examined altogether
MOST_AT_ONCE = 20_000
MOST_FINE_BOXES = 6_000  # at one level, once boxes are FINE: curves of critical points, not points
FINE = 2.0**-11
CHUNK = 4096
# So many boxes are halved up to this often along every axis before they are examined again: fewer levels cost less.
HALVINGS = ((60, 2), (2500, 1))
# Cuts off the middle keep points of symmetric surfaces away from the edges of boxes.
CUT = 0.4973
FIRST_CUTS = {1: 64, 2: 16}
INFLATION = 0.1


@dataclass(frozen=True, eq=False)
class Search:
    """What is known after a search.

    Attributes:
        positions: float64 (n, D), approximate critical points; several may stand for the same one.
        boxes: float64 (n, D, 2), in each of which exactly one critical point lies, near that position.
        undecided: float64 (m, D, 2), outside of which and of ``boxes`` there is no other critical point.
        continuous: bool (m,), whether the Hessian is known to be continuous on each undecided box.
        flat: bool (m,), whether the gradient is zero up to underflow all over each undecided box.
        exhausted: whether boxes, time or patience ran out.
    """

    positions: Floats
    boxes: Floats
    undecided: Floats
    continuous: Flags
    flat: Flags
    exhausted: bool


class Level(NamedTuple):
    """Boxes (D, 2, n) of one level that are still open, whether each is smooth, and whether it shrank by itself."""

    boxes: Floats
    continuous: Flags
    contracted: Flags

    def chosen(self, flags: Flags) -> Level:
        return Level(self.boxes[:, :, flags], self.continuous[flags], self.contracted[flags])


def isolate(
    field: GradientField, domain: Floats, *, deadline: float, cancelled: Callable[[], bool] | None = None
) -> Search:
    """Isolate all critical points in ``domain``, float64 (D, 2), until ``deadline`` on ``time.monotonic``'s clock.

    Points just outside, within a millionth of the width, may be reported too, so that none of the border is missed.
    Raises Cancelled soon after ``cancelled()`` turns true.
    """
    record = _Record(field)
    width = domain[:, 1] - domain[:, 0]
    n_examined = 0
    exhausted = False
    level = _first_level(domain)
    while level.boxes.shape[2] and not exhausted:
        parts: list[Level] = []
        for begin in range(0, level.boxes.shape[2], CHUNK):
            if cancelled is not None and cancelled():
                raise Cancelled
            some = slice(begin, begin + CHUNK)
            chunk = Level(level.boxes[..., some], level.continuous[..., some], level.contracted[..., some])
            exhausted = exhausted or n_examined > MOST_BOXES or time.monotonic() > deadline
            if not exhausted:
                n_examined += chunk.boxes.shape[2]
                chunk = record.examine(chunk.boxes)
            parts.append(chunk)
        level = _joined(parts)
        extent = ((level.boxes[:, 1] - level.boxes[:, 0]) / width[:, None]).max(axis=0)
        exhausted = exhausted or _is_hopeless(extent)
        if not exhausted:
            stubborn = _is_stubborn(level, extent)
            record.set_aside(level.chosen(stubborn))
            level = _subdivided(level.chosen(~stubborn), width)
    record.set_aside(level)
    return record.result(exhausted)


def _is_hopeless(extent: Floats) -> bool:
    if extent.size <= MOST_FINE_BOXES:
        return False
    return bool(extent.size > MOST_AT_ONCE or np.median(extent) < FINE)


def _is_stubborn(level: Level, extent: Floats) -> Flags:
    kinks = ~level.continuous
    if np.count_nonzero(kinks) > MOST_KINK_BOXES:
        kinks = np.zeros_like(kinks)
    finest = np.where(level.contracted, FINEST_CONTRACTED, np.where(kinks, FINEST_AT_KINKS, FINEST))
    return np.asarray(extent < finest)


class _Record:
    """Examines boxes and keeps what was decided of them."""

    def __init__(self, field: GradientField) -> None:
        self._field = field
        self._positions = [np.empty((field.dimension, 0))]
        self._boxes = [np.empty((field.dimension, 2, 0))]
        self._undecided = [_no_boxes(field.dimension)]
        self._flat = [np.empty(0, dtype=np.bool_)]

    def set_aside(self, level: Level, *, flat: bool = False) -> None:
        self._undecided.append(level)
        self._flat.append(np.full(level.boxes.shape[2], flat))

    def examine(self, boxes: Floats) -> Level:
        """Decide what can be decided of ``boxes`` (D, 2, n), and return what is left of the others."""
        possible, flat = self._field.may_vanish(boxes)
        if flat.any():
            n_flat = np.count_nonzero(flat)
            self.set_aside(Level(boxes[:, :, flat], np.ones(n_flat, np.bool_), np.zeros(n_flat, np.bool_)), flat=True)
        boxes = boxes[:, :, possible & ~flat]
        if not boxes.shape[2]:
            return _no_boxes(self._field.dimension)
        image = self._field.image(boxes)
        proven = is_inside(image, boxes) & ~image.excluded
        if proven.any():
            self._positions.append(image.center[:, proven])
            self._boxes.append(boxes[:, :, proven])
        rest = ~proven & ~image.excluded
        old, target, valid = boxes[:, :, rest], image.box[:, :, rest], image.valid[rest]
        cut = np.stack([np.maximum(old[:, 0], target[:, 0]), np.minimum(old[:, 1], target[:, 1])], axis=1)
        new = np.where(valid, cut, old)
        size = new[:, 1] - new[:, 0]
        contracted = valid & (size <= 0.5 * (old[:, 1] - old[:, 0])).all(axis=0)
        # A point on the very edge of a box is never inside its interior: boxes that shrank grow a little again.
        margin = np.where(contracted, INFLATION * size + 1e-15 * np.abs(new).max(axis=1), 0.0)
        return Level(new + np.stack([-margin, margin], axis=1), image.continuous[rest], contracted)

    def result(self, exhausted: bool) -> Search:
        undecided = _joined(self._undecided)
        return Search(
            positions=np.concatenate(self._positions, axis=1).T.copy(),
            boxes=np.moveaxis(np.concatenate(self._boxes, axis=2), 2, 0).copy(),
            undecided=np.moveaxis(undecided.boxes, 2, 0).copy(),
            continuous=undecided.continuous,
            flat=np.concatenate(self._flat),
            exhausted=exhausted,
        )


def _no_boxes(dimension: int) -> Level:
    return Level(np.empty((dimension, 2, 0)), np.empty(0, dtype=np.bool_), np.empty(0, dtype=np.bool_))


def _joined(parts: list[Level]) -> Level:
    if len(parts) == 1:
        return parts[0]
    boxes, continuous, contracted = zip(*parts, strict=True)
    return Level(np.concatenate(boxes, axis=2), np.concatenate(continuous), np.concatenate(contracted))


def _first_level(domain: Floats) -> Level:
    """Cut the domain into a slightly irregular grid; a little is added around it for points of the border."""
    n_cuts = FIRST_CUTS.get(len(domain), 4)
    axes = []
    for lower, upper in domain:
        margin = 1e-6 * (upper - lower)
        edges = np.linspace(lower - margin, upper + 1.37 * margin, n_cuts + 1)
        edges[1:-1] += (upper - lower) / n_cuts * 0.0137
        axes.append(np.stack([edges[:-1], edges[1:]], axis=1))
    index = np.indices([n_cuts] * len(domain)).reshape(len(domain), -1)
    boxes = np.stack([axis[index[i]].T for i, axis in enumerate(axes)])
    n = boxes.shape[2]
    return Level(boxes, np.ones(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_))


def _subdivided(level: Level, width: Floats) -> Level:
    """Halve the boxes that did not shrink by themselves, each across its longest axis."""
    kept, split = level.chosen(level.contracted), level.chosen(~level.contracted)
    n_halvings = next((times * len(width) for most, times in HALVINGS if split.boxes.shape[2] <= most), 1)
    for _ in range(n_halvings):
        lower, upper = split.boxes[:, 0], split.boxes[:, 1]
        axis = ((upper - lower) / width[:, None]).argmax(axis=0)
        columns = np.arange(split.boxes.shape[2])
        cut = (lower + CUT * (upper - lower))[axis, columns]
        left, right = split.boxes.copy(), split.boxes.copy()
        left[axis, 1, columns] = cut
        right[axis, 0, columns] = cut
        split = _joined([split._replace(boxes=left), split._replace(boxes=right)])
    return _joined([kept, split])
