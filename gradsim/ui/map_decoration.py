"""What is drawn on the background of a map, below trails and heads: once for a view, by the thread that shades it."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage, QPainter

from gradsim.core.render.map_renderer import Ground
from gradsim.ui.axes import draw_grid
from gradsim.ui.cards import BASE_TEXT_PIXELS
from gradsim.ui.contour_labels import draw_contour_labels, write_labels
from gradsim.ui.vector_field import draw_vector_field


def decorate_map(pixels: np.ndarray, ground: Ground) -> None:
    """Draw what the look of ``ground`` asks for into its ``pixels``, uint8 (H, W, 4) BGRX, C-contiguous."""
    look, viewport, theme = ground.look, ground.viewport, ground.theme
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    try:
        if ground.surface.dimension == 1:
            draw_grid(painter, viewport, theme, BASE_TEXT_PIXELS * look.pixel_ratio)
            return
        surface, levels = ground.surface, ground.levels
        labels = write_labels(surface, viewport, levels=levels, look=look) if look.contour_labels else []
        if look.vector_field:
            written = [label.rect for label in labels]
            draw_vector_field(painter, surface, viewport, levels=levels, theme=theme, look=look, keep_free=written)
        draw_contour_labels(painter, labels, theme=theme, look=look)
    finally:
        painter.end()
