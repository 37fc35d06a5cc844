"""Adam that uses its momentum in another way: looks ahead with it, or begins with it alone."""

from __future__ import annotations

import math
from dataclasses import replace

from gradsim.core.optimizers.base import Optimizer, Rule, with_weight_decay
from gradsim.core.optimizers.moments import CORRECTED_MEANS, M_HAT, MEANS, STEP, V_HAT


def nadam(
    position: float,
    gradient: float,
    m: float,
    v: float,
    product: float,
    learning_rate: float,
    beta1: float,
    beta2: float,
    momentum_decay: float,
    epsilon: float,
    step: float,
) -> tuple[float, float, float, float]:
    """``adam`` that looks ahead: the mean as it will be at the next step, with a momentum μ that grows step by step.

    ``product`` is 1 − Π μ, so that it starts at zero.
    """
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    mu = beta1 * (1.0 - 0.5 * 0.96 ** (step * momentum_decay))
    next_mu = beta1 * (1.0 - 0.5 * 0.96 ** ((step + 1.0) * momentum_decay))
    product = 1.0 - mu * (1.0 - product)
    m_hat = (1.0 - mu) / product * gradient + next_mu / (1.0 - next_mu * (1.0 - product)) * m
    scale = math.sqrt(v) * (1.0 / math.sqrt(1.0 - beta2**step)) + epsilon
    return position - learning_rate * (m_hat / scale if scale != 0.0 else 0.0), m, v, product


def nadam_steady(
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
    """``nadam`` with the same momentum at all steps."""
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    m_hat = beta1 / (1.0 - beta1 ** (step + 1.0)) * m + (1.0 - beta1) / (1.0 - beta1**step) * gradient
    scale = math.sqrt(v) * (1.0 / math.sqrt(1.0 - beta2**step)) + epsilon
    return position - learning_rate * (m_hat / scale if scale != 0.0 else 0.0), m, v


def radam(
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
    """``momentum`` until enough squares were seen for a scale, then ``adam`` with less caution from step to step."""
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    m_hat = m / (1.0 - beta1**step)
    seen = 1.0 - beta2**step
    most = 2.0 / (1.0 - beta2) - 1.0  # ρ∞ and ρ: how many squares the mean holds at last, and now
    rho = most - 2.0 * step * beta2**step / seen
    tractable = rho > 5.0
    r = math.sqrt((rho - 4.0) * (rho - 2.0) * most / ((most - 4.0) * (most - 2.0) * rho)) if tractable else 0.0
    scale = math.sqrt(v) + epsilon
    rectified = r * math.sqrt(seen) / scale if scale != 0.0 else 0.0
    return position - learning_rate * m_hat * (rectified if tractable else 1.0), m, v


def radam_corrected(
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
    """``radam`` with ε added after the bias correction of the scale, and with ρ = 5 enough."""
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    m_hat = m / (1.0 - beta1**step)
    seen = 1.0 - beta2**step
    most = 2.0 / (1.0 - beta2) - 1.0
    rho = most - 2.0 * step * beta2**step / seen
    tractable = rho >= 5.0
    r = math.sqrt((rho - 4.0) * (rho - 2.0) * most / ((most - 4.0) * (most - 2.0) * rho)) if tractable else 0.0
    scale = math.sqrt(v) * (1.0 / math.sqrt(seen)) + epsilon
    rectified = r / scale if scale != 0.0 else 0.0
    return position - learning_rate * m_hat * (rectified if tractable else 1.0), m, v


RECTIFICATION = (
    r"\rho_\infty = \frac{2}{1 - \beta_2} - 1",
    r"\rho_t = \rho_\infty - \frac{2 t \beta_2^t}{1 - \beta_2^t}",
    r"\text{if } \rho_t > 5\text{: }"
    r"r = \sqrt{\frac{(\rho_t - 4) (\rho_t - 2) \rho_\infty}{(\rho_\infty - 4) (\rho_\infty - 2) \rho_t}}",
)
"""Liu et al. 2020, algorithm 2; libraries wait for ρ > 5 where the paper says 4."""

NADAM = Rule(
    update=nadam,
    defaults={"learning_rate": 0.1, "beta1": 0.9, "beta2": 0.999, "momentum_decay": 0.004, "epsilon": 1e-8},
    state=("m", "v", "product"),
    symbols={"m": "m", "v": "v", "product": "q"},
    latex=(
        *MEANS,
        r"\mu_t = \beta_1 (1 - \frac{0.96^{t \psi}}{2})",
        r"\mu_{t+1} = \beta_1 (1 - \frac{0.96^{(t + 1) \psi}}{2})",
        r"q \leftarrow 1 - \mu_t (1 - q)",
        r"\hat m = \frac{(1 - \mu_t) g}{q} + \frac{\mu_{t+1} m}{1 - \mu_{t+1} (1 - q)}",
        V_HAT,
        STEP,
    ),
    reference="torch.optim.NAdam, PyTorch 2.15, whose mu_product is 1 − q",
    huge_rate="jumps",
    scale_invariant=True,
)
NADAM_STEADY = Rule(
    update=nadam_steady,
    defaults={"learning_rate": 0.1, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    state=("m", "v"),
    symbols={"m": "m", "v": "v"},
    latex=(
        *MEANS,
        r"\hat m = \frac{\beta_1 m}{1 - \beta_1^{t + 1}} + \frac{(1 - \beta_1) g}{1 - \beta_1^t}",
        V_HAT,
        STEP,
    ),
    reference="optax.nadam with eps_root 0, optax 0.2.8",
    huge_rate="jumps",
    scale_invariant=True,
)
RADAM = Rule(
    update=radam,
    # The gradient is not scaled in the first steps, which would otherwise lead far away.
    defaults={"learning_rate": 0.003, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    state=("m", "v"),
    symbols={"m": "m", "v": "v"},
    latex=(
        *MEANS,
        M_HAT,
        *RECTIFICATION,
        r"\text{if } \rho_t > 5\text{: }"
        r"x \leftarrow x - \eta r \frac{\sqrt{1 - \beta_2^t}}{\sqrt{v} + \varepsilon} \hat m",
        r"\text{if } \rho_t \le 5\text{: } x \leftarrow x - \eta \hat m",
    ),
    reference="torch.optim.RAdam, PyTorch 2.15",
    huge_rate="jumps",
)
RADAM_CORRECTED = replace(
    RADAM,
    update=radam_corrected,
    latex=(
        *CORRECTED_MEANS,
        *(line.replace(">", r"\ge") for line in RECTIFICATION),
        r"\text{if } \rho_t \ge 5\text{: } x \leftarrow x - \eta r \frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
        r"\text{if } \rho_t < 5\text{: } x \leftarrow x - \eta \hat m",
    ),
    reference="optax.radam with eps_root 0 and threshold 5, optax 0.2.8",
)

ADAM_MOMENTA = (
    Optimizer(
        name="nadam",
        title="NAdam",
        group="Adaptive",
        character="Adam with a look ahead: turns and brakes a little sooner.",
        conventions={"pytorch": with_weight_decay(NADAM), "optax": NADAM_STEADY},
    ),
    Optimizer(
        name="radam",
        title="RAdam",
        group="Adaptive",
        character="Starts as momentum, leaps where it is steep, then becomes Adam with ever less caution.",
        conventions={"pytorch": with_weight_decay(RADAM), "optax": RADAM_CORRECTED},
    ),
)
