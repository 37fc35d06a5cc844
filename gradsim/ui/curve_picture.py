"""Paints a plot of curves as pictures, on any thread: the frame with its labels, and the curves without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPolygonF

from gradsim.core.render.palette import Theme
from gradsim.ui.cards import BASE_TEXT_PIXELS, color, draw_text, text_font, text_width
from gradsim.ui.curve_axis import Floats, ValueAxis
from gradsim.ui.curves import Curves, extent, thinned
from gradsim.ui.numbers import format_count, nice_ticks

LABEL_EM = 0.9
LINE_EM = 0.13
BAND_ALPHA = 0.13
STEP_NAME = "step"


@dataclass(frozen=True)
class Look:
    """How a plot looks.

    Attributes:
        width, height: device pixels, at least 1.
        em: size of the text in device pixels.
        colors, letters: of the optimizers of the run, in its order.
    """

    width: int
    height: int
    em: float
    theme: Theme
    colors: tuple[str, ...]
    letters: tuple[str, ...]

    @property
    def area(self) -> QRectF:
        """Where the curves lie; labels lie around it."""
        em = self.em
        left, right, top, bottom = 3.9 * em, (2.0 if self.letters else 1.0) * em, 0.5 * em, 1.9 * em
        return QRectF(left, top, max(1.0, self.width - left - right), max(1.0, self.height - top - bottom))


@dataclass(frozen=True, eq=False)
class CurvePicture:
    """What ``draw_curves`` has painted; both images are ``look.width`` × ``look.height``."""

    curves: Curves
    axis: ValueAxis
    look: Look
    frame: QImage
    lines: QImage

    def x_at(self, step: float) -> float:
        """The pixel of ``step``."""
        area = self.look.area
        return area.left() + step / max(1, self.curves.run.last_step) * area.width()

    def step_at(self, x: float) -> float:
        """The step at pixel ``x``, moved into the run."""
        area = self.look.area
        share = (x - area.left()) / area.width()
        return min(max(share, 0.0), 1.0) * self.curves.run.last_step

    def y_at(self, values: Floats) -> Floats:
        """The pixels of ``values``, NaN for those that are not finite."""
        return _y(self.axis.heights(values), self.axis, self.look.area)


def draw_curves(curves: Curves, axis: ValueAxis, look: Look) -> CurvePicture:
    """Paint ``curves`` on ``axis``."""
    frame, lines = _blank(look), _blank(look)
    painter = QPainter(frame)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    _draw_frame(painter, curves, axis, look)
    painter.end()
    painter = QPainter(lines)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    area = look.area
    painter.setClipRect(area)
    if curves.low is not None and curves.high is not None:
        for low, high, ink in zip(curves.low, curves.high, look.colors, strict=True):
            _draw_band(painter, curves, axis, look, low, high, ink)
    ends = [_draw_line(painter, curves, axis, look, *each) for each in zip(curves.middle, look.colors, strict=True)]
    painter.end()
    painter = QPainter(frame)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    _draw_letters(painter, look, ends)
    painter.end()
    return CurvePicture(curves, axis, look, frame, lines)


def _blank(look: Look) -> QImage:
    image = QImage(look.width, look.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    return image


def _draw_frame(painter: QPainter, curves: Curves, axis: ValueAxis, look: Look) -> None:
    area, em, theme = look.area, look.em, look.theme
    font = text_font(LABEL_EM * em)
    hair = max(1.0, em / 12)
    for height, text in axis.ticks(max(2, int(area.height() / (2.1 * em)))):
        y = float(_y(np.array(height), axis, area))
        painter.setPen(QPen(color(theme.border, 0.55), hair))
        painter.drawLine(QLineF(area.left(), y, area.right(), y))
        left = area.left() - 0.5 * em - text_width(text, font)
        middle = min(max(y, 0.5 * em), look.height - 0.5 * em)
        draw_text(painter, left, middle, text, font, color(theme.dim_text))
    painter.setPen(QPen(color(theme.border), hair))
    painter.drawLine(QLineF(area.bottomLeft(), area.bottomRight()))
    painter.drawLine(QLineF(area.topLeft(), area.bottomLeft()))
    _draw_steps(painter, curves.run.last_step, look, hair)


def _draw_steps(painter: QPainter, last_step: int, look: Look, hair: float) -> None:
    area, em, theme = look.area, look.em, look.theme
    font = text_font(LABEL_EM * em)
    middle = area.bottom() + 1.05 * em
    name_left = look.width - 0.5 * em - text_width(STEP_NAME, font)
    draw_text(painter, name_left, middle, STEP_NAME, font, color(theme.text))
    room = text_width(format_count(last_step), font) + 2.2 * em
    for tick in nice_ticks(0.0, float(last_step), n_most=max(1, int(area.width() / room)))[0]:
        if tick != round(tick):
            continue
        x, text = area.left() + tick / last_step * area.width(), format_count(round(tick))
        painter.setPen(QPen(color(theme.border), hair))
        painter.drawLine(QLineF(x, area.bottom(), x, area.bottom() + 0.3 * em))
        width = text_width(text, font)
        if x + width / 2 < name_left - 0.6 * em:
            draw_text(painter, x - width / 2, middle, text, font, color(theme.dim_text))


def _draw_line(
    painter: QPainter, curves: Curves, axis: ValueAxis, look: Look, values: Floats, ink: str
) -> tuple[float, float]:
    """Paint one curve, in pieces where it has gaps; return where it ends."""
    area = look.area
    steps, heights = thinned(curves.steps, axis.heights(values), max(2, round(area.width())))
    x = area.left() + steps / max(1, curves.run.last_step) * area.width()
    y = _y(heights, axis, area)
    painter.setPen(
        QPen(color(ink), LINE_EM * look.em, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.BevelJoin)
    )
    for piece in _pieces(y):
        if piece.stop - piece.start == 1:
            painter.drawPoint(QPointF(float(x[piece][0]), float(y[piece][0])))
        else:
            painter.drawPolyline(_polygon(x[piece], y[piece]))
    return float(x[-1]), float(y[-1])


def _draw_band(
    painter: QPainter, curves: Curves, axis: ValueAxis, look: Look, low: Floats, high: Floats, ink: str
) -> None:
    area = look.area
    ends = axis.heights(low), axis.heights(np.where(np.isfinite(low) & ~np.isfinite(high), np.finfo(float).max, high))
    steps, low, high = extent(curves.steps, np.fmin(*ends), np.fmax(*ends), max(2, round(area.width() / 2)))
    x = area.left() + steps / max(1, curves.run.last_step) * area.width()
    bottom, top = _y(low, axis, area), _y(high, axis, area)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(ink, BAND_ALPHA))
    for piece in _pieces(bottom + top):
        there, back = (x[piece], top[piece]), (x[piece][::-1], bottom[piece][::-1])
        painter.drawPolygon(_polygon(*(np.concatenate(pair) for pair in zip(there, back, strict=True))))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _draw_letters(painter: QPainter, look: Look, ends: list[tuple[float, float]]) -> None:
    """Write the letter of every curve at its end; of letters that would overlap, the first."""
    if not look.letters:
        return
    font, taken = text_font(0.85 * look.em, bold=True), []
    area = look.area
    for (x, y), letter, ink in zip(ends, look.letters, look.colors, strict=True):
        if not area.top() <= y <= area.bottom() or any(abs(y - other) < look.em for other in taken):
            continue
        taken.append(y)
        draw_text(painter, x + 0.5 * look.em, y, letter, font, color(ink))


def _y(heights: Floats, axis: ValueAxis, area: QRectF) -> Floats:
    return area.bottom() - (heights - axis.low) / (axis.high - axis.low) * area.height()


def _pieces(values: Floats) -> list[slice]:
    """The runs of ``values`` without NaN."""
    solid = np.concatenate([[False], ~np.isnan(values), [False]])
    edges = np.flatnonzero(solid[1:] != solid[:-1]).tolist()
    return [slice(start, stop) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def _polygon(x: Floats, y: Floats) -> QPolygonF:
    """Points from coordinates, written into Qt's own memory: one by one they would take longer than the painting."""
    polygon = QPolygonF()
    polygon.resize(len(x))
    memory = np.frombuffer(shiboken6.VoidPtr(polygon.data(), 16 * len(x), True), np.float64).reshape(-1, 2)
    memory[:, 0], memory[:, 1] = x, y
    return polygon


def text_pixels(ratio: float, scale: float) -> float:
    """The size of a plot's text in device pixels on a screen of ``ratio`` at interface size ``scale``."""
    return 0.92 * BASE_TEXT_PIXELS * ratio * scale
