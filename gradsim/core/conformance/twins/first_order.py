"""Twins of plain descent and its momenta."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradsim.core.conformance.problems import Problem
from gradsim.core.conformance.twins.history import (
    Floats,
    Hyperparameters,
    Past,
    Twin,
    coupled,
    decaying_sum,
    descent,
    learning_rates,
    mean,
)


def steepest(past: Past, h: Hyperparameters) -> Floats:
    return past[-1]


def summed(past: Past, h: Hyperparameters) -> Floats:
    """torch.optim.SGD: b₁ = g₁, b_t = μ·b_{t−1} + g_t; unrolled, b_t is a decaying sum."""
    return decaying_sum(past, h["momentum"])


def averaged(past: Past, h: Hyperparameters) -> Floats:
    """Kingma & Ba 2015, section 3: the average is (1 − β)·Σ βᵗ⁻ⁱ·g_i; without bias correction."""
    return mean(past, h["momentum"])


def summed_and_ahead(past: Past, h: Hyperparameters) -> Floats:
    """torch.optim.SGD(nesterov=True): g_t ← g_t + μ·b_t, where b_t already holds g_t."""
    return past[-1] + h["momentum"] * decaying_sum(past, h["momentum"])


def quasi_hyperbolic(past: Past, h: Hyperparameters) -> Floats:
    """Ma & Yarats 2019: θ_{t+1} = θ_t − α·[(1 − ν)·∇L + ν·g_{t+1}], with g the average of the gradients by β."""
    return (1 - h["nu"]) * past[-1] + h["nu"] * mean(past, h["momentum"])


def heavy_ball(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Polyak 1964: x_{k+1} = x_k − α·∇f(x_k) + β·(x_k − x_{k−1})."""
    before = now = np.array(start, dtype=float)
    path = [now]
    for alpha in learning_rates(h, steps):
        before, now = now, now - alpha * problem.gradient(now) + h["momentum"] * (now - before)
        path.append(now)
    return np.array(path)


def sutskever_look_ahead(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Sutskever et al. 2013: v′ = μ·v − ε·∇f(θ + μ·v), θ′ = θ + v′; hence v is the last displacement."""
    before = now = np.array(start, dtype=float)
    path = [now]
    for epsilon in learning_rates(h, steps):
        ahead = now + h["momentum"] * (now - before)
        before, now = now, ahead - epsilon * problem.gradient(ahead)
        path.append(now)
    return np.array(path)


FIRST_ORDER_TWINS: dict[tuple[str, str], Twin] = {
    ("gradient_descent", "pytorch"): coupled(descent(steepest)),
    ("gradient_descent", "optax"): descent(steepest),
    ("gradient_descent", "paper"): descent(steepest),
    ("momentum", "pytorch"): coupled(descent(summed)),
    ("momentum", "optax"): descent(summed),
    ("momentum", "paper"): heavy_ball,
    ("momentum", "classical"): heavy_ball,
    ("momentum", "ema"): descent(averaged),
    ("nesterov", "pytorch"): coupled(descent(summed_and_ahead)),
    ("nesterov", "optax"): descent(summed_and_ahead),
    ("nesterov", "paper"): sutskever_look_ahead,
    ("nesterov", "classical"): sutskever_look_ahead,
    ("qhm", "paper"): descent(quasi_hyperbolic),
}
