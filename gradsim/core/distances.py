"""How far particles are from the nearest of several places, such as the minima of a surface."""

from __future__ import annotations

import numpy as np
from numba import types
from numpy.typing import NDArray

from gradsim.core.compiled import kernel

Floats = NDArray[np.float64]

ROWS = types.float64[:, ::1]
BLOCK = 512  # particles whose coordinates stay in the fastest cache while all places are gone through


@kernel(types.void(ROWS, ROWS, types.float64[::1], types.int64[::1]))
def _nearest(positions, places, squares, nearest):  # type: ignore[no-untyped-def]
    """Write for each of ``positions`` the squared distance to its nearest place; its number too where there is room."""
    n, dimension = positions.shape
    coordinates = np.empty((dimension, BLOCK))
    square = np.empty(BLOCK)
    best = np.empty(BLOCK)
    index = np.empty(BLOCK, dtype=np.int64)
    for first in range(0, n, BLOCK):
        count = min(BLOCK, n - first)
        for axis in range(dimension):
            for i in range(count):
                coordinates[axis, i] = positions[first + i, axis]
        for i in range(count):
            best[i] = np.inf
            index[i] = 0
        for k in range(len(places)):
            for i in range(count):
                square[i] = 0.0
            for axis in range(dimension):
                place = places[k, axis]
                for i in range(count):
                    square[i] += (coordinates[axis, i] - place) * (coordinates[axis, i] - place)
            if len(nearest):
                for i in range(count):
                    closer = square[i] < best[i]
                    index[i] = k if closer else index[i]
                    best[i] = square[i] if closer else best[i]
            else:
                for i in range(count):
                    best[i] = square[i] if square[i] < best[i] else best[i]
        for i in range(count):
            squares[first + i] = best[i]
        if len(nearest):
            for i in range(count):
                nearest[first + i] = index[i]


def nearest_distances(positions: Floats, places: Floats) -> Floats:
    """Return the Euclidean distance of every position to the nearest place.

    Args:
        positions: float64 (..., D).
        places: float64 (n, D), n ≥ 1.

    Returns float64 (...); inf where the square of a distance overflows.
    """
    flat, places = _as_rows(positions, places)
    squares = np.empty(len(flat))
    _nearest(flat, places, squares, np.empty(0, dtype=np.int64))
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
