"""Twins of the methods that know the curvature, with the linear algebra of NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradsim.core.conformance.problems import Problem
from gradsim.core.conformance.twins.history import (
    Floats,
    Hyperparameters,
    Twin,
    learning_rates,
)


def newton(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    path = [np.array(start, dtype=float)]
    for eta in learning_rates(h, steps):
        path.append(path[-1] - eta * np.linalg.solve(problem.hessian(path[-1]), problem.gradient(path[-1])))
    return np.array(path)


def _iterated(next_position: Callable[..., np.ndarray]) -> Twin:
    """A twin without memory, of what comes after a position."""

    def twin(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
        path = [np.array(start, dtype=float)]
        for eta in learning_rates(h, steps):
            x = path[-1]
            path.append(next_position(x, problem.gradient(x), problem.hessian(x), eta, h))
        return np.array(path)

    return twin


@_iterated
def levenberg(x: Floats, g: Floats, hessian: Floats, eta: float, h: Hyperparameters) -> Floats:
    """Solve (H + λI)p = −g."""
    return x - eta * np.linalg.solve(hessian + h["damping"] * np.eye(len(x)), g)


@_iterated
def saddle_free(x: Floats, g: Floats, hessian: Floats, eta: float, h: Hyperparameters) -> Floats:
    """Dauphin et al. 2014: |H| has the magnitudes of the eigenvalues; solve (|H| + λI)p = −g."""
    values, vectors = np.linalg.eigh(hessian)
    magnitude = vectors @ np.diag(np.abs(values)) @ vectors.T
    return x - eta * np.linalg.solve(magnitude + h["damping"] * np.eye(len(x)), g)


@_iterated
def falling(x: Floats, g: Floats, hessian: Floats, eta: float, h: Hyperparameters) -> Floats:
    """s = −g, and d with dᵀg ≤ 0, dᵀHd = λ₁‖d‖², ‖d‖ = |λ₁| where λ₁ < 0."""
    values, vectors = np.linalg.eigh(hessian)
    d = vectors[:, 0] * (abs(values[0]) if values[0] < 0 else 0.0)
    return x + eta * (-g - np.sign(d @ g) * d)


def _model_minimum(g: Floats, hessian: Floats, radius: float) -> Floats:
    """Nocedal & Wright 2006, theorem 4.1: (H + μI)p = −g with the least μ ≥ 0 that keeps ‖p‖ ≤ radius, by bisection."""
    values, vectors = np.linalg.eigh(hessian)
    components = vectors.T @ g

    def p(sigma: float) -> Floats:  # σ = μ + λ₁
        return -np.divide(components, values - values[0] + sigma, where=components != 0, out=np.zeros(len(g)))

    if values[0] > 0 and np.linalg.norm(p(values[0])) <= radius:
        return vectors @ p(values[0])
    low, high = max(float(values[0]), 0.0), float(np.linalg.norm(g)) / radius
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if np.linalg.norm(p(middle)) > radius else (low, middle)
    return vectors @ p(high)


def trust_region(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Nocedal & Wright 2006, algorithm 4.1, where Δ̂ is the learning rate, and η = 1/10."""
    path, delta = [np.array(start, dtype=float)], h["initial_radius"]
    for largest in learning_rates(h, steps):
        x = path[-1]
        g, hessian, f = problem.gradient(x), problem.hessian(x), problem.value(*x)
        delta = min(delta, largest)
        p = _model_minimum(g, hessian, delta)
        promised = -(g @ p + p @ hessian @ p / 2)
        if promised <= 0:
            path.append(x)
            continue
        rho = (f - problem.value(*(x + p))) / promised
        path.append(x + p if rho > 0.1 else x)
        if rho < 0.25:
            delta = delta / 4
        elif rho > 0.75 and np.isclose(np.linalg.norm(p), delta, rtol=1e-3):
            delta = min(2 * delta, largest)
    return np.array(path)


def sophia(h_before: bool) -> Twin:
    """Liu et al. 2023, algorithm 3; ``h_before``: optax, which bias-corrects m and takes h from before the step."""

    def twin(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
        path = [np.array(start, dtype=float)]
        m, curvature = np.zeros(len(start)), np.zeros(len(start))
        for t, eta in enumerate(learning_rates(h, steps)):
            x = path[-1]
            m = h["beta1"] * m + (1 - h["beta1"]) * problem.gradient(x)
            before = curvature
            if t % h["interval"] == 0:
                diagonal = np.diag(problem.hessian(x))
                curvature = h["beta2"] * curvature + (1 - h["beta2"]) * diagonal
            mean = m / (1 - h["beta1"] ** (t + 1)) if h_before else m
            scale = np.maximum(h["gamma"] * (before if h_before else curvature), h["epsilon"])
            decay = h["weight_decay"] * x if h_before else 0.0
            path.append(x - eta * (np.clip(mean / scale, -1, 1) + decay))
        return np.array(path)

    return twin


CURVATURE_TWINS: dict[tuple[str, str], Twin] = {
    ("newton", "paper"): newton,
    ("damped_newton", "paper"): levenberg,
    ("saddle_free_newton", "paper"): saddle_free,
    ("negative_curvature", "paper"): falling,
    ("trust_region", "paper"): trust_region,
    ("sophia", "paper"): sophia(h_before=False),
    ("sophia", "optax"): sophia(h_before=True),
}
