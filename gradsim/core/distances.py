"""How far particles are from the nearest of several places, such as the minima of a surface."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from gradsim.core.compiled import kernel

Floats = NDArray[np.float64]

ROWS = types.float64[:, ::1]
BLOCK = 512  # particles whose coordinates stay in the fastest cache while all places are gone through


@kernel(types.void(ROWS, ROWS, types.float64[::1]))
def _squared_distances(positions, places, squares):  # type: ignore[no-untyped-def]
    """Write for each of ``positions`` the squared distance to its nearest place."""
    n, dimension = positions.shape
    x, y, best, rest = np.empty(BLOCK), np.zeros(BLOCK), np.empty(BLOCK), np.zeros(BLOCK)
    for first in range(0, n, BLOCK):
        count = min(BLOCK, n - first)
        for i in range(count):
            x[i] = positions[first + i, 0]
            best[i] = np.inf
        if dimension > 1:
            for i in range(count):
                y[i] = positions[first + i, 1]
        for k in range(len(places)):
            place_x, place_y = places[k, 0], places[k, 1] if dimension > 1 else 0.0
            if dimension > 2:
                for i in range(count):
                    rest[i] = 0.0
                    for axis in range(2, dimension):
                        rest[i] += (positions[first + i, axis] - places[k, axis]) ** 2
            for i in range(count):  # one loop over plain rows: it is the one that has to vectorise
                along_x, along_y = x[i] - place_x, y[i] - place_y
                square = along_x * along_x + along_y * along_y + rest[i]
                best[i] = square if square < best[i] else best[i]
        for i in range(count):
            squares[first + i] = best[i]


@kernel(types.void(ROWS, ROWS, types.float64[::1], types.int64[::1]))
def _nearest(positions, places, squares, nearest):  # type: ignore[no-untyped-def]
    """Write the squared distance and the number of the nearest place, the first of equals."""
    for i in range(len(positions)):
        squares[i], nearest[i] = np.inf, 0
        for k in range(len(places)):
            square = 0.0
            for axis in range(positions.shape[1]):
                square += (positions[i, axis] - places[k, axis]) ** 2
            if square < squares[i]:
                squares[i], nearest[i] = square, k


def nearest_distances(positions: Floats, places: Floats) -> Floats:
    """Return the Euclidean distance of every position to the nearest place.

    Args:
        positions: float64 (..., D).
        places: float64 (n, D), n ≥ 1.

    Returns float64 (...); inf where the square of a distance overflows.
    """
    flat, places = _as_rows(positions, places)
    squares = np.empty(len(flat))
    _squared_distances(flat, places, squares)
    return np.sqrt(squares, out=squares).reshape(positions.shape[:-1])


def nearest_places(positions: Floats, places: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return the number (...) of the place (n, D) that is nearest to each position (..., D), and its distance (...).

    Of places that are equally near, the first is taken.
    """
    flat, places = _as_rows(positions, places)
    squares, nearest = np.empty(len(flat)), np.empty(len(flat), dtype=np.int64)
    _nearest(flat, places, squares, nearest)
    shape = positions.shape[:-1]
    return nearest.reshape(shape), np.sqrt(squares, out=squares).reshape(shape)


def _as_rows(positions: Floats, places: Floats) -> tuple[Floats, Floats]:
    if len(places) == 0:
        raise ValueError("a distance needs at least one place to measure from")
    rows = np.ascontiguousarray(positions, dtype=np.float64).reshape(-1, positions.shape[-1])
    return rows, np.ascontiguousarray(places, dtype=np.float64)
