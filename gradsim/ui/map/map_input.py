"""Hands what Qt tells of the mouse, the touch pad and the keyboard over the map to those who act on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from gradsim.ui.map.map_keys import press_map_key

if TYPE_CHECKING:
    from gradsim.ui.map.map_view import MapView


class MapInput(QObject):
    """Filters the events of ``view``; positions become pixels of its picture."""

    def __init__(self, view: MapView) -> None:
        super().__init__(view)
        self._view = view
        view.mouse.tool_changed.connect(self._show_cursor)
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QMouseEvent):
            if kind == QEvent.Type.MouseMove:
                self._move(event)
            elif kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
                self._press(event, double=kind == QEvent.Type.MouseButtonDblClick)
            elif kind == QEvent.Type.MouseButtonRelease:
                self._view.mouse.release(self._pixel(event), event.button(), event.modifiers())
                self._show_cursor()
            return True
        if isinstance(event, QWheelEvent):
            self._turn_wheel(event)
            return True
        if isinstance(event, QNativeGestureEvent):
            self._pinch(event)
            return True
        if isinstance(event, QKeyEvent) and kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            if kind == QEvent.Type.KeyPress and press_map_key(event, self._view):
                return True
            self._show_cursor()  # Alt changes what a press does
        elif kind == QEvent.Type.Leave:
            self._view.readout.follow(None)
        elif kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._view.update()
        return False

    def _pixel(self, event: QMouseEvent | QWheelEvent | QNativeGestureEvent) -> QPointF:
        return event.position() * self._view.devicePixelRatioF()

    def _move(self, event: QMouseEvent) -> None:
        pixel = self._pixel(event)
        self._view.mouse.move(pixel, event.modifiers())
        self._view.readout.follow(pixel)
        self._show_cursor()

    def _press(self, event: QMouseEvent, *, double: bool) -> None:
        self._view.window().setFocus()  # a click ends typing, and the keys reach the playback
        self._view.mouse.press(self._pixel(event), event.button(), event.modifiers(), double=double)
        self._show_cursor()

    def _turn_wheel(self, event: QWheelEvent) -> None:
        pixel = self._pixel(event)
        turned = event.angleDelta().y() or event.angleDelta().x()  # with Alt held, some systems turn it sideways
        if (overlay := self._view.picture.overlay_at(pixel)) is not None:
            self._view.gestures.zoom(turned / 120, pixel, overlay)

    def _pinch(self, event: QNativeGestureEvent) -> None:
        pixel = self._pixel(event)
        overlay = self._view.picture.overlay_at(pixel)
        if overlay is not None and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._view.gestures.zoom_by(max(0.1, 1.0 + event.value()), pixel, overlay)

    def _show_cursor(self, *_: object) -> None:
        pixel = self._view.readout.pixel
        if pixel is not None:
            self._view.setCursor(self._view.mouse.cursor(pixel, QApplication.keyboardModifiers()))
