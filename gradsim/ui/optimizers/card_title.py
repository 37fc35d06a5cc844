"""The name on an optimizer's card, with a small arrow behind it: a click asks for another method."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.forms import ElidedLabel
from gradsim.ui.widgets.icons import paint_icon

ARROW_PIXELS = 11
ARROW_GAP = 4


class CardTitle(ElidedLabel):
    """A name, with an arrow where there is room for both. The mouse is its parent's business."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__("cardTitle", text, parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def has_text_at(self, at: QPoint) -> bool:
        """Whether the name or the arrow is under the place ``at`` of this widget."""
        return self.isVisible() and self.rect().contains(at) and at.x() <= self._arrow.right()

    @property
    def shows_arrow(self) -> bool:
        return self._arrow.right() <= self.width()

    @property
    def _arrow(self) -> QRectF:
        side = ARROW_PIXELS * theme_hub().scale
        left = self.fontMetrics().horizontalAdvance(self.text()) + ARROW_GAP * theme_hub().scale
        return QRectF(left, (self.height() - side) / 2 + theme_hub().scale, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.shows_arrow:
            theme = current_theme()
            painter = QPainter(self)
            paint_icon(painter, "chevron_down", self._arrow, theme.text if self.underMouse() else theme.dim_text)
            painter.end()
