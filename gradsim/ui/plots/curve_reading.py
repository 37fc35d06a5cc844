"""What the mouse reads in a plot: the nearest curve, and a card with its name and value."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gradsim.ui.drawing.cards import Line, color, draw_reading, place_beside, reading_size
from gradsim.ui.numbers import format_count, format_number
from gradsim.ui.plots.curve_picture import CurvePicture
from gradsim.ui.plots.curves import BAND

NEAR_EM = 2.5


def nearest_curve(picture: CurvePicture, mouse: QPointF) -> tuple[int, int] | None:
    """Return the optimizer whose curve passes nearest to ``mouse``, if any is near, and the record at its step.

    A curve that crosses several pixels between two records is near wherever it passes within them.
    """
    look, curves = picture.look, picture.curves
    if not look.area.adjusted(-look.em, -look.em, look.em, look.em).contains(mouse) or not len(curves.middle):
        return None
    at = picture.step_at(mouse.x())
    after = min(int(np.searchsorted(curves.steps, at)), len(curves.steps) - 1)
    before = max(0, after - 1)
    record = after if curves.steps[after] - at <= at - curves.steps[before] else before
    around = slice(max(0, record - 1), record + 2)
    heights = picture.y_at(curves.middle[:, around])
    away = np.abs(heights - mouse.y())
    away[~np.isfinite(away)] = np.inf
    here = picture.y_at(curves.middle[:, record])
    away = np.where(np.isfinite(here), away.min(axis=1), np.inf)
    optimizer = int(away.argmin())
    return (optimizer, record) if away[optimizer] <= NEAR_EM * look.em else None


def reading_lines(picture: CurvePicture, optimizer: int, record: int, value_name: str) -> tuple[Line, ...]:
    """What is to be said of one curve at one record."""
    curves, axis = picture.curves, picture.axis
    value = float(curves.middle[optimizer, record])
    lines = [Line("step", format_count(int(curves.steps[record]))), Line(value_name, format_number(value))]
    if axis.is_log and axis.floor:
        side = "above lowest" if axis.sign > 0 else "below highest"
        lines.append(Line(side, format_number(axis.sign * value - axis.floor)))
    if curves.low is not None and curves.high is not None:
        ends = [format_number(float(band[optimizer, record]), digits=3) for band in (curves.low, curves.high)]
        lines.append(Line(f"{BAND[0]:.0%} to {BAND[1]:.0%}", " to ".join(ends)))
    return tuple(lines)


def draw_curve_reading(painter: QPainter, picture: CurvePicture, mouse: QPointF, value_name: str) -> None:
    """Write name and value of the curve nearest to ``mouse``, a pixel of the picture, beside a dot on the curve."""
    found = nearest_curve(picture, mouse)
    if found is None:
        return
    optimizer, record = found
    curves, look = picture.curves, picture.look
    ink = color(look.colors[optimizer])
    place = QPointF(
        picture.x_at(int(curves.steps[record])), float(picture.y_at(curves.middle[optimizer, record : record + 1])[0])
    )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color(look.theme.panel), 0.12 * look.em))
    painter.setBrush(ink)
    painter.drawEllipse(place, 0.36 * look.em, 0.36 * look.em)
    name, lines = curves.run.labels[optimizer], reading_lines(picture, optimizer, record, value_name)
    size = reading_size(name, lines, look.em)
    rect = place_beside(size, place, QRectF(0, 0, look.width, look.height), look.em)
    draw_reading(painter, rect, name, lines, look.theme, look.em)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawEllipse(rect.topLeft() + QPointF(1.35 * look.em, 1.25 * look.em), 0.38 * look.em, 0.38 * look.em)
