"""Arrows with a halo that stay readable on any map, and the small labels that go with them."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from gradsim.core.render.palette import Theme
from gradsim.ui.drawing.cards import color, draw_text, text_font

_HEAD_EM = 0.85
_LEAST_EM = 0.15


def draw_arrow(
    painter: QPainter,
    start: QPointF,
    end: QPointF,
    ink: str,
    theme: Theme,
    em: float,
    *,
    width: float,
    dashed: bool = False,
) -> None:
    """Paint an arrow that ends exactly at ``end``; ``width`` is that of its line, in em. A tiny one is left out."""
    way = end - start
    length = math.hypot(way.x(), way.y())
    if not math.isfinite(length) or length < _LEAST_EM * em:
        return
    along = way / length
    across = QPointF(-along.y(), along.x())
    head = min((_HEAD_EM + width) * em, 0.7 * length)
    neck = end - along * head
    triangle = QPolygonF([end, neck + across * (0.42 * head), neck - across * (0.42 * head)])
    shaft = QLineF(start, neck + along * (0.3 * head))
    for pen_color, extra in ((color(theme.overlay, 0.85), 0.16), (color(ink), 0.0)):
        pen = QPen(pen_color, (width + extra) * em, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        if dashed:
            pen.setDashPattern([0.6 * em / pen.widthF(), 0.42 * em / pen.widthF()])
        painter.setPen(pen)
        painter.drawLine(shaft)
        painter.setPen(
            QPen(pen_color, extra * em, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        if not extra:
            painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen_color)
        painter.drawPolygon(triangle)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_dots(painter: QPainter, start: QPointF, end: QPointF, ink: str, theme: Theme, em: float) -> None:
    """Paint a thin dotted line."""
    for pen_color, width in ((color(theme.overlay, 0.7), 0.22 * em), (color(ink), 0.12 * em)):
        pen = QPen(pen_color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([0.16 * em / width, 0.3 * em / width])
        painter.setPen(pen)
        painter.drawLine(QLineF(start, end))


def label_size(text: str, em: float) -> tuple[float, float]:
    """Return (width, height) in pixels of the label that ``draw_label`` paints."""
    metrics = QFontMetricsF(text_font(0.92 * em, bold=True))
    return metrics.horizontalAdvance(text) + 0.7 * em, 1.4 * em


def draw_label(painter: QPainter, rect: QRectF, text: str, ink: str, theme: Theme, em: float) -> None:
    """Paint ``text`` on a small card at ``rect``."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(theme.overlay, 0.82))
    painter.drawRoundedRect(rect, 0.35 * em, 0.35 * em)
    draw_text(painter, rect.left() + 0.35 * em, rect.center().y(), text, text_font(0.92 * em, bold=True), color(ink))
