"""Twins of AdaGrad, RMSProp, Adam and their relatives, beside those in ``twins``: from papers and documentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from problems import Problem

Twin = Callable[[Problem, Any, Mapping[str, Any], int], np.ndarray]
Direction = Callable[[list[np.ndarray], Mapping[str, Any]], np.ndarray]
"""What a learning rate is multiplied with, from the gradients so far."""


def descent(direction: Direction) -> Twin:
    """θ_t = θ_{t−1} − η_t·direction(g_1 … g_t)."""

    def twin(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
        path, past = [np.array(start, dtype=float)], []
        for eta in np.broadcast_to(np.asarray(h["learning_rate"], dtype=float), (steps,)):
            past.append(problem.gradient(path[-1]))
            path.append(path[-1] - eta * direction(past, h))
        return np.array(path)

    return twin


def coupled(twin: Twin) -> Twin:
    """The L2 weight decay of torch.optim: g_t ← g_t + λ·θ_{t−1}."""

    def decayed(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
        regularised = replace(problem, gradient=lambda p: problem.gradient(p) + h["weight_decay"] * p)
        return twin(regularised, start, h, steps)

    return decayed


def mean(past: Any, beta: float) -> np.ndarray:
    """(1 − β)·Σ βᵗ⁻ⁱ·pastᵢ with i = 1 … t: Kingma & Ba 2015, equation 1."""
    values = np.array(past)
    return (1 - beta) * np.einsum("i,id->d", beta ** np.arange(len(values) - 1.0, -1.0, -1.0), values)


def means(past: Any, beta: float) -> np.ndarray:
    """The mean after each of the gradients so far, (t, D)."""
    return np.array([mean(past[: k + 1], beta) for k in range(len(past))])


def corrections(past: Any, h: Mapping[str, Any]) -> tuple[float, float]:
    return 1 - h["beta1"] ** len(past), 1 - h["beta2"] ** len(past)


def mean_adagrad(epsilon_inside: bool) -> Direction:
    def direction(past: Any, h: Mapping[str, Any]) -> np.ndarray:
        squares = np.mean(np.square(past), axis=0)
        return past[-1] / (np.sqrt(squares + h["epsilon"]) if epsilon_inside else np.sqrt(squares) + h["epsilon"])

    return direction


def rmsprop(centered: bool) -> Direction:
    """torch.optim.RMSprop: b_t = μ·b_{t−1} + g_t/(√ṽ_t + ε), where ṽ is v, or v less the squared mean gradient."""

    def scaled(past: Any, h: Mapping[str, Any]) -> np.ndarray:
        v = mean(np.square(past), h["decay"])
        spread = v - mean(past, h["decay"]) ** 2 if centered else v
        return past[-1] / (np.sqrt(spread) + h["epsilon"])

    def direction(past: Any, h: Mapping[str, Any]) -> np.ndarray:
        t = len(past)
        return sum(h["momentum"] ** (t - k) * scaled(past[:k], h) for k in range(1, t + 1) if h["momentum"] or k == t)

    return direction


def uncorrected_adam(past: Any, h: Mapping[str, Any]) -> np.ndarray:
    return mean(past, h["beta1"]) / (np.sqrt(mean(np.square(past), h["beta2"])) + h["epsilon"])


def nadam_of_pytorch(past: Any, h: Mapping[str, Any]) -> np.ndarray:
    """torch.optim.NAdam: μ_t = β₁(1 − ½·0.96^(tψ)), and of m_t and g_t each with its share of the product of all μ."""
    t = len(past)
    mu = h["beta1"] * (1 - 0.96 ** (np.arange(1.0, t + 2) * h["momentum_decay"]) / 2)
    m_hat = mu[t] * mean(past, h["beta1"]) / (1 - np.prod(mu)) + (1 - mu[t - 1]) * past[-1] / (1 - np.prod(mu[:t]))
    return m_hat / (np.sqrt(mean(np.square(past), h["beta2"]) / corrections(past, h)[1]) + h["epsilon"])


def nadam_of_optax(past: Any, h: Mapping[str, Any]) -> np.ndarray:
    """Dozat 2016 with steady momentum: m̂_t = β₁·m_t/(1 − β₁^{t+1}) + (1 − β₁)·g_t/(1 − β₁^t)."""
    first, second = corrections(past, h)
    beta = h["beta1"]
    m_hat = beta * mean(past, beta) / (1 - beta ** (len(past) + 1)) + (1 - beta) * past[-1] / first
    return m_hat / (np.sqrt(mean(np.square(past), h["beta2"]) / second) + h["epsilon"])


def radam(epsilon_first: bool) -> Direction:
    """Liu et al. 2020, algorithm 2, as the libraries wait for ρ_t > 5; torch adds ε to √v_t, optax to √v̂_t."""

    def direction(past: Any, h: Mapping[str, Any]) -> np.ndarray:
        t, (first, second) = len(past), corrections(past, h)
        m_hat = mean(past, h["beta1"]) / first
        rho_inf = (1 + h["beta2"]) / (1 - h["beta2"])
        rho = rho_inf - 2 * t * h["beta2"] ** t / second
        if rho <= 5:
            return m_hat
        r = np.sqrt((rho - 4) / (rho_inf - 4) * (rho - 2) / (rho_inf - 2) * rho_inf / rho)
        v = mean(np.square(past), h["beta2"])
        if epsilon_first:
            return m_hat * r * np.sqrt(second) / (np.sqrt(v) + h["epsilon"])
        return m_hat * r / (np.sqrt(v / second) + h["epsilon"])

    return direction


def amsgrad_of_pytorch(past: Any, h: Mapping[str, Any]) -> np.ndarray:
    first, second = corrections(past, h)
    largest = np.max(means(np.square(past), h["beta2"]), axis=0)
    return mean(past, h["beta1"]) / first / (np.sqrt(largest / second) + h["epsilon"])


def amsgrad_of_optax(past: Any, h: Mapping[str, Any]) -> np.ndarray:
    unbiased = 1 - h["beta2"] ** np.arange(1.0, len(past) + 1)
    largest = np.max(means(np.square(past), h["beta2"]) / unbiased[:, None], axis=0)
    return mean(past, h["beta1"]) / corrections(past, h)[0] / (np.sqrt(largest) + h["epsilon"])


def amsgrad_of_its_paper(past: Any, h: Mapping[str, Any]) -> np.ndarray:
    """Reddi, Kale & Kumar 2018, algorithm 2: m_t/√v̂_t, v̂_t = max(v̂_{t−1}, v_t)."""
    return mean(past, h["beta1"]) / np.sqrt(np.max(means(np.square(past), h["beta2"]), axis=0))


def adamax(past: Any, h: Mapping[str, Any]) -> np.ndarray:
    """Kingma & Ba 2015, equation 12: u_t = max β₂^{t−i}·|g_i|; the libraries' ε joins |g_i|."""
    sizes = np.abs(past) + h.get("epsilon", 0.0)
    u = np.max(h["beta2"] ** np.arange(len(past) - 1.0, -1.0, -1.0)[:, None] * sizes, axis=0)
    return mean(past, h["beta1"]) / corrections(past, h)[0] / u


def adabelief(past: Any, h: Mapping[str, Any]) -> np.ndarray:
    """Zhuang et al. 2020, algorithm 2: s_t = β₂·s_{t−1} + (1 − β₂)(g_t − m_t)² + ε."""
    (first, second), beta = corrections(past, h), h["beta2"]
    ages = np.arange(len(past), dtype=float)
    added = h.get("epsilon_root", h["epsilon"]) * np.sum(beta**ages)
    s = mean((np.array(past) - means(past, h["beta1"])) ** 2, beta) + added
    return mean(past, h["beta1"]) / first / (np.sqrt(s / second) + h["epsilon"])


def yogi(past: Any, h: Mapping[str, Any]) -> np.ndarray:
    """Zaheer et al. 2018, algorithm 2: v_t = v_{t−1} − (1 − β₂)·sign(v_{t−1} − g_t²)·g_t²."""
    v = np.zeros(len(past[0]))
    for square in np.square(past):
        v = v - (1 - h["beta2"]) * np.sign(v - square) * square
    return mean(past, h["beta1"]) / (np.sqrt(v) + h["epsilon"])


def yogi_of_optax(past: Any, h: Mapping[str, Any]) -> np.ndarray:
    (first, second), v = corrections(past, h), np.full(len(past[0]), h["initial_accumulator"])
    for square in np.square(past):
        v = v - (1 - h["beta2"]) * np.sign(v - square) * square
    m = mean(past, h["beta1"]) + h["initial_accumulator"] * h["beta1"] ** len(past)
    return m / first / (np.sqrt(v / second) + h["epsilon"])


def adan(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Xie et al. 2024, algorithm 1, in the paper's own β, with m_0 = g_0, v_0 = 0, n_0 = g_0²."""
    beta1, beta2, beta3 = 1 - h["beta1"], 1 - h["beta2"], 1 - h["beta3"]
    theta = np.array(start, dtype=float)
    path, before = [theta], problem.gradient(theta)
    m, v, n = before, np.zeros_like(before), before**2
    for k, eta in enumerate(np.broadcast_to(np.asarray(h["learning_rate"], dtype=float), (steps,))):
        g = problem.gradient(theta)
        if k:
            m = (1 - beta1) * m + beta1 * g
            v = (1 - beta2) * v + beta2 * (g - before)
            n = (1 - beta3) * n + beta3 * (g + (1 - beta2) * (g - before)) ** 2
        theta = (theta - eta / (np.sqrt(n) + h["epsilon"]) * (m + (1 - beta2) * v)) / (1 + h["weight_decay"] * eta)
        before = g
        path.append(theta)
    return np.array(path)


def adan_of_optax(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """optax.scale_by_adan, whose means are unbiased, then add_decayed_weights: 1 − b2 before every difference."""

    def direction(past: Any, h: Mapping[str, Any]) -> np.ndarray:
        differences = np.diff(np.array([past[0], *past]), axis=0)
        share, t = 1 - h["beta2"], len(past)
        hats = [
            mean(values, beta) / (1 - beta**t)
            for values, beta in (
                (past, h["beta1"]),
                (differences, h["beta2"]),
                ((np.array(past) + share * differences) ** 2, h["beta3"]),
            )
        ]
        return (hats[0] + share * hats[1]) / (np.sqrt(hats[2] + h["epsilon_root"]) + h["epsilon"])

    path, past = [np.array(start, dtype=float)], []
    for eta in np.broadcast_to(np.asarray(h["learning_rate"], dtype=float), (steps,)):
        past.append(problem.gradient(path[-1]))
        path.append(path[-1] - eta * (direction(past, h) + h["weight_decay"] * path[-1]))
    return np.array(path)


ADAM_TWINS: dict[tuple[str, str], Twin] = {
    ("adagrad", "mean"): descent(mean_adagrad(epsilon_inside=False)),
    ("adagrad", "mean_inside"): descent(mean_adagrad(epsilon_inside=True)),
    ("rmsprop", "pytorch"): coupled(descent(rmsprop(centered=False))),
    ("rmsprop", "centered"): coupled(descent(rmsprop(centered=True))),
    ("adam", "uncorrected"): descent(uncorrected_adam),
    ("nadam", "pytorch"): coupled(descent(nadam_of_pytorch)),
    ("nadam", "optax"): descent(nadam_of_optax),
    ("radam", "pytorch"): coupled(descent(radam(epsilon_first=True))),
    ("radam", "optax"): descent(radam(epsilon_first=False)),
    ("amsgrad", "pytorch"): coupled(descent(amsgrad_of_pytorch)),
    ("amsgrad", "optax"): descent(amsgrad_of_optax),
    ("amsgrad", "paper"): descent(amsgrad_of_its_paper),
    ("adamax", "pytorch"): coupled(descent(adamax)),
    ("adamax", "optax"): descent(adamax),
    ("adamax", "paper"): descent(adamax),
    ("adabelief", "paper"): descent(adabelief),
    ("adabelief", "optax"): descent(adabelief),
    ("yogi", "paper"): descent(yogi),
    ("yogi", "optax"): descent(yogi_of_optax),
    ("adan", "paper"): adan,
    ("adan", "optax"): adan_of_optax,
}
