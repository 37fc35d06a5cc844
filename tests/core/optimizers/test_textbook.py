"""What textbooks and papers say about the methods: numbers that can be worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from interpreted import follow

from gradsim.core.conformance.agreement import errors
from gradsim.core.conformance.problems import PROBLEMS, Problem
from gradsim.core.optimizers import OPTIMIZERS

METHODS = [(name, convention) for name, optimizer in OPTIMIZERS.items() for convention in optimizer.conventions]


def parabola(curvature: float = 1.0) -> Problem:
    """½·curvature·x², on the line."""
    return Problem(
        formula=f"0.5*{curvature}*x**2",
        value=lambda x: 0.5 * curvature * x * x,
        gradient=lambda p: curvature * p,
        hessian=lambda p: np.array([[curvature]]),
        start=(1.0, 0.0),
        sharpness=curvature,
    )


def slope(gradient: Callable[[int], float]) -> Problem:
    """Whose gradient is what ``gradient`` says at each call, wherever the particle is."""
    calls = iter(range(10_000))
    return Problem(
        formula="x",
        value=lambda x: x,
        gradient=lambda p: np.array([gradient(next(calls))]),
        hessian=lambda p: np.zeros((1, 1)),
        start=(0.0, 0.0),
        sharpness=0.0,
    )


def run(name: str, convention: str, problem: Problem, steps: int, start: float = 1.0, **changes: float) -> np.ndarray:
    rule = OPTIMIZERS[name].rule(convention)
    assert set(changes) <= set(rule.defaults)
    return follow(rule, problem, (start,), {**rule.defaults, **changes}, steps)[:, 0]


@pytest.mark.parametrize(
    ("convention", "path"),
    [
        ("pytorch", [1, 0.99, 0.9711, 0.944379]),
        ("classical", [1, 0.99, 0.9711, 0.944379]),
        ("ema", [1, 0.999, 0.997101]),
    ],
)
def test_momentum_by_hand(convention: str, path: list[float]) -> None:
    ours = run("momentum", convention, parabola(), len(path) - 1, learning_rate=0.01, momentum=0.9)
    assert ours == pytest.approx(path, rel=1e-15)


def test_averaged_momentum_at_ten_times_the_rate_is_summed_momentum() -> None:
    averaged = run("momentum", "ema", parabola(), 100, learning_rate=0.1, momentum=0.9)
    summed = run("momentum", "pytorch", parabola(), 100, learning_rate=0.01, momentum=0.9)
    assert averaged == pytest.approx(summed, rel=1e-13, abs=1e-13)


def test_steady_slope_is_amplified_ten_times_and_alternating_slope_is_damped() -> None:
    steady = run("momentum", "pytorch", slope(lambda k: 1.0), 500, learning_rate=0.01, momentum=0.9)
    alternating = run("momentum", "pytorch", slope(lambda k: (-1.0) ** k), 500, learning_rate=0.01, momentum=0.9)
    assert abs(np.diff(steady)[-1]) == pytest.approx(0.01 / (1 - 0.9))
    assert abs(np.diff(alternating)[-1]) == pytest.approx(0.01 / (1 + 0.9))


def test_conventions_of_momentum_differ_once_the_learning_rate_changes() -> None:
    problem = PROBLEMS["ravine"]
    rates = 0.005 * 0.9 ** np.arange(20)
    paths = [
        follow(OPTIMIZERS["momentum"].rule(c), problem, problem.start, {"learning_rate": rates, "momentum": 0.9}, 20)
        for c in ("pytorch", "classical")
    ]
    assert errors(paths[0][:2], paths[1][:2]).max() < 1e-15
    assert errors(*paths).max() > 0.1


@pytest.mark.parametrize("name", ["momentum", "nesterov"])
@pytest.mark.parametrize("convention", ["pytorch", "classical"])
def test_without_momentum_it_is_gradient_descent(name: str, convention: str) -> None:
    problem = PROBLEMS["himmelblau"]
    h = {"learning_rate": 0.003, "momentum": 0.0}
    ours = follow(OPTIMIZERS[name].rule(convention), problem, problem.start, h, 50)
    plain = follow(OPTIMIZERS["gradient_descent"].rule(), problem, problem.start, h, 50)
    assert errors(ours, plain).max() < 1e-15


def test_nesterov_of_the_libraries_is_the_look_ahead_seen_from_its_look_ahead_points() -> None:
    # With a constant rate, the library's positions are x − μv of the classical ones (Bengio et al. 2013).
    library = run("nesterov", "pytorch", parabola(20.0), 50, learning_rate=0.01, momentum=0.9)
    classical = run("nesterov", "classical", parabola(20.0), 51, learning_rate=0.01, momentum=0.9)
    seen_ahead = classical[1:] + 0.9 * np.diff(classical)
    assert library[1:] == pytest.approx(seen_ahead[:50], rel=1e-12, abs=1e-13)


# Limits on learning rate times curvature (DESIGN: heavy ball 2(1+β), look-ahead 2(1+β)/(1+2β), average 2(1+β)/(1−β)).
@pytest.mark.parametrize(
    ("name", "convention", "limit"),
    [
        ("gradient_descent", "pytorch", 2.0),
        ("momentum", "pytorch", 2 * 1.9),
        ("momentum", "classical", 2 * 1.9),
        ("momentum", "ema", 2 * 1.9 / 0.1),
        ("nesterov", "pytorch", 2 * 1.9 / 2.8),
        ("nesterov", "classical", 2 * 1.9 / 2.8),
    ],
)
def test_stability_limit_on_a_parabola(name: str, convention: str, limit: float) -> None:
    below = run(name, convention, parabola(100.0), 3000, learning_rate=0.99 * limit / 100)
    above = run(name, convention, parabola(100.0), 3000, learning_rate=1.01 * limit / 100)
    assert abs(below[-1]) < 1e-3
    assert abs(above[-1]) > 1e3


@pytest.mark.parametrize("convention", [c for c in OPTIMIZERS["adam"].conventions if c != "uncorrected"])
@pytest.mark.parametrize("curvature", [1e-3, 1.0, 1e6])
def test_adam_first_step_equals_learning_rate(convention: str, curvature: float) -> None:
    path = run("adam", convention, parabola(curvature), 1, learning_rate=0.1, epsilon=0.0)
    assert path[1] == pytest.approx(0.9, rel=1e-14)


@pytest.mark.parametrize("convention", [c for c in OPTIMIZERS["adam"].conventions if c != "uncorrected"])
def test_adam_on_a_steady_slope_always_steps_by_the_learning_rate(convention: str) -> None:
    path = run("adam", convention, slope(lambda k: 3.0), 200, start=0.0, learning_rate=0.1, epsilon=0.0)
    assert np.diff(path) == pytest.approx(-0.1, rel=1e-12)


@pytest.mark.parametrize("convention", ["pytorch", "paper"])
def test_adagrad_on_a_steady_slope_slows_as_the_root_of_time(convention: str) -> None:
    path = run("adagrad", convention, slope(lambda k: 1.0), 100, start=0.0, learning_rate=0.1)
    assert -np.diff(path) == pytest.approx(0.1 / np.sqrt(np.arange(1, 101)), rel=1e-7)


def test_adagrad_of_optax_starts_its_sum_at_a_tenth() -> None:
    path = run("adagrad", "optax", slope(lambda k: 1.0), 1, start=0.0, learning_rate=0.1)
    assert path[1] == pytest.approx(-0.1 / math.sqrt(1.1 + 1e-7), rel=1e-14)


@pytest.mark.parametrize("convention", [c for c in OPTIMIZERS["rmsprop"].conventions if c != "centered"])
def test_rmsprop_first_step_is_the_learning_rate_over_the_root_of_one_minus_decay(convention: str) -> None:
    path = run("rmsprop", convention, parabola(), 1, learning_rate=0.01, decay=0.9, epsilon=0.0)
    assert path[1] == pytest.approx(1 - 0.01 / math.sqrt(0.1), rel=1e-13)


@pytest.mark.parametrize("convention", OPTIMIZERS["adamw"].conventions)
def test_adamw_decay_is_scaled_by_the_learning_rate_and_by_nothing_else(convention: str) -> None:
    path = run("adamw", convention, slope(lambda k: 0.0), 10, learning_rate=0.1, weight_decay=0.5)
    assert path == pytest.approx(0.95 ** np.arange(11), rel=1e-14)


def test_frictionless_ball_keeps_swinging() -> None:
    path = run("momentum", "pytorch", parabola(), 10_000, learning_rate=0.01, momentum=1.0)
    assert np.abs(path[-1000:]).max() == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("problem_name", ["ravine"])
def test_newton_reaches_the_minimum_of_a_quadratic_in_one_step(problem_name: str) -> None:
    problem = PROBLEMS[problem_name]
    path = follow(OPTIMIZERS["newton"].rule(), problem, problem.start, {"learning_rate": 1.0}, 1)
    assert np.abs(path[1]).max() < 1e-15


def test_newton_works_on_the_line() -> None:
    assert run("newton", "paper", parabola(7.0), 1)[1] == pytest.approx(0.0, abs=1e-15)


def test_newton_is_drawn_to_saddles() -> None:
    problem = PROBLEMS["himmelblau"]
    path = follow(OPTIMIZERS["newton"].rule(), problem, problem.start, {"learning_rate": 1.0}, 30)
    eigenvalues = np.linalg.eigvalsh(problem.hessian(path[-1]))
    assert np.abs(problem.gradient(path[-1])).max() < 1e-9
    assert eigenvalues[0] < 0 < eigenvalues[1]


LEAST_STEPS = {  # of methods that move even if the learning rate is zero, with the hyperparameter that says how far
    ("rprop", "pytorch"): "min_step_size",
}


@pytest.mark.parametrize(("name", "convention"), METHODS)
def test_zero_learning_rate_means_no_move(name: str, convention: str) -> None:
    problem, rule = PROBLEMS["himmelblau"], OPTIMIZERS[name].rule(convention)
    path = follow(rule, problem, problem.start, {**rule.defaults, "learning_rate": 0.0}, 5)
    least = LEAST_STEPS.get((name, convention))
    if least is not None:
        assert path[1] == pytest.approx(np.array(problem.start) + np.array([-1, 1]) * rule.defaults[least], rel=1e-15)
        return
    assert np.array_equal(path, np.broadcast_to(problem.start, (6, 2)))
