"""The methods that know or learn curvature a second time, in plain NumPy with its linear algebra, as ``twins`` says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from problems import Problem

Twin = Callable[[Problem, Any, Mapping[str, Any], int], np.ndarray]


def _learning_rates(h: Mapping[str, Any], steps: int) -> np.ndarray:
    return np.broadcast_to(np.asarray(h["learning_rate"], dtype=float), (steps,))


def _iterated(next_position: Callable[..., np.ndarray]) -> Twin:
    """A twin without memory, of what comes after a position."""

    def twin(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
        path = [np.array(start, dtype=float)]
        for eta in _learning_rates(h, steps):
            x = path[-1]
            path.append(next_position(x, problem.gradient(x), problem.hessian(x), eta, h))
        return np.array(path)

    return twin


@_iterated
def levenberg(x: np.ndarray, g: np.ndarray, hessian: np.ndarray, eta: float, h: Mapping[str, Any]) -> np.ndarray:
    """Solve (H + λI)p = −g."""
    return x - eta * np.linalg.solve(hessian + h["damping"] * np.eye(len(x)), g)


@_iterated
def saddle_free(x: np.ndarray, g: np.ndarray, hessian: np.ndarray, eta: float, h: Mapping[str, Any]) -> np.ndarray:
    """Dauphin et al. 2014: |H| has the magnitudes of the eigenvalues; solve (|H| + λI)p = −g."""
    values, vectors = np.linalg.eigh(hessian)
    magnitude = vectors @ np.diag(np.abs(values)) @ vectors.T
    return x - eta * np.linalg.solve(magnitude + h["damping"] * np.eye(len(x)), g)


@_iterated
def falling(x: np.ndarray, g: np.ndarray, hessian: np.ndarray, eta: float, h: Mapping[str, Any]) -> np.ndarray:
    """s = −g, and d with dᵀg ≤ 0, dᵀHd = λ₁‖d‖², ‖d‖ = |λ₁| where λ₁ < 0."""
    values, vectors = np.linalg.eigh(hessian)
    d = vectors[:, 0] * (abs(values[0]) if values[0] < 0 else 0.0)
    return x + eta * (-g - np.sign(d @ g) * d)


def _is_low_enough(problem: Problem, x: np.ndarray, p: np.ndarray, alpha: float) -> bool:
    """Armijo's condition with c₁ = 10⁻⁴: Nocedal & Wright 2006, equation 3.4."""
    return bool(problem.value(*(x + alpha * p)) <= problem.value(*x) + 1e-4 * alpha * problem.gradient(x) @ p)


def _backtracking(problem: Problem, x: np.ndarray, p: np.ndarray, alpha: float) -> float:
    """Nocedal & Wright 2006, algorithm 3.1 with ρ = ½; 0 where 40 trials were in vain."""
    for _ in range(40):
        if _is_low_enough(problem, x, p, alpha):
            return alpha
        alpha /= 2
    return 0.0


def _weak_wolfe(problem: Problem, x: np.ndarray, p: np.ndarray, t: float) -> float:
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

    def twin(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
        path = [np.array(start, dtype=float)]
        p, before = np.zeros(len(path[0])), None
        for eta in _learning_rates(h, steps):
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


def polak_ribiere_plus(g: np.ndarray, before: np.ndarray) -> float:
    """Equations 5.44 and 5.45."""
    return max(0.0, g @ (g - before) / (before @ before))


def fletcher_reeves(g: np.ndarray, before: np.ndarray) -> float:
    """Equation 5.41a."""
    return (g @ g) / (before @ before)


def _updated(inverse: np.ndarray, s: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Nocedal & Wright 2006, equation 6.17."""
    rho, unit = 1 / (y @ s), np.eye(len(s))
    return (unit - rho * np.outer(s, y)) @ inverse @ (unit - rho * np.outer(y, s)) + rho * np.outer(s, s)


def quasi_newton(memory: int | None) -> Twin:
    """Nocedal & Wright 2006, algorithms 6.1 (all steps remembered) and 7.5 (the last ``memory``, from γI anew)."""

    def twin(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
        path = [np.array(start, dtype=float)]
        pairs: list[tuple[np.ndarray, np.ndarray]] = []
        for eta in _learning_rates(h, steps):
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


def pytorch_lbfgs(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """torch.optim.LBFGS, one iteration a step: y·s > 1e-10 to be remembered, ‖g‖∞ ≤ 1e-7 and g·d > −1e-9 to stay."""
    path = [np.array(start, dtype=float)]
    pairs: list[tuple[np.ndarray, np.ndarray]] = []
    before, step = None, None
    for eta in _learning_rates(h, steps):
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


def optax_lbfgs(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """optax.scale_by_lbfgs: P_k of its docstring, with γ₀ = min(1, 1/‖g‖), from all of the last five steps."""
    path, gradients = [np.array(start, dtype=float)], []
    for eta in _learning_rates(h, steps):
        gradients.append(problem.gradient(path[-1]))
        s, y = np.diff(path, axis=0), np.diff(gradients, axis=0)
        gamma = min(1.0, 1.0 / max(np.linalg.norm(gradients[-1]), 1e-300))
        if len(s):
            gamma = (s[-1] @ y[-1]) / (y[-1] @ y[-1]) if y[-1].any() else 1.0
        inverse = gamma * np.eye(len(path[0]))
        for dw, du in list(zip(s, y, strict=True))[-5:]:
            if dw @ du != 0:
                inverse = _updated(inverse, dw, du)
        path.append(path[-1] - eta * inverse @ gradients[-1])
    return np.array(path)


def _model_minimum(g: np.ndarray, hessian: np.ndarray, radius: float) -> np.ndarray:
    """Nocedal & Wright 2006, theorem 4.1: (H + μI)p = −g with the least μ ≥ 0 that keeps ‖p‖ ≤ radius, by bisection."""
    values, vectors = np.linalg.eigh(hessian)
    components = vectors.T @ g

    def p(sigma: float) -> np.ndarray:  # σ = μ + λ₁
        return -np.divide(components, values - values[0] + sigma, where=components != 0, out=np.zeros(len(g)))

    if values[0] > 0 and np.linalg.norm(p(values[0])) <= radius:
        return vectors @ p(values[0])
    low, high = max(values[0], 0.0), np.linalg.norm(g) / radius
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if np.linalg.norm(p(middle)) > radius else (low, middle)
    return vectors @ p(high)


def trust_region(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Nocedal & Wright 2006, algorithm 4.1, where Δ̂ is the learning rate, and η = 1/10."""
    path, delta = [np.array(start, dtype=float)], h["initial_radius"]
    for largest in _learning_rates(h, steps):
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

    def twin(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
        path = [np.array(start, dtype=float)]
        m, curvature = np.zeros(len(start)), np.zeros(len(start))
        for t, eta in enumerate(_learning_rates(h, steps)):
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
    ("damped_newton", "paper"): levenberg,
    ("saddle_free_newton", "paper"): saddle_free,
    ("negative_curvature", "paper"): falling,
    ("trust_region", "paper"): trust_region,
    ("conjugate_gradient", "paper"): conjugate_gradient(polak_ribiere_plus),
    ("conjugate_gradient", "fletcher_reeves"): conjugate_gradient(fletcher_reeves),
    ("bfgs", "paper"): quasi_newton(memory=None),
    ("lbfgs", "pytorch"): pytorch_lbfgs,
    ("lbfgs", "optax"): optax_lbfgs,
    ("lbfgs", "paper"): quasi_newton(memory=5),
    ("sophia", "paper"): sophia(h_before=False),
    ("sophia", "optax"): sophia(h_before=True),
}
