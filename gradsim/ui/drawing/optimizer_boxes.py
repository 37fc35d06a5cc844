"""Draws the boxes that optimizers are kept inside, dashed and in their colours, as far as they lie on the map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QPainter, QPen

from gradsim.core.render.palette import Theme
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Box
from gradsim.ui.drawing.cards import color

WIDTH_EM, HALO_EM = 0.14, 0.3
DASH_EM, GAP_EM = 0.6, 0.3


def box_sides(box: Box, viewport: Viewport) -> tuple[QLineF, ...]:
    """Return the sides of ``box`` in pixels of the map: four, or on a curve the two ends; those beside the map not."""
    (left, right), (bottom, top) = box[0], viewport.y if len(box) == 1 else box[1]
    corners = viewport.to_pixels([(left, top), (right, bottom)])
    size = (viewport.width, viewport.height)
    (x_low, y_low), (x_high, y_high) = np.clip(corners, 0.0, size).tolist()  # far outside, Qt would dash for long
    (x_first, y_first), (x_last, y_last) = corners.tolist()
    sides = [QLineF(x, y_low, x, y_high) for x in (x_first, x_last) if x in (x_low, x_high) and y_low < y_high]
    if len(box) == 2:
        sides += [QLineF(x_low, y, x_high, y) for y in (y_first, y_last) if y in (y_low, y_high) and x_low < x_high]
    return tuple(sides)


def draw_boxes(
    painter: QPainter, viewport: Viewport, *, boxes: Sequence[Box], inks: Sequence[str], theme: Theme, em: float
) -> None:
    """Paint ``boxes`` in ``inks``, as many; the colours of optimizers that share a box take turns along its sides."""
    for box in dict.fromkeys(boxes):
        sharing = [ink for other, ink in zip(boxes, inks, strict=True) if other == box]
        sides = box_sides(box, viewport)
        painter.setPen(QPen(color(theme.overlay, 0.5), HALO_EM * em))
        painter.drawLines(sides)
        width, period = WIDTH_EM * em, (DASH_EM + GAP_EM) * len(sharing)
        for place, ink in enumerate(sharing):
            pen = QPen(color(ink), width)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern([DASH_EM * em / width, (period - DASH_EM) * em / width])  # in widths of the pen
            pen.setDashOffset(-place * (DASH_EM + GAP_EM) * em / width)
            painter.setPen(pen)
            painter.drawLines(sides)
