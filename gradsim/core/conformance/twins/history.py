"""What twins have in common: learning rates by step, and sums and means over all that they have seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradsim.core.conformance.problems import Problem

Floats = NDArray[np.float64]
Hyperparameters = Mapping[str, Any]
"""By name; ``learning_rate`` is one number, or one for each step."""

Past = Sequence[Floats] | Floats
"""What was seen in every step so far, (t, D)."""

Twin = Callable[[Problem, Any, Hyperparameters, int], Floats]
"""Problem, start (D,), hyperparameters and number of steps give the positions (steps + 1, D)."""

Direction = Callable[[Past, Hyperparameters], Floats]
"""What a learning rate is multiplied with, from the gradients so far."""


def learning_rates(h: Hyperparameters, steps: int) -> Floats:
    """Return the learning rate of each step."""
    return np.broadcast_to(np.asarray(h["learning_rate"], dtype=float), (steps,))


def decaying_sum(past: Past, decay: float) -> Floats:
    """Return Σ decayᵗ⁻ⁱ·pastᵢ with i = 1 … t."""
    return decay ** np.arange(len(past) - 1.0, -1.0, -1.0) @ np.array(past)


def mean(past: Past, decay: float) -> Floats:
    """Return (1 − decay)·Σ decayᵗ⁻ⁱ·pastᵢ, an exponential moving average that starts at zero, unrolled."""
    return (1 - decay) * decaying_sum(past, decay)


def true_mean(past: Past, decay: float) -> Floats:
    """Return ``mean`` freed of the bias of starting at zero, which is a factor of 1 − decayᵗ."""
    return mean(past, decay) / (1 - decay ** len(past))


def descent(direction: Direction) -> Twin:
    """θ_t = θ_{t−1} − η_t·direction(g_1 … g_t)."""

    def twin(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
        path: list[Floats] = [np.array(start, dtype=float)]
        past: list[Floats] = []
        for eta in learning_rates(h, steps):
            past.append(problem.gradient(path[-1]))
            path.append(path[-1] - eta * direction(past, h))
        return np.array(path)

    return twin


def decoupled(direction: Direction) -> Twin:
    """``descent`` with the decay λ·θ added to the direction, which the learning rate alone scales."""

    def twin(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
        path: list[Floats] = [np.array(start, dtype=float)]
        past: list[Floats] = []
        for eta in learning_rates(h, steps):
            past.append(problem.gradient(path[-1]))
            path.append(path[-1] - eta * (direction(past, h) + h["weight_decay"] * path[-1]))
        return np.array(path)

    return twin


def coupled(twin: Twin) -> Twin:
    """The L2 weight decay of torch.optim: g_t ← g_t + λ·θ_{t−1}."""

    def decayed(problem: Problem, start: Any, h: Hyperparameters, steps: int) -> Floats:
        regularised = replace(problem, gradient=lambda p: problem.gradient(p) + h["weight_decay"] * p)
        return twin(regularised, start, h, steps)

    return decayed
