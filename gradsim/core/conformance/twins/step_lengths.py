"""Twins of the optimizers that choose how far to go, or look at other places before they do."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradsim.core.conformance.problems import Problem
from gradsim.core.conformance.twins.history import (
    Floats,
    Hyperparameters,
    Twin,
    learning_rates,
)


def polyak_step(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Polyak 1987: x_{k+1} = x_k − γ·(f(x_k) − f*)/‖∇f(x_k)‖²·∇f(x_k)."""
    path = [np.array(start, dtype=float)]
    for gamma in learning_rates(h, steps):
        g = problem.gradient(path[-1])
        path.append(path[-1] - gamma * (problem.value(*path[-1]) - h["lowest_loss"]) / (g @ g) * g)
    return np.array(path)


def runge_kutta(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """dx/dt = −∇f(x) by the classical tableau: weights 1/6, 1/3, 1/3, 1/6 at 0, ½, ½, 1."""
    path = [np.array(start, dtype=float)]
    for dt in learning_rates(h, steps):
        slopes: list[Floats] = []
        for share in (0.0, 0.5, 0.5, 1.0):
            ahead = share * dt * slopes[-1] if slopes else 0.0
            slopes.append(-problem.gradient(path[-1] + ahead))
        path.append(path[-1] + dt * np.array([1, 2, 2, 1]) / 6 @ np.array(slopes))
    return np.array(path)


def sharpness_aware(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Foret et al. 2021, algorithm 1: ε̂ = ρ·g/‖g‖, then descend along ∇f(w + ε̂)."""
    path = [np.array(start, dtype=float)]
    for eta in learning_rates(h, steps):
        g = problem.gradient(path[-1])
        path.append(path[-1] - eta * problem.gradient(path[-1] + h["radius"] * g / np.linalg.norm(g)))
    return np.array(path)


def backtracking(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Nocedal & Wright 2006, algorithm 3.1 with p = −∇f."""
    path = [np.array(start, dtype=float)]
    for alpha in learning_rates(h, steps).tolist():
        g, value = problem.gradient(path[-1]), problem.value(*path[-1])
        while not problem.value(*(path[-1] - alpha * g)) <= value - h["sufficient_decrease"] * alpha * (g @ g):
            alpha *= h["contraction"]
        path.append(path[-1] - alpha * g)
    return np.array(path)


def torch_asgd(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """torch.optim.ASGD: η is the learning rate at first, afterwards that of the step before over (1 + λ·lr·t)^α."""
    path, lambd = [np.array(start, dtype=float)], h["lambd"]
    rates = learning_rates(h, steps)
    for t in range(steps):
        eta = rates[0] if t == 0 else rates[t - 1] / (1 + lambd * rates[t - 1] * t) ** h["power"]
        path.append((1 - lambd * eta) * path[-1] - eta * problem.gradient(path[-1]))
    return np.array(path)


def polyak_juditsky(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Polyak & Juditsky 1992, Kushner & Yang 1993: x̄_t is the mean of x_1 … x_t, which descend by γ·t^−α."""
    visited = [np.array(start, dtype=float)]
    for t, gamma in enumerate(learning_rates(h, steps), start=1):
        visited.append(visited[-1] - gamma * t ** -h["power"] * problem.gradient(visited[-1]))
    means = np.cumsum(visited[1:], axis=0) / np.arange(1, steps + 1)[:, None]
    return np.concatenate([visited[:1], means])


def lars_of_paper(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """You et al. 2017, algorithm 1: λ = η·‖w‖ / (‖g‖ + β·‖w‖), v ← m·v + γ·λ·(g + β·w), w ← w − v."""
    path, pushes, beta = [np.array(start, dtype=float)], [], h["weight_decay"]
    for gamma in learning_rates(h, steps):
        w, g = path[-1], problem.gradient(path[-1])
        local = h["trust_coefficient"] * np.hypot(*w) / (np.hypot(*g) + beta * np.hypot(*w))
        pushes.append(gamma * local * (g + beta * w))
        path.append(w - h["momentum"] ** np.arange(len(pushes) - 1, -1, -1) @ np.array(pushes))
    return np.array(path)


def lars_of_optax(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """optax.lars: the decay is added first, then the trust ratio is taken, then the trace."""
    path, trace = [np.array(start, dtype=float)], np.zeros(len(start))
    for gamma in learning_rates(h, steps):
        update = problem.gradient(path[-1]) + h["weight_decay"] * path[-1]
        ratio = h["trust_coefficient"] * np.linalg.norm(path[-1]) / (np.linalg.norm(update) + h["epsilon"])
        trace = -gamma * ratio * update + h["momentum"] * trace
        path.append(path[-1] + trace)
    return np.array(path)


STEP_LENGTH_TWINS: dict[tuple[str, str], Twin] = {
    ("line_search", "paper"): backtracking,
    ("asgd", "pytorch"): torch_asgd,
    ("asgd", "paper"): polyak_juditsky,
    ("lars", "paper"): lars_of_paper,
    ("lars", "optax"): lars_of_optax,
    ("polyak", "paper"): polyak_step,
    ("gradient_flow", "paper"): runge_kutta,
    ("sam", "paper"): sharpness_aware,
}
