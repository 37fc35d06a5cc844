"""Merges boxes that touch into clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]

MOST_COMPARED = 1024  # boxes compared pair by pair; more are first merged cell by cell


def cluster(boxes: Floats, *, domain: Floats) -> tuple[Floats, Labels]:
    """Merge ``boxes`` (n, D, 2) that touch, or are a billionth of ``domain`` (D, 2) apart.

    Returns the clusters' bounding boxes, float64 (m, D, 2) in lexicographic order, and the cluster of each box, (n,).
    More than 1024 boxes are told apart only where they lie in different cells of a grid of that many.
    """
    cells = _cells(boxes, domain) if len(boxes) > MOST_COMPARED else np.arange(len(boxes))
    merged = _hulls(boxes, cells)
    tolerance = 1e-9 * (domain[:, 1] - domain[:, 0])
    touching = np.ones((len(merged), len(merged)), dtype=np.bool_)
    for axis in range(len(domain)):
        reaches = merged[:, None, axis, 0] <= merged[None, :, axis, 1] + tolerance[axis]
        touching &= reaches & reaches.T
    labels = _connected(touching)[cells]
    hulls = _hulls(boxes, labels)
    order = np.lexsort(hulls[:, ::-1, 0].T) if len(hulls) else np.empty(0, dtype=np.intp)
    return hulls[order], np.argsort(order)[labels]


def _cells(boxes: Floats, domain: Floats) -> Labels:
    n_cells = round(MOST_COMPARED ** (1.0 / len(domain)))
    place = (boxes.mean(axis=2) - domain[:, 0]) / (domain[:, 1] - domain[:, 0])
    index = np.clip(place * n_cells, 0, n_cells - 1).astype(np.intp)
    flat = np.ravel_multi_index(tuple(index.T), [n_cells] * len(domain))
    return np.unique(flat, return_inverse=True)[1]


def _hulls(boxes: Floats, labels: Labels) -> Floats:
    n_labels = int(labels.max(initial=-1)) + 1
    hulls = np.empty((n_labels, boxes.shape[1], 2))
    hulls[..., 0], hulls[..., 1] = np.inf, -np.inf
    np.minimum.at(hulls[..., 0], labels, boxes[..., 0])
    np.maximum.at(hulls[..., 1], labels, boxes[..., 1])
    return hulls


def _connected(touching: NDArray[np.bool_]) -> Labels:
    """Number the connected components of a symmetric, reflexive relation (n, n) from 0."""
    n = len(touching)
    labels = np.arange(n)
    while n:
        least = np.where(touching, labels[None, :], n).min(axis=1)
        least = least[least]
        if np.array_equal(least, labels):
            break
        labels = least
    return np.unique(labels, return_inverse=True)[1]
