"""``test_textbook`` for the optimizers that choose the length of their step, or step by signs."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from interpreted import follow
from test_textbook import parabola, run, slope

from gradsim.core.conformance.problems import PROBLEMS, Problem
from gradsim.core.optimizers import OPTIMIZERS


def noisy_parabola(curvature: float, noise: np.ndarray) -> Problem:
    """``parabola`` whose gradient is off by the next number of ``noise`` at each call."""
    more = iter(noise.tolist())
    exact = parabola(curvature)
    return replace(exact, gradient=lambda p: exact.gradient(p) + next(more))


@pytest.mark.parametrize("convention", OPTIMIZERS["qhm"].conventions)
def test_qhm_is_plain_descent_without_nu_and_an_average_with_nu_one(convention: str) -> None:
    h = {"learning_rate": 0.1, "momentum": 0.9}
    plain = run("gradient_descent", "paper", parabola(), 30, learning_rate=0.1)
    average = run("momentum", "ema", parabola(), 30, **h)
    assert run("qhm", convention, parabola(), 30, **h, nu=0.0) == pytest.approx(plain, rel=1e-13)
    assert run("qhm", convention, parabola(), 30, **h, nu=1.0) == pytest.approx(average, rel=1e-13)


@pytest.mark.parametrize(
    ("name", "convention"), [(n, c) for n in ("sign_descent", "signum") for c in OPTIMIZERS[n].conventions]
)
def test_signs_step_by_the_learning_rate_however_steep_it_is(name: str, convention: str) -> None:
    for steepness in (1e-9, 1.0, 1e9):
        path = run(name, convention, slope(lambda k, g=steepness: g), 20, start=0.0, learning_rate=0.1)
        assert np.diff(path) == pytest.approx(-0.1, rel=1e-13)


def test_lion_turns_when_the_new_slope_outweighs_its_memory() -> None:
    # m = 1 − 0.99⁹ = 0.0865 behind nine slopes of 1; then 0.9·m − 0.1·0.7 > 0 and 0.9·m − 0.1·0.8 < 0.
    signs = []
    for last in (-0.7, -0.8):
        path = run("lion", "paper", slope(lambda k, g=last: 1.0 if k < 9 else g), 10, start=0.0, learning_rate=0.1)
        signs.append(np.sign(path[-1] - path[-2]))
    assert signs == [-1.0, 1.0]


@pytest.mark.parametrize(
    ("convention", "movements"),
    [
        ("pytorch", [-0.1, -0.12, -0.144, 0.0, 0.072, 0.0864]),
        ("paper", [-0.1, -0.12, -0.144, 0.144, 0.072, 0.0864]),  # the step that went too far is taken back
        ("optax", [0.0, -0.1, -0.12, 0.0, 0.0, 0.072]),  # each step comes one update late
    ],
)
def test_rprop_steps_grow_by_a_fifth_and_halve_behind_a_change_of_sign(convention: str, movements: list[float]) -> None:
    signs = iter([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])
    path = run("rprop", convention, slope(lambda k: next(signs)), 6, start=0.0, learning_rate=0.1)
    assert np.diff(path) == pytest.approx(movements, rel=1e-12)


def test_line_search_takes_the_first_length_that_falls_enough() -> None:
    # On x²/2·100 a step of length a leads from 1 to 1 − 100a: 1, ½, … climb until 2⁻⁶, which leads to −0.5625.
    path = run("line_search", "paper", parabola(100.0), 1, learning_rate=1.0, contraction=0.5)
    assert path[1] == 1 - 100 / 64
    # With c = ½, lengths up to 1/100 are taken, which leads to the minimum of the parabola.
    assert run("line_search", "paper", parabola(100.0), 1, sufficient_decrease=0.5)[1] == 1 - 100 / 128


def test_line_search_never_climbs() -> None:
    problem, rule = PROBLEMS["rosenbrock"], OPTIMIZERS["line_search"].rule()
    losses = [float(problem.value(*place)) for place in follow(rule, problem, (-1.2, 1.0), rule.defaults, 100)]
    assert all(after < before for before, after in pairwise(losses))


def test_line_search_stays_where_no_length_helps() -> None:
    uphill = replace(parabola(), gradient=lambda p: -p)
    assert np.array_equal(run("line_search", "paper", uphill, 3), np.ones(4))


def test_asgd_of_pytorch_slows_down_as_its_documentation_says() -> None:
    path = run("asgd", "pytorch", slope(lambda k: 1.0), 5, start=0.0, learning_rate=0.1, lambd=0.0)
    assert np.diff(path) == pytest.approx(-0.1, rel=1e-13)
    path = run("asgd", "pytorch", slope(lambda k: 0.0), 3, learning_rate=0.5, lambd=0.2, power=1.0)
    assert path == pytest.approx([1, 0.9, 0.9 * (1 - 0.1 / 1.1), 0.9 * (1 - 0.1 / 1.1) * (1 - 0.1 / 1.2)], rel=1e-13)


def test_asgd_of_the_paper_is_the_mean_of_its_descent() -> None:
    path = run("asgd", "paper", slope(lambda k: 1.0), 4, start=0.0, learning_rate=0.1, power=0.0)
    assert path == pytest.approx([0, -0.1, -0.15, -0.2, -0.25], rel=1e-13)  # of −0.1, −0.2, −0.3, −0.4


def test_the_average_is_calmer_than_its_descent_in_noise() -> None:
    noise = np.random.default_rng(5).normal(0.0, 30.0, 4000)
    left = {
        convention: np.square(run("asgd", convention, noisy_parabola(50.0, noise), 2000, learning_rate=0.02)[1000:])
        for convention in ("pytorch", "paper")
    }
    assert left["paper"].mean() < left["pytorch"].mean() / 100


@pytest.mark.parametrize("convention", OPTIMIZERS["lars"].conventions)
def test_lars_steps_by_a_share_of_the_distance_however_steep_it_is(convention: str) -> None:
    for curvature in (1e-6, 1.0, 1e6):
        path = run("lars", convention, parabola(curvature), 3, learning_rate=2.0, momentum=0.0, trust_coefficient=0.05)
        assert path == pytest.approx(0.9 ** np.arange(4), rel=1e-13)


@pytest.mark.parametrize("name", ["gradient_descent", "momentum", "nesterov"])
def test_weight_decay_of_pytorch_is_a_parabola_added_to_the_loss(name: str) -> None:
    decayed = run(name, "pytorch", parabola(3.0), 30, learning_rate=0.05, weight_decay=0.5)
    assert decayed == pytest.approx(run(name, "pytorch", parabola(3.5), 30, learning_rate=0.05), rel=1e-12)
