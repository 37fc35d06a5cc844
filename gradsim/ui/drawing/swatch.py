"""The swatch of an optimizer: a disc of its colour, with its letter on it where letters are asked for."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from gradsim.core.render.palette import rgb
from gradsim.ui.drawing.cards import color, draw_text, text_font, text_width

PLAIN_RADIUS_EM = 0.38
LETTER_RADIUS_EM = 0.62


def swatch_width(letter: str, em: float) -> float:
    """Return how many pixels a swatch takes up."""
    return 2 * (LETTER_RADIUS_EM if letter else PLAIN_RADIUS_EM) * em


def draw_swatch(painter: QPainter, left: float, middle: float, ink: str, letter: str, em: float) -> None:
    """Paint a disc of the colour ``ink`` (``#RRGGBB``) that begins at ``left``; ``letter`` may be empty."""
    radius = swatch_width(letter, em) / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(ink))
    painter.drawEllipse(QPointF(left + radius, middle), radius, radius)
    if letter:
        font = text_font((0.86 if len(letter) == 1 else 0.66) * em, bold=True)
        draw_text(painter, left + radius - text_width(letter, font) / 2, middle, letter, font, color(letter_ink(ink)))


def letter_ink(ink: str) -> str:
    """Return black or white, whichever stands out more from ``ink`` (``#RRGGBB``)."""
    linear = [(value / 255) ** 2.2 for value in rgb(ink)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.18 else "#FFFFFF"
