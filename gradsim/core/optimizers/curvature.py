"""Optimizers that read the Hessian."""

from __future__ import annotations

from gradsim.core.optimizers.base import Optimizer, Rule
from gradsim.core.optimizers.matrices import eigen_decomposition
from gradsim.core.optimizers.vectors import (
    Triangle,
    Vector,
    add_scaled,
    dot,
    scaled_identity,
    solve_symmetric,
)


def newton(position: Vector, gradient: Vector, hessian: Triangle, learning_rate: float) -> Vector:
    """Jump to the stationary point of the local parabola, be it a minimum, a saddle or a maximum."""
    return add_scaled(position, -learning_rate, solve_symmetric(hessian, gradient))


def damped_newton(
    position: Vector, gradient: Vector, hessian: Triangle, learning_rate: float, damping: float
) -> Vector:
    """``newton`` with λ added to every curvature, which shortens the step and turns it towards the slope."""
    damped = add_scaled(hessian, 1.0, scaled_identity(damping, gradient))
    return add_scaled(position, -learning_rate, solve_symmetric(damped, gradient))


def saddle_free_newton(
    position: Vector, gradient: Vector, hessian: Triangle, learning_rate: float, damping: float
) -> Vector:
    """Divide the slope along each eigenvector by the magnitude of the curvature there: downhill, whatever its sign."""
    curvatures, directions = eigen_decomposition(hessian)
    for k in range(len(curvatures)):
        slope = dot(directions[k], gradient)
        step = slope / (abs(curvatures[k]) + damping) if slope != 0.0 else 0.0
        position = add_scaled(position, -learning_rate * step, directions[k])
    return position


def negative_curvature(position: Vector, gradient: Vector, hessian: Triangle, learning_rate: float) -> Vector:
    """Add to the slope the direction in which it falls away fastest, where there is such, even where it is level."""
    curvatures, directions = eigen_decomposition(hessian)
    falling = max(-curvatures[0], 0.0)
    downhill = -falling if dot(directions[0], gradient) > 0.0 else falling
    return add_scaled(add_scaled(position, -learning_rate, gradient), learning_rate * downhill, directions[0])


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
                scale_invariant=True,
            ),
        },
    ),
    Optimizer(
        name="damped_newton",
        title="Damped Newton",
        group="Curvature",
        character="Newton as if every curvature were greater by λ: shorter, safer steps; saddles attract it less.",
        conventions={
            "paper": Rule(
                update=damped_newton,
                whole_vector=True,
                defaults={"learning_rate": 1.0, "damping": 10.0},
                latex=(r"x \leftarrow x - \eta (H + \lambda I)^{-1} g",),
                reference="Nocedal & Wright 2006, section 3.4: H plus a multiple of the identity; after Levenberg 1944",
                scale_invariant=True,
            ),
        },
    ),
    Optimizer(
        name="saddle_free_newton",
        title="Saddle-free Newton",
        group="Curvature",
        character="Newton with the magnitudes of the curvatures: always downhill, away from saddles and maxima.",
        conventions={
            "paper": Rule(
                update=saddle_free_newton,
                whole_vector=True,
                defaults={"learning_rate": 1.0, "damping": 0.1},
                latex=(r"x \leftarrow x - \eta (\lvert H \rvert + \lambda I)^{-1} g",),
                reference="Dauphin et al. 2014, algorithm 1, in all dimensions; λ is given, not searched for",
                scale_invariant=True,
            ),
        },
    ),
    Optimizer(
        name="negative_curvature",
        title="Negative curvature",
        group="Curvature",
        character="Descent that also goes where the surface curves down most: leaves even the exact top of a saddle.",
        conventions={
            "paper": Rule(
                update=negative_curvature,
                whole_vector=True,
                defaults={"learning_rate": 0.01},
                latex=(
                    r"p = \max(-\lambda_1, 0) v_1",
                    r"\text{if } \langle g, v_1 \rangle > 0\text{: } p \leftarrow -p",
                    r"x \leftarrow x - \eta g + \eta p",
                ),
                reference="after Goldfarb 1980 and Curtis & Robinson 2019: −g and the direction of lowest curvature, "
                "where that is negative, both with step length η",
                leaves_rest_by="curvature",
            ),
        },
    ),
)
