"""What the map reads out: the surface under the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from gradsim.core.render.palette import Theme
from gradsim.ui.drawing.cards import Line, color, draw_reading, reading_size
from gradsim.ui.drawing.corners import CARD_GAP_EM, corner_rect
from gradsim.ui.drawing.marks import pixels_within
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.numbers import format_number, format_vector

if TYPE_CHECKING:
    from gradsim.core.surface import Surface

# A card as wide as its longest reading, so that it does not shake while the mouse moves.
_STEADY_WIDTH_EM = {1: 13.0, 2: 19.0}


def surface_lines(surface: Surface, point: tuple[float, ...]) -> tuple[Line, ...]:
    """Return the readings at ``point`` (D,): position, f, gradient with its norm, and eigenvalues of the Hessian."""
    place = np.asarray(point, dtype=np.float64)
    with np.errstate(all="ignore"):
        value, gradient, hessian = float(surface.value(place)), surface.gradient(place), surface.hessian(place)
        norm = float(np.hypot.reduce(gradient))
    lines = [Line("position", format_vector(list(point))), Line("f", format_number(value))]
    if surface.dimension == 1:
        return (*lines, Line("f′", format_number(float(gradient[0]))), Line("f″", format_number(float(hessian[0, 0]))))
    lines += [Line("gradient", format_vector(gradient.tolist())), Line("its norm", format_number(norm))]
    lines.append(Line("eigenvalues", ", ".join(format_number(value) for value in _eigenvalues(hessian))))
    return tuple(lines)


def _eigenvalues(hessian: np.ndarray) -> list[float]:
    """Return the eigenvalues of a symmetric matrix, ascending; NaN where an entry is not finite."""
    if not np.all(np.isfinite(hessian)):
        return [float("nan")] * len(hessian)
    return np.linalg.eigvalsh(hessian).tolist()


def draw_surface_readout(
    painter: QPainter,
    overlay: Overlay,
    lines: tuple[Line, ...],
    pixel: QPointF,
    theme: Theme,
    taken: tuple[QRectF, ...] = (),
) -> None:
    """Paint the readings in a corner of the map away from the mouse, where no other card and no mark is if possible.

    ``taken`` are rectangles of the picture that had better stay visible.

    On a 1-D surface a dot on the curve shows which place is read out.
    """
    em, area, cards = overlay.layout.em, QRectF(overlay.layout.area), overlay.cards
    size = reading_size("", lines, em, min_width=_STEADY_WIDTH_EM[overlay.scene.domain.dimension] * em)
    gap = CARD_GAP_EM * em
    if overlay.scene.domain.dimension == 1:
        x = overlay.viewport.to_data((pixel.x() - area.left(), pixel.y() - area.top()))[0]
        pixels = overlay.place(np.array([[x]]))
        for place in pixels[pixels_within(pixels, area)].tolist():
            painter.setPen(QPen(color(theme.overlay), 0.12 * em))
            painter.setBrush(color(theme.accent))
            painter.drawEllipse(QPointF(*place), 0.32 * em, 0.32 * em)

    def cost(corner: str) -> tuple[int, int]:
        rect = corner_rect(corner, size, overlay.room, gap)
        covers = sum(rect.intersects(each) for each in (cards.legend_rect, cards.key_rect, *taken))
        near_mouse = rect.adjusted(-2 * em, -2 * em, 2 * em, 2 * em).contains(pixel)
        return covers + 100 * near_mouse, overlay.obstacles.n_places_under(rect)

    corner = min(("bottom right", "top right", "bottom left", "top left"), key=cost)
    draw_reading(painter, corner_rect(corner, size, overlay.room, gap), "", lines, theme, em)
