"""Adam that watches how the gradient changes: AdaBelief and Yogi."""

from __future__ import annotations

import math
from dataclasses import replace

from gradsim.core.optimizers.base import Optimizer, Rule
from gradsim.core.optimizers.moments import M_HAT, MEANS, STEP, V_HAT


def adabelief(
    position: float,
    gradient: float,
    m: float,
    s: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    step: float,
) -> tuple[float, float, float]:
    """``adam`` with a scale of surprises: how far gradients are from their mean."""
    m = beta1 * m + (1.0 - beta1) * gradient
    s = beta2 * s + (1.0 - beta2) * (gradient - m) * (gradient - m) + epsilon
    eta_m_hat = learning_rate / (1.0 - beta1**step) * m
    scale = math.sqrt(s) * (1.0 / math.sqrt(1.0 - beta2**step)) + epsilon
    return position - (eta_m_hat / scale if scale != 0.0 else 0.0), m, s


def adabelief_two_epsilons(
    position: float,
    gradient: float,
    m: float,
    s: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    epsilon_root: float,
    step: float,
) -> tuple[float, float, float]:
    """``adabelief`` with another ε in the mean of the surprises than below the fraction bar."""
    m = beta1 * m + (1.0 - beta1) * gradient
    s = beta2 * s + (1.0 - beta2) * (gradient - m) * (gradient - m) + epsilon_root
    eta_m_hat = learning_rate / (1.0 - beta1**step) * m
    scale = math.sqrt(s) * (1.0 / math.sqrt(1.0 - beta2**step)) + epsilon
    return position - (eta_m_hat / scale if scale != 0.0 else 0.0), m, s


def yogi(
    position: float,
    gradient: float,
    m: float,
    v: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
) -> tuple[float, float, float]:
    """``adam`` whose scale takes steps as large as the squared gradient, however far it is from it."""
    m = beta1 * m + (1.0 - beta1) * gradient
    square = gradient * gradient
    towards = -1.0 if v > square else (1.0 if v < square else 0.0)
    v = v + (1.0 - beta2) * towards * square
    scale = math.sqrt(v) + epsilon
    return position - learning_rate * (m / scale if scale != 0.0 else 0.0), m, v


def yogi_corrected(
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
    """``yogi`` with means that are freed of a bias, as if they had started at zero."""
    m = beta1 * m + (1.0 - beta1) * gradient
    square = gradient * gradient
    towards = -1.0 if v > square else (1.0 if v < square else 0.0)
    v = v + (1.0 - beta2) * towards * square
    eta_m_hat = learning_rate / (1.0 - beta1**step) * m
    scale = math.sqrt(v) * (1.0 / math.sqrt(1.0 - beta2**step)) + epsilon
    return position - (eta_m_hat / scale if scale != 0.0 else 0.0), m, v


ADABELIEF = Rule(
    update=adabelief,
    defaults={"learning_rate": 0.1, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    state=("m", "s"),
    symbols={"m": "m", "s": "s"},
    latex=(
        MEANS[0],
        r"s \leftarrow \beta_2 s + (1 - \beta_2) (g - m)^2 + \varepsilon",
        M_HAT,
        r"\hat s = \frac{s}{1 - \beta_2^t}",
        r"x \leftarrow x - \eta \frac{\hat m}{\sqrt{\hat s} + \varepsilon}",
    ),
    reference="Zhuang et al. 2020, AdaBelief optimizer, algorithm 2",
    huge_rate="jumps",
    scale_invariant=True,
)
YOGI = Rule(
    update=yogi,
    defaults={"learning_rate": 0.1, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-3},
    state=("m", "v"),
    symbols={"m": "m", "v": "v"},
    latex=(
        MEANS[0],
        r"v \leftarrow v - (1 - \beta_2) \operatorname{sign}(v - g^2) g^2",
        r"x \leftarrow x - \eta \frac{m}{\sqrt{v} + \varepsilon}",
    ),
    reference="Zaheer, Reddi, Sachan, Kale & Kumar 2018, algorithm 2",
    huge_rate="jumps",
    scale_invariant=True,
)

ADAM_SURPRISES = (
    Optimizer(
        name="adabelief",
        title="AdaBelief",
        group="Adaptive",
        character="Adam that speeds up where the slope is as expected, and slows down where it surprises.",
        conventions={
            "paper": ADABELIEF,
            "optax": replace(
                ADABELIEF,
                update=adabelief_two_epsilons,
                defaults={**ADABELIEF.defaults, "epsilon": 1e-16, "epsilon_root": 1e-16},
                latex=tuple(
                    line.replace(r"\varepsilon", r"\bar \varepsilon") if line.startswith("s ") else line
                    for line in ADABELIEF.latex
                ),
                reference="optax.adabelief, optax 0.2.8",
            ),
        },
    ),
    Optimizer(
        name="yogi",
        title="Yogi",
        group="Adaptive",
        character="Adam whose scale changes by bounded amounts: strides out at first, and never leaps later.",
        conventions={
            "paper": YOGI,
            "optax": replace(
                YOGI,
                update=yogi_corrected,
                defaults={**YOGI.defaults, "initial_accumulator": 1e-6},
                initial_state={"m": "initial_accumulator", "v": "initial_accumulator"},
                latex=(
                    r"\text{at first } m = G_0",
                    r"\text{at first } v = G_0",
                    *YOGI.latex[:2],
                    M_HAT,
                    V_HAT,
                    STEP,
                ),
                reference="optax.yogi, optax 0.2.8, and the initial accumulator of optax.scale_by_yogi",
                leaves_rest_by="initial_accumulator",  # with which its mean gradient starts, too
            ),
        },
    ),
)
