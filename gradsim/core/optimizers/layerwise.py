"""Optimizers made for large batches, which give every layer one scale; here all coordinates are one layer."""

from __future__ import annotations

import math
from dataclasses import replace

from gradsim.core.optimizers.base import Optimizer, Rule
from gradsim.core.optimizers.moments import CORRECTED_MEANS
from gradsim.core.optimizers.vectors import Vector, add_scaled, divide_by_root, dot, norm, scaled, squared


def lamb(
    position: Vector,
    gradient: Vector,
    m: Vector,
    v: Vector,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    step: float,
) -> tuple[Vector, Vector, Vector]:
    """Go in Adam's direction, as far as the share η of the distance from the origin; at the origin as far as Adam."""
    m = add_scaled(scaled(beta1, m), 1.0 - beta1, gradient)
    v = add_scaled(scaled(beta2, v), 1.0 - beta2, squared(gradient))
    u = divide_by_root(scaled(1.0 / (1.0 - beta1**step), m), scaled(1.0 / (1.0 - beta2**step), v), epsilon)
    size, length = norm(position), norm(u)
    trust_ratio = size / length if size > 0.0 and length > 0.0 else 1.0
    return add_scaled(position, -learning_rate * trust_ratio, u), m, v


def lamb_with_decay(
    position: Vector,
    gradient: Vector,
    m: Vector,
    v: Vector,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    weight_decay: float,
    step: float,
) -> tuple[Vector, Vector, Vector]:
    """``lamb`` in a direction that the decay λx has joined, before its length is measured."""
    m = add_scaled(scaled(beta1, m), 1.0 - beta1, gradient)
    v = add_scaled(scaled(beta2, v), 1.0 - beta2, squared(gradient))
    r = divide_by_root(scaled(1.0 / (1.0 - beta1**step), m), scaled(1.0 / (1.0 - beta2**step), v), epsilon)
    u = add_scaled(r, weight_decay, position)
    size, length = norm(position), norm(u)
    trust_ratio = size / length if size > 0.0 and length > 0.0 else 1.0
    return add_scaled(position, -learning_rate * trust_ratio, u), m, v


def novograd(
    position: Vector,
    gradient: Vector,
    m: Vector,
    v: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    step: float,
) -> tuple[Vector, Vector, float]:
    """Sum gradients, each divided by the root mean square of the lengths of recent ones."""
    memory = beta2 * min(step - 1.0, 1.0)  # the mean begins with the first square, and so needs no correction
    v = memory * v + (1.0 - memory) * dot(gradient, gradient)
    divisor = math.sqrt(v) + epsilon
    m = add_scaled(scaled(beta1, m), 1.0 / divisor if divisor > 0.0 else 0.0, gradient)
    return add_scaled(position, -learning_rate, m), m, v


TRUST_RATIO = (
    r"q = \frac{\lVert x \rVert}{\lVert u \rVert}",
    r"\text{if } \lVert x \rVert = 0\text{: } q = 1",
    r"x \leftarrow x - \eta q u",
)
"""At the origin the ratio is 1: otherwise a particle could never leave it."""

LAMB = Rule(
    update=lamb,
    whole_vector=True,
    defaults={"learning_rate": 0.02, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-6},
    state=("m", "v"),
    symbols={"m": "m", "v": "v"},
    latex=(*CORRECTED_MEANS, r"u = \frac{\hat m}{\sqrt{\hat v} + \varepsilon}", *TRUST_RATIO),
    reference="optax.lamb with weight_decay 0, optax 0.2.8",
    ends_within=3.0,
    scale_invariant=True,
)
LAMB_WITH_DECAY = replace(
    LAMB,
    update=lamb_with_decay,
    defaults={**LAMB.defaults, "weight_decay": 0.01},
    latex=(*CORRECTED_MEANS, r"u = \frac{\hat m}{\sqrt{\hat v} + \varepsilon} + \lambda x", *TRUST_RATIO),
    reference="You et al. 2020, algorithm 2 with φ(z) = z; at the origin, where that stands still, the ratio is 1",
    leaves_rest_by="weight_decay",
)
NOVOGRAD = Rule(
    update=novograd,
    whole_vector=True,
    defaults={"learning_rate": 0.005, "beta1": 0.95, "beta2": 0.98, "epsilon": 1e-8},
    state=("m", "v"),
    shapes={"v": "scalar"},
    symbols={"m": "m", "v": "v"},
    latex=(
        r"b = \beta_2 \min(t - 1, 1)",
        r"v \leftarrow b v + (1 - b) \lVert g \rVert^2",
        r"m \leftarrow \beta_1 m + \frac{g}{\sqrt{v} + \varepsilon}",
        r"x \leftarrow x - \eta m",
    ),
    reference="Ginsburg et al. 2019, algorithm 1 with weight decay 0; β₁, β₂ and ε as in the authors' code",
    ends_within=1.0,
    huge_rate="jumps",
    scale_invariant=True,
)

LAYERWISE = (
    Optimizer(
        name="lamb",
        title="LAMB",
        group="Adaptive",
        character="Adam whose steps are a share of the distance from the origin: long far out, short near it.",
        conventions={"paper": LAMB_WITH_DECAY, "optax": LAMB},
    ),
    Optimizer(
        name="novograd",
        title="NovoGrad",
        group="Adaptive",
        character="Momentum of slopes cut to length one: a steady pace downhill, and circles round the minimum.",
        conventions={
            "paper": NOVOGRAD,
            "optax": replace(
                NOVOGRAD,
                defaults={"learning_rate": 0.005, "beta1": 0.9, "beta2": 0.25, "epsilon": 1e-6},
                reference="optax.novograd with weight_decay 0, optax 0.2.8",
            ),
        },
    ),
)
