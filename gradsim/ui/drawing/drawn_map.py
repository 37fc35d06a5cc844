"""Maps of a moment as a worker draws them, and as they are painted into a picture that may show another view by now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gradsim.core.render.viewport import Viewport
from gradsim.ui.drawing.competitors import Standing

if TYPE_CHECKING:
    from gradsim.core.run import Frame

SAME_PLACE_PIXELS = 0.05


@dataclass(frozen=True)
class DrawnMap:
    """The maps of a picture without what is written over them, as a worker hands them over.

    Attributes:
        pixels: uint8 (maps, H, W, 4) BGRX.
        viewport, step, dimension: what they show.
        standings: where the optimizer of each panel stands; empty for a map.
        frame: where the particles are; None of a surface alone.
    """

    pixels: np.ndarray
    viewport: Viewport
    step: float
    dimension: int
    standings: tuple[Standing | None, ...] = ()
    frame: Frame | None = None

    def paint(self, painter: QPainter, areas: Sequence[QRect], viewport: Viewport, ground: QColor) -> None:
        """Paint the maps into ``areas`` that now show ``viewport``: moved and scaled when they show another part.

        Where they do not reach, there is ``ground``.
        """
        width, height = viewport.width, viewport.height
        corners = [(self.viewport.x[0], self.viewport.y[1]), (self.viewport.x[1], self.viewport.y[0])]
        (left, top), (right, bottom) = viewport.to_pixels(corners).tolist()
        in_place = max(abs(left), abs(top), abs(right - width), abs(bottom - height)) < SAME_PLACE_PIXELS
        # After a change of layout there may be fewer maps than places for a moment.
        for index, area in enumerate(areas):
            image = as_image(self.pixels[min(index, len(self.pixels) - 1)])
            if in_place:
                painter.drawImage(area.topLeft(), image)
                continue
            painter.save()
            painter.setClipRect(area)
            painter.fillRect(area, ground)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(left, top, right - left, bottom - top).translated(QPointF(area.topLeft())), image)
            painter.restore()


def as_image(pixels: np.ndarray) -> QImage:
    """Return an image over the memory of ``pixels`` (H, W, 4) BGRX, which must outlive it."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)
