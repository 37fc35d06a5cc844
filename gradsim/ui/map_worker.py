"""Draws maps for the window on a thread of its own: one at a time, and the latest moment next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QPainter

from gradsim.core.render.viewport import Viewport
from gradsim.ui.jobs import LatestJob
from gradsim.ui.picture import FramePicture, as_image

SAME_PLACE_PIXELS = 0.05


@dataclass(frozen=True)
class DrawnMap:
    """A map without its overlay, uint8 (H, W, 4) BGRX, with the view, the step and the dimension that it shows."""

    pixels: np.ndarray
    viewport: Viewport
    step: float
    dimension: int

    def paint(self, painter: QPainter, picture: FramePicture) -> None:
        """Paint this map where it belongs in ``picture``: moved and scaled when that already shows another view."""
        if self.dimension != picture.scene.domain.dimension:
            return
        area = picture.layout.area
        corners = [(self.viewport.x[0], self.viewport.y[1]), (self.viewport.x[1], self.viewport.y[0])]
        (left, top), (right, bottom) = picture.viewport.to_pixels(corners).tolist()
        image = as_image(self.pixels)
        if max(abs(left), abs(top), abs(right - area.width()), abs(bottom - area.height())) < SAME_PLACE_PIXELS:
            painter.drawImage(area.topLeft(), image)
            return
        painter.save()
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(left, top, right - left, bottom - top).translated(QPointF(area.topLeft())), image)
        painter.restore()


class MapWorker(QObject):
    """Keeps the last map that was drawn. ``drawn`` tells that there is a new one, and whether another is wanted."""

    drawn = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.map: DrawnMap | None = None
        self.busy = False
        self._wanted: tuple[FramePicture, float] | None = None
        self._job = LatestJob(self, name="gradsim map")
        self._job.finished.connect(self._take)
        self._job.failed.connect(self._report)

    def request(self, picture: FramePicture, step: float) -> None:
        """Draw the map of ``picture`` at ``step``, at once or after the one under way, in place of any that waits."""
        if self.busy:
            self._wanted = (picture, step)
        else:
            self.busy = True
            self._job.submit(_draw, picture, step)

    def stop(self) -> None:
        """Wait for the thread to end; nothing is drawn any more."""
        self._wanted = None
        self._job.stop()

    def _take(self, drawn: DrawnMap) -> None:
        self.map = drawn
        self._go_on()
        self.drawn.emit()

    def _report(self, error: Exception) -> None:
        self._go_on()
        raise error

    def _go_on(self) -> None:
        self.busy = False
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self.request(*wanted)


def _draw(picture: FramePicture, step: float) -> DrawnMap:
    return DrawnMap(picture.map_pixels(step), picture.viewport, step, picture.scene.domain.dimension)
