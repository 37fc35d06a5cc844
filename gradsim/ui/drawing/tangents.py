"""Draws the tangent at every ball on a 1-D curve, and along it an arrow to where the next update goes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from gradsim.core.render.viewport import Viewport
from gradsim.core.run import Run
from gradsim.core.surface import Surface
from gradsim.ui.drawing.cards import color

MOST_TANGENTS = 12
REACH_EM = 3.2  # of a tangent to either side of its ball
LONGEST_ARROW_EM = 14.0
_HEAD_EM = 0.75


def next_updates(run: Run, step: float) -> np.ndarray:
    """Return how far each particle's next update moves it in x, float64 (optimizers, particles).

    Between two steps it changes steadily from the one update to the next. NaN where it is not known: at the end of the
    run, and where not every step is recorded, nor replayed yet. A replay takes a while: call it on a worker.
    """
    whole = math.floor(step)
    last = min(whole + 2, run.reached)
    window = run.window_at(last, last - whole) if last > whole else run.window_at(step, 0.0)
    steps, x = window.steps, window.positions[..., 0]
    updates = []
    for first in (whole, whole + 1):
        record = int(np.searchsorted(steps, first))
        if record + 1 < len(steps) and steps[record] == first and steps[record + 1] == first + 1:
            updates.append(x[:, record + 1] - x[:, record])
        else:
            updates.append(np.full_like(x[:, 0], np.nan))
    share = step - whole
    return updates[0] if share == 0.0 else updates[0] + share * (np.nan_to_num(updates[1]) - updates[0])


def tangent_directions(surface: Surface, x: np.ndarray, viewport: Viewport) -> np.ndarray:
    """Return the pixels by which the tangent at ``x`` (n,) moves for one unit of x to the right, float64 (n, 2)."""
    slopes = surface.gradient(x[:, np.newaxis])[:, 0]
    scale_x, scale_y = viewport.scale
    return np.stack([np.full_like(slopes, 1.0 / scale_x), -slopes / scale_y], axis=-1)


def draw_tangents(
    painter: QPainter,
    surface: Surface,
    viewport: Viewport,
    *,
    x: np.ndarray,
    pixels: np.ndarray,
    updates: np.ndarray,
    colors: Sequence[str],
    radius: float,
    em: float,
) -> None:
    """Paint the tangents at balls and the arrows of their next updates, clear of the balls themselves.

    An arrow lies on the tangent and reaches as far in x as the update goes; dots lead from its tip to where the ball
    lands on the curve. A very long arrow is cut, and has no dots.

    Args:
        x: of the balls, float64 (n,); ``pixels`` (n, 2) are their places on the map.
        updates: how far each goes next in x, (n,); NaN for no arrow.
        colors: of the balls, n of them.
        radius: of a ball, in pixels.
    """
    if not len(x):
        return
    directions = tangent_directions(surface, x, viewport)
    lengths = np.hypot(*directions.T)
    arrows = np.minimum(np.abs(updates) * lengths, LONGEST_ARROW_EM * em)
    landing = x + updates
    landing_y = viewport.to_pixels(np.stack([landing, surface.value(landing[:, np.newaxis])], axis=-1))[:, 1]
    for index in np.argsort(-np.nan_to_num(arrows)).tolist():
        if not (np.isfinite(pixels[index]).all() and np.isfinite(lengths[index])):
            continue
        unit = directions[index] / lengths[index]
        _draw_tangent(painter, pixels[index], unit, colors[index], radius, em)
        if arrows[index] > radius + 0.3 * em:
            forward = unit * np.sign(updates[index])
            _draw_arrow(painter, pixels[index], forward, arrows[index], colors[index], radius, em)
            tip_x, tip_y = (pixels[index] + arrows[index] * forward).tolist()
            if arrows[index] < LONGEST_ARROW_EM * em and abs(landing_y[index] - tip_y) > 0.5 * em:
                painter.setPen(QPen(color(colors[index], 0.8), 0.12 * em, Qt.PenStyle.DotLine))
                painter.drawLine(QLineF(tip_x, tip_y, tip_x, float(np.clip(landing_y[index], -1e6, 1e6))))


def _draw_tangent(painter: QPainter, at: np.ndarray, unit: np.ndarray, ink: str, radius: float, em: float) -> None:
    pen = QPen(color(ink, 0.75), 0.11 * em)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    for sign in (-1.0, 1.0):
        inner, outer = at + sign * radius * unit, at + sign * (radius + REACH_EM * em) * unit
        painter.drawLine(QLineF(*inner.tolist(), *outer.tolist()))


def _draw_arrow(
    painter: QPainter, at: np.ndarray, unit: np.ndarray, length: float, ink: str, radius: float, em: float
) -> None:
    head = min(_HEAD_EM * em, 0.8 * (length - radius))
    tip, neck = at + length * unit, at + (length - head) * unit
    wing = 0.5 * head * np.array([-unit[1], unit[0]])
    pen = QPen(color(ink), 0.24 * em)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawLine(QLineF(*(at + radius * unit).tolist(), *neck.tolist()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(ink))
    painter.drawPolygon(QPolygonF([QPointF(*corner.tolist()) for corner in (tip, neck + wing, neck - wing)]))
