"""Arithmetic that rules share: the sign of a number, and vectors and symmetric matrices of one particle.

A vector is a tuple of D numbers, a matrix the tuple of its upper triangle, row by row. Compiled rules run the twins of
these functions in ``lifted_vectors``, which have the same bits: sums go from the first coordinate to the last.
"""

from __future__ import annotations

import math

Vector = tuple[float, ...]
Triangle = tuple[float, ...]


def sign(value: float) -> float:
    """Return −1, 0 or 1."""
    return 1.0 if value > 0.0 else (-1.0 if value < 0.0 else 0.0)


def dot(a: Vector, b: Vector) -> float:
    """Return the inner product."""
    total = a[0] * b[0]
    for x, y in zip(a[1:], b[1:], strict=True):
        total = total + x * y
    return total


def norm(a: Vector) -> float:
    """Return the Euclidean length."""
    return math.sqrt(dot(a, a))


def add_scaled(a: Vector, factor: float, b: Vector) -> Vector:
    """Return a + factor·b."""
    return tuple(x + factor * y for x, y in zip(a, b, strict=True))


def scaled(factor: float, a: Vector) -> Vector:
    """Return factor·a."""
    return tuple(factor * x for x in a)


def squared(a: Vector) -> Vector:
    """Return the squares of the coordinates."""
    return tuple(x * x for x in a)


def sum_of_magnitudes(a: Vector) -> float:
    """Return the 1-norm."""
    total = abs(a[0])
    for x in a[1:]:
        total = total + abs(x)
    return total


def divide_by_root(a: Vector, square: Vector, epsilon: float) -> Vector:
    """Return a / (√square + ε) for each coordinate, where 0/0 is 0."""

    def quotient(x: float, divisor: float) -> float:
        return x / divisor if divisor > 0.0 else 0.0

    return tuple(quotient(x, math.sqrt(y) + epsilon) for x, y in zip(a, square, strict=True))


def matrix_vector(matrix: Triangle, vector: Vector) -> Vector:
    """Return the product for D = 1 or 2."""
    if len(vector) == 1:
        return (matrix[0] * vector[0],)
    xx, xy, yy = matrix
    return (xx * vector[0] + xy * vector[1], xy * vector[0] + yy * vector[1])


def solve_symmetric(matrix: Triangle, vector: Vector) -> Vector:
    """Solve ``matrix @ solution = vector`` for D = 1 or 2; of a vector of zeros the solution is zero, for any matrix.

    Otherwise a singular matrix gives inf or nan, as IEEE division does in compiled code; called from plain Python it
    raises ZeroDivisionError.
    """
    if greatest_magnitude(vector) == 0.0:
        return (0.0,) * len(vector)
    if len(vector) == 1:
        return (vector[0] / matrix[0],)
    xx, xy, yy = matrix
    determinant = xx * yy - xy * xy
    return (
        (yy * vector[0] - xy * vector[1]) / determinant,
        (xx * vector[1] - xy * vector[0]) / determinant,
    )


def diagonal(matrix: Triangle) -> Vector:
    """Return the diagonal for D = 1 or 2."""
    return matrix if len(matrix) == 1 else (matrix[0], matrix[2])


def scaled_identity(factor: float, vector: Vector) -> Triangle:
    """Return factor·I, as large as ``vector`` is long."""
    return (factor,) if len(vector) == 1 else (factor, 0.0, factor)


def outer(a: Vector, b: Vector) -> Triangle:
    """Return the symmetric part of a bᵀ, (a bᵀ + b aᵀ)/2, for D = 1 or 2."""
    if len(a) == 1:
        return (a[0] * b[0],)
    return (a[0] * b[0], 0.5 * (a[0] * b[1] + a[1] * b[0]), a[1] * b[1])


def greatest_magnitude(a: Vector) -> float:
    """Return the greatest |aᵢ|."""
    greatest = abs(a[0])
    for x in a[1:]:
        greatest = abs(x) if abs(x) > greatest else greatest
    return greatest


def clipped_quotient(a: Vector, b: Vector, floor: float) -> Vector:
    """Return aᵢ/max(bᵢ, floor), clipped to −1 … 1; 0/0 is 0."""
    return tuple(_clipped_quotient(x, max(y, floor)) for x, y in zip(a, b, strict=True))


def _clipped_quotient(x: float, y: float) -> float:
    # No division by zero, and none that would overflow.
    return x / y if abs(x) < y else (1.0 if x > 0.0 else -1.0 if x < 0.0 else x)
