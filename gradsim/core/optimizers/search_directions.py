"""Optimizers that choose a direction and look along it for a place where the loss has fallen enough.

Enough is 10⁻⁴ of what the slope promises: Nocedal & Wright 2006, equation 3.4. Conjugate gradients halve the step until
it is so (algorithm 3.1). BFGS has to see the slope rise as well, at least to 0.9 of what it was (equation 3.6), and
bisects between steps that were too short and too long: Lewis & Overton 2013, algorithm 2.6. If the search finds no such
place, the particle stays.
"""

from __future__ import annotations

import math
from dataclasses import replace

from gradsim.core.optimizers.base import Optimizer, Rule, Shape
from gradsim.core.optimizers.matrices import bfgs_update, pair_weight
from gradsim.core.optimizers.vectors import Triangle, Vector, add_scaled, dot, matrix_vector, scaled, scaled_identity

SUFFICIENT = 1e-4
STEEP = 0.9
LONGEST = 100.0  # in units of the first step length, where the loss has no bottom
MOST_TRIALS = 40

Trial = tuple[bool, Vector, Vector, Vector, float, float]


def search_fletcher_reeves(
    position: Vector,
    gradient: Vector,
    hessian: Triangle,
    loss: float,
    direction: Vector,
    old_gradient: Vector,
    step_length: float,
    old_loss: float,
    learning_rate: float,
    probes: float,
) -> Trial:
    """Keep as much of the last direction as the slope has kept of its square; first try the bottom of the parabola."""
    if probes == 0.0:
        squared = dot(old_gradient, old_gradient)
        beta = dot(gradient, gradient) / squared if squared > 0.0 else 1.0
        direction = add_scaled(scaled(beta, direction), -1.0, gradient)
        direction = direction if dot(gradient, direction) < 0.0 else scaled(-1.0, gradient)
        bend = abs(dot(direction, matrix_vector(hessian, direction)))
        step_length = learning_rate * (abs(dot(gradient, direction)) / bend if bend > 0.0 else 1.0)
        asks, old_gradient, old_loss = True, gradient, loss
    else:
        asks = not loss <= old_loss + SUFFICIENT * step_length * dot(old_gradient, direction)
        step_length = 0.5 * step_length if asks else step_length
    return asks, add_scaled(position, step_length, direction), direction, old_gradient, step_length, old_loss


def search_polak_ribiere(
    position: Vector,
    gradient: Vector,
    hessian: Triangle,
    loss: float,
    direction: Vector,
    old_gradient: Vector,
    step_length: float,
    old_loss: float,
    learning_rate: float,
    probes: float,
) -> Trial:
    """As ``search_fletcher_reeves``, but forget the last direction where the slope has hardly changed."""
    if probes == 0.0:
        squared = dot(old_gradient, old_gradient)
        change = add_scaled(gradient, -1.0, old_gradient)
        beta = max(dot(gradient, change) / squared, 0.0) if squared > 0.0 else 1.0
        direction = add_scaled(scaled(beta, direction), -1.0, gradient)
        direction = direction if dot(gradient, direction) < 0.0 else scaled(-1.0, gradient)
        bend = abs(dot(direction, matrix_vector(hessian, direction)))
        step_length = learning_rate * (abs(dot(gradient, direction)) / bend if bend > 0.0 else 1.0)
        asks, old_gradient, old_loss = True, gradient, loss
    else:
        asks = not loss <= old_loss + SUFFICIENT * step_length * dot(old_gradient, direction)
        step_length = 0.5 * step_length if asks else step_length
    return asks, add_scaled(position, step_length, direction), direction, old_gradient, step_length, old_loss


def conjugate_gradient(
    position: Vector, loss: float, direction: Vector, old_gradient: Vector, step_length: float, old_loss: float
) -> tuple[Vector, Vector, Vector, float, float]:
    """Go where the search has ended."""
    is_lower = loss <= old_loss + SUFFICIENT * step_length * dot(old_gradient, direction)
    place = add_scaled(position, step_length, direction) if is_lower else position
    return place, direction, old_gradient, step_length, old_loss


def search_quasi_newton(
    position: Vector,
    gradient: Vector,
    loss: float,
    inverse_hessian: Triangle,
    direction: Vector,
    old_gradient: Vector,
    old_loss: float,
    step_length: float,
    too_short: float,
    too_long: float,
    learning_rate: float,
    probes: float,
) -> tuple[bool, Vector, Triangle, Vector, Vector, float, float, float, float]:
    """Look along Newton's direction, with what is known of the inverse Hessian; at first along the slope."""
    if probes == 0.0:
        direction = scaled(-1.0, matrix_vector(inverse_hessian, gradient))
        direction = direction if dot(gradient, direction) < 0.0 else scaled(-1.0, gradient)
        asks, old_gradient, old_loss = True, gradient, loss
        step_length, too_short, too_long = learning_rate, 0.0, math.inf
    else:
        slope = dot(old_gradient, direction)
        is_high = not loss <= old_loss + SUFFICIENT * step_length * slope
        is_steep = dot(gradient, direction) < STEEP * slope and step_length < LONGEST * learning_rate
        asks = is_high or is_steep
        too_long = step_length if is_high else too_long
        too_short = step_length if is_steep and not is_high else too_short
        between = 0.5 * (too_short + too_long) if too_long < math.inf else 2.0 * too_short
        step_length = between if asks else step_length
    place = add_scaled(position, step_length, direction)
    return asks, place, inverse_hessian, direction, old_gradient, old_loss, step_length, too_short, too_long


def bfgs(
    position: Vector,
    gradient: Vector,
    loss: float,
    inverse_hessian: Triangle,
    direction: Vector,
    old_gradient: Vector,
    old_loss: float,
    step_length: float,
    too_short: float,
    too_long: float,
) -> tuple[Vector, Triangle, Vector, Vector, float, float, float, float]:
    """Go where the search has ended, and learn from how the slope has changed on the way."""
    is_lower = loss <= old_loss + SUFFICIENT * step_length * dot(old_gradient, direction)
    s = scaled(step_length if is_lower else 0.0, direction)
    y = add_scaled(gradient, -1.0, old_gradient)
    if pair_weight(s, y) > 0.0:
        first = scaled_identity(dot(s, y) / dot(y, y), s)
        inverse_hessian = bfgs_update(first if inverse_hessian[0] == 0.0 else inverse_hessian, s, y)
    place = add_scaled(position, 1.0, s)
    return place, inverse_hessian, direction, old_gradient, old_loss, step_length, too_short, too_long


BACKTRACKING = (
    r"\text{while } f(x + \alpha p) > f + 10^{-4} \alpha \langle g, p \rangle\text{: }"
    r" \alpha \leftarrow \frac{\alpha}{2}"
)
WOLFE = (
    r"\text{within } f(x + \alpha p) \le f + 10^{-4} \alpha \langle g, p \rangle\text{: }"
    r" \alpha = \operatorname{bisect}(\eta)",
    r"\text{within } \langle \nabla f(x + \alpha p), p \rangle \ge 0.9 \langle g, p \rangle\text{: }"
    r" \alpha = \operatorname{bisect}(\eta)",
)
SEARCH = ("old_gradient", "old_loss", "step_length", "too_short", "too_long")
SEARCH_SHAPES: dict[str, Shape] = dict.fromkeys(SEARCH[1:], "scalar")
SEARCH_SYMBOLS = dict(zip(SEARCH, ("g_0", "f_0", r"\alpha", r"\alpha_1", r"\alpha_2"), strict=True))
CONJUGATE_GRADIENT = Rule(
    update=conjugate_gradient,
    probe=search_polak_ribiere,
    max_probes=MOST_TRIALS,
    whole_vector=True,
    defaults={"learning_rate": 1.0},
    state=("direction", "old_gradient", "step_length", "old_loss"),
    shapes={"step_length": "scalar", "old_loss": "scalar"},
    symbols={"direction": "p", "old_gradient": "g_0", "step_length": r"\alpha", "old_loss": "f_0"},
    latex=(
        r"\text{if } \lVert g_0 \rVert > 0\text{: }"
        r" p \leftarrow \max(\frac{\langle g, g - g_0 \rangle}{\lVert g_0 \rVert^2}, 0) p",
        r"p \leftarrow p - g",
        r"\text{if } \langle g, p \rangle \ge 0\text{: } p \leftarrow -g",
        r"\alpha = \eta \frac{\lvert \langle g, p \rangle \rvert}{\lvert \langle p, H p \rangle \rvert}",
        BACKTRACKING,
        r"x \leftarrow x + \alpha p",
        r"g_0 \leftarrow g",
    ),
    reference="Nocedal & Wright 2006, algorithm 5.4 with equation 5.45 (Polak & Ribière, positive part); "
    "first step length as in Shewchuk 1994, B4",
    huge_rate="holds",
    scale_invariant=True,
)

SEARCH_DIRECTIONS = (
    Optimizer(
        name="conjugate_gradient",
        title="Conjugate gradient",
        group="Curvature",
        character="Bends each new direction so that it does not undo the last: two steps on a parabola in the plane.",
        conventions={
            "paper": CONJUGATE_GRADIENT,
            "fletcher_reeves": replace(
                CONJUGATE_GRADIENT,
                probe=search_fletcher_reeves,
                latex=(
                    r"\text{if } \lVert g_0 \rVert > 0\text{: }"
                    r" p \leftarrow \frac{\lVert g \rVert^2}{\lVert g_0 \rVert^2} p",
                    *CONJUGATE_GRADIENT.latex[1:],
                ),
                reference="Fletcher & Reeves 1964; Nocedal & Wright 2006, algorithm 5.4; "
                "first step length as in Shewchuk 1994, B4",
            ),
        },
    ),
    Optimizer(
        name="bfgs",
        title="BFGS",
        group="Curvature",
        character="Learns the curvature from how the slope changes: starts like plain descent, ends like Newton.",
        conventions={
            "paper": Rule(
                update=bfgs,
                probe=search_quasi_newton,
                max_probes=MOST_TRIALS,
                whole_vector=True,
                defaults={"learning_rate": 1.0},
                state=("inverse_hessian", "direction", *SEARCH),
                shapes={"inverse_hessian": "triangle", **SEARCH_SHAPES},
                symbols={"inverse_hessian": "M", "direction": "p", **SEARCH_SYMBOLS},
                latex=(
                    r"p = -M g",
                    r"\text{if } \langle g, p \rangle \ge 0\text{: } p \leftarrow -g",
                    *WOLFE,
                    r"s = \alpha p",
                    r"y = \nabla f(x + s) - g",
                    r"\text{if } M = 0\text{: }"
                    r" M \leftarrow \frac{\max(\langle s, y \rangle, 0)}{\langle y, y \rangle} I",
                    r"\rho = \frac{1}{\langle y, s \rangle}",
                    r"\text{if } \rho > 0\text{: } M \leftarrow (I - \rho s y^T) M (I - \rho y s^T) + \rho s s^T",
                    r"x \leftarrow x + s",
                ),
                reference="Nocedal & Wright 2006, algorithm 6.1 with equations 6.17 and 6.20; "
                "the search is that of Lewis & Overton 2013, algorithm 2.6",
                huge_rate="holds",
            ),
        },
    ),
)
