"""Adam, and Adam with a weight decay that its scales do not touch."""

from __future__ import annotations

import math
from dataclasses import replace

from gradsim.core.optimizers.base import Optimizer, Rule, with_weight_decay
from gradsim.core.optimizers.moments import CORRECTED_MEANS, MEANS, STEP


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
    # η·m̂ and √v̂ + ε, with the bias corrections as factors that all particles share.
    eta_m_hat = learning_rate / (1.0 - beta1**step) * m
    scale = math.sqrt(v) * (1.0 / math.sqrt(1.0 - beta2**step)) + epsilon
    return position - (eta_m_hat / scale if scale != 0.0 else 0.0), m, v


def adam_uncorrected(
    position: float,
    gradient: float,
    m: float,
    v: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
) -> tuple[float, float, float]:
    """``adam`` with the means as they are, which start too small."""
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    scale = math.sqrt(v) + epsilon
    return position - learning_rate * (m / scale if scale != 0.0 else 0.0), m, v


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
    scale = math.sqrt(v) * (1.0 / math.sqrt(1.0 - beta2**step)) + epsilon
    kept = position * (1.0 - learning_rate * weight_decay)
    return kept - (eta_m_hat / scale if scale != 0.0 else 0.0), m, v


ADAM = Rule(
    update=adam,
    defaults={"learning_rate": 0.1, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    state=("m", "v"),
    symbols={"m": "m", "v": "v"},
    latex=(*CORRECTED_MEANS, STEP),
    reference="Kingma & Ba 2015, algorithm 1",
    huge_rate="jumps",
    scale_invariant=True,
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
    reference="torch.optim.AdamW, PyTorch 2.15",
    scale_invariant=True,
    leaves_rest_by="weight_decay",
)

ADAM_AND_ADAMW = (
    Optimizer(
        name="adam",
        title="Adam",
        group="Adaptive",
        character="Momentum with a scale for every coordinate: quick nearly everywhere, circles before it settles.",
        conventions={
            "pytorch": with_weight_decay(replace(ADAM, reference="torch.optim.Adam, PyTorch 2.15")),
            "optax": replace(ADAM, reference="optax.adam with eps_root 0, optax 0.2.8"),
            "paper": ADAM,
            "uncorrected": replace(
                ADAM,
                update=adam_uncorrected,
                latex=(*MEANS, r"x \leftarrow x - \eta \frac{m}{\sqrt{v} + \varepsilon}"),
                reference="Kingma & Ba 2015, algorithm 1 without the bias corrections, as in section 6.4",
            ),
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
