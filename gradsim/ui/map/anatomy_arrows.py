"""The arrows of an update's anatomy: where they begin and end in pixels, and what they are called."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF

from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.numbers import format_number

if TYPE_CHECKING:
    from gradsim.core.anatomy import Anatomy, Update

SHORT_EM = {1: 1.2, 2: 2.0}
"""Below this length arrows are magnified: on a 2-D surface the ring hides shorter ones."""
READABLE_EM = 3.2
DIRECTION_EM = 5.0
LABELLED_EM = {"gradient": 0.8, "last": 0.8, "next": 0.8, "rest": 4.0}
"""Shorter arrows have no label: it would hide more than it says."""
LANE_EM = 1.5
MOST_MAGNIFIED = 1e12


@dataclass(frozen=True)
class Arrow:
    """One arrow in pixels; ``kind`` is ``gradient``, ``last``, ``next`` or ``rest``, which is dotted."""

    kind: str
    start: QPointF
    end: QPointF
    text: str


def magnification(anatomy: Anatomy, overlay: Overlay) -> float:
    """Return by how much the arrows are lengthened to be seen: 1 unless both movements are only a few pixels long."""
    ways = [way for way in (anatomy.movement, anatomy.last_movement) if way is not None]
    scale = np.array(overlay.viewport.scale)[: len(anatomy.position)]
    longest = max((float(np.hypot.reduce(way / scale)) for way in ways), default=0.0)
    em = overlay.layout.em
    if longest == 0.0 or longest >= SHORT_EM[len(anatomy.position)] * em or not math.isfinite(longest):
        return 1.0
    wanted = READABLE_EM * em / longest
    decade = 10.0 ** math.floor(math.log10(wanted))
    factor = next(decade * lead for lead in (1.0, 2.0, 5.0, 10.0) if decade * lead >= wanted * (1 - 1e-9))
    return factor if factor <= MOST_MAGNIFIED else 1.0


def gradient_symbol(anatomy: Anatomy) -> str:
    return "∇f" if len(anatomy.position) > 1 else "f′"


def gradient_text(anatomy: Anatomy, update: Update) -> str:
    """Return what the red arrow shows: ``−η∇f``, with the factor that the rule gives to the gradient."""
    exact = np.array_equal(update.gradient, anatomy.sign * update.exact_gradient)
    symbol = gradient_symbol(anatomy) if exact else "g"
    # A rule that maximises sees the gradient negated, and follows that downhill.
    sign = "+" if anatomy.sign < 0.0 and exact else "−"
    if update.gradient_part is None:
        return f"{sign}{symbol}"
    rate, momentum = update.hyperparameters["learning_rate"], update.hyperparameters.get("momentum", 0.0)
    lengths = np.abs(update.gradient)
    axis = int(np.argmax(lengths))
    factor = abs(update.gradient_part[axis]) / lengths[axis] if lengths[axis] > 0.0 else rate
    for text, value in (("η", rate), ("η(1 − μ)", rate * (1 - momentum)), ("η(1 + μ)", rate * (1 + momentum))):
        if math.isclose(factor, value, rel_tol=1e-6):
            return f"{sign}{text}{symbol}"
    return f"{sign}{format_number(factor, digits=3)} {symbol}"


def arrows_of(anatomy: Anatomy, overlay: Overlay) -> list[Arrow]:
    """Return the arrows of an anatomy in pixels of the picture.

    On a 2-D surface they lie where the movements are; on a curve, above the ball on lanes of their own.
    """
    lift = Lift(anatomy, overlay)
    arrows = []
    if anatomy.last_position is not None:
        arrows.append(Arrow("last", lift(anatomy.last_position, 3), lift(anatomy.position, 3), "last movement"))
    update = anatomy.update
    if update is None or update.diverges:
        return arrows
    text = gradient_text(anatomy, update)
    if update.gradient_part is None:
        arrows += _direction(anatomy, update, overlay, lift, text)
    else:
        origin = update.gradient_point
        tip = origin + update.gradient_part
        if not np.array_equal(origin, anatomy.position):
            arrows.append(Arrow("rest", lift(anatomy.position, 2), lift(origin, 2), ""))
        arrows.append(Arrow("gradient", lift(origin, 2), lift(tip, 2), text))
        rest = Arrow("rest", lift(tip, 2), lift(update.position, 2), "momentum")
        if (rest.end - rest.start).manhattanLength() > 0.5 * overlay.layout.em:
            arrows.append(rest)
    arrows.append(Arrow("next", lift(anatomy.position, 1), lift(update.position, 1), "next movement"))
    return arrows


class Lift:
    """Gives the pixel of a position, farther from the particle by the magnification; on a curve lifted to a lane."""

    def __init__(self, anatomy: Anatomy, overlay: Overlay) -> None:
        self.factor = magnification(anatomy, overlay)
        self._anatomy = anatomy
        self._overlay = overlay
        (self.center,) = (QPointF(x, y) for x, y in overlay.place(anatomy.position[np.newaxis]).tolist())
        em, area = overlay.layout.em, overlay.layout.area
        above = self.center.y() - area.top() > 5 * LANE_EM * em
        self._lane = (-LANE_EM if above else LANE_EM) * em

    def __call__(self, position: np.ndarray, lane: int) -> QPointF:
        way = (position - self._anatomy.position) * self.factor / self._overlay.viewport.scale[0]
        if len(position) == 1:
            return self.center + QPointF(float(way[0]), lane * self._lane)
        ratio = self._overlay.viewport.scale[0] / self._overlay.viewport.scale[1]
        return self.center + QPointF(float(way[0]), -float(way[1]) * ratio)


def _direction(anatomy: Anatomy, update: Update, overlay: Overlay, lift: Lift, text: str) -> Iterator[Arrow]:
    """The direction in which the rule follows its gradient, of one length: its own would mean nothing here."""
    em = overlay.layout.em
    with np.errstate(all="ignore"):
        way = -update.gradient / np.max(np.abs(update.gradient))
    start = lift(update.gradient_point, 2)
    scale = overlay.viewport.scale
    along = QPointF(float(way[0]) / scale[0], 0.0 if len(way) == 1 else -float(way[1]) / scale[1])
    length = math.hypot(along.x(), along.y())
    if math.isfinite(length) and length > 0.0:
        yield Arrow("gradient", start, start + along * (DIRECTION_EM * em / length), text)
