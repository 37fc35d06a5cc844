"""Optimizers that read the Hessian."""

from __future__ import annotations

from gradsim.core.optimizers.base import Optimizer, Rule, solve_symmetric


def newton(
    position: tuple[float, ...], gradient: tuple[float, ...], hessian: tuple[float, ...], learning_rate: float
) -> tuple[float, ...]:
    """Jump to the stationary point of the local parabola, be it a minimum, a saddle or a maximum."""
    direction = solve_symmetric(hessian, gradient)
    if len(position) == 1:  # tuples keep their length in compiled code, so each case is written out
        return (position[0] - learning_rate * direction[0],)
    return (position[0] - learning_rate * direction[0], position[1] - learning_rate * direction[1])


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
