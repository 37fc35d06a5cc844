"""The mouse on the map: which tool is in the hand, which button does what, and what is panning and what a click."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QCursor, QPainter
from PySide6.QtWidgets import QApplication

from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.map.map_tool import Hand, MapTool, Mouse
from gradsim.ui.map.map_tools import MAP_TOOLS

RESTING_TOOL = MAP_TOOLS[0].name
_PANNING_BUTTONS = (Qt.MouseButton.MiddleButton,)


class MapMouse(QObject):
    """Hands presses to the tool in use.

    What the tool does not take as a drag is a click when the button comes up where it went down, else it pans; the
    middle button always pans. ``picture`` gives what is on show; pixels are those of the picture.
    """

    tool_changed = Signal(str)
    changed = Signal()

    def __init__(self, hand: Hand, picture: Callable[[], FramePicture], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hand = hand
        self._picture = picture
        self.tools: dict[str, MapTool] = {row.name: row.factory(hand, self) for row in MAP_TOOLS}
        for tool in self.tools.values():
            tool.changed.connect(self.changed)
        self._name = RESTING_TOOL
        self._pressed: tuple[QPointF, Overlay] | None = None
        self._button = Qt.MouseButton.NoButton
        self._dragging = False

    @property
    def tool_name(self) -> str:
        return self._name

    @property
    def tool(self) -> MapTool:
        """The tool in use."""
        return self.tools[self._name]

    @property
    def busy(self) -> bool:
        """Whether a button is down that drags or pans."""
        return self._dragging or self._hand.gestures.panning

    def choose(self, name: str) -> None:
        """Take the tool ``name`` into the hand. Raises KeyError where there is no such tool."""
        if name not in self.tools:
            raise KeyError(name)
        if name != self._name:
            self.drop()
            self._name = name
            self.tool_changed.emit(name)
            self.changed.emit()

    def drop(self) -> bool:
        """Let go of what is under way; return whether there was anything."""
        panned = self._hand.gestures.panning
        self._pressed, self._dragging, self._button = None, False, Qt.MouseButton.NoButton
        self._hand.gestures.end_pan()
        return self.tool.cancel() or panned

    def escape(self) -> bool:
        """Let go, else go back to the tool at rest, else unpin, else deselect; return whether anything was done."""
        selection = self._hand.session.selection
        if self.drop():
            self.changed.emit()
        elif self._name != RESTING_TOOL:
            self.choose(RESTING_TOOL)
        elif selection.point is not None:
            selection.pin_point(None)
        elif selection.particle is not None:
            selection.select_particle(None)
        else:
            return False
        return True

    def press(self, pixel: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier, *, double: bool) -> None:
        overlay = self._picture().overlay_at(pixel)
        if overlay is None or self._pressed is not None:
            return
        mouse = self._mouse(pixel, overlay, modifiers)
        if button == Qt.MouseButton.RightButton:
            self.tool.click_right(mouse)
            return
        if button != Qt.MouseButton.LeftButton and button not in _PANNING_BUTTONS:
            return
        left = button == Qt.MouseButton.LeftButton
        if left and double and self.tool.double_click(mouse):
            return
        self._pressed, self._button = (pixel, overlay), button
        if not left:
            self._hand.gestures.begin_pan(pixel, overlay)
        else:
            self._dragging = self.tool.press(mouse)

    def move(self, pixel: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        if self._pressed is None:
            return
        origin, overlay = self._pressed
        if self._dragging:
            self.tool.drag(self._mouse(pixel, overlay, modifiers))
        elif self._hand.gestures.panning:
            self._hand.gestures.pan_to(pixel)
        elif self._is_far(pixel - origin):
            self._hand.gestures.begin_pan(origin, overlay)
            self._hand.gestures.pan_to(pixel)

    def release(self, pixel: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        if self._pressed is None or button != self._button:
            return
        (_, overlay), dragging = self._pressed, self._dragging
        self._pressed, self._dragging, self._button = None, False, Qt.MouseButton.NoButton
        mouse = self._mouse(pixel, overlay, modifiers)
        if dragging:
            self.tool.release(mouse)
        elif self._hand.gestures.panning:
            self._hand.gestures.end_pan()
        else:
            self.tool.click(mouse)

    def cursor(self, pixel: QPointF, modifiers: Qt.KeyboardModifier) -> QCursor | Qt.CursorShape:
        """Return the cursor that says what a press at ``pixel`` does, or what is under way."""
        if self._hand.gestures.panning:
            return Qt.CursorShape.ClosedHandCursor
        overlay = self._pressed[1] if self._dragging and self._pressed else self._picture().overlay_at(pixel)
        return (
            Qt.CursorShape.ArrowCursor if overlay is None else self.tool.cursor(self._mouse(pixel, overlay, modifiers))
        )

    def draw(self, painter: QPainter, picture: FramePicture) -> None:
        self.tool.draw(painter, picture)

    def stop(self) -> None:
        """Wait for the tools' workers."""
        for tool in self.tools.values():
            tool.stop()

    def _mouse(self, pixel: QPointF, overlay: Overlay, modifiers: Qt.KeyboardModifier) -> Mouse:
        return Mouse(
            pixel,
            self._picture(),
            overlay,
            shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
            alt=bool(modifiers & Qt.KeyboardModifier.AltModifier),
        )

    def _is_far(self, way: QPointF) -> bool:
        return way.manhattanLength() >= QApplication.startDragDistance() * self._picture().pixel_ratio
