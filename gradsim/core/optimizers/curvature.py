"""Optimizers that read the Hessian."""

from __future__ import annotations

from gradsim.core.optimizers.base import Optimizer, Rule
from gradsim.core.optimizers.vectors import Triangle, Vector, add_scaled, solve_symmetric


def newton(position: Vector, gradient: Vector, hessian: Triangle, learning_rate: float) -> Vector:
    """Jump to the stationary point of the local parabola, be it a minimum, a saddle or a maximum."""
    return add_scaled(position, -learning_rate, solve_symmetric(hessian, gradient))


CURVATURE = (
    Optimizer(
        name="newton",
        title="Newton",
        group="Curvature",
        character="Reads the curvature and jumps: one step on a parabola, but saddles and maxima attract it as well.",
        conventions={
            "paper": Rule(
                update=newton,
                whole_vector=True,
                defaults={"learning_rate": 1.0},
                latex=(r"x \leftarrow x - \eta H^{-1} g",),
                reference="Nocedal & Wright 2006, Numerical Optimization, equation 3.30, with step length η",
            ),
        },
    ),
)
