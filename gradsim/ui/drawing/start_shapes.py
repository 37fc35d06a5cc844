"""The outline of a cloud's starts on the map: a line, a ring, a box, or the ring at one standard deviation."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from gradsim.core.render.palette import Theme
from gradsim.core.scene import Box, Domain, GaussianStarts, GridStarts, LineStarts, RingStarts, Starts, UniformStarts
from gradsim.ui.drawing.cards import color

N_RING_POINTS = 96


def start_outline(starts: Starts, domain: Domain) -> np.ndarray:
    """Return the outline of ``starts`` on a 2-D surface as a path (n, 2), empty for points and whole domains."""
    if domain.dimension != 2:
        return np.empty((0, 2))
    match starts:
        case LineStarts(start=start, end=end):
            return np.array([start, end])
        case RingStarts(center=center, radius=reach) | GaussianStarts(center=center, std=reach):
            angles = np.linspace(0.0, 2 * np.pi, N_RING_POINTS + 1)
            return np.array(center) + reach * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
        case UniformStarts(box=box) | GridStarts(box=box) if box is not None:
            return _corners(box)
    return np.empty((0, 2))


def _corners(box: Box) -> np.ndarray:
    (left, right), (bottom, top) = box
    return np.array([(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)])


def draw_start_outline(painter: QPainter, pixels: np.ndarray, theme: Theme, em: float) -> None:
    """Paint the path through ``pixels`` (n, 2) dashed."""
    path = QPolygonF([QPointF(x, y) for x, y in pixels.tolist()])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, width in ((color(theme.overlay, 0.55), 0.22 * em), (color(theme.text, 0.8), 0.1 * em)):
        pen = QPen(ink, width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([0.45 * em / width, 0.35 * em / width])  # Qt counts in widths of the pen
        painter.setPen(pen)
        painter.drawPolyline(path)
