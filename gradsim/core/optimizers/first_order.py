"""Optimizers that follow the gradient with one learning rate for all coordinates: plain descent and its momenta."""

from __future__ import annotations

from dataclasses import replace

from gradsim.core.optimizers.base import Optimizer, Rule, with_weight_decay


def gradient_descent(position: float, gradient: float, learning_rate: float) -> float:
    """Straight downhill, in proportion to the slope."""
    return position - learning_rate * gradient


def momentum_unscaled(
    position: float, gradient: float, velocity: float, learning_rate: float, momentum: float
) -> tuple[float, float]:
    """The velocity sums gradients; the learning rate is applied when it is used, so a schedule acts on old ones too."""
    velocity = momentum * velocity + gradient
    return position - learning_rate * velocity, velocity


def momentum_classical(
    position: float, gradient: float, velocity: float, learning_rate: float, momentum: float
) -> tuple[float, float]:
    """The velocity sums steps, each at the learning rate of its time: the heavy ball."""
    velocity = momentum * velocity + learning_rate * gradient
    return position - velocity, velocity


def momentum_ema(
    position: float, gradient: float, velocity: float, learning_rate: float, momentum: float
) -> tuple[float, float]:
    """The velocity averages gradients, which makes steps 1 − μ times as long as those of ``momentum_unscaled``."""
    velocity = momentum * velocity + (1.0 - momentum) * gradient
    return position - learning_rate * velocity, velocity


def nesterov_at_position(
    position: float, gradient: float, velocity: float, learning_rate: float, momentum: float
) -> tuple[float, float]:
    """The look-ahead rewritten for a gradient at the position itself, as libraries want it."""
    velocity = momentum * velocity + gradient
    return position - learning_rate * (gradient + momentum * velocity), velocity


def look_ahead(position: float, velocity: float, momentum: float) -> float:
    """Where the velocity alone would carry the ball."""
    return position - momentum * velocity


def quasi_hyperbolic(
    position: float, gradient: float, velocity: float, learning_rate: float, momentum: float, nu: float
) -> tuple[float, float]:
    """A weighted mean of the gradient as it is and of the velocity, which averages gradients."""
    velocity = momentum * velocity + (1.0 - momentum) * gradient
    return position - learning_rate * ((1.0 - nu) * gradient + nu * velocity), velocity


DESCENT = Rule(
    update=gradient_descent,
    defaults={"learning_rate": 0.01},
    latex=(r"x \leftarrow x - \eta g",),
    reference="Cauchy 1847, Méthode générale pour la résolution des systèmes d'équations simultanées",
)
# torch.optim.SGD and optax.sgd have no momentum unless it is asked for; 0.9 is what is meant by the method's name.
UNSCALED_MOMENTUM = Rule(
    update=momentum_unscaled,
    defaults={"learning_rate": 0.01, "momentum": 0.9},
    state=("velocity",),
    symbols={"velocity": "v"},
    latex=(r"v \leftarrow \mu v + g", r"x \leftarrow x - \eta v"),
    reference="torch.optim.SGD with momentum, PyTorch 2.15",
)
CLASSICAL_MOMENTUM = Rule(
    update=momentum_classical,
    defaults={"learning_rate": 0.01, "momentum": 0.9},
    state=("velocity",),
    symbols={"velocity": "v"},
    latex=(r"v \leftarrow \mu v + \eta g", r"x \leftarrow x - v"),
    reference="Sutskever, Martens, Dahl & Hinton 2013, equations 1 and 2",
)
EMA_MOMENTUM = Rule(
    update=momentum_ema,
    # At the momentum of 0.9, averaging with 0.1 is the same trajectory as summing with 0.01.
    defaults={"learning_rate": 0.1, "momentum": 0.9},
    state=("velocity",),
    symbols={"velocity": "v"},
    latex=(r"v \leftarrow \mu v + (1 - \mu) g", r"x \leftarrow x - \eta v"),
    reference="Exponential moving average of gradients: the numerator of Adam, Kingma & Ba 2015",
)
NESTEROV_AT_POSITION = Rule(
    update=nesterov_at_position,
    defaults={"learning_rate": 0.01, "momentum": 0.9},
    state=("velocity",),
    symbols={"velocity": "v"},
    latex=(r"v \leftarrow \mu v + g", r"x \leftarrow x - \eta (g + \mu v)"),
    reference="torch.optim.SGD with nesterov=True, PyTorch 2.15",
)
NESTEROV_LOOK_AHEAD = Rule(
    update=momentum_classical,
    look_ahead=look_ahead,
    defaults={"learning_rate": 0.01, "momentum": 0.9},
    state=("velocity",),
    symbols={"velocity": "v"},
    latex=(r"v \leftarrow \mu v + \eta \nabla f(x - \mu v)", r"x \leftarrow x - v"),
    reference="Sutskever, Martens, Dahl & Hinton 2013, equations 3 and 4",
)

FIRST_ORDER = (
    Optimizer(
        name="gradient_descent",
        title="Gradient descent",
        group="First order",
        character="Steps straight downhill: zigzags across ravines, crawls along their floor.",
        conventions={
            "pytorch": replace(with_weight_decay(DESCENT), reference="torch.optim.SGD with momentum 0, PyTorch 2.15"),
            "optax": replace(DESCENT, reference="optax.sgd with momentum None, optax 0.2.8"),
            "paper": DESCENT,
        },
    ),
    Optimizer(
        name="momentum",
        title="Momentum",
        group="First order",
        character="A heavy ball: gathers speed along ravines, rolls through shallow minima, overshoots.",
        conventions={
            "pytorch": with_weight_decay(UNSCALED_MOMENTUM),
            "optax": replace(UNSCALED_MOMENTUM, reference="optax.sgd with momentum (optax.trace), optax 0.2.8"),
            "paper": replace(
                CLASSICAL_MOMENTUM,
                reference="Polyak 1964, Some methods of speeding up the convergence of iteration methods",
            ),
            "classical": CLASSICAL_MOMENTUM,
            "ema": EMA_MOMENTUM,
        },
    ),
    Optimizer(
        name="nesterov",
        title="Nesterov",
        group="First order",
        character="A heavy ball that looks where it is rolling, and brakes before it climbs.",
        conventions={
            "pytorch": with_weight_decay(NESTEROV_AT_POSITION),
            "optax": replace(NESTEROV_AT_POSITION, reference="optax.sgd with nesterov=True, optax 0.2.8"),
            "paper": replace(
                NESTEROV_LOOK_AHEAD,
                reference="Nesterov 1983, with constant momentum as in Sutskever et al. 2013, equations 3 and 4",
            ),
            "classical": NESTEROV_LOOK_AHEAD,
        },
    ),
    Optimizer(
        name="qhm",
        title="QHM",
        group="First order",
        character="Goes partly by the slope, partly by a long memory: little swing, and speed that builds up late.",
        conventions={
            "paper": Rule(
                update=quasi_hyperbolic,
                defaults={"learning_rate": 0.01, "momentum": 0.999, "nu": 0.7},
                state=("velocity",),
                symbols={"velocity": "v"},
                latex=(
                    r"v \leftarrow \mu v + (1 - \mu) g",
                    r"x \leftarrow x - \eta ((1 - \nu) g + \nu v)",
                ),
                reference="Ma & Yarats 2019, QHM, whose β is μ; μ and ν as they recommend",
            ),
        },
    ),
)
