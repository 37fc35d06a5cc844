"""Krawczyk's operator on the gradient of a formula: proves that a box holds exactly one critical point, or none.

It holds none when zero is outside an enclosure of some partial derivative. It holds exactly one when
K(X) = m - C·∇f(m) + (I - C·H(X))·(X - m) maps the box X, with middle m, into its own interior; H(X) encloses the
Hessian and C is any matrix, best the inverse of its middle. K(X) holds every critical point of X.

R. Krawczyk, "Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken", Computing 4 (1969), 187-201;
R. E. Moore, "A test for existence of solutions to nonlinear systems", SIAM J. Numer. Anal. 14 (1977), 611-615.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradsim.core.formula.graph import Formula
from gradsim.core.formula.intervals import IntervalProgram

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SLACK = 1e-14  # covers the roundings of the operator itself, each below 3e-16
FLAT = 1e-280


class Image(NamedTuple):
    """What is known of n boxes X after applying Krawczyk's operator.

    Attributes:
        center: float64 (D, n), the Newton step from the middle of X.
        box: float64 (D, 2, n), K(X), which means something only where ``valid``.
        valid: bool (n,).
        excluded: bool (n,), whether X holds no critical point.
        continuous: bool (n,), whether the Hessian is known to be continuous on X.
    """

    center: Floats
    box: Floats
    valid: Flags
    excluded: Flags
    continuous: Flags


class GradientField:
    """The enclosures of gradient and Hessian that a search needs."""

    def __init__(self, formula: Formula, parameters: Floats) -> None:
        self.dimension = formula.dimension
        self._gradient = IntervalProgram(formula, parameters, outputs=formula.gradient)
        self._both = IntervalProgram(formula, parameters, outputs=(*formula.gradient, *formula.hessian))
        self._triangle = np.triu_indices(self.dimension)

    def may_vanish(self, boxes: Floats) -> tuple[Flags, Flags]:
        """Return for boxes (D, 2, n) whether the gradient may vanish inside, and whether it is zero up to underflow."""
        gradient, _, nowhere = self._gradient.enclose(boxes)
        possible = (gradient[:, 0] <= 0.0).all(axis=0) & (gradient[:, 1] >= 0.0).all(axis=0) & ~nowhere
        flat: Flags = np.logical_and.reduce(np.abs(gradient) < FLAT, axis=(0, 1))
        return possible, flat

    def image(self, boxes: Floats) -> Image:
        """Apply Krawczyk's operator to boxes (D, 2, n)."""
        dimension, n = self.dimension, boxes.shape[2]
        middle = boxes[:, 0] + 0.5 * (boxes[:, 1] - boxes[:, 0])
        radius = np.maximum(boxes[:, 1] - middle, middle - boxes[:, 0]) * (1.0 + SLACK)
        columns = np.concatenate([boxes, np.broadcast_to(middle[:, None], boxes.shape)], axis=2)
        intervals, continuous, nowhere = self._both.enclose(columns)
        with np.errstate(all="ignore"):
            gradient, gradient_radius = _middle_and_radius(intervals[:dimension, :, n:])
            entries, entry_radii = _middle_and_radius(intervals[dimension:, :, :n])
            # Constants of the Hessian are rounded on their own, so it is the derivative of the gradient only to this.
            entry_radii += SLACK * np.abs(entries).max(axis=0)
            hessian, hessian_radius = self._symmetric(entries), self._symmetric(entry_radii)
            inverse = inverse_matrices(hessian)
            size = np.abs(inverse)
            product = np.einsum("ijn,jkn->ikn", inverse, hessian)
            deviation = np.abs(np.eye(dimension)[:, :, None] - product) + SLACK * (1.0 + np.abs(product))
            deviation += np.einsum("ijn,jkn->ikn", size, hessian_radius + SLACK * np.abs(hessian))
            center = middle - np.einsum("ijn,jn->in", inverse, gradient)
            reach = np.einsum("ijn,jn->in", deviation, radius)
            reach += np.einsum("ijn,jn->in", size, gradient_radius + SLACK * np.abs(gradient))
            reach = reach * (1.0 + SLACK) + 4.0 * np.finfo(np.float64).eps * (np.abs(middle) + np.abs(center))
            box = np.stack([center - reach, center + reach], axis=1)
            smooth = continuous[:n] & continuous[n:]
            valid = smooth & np.isfinite(box).all(axis=(0, 1))
            # The mean value theorem alone: ∇f(X) lies in ∇f(m) + H(X)·(X - m).
            change = np.einsum("ijn,jn->in", np.abs(hessian) + hessian_radius, radius) + gradient_radius
            excluded = smooth & (np.abs(gradient) > change * (1.0 + SLACK)).any(axis=0)
            excluded |= valid & ((box[:, 0] > boxes[:, 1]) | (box[:, 1] < boxes[:, 0])).any(axis=0)
        return Image(center, box, valid, excluded | nowhere[:n], smooth)

    def _symmetric(self, triangle: Floats) -> Floats:
        full = np.empty((self.dimension, self.dimension, triangle.shape[1]))
        rows, columns = self._triangle
        full[rows, columns] = full[columns, rows] = triangle
        return full


def is_inside(image: Image, boxes: Floats) -> Flags:
    """Return for each box (D, 2, n) whether its image proves that it holds exactly one critical point."""
    inner = (image.box[:, 0] > boxes[:, 0]) & (image.box[:, 1] < boxes[:, 1])
    return np.asarray(image.valid & inner.all(axis=0))


def inverse_matrices(matrices: Floats) -> Floats:
    """Return the inverses of float64 (D, D, n) matrices, not finite where they are singular."""
    if matrices.shape[0] == 1:
        return 1.0 / matrices
    if matrices.shape[0] == 2:
        (a, b), (c, d) = matrices
        return np.array([[d, -b], [-c, a]]) / (a * d - b * c)
    stacked = np.moveaxis(matrices, 2, 0)
    regular: Flags = np.logical_and.reduce(np.isfinite(stacked), axis=(1, 2))
    regular[regular] = np.linalg.cond(stacked[regular]) < 1e15
    inverses = np.full_like(stacked, np.nan)
    inverses[regular] = np.linalg.inv(stacked[regular])
    return np.moveaxis(inverses, 0, 2)


def _middle_and_radius(intervals: Floats) -> tuple[Floats, Floats]:
    lower, upper = intervals[:, 0], intervals[:, 1]
    middle = 0.5 * lower + 0.5 * upper
    return middle, np.maximum(upper - middle, middle - lower) * (1.0 + SLACK)
