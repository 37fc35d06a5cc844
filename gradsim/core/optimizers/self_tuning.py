"""Optimizers that spare the choice of a learning rate, or of its schedule."""

from __future__ import annotations

import math
from dataclasses import replace

from gradsim.core.optimizers.base import Optimizer, Rule
from gradsim.core.optimizers.vectors import Vector, add_scaled, divide_by_root, dot, scaled, squared, sum_of_magnitudes


def prodigy(
    position: Vector,
    gradient: Vector,
    start: Vector,
    m: Vector,
    v: Vector,
    s: Vector,
    r: float,
    distance: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
) -> tuple[Vector, Vector, Vector, Vector, Vector, float, float]:
    """Adam whose learning rate is the distance to go, as far as the slopes met on the way prove it."""
    beta3 = math.sqrt(beta2)
    m = add_scaled(scaled(beta1, m), (1.0 - beta1) * distance, gradient)
    v = add_scaled(scaled(beta2, v), (1.0 - beta2) * distance * distance, squared(gradient))
    weight = (1.0 - beta3) * learning_rate * distance * distance
    r = beta3 * r + weight * dot(gradient, add_scaled(start, -1.0, position))
    s = add_scaled(scaled(beta3, s), weight, gradient)
    position = add_scaled(position, -learning_rate * distance, divide_by_root(m, v, distance * epsilon))
    total = sum_of_magnitudes(s)
    return position, start, m, v, s, r, max(distance, r / total if total > 0.0 else 0.0)


def prodigy_corrected(
    position: Vector,
    gradient: Vector,
    start: Vector,
    m: Vector,
    v: Vector,
    s: Vector,
    r: float,
    distance: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    step: float,
) -> tuple[Vector, Vector, Vector, Vector, Vector, float, float]:
    """``prodigy`` with Adam's bias correction in its rate κ, and with the new distance beside ε."""
    beta3 = math.sqrt(beta2)
    rate = learning_rate * distance * math.sqrt(1.0 - beta2**step) / (1.0 - beta1**step)
    m = add_scaled(scaled(beta1, m), (1.0 - beta1) * distance, gradient)
    v = add_scaled(scaled(beta2, v), (1.0 - beta2) * distance * distance, squared(gradient))
    r = beta3 * r + rate * distance * dot(gradient, add_scaled(start, -1.0, position))
    s = add_scaled(scaled(beta3, s), rate * distance, gradient)
    total = sum_of_magnitudes(s)
    distance = max(distance, r / total if total > 0.0 else 0.0)
    position = add_scaled(position, -rate, divide_by_root(m, v, distance * epsilon))
    return position, start, m, v, s, r, distance


def between(position: float, z: float, interpolation: float) -> float:
    """The place y between the average x and the iterate z, where schedule-free methods ask for the slope."""
    return (1.0 - interpolation) * z + interpolation * position


def schedule_free(
    position: float, gradient: float, z: float, weight_sum: float, learning_rate: float
) -> tuple[float, float, float]:
    """Descend with z; the position is the average of all z, each weighted by the square of its learning rate."""
    weight = learning_rate * learning_rate
    weight_sum = weight_sum + weight
    z = z - learning_rate * gradient
    return position + (weight / weight_sum if weight_sum > 0.0 else 0.0) * (z - position), z, weight_sum


def schedule_free_of_optax(
    position: float, gradient: float, z: float, weight_sum: float, highest_rate: float, learning_rate: float
) -> tuple[float, float, float, float]:
    """``schedule_free`` with weights from the highest learning rate so far."""
    highest_rate = max(highest_rate, learning_rate)
    weight = highest_rate * highest_rate
    weight_sum = weight_sum + weight
    z = z - learning_rate * gradient
    share = weight / weight_sum if weight_sum > 0.0 else 0.0
    return position + share * (z - position), z, weight_sum, highest_rate


def schedule_free_adam(
    position: float,
    gradient: float,
    z: float,
    v: float,
    weight_sum: float,
    learning_rate: float,
    beta2: float,
    epsilon: float,
    step: float,
) -> tuple[float, float, float, float]:
    """``schedule_free`` around Adam without its mean gradient, which the average replaces."""
    weight = learning_rate * learning_rate
    weight_sum = weight_sum + weight
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    divisor = math.sqrt(v) * (1.0 / math.sqrt(1.0 - beta2**step)) + epsilon
    z = z - learning_rate * (gradient / divisor if divisor > 0.0 else 0.0)
    return position + (weight / weight_sum if weight_sum > 0.0 else 0.0) * (z - position), z, v, weight_sum


def schedule_free_adam_of_optax(
    position: float,
    gradient: float,
    z: float,
    v: float,
    weight_sum: float,
    highest_rate: float,
    learning_rate: float,
    beta2: float,
    epsilon: float,
    step: float,
) -> tuple[float, float, float, float, float]:
    """``schedule_free_adam`` with weights from the highest learning rate so far."""
    highest_rate = max(highest_rate, learning_rate)
    weight = highest_rate * highest_rate
    weight_sum = weight_sum + weight
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    divisor = math.sqrt(v) * (1.0 / math.sqrt(1.0 - beta2**step)) + epsilon
    z = z - learning_rate * (gradient / divisor if divisor > 0.0 else 0.0)
    share = weight / weight_sum if weight_sum > 0.0 else 0.0
    return position + share * (z - position), z, v, weight_sum, highest_rate


PRODIGY = Rule(
    update=prodigy,
    whole_vector=True,
    defaults={"learning_rate": 1.0, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "initial_distance": 1e-6},
    state=("start", "m", "v", "s", "r", "distance"),
    shapes={"r": "scalar", "distance": "scalar"},
    initial_state={"start": "position", "distance": "initial_distance"},
    symbols={"start": "x_0", "m": "m", "v": "v", "s": "s", "r": "r", "distance": "d"},
    latex=(
        r"\text{at first } x_0 = x",
        r"\text{at first } d = d_0",
        r"m \leftarrow \beta_1 m + (1 - \beta_1) d g",
        r"v \leftarrow \beta_2 v + (1 - \beta_2) d^2 g^2",
        r"w = (1 - \sqrt{\beta_2}) \eta d^2",
        r"r \leftarrow \sqrt{\beta_2} r + w \langle g, x_0 - x \rangle",
        r"s \leftarrow \sqrt{\beta_2} s + w g",
        r"x \leftarrow x - \eta d \frac{m}{\sqrt{v} + d \varepsilon}",
        r"d \leftarrow \max(d, \frac{r}{\lVert s \rVert_1})",
    ),
    reference="Mishchenko & Defazio 2024, the Adam version of Prodigy; 0/0 leaves the distance as it is",
    huge_rate="jumps",
    scale_invariant=True,
)
SCHEDULE_FREE = Rule(
    update=schedule_free,
    look_ahead=between,
    defaults={"learning_rate": 0.002, "interpolation": 0.9},
    state=("z", "weight_sum"),
    initial_state={"z": "position"},
    symbols={"z": "z", "weight_sum": "W"},
    latex=(
        r"\text{at first } z = x",
        r"z \leftarrow z - \eta \nabla f((1 - \beta) z + \beta x)",
        r"W \leftarrow W + \eta^2",
        r"x \leftarrow x + \frac{\eta^2}{W} (z - x)",
    ),
    reference="Defazio et al. 2024, schedule-free SGD with the weights of algorithm 1; shows x, takes the slope at y",
)
SCHEDULE_FREE_ADAM = replace(
    SCHEDULE_FREE,
    update=schedule_free_adam,
    defaults={"learning_rate": 0.2, "interpolation": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    state=("z", "v", "weight_sum"),
    symbols={"z": "z", "v": "v", "weight_sum": "W"},
    latex=(
        r"\text{at first } z = x",
        r"u = \nabla f((1 - \beta) z + \beta x)",
        r"v \leftarrow \beta_2 v + (1 - \beta_2) u^2",
        r"z \leftarrow z - \eta \frac{u}{\sqrt{\frac{v}{1 - \beta_2^t}} + \varepsilon}",
        r"W \leftarrow W + \eta^2",
        r"x \leftarrow x + \frac{\eta^2}{W} (z - x)",
    ),
    reference="Defazio et al. 2024, algorithm 1 with weight decay 0; shows x, takes the slope at y",
    huge_rate="jumps",
    scale_invariant=True,
)
HIGHEST_RATE = (
    r"G \leftarrow \max(G, \eta)",
    r"W \leftarrow W + G^2",
    r"x \leftarrow x + \frac{G^2}{W} (z - x)",
)

SELF_TUNING = (
    Optimizer(
        name="schedule_free",
        title="Schedule-free",
        group="Adaptive",
        character="The average of a descent that runs ahead of it: settles without any decay of the learning rate.",
        conventions={
            "paper": SCHEDULE_FREE,
            "optax": replace(
                SCHEDULE_FREE,
                update=schedule_free_of_optax,
                state=("z", "weight_sum", "highest_rate"),
                symbols={"z": "z", "weight_sum": "W", "highest_rate": "G"},
                latex=(*SCHEDULE_FREE.latex[:2], *HIGHEST_RATE),
                reference="optax.contrib.schedule_free_sgd, its schedule_free_eval_params, optax 0.2.8",
            ),
        },
    ),
    Optimizer(
        name="schedule_free_adam",
        title="SF-Adam",
        group="Adaptive",
        character="Schedule-free Adam: the average of one that runs ahead, smooth where Adam circles.",
        conventions={
            "paper": SCHEDULE_FREE_ADAM,
            "optax": replace(
                SCHEDULE_FREE_ADAM,
                update=schedule_free_adam_of_optax,
                state=("z", "v", "weight_sum", "highest_rate"),
                symbols={"z": "z", "v": "v", "weight_sum": "W", "highest_rate": "G"},
                latex=(*SCHEDULE_FREE_ADAM.latex[:4], *HIGHEST_RATE),
                reference="optax.contrib.schedule_free_adamw, schedule_free_eval_params, weight_decay 0, optax 0.2.8",
            ),
        },
    ),
    Optimizer(
        name="prodigy",
        title="Prodigy",
        group="Adaptive",
        character="Adam that finds its own learning rate: creeps, doubles its pace, then strides like Adam.",
        conventions={
            "paper": PRODIGY,
            "optax": replace(
                PRODIGY,
                update=prodigy_corrected,
                latex=(
                    *PRODIGY.latex[:4],
                    r"\kappa = \eta d \frac{\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}",
                    r"r \leftarrow \sqrt{\beta_2} r + \kappa d \langle g, x_0 - x \rangle",
                    r"s \leftarrow \sqrt{\beta_2} s + \kappa d g",
                    r"d \leftarrow \max(d, \frac{r}{\lVert s \rVert_1})",
                    r"x \leftarrow x - \kappa \frac{m}{\sqrt{v} + d \varepsilon}",
                ),
                reference="optax.contrib.prodigy with weight_decay 0, optax 0.2.8; 0/0 leaves the distance as it is",
                ends_within=0.5,
            ),
        },
    ),
)
