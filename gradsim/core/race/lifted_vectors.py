"""Compiled twins of the vector functions of rules: a tuple keeps its length there, so each case is written out."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numba
from numba.extending import overload, register_jitable

from gradsim.core.optimizers import matrices, vectors


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
    if len(a) == 2:
        return lambda a, factor, b: (a[0] + factor * b[0], a[1] + factor * b[1])
    return lambda a, factor, b: (a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2])


@overload(vectors.scaled)
def _scaled(factor, a):
    return (lambda factor, a: (factor * a[0],)) if len(a) == 1 else (lambda factor, a: (factor * a[0], factor * a[1]))


@overload(vectors.squared)
def _squared(a):
    return (lambda a: (a[0] * a[0],)) if len(a) == 1 else (lambda a: (a[0] * a[0], a[1] * a[1]))


@overload(vectors.sum_of_magnitudes)
def _sum_of_magnitudes(a):
    return (lambda a: abs(a[0])) if len(a) == 1 else (lambda a: abs(a[0]) + abs(a[1]))


@overload(vectors.divide_by_root)
def _divide_by_root(a, square, epsilon):
    def divide_1(a, square, epsilon):
        divisor = math.sqrt(square[0]) + epsilon
        return (a[0] / divisor if divisor > 0.0 else 0.0,)

    def divide_2(a, square, epsilon):
        first, second = math.sqrt(square[0]) + epsilon, math.sqrt(square[1]) + epsilon
        return (a[0] / first if first > 0.0 else 0.0, a[1] / second if second > 0.0 else 0.0)

    return divide_1 if len(a) == 1 else divide_2


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
    def solve_1(matrix, vector):
        return (vector[0] / matrix[0] if vector[0] != 0.0 else 0.0,)

    def solve_2(matrix, vector):
        determinant = matrix[0] * matrix[2] - matrix[1] * matrix[1]
        x = (matrix[2] * vector[0] - matrix[1] * vector[1]) / determinant
        y = (matrix[0] * vector[1] - matrix[1] * vector[0]) / determinant
        is_zero = abs(vector[0]) + abs(vector[1]) == 0.0  # chosen last, without a branch that would cost vector code
        return (0.0 if is_zero else x, 0.0 if is_zero else y)

    return solve_1 if len(vector) == 1 else solve_2


@overload(vectors.diagonal)
def _diagonal(matrix):
    return (lambda matrix: matrix) if len(matrix) == 1 else (lambda matrix: (matrix[0], matrix[2]))


@overload(vectors.scaled_identity)
def _scaled_identity(factor, vector):
    return (lambda factor, vector: (factor,)) if len(vector) == 1 else (lambda factor, vector: (factor, 0.0, factor))


@overload(vectors.outer)
def _outer(a, b):
    if len(a) == 1:
        return lambda a, b: (a[0] * b[0],)
    return lambda a, b: (a[0] * b[0], 0.5 * (a[0] * b[1] + a[1] * b[0]), a[1] * b[1])


@overload(vectors.greatest_magnitude)
def _greatest_magnitude(a):
    if len(a) == 1:
        return lambda a: abs(a[0])
    return lambda a: abs(a[1]) if abs(a[1]) > abs(a[0]) else abs(a[0])


_quotient = numba.njit(error_model="numpy")(vectors._clipped_quotient)


@overload(vectors.clipped_quotient)
def _clipped_quotient(a, b, floor):
    if len(a) == 1:
        return lambda a, b, floor: (_quotient(a[0], max(b[0], floor)),)
    return lambda a, b, floor: (_quotient(a[0], max(b[0], floor)), _quotient(a[1], max(b[1], floor)))


@overload(matrices.eigen_decomposition)
def _eigen_decomposition(matrix):
    def decompose_2(matrix):
        xx, xy, yy = matrix
        tau = (yy - xx) / (2.0 * xy) if xy != 0.0 else math.inf
        tangent = (1.0 if tau >= 0.0 else -1.0) / (abs(tau) + math.sqrt(1.0 + tau * tau))
        cosine = 1.0 / math.sqrt(1.0 + tangent * tangent)
        sine = tangent * cosine
        a, b = xx - tangent * xy, yy + tangent * xy
        along_a, along_b = (cosine, -sine), (sine, cosine)
        return ((a, b), (along_a, along_b)) if a <= b else ((b, a), (along_b, along_a))

    return (lambda matrix: (matrix, ((1.0,),))) if len(matrix) == 1 else decompose_2


# These are written alike for any D.
for function in (
    matrices.trust_region_step,
    matrices.pair_weight,
    matrices.bfgs_update,
    matrices.two_loops,
):
    register_jitable(function)
