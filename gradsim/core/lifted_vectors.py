"""Compiled twins of the vector functions of rules: a tuple keeps its length there, so each case is written out."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

from numba.extending import overload

from gradsim.core.optimizers import vectors


@overload(vectors.sign)
def _sign(value):
    return lambda value: 1.0 if value > 0.0 else (-1.0 if value < 0.0 else 0.0)


@overload(vectors.dot)
def _dot(a, b):
    return (lambda a, b: a[0] * b[0]) if len(a) == 1 else (lambda a, b: a[0] * b[0] + a[1] * b[1])


@overload(vectors.norm)
def _norm(a):
    return (lambda a: math.sqrt(a[0] * a[0])) if len(a) == 1 else (lambda a: math.sqrt(a[0] * a[0] + a[1] * a[1]))


@overload(vectors.add_scaled)
def _add_scaled(a, factor, b):
    if len(a) == 1:
        return lambda a, factor, b: (a[0] + factor * b[0],)
    return lambda a, factor, b: (a[0] + factor * b[0], a[1] + factor * b[1])


@overload(vectors.scaled)
def _scaled(factor, a):
    return (lambda factor, a: (factor * a[0],)) if len(a) == 1 else (lambda factor, a: (factor * a[0], factor * a[1]))


@overload(vectors.matrix_vector)
def _matrix_vector(matrix, vector):
    if len(vector) == 1:
        return lambda matrix, vector: (matrix[0] * vector[0],)
    return lambda matrix, vector: (
        matrix[0] * vector[0] + matrix[1] * vector[1],
        matrix[1] * vector[0] + matrix[2] * vector[1],
    )


@overload(vectors.solve_symmetric)
def _solve_symmetric(matrix, vector):
    def solve_2(matrix, vector):
        determinant = matrix[0] * matrix[2] - matrix[1] * matrix[1]
        return (
            (matrix[2] * vector[0] - matrix[1] * vector[1]) / determinant,
            (matrix[0] * vector[1] - matrix[1] * vector[0]) / determinant,
        )

    return (lambda matrix, vector: (vector[0] / matrix[0],)) if len(vector) == 1 else solve_2
