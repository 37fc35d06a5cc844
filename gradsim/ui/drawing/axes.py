"""Axes around a map: a frame, ticks at round numbers, labels, and the axes' names."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gradsim.core.render.palette import Theme
from gradsim.core.render.viewport import Viewport
from gradsim.ui.drawing.cards import color, draw_text, text_font, text_width
from gradsim.ui.numbers import nice_ticks, tick_labels

LABEL_EM = 0.92
GRID_OPACITY = 0.07


def axis_names(dimension: int) -> tuple[str, str]:
    """Return what the horizontal and the vertical axis show."""
    return ("x", "f(x)") if dimension == 1 else ("x", "y")


def draw_axes(
    painter: QPainter,
    area: QRectF,
    viewport: Viewport,
    theme: Theme,
    em: float,
    *,
    names: tuple[str, str],
    left: float,
    labels_left: bool = True,
    labels_below: bool = True,
) -> None:
    """Paint the frame around ``area`` and its labels below and at its left.

    Args:
        area: where the viewport's pixels lie.
        em: text size in pixels.
        names: of the horizontal and the vertical axis.
        left: pixels that the labels of the vertical axis may take; longer ones are written smaller.
        labels_left, labels_below: whether that axis is written at all.
    """
    painter.setBrush(Qt.BrushStyle.NoBrush)
    width = max(1.0, round(em / 13))
    pen = QPen(color(theme.border), width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.drawRect(area.adjusted(-width / 2, -width / 2, width / 2, width / 2))
    if labels_below:
        _draw_horizontal(painter, area, viewport.x, theme, em, names[0], reach=left if labels_left else 0.4 * em)
    if labels_left:
        _draw_vertical(painter, area, viewport.y, theme, em, names[1], left)


def draw_grid(painter: QPainter, viewport: Viewport, theme: Theme, em: float) -> None:
    """Paint faint lines at the ticks of the axes over a whole map, with a painter in pixels of the map."""
    width, height = float(viewport.width), float(viewport.height)
    xs = [(tick - viewport.x[0]) / viewport.scale[0] for tick in _fitting_ticks(viewport.x, width, em)[0]]
    ys = [(viewport.y[1] - tick) / viewport.scale[1] for tick in _vertical_ticks(viewport.y, height, em)[0]]
    painter.setPen(QPen(color(theme.text, GRID_OPACITY), max(1.0, em / 13)))
    painter.drawLines([QLineF(x, 0.0, x, height) for x in xs] + [QLineF(0.0, y, width, y) for y in ys])


def _draw_horizontal(
    painter: QPainter, area: QRectF, span: tuple[float, float], theme: Theme, em: float, name: str, *, reach: float
) -> None:
    """Paint the axis below; labels go at most ``reach`` pixels beyond the left end, where a neighbour may be."""
    font, name_font = text_font(LABEL_EM * em), text_font(em, bold=True)
    middle = area.bottom() + 1.15 * em
    name_left = area.right() - text_width(name, name_font)
    draw_text(painter, name_left, middle, name, name_font, color(theme.text))
    ticks, labels = _fitting_ticks(span, area.width(), em)
    for tick, label in zip(ticks, labels, strict=True):
        x = area.left() + (tick - span[0]) / (span[1] - span[0]) * area.width()
        _tick(painter, QLineF(x, area.bottom(), x, area.bottom() + 0.35 * em), theme, em)
        width = text_width(label, font)
        if x + width / 2 < name_left - 0.5 * em and x - width / 2 >= area.left() - reach:
            draw_text(painter, x - width / 2, middle, label, font, color(theme.dim_text))


def _fitting_ticks(span: tuple[float, float], width: float, em: float) -> tuple[list[float], list[str]]:
    """Return ticks and labels, fewer where the labels are long, so that neighbours stay apart."""
    font = text_font(LABEL_EM * em)
    for n_most in (12, 10, 8, 6, 5, 4, 3, 2, 1):
        ticks, spacing = nice_ticks(*span, n_most=n_most)
        labels = tick_labels(ticks, spacing)
        widest = max((text_width(label, font) for label in labels), default=0.0)
        if (widest + 1.6 * em) * (span[1] - span[0]) <= spacing * width:
            return ticks, labels
    return [], []


def _vertical_ticks(span: tuple[float, float], height: float, em: float) -> tuple[list[float], list[str]]:
    ticks, spacing = nice_ticks(*span, n_most=max(1, min(10, int(height / (3.2 * em)))))
    return ticks, tick_labels(ticks, spacing)


def _draw_vertical(
    painter: QPainter, area: QRectF, span: tuple[float, float], theme: Theme, em: float, name: str, left: float
) -> None:
    ticks, labels = _vertical_ticks(span, area.height(), em)
    room = left - 0.9 * em
    font = text_font(LABEL_EM * em)
    widest = max((text_width(label, font) for label in labels), default=0.0)
    if widest > room:
        font = text_font(LABEL_EM * em * max(0.6, room / widest))
    name_font = text_font(em, bold=True)
    name_middle = area.top() + 0.5 * em
    draw_text(
        painter, area.left() - 0.55 * em - text_width(name, name_font), name_middle, name, name_font, color(theme.text)
    )
    for tick, label in zip(ticks, labels, strict=True):
        y = area.bottom() - (tick - span[0]) / (span[1] - span[0]) * area.height()
        _tick(painter, QLineF(area.left() - 0.35 * em, y, area.left(), y), theme, em)
        if y > name_middle + 1.2 * em and y < area.bottom() + 0.4 * em:
            draw_text(painter, area.left() - 0.55 * em - text_width(label, font), y, label, font, color(theme.dim_text))


def _tick(painter: QPainter, line: QLineF, theme: Theme, em: float) -> None:
    painter.setPen(QPen(color(theme.dim_text), max(1.0, em / 13)))
    painter.drawLine(line)
