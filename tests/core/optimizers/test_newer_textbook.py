"""What the papers of the newer adaptive methods say about them: numbers that can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from interpreted import follow

from gradsim.core.conformance.problems import PROBLEMS
from gradsim.core.optimizers import OPTIMIZERS

HIMMELBLAU = PROBLEMS["himmelblau"]
NEWER = ("qhadam", "adopt", "ademamix", "lamb", "novograd", "schedule_free", "schedule_free_adam", "prodigy")
METHODS = [(name, convention) for name in NEWER for convention in OPTIMIZERS[name].conventions]


def path_of(name: str, convention: str, steps: int, **changes: float) -> np.ndarray:
    rule = OPTIMIZERS[name].rule(convention)
    return follow(rule, HIMMELBLAU, HIMMELBLAU.start, {**rule.defaults, **changes}, steps)


def adam(**changes: float) -> np.ndarray:
    return path_of("adam", "paper", 60, learning_rate=0.05, **changes)


def test_qhadam_with_both_nu_one_is_adam() -> None:
    ours = path_of("qhadam", "paper", 60, learning_rate=0.05, nu1=1.0, nu2=1.0, beta1=0.9)
    assert ours == pytest.approx(adam(), rel=1e-12)


@pytest.mark.parametrize("convention", OPTIMIZERS["ademamix"].conventions)
def test_ademamix_without_its_slow_mean_is_adam(convention: str) -> None:
    assert path_of("ademamix", convention, 60, learning_rate=0.05, alpha=0.0) == pytest.approx(adam(), rel=1e-12)


@pytest.mark.parametrize("convention", OPTIMIZERS["lamb"].conventions)
def test_every_step_of_lamb_is_the_same_share_of_the_distance_from_the_origin(convention: str) -> None:
    path = path_of("lamb", convention, 40, learning_rate=0.03)
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    assert lengths == pytest.approx(0.03 * np.linalg.norm(path[:-1], axis=1), rel=1e-12)


@pytest.mark.parametrize("convention", OPTIMIZERS["lamb"].conventions)
def test_lamb_leaves_the_origin_like_adam(convention: str) -> None:
    rule = OPTIMIZERS["lamb"].rule(convention)
    path = follow(rule, HIMMELBLAU, (0.0, 0.0), {**rule.defaults, "learning_rate": 0.1, "epsilon": 0.0}, 1)
    assert path[1] == pytest.approx([0.1, 0.1], rel=1e-12)  # where both slopes are negative


@pytest.mark.parametrize("convention", OPTIMIZERS["novograd"].conventions)
def test_novograd_s_first_step_is_as_long_as_the_learning_rate_and_straight_downhill(convention: str) -> None:
    path = path_of("novograd", convention, 1, learning_rate=0.1, epsilon=0.0)
    slope = HIMMELBLAU.gradient(path[0])
    assert path[1] - path[0] == pytest.approx(-0.1 * slope / np.linalg.norm(slope), rel=1e-12)


@pytest.mark.parametrize("convention", OPTIMIZERS["adopt"].conventions)
def test_adopt_measures_first_and_steps_no_farther_than_its_bound(convention: str) -> None:
    path = path_of("adopt", convention, 30, learning_rate=0.1)
    assert np.array_equal(path[1], path[0])
    assert path[2] - path[1] == pytest.approx(-0.1 * 0.1 * np.sign(HIMMELBLAU.gradient(path[0])), rel=1e-12)
    bounds = 0.1 * np.arange(30) ** 0.25
    assert (np.abs(np.diff(path, axis=0)).max(axis=1) <= bounds + 1e-15).all()


@pytest.mark.parametrize("convention", OPTIMIZERS["schedule_free"].conventions)
def test_schedule_free_without_interpolation_is_the_average_of_plain_descent(convention: str) -> None:
    averaged = path_of("schedule_free", convention, 50, learning_rate=0.003, interpolation=0.0)
    plain = path_of("gradient_descent", "paper", 50, learning_rate=0.003)
    assert averaged[1:] == pytest.approx(plain[1:].cumsum(axis=0) / np.arange(1, 51)[:, None], rel=1e-12)


@pytest.mark.parametrize("convention", OPTIMIZERS["schedule_free_adam"].conventions)
def test_schedule_free_adam_s_first_step_is_the_learning_rate(convention: str) -> None:
    path = path_of("schedule_free_adam", convention, 1, learning_rate=0.1, epsilon=0.0)
    assert np.abs(path[1] - path[0]) == pytest.approx(0.1, rel=1e-12)


@pytest.mark.parametrize("convention", OPTIMIZERS["prodigy"].conventions)
def test_prodigy_s_first_step_is_its_first_distance_and_it_strides_within_a_hundred(convention: str) -> None:
    path = path_of("prodigy", convention, 100, initial_distance=1e-6, epsilon=0.0)
    corrected = 1.0 if convention == "optax" else 0.1 / math.sqrt(0.001)  # (1 − β₁)/√(1 − β₂) of a fresh Adam
    assert np.abs(path[1] - path[0]) == pytest.approx(1e-6 * corrected, rel=1e-8)
    assert np.abs(path[-1] - path[0]).max() > 0.5
