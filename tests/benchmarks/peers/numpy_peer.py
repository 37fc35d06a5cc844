"""NumPy over whole arrays, in place where it can be, with hand-written gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.peers.contender import Contender, Race, Task, as_records

Floats = NDArray[np.float64]
Updates = Iterator[None]


def _descent(task: Task, positions: Floats, gradient: Floats) -> Updates:
    learning_rate = task.method.hyperparameters["learning_rate"]
    while True:
        gradient *= learning_rate
        positions -= gradient
        yield


def _momentum(task: Task, positions: Floats, gradient: Floats) -> Updates:
    learning_rate, momentum = (task.method.hyperparameters[name] for name in ("learning_rate", "momentum"))
    velocity = np.zeros_like(positions)
    while True:
        velocity *= momentum
        velocity += gradient
        np.multiply(velocity, learning_rate, out=gradient)
        positions -= gradient
        yield


def _adam(task: Task, positions: Floats, gradient: Floats) -> Updates:
    names = ("learning_rate", "beta1", "beta2", "epsilon")
    learning_rate, beta1, beta2, epsilon = (task.method.hyperparameters[name] for name in names)
    m, v, scratch = np.zeros_like(positions), np.zeros_like(positions), np.empty_like(positions)
    step = 0
    while True:
        step += 1
        m *= beta1
        m += np.multiply(gradient, 1 - beta1, out=scratch)
        gradient *= gradient
        gradient *= 1 - beta2
        v *= beta2
        v += gradient
        np.sqrt(v, out=scratch)
        scratch *= 1 / math.sqrt(1 - beta2**step)
        scratch += epsilon
        np.divide(m, scratch, out=scratch)
        scratch *= learning_rate / (1 - beta1**step)
        positions -= scratch
        yield


UPDATES: dict[str, Callable[[Task, Floats, Floats], Updates]] = {
    "gradient_descent": _descent,
    "momentum": _momentum,
    "adam": _adam,
}


def _prepare(task: Task) -> Race:
    starts = task.starts()
    surface = task.surface
    n_records = task.n_steps + 1 if task.recorded else 0
    records = np.zeros((n_records, *starts.shape)), np.zeros((n_records, starts.shape[1]))

    def record(t: int, positions: Floats) -> None:
        records[0][t] = positions
        records[1][t] = surface.value(np, *positions)

    def race() -> Any:
        positions = starts.copy()
        gradient = np.empty_like(positions)
        updates = UPDATES[task.method.name](task, positions, gradient)
        for t in range(task.n_steps):
            if task.recorded:
                record(t, positions)
            gradient[0], gradient[1] = surface.gradient(np, *positions)
            next(updates)
        if task.recorded:
            record(task.n_steps, positions)
            return as_records(*records)
        return positions

    return race


def contenders() -> tuple[Contender, ...]:
    return (Contender("NumPy", _prepare, slow=True),)


def version() -> str:
    return f"NumPy {np.__version__}"
