"""Adam with another scale: the largest so far, that of surprises, or one that changes by steps of a known size."""

from __future__ import annotations

import math
from dataclasses import replace

from gradsim.core.optimizers.base import Optimizer, Rule, with_weight_decay
from gradsim.core.optimizers.moments import CORRECTED_MEANS, M_HAT, MEANS


def amsgrad(
    position: float,
    gradient: float,
    m: float,
    v: float,
    v_max: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    step: float,
) -> tuple[float, float, float, float]:
    """``adam`` with the largest mean square so far, which is freed of its bias afterwards."""
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    v_max = v if v > v_max else v_max
    eta_m_hat = learning_rate / (1.0 - beta1**step) * m
    scale = math.sqrt(v_max) * (1.0 / math.sqrt(1.0 - beta2**step)) + epsilon
    return position - (eta_m_hat / scale if scale != 0.0 else 0.0), m, v, v_max


def amsgrad_corrected(
    position: float,
    gradient: float,
    m: float,
    v: float,
    v_max: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    step: float,
) -> tuple[float, float, float, float]:
    """``amsgrad`` with the largest of the mean squares that are freed of their bias."""
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    v_hat = v / (1.0 - beta2**step)
    v_max = v_hat if v_hat > v_max else v_max
    eta_m_hat = learning_rate / (1.0 - beta1**step) * m
    scale = math.sqrt(v_max) + epsilon
    return position - (eta_m_hat / scale if scale != 0.0 else 0.0), m, v, v_max


def amsgrad_uncorrected(
    position: float,
    gradient: float,
    m: float,
    v: float,
    v_max: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
) -> tuple[float, float, float, float]:
    """``amsgrad`` with the means as they are, and without ε."""
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    v_max = v if v > v_max else v_max
    return position - (learning_rate * m / math.sqrt(v_max) if v_max != 0.0 else 0.0), m, v, v_max


def adamax(
    position: float,
    gradient: float,
    m: float,
    u: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    step: float,
) -> tuple[float, float, float]:
    """``adam`` with the largest of the recent gradients, which fades, in place of their root mean square."""
    m = beta1 * m + (1.0 - beta1) * gradient
    size = abs(gradient) + epsilon
    u = size if size > beta2 * u else beta2 * u
    eta_m_hat = learning_rate / (1.0 - beta1**step) * m
    return position - (eta_m_hat / u if u != 0.0 else 0.0), m, u


def adamax_pure(
    position: float, gradient: float, m: float, u: float, learning_rate: float, beta1: float, beta2: float, step: float
) -> tuple[float, float, float]:
    """``adamax`` without ε."""
    m = beta1 * m + (1.0 - beta1) * gradient
    u = abs(gradient) if abs(gradient) > beta2 * u else beta2 * u
    eta_m_hat = learning_rate / (1.0 - beta1**step) * m
    return position - (eta_m_hat / u if u != 0.0 else 0.0), m, u


AMSGRAD = Rule(
    update=amsgrad,
    defaults={"learning_rate": 0.1, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    state=("m", "v", "v_max"),
    symbols={"m": "m", "v": "v", "v_max": "v_{max}"},
    latex=(
        *MEANS,
        r"v_{max} \leftarrow \max(v_{max}, v)",
        M_HAT,
        r"\hat v = \frac{v_{max}}{1 - \beta_2^t}",
        r"x \leftarrow x - \eta \frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
    ),
    reference="torch.optim.Adam with amsgrad=True, PyTorch 2.15",
    huge_rate="jumps",
    scale_invariant=True,
)
ADAMAX = Rule(
    update=adamax,
    defaults={"learning_rate": 0.2, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    state=("m", "u"),
    symbols={"m": "m", "u": "u"},
    latex=(
        MEANS[0],
        r"u \leftarrow \max(\beta_2 u, \lvert g \rvert + \varepsilon)",
        M_HAT,
        r"x \leftarrow x - \eta \frac{\hat m}{u}",
    ),
    reference="torch.optim.Adamax, PyTorch 2.15",
    huge_rate="jumps",
    scale_invariant=True,
)

ADAM_SCALES = (
    Optimizer(
        name="amsgrad",
        title="AMSGrad",
        group="Adaptive",
        character="Adam that never forgets the steepest slope: safe, but slow once it has seen a cliff.",
        conventions={
            "pytorch": with_weight_decay(AMSGRAD),
            "optax": replace(
                AMSGRAD,
                update=amsgrad_corrected,
                latex=(
                    *CORRECTED_MEANS,
                    r"v_{max} \leftarrow \max(v_{max}, \hat v)",
                    r"x \leftarrow x - \eta \frac{\hat m}{\sqrt{v_{max}} + \varepsilon}",
                ),
                reference="optax.amsgrad with eps_root 0, optax 0.2.8",
            ),
            "paper": replace(
                AMSGRAD,
                update=amsgrad_uncorrected,
                defaults={"learning_rate": 0.1, "beta1": 0.9, "beta2": 0.999},
                latex=(
                    *MEANS,
                    r"v_{max} \leftarrow \max(v_{max}, v)",
                    r"x \leftarrow x - \eta \frac{m}{\sqrt{v_{max}}}",
                ),
                reference="Reddi, Kale & Kumar 2018, algorithm 2; 0/0 is no step",
            ),
        },
    ),
    Optimizer(
        name="adamax",
        title="AdaMax",
        group="Adaptive",
        character="Adam with the largest recent gradient as its scale: evener, shorter steps.",
        conventions={
            "pytorch": with_weight_decay(ADAMAX),
            "optax": replace(ADAMAX, reference="optax.adamax, optax 0.2.8"),
            "paper": replace(
                ADAMAX,
                update=adamax_pure,
                defaults={"learning_rate": 0.2, "beta1": 0.9, "beta2": 0.999},
                latex=(
                    MEANS[0],
                    r"u \leftarrow \max(\beta_2 u, \lvert g \rvert)",
                    M_HAT,
                    r"x \leftarrow x - \eta \frac{\hat m}{u}",
                ),
                reference="Kingma & Ba 2015, algorithm 2; 0/0 is no step",
            ),
        },
    ),
)
