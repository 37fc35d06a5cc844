"""Twins of the optimizers that step by signs."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradsim.core.conformance.problems import Problem
from gradsim.core.conformance.twins.history import (
    Floats,
    Hyperparameters,
    Twin,
    learning_rates,
    mean,
)


def sign_sgd(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Bernstein et al. 2018, algorithm 1: x ← x − δ·sign(g)."""
    path = [np.array(start, dtype=float)]
    for delta in learning_rates(h, steps):
        path.append(path[-1] - delta * np.sign(problem.gradient(path[-1])))
    return np.array(path)


def signum(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Bernstein et al. 2018, algorithm 2: m ← β·m + (1 − β)·g, x ← x − δ·sign(m)."""
    path: list[Floats] = [np.array(start, dtype=float)]
    past: list[Floats] = []
    for delta in learning_rates(h, steps):
        past.append(problem.gradient(path[-1]))
        path.append(path[-1] - delta * np.sign(mean(past, h["momentum"])))
    return np.array(path)


def lion(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Chen et al. 2023, algorithm 2: sign(β₁·m_{t−1} + (1 − β₁)·g_t) + λ·θ_{t−1}, where m is the average by β₂."""
    path, past = [np.array(start, dtype=float)], [np.zeros(len(start))]
    for eta in learning_rates(h, steps):
        g = problem.gradient(path[-1])
        c = h["beta1"] * mean(past, h["beta2"]) + (1 - h["beta1"]) * g
        past.append(g)
        path.append(path[-1] - eta * (np.sign(c) + h["weight_decay"] * path[-1]))
    return np.array(path)


def rprop_without_backtracking(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """torch.optim.Rprop: the algorithm in PyTorch's documentation, coordinate by coordinate."""
    place = [float(value) for value in start]
    step_sizes, before = [float(learning_rates(h, steps)[0])] * len(place), [0.0] * len(place)
    path = [np.array(place)]
    for _ in range(steps):
        gradient = problem.gradient(np.array(place)).tolist()
        for k, g in enumerate(gradient):
            if before[k] * g > 0:
                step_sizes[k] = np.clip(step_sizes[k] * h["eta_plus"], h["min_step_size"], h["max_step_size"])
            elif before[k] * g < 0:
                step_sizes[k] = np.clip(step_sizes[k] * h["eta_minus"], h["min_step_size"], h["max_step_size"])
                g = 0.0
            place[k] -= step_sizes[k] * np.sign(g)
            before[k] = g
        path.append(np.array(place))
    return np.array(path)


def rprop_one_late(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """optax.rprop: ``update_fn`` of ``scale_by_rprop`` returns the step that it stored in the call before."""
    path = [np.array(start, dtype=float)]
    step_sizes, stored = np.full(len(start), learning_rates(h, steps)[0]), np.zeros(len(start))
    for _ in range(steps):
        g = problem.gradient(path[-1])
        sign = np.sign(g * stored)
        factors = np.where(sign > 0, h["eta_plus"], h["eta_minus"])
        clipped = np.clip(step_sizes * factors, h["min_step_size"], h["max_step_size"])
        step_sizes = np.where(sign == 0, step_sizes, clipped)
        path.append(path[-1] - np.where(sign < 0, 0.0, stored))
        stored = np.where(sign < 0, 0.0, step_sizes * np.sign(g))
    return np.array(path)


def rprop_with_backtracking(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Riedmiller & Braun 1993, the pseudocode of section III: Δw(t) = −Δw(t−1) where the sign has changed."""
    n = len(start)
    path = [np.array(start, dtype=float)]
    step_sizes, before, moved = np.full(n, learning_rates(h, steps)[0]), np.zeros(n), np.zeros(n)
    for _ in range(steps):
        g = problem.gradient(path[-1])
        same, changed = before * g > 0, before * g < 0
        step_sizes[same] = np.minimum(step_sizes[same] * h["eta_plus"], h["max_step_size"])
        step_sizes[changed] = np.maximum(step_sizes[changed] * h["eta_minus"], h["min_step_size"])
        moved = np.where(changed, -moved, -np.sign(g) * step_sizes)
        before = np.where(changed, 0.0, g)
        path.append(path[-1] + moved)
    return np.array(path)


SIGN_TWINS: dict[tuple[str, str], Twin] = {
    ("sign_descent", "paper"): sign_sgd,
    ("sign_descent", "optax"): sign_sgd,
    ("signum", "paper"): signum,
    ("signum", "optax"): signum,
    ("rprop", "pytorch"): rprop_without_backtracking,
    ("rprop", "optax"): rprop_one_late,
    ("rprop", "paper"): rprop_with_backtracking,
    ("lion", "paper"): lion,
    ("lion", "optax"): lion,
}
