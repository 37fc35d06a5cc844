"""Sophia, which clips what a mean of the Hessian's diagonal has scaled."""

from __future__ import annotations

import math

from gradsim.core.optimizers.base import Optimizer, Rule
from gradsim.core.optimizers.moments import M_HAT, MEANS
from gradsim.core.optimizers.vectors import Triangle, Vector, add_scaled, clipped_quotient, diagonal, scaled


def sophia(
    position: Vector,
    gradient: Vector,
    hessian: Triangle,
    m: Vector,
    h: Vector,
    learning_rate: float,
    beta1: float,
    beta2: float,
    gamma: float,
    epsilon: float,
    interval: float,
    step: float,
) -> tuple[Vector, Vector, Vector]:
    """Divide the mean gradient by the mean curvature of each coordinate, but step no farther than η in any."""
    m = add_scaled(scaled(beta1, m), 1.0 - beta1, gradient)
    refreshed = add_scaled(scaled(beta2, h), 1.0 - beta2, diagonal(hessian))
    steps_since = step - 1.0 - interval * math.floor((step - 1.0) / interval)
    h = refreshed if steps_since < 1.0 else h
    return add_scaled(position, -learning_rate, clipped_quotient(m, scaled(gamma, h), epsilon)), m, h


def sophia_optax(
    position: Vector,
    gradient: Vector,
    hessian: Triangle,
    m: Vector,
    h: Vector,
    learning_rate: float,
    beta1: float,
    beta2: float,
    gamma: float,
    epsilon: float,
    weight_decay: float,
    interval: float,
    step: float,
) -> tuple[Vector, Vector, Vector]:
    """``sophia`` with m̂ for m, with weight decay, and with the curvature as it was before this update."""
    m = add_scaled(scaled(beta1, m), 1.0 - beta1, gradient)
    m_hat = scaled(1.0 / (1.0 - beta1**step), m)
    clipped = clipped_quotient(m_hat, scaled(gamma, h), epsilon)
    refreshed = add_scaled(scaled(beta2, h), 1.0 - beta2, diagonal(hessian))
    steps_since = step - 1.0 - interval * math.floor((step - 1.0) / interval)
    h = refreshed if steps_since < 1.0 else h
    return add_scaled(position, -learning_rate, add_scaled(clipped, weight_decay, position)), m, h


MEAN_CURVATURE = (
    r"\text{if } \operatorname{mod}(t - 1, k) < 1\text{: }"
    r" h \leftarrow \beta_2 h + (1 - \beta_2) \operatorname{diag}(H)"
)
"""Every k steps, beginning with the first."""

SOPHIA = (
    Optimizer(
        name="sophia",
        title="Sophia",
        group="Curvature",
        character="Steps of one length in each coordinate, shorter only where the curvature is great for the slope.",
        conventions={
            "paper": Rule(
                update=sophia,
                whole_vector=True,
                defaults={
                    "learning_rate": 0.05,
                    "beta1": 0.96,
                    "beta2": 0.99,
                    "gamma": 0.01,
                    "epsilon": 1e-12,
                    "interval": 10.0,
                },
                state=("m", "h"),
                symbols={"m": "m", "h": "h"},
                latex=(
                    MEANS[0],
                    MEAN_CURVATURE,
                    r"x \leftarrow x - \eta \operatorname{clip}(\frac{m}{\max(\gamma h, \varepsilon)}, 1)",
                ),
                reference="Liu et al. 2023, algorithm 3, without weight decay, with the exact diagonal of the Hessian",
                huge_rate="jumps",
                scale_invariant=True,
            ),
            "optax": Rule(
                update=sophia_optax,
                whole_vector=True,
                defaults={
                    "learning_rate": 0.05,
                    "beta1": 0.965,
                    "beta2": 0.99,
                    "gamma": 0.01,
                    "epsilon": 1e-8,
                    "weight_decay": 1e-4,
                    "interval": 10.0,
                },
                state=("m", "h"),
                symbols={"m": "m", "h": "h"},
                latex=(
                    MEANS[0],
                    M_HAT,
                    r"x \leftarrow (1 - \eta \lambda) x"
                    r" - \eta \operatorname{clip}(\frac{\hat m}{\max(\gamma h, \varepsilon)}, 1)",
                    MEAN_CURVATURE,
                ),
                reference="optax.contrib.sophia with the exact diagonal of the Hessian, optax 0.2.8",
                scale_invariant=True,
                leaves_rest_by="weight_decay",
            ),
        },
    ),
)
