"""The selected particle on the map: its ring, and, taken apart, the arrows of its gradient and its movements."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gradsim.ui.arrows import draw_arrow, draw_dots, draw_label, label_size
from gradsim.ui.cards import color
from gradsim.ui.numbers import format_count, format_number
from gradsim.ui.overlay import Overlay
from gradsim.ui.particle_places import has_particle, particle_pixel
from gradsim.ui.picture import FramePicture
from gradsim.ui.placing import place_clear
from gradsim.ui.selection import ParticlePlace
from gradsim.ui.session import Session

if TYPE_CHECKING:
    from gradsim.core.anatomy import Anatomy, Update

RING_EM = 1.15
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


class AnatomyMarks(QObject):
    """Draws what belongs to the selected particle on every map that shows its optimizer.

    While steps are changed quickly, an anatomy may be ahead of the map or behind it: the last two are kept, and only
    the one of the step on show is drawn.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._anatomies: tuple[Anatomy, ...] = ()
        session.selection.anatomy_changed.connect(self._take)

    def _take(self, anatomy: Anatomy | None) -> None:
        self._anatomies = () if anatomy is None else (anatomy, *self._anatomies[:1])

    def draw(self, painter: QPainter, picture: FramePicture, step: float) -> None:
        """Paint ring and arrows at ``step``."""
        place, run = self._session.selection.particle, picture.run
        if run is None or place is None or not has_particle(run, place) or not picture.is_ready:
            return
        anatomy = self._anatomy_at(place, math.floor(step))
        for overlay in picture.overlays:
            if place.optimizer not in overlay.optimizers:
                continue
            painter.save()
            painter.setClipRect(overlay.layout.area)
            if anatomy is not None:
                draw_anatomy(painter, anatomy, overlay, picture)
            if (pixel := particle_pixel(overlay, run, place, step)) is not None:
                _draw_ring(painter, pixel, picture, overlay.layout.em)
            painter.restore()

    def _anatomy_at(self, place: ParticlePlace, step: int) -> Anatomy | None:
        for anatomy in self._anatomies:
            if (anatomy.optimizer, anatomy.particle, anatomy.step) == (place.optimizer, place.particle, step):
                return anatomy
        return None


def _draw_ring(painter: QPainter, pixel: QPointF, picture: FramePicture, em: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(color(picture.theme.overlay, 0.9), 0.42 * em), QPen(color(picture.theme.accent), 0.2 * em)):
        painter.setPen(pen)
        painter.drawEllipse(pixel, RING_EM * em, RING_EM * em)


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


def draw_anatomy(painter: QPainter, anatomy: Anatomy, overlay: Overlay, picture: FramePicture) -> None:
    """Paint the arrows of ``anatomy`` on ``overlay``, and their labels where they hide the least."""
    if not len(overlay.place(anatomy.position[np.newaxis])):
        return
    theme, em = picture.theme, overlay.layout.em
    inks = {"gradient": theme.error, "last": theme.accent, "next": theme.accent, "rest": theme.accent}
    arrows, lift = arrows_of(anatomy, overlay), Lift(anatomy, overlay)
    if len(anatomy.position) == 1 and arrows:
        top = min((arrow.start.y() for arrow in arrows), key=lambda y: -abs(y - lift.center.y()))
        draw_dots(painter, lift.center, QPointF(lift.center.x(), top), theme.text, theme, em)
        _draw_landing(painter, anatomy, arrows, overlay, picture, lift)
    for arrow in arrows:
        ink = inks[arrow.kind]
        if arrow.kind == "rest":
            draw_dots(painter, arrow.start, arrow.end, ink, theme, em)
        else:
            # The gradient's is broad, so that it shows below a movement along it.
            width = {"gradient": 0.62, "last": 0.22, "next": 0.22}[arrow.kind]
            draw_arrow(painter, arrow.start, arrow.end, ink, theme, em, width=width, dashed=arrow.kind == "last")
    _draw_labels(painter, arrows, lift, inks, overlay, picture)


def _draw_landing(
    painter: QPainter, anatomy: Anatomy, arrows: list[Arrow], overlay: Overlay, picture: FramePicture, lift: Lift
) -> None:
    """On a curve, show where on it the next movement lands; magnified arrows land nowhere."""
    update = anatomy.update
    if update is None or update.diverges or lift.factor != 1.0 or not arrows:
        return
    for place in overlay.place(update.position[np.newaxis]).tolist():
        landing, em = QPointF(*place), overlay.layout.em
        if math.isfinite(landing.y()):
            draw_dots(painter, arrows[-1].end, landing, picture.theme.accent, picture.theme, em)
            painter.setPen(QPen(color(picture.theme.accent), 0.14 * em))
            painter.drawEllipse(landing, 0.34 * em, 0.34 * em)


def _draw_labels(
    painter: QPainter, arrows: list[Arrow], lift: Lift, inks: dict[str, str], overlay: Overlay, picture: FramePicture
) -> None:
    em, theme = overlay.layout.em, picture.theme
    within = QRectF(overlay.layout.area).adjusted(0.3 * em, 0.3 * em, -0.3 * em, -0.3 * em)
    taken = [overlay.cards.legend_rect, overlay.cards.key_rect]
    taken.append(QRectF(lift.center.x() - em, lift.center.y() - em, 2 * em, 2 * em))
    taken += [_bounds(arrow) for arrow in arrows]
    texts = [
        (
            arrow.text,
            (arrow.start + arrow.end) / 2 if arrow.kind in ("last", "rest") else arrow.end,
            arrow.start,
            inks[arrow.kind],
        )
        for arrow in arrows
        if arrow.text and (arrow.end - arrow.start).manhattanLength() > LABELLED_EM[arrow.kind] * em
    ]
    for text, about, away_from, ink in texts:
        rect = place_clear(label_size(text, em), about, within, 0.6 * em, cards=taken, away_from=away_from)
        taken.append(rect)
        draw_label(painter, rect, text, ink, theme, em)
    if lift.factor != 1.0 and texts:
        text = (
            f"arrows ×{format_count(int(lift.factor)) if lift.factor < 1e6 else format_number(lift.factor, digits=3)}"
        )
        rect = place_clear(label_size(text, em), lift.center, within, 1.7 * em, cards=taken)
        draw_label(painter, rect, text, theme.dim_text, theme, em)


def _bounds(arrow: Arrow) -> QRectF:
    """A box around the middle of an arrow: labels had better not cover it."""
    middle = (arrow.start + arrow.end) / 2
    half = (arrow.end - arrow.start) / 4
    return QRectF(middle - half, middle + half).normalized().adjusted(-3, -3, 3, 3)
