"""Surfaces with hand-written derivatives, and the hyperparameters that every optimizer is tried with on them.

Needs nothing but NumPy: ``make_references.py`` imports it where the libraries are installed and the engine is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

STEPS = 100
"""Over which trajectories agree to rounding, where they are not chaotic before."""
LATER = tuple(range(150, 401, 50))
"""Steps beyond, up to which rounding may have grown as far as the last digit of the start leads."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A surface with a start from which no optimizer runs away.

    Attributes:
        formula: the surface as gradsim reads it.
        value: the same for numbers, arrays and tensors.
        gradient, hessian: of a (2,) float64 point, worked out by hand; shapes (2,) and (2, 2).
        start: where races begin.
        sharpness: largest Hessian eigenvalue near the path, which the learning rates of plain momenta must respect.
        pace: factor on the learning rates of the adaptive methods. They end in a ravine by bouncing between its walls,
            which is chaotic: the last digit of the start then decides the path, for PyTorch as well as for us.
    """

    formula: str
    value: Callable[[Any, Any], Any]
    gradient: Callable[[np.ndarray], np.ndarray]
    hessian: Callable[[np.ndarray], np.ndarray]
    start: tuple[float, float]
    sharpness: float
    pace: float = 1.0


PROBLEMS = {
    "ravine": Problem(
        formula="0.5*(x**2 + 100*y**2)",
        value=lambda x, y: 0.5 * (x**2 + 100 * y**2),
        gradient=lambda p: np.array([p[0], 100 * p[1]]),
        hessian=lambda p: np.diag([1.0, 100.0]),
        start=(-2.5, 1.0),
        sharpness=100.0,
    ),
    "rosenbrock": Problem(
        formula="(1 - x)**2 + 100*(y - x**2)**2",
        value=lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        gradient=lambda p: np.array(
            [-2 * (1 - p[0]) - 400 * p[0] * (p[1] - p[0] ** 2), 200 * (p[1] - p[0] ** 2)],
        ),
        hessian=lambda p: np.array(
            [[2 - 400 * (p[1] - 3 * p[0] ** 2), -400 * p[0]], [-400 * p[0], 200.0]],
        ),
        start=(-0.5, 0.3),
        sharpness=1002.0,
        pace=0.25,
    ),
    "himmelblau": Problem(
        formula="(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        value=lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
        gradient=lambda p: np.array(
            [
                4 * p[0] * (p[0] ** 2 + p[1] - 11) + 2 * (p[0] + p[1] ** 2 - 7),
                2 * (p[0] ** 2 + p[1] - 11) + 4 * p[1] * (p[0] + p[1] ** 2 - 7),
            ],
        ),
        hessian=lambda p: np.array(
            [
                [12 * p[0] ** 2 + 4 * p[1] - 42, 4 * (p[0] + p[1])],
                [4 * (p[0] + p[1]), 12 * p[1] ** 2 + 4 * p[0] - 26],
            ],
        ),
        start=(-1.0, 2.0),
        sharpness=150.0,
    ),
}

BOWL = Problem(
    formula="((x - 1)**2 + 4*(y + 0.5)**2)/2",
    value=lambda x, y: ((x - 1) ** 2 + 4 * (y + 0.5) ** 2) / 2,
    gradient=lambda p: np.array([p[0] - 1, 4 * (p[1] + 0.5)]),
    hessian=lambda p: np.diag([1.0, 4.0]),
    start=(-1.5, 1.0),
    sharpness=4.0,
)
"""With its minimum at (1, −½): at the origin, weight decay alone would lead to it."""

# Far from every default, so that a hyperparameter in the wrong place cannot hide; ε shows where it is added.
UNUSUAL = {
    "momentum": 0.6,
    "beta1": 0.7,
    "beta2": 0.95,
    "momentum_decay": 0.5,
    "decay": 0.8,
    "epsilon": 1e-4,
    "epsilon_root": 1e-3,
    "weight_decay": 0.1,
    "initial_accumulator": 0.7,
    "radius": 0.3,
    "lowest_loss": -0.5,
    "nu": 0.4,
    "eta_minus": 0.7,
    "eta_plus": 1.1,
    "min_step_size": 1e-3,
    "max_step_size": 0.05,
    "contraction": 0.8,
    "sufficient_decrease": 0.4,
    "lambd": 0.3,
    "power": 0.6,
    "trust_coefficient": 0.002,
    "beta3": 0.99,
    "alpha": 2.0,
    "nu1": 0.4,
    "nu2": 0.8,
    "interpolation": 0.6,
    "initial_distance": 0.1,
    "damping": 60.0,
    "initial_radius": 0.2,
    "gamma": 0.5,
    "interval": 3.0,
}
# Where that would not show: the ε of ADOPT and of Sophia are floors, seldom reached here; Adan's β₃ is 0.99.
UNUSUAL_OF_ITS_OWN = {("adopt", "epsilon"): 30.0, ("sophia", "epsilon"): 10.0, ("adan", "beta3"): 0.9}
CASES = (("rosenbrock", "default"), ("himmelblau", "unusual"))
"""The problems and variants that tell most: both couple the coordinates, and bend as one moves."""


# Learning rates in units of what the sharpness allows, for methods that follow the gradient as it is.
BY_SHARPNESS = {
    "gradient_descent": 0.5,
    "momentum": 0.5,
    "nesterov": 0.5,
    "gradient_flow": 0.5,
    "sam": 0.3,
    "qhm": 0.5,
    "asgd": 0.7,
    "schedule_free": 1.5,
    "negative_curvature": 0.5,
}
# Those of methods that measure their steps by themselves.
STEADY = {
    "newton": 0.7,
    "polyak": 0.02,
    "line_search": 0.9,
    "lars": 1.3,
    "prodigy": 0.65,
    "damped_newton": 0.7,
    "saddle_free_newton": 0.7,
    "trust_region": 0.8,
    "conjugate_gradient": 0.05,
    "bfgs": 0.8,
    "lbfgs": 0.76,
}
# Those of the adaptive methods, on a problem of pace 1.
PACED = {
    "adagrad": 0.3,
    "rmsprop": 0.004,
    "adadelta": 0.5,
    "adam": 0.05,
    "adamw": 0.05,
    "nadam": 0.02,
    "radam": 0.005,
    "amsgrad": 0.05,
    "adamax": 0.05,
    "adabelief": 0.02,
    "yogi": 0.05,
    "adan": 0.03,
    "sign_descent": 0.047,
    "signum": 0.047,
    "rprop": 0.047,
    "lion": 0.047,
    "lamb": 0.007,
    "novograd": 0.01,
    "qhadam": 0.02,
    "adopt": 0.05,
    "ademamix": 0.03,
    "schedule_free_adam": 0.05,
    "sophia": 0.05,
}


def learning_rate(optimizer: str, convention: str, problem: Problem) -> float:
    """A learning rate at which ``optimizer`` makes good way on ``problem`` without running away."""
    if optimizer in BY_SHARPNESS:
        return (5.0 if convention == "ema" else BY_SHARPNESS[optimizer]) / problem.sharpness
    if optimizer in STEADY:
        return STEADY[optimizer]
    return problem.pace * (0.01 if convention.startswith("mean") else PACED.get(optimizer, 0.01))


def unusual(optimizer: str, hyperparameter: str) -> float:
    """A value far from the default; that of the learning rate is of no use."""
    return UNUSUAL_OF_ITS_OWN.get((optimizer, hyperparameter), UNUSUAL.get(hyperparameter, 0.0))


def hyperparameters(
    optimizer: str, convention: str, defaults: Mapping[str, float], problem: Problem, variant: str
) -> dict[str, float]:
    """What ``optimizer`` is run with: ``defaults`` or unusual values, and a learning rate that suits ``problem``."""
    values = {name: unusual(optimizer, name) if variant == "unusual" else value for name, value in defaults.items()}
    return values | {"learning_rate": learning_rate(optimizer, convention, problem)}
