"""Which part of the plane the map shows: zooming about a place, panning, zooming to a box, fitting the domain."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QObject, QPointF, QRectF, QTimer, Signal

from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Scene, View
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.session import Session

ZOOM_PER_NOTCH = 1.18
SETTLE_INTERVAL_MS = 200


class MapGestures(QObject):
    """Moves the view.

    While the view moves it lives in ``viewport``; when it rests, it is written into the scene's view, so that a video
    shows what the window shows. Pixels are those of the picture; an ``overlay`` is the map that they lie on.
    """

    viewport_moved = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.viewport: Viewport | None = None
        self._pan_from: tuple[QPointF, Viewport] | None = None
        self._settle_timer = QTimer(self, singleShot=True, interval=SETTLE_INTERVAL_MS)
        self._settle_timer.timeout.connect(self.settle)

    @property
    def panning(self) -> bool:
        return self._pan_from is not None

    def begin_pan(self, pixel: QPointF, overlay: Overlay) -> None:
        self._pan_from = (pixel, overlay.viewport)

    def pan_to(self, pixel: QPointF) -> None:
        """Move the view as far as the mouse has moved since ``begin_pan``."""
        if self._pan_from is not None:
            origin, viewport = self._pan_from
            self._show(viewport.panned(pixel.x() - origin.x(), pixel.y() - origin.y()))

    def end_pan(self) -> None:
        if self._pan_from is not None:
            self._pan_from = None
            self.settle()

    def pan_by(self, dx: float, dy: float, overlay: Overlay) -> None:
        """Move what is shown by (``dx``, ``dy``) shares of the map's smaller side, y downwards."""
        side = min(overlay.viewport.width, overlay.viewport.height)
        self._show(overlay.viewport.panned(dx * side, dy * side))

    def zoom(self, notches: float, pixel: QPointF, overlay: Overlay) -> None:
        """Zoom in by ``notches`` of the wheel about ``pixel``."""
        self.zoom_by(ZOOM_PER_NOTCH**notches, pixel, overlay)

    def zoom_by(self, factor: float, pixel: QPointF, overlay: Overlay) -> None:
        """Magnify by ``factor`` about ``pixel``; during a pan nothing happens."""
        if factor != 1.0 and self._pan_from is None:
            about = pixel - QPointF(overlay.layout.area.topLeft())
            self._show(overlay.viewport.zoomed(factor, (about.x(), about.y())))

    def show_box(self, box: QRectF, overlay: Overlay) -> None:
        """Show what lies in ``box``, and as much around it as keeps the ratio of the scales of x and y."""
        viewport = overlay.viewport
        left, top = overlay.to_data(box.topLeft())
        right, bottom = overlay.to_data(box.bottomRight())
        scale_x, scale_y = viewport.scale
        equal = abs(scale_x - scale_y) < 1e-6 * scale_x
        self._show(Viewport.fit((left, right), (bottom, top), viewport.width, viewport.height, equal_scale=equal))
        self.settle()

    def fit(self) -> None:
        """Show the whole domain."""
        self._settle_timer.stop()
        self.viewport = self._pan_from = None
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

    def _show(self, viewport: Viewport) -> None:
        self.viewport = viewport
        self._settle_timer.start()
        self.viewport_moved.emit()

    def _write_view(self, x: tuple[float, float] | None, y: tuple[float, float] | None) -> None:
        scene = self._session.scene
        self._session.try_edit(replace(scene, view=replace(scene.view, x=x, y=y)), "show another part")


def _ranges(view: View) -> tuple[object, object]:
    return view.x, view.y
