"""Twins, as ``twins`` describes them, of the optimizers that choose the length of their step, or step by signs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from problems import Problem


def _rates(h: Mapping[str, Any], steps: int) -> np.ndarray:
    return np.broadcast_to(np.asarray(h["learning_rate"], dtype=float), (steps,))


def _mean(past: list[np.ndarray], beta: float) -> np.ndarray:
    """(1 − β)·Σ βᵗ⁻ⁱ·pastᵢ: an exponential moving average that starts at zero, unrolled."""
    weights = (1 - beta) * beta ** np.arange(len(past) - 1, -1, -1)
    return weights @ np.array(past)


def quasi_hyperbolic_momentum(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Ma & Yarats 2019: θ_{t+1} = θ_t − α·[(1 − ν)·∇L + ν·g_{t+1}], with g the average of the gradients by β."""
    nu, path, past = h["nu"], [np.array(start, dtype=float)], []
    for alpha in _rates(h, steps):
        past.append(problem.gradient(path[-1]))
        path.append(path[-1] - alpha * ((1 - nu) * past[-1] + nu * _mean(past, h["momentum"])))
    return np.array(path)


def sign_sgd(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Bernstein et al. 2018, algorithm 1: x ← x − δ·sign(g)."""
    path = [np.array(start, dtype=float)]
    for delta in _rates(h, steps):
        path.append(path[-1] - delta * np.sign(problem.gradient(path[-1])))
    return np.array(path)


def signum(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Bernstein et al. 2018, algorithm 2: m ← β·m + (1 − β)·g, x ← x − δ·sign(m)."""
    path, past = [np.array(start, dtype=float)], []
    for delta in _rates(h, steps):
        past.append(problem.gradient(path[-1]))
        path.append(path[-1] - delta * np.sign(_mean(past, h["momentum"])))
    return np.array(path)


def lion(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Chen et al. 2023, algorithm 2: sign(β₁·m_{t−1} + (1 − β₁)·g_t) + λ·θ_{t−1}, where m is the average by β₂."""
    path, past = [np.array(start, dtype=float)], [np.zeros(len(start))]
    for eta in _rates(h, steps):
        g = problem.gradient(path[-1])
        c = h["beta1"] * _mean(past, h["beta2"]) + (1 - h["beta1"]) * g
        past.append(g)
        path.append(path[-1] - eta * (np.sign(c) + h["weight_decay"] * path[-1]))
    return np.array(path)


def rprop_without_backtracking(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """torch.optim.Rprop: the algorithm in PyTorch's documentation, coordinate by coordinate."""
    place = [float(value) for value in start]
    step_sizes, before = [float(_rates(h, steps)[0])] * len(place), [0.0] * len(place)
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


def rprop_one_late(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """optax.rprop: ``update_fn`` of ``scale_by_rprop`` returns the step that it stored in the call before."""
    path = [np.array(start, dtype=float)]
    step_sizes, stored = np.full(len(start), _rates(h, steps)[0]), np.zeros(len(start))
    for _ in range(steps):
        g = problem.gradient(path[-1])
        sign = np.sign(g * stored)
        factors = np.where(sign > 0, h["eta_plus"], h["eta_minus"])
        clipped = np.clip(step_sizes * factors, h["min_step_size"], h["max_step_size"])
        step_sizes = np.where(sign == 0, step_sizes, clipped)
        path.append(path[-1] - np.where(sign < 0, 0.0, stored))
        stored = np.where(sign < 0, 0.0, step_sizes * np.sign(g))
    return np.array(path)


def rprop_with_backtracking(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Riedmiller & Braun 1993, the pseudocode of section III: Δw(t) = −Δw(t−1) where the sign has changed."""
    n = len(start)
    path = [np.array(start, dtype=float)]
    step_sizes, before, moved = np.full(n, _rates(h, steps)[0]), np.zeros(n), np.zeros(n)
    for _ in range(steps):
        g = problem.gradient(path[-1])
        same, changed = before * g > 0, before * g < 0
        step_sizes[same] = np.minimum(step_sizes[same] * h["eta_plus"], h["max_step_size"])
        step_sizes[changed] = np.maximum(step_sizes[changed] * h["eta_minus"], h["min_step_size"])
        moved = np.where(changed, -moved, -np.sign(g) * step_sizes)
        before = np.where(changed, 0.0, g)
        path.append(path[-1] + moved)
    return np.array(path)


def backtracking(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Nocedal & Wright 2006, algorithm 3.1 with p = −∇f."""
    path = [np.array(start, dtype=float)]
    for alpha in _rates(h, steps).tolist():
        g, value = problem.gradient(path[-1]), problem.value(*path[-1])
        while not problem.value(*(path[-1] - alpha * g)) <= value - h["sufficient_decrease"] * alpha * (g @ g):
            alpha *= h["contraction"]
        path.append(path[-1] - alpha * g)
    return np.array(path)


def torch_asgd(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """torch.optim.ASGD: η is the learning rate at first, afterwards that of the step before over (1 + λ·lr·t)^α."""
    path, lambd = [np.array(start, dtype=float)], h["lambd"]
    rates = _rates(h, steps)
    for t in range(steps):
        eta = rates[0] if t == 0 else rates[t - 1] / (1 + lambd * rates[t - 1] * t) ** h["power"]
        path.append((1 - lambd * eta) * path[-1] - eta * problem.gradient(path[-1]))
    return np.array(path)


def polyak_juditsky(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Polyak & Juditsky 1992, Kushner & Yang 1993: x̄_t is the mean of x_1 … x_t, which descend by γ·t^−α."""
    visited = [np.array(start, dtype=float)]
    for t, gamma in enumerate(_rates(h, steps), start=1):
        visited.append(visited[-1] - gamma * t ** -h["power"] * problem.gradient(visited[-1]))
    means = np.cumsum(visited[1:], axis=0) / np.arange(1, steps + 1)[:, None]
    return np.concatenate([visited[:1], means])


def lars_of_paper(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """You et al. 2017, algorithm 1: λ = η·‖w‖ / (‖g‖ + β·‖w‖), v ← m·v + γ·λ·(g + β·w), w ← w − v."""
    path, pushes, beta = [np.array(start, dtype=float)], [], h["weight_decay"]
    for gamma in _rates(h, steps):
        w, g = path[-1], problem.gradient(path[-1])
        local = h["trust_coefficient"] * np.hypot(*w) / (np.hypot(*g) + beta * np.hypot(*w))
        pushes.append(gamma * local * (g + beta * w))
        path.append(w - h["momentum"] ** np.arange(len(pushes) - 1, -1, -1) @ np.array(pushes))
    return np.array(path)


def lars_of_optax(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """optax.lars: the decay is added first, then the trust ratio is taken, then the trace."""
    path, trace = [np.array(start, dtype=float)], np.zeros(len(start))
    for gamma in _rates(h, steps):
        update = problem.gradient(path[-1]) + h["weight_decay"] * path[-1]
        ratio = h["trust_coefficient"] * np.linalg.norm(path[-1]) / (np.linalg.norm(update) + h["epsilon"])
        trace = -gamma * ratio * update + h["momentum"] * trace
        path.append(path[-1] + trace)
    return np.array(path)


FIRST_ORDER_TWINS = {
    ("qhm", "paper"): quasi_hyperbolic_momentum,
    ("line_search", "paper"): backtracking,
    ("asgd", "pytorch"): torch_asgd,
    ("asgd", "paper"): polyak_juditsky,
    ("lars", "paper"): lars_of_paper,
    ("lars", "optax"): lars_of_optax,
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
