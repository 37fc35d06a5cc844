"""The thin line that leads from a card to its place on the map, between the marks that lie on the way."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF

_N_ON_EDGE = 13
_COST_OF_LENGTH = 0.3
"""Of a line that is twice as long as the shortest, in marks that it runs through."""


def leader(rect: QRectF, about: QPointF, places: np.ndarray, *, gap: float, clearance: float) -> QLineF:
    """Return the line from the edge of ``rect`` to ``gap`` pixels before ``about``, which lies outside.

    Of all such lines it is one that comes closer than ``clearance`` to the fewest of ``places`` (n, 2) in pixels.
    """
    starts, place = np.array(_facing_points(rect, about)), np.array(about.toTuple())
    ways = place - starts
    lengths = np.hypot(*ways.T)
    units = ways / np.maximum(lengths, 1e-9)[:, np.newaxis]
    costs = _COST_OF_LENGTH * lengths / max(float(lengths.min()), 1.0)
    others = places[np.hypot(*(places - place).T) > clearance] if len(places) else places
    from_starts = others - starts[:, np.newaxis]  # (starts, places, 2)
    along = np.einsum("spc,sc->sp", from_starts, units)
    aside = np.abs(from_starts[..., 0] * units[:, np.newaxis, 1] - from_starts[..., 1] * units[:, np.newaxis, 0])
    with np.errstate(invalid="ignore"):
        on_the_way = (aside < clearance) & (along > 0.0) & (along < lengths[:, np.newaxis])
    best = int(np.argmin(costs + np.count_nonzero(on_the_way, axis=-1)))
    end = place - units[best] * min(gap, lengths[best])
    return QLineF(QPointF(*starts[best].tolist()), QPointF(*end.tolist()))


def _facing_points(rect: QRectF, about: QPointF) -> list[tuple[float, float]]:
    """Points along the edges of ``rect`` that face ``about``, the nearest one first."""
    left, top, right, bottom = rect.getCoords()
    x, y = about.toTuple()
    points = [(min(max(x, left), right), min(max(y, top), bottom))]
    shares = [(index + 0.5) / _N_ON_EDGE for index in range(_N_ON_EDGE)]
    if not left <= x <= right:
        edge = left if x < left else right
        points += [(edge, top + share * (bottom - top)) for share in shares]
    if not top <= y <= bottom:
        edge = top if y < top else bottom
        points += [(left + share * (right - left), edge) for share in shares]
    return points
