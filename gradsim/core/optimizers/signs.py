"""Optimizers that move by the sign of the slope in each coordinate: how steep it is does not matter."""

from __future__ import annotations

from dataclasses import replace

from gradsim.core.optimizers.base import Optimizer, Rule
from gradsim.core.optimizers.vectors import sign


def sign_descent(position: float, gradient: float, learning_rate: float) -> float:
    """Downhill by the learning rate, however steep the slope is."""
    return position - learning_rate * sign(gradient)


def signum(position: float, gradient: float, m: float, learning_rate: float, momentum: float) -> tuple[float, float]:
    """By the sign of the mean of recent gradients."""
    m = momentum * m + (1.0 - momentum) * gradient
    return position - learning_rate * sign(m), m


def lion(
    position: float,
    gradient: float,
    m: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    weight_decay: float,
) -> tuple[float, float]:
    """By the sign of a mean of the gradient and the memory, which is then kept with another weight."""
    c = beta1 * m + (1.0 - beta1) * gradient
    m = beta2 * m + (1.0 - beta2) * gradient
    return position - learning_rate * (sign(c) + weight_decay * position), m


def rprop(
    position: float,
    gradient: float,
    previous: float,
    step_size: float,
    learning_rate: float,
    eta_minus: float,
    eta_plus: float,
    min_step_size: float,
    max_step_size: float,
    step: float,
) -> tuple[float, float, float]:
    """A step size of its own for each coordinate: longer while the sign stays, shorter after it has changed."""
    step_size = learning_rate if step == 1.0 else step_size
    s = sign(gradient * previous)
    step_size = step_size * (eta_plus if s > 0.0 else (eta_minus if s < 0.0 else 1.0))
    step_size = min(max(step_size, min_step_size), max_step_size)
    # Behind a change of sign it rests for a step, and the next one neither grows nor shrinks.
    gradient = 0.0 if s < 0.0 else gradient
    return position - step_size * sign(gradient), gradient, step_size


def rprop_delayed(
    position: float,
    gradient: float,
    previous: float,
    step_size: float,
    learning_rate: float,
    eta_minus: float,
    eta_plus: float,
    min_step_size: float,
    max_step_size: float,
    step: float,
) -> tuple[float, float, float]:
    """``rprop`` as optax has it: each step is made one update after the gradient that it comes from."""
    step_size = learning_rate if step == 1.0 else step_size
    s = sign(gradient * previous)
    changed = min(max(step_size * (eta_plus if s > 0.0 else eta_minus), min_step_size), max_step_size)
    step_size = step_size if s == 0.0 else changed
    position = position if s < 0.0 else position - previous
    return position, 0.0 if s < 0.0 else step_size * sign(gradient), step_size


def rprop_backtracking(
    position: float,
    gradient: float,
    previous: float,
    step_size: float,
    movement: float,
    learning_rate: float,
    eta_minus: float,
    eta_plus: float,
    min_step_size: float,
    max_step_size: float,
    step: float,
) -> tuple[float, float, float, float]:
    """``rprop`` that goes back to where it was when the sign has changed."""
    step_size = learning_rate if step == 1.0 else step_size
    s = sign(gradient * previous)
    step_size = min(eta_plus * step_size, max_step_size) if s > 0.0 else step_size
    step_size = max(eta_minus * step_size, min_step_size) if s < 0.0 else step_size
    movement = -movement if s < 0.0 else -step_size * sign(gradient)
    gradient = 0.0 if s < 0.0 else gradient
    return position + movement, gradient, step_size, movement


SIGN_DESCENT = Rule(
    update=sign_descent,
    defaults={"learning_rate": 0.02},
    latex=(r"x \leftarrow x - \eta \, \operatorname{sign}(g)",),
    reference="Bernstein, Wang, Azizzadenesheli & Anandkumar 2018, signSGD, algorithm 1",
    ends_within=1.0,
    huge_rate="jumps",
    scale_invariant=True,
)
SIGNUM = Rule(
    update=signum,
    defaults={"learning_rate": 0.02, "momentum": 0.9},
    state=("m",),
    symbols={"m": "m"},
    latex=(r"m \leftarrow \mu m + (1 - \mu) g", r"x \leftarrow x - \eta \, \operatorname{sign}(m)"),
    reference="Bernstein, Wang, Azizzadenesheli & Anandkumar 2018, signSGD, algorithm 2, whose β is μ",
    ends_within=3.0,
    huge_rate="jumps",
    scale_invariant=True,
)
LION = Rule(
    update=lion,
    defaults={"learning_rate": 0.02, "beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0},
    state=("m",),
    symbols={"m": "m"},
    latex=(
        r"c = \beta_1 m + (1 - \beta_1) g",
        r"x \leftarrow x - \eta (\operatorname{sign}(c) + \lambda x)",
        r"m \leftarrow \beta_2 m + (1 - \beta_2) g",
    ),
    reference="Chen et al. 2023, Symbolic discovery of optimization algorithms, algorithm 2; no decay by default",
    ends_within=2.0,
    huge_rate="jumps",
    scale_invariant=True,
)
RPROP = Rule(
    update=rprop,
    defaults={
        "learning_rate": 0.02,
        "eta_minus": 0.5,
        "eta_plus": 1.2,
        "min_step_size": 1e-6,
        "max_step_size": 50.0,
    },
    state=("previous", "step_size"),
    symbols={"previous": "p", "step_size": r"\Delta"},
    latex=(
        r"\text{if } t = 1\text{: } \Delta \leftarrow \eta",
        r"s = g p",
        r"\text{if } s > 0\text{: } \Delta \leftarrow \eta_{+} \Delta",
        r"\text{if } s < 0\text{: } \Delta \leftarrow \eta_{-} \Delta",
        r"\Delta \leftarrow \min(\max(\Delta, \Delta_{-}), \Delta_{+})",
        r"\text{if } s < 0\text{: } g \leftarrow 0",
        r"x \leftarrow x - \Delta \, \operatorname{sign}(g)",
        r"p \leftarrow g",
    ),
    reference="torch.optim.Rprop, PyTorch 2.15",
    huge_rate="holds",
    scale_invariant=True,
)
RPROP_DELAYED = replace(
    RPROP,
    update=rprop_delayed,
    latex=(
        r"\text{if } t = 1\text{: } \Delta \leftarrow \eta",
        r"s = g p",
        r"\text{if } s > 0\text{: } \Delta \leftarrow \min(\max(\eta_{+} \Delta, \Delta_{-}), \Delta_{+})",
        r"\text{if } s < 0\text{: } \Delta \leftarrow \min(\max(\eta_{-} \Delta, \Delta_{-}), \Delta_{+})",
        r"\text{if } s \ge 0\text{: } x \leftarrow x - p",
        r"p \leftarrow \Delta \, \operatorname{sign}(g)",
        r"\text{if } s < 0\text{: } p \leftarrow 0",
    ),
    reference="optax.rprop, optax 0.2.8, whose steps come one update late",
    huge_rate="jumps",
)
RPROP_BACKTRACKING = replace(
    RPROP,
    update=rprop_backtracking,
    state=("previous", "step_size", "movement"),
    symbols={**RPROP.symbols, "movement": "d"},
    latex=(
        r"\text{if } t = 1\text{: } \Delta \leftarrow \eta",
        r"s = g p",
        r"\text{if } s > 0\text{: } \Delta \leftarrow \min(\eta_{+} \Delta, \Delta_{+})",
        r"\text{if } s < 0\text{: } \Delta \leftarrow \max(\eta_{-} \Delta, \Delta_{-})",
        r"\text{if } s < 0\text{: } d \leftarrow -d",
        r"\text{if } s \ge 0\text{: } d \leftarrow -\Delta \, \operatorname{sign}(g)",
        r"\text{if } s < 0\text{: } g \leftarrow 0",
        r"x \leftarrow x + d",
        r"p \leftarrow g",
    ),
    reference="Riedmiller & Braun 1993, A direct adaptive method for faster backpropagation learning: RPROP",
    huge_rate="jumps",
)

SIGNS = (
    Optimizer(
        name="sign_descent",
        title="Sign descent",
        group="First order",
        character="The same step in every coordinate, however steep: walks along diagonals, rattles at the end.",
        conventions={
            "paper": SIGN_DESCENT,
            "optax": replace(SIGN_DESCENT, reference="optax.sign_sgd, optax 0.2.8"),
        },
    ),
    Optimizer(
        name="signum",
        title="Signum",
        group="First order",
        character="Sign descent with a memory: keeps its diagonal for a while after the slope has turned.",
        conventions={
            "paper": SIGNUM,
            "optax": replace(SIGNUM, reference="optax.signum, optax 0.2.8, whose β is μ"),
        },
    ),
    Optimizer(
        name="rprop",
        title="Rprop",
        group="First order",
        character="Steps grow while the slope keeps its sign and halve when it flips: fast, deaf to steepness.",
        conventions={"pytorch": RPROP, "optax": RPROP_DELAYED, "paper": RPROP_BACKTRACKING},
    ),
    Optimizer(
        name="lion",
        title="Lion",
        group="First order",
        character="Signs of a long memory and the slope together: straight diagonals, wide swings round minima.",
        conventions={
            "paper": LION,
            "optax": replace(
                LION,
                defaults={**LION.defaults, "weight_decay": 1e-3},
                reference="optax.lion, optax 0.2.8",
                huge_rate="diverges",  # by its weight decay
                leaves_rest_by="weight_decay",
            ),
        },
    ),
)
