"""Where a card goes beside a place on the map: where it hides the least of what matters."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from gradsim.ui.drawing.corners import Obstacles

_COST_OF_A_CARD = 20.0
"""Of hiding all of another card, in places."""
_COST_OF_DISTANCE = 0.01
"""Per width of the card that it is moved away from where it was wanted, in places: only a tie-break."""

_GRID_PIXELS = 8.0
_N_ELSEWHERE = 24

Ways = tuple[tuple[float, float], ...]
_SIDES: Ways = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (1, 1), (-1, -1), (-1, 1))
"""Right, left, below, above, then the four diagonals."""
_BETWEEN: Ways = tuple(way for slide in (0.5, -0.5) for side in (1.0, -1.0) for way in ((side, slide), (slide, side)))
_ALL_AROUND = _SIDES + _BETWEEN


def place_clear(
    size: tuple[float, float],
    about: QPointF,
    within: QRectF,
    gap: float,
    *,
    cards: Iterable[QRectF] = (),
    obstacles: Obstacles | None = None,
    away_from: QPointF | None = None,
    reach: float = 0.0,
    elsewhere: bool = False,
) -> QRectF:
    """Return a rectangle of ``size`` beside ``about``, inside ``within``, that hides little.

    Args:
        gap: pixels between the place and the rectangle.
        cards: rectangles that had better stay visible.
        obstacles: places and paths that had better stay visible.
        away_from: the rectangle prefers the other side of ``about``.
        reach: how many pixels farther away than ``gap`` it may go, and along the sides of ``about``, to hide less.
        elsewhere: whether it may go anywhere, near or far, where it hides no place and no card, rather than hide one.
    """
    cards = [card for card in cards if not card.isEmpty()]
    ideals = _ideals(size, about, gap, _SIDES)
    if away_from is not None:
        way = about - away_from
        ideals.sort(key=lambda rect: -QPointF.dotProduct(rect.center() - about, way))
    if reach > 0.0:
        ideals += _ideals(size, about, gap, _BETWEEN)
        ideals += _ideals(size, about, gap + reach / 2, _ALL_AROUND) + _ideals(size, about, gap + reach, _ALL_AROUND)
    keep_free = QRectF(about.x() - gap, about.y() - gap, 2 * gap, 2 * gap).adjusted(1, 1, -1, -1)

    def best_of(ideals: list[QRectF]) -> tuple[QRectF, float]:
        """The one that costs least, where it lies inside, and how much of what should stay visible it covers."""
        rects = [_moved_into(ideal, within) for ideal in ideals]
        hidden = np.zeros(len(rects)) if obstacles is None else obstacles.hidden_by_each(rects, 0.0)
        covered = [_COST_OF_A_CARD * sum(_share_covered(card, rect) for card in [*cards, keep_free]) for rect in rects]

        def cost(order: int) -> float:
            moved = (rects[order].center() - ideals[order].center()).manhattanLength() / max(size[0], 1.0)
            return hidden[order] + covered[order] + _COST_OF_DISTANCE * (moved + 0.1 * order)

        best = min(range(len(rects)), key=cost)
        n_places = 0 if obstacles is None else obstacles.n_places_under(rects[best])
        return rects[best], covered[best] + n_places

    rect, covered = best_of(ideals)
    if elsewhere and covered and (free := _nearest_free(size, about, within, gap, cards=cards, obstacles=obstacles)):
        return best_of(free)[0]
    return rect


def _nearest_free(
    size: tuple[float, float],
    about: QPointF,
    within: QRectF,
    gap: float,
    *,
    cards: list[QRectF],
    obstacles: Obstacles | None,
) -> list[QRectF]:
    """The rectangles of ``size`` nearest to ``about`` that hide no place, no card and nothing of ``about``."""
    (width, height), (x, y) = size, about.toTuple()
    lefts = np.arange(within.left(), within.right() - width, _GRID_PIXELS)
    tops = np.arange(within.top(), within.bottom() - height, _GRID_PIXELS)
    free = np.ones((len(tops), len(lefts)), dtype=bool)
    taken = [card.getCoords() for card in (*cards, QRectF(x - gap, y - gap, 2 * gap, 2 * gap))]
    if obstacles is not None:
        places = obstacles.places[np.isfinite(obstacles.places).all(axis=-1)]
        taken += np.concatenate([places, places], axis=-1).tolist()
    for left, top, right, bottom in taken:
        columns = slice(*np.searchsorted(lefts, (left - width, right)))
        free[slice(*np.searchsorted(tops, (top - height, bottom))), columns] = False
    rows, columns = np.nonzero(free)
    # Half a width aside is as far as half a height up: the nearest edge is what counts.
    distances = np.hypot((lefts[columns] + width / 2 - x) / width, (tops[rows] + height / 2 - y) / height)
    nearest = np.argsort(distances, kind="stable")[:_N_ELSEWHERE]
    return [QRectF(lefts[columns[each]], tops[rows[each]], width, height) for each in nearest]


def _ideals(size: tuple[float, float], about: QPointF, gap: float, ways: Ways) -> list[QRectF]:
    """Rectangles beside ``about``: 1 or -1 is past it across or down, 0 level with it, and less than 1 in between."""
    (width, height), (x, y) = size, about.toTuple()
    return [
        QRectF(x + across * (gap + width / 2) - width / 2, y + down * (gap + height / 2) - height / 2, width, height)
        for across, down in ways
    ]


def _moved_into(rect: QRectF, within: QRectF) -> QRectF:
    left = min(max(rect.left(), within.left()), max(within.left(), within.right() - rect.width()))
    top = min(max(rect.top(), within.top()), max(within.top(), within.bottom() - rect.height()))
    return QRectF(left, top, rect.width(), rect.height())


def _share_covered(card: QRectF, rect: QRectF) -> float:
    common = card & rect
    return max(0.0, common.width() * common.height()) / (card.width() * card.height())
