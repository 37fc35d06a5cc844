"""Text and cards painted at pixel sizes, the same in the window and in an exported picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from gradsim.core.render.palette import Theme
from gradsim.ui.theme import mono_font, ui_font

BASE_TEXT_PIXELS = 12.0
_MIN_FONT_PIXELS = 5.0


def text_font(pixels: float, *, bold: bool = False, mono: bool = False) -> QFont:
    """Return a bundled font, ``pixels`` high, that looks alike on every platform: no hinting, grey antialiasing.

    It is shared: change a copy.
    """
    return _text_font(round(max(_MIN_FONT_PIXELS, pixels)), bold, mono)


@lru_cache(maxsize=128)
def _text_font(pixels: int, bold: bool, mono: bool) -> QFont:
    font = mono_font(pixels) if mono else ui_font(pixels, bold=bold)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias | QFont.StyleStrategy.NoSubpixelAntialias)
    if not mono:
        font.setFeature(QFont.Tag("tnum"), 1)  # digits of one width, so that numbers do not shake while they change
    return font


def text_width(text: str, font: QFont) -> float:
    """Return the width of ``text`` in pixels."""
    return QFontMetricsF(font).horizontalAdvance(text)


def elided(text: str, font: QFont, width: float) -> str:
    """Return ``text``, cut with an ellipsis where it is wider than ``width`` pixels."""
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


def color(value: str, alpha: float = 1.0) -> QColor:
    """Return ``#RRGGBB`` with an opacity, 0…1."""
    result = QColor(value)
    result.setAlphaF(alpha)
    return result


def draw_card(painter: QPainter, rect: QRectF, theme: Theme, em: float, *, alpha: float = 0.8) -> None:
    """Paint the background of a card: mostly opaque, so that text on it is readable over any map."""
    painter.setPen(color(theme.border, 0.7))
    painter.setBrush(color(theme.overlay, max(alpha, theme.overlay_alpha)))
    painter.drawRoundedRect(rect, 0.6 * em, 0.6 * em)


def draw_text(painter: QPainter, left: float, middle: float, text: str, font: QFont, ink: QColor) -> None:
    """Write one line that begins at ``left`` and is centred on the height ``middle``."""
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(QPointF(left, middle + (metrics.ascent() - metrics.descent()) / 2), text)


@dataclass(frozen=True)
class Line:
    """One line of a reading card: a dim label and a number or text."""

    label: str
    text: str


def reading_size(heading: str, lines: tuple[Line, ...], em: float, *, min_width: float = 0.0) -> tuple[float, float]:
    """Return (width, height) in pixels of the card that ``draw_reading`` paints."""
    label_font, text = text_font(0.92 * em), text_font(0.96 * em)
    label_width = max((text_width(line.label, label_font) for line in lines), default=0.0)
    width = max((text_width(line.text, text) for line in lines), default=0.0) + label_width + 0.8 * em
    n_rows = len(lines)
    if heading:
        width = max(width, text_width(heading, text_font(em, bold=True)) + 1.6 * em)
        n_rows += 1
    return max(width + 1.6 * em, min_width), 1.0 * em + 1.5 * em * n_rows


def draw_reading(
    painter: QPainter, rect: QRectF, heading: str, lines: tuple[Line, ...], theme: Theme, em: float
) -> None:
    """Paint a card of aligned readings; a heading leaves 1.4 em at its left for a mark."""
    draw_card(painter, rect, theme, em, alpha=0.97)
    label_font, text = text_font(0.92 * em), text_font(0.96 * em)
    label_width = max((text_width(line.label, label_font) for line in lines), default=0.0)
    left, middle = rect.left() + 0.8 * em, rect.top() + 1.25 * em
    if heading:
        draw_text(painter, left + 1.4 * em, middle, heading, text_font(em, bold=True), color(theme.text))
        middle += 1.5 * em
    for line in lines:
        draw_text(painter, left, middle, line.label, label_font, color(theme.dim_text))
        draw_text(painter, left + label_width + 0.8 * em, middle, line.text, text, color(theme.text))
        middle += 1.5 * em


def caption_width(heading: str, lines: tuple[Line, ...], em: float) -> float:
    """Return the width in pixels of what ``draw_caption`` paints."""
    label_font, text = text_font(0.92 * em), text_font(0.96 * em)
    width = sum(text_width(line.label, label_font) + text_width(line.text, text) + 1.9 * em for line in lines)
    return width + text_width(heading, text_font(em, bold=True)) + 2.8 * em


def draw_caption(
    painter: QPainter, rect: QRectF, heading: str, lines: tuple[Line, ...], theme: Theme, em: float
) -> None:
    """Paint readings side by side in one line; the heading leaves 1.4 em at its left for a mark."""
    draw_card(painter, rect, theme, em, alpha=0.97)
    label_font, text, bold = text_font(0.92 * em), text_font(0.96 * em), text_font(em, bold=True)
    left, middle = rect.left() + 2.0 * em, rect.center().y()
    heading = elided(heading, bold, rect.right() - 0.8 * em - left)
    draw_text(painter, left, middle, heading, bold, color(theme.text))
    left += text_width(heading, bold)
    for line in lines:
        left += 1.4 * em
        draw_text(painter, left, middle, line.label, label_font, color(theme.dim_text))
        left += text_width(line.label, label_font) + 0.5 * em
        draw_text(painter, left, middle, line.text, text, color(theme.text))
        left += text_width(line.text, text)


def place_beside(size: tuple[float, float], about: QPointF, within: QRectF, gap: float) -> QRectF:
    """Return a rectangle of ``size`` beside a point, on the side with room, moved to lie ``within``."""
    width, height = size
    left = about.x() + gap if about.x() + gap + width <= within.right() else about.x() - gap - width
    top = about.y() - height / 2
    left = min(max(left, within.left()), max(within.left(), within.right() - width))
    top = min(max(top, within.top()), max(within.top(), within.bottom() - height))
    return QRectF(left, top, width, height)
