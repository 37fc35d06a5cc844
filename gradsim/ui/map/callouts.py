"""What is said of a critical point on the map: its eigenvector cross, and a card beside it, or a line in the margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QRegion

from gradsim.core.render.palette import Theme
from gradsim.ui.drawing.cards import Line, caption_width, color, draw_caption, draw_reading, reading_size
from gradsim.ui.drawing.eigenvector_cross import (
    SUBSCRIPTS,
    draw_eigenvalue_names,
    draw_eigenvector_cross,
    eigenvector_arms,
)
from gradsim.ui.drawing.leaders import leader
from gradsim.ui.drawing.marks import CRITICAL_POINT_MARKS, draw_mark
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.placing import place_clear
from gradsim.ui.numbers import format_number, format_vector

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoint

HIT_EM = 0.85
_RING_EM = 0.9
_LEADER_CLEARANCE_EM = 0.5


def critical_point_lines(point: CriticalPoint) -> tuple[Line, ...]:
    """Return the readings of a critical point below its heading: place, gradient norm, each eigenvalue with its
    eigenvector. They are few and short: on a crowded map every line of the card hides other points.
    """
    lines = [
        Line("position", format_vector(point.position.tolist())),
        Line("‖∇f‖", format_number(point.gradient_norm)),
    ]
    if len(point.eigenvalues) == 1:
        return (*lines, Line("f″", format_number(float(point.eigenvalues[0]))))
    for subscript, value, vector in zip(
        SUBSCRIPTS, point.eigenvalues.tolist(), point.eigenvectors.T.tolist(), strict=False
    ):
        direction = format_vector(_upward(vector), digits=3)
        lines.append(Line(f"λ{subscript}, v{subscript}", f"{format_number(value)}, {direction}"))
    return tuple(lines)


def caption_lines(point: CriticalPoint) -> tuple[tuple[Line, ...], ...]:
    """Return the same readings for a caption of one line, the most important first, and in ever fewer words."""
    position, norm, *eigen = critical_point_lines(point)
    values = [
        Line(f"λ{subscript}", format_number(value))
        for subscript, value in zip(SUBSCRIPTS, point.eigenvalues.tolist(), strict=False)
    ]
    shorter = () if len(point.eigenvalues) == 1 else ((position, *values),)
    return (position, *eigen, norm), (position, *eigen), *shorter, (position,), ()


def _upward(vector: list[float]) -> list[float]:
    """Return the one of ±``vector`` whose largest component is positive: an eigenvector has no sign of its own."""
    return [-value for value in vector] if max(vector, key=abs) < 0.0 else vector


def critical_point_at(overlay: Overlay, pixel: QPointF) -> CriticalPoint | None:
    """Return the critical point whose mark is under ``pixel`` of the picture, the nearest of several."""
    points = overlay.critical_points
    if not points:
        return None
    with np.errstate(all="ignore"):
        distances = np.hypot(*(overlay.critical_pixels - [pixel.x(), pixel.y()]).T)
    distances[~np.isfinite(distances)] = np.inf
    index = int(np.argmin(distances))
    return points[index] if distances[index] <= HIT_EM * overlay.mark_em else None


class Callout:
    """The callout of ``point`` on ``overlay``: a card where it hides neither the point nor other cards, starts and
    critical points, nor, if possible, the race's path. Where marks are everywhere it is a caption of one line in the
    margin. From a card or caption that lies away from the point a thin line leads to it.

    ``cards`` are rectangles to keep clear of besides legend and key. ``rect`` is its card, ``center`` the pixel of the
    point; ``is_shown`` says whether that lies on the map, ``is_caption`` whether the card is one line in the margin.
    ``lines`` are its readings, ``arms`` those of the cross in pixels.
    """

    def __init__(self, overlay: Overlay, point: CriticalPoint, cards: tuple[QRectF, ...] = ()) -> None:
        self.overlay = overlay
        self.point = point
        area = QRectF(overlay.layout.area)
        pixels = overlay.place(np.asarray(point.position)[np.newaxis])
        self.is_shown = bool(len(pixels)) and area.contains(QPointF(*pixels[0].tolist()))
        self.center = QPointF(*pixels[0].tolist()) if self.is_shown else QPointF()
        self.rect = QRectF()
        self.is_caption = False
        self.lines = critical_point_lines(point)
        self._gap = 1.8 * overlay.layout.em
        self._other_cards = (overlay.cards.legend_rect, overlay.cards.key_rect, *cards)
        self.arms: list[QPointF] = []
        if not self.is_shown:
            return
        if overlay.scene.domain.dimension == 2:
            ways = overlay.critical_pixels - pixels[0]
            ways = ways[np.hypot(*ways.T) > 1e-6]
            self.arms = eigenvector_arms(point, overlay.viewport, overlay.mark_em, ways_to_others=ways)
            self._gap += max((max(abs(arm.x()), abs(arm.y())) for arm in self.arms), default=0.0)
        self._place(self._other_cards)

    def _place(self, cards: tuple[QRectF, ...]) -> None:
        overlay, em = self.overlay, self.overlay.layout.em
        size = reading_size(self.name, self.lines, em)
        within = QRectF(overlay.layout.area).adjusted(0.5 * em, 0.5 * em, -0.5 * em, -0.5 * em)
        obstacles = overlay.obstacles
        self.rect = place_clear(
            size, self.center, within, self._gap, cards=cards, obstacles=obstacles, reach=min(size), elsewhere=True
        )
        hides_none = not obstacles.n_places_under(self.rect) and not any(self.rect.intersects(card) for card in cards)
        if hides_none and within.contains(self.rect):  # it may be wider than a panel
            return
        for strip in overlay.caption_strips:
            if not any(strip.intersects(card) for card in cards):
                self.rect, self.is_caption = strip, True
                choices = caption_lines(self.point)
                fitting = (lines for lines in choices if caption_width(self.name, lines, em) <= strip.width())
                self.lines = next(fitting, ())
                return

    @property
    def rects(self) -> tuple[QRectF, ...]:
        """What it covers, in pixels of the picture: its card, and the cross with the point."""
        reach = max((max(abs(arm.x()), abs(arm.y())) for arm in self.arms), default=0.0) + self.overlay.layout.em
        return self.rect, QRectF(self.center.x() - reach, self.center.y() - reach, 2 * reach, 2 * reach)

    @property
    def name(self) -> str:
        """The heading: what kind of point it is, and its value."""
        return f"{CRITICAL_POINT_MARKS[self.point.kind][1].capitalize()}, f = {format_number(self.point.value)}"

    def draw_cross(self, painter: QPainter, theme: Theme) -> None:
        """Paint the eigenvector cross, as far as it lies on its map."""
        if self.arms:
            em = self.overlay.mark_em
            painter.save()
            painter.setClipRect(self.overlay.layout.area, Qt.ClipOperation.IntersectClip)
            draw_eigenvector_cross(painter, self.point, self.arms, self.center, theme, em)
            draw_eigenvalue_names(painter, self.arms, self.center, self.overlay.obstacles, theme, em)
            painter.restore()

    @property
    def leader(self) -> QLineF | None:
        """The line from the card to the point; None beside it, where the card could be no other point's."""
        line = leader(
            self.rect,
            self.center,
            self.overlay.critical_pixels,
            gap=_RING_EM * self.overlay.mark_em,
            clearance=_LEADER_CLEARANCE_EM * self.overlay.mark_em,
        )
        return line if line.length() > self._gap else None

    def draw_card(self, painter: QPainter, theme: Theme) -> None:
        """Paint the readings."""
        em, rect = self.overlay.layout.em, self.rect
        self._draw_leader(painter, theme)
        if self.is_caption:
            draw_caption(painter, rect, self.name, self.lines, theme, em)
            draw_mark(painter, self.point.kind, rect.left() + 1.1 * em, rect.center().y(), theme, em)
        else:
            draw_reading(painter, rect, self.name, self.lines, theme, em)
            draw_mark(painter, self.point.kind, rect.left() + 1.35 * em, rect.top() + 1.25 * em, theme, 1.1 * em)

    def _draw_leader(self, painter: QPainter, theme: Theme) -> None:
        """Paint the line, below other cards."""
        if (line := self.leader) is None:
            return
        em, layout = self.overlay.layout.em, self.overlay.layout
        free = QRegion(0, 0, layout.width, layout.height)
        for card in self._other_cards:
            free -= QRegion(card.toAlignedRect())
        painter.save()
        painter.setClipRegion(free, Qt.ClipOperation.IntersectClip)
        for ink, width in ((color(theme.overlay, 0.6), 0.3), (color(theme.text, 0.75), 0.12)):
            painter.setPen(QPen(ink, width * em))
            painter.drawLine(line)
        painter.restore()
