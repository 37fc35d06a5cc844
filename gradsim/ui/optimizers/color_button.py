"""A button in a colour, perhaps with a letter on it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from gradsim.ui.drawing.cards import draw_text, text_font, text_width
from gradsim.ui.drawing.swatch import letter_ink
from gradsim.ui.theme import current_theme, theme_hub

SIDE = 20


class ColorButton(QAbstractButton):
    """A square in a colour, perhaps with a letter; ``chosen`` draws a ring around it."""

    def __init__(self, label: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.color = "#000000"
        self.letter = ""
        self.faded = False
        self.chosen = False
        self.setAccessibleName(label)
        self.setToolTip(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme_hub().changed.connect(self.updateGeometry)

    def show_color(self, color: str, letter: str = "", *, faded: bool = False, chosen: bool = False) -> None:
        """Show ``#RRGGBB`` and a letter."""
        self.color, self.letter, self.faded, self.chosen = color, letter, faded, chosen
        self.update()

    def sizeHint(self) -> QSize:
        side = round(SIDE * theme_hub().scale)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, scale = current_theme(), theme_hub().scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        fill = QColor(self.color)
        fill.setAlphaF(0.35 if self.faded else 1.0)
        if self.hasFocus() or self.chosen:
            painter.setPen(QPen(QColor(theme.accent if self.hasFocus() else theme.text), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5 * scale, 5 * scale)
            inside = inside.adjusted(2, 2, -2, -2)
        painter.setPen(QPen(QColor(theme.text), 1.0) if self.underMouse() else Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(inside, 4 * scale, 4 * scale)
        if self.letter:
            font = text_font((11 if len(self.letter) == 1 else 9) * scale, bold=True)
            left = inside.center().x() - text_width(self.letter, font) / 2
            ink = QColor(theme.dim_text if self.faded else letter_ink(self.color))
            draw_text(painter, left, inside.center().y(), self.letter, font, ink)
        painter.end()
