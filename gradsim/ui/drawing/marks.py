"""Marks on the map: starts, and critical points by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from gradsim.core.render.palette import Theme
from gradsim.ui.drawing.cards import color, draw_card, draw_text, text_font, text_width

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoints

N_RINGED_STARTS = 12
N_CROSSED_STARTS = 300


def _minimum(radius: float) -> QPainterPath:
    """A dot at the place and a triangle that points down to it, clear of a head that rests there."""
    return _dot(radius).united(_polygon((0.0, -1.6 * radius), (-radius, -3.1 * radius), (radius, -3.1 * radius)))


def _maximum(radius: float) -> QPainterPath:
    return _dot(radius).united(_polygon((0.0, 1.6 * radius), (-radius, 3.1 * radius), (radius, 3.1 * radius)))


def _dot(radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(0.0, 0.0), 0.4 * radius, 0.4 * radius)
    return path


def _saddle(radius: float) -> QPainterPath:
    path = QPainterPath()
    reach, half = 0.85 * radius, 0.2 * radius
    for sign in (1, -1):
        corners = (
            (-reach - half, -reach + half),
            (-reach + half, -reach - half),
            (reach + half, reach - half),
            (reach - half, reach + half),
        )
        path = path.united(_polygon(*((x, sign * y) for x, y in corners)))
    return path


def _degenerate(radius: float) -> QPainterPath:
    outer = _polygon((0.0, -1.15 * radius), (1.15 * radius, 0.0), (0.0, 1.15 * radius), (-1.15 * radius, 0.0))
    return outer.subtracted(
        _polygon((0.0, -0.65 * radius), (0.65 * radius, 0.0), (0.0, 0.65 * radius), (-0.65 * radius, 0.0))
    )


def _nonsmooth(radius: float) -> QPainterPath:
    outer, inner = QPainterPath(), QPainterPath()
    outer.addRect(QRectF(-0.9 * radius, -0.9 * radius, 1.8 * radius, 1.8 * radius))
    inner.addRect(QRectF(-0.5 * radius, -0.5 * radius, radius, radius))
    return outer.subtracted(inner)


def _polygon(*corners: tuple[float, float]) -> QPainterPath:
    path = QPainterPath(QPointF(*corners[0]))
    for corner in corners[1:]:
        path.lineTo(QPointF(*corner))
    path.closeSubpath()
    return path


# kind of critical point -> (its shape about (0, 0) for a radius in pixels, its singular, its plural)
CRITICAL_POINT_MARKS: dict[str, tuple[Callable[[float], QPainterPath], str, str]] = {
    "minimum": (_minimum, "minimum", "minima"),
    "saddle": (_saddle, "saddle", "saddles"),
    "maximum": (_maximum, "maximum", "maxima"),
    "degenerate": (_degenerate, "degenerate point", "degenerate points"),
    "nonsmooth": (_nonsmooth, "non-smooth point", "non-smooth points"),
}


def draw_critical_point_marks(
    painter: QPainter, kinds: Sequence[str], pixels: np.ndarray, best: Sequence[bool], theme: Theme, em: float
) -> None:
    """Paint a mark of each kind at ``pixels`` (n, 2); of hundreds, all but the ``best`` shrink and fade."""
    crowd = min(1.0, 40 / max(1, len(kinds)))
    sizes = {False: crowd, True: 1.0}
    radii = {chosen: em * (0.2 + 0.16 * size**0.5) for chosen, size in sizes.items()}
    inks = {chosen: color(theme.text, 0.55 + 0.4 * size) for chosen, size in sizes.items()}
    outline = QPen(color(theme.overlay, 0.75), max(1.0, 0.16 * em))
    outline.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    paths = {
        (kind, chosen): CRITICAL_POINT_MARKS[kind][0](radius) for kind in set(kinds) for chosen, radius in radii.items()
    }
    marks = zip(kinds, best, pixels.tolist(), strict=True)
    for kind, chosen, (x, y) in sorted(marks, key=lambda mark: mark[1]):  # the best over the others
        painter.translate(x, y)
        painter.strokePath(paths[kind, chosen], outline)
        painter.fillPath(paths[kind, chosen], inks[chosen])
        painter.translate(-x, -y)


def draw_mark(painter: QPainter, kind: str, x: float, y: float, theme: Theme, em: float) -> None:
    """Paint one mark centred on (x, y), as in a key."""
    path = CRITICAL_POINT_MARKS[kind][0](0.34 * em)
    middle = path.boundingRect().center()
    path.translate(x - middle.x(), y - middle.y())
    painter.fillPath(path, color(theme.text, 0.95))


def found_text(points: CriticalPoints) -> str:
    """Return how sure it is that ``points`` are all: ``all 9 critical points found (proven)``."""
    if points.constant:
        return points.summary
    n = len(points)
    counted = "critical point" if n == 1 else "critical points"
    if n == 0:
        return "no critical points (proven)" if points.proven else "no critical points found"
    if not points.proven:
        return f"at least {n} {counted} found"
    return f"the only {counted} found (proven)" if n == 1 else f"all {n} {counted} found (proven)"


def key_parts(points: CriticalPoints) -> list[tuple[str, str]]:
    """Return (kind, ``4 minima``) for every kind that occurs, in a fixed order."""
    counts = Counter(point.kind for point in points)
    return [
        (kind, f"{counts[kind]} {one if counts[kind] == 1 else many}")
        for kind, (_, one, many) in CRITICAL_POINT_MARKS.items()
        if counts[kind]
    ]


def key_size(points: CriticalPoints, em: float) -> tuple[float, float]:
    """Return (width, height) in pixels of the key to the marks of critical points."""
    font = text_font(0.85 * em)
    parts = key_parts(points)
    width = sum(text_width(text, font) + 1.35 * em for _, text in parts) + 0.8 * em * max(0, len(parts) - 1)
    found = text_width(found_text(points), font)
    return max(width, found) + 1.4 * em, (3.3 if parts else 1.9) * em


def draw_key(painter: QPainter, rect: QRectF, points: CriticalPoints, theme: Theme, em: float) -> None:
    """Paint the key on a card at ``rect``: shapes with their counts, and below whether they are proven to be all."""
    draw_card(painter, rect, theme, em)
    font = text_font(0.85 * em)
    left, middle = rect.left() + 0.7 * em, rect.top() + 0.95 * em
    parts = key_parts(points)
    for kind, text in parts:
        draw_mark(painter, kind, left + 0.45 * em, middle, theme, em)
        draw_text(painter, left + 1.35 * em, middle, text, font, color(theme.text))
        left += 2.15 * em + text_width(text, font)
    if parts:
        middle += 1.4 * em
    found = found_text(points)
    draw_text(painter, rect.left() + 0.7 * em, middle, found, font, color(theme.dim_text))


def draw_key_line(
    painter: QPainter,
    left: float,
    middle: float,
    room: float,
    parts: Sequence[tuple[str, str]],
    found: str,
    theme: Theme,
    em: float,
) -> None:
    """Write the key in one line of ``room`` pixels: shapes with their counts, then ``found``, as far as they fit."""
    font = text_font(em)
    width = sum(text_width(text, font) + 2.35 * em for _, text in parts)
    if width <= room:
        for kind, text in parts:
            draw_mark(painter, kind, left + 0.45 * em, middle, theme, em)
            draw_text(painter, left + 1.35 * em, middle, text, font, color(theme.text))
            left += 2.35 * em + text_width(text, font)
        room -= width
    if text_width(found, font) <= room:
        draw_text(painter, left, middle, found, font, color(theme.dim_text))


def draw_start_marks(painter: QPainter, pixels: np.ndarray, theme: Theme, em: float) -> None:
    """Paint where the particles begin, (n, 2) pixels: rings for a few, small crosses for many, nothing for clouds."""
    n = len(pixels)
    if n > N_CROSSED_STARTS:
        return
    few = n <= N_RINGED_STARTS
    reach = (0.78 if few else 0.22) * em
    halo, ink = color(theme.overlay, 0.8 if few else 0.3), color(theme.text, 1.0 if few else 0.5)
    for pen in (QPen(halo, 0.3 * em), QPen(ink, max(1.0, (0.12 if few else 0.09) * em))):
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for x, y in pixels.tolist():
            if few:
                painter.drawEllipse(QPointF(x, y), reach, reach)
            else:
                painter.drawLine(QLineF(x - reach, y, x + reach, y))
                painter.drawLine(QLineF(x, y - reach, x, y + reach))


def pixels_within(pixels: np.ndarray, area: QRectF, margin: float = 0.0) -> np.ndarray:
    """Return for each of ``pixels`` (n, 2) whether it lies in ``area``, widened by ``margin``; NaN lies nowhere."""
    x, y = pixels[:, 0], pixels[:, 1]
    inside = (x >= area.left() - margin) & (x <= area.right() + margin)
    return inside & (y >= area.top() - margin) & (y <= area.bottom() + margin)
