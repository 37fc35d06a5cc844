"""L-BFGS: curvature from the last five steps and the changes of the slope on them."""

from __future__ import annotations

import math

from gradsim.core.optimizers.base import Optimizer, Rule
from gradsim.core.optimizers.matrices import pair_weight, two_loops
from gradsim.core.optimizers.vectors import Vector, add_scaled, dot, greatest_magnitude, norm, scaled, sum_of_magnitudes

SUFFICIENT = 1e-4
STEEP = 0.9
LONGEST = 100.0  # in units of the first step length, where the loss has no bottom
MOST_TRIALS = 40
PAIRS = ("s1", "s2", "s3", "s4", "s5", "y1", "y2", "y3", "y4", "y5")
"""Steps and changes of the gradient, the newest first."""

Ten = tuple[Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector]


def search(
    position: Vector,
    gradient: Vector,
    loss: float,
    s1: Vector,
    s2: Vector,
    s3: Vector,
    s4: Vector,
    s5: Vector,
    y1: Vector,
    y2: Vector,
    y3: Vector,
    y4: Vector,
    y5: Vector,
    direction: Vector,
    old_gradient: Vector,
    old_loss: float,
    step_length: float,
    too_short: float,
    too_long: float,
    learning_rate: float,
    probes: float,
) -> tuple[bool, Vector, *Ten, Vector, Vector, float, float, float, float]:
    """Look along the direction for a step that is neither too long nor too short, as BFGS does."""
    if probes == 0.0:
        curvature = dot(s1, y1)
        scale = curvature / dot(y1, y1) if curvature > 0.0 else 1.0
        direction = scaled(-1.0, two_loops(gradient, scale, (s1, s2, s3, s4, s5), (y1, y2, y3, y4, y5)))
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
    pairs = (s1, s2, s3, s4, s5, y1, y2, y3, y4, y5)
    return asks, place, *pairs, direction, old_gradient, old_loss, step_length, too_short, too_long


def lbfgs(
    position: Vector,
    gradient: Vector,
    loss: float,
    s1: Vector,
    s2: Vector,
    s3: Vector,
    s4: Vector,
    s5: Vector,
    y1: Vector,
    y2: Vector,
    y3: Vector,
    y4: Vector,
    y5: Vector,
    direction: Vector,
    old_gradient: Vector,
    old_loss: float,
    step_length: float,
    too_short: float,
    too_long: float,
) -> tuple[Vector, *Ten, Vector, Vector, float, float, float, float]:
    """Go where the search has ended, and remember the step and how the slope has changed on it."""
    is_lower = loss <= old_loss + SUFFICIENT * step_length * dot(old_gradient, direction)
    s = scaled(step_length if is_lower else 0.0, direction)
    y = add_scaled(gradient, -1.0, old_gradient)
    if pair_weight(s, y) > 0.0:
        s1, s2, s3, s4, s5 = s, s1, s2, s3, s4
        y1, y2, y3, y4, y5 = y, y1, y2, y3, y4
    place = add_scaled(position, 1.0, s)
    pairs = (s1, s2, s3, s4, s5, y1, y2, y3, y4, y5)
    return place, *pairs, direction, old_gradient, old_loss, step_length, too_short, too_long


def lbfgs_pytorch(
    position: Vector,
    gradient: Vector,
    s1: Vector,
    s2: Vector,
    s3: Vector,
    s4: Vector,
    s5: Vector,
    y1: Vector,
    y2: Vector,
    y3: Vector,
    y4: Vector,
    y5: Vector,
    last_step: Vector,
    old_gradient: Vector,
    learning_rate: float,
) -> tuple[Vector, *Ten, Vector, Vector]:
    """Step by η times the direction, wherever it leads; the first step is no longer than η in all coordinates."""
    if not greatest_magnitude(gradient) > 1e-7:  # has arrived
        return position, s1, s2, s3, s4, s5, y1, y2, y3, y4, y5, last_step, old_gradient
    is_first = sum_of_magnitudes(old_gradient) == 0.0
    y = add_scaled(gradient, -1.0, old_gradient)
    if not is_first and dot(y, last_step) > 1e-10:
        s1, s2, s3, s4, s5 = last_step, s1, s2, s3, s4
        y1, y2, y3, y4, y5 = y, y1, y2, y3, y4
    curvature = dot(s1, y1)
    scale = curvature / dot(y1, y1) if curvature > 0.0 else 1.0
    direction = scaled(-1.0, two_loops(gradient, scale, (s1, s2, s3, s4, s5), (y1, y2, y3, y4, y5)))
    step_length = learning_rate * (min(1.0, 1.0 / sum_of_magnitudes(gradient)) if is_first else 1.0)
    step = scaled(step_length, direction)
    descends = dot(gradient, direction) <= -1e-9
    place = add_scaled(position, 1.0, step) if descends else position
    return place, s1, s2, s3, s4, s5, y1, y2, y3, y4, y5, step, gradient


def lbfgs_optax(
    position: Vector,
    gradient: Vector,
    s1: Vector,
    s2: Vector,
    s3: Vector,
    s4: Vector,
    s5: Vector,
    y1: Vector,
    y2: Vector,
    y3: Vector,
    y4: Vector,
    y5: Vector,
    old_position: Vector,
    old_gradient: Vector,
    learning_rate: float,
    step: float,
) -> tuple[Vector, *Ten, Vector, Vector]:
    """Step by η times the direction; every step is remembered, also one on which the slope has not risen."""
    if step > 1.0:
        s1, s2, s3, s4, s5 = add_scaled(position, -1.0, old_position), s1, s2, s3, s4
        y1, y2, y3, y4, y5 = add_scaled(gradient, -1.0, old_gradient), y1, y2, y3, y4
    squared = dot(y1, y1)
    length = norm(gradient)
    first_scale = 1.0 / length if length > 1.0 else 1.0
    later_scale = dot(y1, s1) / squared if squared > 0.0 else 1.0
    scale = later_scale if step > 1.0 else first_scale
    towards = two_loops(gradient, scale, (s1, s2, s3, s4, s5), (y1, y2, y3, y4, y5))
    place = add_scaled(position, -learning_rate, towards)
    return place, s1, s2, s3, s4, s5, y1, y2, y3, y4, y5, position, gradient


PAIR_SYMBOLS = {name: f"{name[0]}_{name[1]}" for name in PAIRS}
REMEMBER = r"P \leftarrow \operatorname{last5}(P, s, y)"
WOLFE = (
    r"\text{within } f(x + \alpha p) \le f + 10^{-4} \alpha \langle g, p \rangle\text{: }"
    r" \alpha = \operatorname{bisect}(\eta)",
    r"\text{within } \langle \nabla f(x + \alpha p), p \rangle \ge 0.9 \langle g, p \rangle\text{: }"
    r" \alpha = \operatorname{bisect}(\eta)",
)
SEARCH = ("old_gradient", "old_loss", "step_length", "too_short", "too_long")
MATRIX = (
    r"\gamma = \frac{\langle s_1, y_1 \rangle}{\lVert y_1 \rVert^2}",
    r"p = -\operatorname{BFGS}(\gamma I, P) g",
)

LIMITED_MEMORY = (
    Optimizer(
        name="lbfgs",
        title="L-BFGS",
        group="Curvature",
        character="BFGS that remembers five steps; without a search, as libraries step, it may leap or come to rest.",
        conventions={
            "pytorch": Rule(
                update=lbfgs_pytorch,
                whole_vector=True,
                defaults={"learning_rate": 1.0},
                state=(*PAIRS, "last_step", "old_gradient"),
                symbols={**PAIR_SYMBOLS, "last_step": "s", "old_gradient": "g_0"},
                latex=(
                    r"y = g - g_0",
                    r"\text{if } \langle s, y \rangle > 10^{-10}\text{: } " + REMEMBER,
                    *MATRIX,
                    r"\text{if } t = 1\text{: } p \leftarrow -\min(1, \frac{1}{\lVert g \rVert_1}) g",
                    r"s = \eta p",
                    r"x \leftarrow x + s",
                    r"g_0 \leftarrow g",
                ),
                reference="torch.optim.LBFGS with max_iter 1, history_size 5 and no line search, PyTorch 2.15",
                ends_within=5e-5,  # where it takes its steps for too short
                scale_invariant=True,
            ),
            "optax": Rule(
                update=lbfgs_optax,
                whole_vector=True,
                defaults={"learning_rate": 1.0},
                state=(*PAIRS, "old_position", "old_gradient"),
                symbols={**PAIR_SYMBOLS, "old_position": "x_0", "old_gradient": "g_0"},
                latex=(
                    r"s = x - x_0",
                    r"y = g - g_0",
                    r"\text{if } t > 1\text{: } " + REMEMBER,
                    *MATRIX,
                    r"\text{if } t = 1\text{: } p \leftarrow -\min(1, \frac{1}{\lVert g \rVert}) g",
                    r"x_0 \leftarrow x",
                    r"x \leftarrow x + \eta p",
                    r"g_0 \leftarrow g",
                ),
                reference="optax.lbfgs with memory_size 5 and no line search, optax 0.2.8",
                scale_invariant=True,
            ),
            "paper": Rule(
                update=lbfgs,
                probe=search,
                max_probes=MOST_TRIALS,
                whole_vector=True,
                defaults={"learning_rate": 1.0},
                state=(*PAIRS, "direction", *SEARCH),
                shapes=dict.fromkeys(SEARCH[1:], "scalar"),
                symbols={
                    **PAIR_SYMBOLS,
                    "direction": "p",
                    **dict(zip(SEARCH, ("g_0", "f_0", r"\alpha", r"\alpha_1", r"\alpha_2"), strict=True)),
                },
                latex=(
                    *MATRIX,
                    *WOLFE,
                    r"s = \alpha p",
                    r"y = \nabla f(x + s) - g",
                    r"\text{if } \langle s, y \rangle > 0\text{: } " + REMEMBER,
                    r"x \leftarrow x + s",
                ),
                reference="Nocedal & Wright 2006, algorithms 7.4 and 7.5 with five pairs; "
                "the search is that of Lewis & Overton 2013, algorithm 2.6",
                huge_rate="holds",
            ),
        },
    ),
)
