"""Draws the vector field of a surface on the map: faint short arrows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from gradsim.core.render.colormaps import map_colors, prefers_theme_text
from gradsim.core.render.levels import Levels
from gradsim.core.render.look import MapLook, Rect
from gradsim.core.render.palette import Theme
from gradsim.core.render.vector_field import place_arrows
from gradsim.core.render.viewport import Viewport
from gradsim.core.surface import Surface
from gradsim.ui.drawing.cards import BASE_TEXT_PIXELS, color

OPACITY = 0.5
LINE_WIDTH = 1.15  # logical pixels
HEAD_LENGTH, HEAD_HALF_WIDTH = 5.5, 2.6  # logical pixels of the longest arrow; shorter ones have smaller heads
DOT_RADIUS = 1.1
LEAST_FREE_EM = 1.5  # of a place that arrows make way for


def draw_vector_field(
    painter: QPainter,
    surface: Surface,
    viewport: Viewport,
    *,
    levels: Levels,
    theme: Theme,
    look: MapLook,
    keep_free: Sequence[Rect] = (),
) -> None:
    """Paint an arrow for each place of a lattice, a dot where the gradient vanishes, in pixels of the map."""
    # Hundreds of marks have less room each: arrows that made way for them would leave no field.
    least = LEAST_FREE_EM * BASE_TEXT_PIXELS * look.pixel_ratio
    free = [rect for rect in look.keep_free if rect[2] - rect[0] > least]
    arrows = place_arrows(
        surface, viewport, sign=look.vector_field, pixel_ratio=look.pixel_ratio, keep_free=(*free, *keep_free)
    )
    values = surface.value(viewport.to_data(arrows.middles))
    level = np.empty(len(values))
    levels.write(values, level)
    colors = map_colors(theme, look.colors, look.dimming)
    places = np.nan_to_num(np.clip(level, 0.0, 1.0) * (len(colors) - 1)).astype(int)
    own_ink = prefers_theme_text(theme, colors)[places]
    for ink, some in ((theme.text, own_ink), (theme.window, ~own_ink)):
        pen = QPen(color(ink, OPACITY), LINE_WIDTH * look.pixel_ratio)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        _draw(painter, arrows.middles[some], arrows.along[some], pen, look.pixel_ratio)


def _draw(painter: QPainter, middles: np.ndarray, along: np.ndarray, pen: QPen, pixel_ratio: float) -> None:
    length = np.hypot(*along.T)
    moving = length > 2.0 * DOT_RADIUS * pixel_ratio
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(pen.color())
    for x, y in middles[~moving].tolist():
        painter.drawEllipse(QPointF(x, y), DOT_RADIUS * pixel_ratio, DOT_RADIUS * pixel_ratio)
    middles, along, length = middles[moving], along[moving], length[moving, np.newaxis]
    unit = along / length
    across = np.stack([-unit[:, 1], unit[:, 0]], axis=-1)
    head = np.minimum(HEAD_LENGTH * pixel_ratio, 0.5 * length)
    tails, tips = middles - 0.5 * along, middles + 0.5 * along
    necks = tips - head * unit
    wings = HEAD_HALF_WIDTH / HEAD_LENGTH * head * across
    for tip, left, right in zip(tips.tolist(), (necks + wings).tolist(), (necks - wings).tolist(), strict=True):
        painter.drawPolygon(QPolygonF([QPointF(*tip), QPointF(*left), QPointF(*right)]))
    painter.setPen(pen)
    painter.drawLines([QLineF(*tail, *neck) for tail, neck in zip(tails.tolist(), necks.tolist(), strict=True)])
