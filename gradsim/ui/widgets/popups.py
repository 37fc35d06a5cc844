"""Small windows that open below a button and close when the mouse presses elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QWidget

GAP = 4


class Popup(QFrame):
    """A framed popup in the colours of a menu. ``pressed_outside(at)`` tells where on the screen a press has closed it:
    whatever is there is not told, as the popup has the mouse.
    """

    pressed_outside = Signal(QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self._shown = QElapsedTimer()

    @property
    def shown_for_ms(self) -> int:
        """Milliseconds since it was shown last."""
        return self._shown.elapsed()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._shown.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if not self.rect().contains(event.position().toPoint()):
            self.pressed_outside.emit(event.globalPosition().toPoint())


def show_below(popup: QWidget, button: QWidget) -> None:
    """Show ``popup`` under ``button``, or above it where the screen ends; always wholly on the screen."""
    popup.ensurePolished()
    popup.adjustSize()
    available = button.screen().availableGeometry()
    corner = button.mapToGlobal(QPoint(0, button.height() + GAP))
    left = min(max(corner.x(), available.left()), max(available.left(), available.right() - popup.width()))
    top = corner.y()
    if top + popup.height() > available.bottom():
        above = button.mapToGlobal(QPoint(0, -GAP)).y() - popup.height()
        top = above if above >= available.top() else max(available.top(), available.bottom() - popup.height())
    popup.move(left, top)
    popup.show()
