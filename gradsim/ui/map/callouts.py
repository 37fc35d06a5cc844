"""What is said of a critical point on the map: its eigenvector cross, and a card beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gradsim.core.render.palette import Theme
from gradsim.ui.drawing.arrows import draw_label, label_size
from gradsim.ui.drawing.cards import Line, color, draw_reading, reading_size
from gradsim.ui.drawing.marks import CRITICAL_POINT_MARKS, draw_eigenvector_cross, draw_mark, eigenvector_arms
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.placing import place_clear
from gradsim.ui.numbers import format_number, format_vector

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoint

HIT_EM = 0.85
_SUBSCRIPTS = "₁₂₃₄₅₆₇₈₉"


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
        _SUBSCRIPTS, point.eigenvalues.tolist(), point.eigenvectors.T.tolist(), strict=False
    ):
        direction = format_vector(_upward(vector), digits=3)
        lines.append(Line(f"λ{subscript}, v{subscript}", f"{format_number(value)}, {direction}"))
    return tuple(lines)


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
    """The callout of ``point`` on ``overlay``, placed where it hides neither the point nor, if possible, other cards,
    starts, critical points and the race's path; a line leads to a card that lies farther away.

    ``cards`` are rectangles to keep clear of besides legend and key. ``rect`` is its card, ``center`` the pixel of the
    point; ``is_shown`` says whether that lies on the map.
    """

    def __init__(self, overlay: Overlay, point: CriticalPoint, cards: tuple[QRectF, ...] = ()) -> None:
        self.overlay = overlay
        self.point = point
        em, area = overlay.layout.em, QRectF(overlay.layout.area)
        pixels = overlay.place(np.asarray(point.position)[np.newaxis])
        self.is_shown = bool(len(pixels)) and area.contains(QPointF(*pixels[0].tolist()))
        self.center = QPointF(*pixels[0].tolist()) if self.is_shown else QPointF()
        self.rect = QRectF()
        self._gap = 1.8 * em
        self._arms: list[QPointF] = []
        if not self.is_shown:
            return
        if overlay.scene.domain.dimension == 2:
            self._arms = eigenvector_arms(point, overlay.viewport, overlay.mark_em)
            self._gap += max(max(abs(arm.x()), abs(arm.y())) for arm in self._arms)
        size = reading_size(self._name, self._lines, em)
        within = overlay.room.adjusted(0.5 * em, 0.5 * em, -0.5 * em, -0.5 * em)
        shown = overlay.cards
        self.rect = place_clear(
            size,
            self.center,
            within,
            self._gap,
            cards=(shown.legend_rect, shown.key_rect, *cards),
            obstacles=overlay.obstacles,
            reach=min(size),
            elsewhere=True,
        )

    @property
    def rects(self) -> tuple[QRectF, ...]:
        """What it covers, in pixels of the picture: its card, and the cross with the point."""
        reach = max((max(abs(arm.x()), abs(arm.y())) for arm in self._arms), default=0.0) + self.overlay.layout.em
        return self.rect, QRectF(self.center.x() - reach, self.center.y() - reach, 2 * reach, 2 * reach)

    @property
    def _name(self) -> str:
        return f"{CRITICAL_POINT_MARKS[self.point.kind][1].capitalize()}, f = {format_number(self.point.value)}"

    @property
    def _lines(self) -> tuple[Line, ...]:
        return critical_point_lines(self.point)

    def draw_cross(self, painter: QPainter, theme: Theme) -> None:
        """Paint the eigenvector cross, as far as it lies on its map."""
        if self._arms:
            painter.save()
            painter.setClipRect(self.overlay.layout.area, Qt.ClipOperation.IntersectClip)
            draw_eigenvector_cross(painter, self.point, self._arms, self.center, theme, self.overlay.mark_em)
            self._name_arms(painter, theme)
            painter.restore()

    def _name_arms(self, painter: QPainter, theme: Theme) -> None:
        em = self.overlay.mark_em
        for subscript, arm in zip(_SUBSCRIPTS, self._arms, strict=False):
            upward = arm if (arm.y(), -arm.x()) < (0.0, 0.0) else -arm
            tip = self.center + upward * (1.0 + 0.9 * em / math.hypot(arm.x(), arm.y()))
            text = f"λ{subscript}"
            width, height = label_size(text, em)
            rect = QRectF(tip.x() - width / 2, tip.y() - height / 2, width, height)
            draw_label(painter, rect, text, theme.accent, theme, em)

    def draw_card(self, painter: QPainter, theme: Theme) -> None:
        """Paint the readings."""
        em, rect, center = self.overlay.layout.em, self.rect, self.center
        nearest = QPointF(
            min(max(center.x(), rect.left()), rect.right()), min(max(center.y(), rect.top()), rect.bottom())
        )
        if math.dist(nearest.toTuple(), center.toTuple()) > self._gap + em:
            painter.setPen(QPen(color(theme.text, 0.6), 0.12 * em))
            painter.drawLine(center, nearest)  # else it would be any point's
        draw_reading(painter, rect, self._name, self._lines, theme, em)
        draw_mark(painter, self.point.kind, rect.left() + 1.35 * em, rect.top() + 1.25 * em, theme, 1.1 * em)
