"""The whole of a message that the top bar has no room for: its end says what to do about it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QWidget

from gradsim.ui.theme import theme_hub
from gradsim.ui.widgets.forms import ElidedLabel

MOST_WIDTH = 420
MARGIN = 9
GAP = 4  # to the line above
SHORTEST_MS, MS_PER_LETTER = 4000, 70


class WholeMessage(QLabel):
    """A card below ``line``, which shows as much of the message as there is room for.

    It stays as long as it takes to read it, goes earlier on a click, and waits while the pointer is on it. Where the
    line is not to be seen at all, as in the presentation, it stands in the upper corner.
    """

    def __init__(self, line: ElidedLabel, window: QWidget) -> None:
        super().__init__(window)
        self._line = line
        self.setObjectName("popup")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setToolTip("Click to close this message.")
        self.setAccessibleName("Message")
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.hide)
        window.installEventFilter(self)
        self.hide()

    def show_message(self, text: str) -> None:
        """Show ``text`` where the line cannot; it has been given to the line already."""
        self.hide()
        self._timer.stop()
        if not text or (self._line.isVisible() and self._line.text().startswith(text)):
            return
        self.setText(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start(max(SHORTEST_MS, MS_PER_LETTER * len(text)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            QTimer.singleShot(0, self, self._place)  # the line has its new place by then
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start(SHORTEST_MS)

    def _place(self) -> None:
        scale, window = theme_hub().scale, self.parentWidget()
        gap = round(GAP * scale)
        self.setMargin(round(MARGIN * scale))
        corner = QPoint(window.width() - gap, gap)
        if self._line.isVisible():
            corner = self._line.mapTo(window, QPoint(self._line.width(), self._line.height() + gap))
        self.setMaximumWidth(min(round(MOST_WIDTH * scale), corner.x() - gap))
        self.ensurePolished()
        width = min(self.maximumWidth(), self.fontMetrics().horizontalAdvance(self.text()) + 3 * self.margin())
        self.setGeometry(corner.x() - width, corner.y(), width, self.heightForWidth(width))
