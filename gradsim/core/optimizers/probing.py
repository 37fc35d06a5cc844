"""Optimizers that look at other places before they move."""

from __future__ import annotations

from gradsim.core.optimizers.base import Optimizer, Rule
from gradsim.core.optimizers.vectors import Vector, add_scaled, norm


def uphill(position: Vector, gradient: Vector, radius: float) -> tuple[bool, Vector]:
    """Ask for the gradient where the loss is highest nearby, as far as the slope tells."""
    length = norm(gradient)
    return True, add_scaled(position, radius / length if length > 0.0 else 0.0, gradient)


def sharpness_aware(position: Vector, gradient: Vector, learning_rate: float) -> Vector:
    """Descend from here with the gradient of the place that was asked for."""
    return add_scaled(position, -learning_rate, gradient)


def next_stage(
    position: Vector, gradient: Vector, k1: Vector, k2: Vector, k3: Vector, learning_rate: float, probes: float
) -> tuple[bool, Vector, Vector, Vector, Vector]:
    """Ask for the slopes of the classical Runge–Kutta method: half a step, again half a step, a whole step ahead."""
    k1 = gradient if probes == 0.0 else k1
    k2 = gradient if probes == 1.0 else k2
    k3 = gradient if probes == 2.0 else k3
    share = 1.0 if probes == 2.0 else 0.5
    return True, add_scaled(position, -share * learning_rate, gradient), k1, k2, k3


def gradient_flow(
    position: Vector, gradient: Vector, k1: Vector, k2: Vector, k3: Vector, learning_rate: float
) -> tuple[Vector, Vector, Vector, Vector]:
    """Follow dx/dt = −∇f for the time η, to fourth order."""
    middle = add_scaled(k2, 1.0, k3)
    total = add_scaled(add_scaled(k1, 2.0, middle), 1.0, gradient)
    return add_scaled(position, -learning_rate / 6.0, total), k1, k2, k3


PROBING = (
    Optimizer(
        name="gradient_flow",
        title="Gradient flow",
        group="First order",
        character="The path that ever smaller steps converge to: the reference that all others deviate from.",
        conventions={
            "paper": Rule(
                update=gradient_flow,
                probe=next_stage,
                max_probes=3,
                whole_vector=True,
                defaults={"learning_rate": 0.01},
                state=("k1", "k2", "k3"),
                symbols={"k1": "k_1", "k2": "k_2", "k3": "k_3"},
                latex=(
                    r"k_1 = g",
                    r"k_2 = \nabla f(x - \frac{\eta}{2} k_1)",
                    r"k_3 = \nabla f(x - \frac{\eta}{2} k_2)",
                    r"x \leftarrow x - \frac{\eta}{6} (k_1 + 2 k_2 + 2 k_3 + \nabla f(x - \eta k_3))",
                ),
                reference="dx/dt = −∇f(x) by the method of Kutta 1901; Hairer, Nørsett & Wanner 1993, table II.1.2",
            ),
        },
    ),
    Optimizer(
        name="sam",
        title="SAM",
        group="Curvature",
        character="Descends with the slope of the worst place nearby: leaves sharp minima for flat ones.",
        conventions={
            "paper": Rule(
                update=sharpness_aware,
                probe=uphill,
                max_probes=1,
                whole_vector=True,
                defaults={"learning_rate": 0.01, "radius": 0.05},
                latex=(r"x \leftarrow x - \eta \nabla f(x + r \frac{g}{\lVert g \rVert})",),
                reference="Foret, Kleiner, Mobahi & Neyshabur 2021, algorithm 1; 0/0 is no detour",
                ends_within=0.15,
            ),
        },
    ),
)
