"""The selected particle on the map: its ring, and, taken apart, the arrows of its gradient and its movements."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gradsim.ui.drawing.arrows import draw_arrow, draw_dots, draw_label, label_size
from gradsim.ui.drawing.cards import color
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.drawing.placing import place_clear
from gradsim.ui.map.anatomy_arrows import LABELLED_EM, Arrow, Lift, arrows_of
from gradsim.ui.map.particle_places import has_particle, particle_pixel
from gradsim.ui.numbers import format_count, format_number
from gradsim.ui.selection import ParticlePlace
from gradsim.ui.session import Session

if TYPE_CHECKING:
    from gradsim.core.anatomy import Anatomy
    from gradsim.core.run import Frame

RING_EM = 1.15


class AnatomyMarks(QObject):
    """Draws what belongs to the selected particle on every map that shows its optimizer.

    While steps are changed quickly, an anatomy may be ahead of the map or behind it: the last two are kept, and only
    the one of the step on show is drawn.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._anatomies: tuple[Anatomy, ...] = ()
        self.rects: tuple[QRectF, ...] = ()
        """What was painted last, in pixels of the picture: other cards had better not cover it."""
        session.selection.anatomy_changed.connect(self._take)

    def _take(self, anatomy: Anatomy | None) -> None:
        self._anatomies = () if anatomy is None else (anatomy, *self._anatomies[:1])

    def draw(self, painter: QPainter, picture: FramePicture, step: float, frame: Frame | None) -> None:
        """Paint the arrows at ``step``, and a ring around the particle where the map shows ``frame``."""
        self.rects = ()
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
                self.rects += draw_anatomy(painter, anatomy, overlay, picture)
            pixel = None if frame is None else particle_pixel(overlay, run, place, frame)
            if pixel is not None:
                reach = RING_EM * overlay.layout.em
                self.rects += (QRectF(pixel.x() - reach, pixel.y() - reach, 2 * reach, 2 * reach),)
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


def draw_anatomy(painter: QPainter, anatomy: Anatomy, overlay: Overlay, picture: FramePicture) -> tuple[QRectF, ...]:
    """Paint the arrows of ``anatomy`` on ``overlay``, and their labels where they hide the least; return the labels."""
    if not len(overlay.place(anatomy.position[np.newaxis])):
        return ()
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
    return _draw_labels(painter, arrows, lift, inks, overlay, picture)


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
) -> tuple[QRectF, ...]:
    em, theme = overlay.layout.em, picture.theme
    within = QRectF(overlay.layout.area).adjusted(0.3 * em, 0.3 * em, -0.3 * em, -0.3 * em)
    taken = [overlay.cards.legend_rect, overlay.cards.key_rect]
    taken.append(QRectF(lift.center.x() - em, lift.center.y() - em, 2 * em, 2 * em))
    taken += [_bounds(arrow) for arrow in arrows]
    head = QRectF(-0.55 * em, -0.55 * em, 1.1 * em, 1.1 * em)
    taken += [head.translated(arrow.end) for arrow in arrows if arrow.kind != "rest"]
    texts = [
        (
            arrow.text,
            (arrow.start + arrow.end) / 2 if arrow.kind in ("last", "rest") else arrow.end,
            arrow.start,
            inks[arrow.kind],
        )
        for arrow in arrows
        if arrow.text
        and (arrow.end - arrow.start).manhattanLength() > LABELLED_EM[arrow.kind] * em
        and QRectF(arrow.start, arrow.end).normalized().adjusted(-1, -1, 1, 1).intersects(within)
    ]
    labels: list[QRectF] = []

    def write(text: str, about: QPointF, gap: float, ink: str, away_from: QPointF | None = None) -> None:
        rect = place_clear(label_size(text, em), about, within, gap, cards=[*taken, *labels], away_from=away_from)
        # On a small panel there may be no room: the panel of the update has a key to the arrows.
        if not any(rect.intersects(label) for label in labels):
            labels.append(rect)
            draw_label(painter, rect, text, ink, theme, em)

    if lift.factor != 1.0 and texts:
        factor = format_count(int(lift.factor)) if lift.factor < 1e6 else format_number(lift.factor, digits=3)
        # First, as nothing else says it.
        write(f"arrows ×{factor}", lift.center, 1.7 * em, theme.dim_text)
    for text, about, away_from, ink in texts:
        write(text, about, 0.6 * em, ink, away_from)
    return (*taken[2:], *labels)  # the cards are known


def _bounds(arrow: Arrow) -> QRectF:
    """A box around the middle of an arrow: labels had better not cover it."""
    middle = (arrow.start + arrow.end) / 2
    half = (arrow.end - arrow.start) / 4
    return QRectF(middle - half, middle + half).normalized().adjusted(-3, -3, 3, 3)
