"""Writes the values of contours on the map, along the lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from gradsim.core.render.colormaps import map_colors, prefers_theme_text
from gradsim.core.render.contour_labels import ContourLabel, place_labels
from gradsim.core.render.levels import Levels
from gradsim.core.render.look import MapLook, Rect
from gradsim.core.render.palette import Theme
from gradsim.core.render.shade import contour_spacing
from gradsim.core.render.viewport import Viewport
from gradsim.core.surface import Surface
from gradsim.ui.drawing.cards import BASE_TEXT_PIXELS, color, text_font, text_width
from gradsim.ui.numbers import format_number

LABEL_EM = 0.82
GAP = 0.5  # of the height of the text: hides the line behind it, in the colour that the map has along the line
OPACITY = 0.82


def label_text(value: float, digits: int) -> str:
    """Return ``value`` to ``digits`` significant figures, as it is written on a contour."""
    rounded = float(f"{value:.{digits - 1}e}")
    written_out = rounded == 0.0 or 1e-4 <= abs(rounded) < 1e6
    return format_number(rounded, digits=digits if written_out else digits + 1)


@dataclass(frozen=True)
class WrittenLabel:
    """A label with its text. ``rect`` is the upright rectangle around it, in pixels of the map."""

    place: ContourLabel
    text: str
    width: float
    rect: Rect


def write_labels(surface: Surface, viewport: Viewport, *, levels: Levels, look: MapLook) -> list[WrittenLabel]:
    """Return the labels of the contours in view."""
    font = label_font(look)
    height = QFontMetricsF(font).ascent()
    labels = place_labels(
        surface,
        viewport,
        levels=levels,
        spacing=contour_spacing(surface, viewport, levels=levels, contours=look.contours),
        height=height,
        width_of=lambda value, digits: text_width(label_text(value, digits), font),
        keep_free=look.keep_free,
    )
    return [_written(place, font, height) for place in labels]


def _written(place: ContourLabel, font: QFont, height: float) -> WrittenLabel:
    text = label_text(place.value, place.digits)
    width = text_width(text, font)
    cos, sin = abs(math.cos(place.angle)), abs(math.sin(place.angle))
    half_x, half_y = 0.5 * (width * cos + height * sin), 0.5 * (width * sin + height * cos)
    rect = (place.x - half_x, place.y - half_y, place.x + half_x, place.y + half_y)
    return WrittenLabel(place, text, width, rect)


def label_font(look: MapLook) -> QFont:
    """Return the font of labels."""
    return text_font(LABEL_EM * BASE_TEXT_PIXELS * look.pixel_ratio)


def draw_contour_labels(painter: QPainter, labels: Sequence[WrittenLabel], *, theme: Theme, look: MapLook) -> None:
    """Write ``labels``, each in a gap of its line, with a painter in pixels of the map."""
    font = label_font(look)
    metrics = QFontMetricsF(font)
    colors = map_colors(theme, look.colors, look.dimming)
    own_text = prefers_theme_text(theme, colors)
    for label in labels:
        place = label.place
        below = round(min(max(place.level, 0.0), 1.0) * (len(colors) - 1))
        path = QPainterPath()
        path.addText(QPointF(-label.width / 2, metrics.capHeight() / 2), font, label.text)
        painter.save()
        painter.translate(place.x, place.y)
        painter.rotate(math.degrees(place.angle))
        gap = QPen(QColor(*(round(c) for c in colors[below].tolist())), GAP * metrics.ascent())
        gap.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(gap)
        half = label.width / 2 + 0.45 * metrics.ascent()
        painter.drawLine(QPointF(-half, 0.0), QPointF(half, 0.0))
        painter.fillPath(path, color(theme.text if own_text[below] else theme.window, OPACITY))
        painter.restore()
