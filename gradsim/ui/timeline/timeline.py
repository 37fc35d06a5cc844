"""The timeline: any step of the race by mouse, wheel and keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from gradsim.ui.timeline.playback_keys import press_playback_key
from gradsim.ui.timeline.timeline_view import TimelineView
from gradsim.ui.timeline.transport import Transport

ZOOM_PER_NOTCH = 1.3
NOTCH = 120.0  # of a wheel, in Qt's units
PIXELS_PER_NOTCH = 60.0
TIP = (
    "Click or drag to show any step, drag with Shift to choose a range; the wheel zooms, a double click fits the race."
)


class Timeline(TimelineView):
    """Dragging scrubs through whole steps; a click on an event shows its step; the ends of the range can be dragged.

    The wheel zooms about the mouse, with Shift it moves the view, and a double click fits the whole race again.
    Dragging with Shift chooses a range.
    """

    menu_requested = Signal(QPoint)

    def __init__(self, transport: Transport, parent: QWidget | None = None) -> None:
        super().__init__(transport, parent)
        self._step_before_press = 0.0
        self._anchor = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Timeline")
        self.setToolTip(TIP)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._playback.last_step == 0:
            return
        self._step_before_press = self._playback.step
        mark = self._mark_at(event.position())
        if mark is not None:
            self._playback.pause()
            self._playback.seek(mark.next_step(self._playback.step))
            return
        self._drag = self._grip(event.position())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._drag == "step":
            self._drag, self._anchor = "new range", self.step_at(event.position())
            return
        if self._drag == "step":
            self._playback.pause()
        self._drag_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position()
        if self._drag is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag_to(event.position())
        mark = self._mark_at(event.position())
        self.setToolTip(TIP if mark is None else self.mark_text(mark))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = None
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the race; the first of the two clicks was no wish to go anywhere."""
        if event.button() == Qt.MouseButton.LeftButton and self._mark_at(event.position()) is None:
            if self._scale.is_zoomed:
                self.fit()
                self._playback.seek(self._step_before_press)
            else:
                self.mousePressEvent(event)

    def _drag_to(self, position: QPointF) -> None:
        step, played = self.step_at(position), self._playback.bounds
        match self._drag:
            case "view":
                scale = self.scale
                self._show_scale(scale.centered((position.x() - scale.left) / scale.width))
            case "first":
                self._transport.set_range(min(step, played[1] - 1), played[1])
            case "last":
                self._transport.set_range(played[0], max(step, played[0] + 1))
            case "new range" if step != self._anchor:
                self._transport.set_range(min(step, self._anchor), max(step, self._anchor))
            case "step":
                self._playback.seek(step)

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        sideways = delta.x() if delta.x() else delta.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        if sideways:
            self._show_scale(self.scale.panned(-sideways / NOTCH * PIXELS_PER_NOTCH * self._metrics.size))
        elif delta.y():
            self.zoom(ZOOM_PER_NOTCH ** (delta.y() / NOTCH), event.position().x())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The playback's keys; plus and minus zoom about the step on show, and 0 fits the race."""
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(ZOOM_PER_NOTCH)
            case Qt.Key.Key_Minus:
                self.zoom(1 / ZOOM_PER_NOTCH)
            case Qt.Key.Key_0:
                self.fit()
            case _:
                if not press_playback_key(event, self._transport):
                    super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.globalPos())
