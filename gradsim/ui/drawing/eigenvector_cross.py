"""The eigenvector cross of a critical point: lines along its eigenvectors, as long as other marks leave room for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gradsim.core.render.palette import Theme
from gradsim.core.render.viewport import Viewport
from gradsim.ui.drawing.arrows import draw_label, label_size
from gradsim.ui.drawing.cards import color
from gradsim.ui.drawing.corners import Obstacles

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoint

SUBSCRIPTS = "₁₂₃₄₅₆₇₈₉"
_LEAST_LENGTH_EM = 1.6  # of the longer arm, among whatever marks
_MOST_OF_MAP = 0.12  # of its smaller side
_CLEARANCE_EM = 0.75  # between an arm and the middle of another mark


def eigenvector_arms(
    point: CriticalPoint, viewport: Viewport, em: float, *, ways_to_others: np.ndarray | None = None
) -> list[QPointF]:
    """Return, for each eigenvector of a point of a 2-D surface, half its line on the screen, in pixels.

    The lengths grow with the root of the curvature, from 1.4 em where it is flat to 5 em for the greatest. On a small
    map, and where one would run into another mark, all are shorter; ``ways_to_others`` (n, 2) lead from the point to
    the others. A point where curvature is not defined has no arms.
    """
    if not (np.all(np.isfinite(point.eigenvalues)) and np.all(np.isfinite(point.eigenvectors))):
        return []
    largest = float(np.max(np.abs(point.eigenvalues)))
    scale_x, scale_y = viewport.scale
    most = min(1.0, _MOST_OF_MAP * min(viewport.width, viewport.height) / (5.0 * em))
    arms = []
    for eigenvalue, (x, y) in zip(point.eigenvalues.tolist(), point.eigenvectors.T.tolist(), strict=True):
        share = math.sqrt(abs(eigenvalue) / largest) if largest > 0.0 and math.isfinite(largest) else 1.0
        along = QPointF(x / scale_x, -y / scale_y)
        arms.append(along * (most * em * (1.4 + 3.6 * share) / math.hypot(along.x(), along.y())))
    if ways_to_others is None or len(ways_to_others) == 0:
        return arms
    share = _free_share(np.array([arm.toTuple() for arm in arms]), ways_to_others, em)
    return [arm * share for arm in arms]


def _free_share(arms: np.ndarray, ways: np.ndarray, em: float) -> float:
    """Return which share of each of ``arms`` (n, 2) and of their opposites runs into none of ``ways`` (m, 2)."""
    lengths = np.hypot(*arms.T)
    units = arms / lengths[:, np.newaxis]
    with np.errstate(invalid="ignore"):
        along = np.abs(ways @ units.T)
        aside = np.abs(ways[:, :1] * units[:, 1] - ways[:, 1:] * units[:, 0])
        shares = np.where(aside < _CLEARANCE_EM * em, (along - _CLEARANCE_EM * em) / lengths, np.inf)
    shares = shares[np.isfinite(shares)]
    return min(1.0, max(_LEAST_LENGTH_EM * em / float(lengths.max()), float(shares.min(initial=1.0))))


def draw_eigenvector_cross(
    painter: QPainter, point: CriticalPoint, arms: Sequence[QPointF], center: QPointF, theme: Theme, em: float
) -> None:
    """Paint a line along each eigenvector through ``center``: solid for positive curvature, dashed for negative."""
    for eigenvalue, arm in zip(point.eigenvalues.tolist(), arms, strict=True):
        line = QLineF(center - arm, center + arm)
        for pen in (QPen(color(theme.overlay, 0.85), 0.34 * em), QPen(color(theme.accent), 0.16 * em)):
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if eigenvalue < 0.0:
                unit = 0.16 * em / pen.widthF()  # dashes are measured in pen widths
                pen.setDashPattern([3.4 * unit, 2.2 * unit])
            painter.setPen(pen)
            painter.drawLine(line)


def draw_eigenvalue_names(
    painter: QPainter, arms: Sequence[QPointF], center: QPointF, obstacles: Obstacles, theme: Theme, em: float
) -> None:
    """Write λ₁, λ₂ … at the ends of ``arms``, each where it hides no mark; one that would hide some everywhere is
    left out.
    """
    written: list[QRectF] = []
    for subscript, arm in zip(SUBSCRIPTS, arms, strict=False):
        text = f"λ{subscript}"
        for rect in _label_places(arm, center, label_size(text, em), em):
            if not obstacles.n_places_under(rect) and not any(rect.intersects(other) for other in written):
                draw_label(painter, rect, text, theme.accent, theme, em)
                written.append(rect)
                break


def _label_places(arm: QPointF, center: QPointF, size: tuple[float, float], em: float) -> Iterator[QRectF]:
    """Yield where a label of ``size`` may stand: beyond the upper end of ``arm``, beyond the lower, beside them."""
    upward = arm if (arm.y(), -arm.x()) < (0.0, 0.0) else -arm
    length = math.hypot(arm.x(), arm.y())
    along = upward / length
    across = QPointF(-along.y(), along.x())
    width, height = size
    for sideways in (0.0, 0.95 * em, -0.95 * em):
        for way in (along, -along):
            reach = length + 0.9 * em if sideways == 0.0 else length - 0.5 * em
            place = center + way * reach + across * sideways
            yield QRectF(place.x() - width / 2, place.y() - height / 2, width, height)
