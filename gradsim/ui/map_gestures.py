"""What the mouse does on the map: zoom, pan, fit, and drag a start."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPen

from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Scene, View
from gradsim.ui.cards import color
from gradsim.ui.marks import pixels_within
from gradsim.ui.picture import FramePicture
from gradsim.ui.session import Session
from gradsim.ui.start_handles import move_start, rounded_place, snapped_place, start_handles

ZOOM_PER_NOTCH = 1.18
SETTLE_INTERVAL_MS = 200
GRAB_EM = 1.0


class MapGestures(QObject):
    """Turns the mouse into edits of the session.

    A drag that begins on a start moves it; anywhere else it pans. While the view moves it lives in ``viewport``; when
    it rests, it is written into the scene's view, so that a video shows what the window shows. Pixels are those of the
    picture.
    """

    viewport_moved = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.viewport: Viewport | None = None
        self._pan_from: tuple[QPointF, Viewport] | None = None
        self._grabbed: tuple[int, QPointF] | None = None
        self._settle_timer = QTimer(self, singleShot=True, interval=SETTLE_INTERVAL_MS)
        self._settle_timer.timeout.connect(self.settle)

    @property
    def dragging_view(self) -> bool:
        return self._pan_from is not None

    def press(self, pixel: QPointF, picture: FramePicture) -> None:
        """Begin a drag of the start under ``pixel``, else of the view."""
        if not QRectF(picture.layout.area).contains(pixel):
            return
        index = self.handle_at(pixel, picture)
        if index is None:
            self._pan_from = (pixel, picture.viewport)
        else:
            self._grabbed = (index, handle_pixels(picture)[index] - pixel)

    def move(self, pixel: QPointF, picture: FramePicture) -> None:
        """Go on with a drag."""
        if self._grabbed is not None:
            index, offset = self._grabbed
            self._move_start(index, picture.to_data(pixel + offset), picture)
        elif self._pan_from is not None:
            origin, viewport = self._pan_from
            self._show(viewport.panned(pixel.x() - origin.x(), pixel.y() - origin.y()))

    def release(self) -> None:
        """End a drag."""
        if self._grabbed is not None:
            self._grabbed = None
            self._session.end_merge()
        if self._pan_from is not None:
            self._pan_from = None
            self.settle()

    def zoom(self, notches: float, pixel: QPointF, picture: FramePicture) -> None:
        """Zoom in by ``notches`` of the wheel about ``pixel``."""
        area = QRectF(picture.layout.area)
        if notches and area.contains(pixel) and self._pan_from is None:
            about = pixel - area.topLeft()
            self._show(picture.viewport.zoomed(ZOOM_PER_NOTCH**notches, (about.x(), about.y())))

    def fit(self) -> None:
        """Show the whole domain."""
        self._settle_timer.stop()
        self.viewport = self._pan_from = self._grabbed = None
        self._write_view(None, None)
        self.viewport_moved.emit()

    def settle(self) -> None:
        """Write the view that the mouse has made into the scene."""
        self._settle_timer.stop()
        if self.viewport is not None and self._pan_from is None:
            viewport, self.viewport = self.viewport, None
            self._write_view(viewport.x, viewport.y)

    def follow_scene(self, old: Scene, new: Scene) -> None:
        """Give way to a view that came from elsewhere: another file, another domain."""
        if old.domain != new.domain or _ranges(old.view) != _ranges(new.view):
            self._settle_timer.stop()
            self.viewport = self._pan_from = None

    def handle_at(self, pixel: QPointF, picture: FramePicture) -> int | None:
        """Return the number of the start's handle under ``pixel``, or None."""
        reach = GRAB_EM * picture.layout.em
        distances = [(place - pixel).manhattanLength() for place in handle_pixels(picture)]
        near = [index for index, distance in enumerate(distances) if distance <= 1.4 * reach]
        return min(near, key=lambda index: distances[index]) if near else None

    def cursor_shape(self, pixel: QPointF, picture: FramePicture) -> Qt.CursorShape:
        """Return the cursor that says what a press at ``pixel`` does."""
        if self._grabbed is not None or self._pan_from is not None:
            return Qt.CursorShape.ClosedHandCursor
        if self.handle_at(pixel, picture) is not None:
            return Qt.CursorShape.OpenHandCursor
        inside = QRectF(picture.layout.area).contains(pixel)
        return Qt.CursorShape.CrossCursor if inside else Qt.CursorShape.ArrowCursor

    def draw_handles(self, painter: QPainter, picture: FramePicture) -> None:
        """Paint a ring in the accent colour around every start that can be dragged."""
        em, theme = picture.layout.em, picture.theme
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pixels = picture.overlay.handle_pixels
        shown = pixels_within(pixels, QRectF(picture.layout.area), em)  # and a place where f is undefined is nowhere
        for index in np.flatnonzero(shown).tolist():
            place = QPointF(*pixels[index].tolist())
            held = self._grabbed is not None and self._grabbed[0] == index
            reach = (0.95 if held else 0.8) * em
            for pen in (QPen(color(theme.overlay, 0.85), 0.36 * em), QPen(color(theme.accent), 0.18 * em)):
                painter.setPen(pen)
                painter.drawEllipse(place, reach, reach)

    def _show(self, viewport: Viewport) -> None:
        self.viewport = viewport
        self._settle_timer.start()
        self.viewport_moved.emit()

    def _move_start(self, index: int, place: tuple[float, ...], picture: FramePicture) -> None:
        scene = self._session.scene
        if index >= len(start_handles(scene.starts)):
            return
        place, scale = place[: scene.domain.dimension], picture.viewport.scale
        if scene.view.snap:
            targets = [point.position for point in self._session.critical_points or ()]
            place = snapped_place(place, scale, np.array(targets).reshape(-1, len(place)))
        else:
            place = rounded_place(place, scale)
        starts = move_start(scene.starts, index, place)
        self._session.try_edit(replace(scene, starts=starts), "move start", merge=True)

    def _write_view(self, x: tuple[float, float] | None, y: tuple[float, float] | None) -> None:
        scene = self._session.scene
        self._session.try_edit(replace(scene, view=replace(scene.view, x=x, y=y)), "show another part")


def handle_pixels(picture: FramePicture) -> list[QPointF]:
    """Return the picture's pixel of every start that can be dragged."""
    return [QPointF(x, y) for x, y in picture.overlay.handle_pixels.tolist()]


def _ranges(view: View) -> tuple[object, object]:
    return view.x, view.y
