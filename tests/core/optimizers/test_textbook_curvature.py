"""What textbooks say about the methods that know or learn curvature, and the linear algebra that they stand on."""

from __future__ import annotations

import itertools
import math

import numba
import numpy as np
import pytest
from interpreted import follow

from gradsim.core.conformance.problems import PROBLEMS, Problem
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.optimizers.matrices import eigen_decomposition, trust_region_step
from gradsim.core.optimizers.vectors import clipped_quotient
from gradsim.core.race import lifted_vectors  # noqa: F401  (tells numba what the functions mean)

NAMES = (
    "damped_newton",
    "saddle_free_newton",
    "negative_curvature",
    "trust_region",
    "conjugate_gradient",
    "bfgs",
    "lbfgs",
    "sophia",
)
CURVATURE = [(name, convention) for name in NAMES for convention in OPTIMIZERS[name].conventions]
SEARCHING = [(n, c) for n, c in CURVATURE if OPTIMIZERS[n].rule(c).probe is not None]
LENGTHS = [0.0, 1.0, -1.0, 3.7, 1e-9, -1e-9, 1e9, 1e-160, 1e150]
MATRICES = list(itertools.product(LENGTHS, repeat=3))


def race(name: str, problem: Problem, steps: int, convention: str | None = None, **changes: float) -> np.ndarray:
    rule = OPTIMIZERS[name].rule(convention)
    start = changes.pop("start", problem.start)
    return follow(rule, problem, start, {**rule.defaults, **changes}, steps)


def test_eigenvectors_are_orthonormal_and_turn_the_matrix_diagonal() -> None:
    for matrix in MATRICES:
        values, vectors = eigen_decomposition(matrix)
        full = np.array([[matrix[0], matrix[1]], [matrix[1], matrix[2]]])
        v, size = np.array(vectors), np.abs(matrix).max()
        assert values[0] <= values[1], matrix
        assert np.abs(v @ v.T - np.eye(2)).max() < 1e-15, matrix
        assert np.abs(v @ full @ v.T - np.diag(values)).max() <= 2e-15 * size, matrix
        assert np.abs(np.array(values) - np.linalg.eigvalsh(full)).max() <= 2e-15 * size, matrix


def test_diagonal_matrices_keep_their_eigenvalues_to_the_last_digit() -> None:
    assert eigen_decomposition((1e-200, 0.0, 1e200)) == ((1e-200, 1e200), ((1.0, 0.0), (0.0, 1.0)))
    assert eigen_decomposition((3.0, 0.0, 3.0))[0] == (3.0, 3.0)
    assert eigen_decomposition((-7.0,)) == ((-7.0,), ((1.0,),))


def test_compiled_linear_algebra_has_the_same_bits() -> None:
    decompose = numba.njit(error_model="numpy")(lambda matrix: eigen_decomposition(matrix))
    step = numba.njit(error_model="numpy")(lambda g, h, r: trust_region_step(g, h, r))
    quotient = numba.njit(error_model="numpy")(lambda a, b, floor: clipped_quotient(a, b, floor))
    for matrix in MATRICES[::3]:
        assert decompose(matrix) == eigen_decomposition(matrix)
    for matrix in itertools.product([0.0, 2.0, -3.0, 1e-6], repeat=3):
        for gradient in ((0.0, 0.0), (1.0, 0.0), (-2.0, 1e-9), (3.0, 40.0)):
            assert step(gradient, matrix, 0.7) == trust_region_step(gradient, matrix, 0.7)
            assert quotient(gradient, matrix[:2], 1e-9) == clipped_quotient(gradient, matrix[:2], 1e-9)


@pytest.mark.parametrize("gradient", [(1.0, 0.0), (0.0, -3.0), (-2.0, 1e-9), (3.0, 40.0), (1e-12, 1e-14)])
@pytest.mark.parametrize("radius", [1e-3, 0.7, 50.0])
def test_no_other_step_in_the_region_is_better(gradient: tuple[float, float], radius: float) -> None:
    angle = np.linspace(0.0, 2 * np.pi, 61)
    others = np.concatenate([r * np.array([np.cos(angle), np.sin(angle)]) for r in radius * np.linspace(0, 1, 11)], 1)
    for matrix in itertools.product([0.0, 2.0, -3.0, 1e-6, 1e4], repeat=3):
        step = np.array(trust_region_step(gradient, matrix, radius))
        hessian = np.array([[matrix[0], matrix[1]], [matrix[1], matrix[2]]])

        def model(p: np.ndarray, hessian: np.ndarray = hessian) -> np.ndarray:
            return gradient @ p + np.sum(p * (hessian @ p), axis=0) / 2

        assert np.linalg.norm(step) <= radius * (1 + 1e-12), matrix
        assert model(step) <= model(others).min() + 1e-13 * np.abs(model(others)).max(), matrix


@pytest.mark.parametrize("name", ["saddle_free_newton", "negative_curvature", "trust_region", "bfgs", "lbfgs"])
def test_where_newton_is_drawn_to_a_saddle_these_find_a_minimum(name: str) -> None:
    problem = PROBLEMS["himmelblau"]
    path = race(name, problem, 200)
    assert problem.value(*path[-1]) < 1e-6


def test_damped_newton_lies_between_newton_and_descent() -> None:
    problem = PROBLEMS["himmelblau"]
    newton, undamped = race("newton", problem, 5), race("damped_newton", problem, 5, damping=0.0)
    assert np.array_equal(newton, undamped)
    much = race("damped_newton", problem, 1, damping=1e8, learning_rate=1e6)
    descent = race("gradient_descent", problem, 1, learning_rate=0.01)
    assert much[1] == pytest.approx(descent[1], rel=1e-6)


@pytest.mark.parametrize("convention", OPTIMIZERS["conjugate_gradient"].conventions)
def test_conjugate_gradient_needs_two_steps_on_a_parabola_in_the_plane(convention: str) -> None:
    path = race("conjugate_gradient", PROBLEMS["ravine"], 2, convention)
    assert np.abs(path[1]).max() > 0.1
    assert np.abs(path[2]).max() < 1e-13


@pytest.mark.parametrize("name", ["bfgs", "lbfgs", "trust_region", "saddle_free_newton"])
def test_the_end_of_rosenbrock_s_valley_is_reached_in_a_hundred_steps(name: str) -> None:
    path = race(name, PROBLEMS["rosenbrock"], 100, "paper", start=(-1.2, 1.0))
    assert path[-1] == pytest.approx([1.0, 1.0], abs=1e-7)


@pytest.mark.parametrize("learning_rate", [1e-3, 1.0, 1e6])
@pytest.mark.parametrize(("name", "convention"), SEARCHING)
def test_searches_never_go_up(name: str, convention: str, learning_rate: float) -> None:
    assert SEARCHING
    problem = PROBLEMS["himmelblau"]
    losses = problem.value(*race(name, problem, 60, convention, learning_rate=learning_rate).T)
    assert np.all(np.diff(losses) <= 0.0)
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(("name", "convention"), SEARCHING)
def test_searches_go_back_from_where_the_loss_is_no_number(name: str, convention: str) -> None:
    barrier = Problem(
        formula="x - log(x)",
        value=lambda x: x - math.log(x) if x > 0.0 else math.nan,
        gradient=lambda p: 1.0 - 1.0 / p if p[0] > 0.0 else np.array([math.nan]),
        hessian=lambda p: np.array([[1.0 / p[0] ** 2]]) if p[0] > 0.0 else np.array([[math.nan]]),
        start=(3.0, 0.0),
        sharpness=1.0,
    )
    path = race(name, barrier, 60, convention, start=(3.0,), learning_rate=8.0)
    assert np.all(path > 0.0)
    assert path[-1, 0] == pytest.approx(1.0, abs=1e-3)


def test_the_trust_region_bounds_every_step() -> None:
    path = race("trust_region", PROBLEMS["himmelblau"], 30, learning_rate=0.4, initial_radius=0.1)
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert lengths[0] == pytest.approx(0.1, rel=1e-12)
    assert lengths[1] == pytest.approx(0.2, rel=1e-12)
    assert lengths.max() == pytest.approx(0.4, rel=1e-12)


def test_sophia_never_steps_farther_than_the_learning_rate_in_a_coordinate() -> None:
    steps = np.abs(np.diff(race("sophia", PROBLEMS["himmelblau"], 100, learning_rate=0.03), axis=0))
    assert steps.max() == pytest.approx(0.03, rel=1e-12)
