"""Twins of AdaGrad, RMSProp and AdaDelta."""

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
    descent,
    learning_rates,
    mean,
)


def adagrad(past: Past, h: Hyperparameters) -> Floats:
    """Duchi et al. 2011: divide by the norm of each coordinate's gradients so far; PyTorch adds ε to it."""
    return past[-1] / (np.sqrt(np.square(past).sum(axis=0)) + h["epsilon"])


def adagrad_inside(past: Past, h: Hyperparameters) -> Floats:
    """``adagrad`` with ε below the root, where optax begins with a tenth."""
    return past[-1] / np.sqrt(h.get("initial_accumulator", 0.0) + np.square(past).sum(axis=0) + h["epsilon"])


def mean_adagrad(epsilon_inside: bool) -> Direction:
    def direction(past: Past, h: Hyperparameters) -> Floats:
        squares = np.mean(np.square(past), axis=0)
        return past[-1] / (np.sqrt(squares + h["epsilon"]) if epsilon_inside else np.sqrt(squares) + h["epsilon"])

    return direction


def rmsprop_inside(past: Past, h: Hyperparameters) -> Floats:
    """Hinton 2012: MeanSquare_t = ρ·MeanSquare_{t−1} + (1 − ρ)·g², divide by its root, here with ε below it."""
    return past[-1] / np.sqrt(mean(np.square(past), h["decay"]) + h["epsilon"])


def rmsprop(centered: bool) -> Direction:
    """torch.optim.RMSprop: b_t = μ·b_{t−1} + g_t/(√ṽ_t + ε), where ṽ is v, or v less the squared mean gradient."""

    def scaled(past: Past, h: Hyperparameters) -> Floats:
        v = mean(np.square(past), h["decay"])
        spread = v - mean(past, h["decay"]) ** 2 if centered else v
        return past[-1] / (np.sqrt(spread) + h["epsilon"])

    def direction(past: Past, h: Hyperparameters) -> Floats:
        t = len(past)
        terms = [h["momentum"] ** (t - k) * scaled(past[:k], h) for k in range(1, t + 1) if h["momentum"] or k == t]
        return np.sum(terms, axis=0)

    return direction


def adadelta(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
    """Zeiler 2012, algorithm 1: Δx_t = −RMS[Δx]_{t−1} / RMS[g]_t · g_t, with RMS[z] = √(E[z²] + ε)."""
    rho, epsilon = h["decay"], h["epsilon"]
    path: list[Floats] = [np.array(start, dtype=float)]
    squared_gradients: list[Floats] = []
    squared_steps: list[Floats] = [np.zeros(len(start))]
    for eta in learning_rates(h, steps):
        g = problem.gradient(path[-1])
        squared_gradients.append(g**2)
        delta = -np.sqrt(mean(squared_steps, rho) + epsilon) / np.sqrt(mean(squared_gradients, rho) + epsilon) * g
        squared_steps.append(delta**2)
        path.append(path[-1] + eta * delta)
    return np.array(path)


SQUARED_GRADIENT_TWINS: dict[tuple[str, str], Twin] = {
    ("adagrad", "pytorch"): coupled(descent(adagrad)),
    ("adagrad", "optax"): descent(adagrad_inside),
    ("adagrad", "paper"): descent(adagrad_inside),
    ("adagrad", "mean"): descent(mean_adagrad(epsilon_inside=False)),
    ("adagrad", "mean_inside"): descent(mean_adagrad(epsilon_inside=True)),
    ("rmsprop", "pytorch"): coupled(descent(rmsprop(centered=False))),
    ("rmsprop", "optax"): descent(rmsprop_inside),
    ("rmsprop", "paper"): descent(rmsprop_inside),
    ("rmsprop", "centered"): coupled(descent(rmsprop(centered=True))),
    ("adadelta", "pytorch"): coupled(adadelta),
    ("adadelta", "optax"): adadelta,
    ("adadelta", "paper"): adadelta,
}
