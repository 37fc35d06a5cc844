"""Twins of the methods that search along a line and learn the curvature on their way."""

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


def _is_low_enough(problem: Problem, x: Floats, p: Floats, alpha: float) -> bool:
    """Armijo's condition with c₁ = 10⁻⁴: Nocedal & Wright 2006, equation 3.4."""
    return bool(problem.value(*(x + alpha * p)) <= problem.value(*x) + 1e-4 * alpha * problem.gradient(x) @ p)


def _backtracking(problem: Problem, x: Floats, p: Floats, alpha: float) -> float:
    """Nocedal & Wright 2006, algorithm 3.1 with ρ = ½; 0 where 40 trials were in vain."""
    for _ in range(40):
        if _is_low_enough(problem, x, p, alpha):
            return alpha
        alpha /= 2
    return 0.0


def _weak_wolfe(problem: Problem, x: Floats, p: Floats, t: float) -> float:
    """Lewis & Overton 2013, algorithm 2.6 with c₁ = 10⁻⁴, c₂ = 0.9; 0 where 40 trials were in vain.

    It is not extended beyond 100 times the first step.
    """
    interval, longest = [0.0, np.inf], 100 * t
    for _ in range(40):
        if not _is_low_enough(problem, x, p, t):
            interval[1] = t
        elif problem.gradient(x + t * p) @ p < 0.9 * problem.gradient(x) @ p and t < longest:
            interval[0] = t
        else:
            return t
        t = sum(interval) / 2 if np.isfinite(interval[1]) else 2 * interval[0]
    return 0.0


def conjugate_gradient(beta: Callable[[np.ndarray, np.ndarray], float]) -> Twin:
    """Nocedal & Wright 2006, algorithm 5.4; ``beta`` from the gradients of now and before."""

    def twin(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
        path = [np.array(start, dtype=float)]
        p, before = np.zeros(len(path[0])), None
        for eta in learning_rates(h, steps):
            x = path[-1]
            g, hessian = problem.gradient(x), problem.hessian(x)
            p = -g if before is None or not before.any() else -g + beta(g, before) * p
            if g @ p >= 0:
                p = -g
            bend = abs(p @ hessian @ p)
            alpha = _backtracking(problem, x, p, eta * abs(g @ p) / bend if bend else eta)
            before = g
            path.append(x + alpha * p)
        return np.array(path)

    return twin


def polak_ribiere_plus(g: Floats, before: Floats) -> float:
    """Equations 5.44 and 5.45."""
    return max(0.0, float(g @ (g - before) / (before @ before)))


def fletcher_reeves(g: Floats, before: Floats) -> float:
    """Equation 5.41a."""
    return float((g @ g) / (before @ before))


def _updated(inverse: Floats, s: Floats, y: Floats) -> Floats:
    """Nocedal & Wright 2006, equation 6.17."""
    rho, unit = 1 / (y @ s), np.eye(len(s))
    return (unit - rho * np.outer(s, y)) @ inverse @ (unit - rho * np.outer(y, s)) + rho * np.outer(s, s)


def quasi_newton(memory: int | None) -> Twin:
    """Nocedal & Wright 2006, algorithms 6.1 (all steps remembered) and 7.5 (the last ``memory``, from γI anew)."""

    def twin(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
        path = [np.array(start, dtype=float)]
        pairs: list[tuple[np.ndarray, np.ndarray]] = []
        for eta in learning_rates(h, steps):
            x, unit = path[-1], np.eye(len(path[-1]))
            g = problem.gradient(x)
            inverse = unit
            if pairs:
                used = pairs if memory is None else pairs[-memory:]
                s, y = pairs[0] if memory is None else used[-1]
                inverse = (s @ y) / (y @ y) * unit
                for s, y in used:
                    inverse = _updated(inverse, s, y)
            p = -inverse @ g
            if g @ p >= 0:
                p = -g
            s = _weak_wolfe(problem, x, p, eta) * p
            y = problem.gradient(x + s) - g
            if s @ y > 0:
                pairs.append((s, y))
            path.append(x + s)
        return np.array(path)

    return twin


def pytorch_lbfgs(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """torch.optim.LBFGS, one iteration a step: y·s > 1e-10 to be remembered, ‖g‖∞ ≤ 1e-7 and g·d > −1e-9 to stay."""
    path = [np.array(start, dtype=float)]
    pairs: list[tuple[np.ndarray, np.ndarray]] = []
    before: Floats | None = None
    step = np.zeros(len(start))
    for eta in learning_rates(h, steps):
        x = path[-1]
        g = problem.gradient(x)
        if np.abs(g).max() <= 1e-7:
            path.append(x)
            continue
        t, d = eta, -g
        if before is None:
            t = min(1.0, 1.0 / np.abs(g).sum()) * eta
        else:
            if (g - before) @ step > 1e-10:
                pairs.append((step, g - before))
            if pairs:
                s, y = pairs[-1]
                inverse = (s @ y) / (y @ y) * np.eye(len(x))
                for s, y in pairs[-5:]:
                    inverse = _updated(inverse, s, y)
                d = -inverse @ g
        before, step = g, t * d
        path.append(x + step if g @ d <= -1e-9 else x)
    return np.array(path)


def optax_lbfgs(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """optax.scale_by_lbfgs: P_k of its docstring, with γ₀ = min(1, 1/‖g‖), from all of the last five steps."""
    path, gradients = [np.array(start, dtype=float)], []
    for eta in learning_rates(h, steps):
        gradients.append(problem.gradient(path[-1]))
        s, y = np.diff(path, axis=0), np.diff(gradients, axis=0)
        gamma = min(1.0, 1.0 / max(float(np.linalg.norm(gradients[-1])), 1e-300))
        if len(s):
            gamma = (s[-1] @ y[-1]) / (y[-1] @ y[-1]) if y[-1].any() else 1.0
        inverse = gamma * np.eye(len(path[0]))
        for dw, du in list(zip(s, y, strict=True))[-5:]:
            if dw @ du != 0:
                inverse = _updated(inverse, dw, du)
        path.append(path[-1] - eta * inverse @ gradients[-1])
    return np.array(path)


QUASI_NEWTON_TWINS: dict[tuple[str, str], Twin] = {
    ("conjugate_gradient", "paper"): conjugate_gradient(polak_ribiere_plus),
    ("conjugate_gradient", "fletcher_reeves"): conjugate_gradient(fletcher_reeves),
    ("bfgs", "paper"): quasi_newton(memory=None),
    ("lbfgs", "pytorch"): pytorch_lbfgs,
    ("lbfgs", "optax"): optax_lbfgs,
    ("lbfgs", "paper"): quasi_newton(memory=5),
}
