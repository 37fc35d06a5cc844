"""Adan: Adam with Nesterov's look-ahead made of how the gradient changes."""

from __future__ import annotations

import math
from dataclasses import replace

from gradsim.core.optimizers.base import Optimizer, Rule
from gradsim.core.optimizers.moments import M_HAT, MEANS, V_HAT


def adan(
    position: float,
    gradient: float,
    m: float,
    v: float,
    n: float,
    last_gradient: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    beta3: float,
    epsilon: float,
    weight_decay: float,
    step: float,
) -> tuple[float, float, float, float, float]:
    """Means of the gradient, of its change and of the square of where both point; the first step sees no change."""
    change = gradient - last_gradient if step > 1.0 else 0.0
    ahead = gradient + beta2 * change
    m = beta1 * m + (1.0 - beta1) * gradient if step > 1.0 else gradient
    v = beta2 * v + (1.0 - beta2) * change
    n = beta3 * n + (1.0 - beta3) * ahead * ahead if step > 1.0 else ahead * ahead
    scale = math.sqrt(n) + epsilon
    moved = position - learning_rate * ((m + beta2 * v) / scale if scale != 0.0 else 0.0)
    return moved / (1.0 + learning_rate * weight_decay), m, v, n, gradient


def adan_corrected(
    position: float,
    gradient: float,
    m: float,
    v: float,
    n: float,
    last_gradient: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    beta3: float,
    epsilon: float,
    epsilon_root: float,
    weight_decay: float,
    step: float,
) -> tuple[float, float, float, float, float]:
    """``adan`` with means that start at zero and are freed of that bias, and 1 − β₂ where it has β₂."""
    change = gradient - last_gradient if step > 1.0 else 0.0
    ahead = gradient + (1.0 - beta2) * change
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * change
    n = beta3 * n + (1.0 - beta3) * ahead * ahead
    m_hat = m / (1.0 - beta1**step)
    v_hat = v / (1.0 - beta2**step)
    n_hat = n / (1.0 - beta3**step)
    scale = math.sqrt(n_hat + epsilon_root) + epsilon
    direction = (m_hat + (1.0 - beta2) * v_hat) / scale if scale != 0.0 else 0.0
    return position - learning_rate * (direction + weight_decay * position), m, v, n, gradient


CHANGE = (r"d = g - g_{t-1}", r"\text{if } t = 1\text{: } d = 0")
MEAN_CHANGE = r"v \leftarrow \beta_2 v + (1 - \beta_2) d"
REMEMBERED = r"g_{t-1} \leftarrow g"

ADAN = Rule(
    update=adan,
    defaults={
        "learning_rate": 0.1,
        "beta1": 0.98,
        "beta2": 0.92,
        "beta3": 0.99,
        "epsilon": 1e-8,
        "weight_decay": 0.0,
    },
    state=("m", "v", "n", "last_gradient"),
    symbols={"m": "m", "v": "v", "n": "n", "last_gradient": "g_{t-1}"},
    latex=(
        *CHANGE,
        MEANS[0],
        r"\text{if } t = 1\text{: } m \leftarrow g",
        MEAN_CHANGE,
        r"n \leftarrow \beta_3 n + (1 - \beta_3) (g + \beta_2 d)^2",
        r"\text{if } t = 1\text{: } n \leftarrow g^2",
        r"x \leftarrow \frac{1}{1 + \eta \lambda} (x - \eta \frac{m + \beta_2 v}{\sqrt{n} + \varepsilon})",
        REMEMBERED,
    ),
    reference="Xie et al. 2024, Adan, algorithm 1 without restarts, whose β are 1 minus ours",
    huge_rate="jumps",
    scale_invariant=True,
)

ADAN_ALONE = (
    Optimizer(
        name="adan",
        title="Adan",
        group="Adaptive",
        character="Adam that looks ahead by how the slope changes: a long memory, and wide swings before it settles.",
        conventions={
            "paper": ADAN,
            "optax": replace(
                ADAN,
                update=adan_corrected,
                defaults={**ADAN.defaults, "epsilon_root": 1e-8},
                latex=(
                    *CHANGE,
                    MEANS[0],
                    MEAN_CHANGE,
                    r"n \leftarrow \beta_3 n + (1 - \beta_3) (g + (1 - \beta_2) d)^2",
                    M_HAT,
                    V_HAT,
                    r"\hat n = \frac{n}{1 - \beta_3^t}",
                    r"x \leftarrow (1 - \eta \lambda) x - \eta \frac{\hat m + (1 - \beta_2) \hat v}"
                    r"{\sqrt{\hat n + \bar \varepsilon} + \varepsilon}",
                    REMEMBERED,
                ),
                reference="optax.adan, optax 0.2.8, which has 1 − β₂ where its paper has β₂",
            ),
        },
    ),
)
