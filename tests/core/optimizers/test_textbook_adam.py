"""What can be worked out by hand about the relatives of Adam."""

from __future__ import annotations

import math

import numpy as np
import pytest
from test_textbook import parabola, run, slope

from gradsim.core.optimizers import OPTIMIZERS

METHODS = [(name, convention) for name, optimizer in OPTIMIZERS.items() for convention in optimizer.conventions]


def moves(name: str, convention: str, gradient, steps: int, **changes: float) -> np.ndarray:
    """How far it goes downhill in each step on slopes that ``gradient`` gives."""
    return -np.diff(run(name, convention, slope(gradient), steps, start=0.0, **changes))


def test_without_bias_corrections_the_first_step_of_adam_is_three_times_as_long() -> None:
    path = run("adam", "uncorrected", parabola(7.0), 1, learning_rate=0.1, epsilon=0.0)
    assert path[1] == pytest.approx(1 - 0.1 * 0.1 / math.sqrt(0.001), rel=1e-14)


def test_the_spread_of_one_gradient_is_that_of_a_coin() -> None:
    path = run("rmsprop", "centered", parabola(), 1, learning_rate=0.01, decay=0.9, epsilon=0.0)
    assert path[1] == pytest.approx(1 - 0.01 / math.sqrt(0.9 * 0.1), rel=1e-13)


def test_gradients_without_spread_are_no_root_of_what_is_negative() -> None:
    assert np.isfinite(moves("rmsprop", "centered", lambda k: 0.3, 3000, decay=0.9)).all()


def test_momentum_of_rmsprop_amplifies_a_steady_slope() -> None:
    steps = moves("rmsprop", "pytorch", lambda k: 3.0, 3000, learning_rate=0.01, momentum=0.9, decay=0.5)
    assert steps[-1] == pytest.approx(0.1, rel=1e-6)


@pytest.mark.parametrize("convention", ["mean", "mean_inside"])
def test_adagrad_by_the_mean_keeps_its_step_on_a_steady_slope(convention: str) -> None:
    assert moves("adagrad", convention, lambda k: 3.0, 100, learning_rate=0.1) == pytest.approx(0.1, rel=1e-8)


@pytest.mark.parametrize("name", ["adam", "adagrad", "rmsprop", "adadelta", "nadam", "amsgrad", "adamax"])
def test_coupled_weight_decay_is_the_slope_of_a_parabola_around_the_origin(name: str) -> None:
    on_plain = run(name, "pytorch", slope(lambda k: 0.0), 50, start=1.0, weight_decay=0.7)
    on_parabola = run(name, "pytorch", parabola(0.7), 50, start=1.0)
    assert on_plain == pytest.approx(on_parabola, rel=1e-15)


@pytest.mark.parametrize("convention", OPTIMIZERS["adamax"].conventions)
def test_adamax_on_a_steady_slope_always_steps_by_the_learning_rate(convention: str) -> None:
    assert moves("adamax", convention, lambda k: 3.0, 100, learning_rate=0.1) == pytest.approx(0.1, rel=1e-8)


@pytest.mark.parametrize("convention", OPTIMIZERS["amsgrad"].conventions)
def test_amsgrad_never_forgets_a_cliff_and_adam_does(convention: str) -> None:
    settings = {"learning_rate": 0.1, "beta1": 0.0, "beta2": 0.5}
    cliff_then_plain = lambda k: 100.0 if k == 10 else 1.0  # noqa: E731
    assert moves("adam", "pytorch", cliff_then_plain, 100, **settings)[-1] == pytest.approx(0.1)
    assert moves("amsgrad", convention, cliff_then_plain, 100, **settings)[-1] == pytest.approx(
        0.1 / math.sqrt(5000), rel=1e-3
    )


def test_nadam_of_pytorch_begins_with_half_its_momentum_and_ends_with_all_of_it() -> None:
    # On a steady slope of 1 the mean gradient m is 1 − β₁ᵗ, and both its shares are divided by the sums of weights.
    settings = {"learning_rate": 0.1, "beta1": 0.9, "epsilon": 0.0, "momentum_decay": 0.1}
    mu_1, mu_2 = (0.9 * (1 - 0.5 * 0.96 ** (t * 0.1)) for t in (1, 2))
    first = 1 + mu_2 * 0.1 / (1 - mu_1 * mu_2)
    steps = moves("nadam", "pytorch", lambda k: 1.0, 9000, **settings)
    assert steps[0] == pytest.approx(0.1 * first, rel=1e-12)
    assert steps[-1] == pytest.approx(0.1, rel=1e-6)


def test_steady_nadam_steps_by_the_learning_rate_in_the_end() -> None:
    steps = moves("nadam", "optax", lambda k: 3.0, 1000, learning_rate=0.1)
    assert steps[0] == pytest.approx(0.1 * (0.9 * 0.1 / (1 - 0.81) + 1.0), rel=1e-8)
    assert steps[-1] == pytest.approx(0.1, rel=1e-8)


@pytest.mark.parametrize("convention", OPTIMIZERS["radam"].conventions)
def test_radam_takes_five_unscaled_steps_and_ends_as_adam(convention: str) -> None:
    steps = moves("radam", convention, lambda k: 3.0, 9000, learning_rate=0.1)
    assert steps[:5] == pytest.approx(0.3, rel=1e-12)
    assert (steps[5:] < 0.1).all()
    assert steps[5] == pytest.approx(0.0025821, rel=1e-4)  # r at ρ = 5.99416: Liu et al. 2020, equation 6
    assert steps[-1] == pytest.approx(0.1, rel=2e-3)


@pytest.mark.parametrize("convention", OPTIMIZERS["adabelief"].conventions)
def test_adabelief_strides_on_a_steady_slope_and_is_adam_on_an_alternating_one(convention: str) -> None:
    # On the steady slope of 1, g − m = β₁ᵗ: Σ over the squares fades away, and steps grow.
    steady = moves("adabelief", convention, lambda k: 1.0, 300, learning_rate=0.01)
    assert steady[0] == pytest.approx(0.01 / 0.9, rel=1e-4)
    assert steady[-1] > 5 * steady[0]
    settings = {"learning_rate": 0.01, "beta1": 0.999}
    alternating = [
        moves(name, c, lambda k: (-1.0) ** k, 50, **settings)
        for name, c in (("adam", "paper"), ("adabelief", convention))
    ]
    assert alternating[0] == pytest.approx(alternating[1], rel=5e-3)


def test_yogi_forgets_a_cliff_more_slowly_than_adam() -> None:
    settings = {"learning_rate": 0.1, "beta1": 0.0, "beta2": 0.9}
    cliff_then_plain = lambda k: 10.0 if k < 5 else 0.1  # noqa: E731
    adam, yogi = (moves(*m, cliff_then_plain, 100, **settings) for m in (("adam", "uncorrected"), ("yogi", "paper")))
    assert adam[-1] == pytest.approx(0.1, rel=0.3)
    v = 10.0**2 * 0.1 * 5 - 95 * 0.1 * 0.1**2  # (1 − β₂)·g² up in every one of 5 steps, then down in every one of 95
    assert yogi[-1] == pytest.approx(0.1 * 0.1 / (math.sqrt(v) + 1e-3), rel=1e-12)


@pytest.mark.parametrize("convention", OPTIMIZERS["adan"].conventions)
def test_adan_on_a_steady_slope_always_steps_by_the_learning_rate(convention: str) -> None:
    assert moves("adan", convention, lambda k: 3.0, 100, learning_rate=0.1) == pytest.approx(0.1, rel=1e-7)


@pytest.mark.parametrize(("convention", "share"), [("paper", 0.92), ("optax", 1 - 0.92)])
def test_adan_sees_where_a_change_of_slope_leads(convention: str, share: float) -> None:
    # g is 1 and then 2: m, v and n by hand.
    steps = moves("adan", convention, lambda k: 1.0 + k, 2, learning_rate=0.1, epsilon=0.0)
    if convention == "paper":
        m, v, n = 0.98 * 1 + 0.02 * 2, 0.08 * 1, 0.99 * 1 + 0.01 * (2 + share) ** 2
    else:
        m, v = (0.98 * 0.02 + 0.02 * 2) / (1 - 0.98**2), 0.08 / (1 - 0.92**2)
        n = (0.99 * 0.01 + 0.01 * (2 + share) ** 2) / (1 - 0.99**2)
    assert steps[1] == pytest.approx(0.1 * (m + share * v) / math.sqrt(n), rel=1e-7)
