"""Every optimizer a second time, in plain NumPy on whole vectors, from the papers and the libraries' documentation.

Nothing here looks at gradsim's rules. A twin takes a problem (for its ``gradient`` and ``hessian``), the start (D,),
the hyperparameters by name, of which ``learning_rate`` may be one number or one for each step, and the number of steps;
it returns the positions (steps + 1, D) float64. Where a paper gives a sum over the past, the twin keeps it and sums.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from problems import Problem
from twins_adam import ADAM_TWINS, coupled
from twins_curvature import CURVATURE_TWINS
from twins_first_order import FIRST_ORDER_TWINS
from twins_newer import NEWER_TWINS

Twin = Callable[[Problem, Any, Mapping[str, Any], int], np.ndarray]


def _learning_rates(h: Mapping[str, Any], steps: int) -> np.ndarray:
    return np.broadcast_to(np.asarray(h["learning_rate"], dtype=float), (steps,))


def _decaying_sum(past: list[np.ndarray], decay: float) -> np.ndarray:
    """Σ decayᵗ⁻ⁱ · pastᵢ with i = 1 … t."""
    ages = np.arange(len(past) - 1, -1, -1)
    return decay**ages @ np.array(past)


def _decayed_gradient(problem: Problem, place: np.ndarray, h: Mapping[str, Any]) -> np.ndarray:
    """Of f + λ/2·‖x‖², which is what weight decay means in torch.optim.SGD; λ is 0 where there is none."""
    return problem.gradient(place) + h.get("weight_decay", 0.0) * place


def steepest_descent(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    path = [np.array(start, dtype=float)]
    for eta in _learning_rates(h, steps):
        path.append(path[-1] - eta * _decayed_gradient(problem, path[-1], h))
    return np.array(path)


def sgd_with_momentum(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """torch.optim.SGD: b₁ = g₁, b_t = μ·b_{t−1} + g_t, θ_t = θ_{t−1} − γ·b_t; unrolled, b_t is a decaying sum."""
    path, past = [np.array(start, dtype=float)], []
    for gamma in _learning_rates(h, steps):
        past.append(_decayed_gradient(problem, path[-1], h))
        path.append(path[-1] - gamma * _decaying_sum(past, h["momentum"]))
    return np.array(path)


def heavy_ball(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Polyak 1964: x_{k+1} = x_k − α·∇f(x_k) + β·(x_k − x_{k−1})."""
    before = now = np.array(start, dtype=float)
    path = [now]
    for alpha in _learning_rates(h, steps):
        before, now = now, now - alpha * problem.gradient(now) + h["momentum"] * (now - before)
        path.append(now)
    return np.array(path)


def averaged_momentum(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Kingma & Ba 2015, section 3: the average is (1 − β)·Σ βᵗ⁻ⁱ·g_i; without bias correction."""
    beta, path, past = h["momentum"], [np.array(start, dtype=float)], []
    for eta in _learning_rates(h, steps):
        past.append(problem.gradient(path[-1]))
        path.append(path[-1] - eta * (1 - beta) * _decaying_sum(past, beta))
    return np.array(path)


def sgd_with_nesterov(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """torch.optim.SGD(nesterov=True): g_t ← g_t + μ·b_t, where b_t already holds g_t."""
    mu, path, past = h["momentum"], [np.array(start, dtype=float)], []
    for gamma in _learning_rates(h, steps):
        past.append(_decayed_gradient(problem, path[-1], h))
        path.append(path[-1] - gamma * (past[-1] + mu * _decaying_sum(past, mu)))
    return np.array(path)


def sutskever_look_ahead(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Sutskever et al. 2013: v′ = μ·v − ε·∇f(θ + μ·v), θ′ = θ + v′; hence v is the last displacement."""
    before = now = np.array(start, dtype=float)
    path = [now]
    for epsilon in _learning_rates(h, steps):
        ahead = now + h["momentum"] * (now - before)
        before, now = now, ahead - epsilon * problem.gradient(ahead)
        path.append(now)
    return np.array(path)


def adagrad(epsilon_inside: bool) -> Twin:
    """Duchi et al. 2011: divide by the norm of each coordinate's gradients so far."""

    def twin(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
        path, past = [np.array(start, dtype=float)], []
        for eta in _learning_rates(h, steps):
            past.append(problem.gradient(path[-1]))
            total = h.get("initial_accumulator", 0.0) + np.square(past).sum(axis=0)
            root = np.sqrt(total + h["epsilon"]) if epsilon_inside else np.sqrt(total) + h["epsilon"]
            path.append(path[-1] - eta * past[-1] / root)
        return np.array(path)

    return twin


def rmsprop(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Hinton 2012: MeanSquare_t = ρ·MeanSquare_{t−1} + (1 − ρ)·g², divide by its root, here with ε below it."""
    rho, path, squares = h["decay"], [np.array(start, dtype=float)], []
    for eta in _learning_rates(h, steps):
        g = problem.gradient(path[-1])
        squares.append(g**2)
        mean = (1 - rho) * _decaying_sum(squares, rho)
        path.append(path[-1] - eta * g / np.sqrt(mean + h["epsilon"]))
    return np.array(path)


def adadelta(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Zeiler 2012, algorithm 1: Δx_t = −RMS[Δx]_{t−1} / RMS[g]_t · g_t, with RMS[z] = √(E[z²] + ε)."""
    rho, epsilon = h["decay"], h["epsilon"]
    path, squared_gradients, squared_steps = [np.array(start, dtype=float)], [], [np.zeros(len(start))]
    for eta in _learning_rates(h, steps):
        g = problem.gradient(path[-1])
        squared_gradients.append(g**2)
        rms_gradient = np.sqrt((1 - rho) * _decaying_sum(squared_gradients, rho) + epsilon)
        rms_step = np.sqrt((1 - rho) * _decaying_sum(squared_steps, rho) + epsilon)
        delta = -rms_step / rms_gradient * g
        squared_steps.append(delta**2)
        path.append(path[-1] + eta * delta)
    return np.array(path)


def _adam_direction(past: list[np.ndarray], h: Mapping[str, Any]) -> np.ndarray:
    """Kingma & Ba 2015, algorithm 1: m̂_t / (√v̂_t + ε)."""
    t = len(past)
    m_hat = (1 - h["beta1"]) * _decaying_sum(past, h["beta1"]) / (1 - h["beta1"] ** t)
    v_hat = (1 - h["beta2"]) * _decaying_sum([g**2 for g in past], h["beta2"]) / (1 - h["beta2"] ** t)
    return m_hat / (np.sqrt(v_hat) + h["epsilon"])


def adam(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    path, past = [np.array(start, dtype=float)], []
    for alpha in _learning_rates(h, steps):
        past.append(problem.gradient(path[-1]))
        path.append(path[-1] - alpha * _adam_direction(past, h))
    return np.array(path)


def adamw(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """optax.adamw, torch.optim.AdamW: the decay λ·θ joins the direction and is scaled by the learning rate alone."""
    path, past = [np.array(start, dtype=float)], []
    for eta in _learning_rates(h, steps):
        past.append(problem.gradient(path[-1]))
        path.append(path[-1] - eta * (_adam_direction(past, h) + h["weight_decay"] * path[-1]))
    return np.array(path)


def newton(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    path = [np.array(start, dtype=float)]
    for eta in _learning_rates(h, steps):
        path.append(path[-1] - eta * np.linalg.solve(problem.hessian(path[-1]), problem.gradient(path[-1])))
    return np.array(path)


def polyak_step(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Polyak 1987: x_{k+1} = x_k − γ·(f(x_k) − f*)/‖∇f(x_k)‖²·∇f(x_k)."""
    path = [np.array(start, dtype=float)]
    for gamma in _learning_rates(h, steps):
        g = problem.gradient(path[-1])
        path.append(path[-1] - gamma * (problem.value(*path[-1]) - h["lowest_loss"]) / (g @ g) * g)
    return np.array(path)


def runge_kutta(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """dx/dt = −∇f(x) by the classical tableau: weights 1/6, 1/3, 1/3, 1/6 at 0, ½, ½, 1."""
    path = [np.array(start, dtype=float)]
    for dt in _learning_rates(h, steps):
        slopes: list[np.ndarray] = []
        for share in (0.0, 0.5, 0.5, 1.0):
            ahead = share * dt * slopes[-1] if slopes else 0.0
            slopes.append(-problem.gradient(path[-1] + ahead))
        path.append(path[-1] + dt * np.array([1, 2, 2, 1]) / 6 @ np.array(slopes))
    return np.array(path)


def sharpness_aware(problem: Problem, start: Any, h: Mapping[str, Any], steps: int) -> np.ndarray:
    """Foret et al. 2021, algorithm 1: ε̂ = ρ·g/‖g‖, then descend along ∇f(w + ε̂)."""
    path = [np.array(start, dtype=float)]
    for eta in _learning_rates(h, steps):
        g = problem.gradient(path[-1])
        path.append(path[-1] - eta * problem.gradient(path[-1] + h["radius"] * g / np.linalg.norm(g)))
    return np.array(path)


TWINS: dict[tuple[str, str], Twin] = {
    ("gradient_descent", "pytorch"): steepest_descent,
    ("gradient_descent", "optax"): steepest_descent,
    ("gradient_descent", "paper"): steepest_descent,
    ("momentum", "pytorch"): sgd_with_momentum,
    ("momentum", "optax"): sgd_with_momentum,
    ("momentum", "paper"): heavy_ball,
    ("momentum", "classical"): heavy_ball,
    ("momentum", "ema"): averaged_momentum,
    ("nesterov", "pytorch"): sgd_with_nesterov,
    ("nesterov", "optax"): sgd_with_nesterov,
    ("nesterov", "paper"): sutskever_look_ahead,
    ("nesterov", "classical"): sutskever_look_ahead,
    ("adagrad", "pytorch"): coupled(adagrad(epsilon_inside=False)),
    ("adagrad", "optax"): adagrad(epsilon_inside=True),
    ("adagrad", "paper"): adagrad(epsilon_inside=True),
    ("rmsprop", "optax"): rmsprop,
    ("rmsprop", "paper"): rmsprop,
    ("adadelta", "pytorch"): coupled(adadelta),
    ("adadelta", "optax"): adadelta,
    ("adadelta", "paper"): adadelta,
    ("adam", "pytorch"): coupled(adam),
    ("adam", "optax"): adam,
    ("adam", "paper"): adam,
    ("adamw", "pytorch"): adamw,
    ("adamw", "optax"): adamw,
    ("adamw", "paper"): adamw,
    ("newton", "paper"): newton,
    ("polyak", "paper"): polyak_step,
    ("gradient_flow", "paper"): runge_kutta,
    ("sam", "paper"): sharpness_aware,
    **ADAM_TWINS,
    **CURVATURE_TWINS,
    **FIRST_ORDER_TWINS,
    **NEWER_TWINS,
}
