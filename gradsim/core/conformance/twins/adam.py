"""Twins of Adam and its relatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradsim.core.conformance.problems import Problem
from gradsim.core.conformance.twins.history import (
    Direction,
    Floats,
    Hyperparameters,
    Past,
    Twin,
    coupled,
    decoupled,
    descent,
    learning_rates,
    mean,
    true_mean,
)


def means(past: Past, beta: float) -> Floats:
    """The mean after each of the gradients so far, (t, D)."""
    return np.array([mean(past[: k + 1], beta) for k in range(len(past))])


def corrections(past: Past, h: Hyperparameters) -> tuple[float, float]:
    return 1 - h["beta1"] ** len(past), 1 - h["beta2"] ** len(past)


def adam(past: Past, h: Hyperparameters) -> Floats:
    """Kingma & Ba 2015, algorithm 1: m̂_t / (√v̂_t + ε)."""
    return true_mean(past, h["beta1"]) / (np.sqrt(true_mean(np.square(past), h["beta2"])) + h["epsilon"])


def uncorrected_adam(past: Past, h: Hyperparameters) -> Floats:
    return mean(past, h["beta1"]) / (np.sqrt(mean(np.square(past), h["beta2"])) + h["epsilon"])


def nadam_of_pytorch(past: Past, h: Hyperparameters) -> Floats:
    """torch.optim.NAdam: μ_t = β₁(1 − ½·0.96^(tψ)), and of m_t and g_t each with its share of the product of all μ."""
    t = len(past)
    mu = h["beta1"] * (1 - 0.96 ** (np.arange(1.0, t + 2) * h["momentum_decay"]) / 2)
    m_hat = mu[t] * mean(past, h["beta1"]) / (1 - np.prod(mu)) + (1 - mu[t - 1]) * past[-1] / (1 - np.prod(mu[:t]))
    return m_hat / (np.sqrt(mean(np.square(past), h["beta2"]) / corrections(past, h)[1]) + h["epsilon"])


def nadam_of_optax(past: Past, h: Hyperparameters) -> Floats:
    """Dozat 2016 with steady momentum: m̂_t = β₁·m_t/(1 − β₁^{t+1}) + (1 − β₁)·g_t/(1 − β₁^t)."""
    first, second = corrections(past, h)
    beta = h["beta1"]
    m_hat = beta * mean(past, beta) / (1 - beta ** (len(past) + 1)) + (1 - beta) * past[-1] / first
    return m_hat / (np.sqrt(mean(np.square(past), h["beta2"]) / second) + h["epsilon"])


def radam(epsilon_first: bool) -> Direction:
    """Liu et al. 2020, algorithm 2, as the libraries wait for ρ_t > 5; torch adds ε to √v_t, optax to √v̂_t."""

    def direction(past: Past, h: Hyperparameters) -> Floats:
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


def amsgrad_of_pytorch(past: Past, h: Hyperparameters) -> Floats:
    first, second = corrections(past, h)
    largest = np.max(means(np.square(past), h["beta2"]), axis=0)
    return mean(past, h["beta1"]) / first / (np.sqrt(largest / second) + h["epsilon"])


def amsgrad_of_optax(past: Past, h: Hyperparameters) -> Floats:
    unbiased = 1 - h["beta2"] ** np.arange(1.0, len(past) + 1)
    largest = np.max(means(np.square(past), h["beta2"]) / unbiased[:, None], axis=0)
    return mean(past, h["beta1"]) / corrections(past, h)[0] / (np.sqrt(largest) + h["epsilon"])


def amsgrad_of_its_paper(past: Past, h: Hyperparameters) -> Floats:
    """Reddi, Kale & Kumar 2018, algorithm 2: m_t/√v̂_t, v̂_t = max(v̂_{t−1}, v_t)."""
    return mean(past, h["beta1"]) / np.sqrt(np.max(means(np.square(past), h["beta2"]), axis=0))


def adamax(past: Past, h: Hyperparameters) -> Floats:
    """Kingma & Ba 2015, equation 12: u_t = max β₂^{t−i}·|g_i|; the libraries' ε joins |g_i|."""
    sizes = np.abs(past) + h.get("epsilon", 0.0)
    u = np.max(h["beta2"] ** np.arange(len(past) - 1.0, -1.0, -1.0)[:, None] * sizes, axis=0)
    return mean(past, h["beta1"]) / corrections(past, h)[0] / u


def adabelief(past: Past, h: Hyperparameters) -> Floats:
    """Zhuang et al. 2020, algorithm 2: s_t = β₂·s_{t−1} + (1 − β₂)(g_t − m_t)² + ε."""
    (first, second), beta = corrections(past, h), h["beta2"]
    ages = np.arange(len(past), dtype=float)
    added = h.get("epsilon_root", h["epsilon"]) * np.sum(beta**ages)
    s = mean((np.array(past) - means(past, h["beta1"])) ** 2, beta) + added
    return mean(past, h["beta1"]) / first / (np.sqrt(s / second) + h["epsilon"])


def yogi(past: Past, h: Hyperparameters) -> Floats:
    """Zaheer et al. 2018, algorithm 2: v_t = v_{t−1} − (1 − β₂)·sign(v_{t−1} − g_t²)·g_t²."""
    v = np.zeros(len(past[0]))
    for square in np.square(past):
        v = v - (1 - h["beta2"]) * np.sign(v - square) * square
    return mean(past, h["beta1"]) / (np.sqrt(v) + h["epsilon"])


def yogi_of_optax(past: Past, h: Hyperparameters) -> Floats:
    (first, second), v = corrections(past, h), np.full(len(past[0]), h["initial_accumulator"])
    for square in np.square(past):
        v = v - (1 - h["beta2"]) * np.sign(v - square) * square
    m = mean(past, h["beta1"]) + h["initial_accumulator"] * h["beta1"] ** len(past)
    return m / first / (np.sqrt(v / second) + h["epsilon"])


def adan(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Xie et al. 2024, algorithm 1, in the paper's own β, with m_0 = g_0, v_0 = 0, n_0 = g_0²."""
    beta1, beta2, beta3 = 1 - h["beta1"], 1 - h["beta2"], 1 - h["beta3"]
    theta = np.array(start, dtype=float)
    path, before = [theta], problem.gradient(theta)
    m, v, n = before, np.zeros_like(before), before**2
    for k, eta in enumerate(learning_rates(h, steps)):
        g = problem.gradient(theta)
        if k:
            m = (1 - beta1) * m + beta1 * g
            v = (1 - beta2) * v + beta2 * (g - before)
            n = (1 - beta3) * n + beta3 * (g + (1 - beta2) * (g - before)) ** 2
        theta = (theta - eta / (np.sqrt(n) + h["epsilon"]) * (m + (1 - beta2) * v)) / (1 + h["weight_decay"] * eta)
        before = g
        path.append(theta)
    return np.array(path)


def adan_of_optax(past: Past, h: Hyperparameters) -> Floats:
    """optax.scale_by_adan, whose means are unbiased: 1 − b2 before every difference."""
    differences, share = np.diff(np.array([past[0], *past]), axis=0), 1 - h["beta2"]
    m, v = true_mean(past, h["beta1"]), true_mean(differences, h["beta2"])
    n = true_mean((np.array(past) + share * differences) ** 2, h["beta3"])
    return (m + share * v) / (np.sqrt(n + h["epsilon_root"]) + h["epsilon"])


ADAM_TWINS: dict[tuple[str, str], Twin] = {
    ("adam", "pytorch"): coupled(descent(adam)),
    ("adam", "optax"): descent(adam),
    ("adam", "paper"): descent(adam),
    ("adamw", "pytorch"): decoupled(adam),
    ("adamw", "optax"): decoupled(adam),
    ("adamw", "paper"): decoupled(adam),
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
    ("adan", "optax"): decoupled(adan_of_optax),
}
