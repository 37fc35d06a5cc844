"""The frame of an optimizer's card: its bar of colour, and the glow of one that is dragged or draws the eye."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from gradsim.ui.style_sheet import RADIUS_PIXELS
from gradsim.ui.theme import current_theme, theme_hub

BAR_WIDTH = 3
BAR_LEFT = 4
BAR_TOP = 8
DIM_BAR = 0.35
FLASH_MS = 1200


class CardFrame(QFrame):
    """A card with a bar of colour at its left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._bar = QColor()
        self._lifted = False
        self._flash = QVariantAnimation(self, duration=FLASH_MS, startValue=1.0, endValue=0.0)
        self._flash.setEasingCurve(QEasingCurve.Type.InCubic)
        self._flash.valueChanged.connect(self.update)

    def show_bar(self, color: str, *, dim: bool) -> None:
        """Give the bar the colour ``#RRGGBB``, ``dim`` for one that does not race."""
        self._bar = QColor(color)
        self._bar.setAlphaF(DIM_BAR if dim else 1.0)
        self.update()

    def flash(self) -> None:
        """Draw the eye to this card."""
        self._flash.start()

    def show_lifted(self, lifted: bool) -> None:
        """Mark the card while it is dragged."""
        self._lifted = lifted
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        scale = theme_hub().scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._lifted or self._flash.state() == QVariantAnimation.State.Running:
            glow = QColor(current_theme().accent)
            glow.setAlphaF(1.0 if self._lifted else self._flash.currentValue())
            painter.setPen(QPen(glow, 2 * scale))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inside = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(inside, RADIUS_PIXELS * scale, RADIUS_PIXELS * scale)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._bar)
        width = BAR_WIDTH * scale
        left, top = BAR_LEFT * scale, BAR_TOP * scale
        painter.drawRoundedRect(QRectF(left, top, width, self.height() - 2 * top), width / 2, width / 2)
        painter.end()
