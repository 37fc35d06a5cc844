"""Paints a plot of curves as pictures, on any thread: the frame with its labels, and the curves without it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QImage, QPainter, QPen

from gradsim.core.render.palette import Theme
from gradsim.ui.drawing.cards import BASE_TEXT_PIXELS, color, draw_text, text_font, text_width
from gradsim.ui.numbers import format_count, nice_ticks
from gradsim.ui.plots.curve_axis import Floats, ValueAxis
from gradsim.ui.plots.curves import Curves, extent, thinned

LABEL_EM = 0.9
LABEL_GAP_EM = 0.5  # between a label and the axis
LINE_EM = 0.13
BAND_ALPHA = 0.2  # of a single band; several are fainter, as they overlap
STEP_NAME = "step"


@dataclass(frozen=True)
class Look:
    """How a plot looks.

    Attributes:
        width, height: device pixels, at least 1.
        em: size of the text in device pixels.
        colors, letters: of the optimizers of the run, in its order.
        label_width: device pixels of the longest label on the left; short ones all take the same room.
    """

    width: int
    height: int
    em: float
    theme: Theme
    colors: tuple[str, ...]
    letters: tuple[str, ...]
    label_width: float = 0.0

    @property
    def area(self) -> QRectF:
        """Where the curves lie; labels lie around it."""
        em = self.em
        left = max(3.9 * em, self.label_width + (LABEL_GAP_EM + 0.2) * em)
        right, top, bottom = (2.0 if self.letters else 1.0) * em, 0.5 * em, 1.9 * em
        return QRectF(left, top, max(1.0, self.width - left - right), max(1.0, self.height - top - bottom))


@dataclass(frozen=True, eq=False)
class CurvePicture:
    """What ``draw_curves`` has painted.

    Attributes:
        frame: axes, labels and letters, ``look.width`` × ``look.height``.
        pixels: the curves alone, uint8 (H, W, 4) premultiplied BGRA; ``place`` is their top left corner in the frame.
    """

    curves: Curves
    axis: ValueAxis
    look: Look
    frame: QImage
    pixels: NDArray[np.uint8]
    place: tuple[int, int]

    @property
    def lines(self) -> QImage:
        """The curves as an image over the memory of ``pixels``, which must outlive it."""
        height, width = self.pixels.shape[:2]
        return QImage(self.pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)

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
    """Paint ``curves`` on ``axis``. The engine must be loaded."""
    from gradsim.core.render.plot_lines import draw_plot

    texts = [text for _, text in _value_ticks(axis, look)]
    look = replace(
        look, label_width=max((text_width(text, text_font(LABEL_EM * look.em)) for text in texts), default=0.0)
    )
    area = look.area
    left, top, right, bottom = (math.floor(edge) for edge in (area.left(), area.top(), area.right(), area.bottom()))
    inner = area.translated(-left, -top)
    n_columns = max(2, right - left)
    lines = [_line(curves, axis.heights(middle), axis, inner, n_columns) for middle in curves.middle]
    bands = []
    if curves.low is not None and curves.high is not None:
        pairs = zip(curves.low, curves.high, strict=True)
        bands = [_band(curves, low, high, axis, inner, n_columns) for low, high in pairs]
    # A margin of a pixel, so that a curve along the edge of the frame keeps its width.
    pixels = draw_plot(
        n_columns + 1,
        max(1, bottom - top) + 1,
        lines,
        bands=bands,
        colors=look.colors,
        line_width=LINE_EM * look.em,
        band_alpha=BAND_ALPHA / math.sqrt(max(1, len(bands))),
    )
    frame = _blank(look)
    painter = QPainter(frame)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    _draw_frame(painter, curves, axis, look)
    _draw_letters(painter, look, [(area.left() + line[-1, 0] - inner.left(), line[-1, 1] + top) for line in lines])
    painter.end()
    return CurvePicture(curves, axis, look, frame, pixels, (left, top))


def _blank(look: Look) -> QImage:
    image = QImage(look.width, look.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    return image


def _value_ticks(axis: ValueAxis, look: Look) -> list[tuple[float, str]]:
    return axis.ticks(max(2, int(look.area.height() / (2.1 * look.em))))


def _draw_frame(painter: QPainter, curves: Curves, axis: ValueAxis, look: Look) -> None:
    area, em, theme = look.area, look.em, look.theme
    font = text_font(LABEL_EM * em)
    hair = max(1.0, em / 12)
    for height, text in _value_ticks(axis, look):
        y = float(_y(np.array(height), axis, area))
        painter.setPen(QPen(color(theme.border, 0.55), hair))
        painter.drawLine(QLineF(area.left(), y, area.right(), y))
        left = area.left() - LABEL_GAP_EM * em - text_width(text, font)
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


def _line(curves: Curves, heights: Floats, axis: ValueAxis, area: QRectF, n_columns: int) -> Floats:
    """Return the points (x, y) of one curve, in pixels, as few as its pixels need."""
    steps, heights = thinned(curves.steps, heights, n_columns)
    return np.stack([_x(steps, curves.run.last_step, area), _y(heights, axis, area)], axis=-1)


def _band(curves: Curves, low: Floats, high: Floats, axis: ValueAxis, area: QRectF, n_columns: int) -> Floats:
    """Return the outline (x, top, bottom) of one band, in pixels; where only its high end is infinite, it is open."""
    open_end = np.isfinite(low) & ~np.isfinite(high)
    ends = axis.heights(low), axis.heights(np.where(open_end, axis.sign * np.finfo(np.float64).max, high))
    steps, low, high = extent(curves.steps, np.fmin(*ends), np.fmax(*ends), max(2, n_columns // 2))
    return np.stack([_x(steps, curves.run.last_step, area), _y(high, axis, area), _y(low, axis, area)], axis=-1)


def _draw_letters(painter: QPainter, look: Look, ends: list[tuple[float, float]]) -> None:
    """Write the letter of every curve that ends within the frame at its end."""
    if not look.letters:
        return
    font, area, gap = text_font(0.85 * look.em, bold=True), look.area, look.em
    inside = [
        (x, y, letter, color(ink))
        for (x, y), letter, ink in zip(ends, look.letters, look.colors, strict=True)
        if area.top() <= y <= area.bottom()
    ]
    heights = letter_heights([y for _, y, _, _ in inside], gap, area.top(), area.bottom())
    for (x, _, letter, ink), height in zip(inside, heights, strict=True):
        if height is not None:
            draw_text(painter, x + 0.5 * look.em, height, letter, font, ink)


def letter_heights(ends: list[float], gap: float, top: float, bottom: float) -> list[float | None]:
    """Return where the letters of curves that end at the heights ``ends`` stand: ``gap`` apart, hardly moved.

    Where there is no room for all, those that would overlap an earlier one are left out: None.
    """
    heights: list[float | None] = [None] * len(ends)
    shown: list[int] = []
    has_room = (len(ends) - 1) * gap <= bottom - top
    for index, end in enumerate(ends):
        if has_room or all(abs(end - ends[other]) >= gap for other in shown):
            shown.append(index)
    shown.sort(key=ends.__getitem__)
    # The least squares of monotone regression: neighbours that come too close are moved apart together.
    pools: list[list[float]] = []
    for rank, index in enumerate(shown):
        pools.append([ends[index] - rank * gap])
        while len(pools) > 1 and fmean(pools[-2]) >= fmean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    lowest = bottom - (len(shown) - 1) * gap
    moved = [max(top, min(fmean(pool), lowest)) for pool in pools for _ in pool]
    for rank, (index, height) in enumerate(zip(shown, moved, strict=True)):
        heights[index] = height + rank * gap
    return heights


def _x(steps: Floats, last_step: int, area: QRectF) -> Floats:
    return area.left() + steps / max(1, last_step) * area.width()


def _y(heights: Floats, axis: ValueAxis, area: QRectF) -> Floats:
    return area.bottom() - (heights - axis.low) / (axis.high - axis.low) * area.height()


def text_pixels(ratio: float, scale: float) -> float:
    """The size of a plot's text in device pixels on a screen of ``ratio`` at interface size ``scale``."""
    return 0.92 * BASE_TEXT_PIXELS * ratio * scale
