"""The tool Zoom: a box that is dragged becomes the view, a click zooms in, and Alt or the right button zooms out."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QCursor, QPainter, QPen, QPixmap

from gradsim.ui.drawing.cards import color
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.map.map_tool import Hand, MapTool, Mouse
from gradsim.ui.widgets.icons import paint_icon

CLICK_FACTOR = 2.0
LEAST_BOX_EM = 0.8
_CURSOR_PIXELS = 24
_HOT_SPOT = 10  # the middle of the lens


class ZoomTool(MapTool):
    """Zooms; the box is shown in the map's own proportions, which is what will be seen."""

    def __init__(self, hand: Hand, parent: QObject | None = None) -> None:
        super().__init__(hand, parent)
        self._from: QPointF | None = None
        self._to = QPointF()
        self._overlay: Overlay | None = None
        self._out = False

    @property
    def box(self) -> QRectF:
        """What has been dragged so far, in pixels of the picture."""
        return QRectF() if self._from is None else QRectF(self._from, self._to).normalized()

    @property
    def reads_out(self) -> bool:
        return False

    def press(self, mouse: Mouse) -> bool:
        self._from = self._to = mouse.pixel
        self._overlay, self._out = mouse.overlay, mouse.alt
        return True

    def drag(self, mouse: Mouse) -> None:
        self._to = mouse.inside
        self.changed.emit()

    def release(self, mouse: Mouse) -> None:
        box, out = self.box, self._out
        self.cancel()
        if min(box.width(), box.height()) >= LEAST_BOX_EM * mouse.overlay.layout.em and not out:
            self.hand.gestures.show_box(box, mouse.overlay)
        elif max(box.width(), box.height()) < LEAST_BOX_EM * mouse.overlay.layout.em:
            self._click(mouse, out)

    def click_right(self, mouse: Mouse) -> None:
        self._click(mouse, True)

    def _click(self, mouse: Mouse, out: bool) -> None:
        self.hand.gestures.zoom_by(1 / CLICK_FACTOR if out else CLICK_FACTOR, mouse.pixel, mouse.overlay)

    def cancel(self) -> bool:
        under_way = self._from is not None
        self._from = self._overlay = None
        if under_way:
            self.changed.emit()
        return under_way

    def cursor(self, mouse: Mouse) -> QCursor:
        out = self._out if self._from is not None else mouse.alt
        return _lens("zoom_out" if out else "zoom_in", mouse.picture.theme.text, mouse.picture.theme.window)

    def draw(self, painter: QPainter, picture: FramePicture) -> None:
        box = self.box
        if self._overlay is None or box.isEmpty() or self._out:
            return
        em, theme = self._overlay.layout.em, picture.theme
        painter.setBrush(color(theme.accent, 0.12))
        for pen in (QPen(color(theme.overlay, 0.8), 0.28 * em), QPen(color(theme.accent), 0.12 * em)):
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(box)
            painter.setBrush(Qt.BrushStyle.NoBrush)


@lru_cache(maxsize=8)
def _lens(name: str, ink: str, halo: str) -> QCursor:
    """A lens as the cursor, in ``ink`` with a rim of ``halo`` that keeps it visible on any map."""
    pixmap = QPixmap(2 * _CURSOR_PIXELS, 2 * _CURSOR_PIXELS)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7)):
        paint_icon(painter, name, QRectF(dx, dy, _CURSOR_PIXELS, _CURSOR_PIXELS), halo)
    paint_icon(painter, name, QRectF(0, 0, _CURSOR_PIXELS, _CURSOR_PIXELS), ink)
    painter.end()
    return QCursor(pixmap, _HOT_SPOT, _HOT_SPOT)
