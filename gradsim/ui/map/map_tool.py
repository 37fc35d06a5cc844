"""What a tool on the map is: it takes what the left button does, and says so with the cursor."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QCursor, QPainter

from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.map.map_gestures import MapGestures
from gradsim.ui.map.pins import PinnedCallout
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session


@dataclass(frozen=True)
class Mouse:
    """Where the mouse is.

    Attributes:
        pixel: of the picture.
        overlay: the map that is meant: the one under the mouse, and during a drag the one where it began.
        shift, alt: whether these keys are held.
    """

    pixel: QPointF
    picture: FramePicture
    overlay: Overlay
    shift: bool = False
    alt: bool = False

    @property
    def place(self) -> tuple[float, float]:
        """The place in the plane, (x, y)."""
        return self.overlay.to_data(self.pixel)

    @property
    def inside(self) -> QPointF:
        """The pixel, moved into the map."""
        area = QRectF(self.overlay.layout.area)
        x = min(max(self.pixel.x(), area.left()), area.right())
        return QPointF(x, min(max(self.pixel.y(), area.top()), area.bottom()))


@dataclass(frozen=True)
class Hand:
    """What a tool works with."""

    session: Session
    playback: Playback
    gestures: MapGestures
    pins: PinnedCallout


class MapTool(QObject):
    """One tool; the methods that a tool does not override do nothing.

    A press that ``press`` does not take is a click when the button is released at the same place, else it pans.
    ``changed`` asks for another painting.
    """

    changed = Signal()

    def __init__(self, hand: Hand, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hand = hand

    @property
    def reads_out(self) -> bool:
        """Whether the surface is read out under the mouse meanwhile."""
        return True

    def press(self, mouse: Mouse) -> bool:
        """Begin a drag; return whether this press begins one."""
        return False

    def drag(self, mouse: Mouse) -> None:
        """Go on with the drag."""

    def release(self, mouse: Mouse) -> None:
        """End the drag."""

    def click(self, mouse: Mouse) -> None:
        """Take a press and a release at the same place."""

    def click_right(self, mouse: Mouse) -> None:
        """Take a click of the right button."""

    def double_click(self, mouse: Mouse) -> bool:
        """Take the second press of a double click; False makes it a press like any other."""
        return False

    def cancel(self) -> bool:
        """Drop what is under way; return whether there was anything."""
        return False

    def cursor(self, mouse: Mouse) -> QCursor | Qt.CursorShape:
        """Return the cursor that says what a press at ``mouse`` does."""
        return Qt.CursorShape.ArrowCursor

    def draw(self, painter: QPainter, picture: FramePicture) -> None:
        """Paint what the tool shows, in pixels of the picture."""

    def stop(self) -> None:
        """Wait for the tool's worker, if it has one."""
