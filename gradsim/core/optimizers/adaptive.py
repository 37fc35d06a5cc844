"""Optimizers that give every coordinate a scale of its own, from the squares of its past gradients."""

from __future__ import annotations

import math
from dataclasses import replace

from gradsim.core.optimizers.base import Optimizer, Rule


def adagrad(
    position: float, gradient: float, accumulator: float, learning_rate: float, epsilon: float
) -> tuple[float, float]:
    """Divide by the root of the sum of all squared gradients."""
    accumulator = accumulator + gradient * gradient
    return position - learning_rate * gradient / (math.sqrt(accumulator) + epsilon), accumulator


def adagrad_epsilon_inside(
    position: float, gradient: float, accumulator: float, learning_rate: float, epsilon: float
) -> tuple[float, float]:
    """``adagrad`` with ε added to the sum instead of its root."""
    accumulator = accumulator + gradient * gradient
    # optax leaves a coordinate alone that has never seen a gradient, even where ε is 0.
    scaled = 0.0 if accumulator == 0.0 else gradient / math.sqrt(accumulator + epsilon)
    return position - learning_rate * scaled, accumulator


def rmsprop(
    position: float, gradient: float, mean_square: float, learning_rate: float, decay: float, epsilon: float
) -> tuple[float, float]:
    """Divide by the root mean square of recent gradients."""
    mean_square = decay * mean_square + (1.0 - decay) * gradient * gradient
    return position - learning_rate * gradient / (math.sqrt(mean_square) + epsilon), mean_square


def rmsprop_epsilon_inside(
    position: float, gradient: float, mean_square: float, learning_rate: float, decay: float, epsilon: float
) -> tuple[float, float]:
    """``rmsprop`` with ε added to the mean square instead of its root."""
    mean_square = decay * mean_square + (1.0 - decay) * gradient * gradient
    return position - learning_rate * gradient / math.sqrt(mean_square + epsilon), mean_square


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
    scaled = math.sqrt(mean_square_step + epsilon) / math.sqrt(mean_square + epsilon) * gradient
    mean_square_step = decay * mean_square_step + (1.0 - decay) * scaled * scaled
    return position - learning_rate * scaled, mean_square, mean_square_step


def adam(
    position: float,
    gradient: float,
    m: float,
    v: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    step: float,
) -> tuple[float, float, float]:
    """Divide the mean of recent gradients by their root mean square, both freed of the bias of starting at zero."""
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    # η·m̂ and √v̂, with the bias corrections as factors that all particles share.
    eta_m_hat = learning_rate / (1.0 - beta1**step) * m
    sqrt_v_hat = math.sqrt(v) * (1.0 / math.sqrt(1.0 - beta2**step))
    return position - eta_m_hat / (sqrt_v_hat + epsilon), m, v


def adamw(
    position: float,
    gradient: float,
    m: float,
    v: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    weight_decay: float,
    step: float,
) -> tuple[float, float, float]:
    """``adam`` after shrinking the position by the factor 1 − ηλ."""
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    eta_m_hat = learning_rate / (1.0 - beta1**step) * m
    sqrt_v_hat = math.sqrt(v) * (1.0 / math.sqrt(1.0 - beta2**step))
    return position * (1.0 - learning_rate * weight_decay) - eta_m_hat / (sqrt_v_hat + epsilon), m, v


CORRECTED_MEANS = (
    r"m \leftarrow \beta_1 m + (1 - \beta_1) g",
    r"v \leftarrow \beta_2 v + (1 - \beta_2) g^2",
    r"\hat m = \frac{m}{1 - \beta_1^t}",
    r"\hat v = \frac{v}{1 - \beta_2^t}",
)
"""Means of the gradient and of its square, freed of the bias of starting at zero: Kingma & Ba 2015, algorithm 1."""

ADAGRAD = Rule(
    update=adagrad,
    defaults={"learning_rate": 0.5, "epsilon": 1e-10},
    state=("accumulator",),
    symbols={"accumulator": "G"},
    latex=(r"G \leftarrow G + g^2", r"x \leftarrow x - \eta \frac{g}{\sqrt{G} + \varepsilon}"),
    reference="torch.optim.Adagrad, PyTorch 2.13",
)
ADAGRAD_EPSILON_INSIDE = Rule(
    update=adagrad_epsilon_inside,
    defaults={"learning_rate": 0.5, "epsilon": 1e-8},
    state=("accumulator",),
    symbols={"accumulator": "G"},
    latex=(r"G \leftarrow G + g^2", r"x \leftarrow x - \eta \frac{g}{\sqrt{G + \varepsilon}}"),
    reference="Duchi, Hazan & Singer 2011, diagonal; ε inside the root as in Ruder 2016, section 4.3",
)
RMSPROP = Rule(
    update=rmsprop,
    defaults={"learning_rate": 0.02, "decay": 0.99, "epsilon": 1e-8},
    state=("mean_square",),
    symbols={"mean_square": "E"},
    latex=(r"E \leftarrow \rho E + (1 - \rho) g^2", r"x \leftarrow x - \eta \frac{g}{\sqrt{E} + \varepsilon}"),
    reference="torch.optim.RMSprop, PyTorch 2.13",
)
RMSPROP_EPSILON_INSIDE = Rule(
    update=rmsprop_epsilon_inside,
    defaults={"learning_rate": 0.02, "decay": 0.9, "epsilon": 1e-8},
    state=("mean_square",),
    symbols={"mean_square": "E"},
    latex=(r"E \leftarrow \rho E + (1 - \rho) g^2", r"x \leftarrow x - \eta \frac{g}{\sqrt{E + \varepsilon}}"),
    reference="Hinton 2012, lecture 6e, slide 29; ε inside the root as in Ruder 2016, section 4.5",
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
    reference="torch.optim.Adadelta, PyTorch 2.13",
)
ADAM = Rule(
    update=adam,
    defaults={"learning_rate": 0.1, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    state=("m", "v"),
    symbols={"m": "m", "v": "v"},
    latex=(*CORRECTED_MEANS, r"x \leftarrow x - \eta \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"),
    reference="Kingma & Ba 2015, algorithm 1",
)
ADAMW = Rule(
    update=adamw,
    defaults={**ADAM.defaults, "weight_decay": 0.01},
    state=("m", "v"),
    symbols={"m": "m", "v": "v"},
    latex=(
        *CORRECTED_MEANS,
        r"x \leftarrow (1 - \eta \lambda) x - \eta \frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
    ),
    reference="torch.optim.AdamW, PyTorch 2.13",
)

ADAPTIVE = (
    Optimizer(
        name="adagrad",
        title="AdaGrad",
        group="Adaptive",
        character="Divides by the root of all squared gradients so far: fast at first, ever shorter steps.",
        conventions={
            "pytorch": ADAGRAD,
            "optax": replace(
                ADAGRAD_EPSILON_INSIDE,
                defaults={"learning_rate": 0.5, "epsilon": 1e-7, "initial_accumulator": 0.1},
                initial_state={"accumulator": "initial_accumulator"},
                latex=(r"\text{at first } G = G_0", *ADAGRAD_EPSILON_INSIDE.latex),
                reference="optax.adagrad, optax 0.2.8",
            ),
            "paper": ADAGRAD_EPSILON_INSIDE,
        },
    ),
    Optimizer(
        name="rmsprop",
        title="RMSProp",
        group="Adaptive",
        character="Divides by the root mean square of recent gradients: steps keep their length until the end.",
        conventions={
            "pytorch": RMSPROP,
            "optax": replace(RMSPROP_EPSILON_INSIDE, reference="optax.rmsprop, optax 0.2.8"),
            "paper": RMSPROP_EPSILON_INSIDE,
        },
    ),
    Optimizer(
        name="adadelta",
        title="AdaDelta",
        group="Adaptive",
        character="Measures its steps by its own past steps: needs no learning rate, starts slowly.",
        conventions={
            "pytorch": ADADELTA,
            "optax": replace(ADADELTA, reference="optax.adadelta, optax 0.2.8"),
            "paper": replace(
                ADADELTA,
                defaults={**ADADELTA.defaults, "decay": 0.95},
                reference="Zeiler 2012, algorithm 1, whose learning rate is 1",
            ),
        },
    ),
    Optimizer(
        name="adam",
        title="Adam",
        group="Adaptive",
        character="Momentum with a scale for every coordinate: quick nearly everywhere, circles before it settles.",
        conventions={
            "pytorch": replace(ADAM, reference="torch.optim.Adam, PyTorch 2.13"),
            "optax": replace(ADAM, reference="optax.adam with eps_root 0, optax 0.2.8"),
            "paper": ADAM,
        },
    ),
    Optimizer(
        name="adamw",
        title="AdamW",
        group="Adaptive",
        character="Adam that is also pulled towards the origin, by a decay that its scales do not touch.",
        conventions={
            "pytorch": ADAMW,
            "optax": replace(
                ADAMW,
                defaults={**ADAM.defaults, "weight_decay": 1e-4},
                reference="optax.adamw with eps_root 0, optax 0.2.8",
            ),
            "paper": replace(ADAMW, reference="Loshchilov & Hutter 2019, algorithm 2, whose λ is ours times its α"),
        },
    ),
)
