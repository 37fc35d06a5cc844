"""Optimizers that change how Adam weighs past gradients against the present one."""

from __future__ import annotations

import math
from dataclasses import replace

from gradsim.core.optimizers.base import Optimizer, Rule
from gradsim.core.optimizers.moments import CORRECTED_MEANS, MEANS, V_HAT


def qhadam(
    position: float,
    gradient: float,
    m: float,
    v: float,
    learning_rate: float,
    nu1: float,
    nu2: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    step: float,
) -> tuple[float, float, float]:
    """Adam with both of its means replaced by mixtures of the mean and of what is seen now."""
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    m_hat = m * (1.0 / (1.0 - beta1**step))
    v_hat = v * (1.0 / (1.0 - beta2**step))
    direction = (1.0 - nu1) * gradient + nu1 * m_hat
    divisor = math.sqrt((1.0 - nu2) * gradient * gradient + nu2 * v_hat) + epsilon
    return position - learning_rate * (direction / divisor if divisor > 0.0 else 0.0), m, v


def adopt(
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
    """Divide each gradient by the root mean square of those before it, clip that, and average it.

    The first update only measures: its bound is 0, and its gradient is the first scale.
    """
    bound = (step - 1.0) ** 0.25
    divisor = max(math.sqrt(v), epsilon)
    normalised = gradient / divisor if divisor > 0.0 else 0.0
    m = beta1 * m + (1.0 - beta1) * max(-bound, min(bound, normalised))
    memory = beta2 * min(step - 1.0, 1.0)
    return position - learning_rate * m, m, memory * v + (1.0 - memory) * gradient * gradient


def ademamix(
    position: float,
    gradient: float,
    m1: float,
    m2: float,
    v: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    beta3: float,
    alpha: float,
    epsilon: float,
    step: float,
) -> tuple[float, float, float, float]:
    """Adam with a second, slow mean gradient, which is not corrected for having started at zero."""
    m1 = beta1 * m1 + (1.0 - beta1) * gradient
    m2 = beta3 * m2 + (1.0 - beta3) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    m1_hat = m1 * (1.0 / (1.0 - beta1**step))
    divisor = math.sqrt(v) * (1.0 / math.sqrt(1.0 - beta2**step)) + epsilon
    return position - learning_rate * ((m1_hat + alpha * m2) / divisor if divisor > 0.0 else 0.0), m1, m2, v


QHADAM = Rule(
    update=qhadam,
    defaults={"learning_rate": 0.1, "nu1": 0.7, "nu2": 1.0, "beta1": 0.995, "beta2": 0.999, "epsilon": 1e-8},
    state=("m", "v"),
    symbols={"m": "m", "v": "v"},
    latex=(
        *CORRECTED_MEANS,
        r"x \leftarrow x - \eta \frac{(1 - \nu_1) g + \nu_1 \hat m}"
        r"{\sqrt{(1 - \nu_2) g^2 + \nu_2 \hat v} + \varepsilon}",
    ),
    reference="Ma & Yarats 2019, section 4, with the ν and β that they recommend",
    huge_rate="jumps",
    scale_invariant=True,
)
ADOPT = Rule(
    update=adopt,
    defaults={"learning_rate": 0.2, "beta1": 0.9, "beta2": 0.9999, "epsilon": 1e-6},
    state=("m", "v"),
    symbols={"m": "m", "v": "v"},
    latex=(
        r"c = (t - 1)^{\frac{1}{4}}",
        r"u = \frac{g}{\max(\sqrt{v}, \varepsilon)}",
        r"m \leftarrow \beta_1 m + (1 - \beta_1) \max(-c, \min(c, u))",
        r"x \leftarrow x - \eta m",
        r"b = \beta_2 \min(t - 1, 1)",
        r"v \leftarrow b v + (1 - b) g^2",
    ),
    reference="Taniguchi et al. 2024, algorithm 2, clipped at the fourth root of time; the first update only measures",
    huge_rate="jumps",
    scale_invariant=True,
)
ADEMAMIX = Rule(
    update=ademamix,
    defaults={"learning_rate": 0.1, "beta1": 0.9, "beta2": 0.999, "beta3": 0.9999, "alpha": 5.0, "epsilon": 1e-8},
    state=("m1", "m2", "v"),
    symbols={"m1": "m_1", "m2": "m_2", "v": "v"},
    latex=(
        r"m_1 \leftarrow \beta_1 m_1 + (1 - \beta_1) g",
        r"m_2 \leftarrow \beta_3 m_2 + (1 - \beta_3) g",
        MEANS[1],
        r"\hat m = \frac{m_1}{1 - \beta_1^t}",
        V_HAT,
        r"x \leftarrow x - \eta \frac{\hat m + \alpha m_2}{\sqrt{\hat v} + \varepsilon}",
    ),
    reference="Pagliardini, Ablin & Grangier 2024, algorithm 1 without its warm-ups and weight decay",
    ends_within=0.02,
    huge_rate="jumps",
    scale_invariant=True,
)

ADAM_SUCCESSORS = (
    Optimizer(
        name="qhadam",
        title="QHAdam",
        group="Adaptive",
        character="Adam led by a long memory and, for the rest, by the slope right here: quick to turn.",
        conventions={"paper": QHADAM},
    ),
    Optimizer(
        name="adopt",
        title="ADOPT",
        group="Adaptive",
        character="Adam that scales slopes by those before: led by the first ones, it slows as the slope does.",
        conventions={
            "paper": ADOPT,
            "optax": replace(ADOPT, reference="optax.contrib.adopt, optax 0.2.8"),
        },
    ),
    Optimizer(
        name="ademamix",
        title="AdEMAMix",
        group="Adaptive",
        character="Adam with a second, very long memory: keeps drifting where most slopes so far have pointed.",
        conventions={
            "paper": ADEMAMIX,
            "optax": replace(ADEMAMIX, reference="optax.contrib.ademamix with weight_decay 0, optax 0.2.8"),
        },
    ),
)
