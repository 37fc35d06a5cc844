"""Optimizers that give every coordinate a scale of its own, from the squares of its past gradients."""

from __future__ import annotations

import math
from dataclasses import replace

from gradsim.core.optimizers.base import Optimizer, Rule, with_weight_decay


def adagrad(
    position: float, gradient: float, accumulator: float, learning_rate: float, epsilon: float
) -> tuple[float, float]:
    """Divide by the root of the sum of all squared gradients."""
    accumulator = accumulator + gradient * gradient
    scale = math.sqrt(accumulator) + epsilon
    return position - (learning_rate * gradient / scale if scale != 0.0 else 0.0), accumulator


def adagrad_epsilon_inside(
    position: float, gradient: float, accumulator: float, learning_rate: float, epsilon: float
) -> tuple[float, float]:
    """``adagrad`` with ε added to the sum instead of its root."""
    accumulator = accumulator + gradient * gradient
    # optax leaves a coordinate alone that has never seen a gradient, even where ε is 0.
    scaled = 0.0 if accumulator == 0.0 else gradient / math.sqrt(accumulator + epsilon)
    return position - learning_rate * scaled, accumulator


def adagrad_mean(
    position: float, gradient: float, accumulator: float, learning_rate: float, epsilon: float, step: float
) -> tuple[float, float]:
    """``adagrad`` with the mean of the squared gradients instead of their sum."""
    accumulator = accumulator + gradient * gradient
    scale = math.sqrt(accumulator / step) + epsilon
    return position - learning_rate * (gradient / scale if scale != 0.0 else 0.0), accumulator


def adagrad_mean_epsilon_inside(
    position: float, gradient: float, accumulator: float, learning_rate: float, epsilon: float, step: float
) -> tuple[float, float]:
    """``adagrad_mean`` with ε added to the mean instead of its root."""
    accumulator = accumulator + gradient * gradient
    scale = math.sqrt(accumulator / step + epsilon)
    return position - learning_rate * (gradient / scale if scale != 0.0 else 0.0), accumulator


def rmsprop(
    position: float,
    gradient: float,
    mean_square: float,
    velocity: float,
    learning_rate: float,
    decay: float,
    momentum: float,
    epsilon: float,
) -> tuple[float, float, float]:
    """Divide by the root mean square of recent gradients; the velocity sums what results."""
    mean_square = decay * mean_square + (1.0 - decay) * gradient * gradient
    scale = math.sqrt(mean_square) + epsilon
    velocity = momentum * velocity + (gradient / scale if scale != 0.0 else 0.0)
    return position - learning_rate * velocity, mean_square, velocity


def rmsprop_centered(
    position: float,
    gradient: float,
    mean_square: float,
    mean: float,
    velocity: float,
    learning_rate: float,
    decay: float,
    momentum: float,
    epsilon: float,
) -> tuple[float, float, float, float]:
    """``rmsprop`` with the standard deviation of recent gradients."""
    mean_square = decay * mean_square + (1.0 - decay) * gradient * gradient
    mean = decay * mean + (1.0 - decay) * gradient
    variance = mean_square - mean * mean
    # Of gradients that are all the same, rounding may leave a variance below zero.
    scale = math.sqrt(variance if variance > 0.0 else 0.0) + epsilon
    velocity = momentum * velocity + (gradient / scale if scale != 0.0 else 0.0)
    return position - learning_rate * velocity, mean_square, mean, velocity


def rmsprop_epsilon_inside(
    position: float, gradient: float, mean_square: float, learning_rate: float, decay: float, epsilon: float
) -> tuple[float, float]:
    """``rmsprop`` with ε added to the mean square instead of its root."""
    mean_square = decay * mean_square + (1.0 - decay) * gradient * gradient
    scale = math.sqrt(mean_square + epsilon)
    return position - (learning_rate * gradient / scale if scale != 0.0 else 0.0), mean_square


def adadelta(
    position: float,
    gradient: float,
    mean_square: float,
    mean_square_step: float,
    learning_rate: float,
    decay: float,
    epsilon: float,
) -> tuple[float, float, float]:
    """Multiply by the root mean square of recent steps, divide by that of recent gradients."""
    mean_square = decay * mean_square + (1.0 - decay) * gradient * gradient
    # The learning rate is outside: the remembered steps are those that the method would take by itself.
    scale = math.sqrt(mean_square + epsilon)
    scaled = math.sqrt(mean_square_step + epsilon) / scale * gradient if scale != 0.0 else 0.0
    mean_square_step = decay * mean_square_step + (1.0 - decay) * scaled * scaled
    return position - learning_rate * scaled, mean_square, mean_square_step


ADAGRAD = Rule(
    update=adagrad,
    defaults={"learning_rate": 0.5, "epsilon": 1e-10},
    state=("accumulator",),
    symbols={"accumulator": "G"},
    latex=(r"G \leftarrow G + g^2", r"x \leftarrow x - \eta \frac{g}{\sqrt{G} + \varepsilon}"),
    reference="torch.optim.Adagrad, PyTorch 2.15",
    huge_rate="jumps",
    scale_invariant=True,
)
ADAGRAD_MEAN = Rule(
    update=adagrad_mean,
    defaults={"learning_rate": 0.1, "epsilon": 1e-10},
    state=("accumulator",),
    symbols={"accumulator": "G"},
    latex=(r"G \leftarrow G + g^2", r"x \leftarrow x - \eta \frac{g}{\sqrt{\frac{G}{t}} + \varepsilon}"),
    reference="Duchi, Hazan & Singer 2011, diagonal, with the mean of the squares instead of their sum; 0/0 is no step",
    huge_rate="jumps",
    scale_invariant=True,
)
ADAGRAD_MEAN_EPSILON_INSIDE = Rule(
    update=adagrad_mean_epsilon_inside,
    defaults={"learning_rate": 0.1, "epsilon": 1e-8},
    state=("accumulator",),
    symbols={"accumulator": "G"},
    latex=(r"G \leftarrow G + g^2", r"x \leftarrow x - \eta \frac{g}{\sqrt{\frac{G}{t} + \varepsilon}}"),
    reference=ADAGRAD_MEAN.reference,
    huge_rate="jumps",
    scale_invariant=True,
)
ADAGRAD_EPSILON_INSIDE = Rule(
    update=adagrad_epsilon_inside,
    defaults={"learning_rate": 0.5, "epsilon": 1e-8},
    state=("accumulator",),
    symbols={"accumulator": "G"},
    latex=(r"G \leftarrow G + g^2", r"x \leftarrow x - \eta \frac{g}{\sqrt{G + \varepsilon}}"),
    reference="Duchi, Hazan & Singer 2011, diagonal; ε inside the root as in Ruder 2016, section 4.3",
    huge_rate="jumps",
    scale_invariant=True,
)
RMSPROP = Rule(
    update=rmsprop,
    defaults={"learning_rate": 0.02, "decay": 0.99, "momentum": 0.0, "epsilon": 1e-8},
    state=("mean_square", "velocity"),
    symbols={"mean_square": "E", "velocity": "v"},
    latex=(
        r"E \leftarrow \rho E + (1 - \rho) g^2",
        r"v \leftarrow \mu v + \frac{g}{\sqrt{E} + \varepsilon}",
        r"x \leftarrow x - \eta v",
    ),
    reference="torch.optim.RMSprop, PyTorch 2.15",
    huge_rate="jumps",
    scale_invariant=True,
)
RMSPROP_CENTERED = replace(
    RMSPROP,
    update=rmsprop_centered,
    state=("mean_square", "mean", "velocity"),
    symbols={"mean_square": "E", "mean": r"\bar g", "velocity": "v"},
    latex=(
        RMSPROP.latex[0],
        r"\bar g \leftarrow \rho \bar g + (1 - \rho) g",
        r"v \leftarrow \mu v + \frac{g}{\sqrt{\max(E - \bar g^2, 0)} + \varepsilon}",
        RMSPROP.latex[2],
    ),
    reference="torch.optim.RMSprop with centered=True, PyTorch 2.15, after Graves 2013, equations 38 to 45",
)
RMSPROP_EPSILON_INSIDE = Rule(
    update=rmsprop_epsilon_inside,
    defaults={"learning_rate": 0.02, "decay": 0.9, "epsilon": 1e-8},
    state=("mean_square",),
    symbols={"mean_square": "E"},
    latex=(r"E \leftarrow \rho E + (1 - \rho) g^2", r"x \leftarrow x - \eta \frac{g}{\sqrt{E + \varepsilon}}"),
    reference="Hinton 2012, lecture 6e, slide 29; ε inside the root as in Ruder 2016, section 4.5",
    huge_rate="jumps",
    scale_invariant=True,
)
ADADELTA = Rule(
    update=adadelta,
    defaults={"learning_rate": 1.0, "decay": 0.9, "epsilon": 1e-6},
    state=("mean_square", "mean_square_step"),
    symbols={"mean_square": "E", "mean_square_step": "D"},
    latex=(
        r"E \leftarrow \rho E + (1 - \rho) g^2",
        r"u = \frac{\sqrt{D + \varepsilon}}{\sqrt{E + \varepsilon}} g",
        r"D \leftarrow \rho D + (1 - \rho) u^2",
        r"x \leftarrow x - \eta u",
    ),
    reference="torch.optim.Adadelta, PyTorch 2.15",
    huge_rate="jumps",
    scale_invariant=True,
)
SQUARED_GRADIENTS = (
    Optimizer(
        name="adagrad",
        title="AdaGrad",
        group="Adaptive",
        character="Divides by the root of all squared gradients so far: fast at first, ever shorter steps.",
        conventions={
            "pytorch": with_weight_decay(ADAGRAD),
            "optax": replace(
                ADAGRAD_EPSILON_INSIDE,
                defaults={"learning_rate": 0.5, "epsilon": 1e-7, "initial_accumulator": 0.1},
                initial_state={"accumulator": "initial_accumulator"},
                latex=(r"\text{at first } G = G_0", *ADAGRAD_EPSILON_INSIDE.latex),
                reference="optax.adagrad, optax 0.2.8",
            ),
            "paper": ADAGRAD_EPSILON_INSIDE,
            "mean": ADAGRAD_MEAN,
            "mean_inside": ADAGRAD_MEAN_EPSILON_INSIDE,
        },
    ),
    Optimizer(
        name="rmsprop",
        title="RMSProp",
        group="Adaptive",
        character="Divides by the root mean square of recent gradients: steps keep their length until the end.",
        conventions={
            "pytorch": with_weight_decay(RMSPROP),
            "optax": replace(RMSPROP_EPSILON_INSIDE, reference="optax.rmsprop, optax 0.2.8"),
            "paper": RMSPROP_EPSILON_INSIDE,
            "centered": with_weight_decay(RMSPROP_CENTERED),
        },
    ),
    Optimizer(
        name="adadelta",
        title="AdaDelta",
        group="Adaptive",
        character="Measures its steps by its own past steps: needs no learning rate, starts slowly.",
        conventions={
            "pytorch": with_weight_decay(ADADELTA),
            "optax": replace(ADADELTA, reference="optax.adadelta, optax 0.2.8"),
            "paper": replace(
                ADADELTA,
                defaults={**ADADELTA.defaults, "decay": 0.95},
                reference="Zeiler 2012, algorithm 1, whose learning rate is 1",
            ),
        },
    ),
)
