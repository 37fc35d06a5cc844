"""Twins of the newer adaptive methods."""

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
    true_mean,
)


def lamb(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """You et al. 2020, algorithm 2: r = m̂/(√v̂ + ε), x ← x − η·‖x‖/‖r + λx‖·(r + λx)."""
    x, past = np.array(start, dtype=float), []
    path = [x]
    for eta in learning_rates(h, steps):
        past.append(problem.gradient(x))
        r = true_mean(past, h["beta1"]) / (np.sqrt(true_mean(np.square(past), h["beta2"])) + h["epsilon"])
        u = r + h.get("weight_decay", 0.0) * x
        x = x - eta * np.linalg.norm(x) * u / np.linalg.norm(u)
        path.append(x)
    return np.array(path)


def novograd(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Ginsburg et al. 2019, algorithm 1: v₁ = ‖g₁‖², m₁ = g₁/√v₁, then the means, and w ← w − λ_t·m_t."""
    path, v, normalised = [np.array(start, dtype=float)], None, []
    for rate in learning_rates(h, steps):
        g = problem.gradient(path[-1])
        v = g @ g if v is None else h["beta2"] * v + (1 - h["beta2"]) * (g @ g)
        normalised.append(g / (np.sqrt(v) + h["epsilon"]))
        m = h["beta1"] ** np.arange(len(normalised) - 1, -1, -1) @ np.array(normalised)
        path.append(path[-1] - rate * m)
    return np.array(path)


def qhadam(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Ma & Yarats 2019, section 4: θ ← θ − α·((1 − ν₁)·∇L + ν₁·g′)/(√((1 − ν₂)·(∇L)² + ν₂·s′) + ε)."""
    path: list[Floats] = [np.array(start, dtype=float)]
    past: list[Floats] = []
    for alpha in learning_rates(h, steps):
        past.append(problem.gradient(path[-1]))
        g, s = true_mean(past, h["beta1"]), true_mean(np.square(past), h["beta2"])
        above = (1 - h["nu1"]) * past[-1] + h["nu1"] * g
        below = np.sqrt((1 - h["nu2"]) * past[-1] ** 2 + h["nu2"] * s) + h["epsilon"]
        path.append(path[-1] - alpha * above / below)
    return np.array(path)


def adopt(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Taniguchi et al. 2024, algorithm 2: v₀ = g₀², then m averages Clip(g_t/max(√v_{t−1}, ε), c_t) with c_t = ⁴√t."""
    x = np.array(start, dtype=float)
    path, m, v = [x, x], np.zeros_like(x), problem.gradient(x) ** 2
    for t, alpha in enumerate(learning_rates(h, steps)[1:], start=1):
        g = problem.gradient(path[-1])
        clipped = np.clip(g / np.maximum(np.sqrt(v), h["epsilon"]), -(t**0.25), t**0.25)
        m = h["beta1"] * m + (1 - h["beta1"]) * clipped
        v = h["beta2"] * v + (1 - h["beta2"]) * g**2
        path.append(path[-1] - alpha * m)
    return np.array(path)


def ademamix(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Pagliardini et al. 2024: θ ← θ − η·(m̂₁ + α·m₂)/(√v̂ + ε), with m₂ not corrected."""
    path: list[Floats] = [np.array(start, dtype=float)]
    past: list[Floats] = []
    for eta in learning_rates(h, steps):
        past.append(problem.gradient(path[-1]))
        mixture = true_mean(past, h["beta1"]) + h["alpha"] * mean(past, h["beta3"])
        path.append(path[-1] - eta * mixture / (np.sqrt(true_mean(np.square(past), h["beta2"])) + h["epsilon"]))
    return np.array(path)


def _schedule_free(highest_rate_so_far: bool, adam: bool) -> Twin:
    """Defazio et al. 2024: y = (1 − β)z + βx, z descends from the slope at y, x = Σ wᵢzᵢ/Σ wᵢ with wᵢ = γᵢ²."""

    def twin(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
        x = z = np.array(start, dtype=float)
        path, past, iterates, rates = [x], [], [], learning_rates(h, steps)
        weights = np.maximum.accumulate(rates) ** 2 if highest_rate_so_far else rates**2
        for t, gamma in enumerate(rates, start=1):
            y = (1 - h["interpolation"]) * z + h["interpolation"] * x
            past.append(problem.gradient(y))
            root = np.sqrt(true_mean(np.square(past), h["beta2"])) + h["epsilon"] if adam else 1.0
            z = z - gamma * past[-1] / root
            iterates.append(z)
            x = weights[:t] @ np.array(iterates) / weights[:t].sum()
            path.append(x)
        return np.array(path)

    return twin


def prodigy(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Mishchenko & Defazio 2024, Prodigy (Adam version): d_{k+1} = max(d_k, r_{k+1}/‖s_{k+1}‖₁)."""
    x0 = np.array(start, dtype=float)
    path, d, decay = [x0], h["initial_distance"], np.sqrt(h["beta2"])
    scaled, inner, sums = [], [], []
    for gamma in learning_rates(h, steps):
        g = problem.gradient(path[-1])
        scaled.append(d * g)
        inner.append(gamma * d**2 * g @ (x0 - path[-1]))
        sums.append(gamma * d**2 * g)
        below = np.sqrt(mean(np.square(scaled), h["beta2"])) + d * h["epsilon"]
        path.append(path[-1] - gamma * d * mean(scaled, h["beta1"]) / below)
        d = max(d, mean(inner, decay) / np.abs(mean(sums, decay)).sum())
    return np.array(path)


def prodigy_of_optax(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """optax.contrib.prodigy: the learning rate carries Adam's bias correction, and ε is scaled by the new distance."""
    x0 = np.array(start, dtype=float)
    path, d, decay = [x0], h["initial_distance"], np.sqrt(h["beta2"])
    scaled, inner, sums = [], [], []
    for t, gamma in enumerate(learning_rates(h, steps), start=1):
        g = problem.gradient(path[-1])
        rate = gamma * d * np.sqrt(1 - h["beta2"] ** t) / (1 - h["beta1"] ** t)
        scaled.append(d * g)
        inner.append(d * rate * g @ (x0 - path[-1]))
        sums.append(d * rate * g)
        d = max(d, mean(inner, decay) / np.abs(mean(sums, decay)).sum())
        below = np.sqrt(mean(np.square(scaled), h["beta2"])) + d * h["epsilon"]
        path.append(path[-1] - rate * mean(scaled, h["beta1"]) / below)
    return np.array(path)


SUCCESSOR_TWINS: dict[tuple[str, str], Twin] = {
    ("lamb", "paper"): lamb,
    ("lamb", "optax"): lamb,
    ("novograd", "paper"): novograd,
    ("novograd", "optax"): novograd,
    ("qhadam", "paper"): qhadam,
    ("adopt", "paper"): adopt,
    ("adopt", "optax"): adopt,
    ("ademamix", "paper"): ademamix,
    ("ademamix", "optax"): ademamix,
    ("schedule_free", "paper"): _schedule_free(highest_rate_so_far=False, adam=False),
    ("schedule_free", "optax"): _schedule_free(highest_rate_so_far=True, adam=False),
    ("schedule_free_adam", "paper"): _schedule_free(highest_rate_so_far=False, adam=True),
    ("schedule_free_adam", "optax"): _schedule_free(highest_rate_so_far=True, adam=True),
    ("prodigy", "paper"): prodigy,
    ("prodigy", "optax"): prodigy_of_optax,
}
