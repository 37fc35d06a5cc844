"""The corner of a map where a card hides the least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF

CORNERS = ("top left", "top right", "bottom right", "bottom left")
CARD_GAP_EM = 0.7
# Of a path, this share may be hidden before another corner is better: cards should not jump at every change of a race.
_HIDDEN_SHARE_ALLOWED = 0.01
_PLACES_PER_PATH = 20.0
_UNDER = 0.75


@dataclass(frozen=True)
class Obstacles:
    """What a card should not hide, in pixels (n, 2): single places, and samples along paths."""

    places: np.ndarray
    paths: np.ndarray

    def hidden_by(self, rect: QRectF, margin: float) -> float:
        """Return how bad a card at ``rect`` would be: 0 where nothing lies under it or ``margin`` pixels about it.

        What is hidden weighs more than what is only too close.
        """
        return float(self.hidden_by_each([rect], margin)[0])

    def hidden_by_each(self, rects: Sequence[QRectF], margin: float) -> np.ndarray:
        """Return for each of ``rects`` what ``hidden_by`` says of it, float64 (rects,)."""
        return _UNDER * self._within(rects, margin / 3) + (1 - _UNDER) * self._within(rects, margin)

    def n_places_under(self, rect: QRectF) -> int:
        """Return how many places a card at ``rect`` would hide."""
        return int(_n_within(self.places, [rect], 0.0)[0])

    def _within(self, rects: Sequence[QRectF], margin: float) -> np.ndarray:
        shares = _n_within(self.paths, rects, margin) / max(1, len(self.paths))
        hidden = np.where(shares > _HIDDEN_SHARE_ALLOWED, _PLACES_PER_PATH * shares, 0.0)
        return _n_within(self.places, rects, margin) + hidden


def _n_within(pixels: np.ndarray, rects: Sequence[QRectF], margin: float) -> np.ndarray:
    """Return how many of ``pixels`` (n, 2) lie in each of ``rects``, widened by ``margin``; NaN lies nowhere."""
    (left, top, right, bottom), (x, y) = np.array([rect.getCoords() for rect in rects]).T[..., np.newaxis], pixels.T
    inside = (x >= left - margin) & (x <= right + margin) & (y >= top - margin) & (y <= bottom + margin)
    return np.count_nonzero(inside, axis=-1)


def corner_rect(corner: str, size: tuple[float, float], area: QRectF, gap: float) -> QRectF:
    """Return the rectangle of ``size`` in a corner of ``area``, such as ``"top left"``, ``gap`` pixels inside."""
    vertical, horizontal = corner.split()
    left = area.left() + gap if horizontal == "left" else area.right() - gap - size[0]
    top = area.top() + gap if vertical == "top" else area.bottom() - gap - size[1]
    return QRectF(left, top, *size)


def freest_corner(
    corners: Sequence[str], size: tuple[float, float], area: QRectF, gap: float, obstacles: Obstacles
) -> str:
    """Return the first of ``corners`` where a card of ``size`` hides the least; among equals, where it crowds least."""
    rects = [corner_rect(corner, size, area, gap) for corner in corners]
    hidden, crowded = (obstacles.hidden_by_each(rects, margin).tolist() for margin in (gap / 2, 2 * gap))
    return min(zip(hidden, crowded, range(len(corners)), corners, strict=True))[-1]
