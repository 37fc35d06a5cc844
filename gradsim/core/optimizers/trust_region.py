"""Newton's method within a region whose size follows how well the local parabola predicts the loss."""

from __future__ import annotations

from gradsim.core.optimizers.base import Optimizer, Rule
from gradsim.core.optimizers.matrices import trust_region_step
from gradsim.core.optimizers.vectors import (
    Triangle,
    Vector,
    add_scaled,
    dot,
    matrix_vector,
    norm,
)


def try_step(
    position: Vector,
    gradient: Vector,
    hessian: Triangle,
    loss: float,
    radius: float,
    trial: Vector,
    promise: float,
    old_loss: float,
    learning_rate: float,
) -> tuple[bool, Vector, float, Vector, float, float]:
    """Ask for the loss at the bottom of the local parabola within the region."""
    radius = min(radius, learning_rate)
    trial = trust_region_step(gradient, hessian, radius)
    promise = -dot(gradient, trial) - 0.5 * dot(trial, matrix_vector(hessian, trial))
    return True, add_scaled(position, 1.0, trial), radius, trial, promise, loss


def trust_region(
    position: Vector, loss: float, radius: float, trial: Vector, promise: float, old_loss: float, learning_rate: float
) -> tuple[Vector, float, Vector, float, float]:
    """Go there if the loss has fallen by a fair share of what the parabola promised, and learn how far to trust it."""
    share = (old_loss - loss) / promise if promise > 0.0 else 0.5
    touches = norm(trial) > 0.999 * radius
    new_radius = min(2.0 * radius, learning_rate) if share > 0.75 and touches else radius
    new_radius = new_radius if share >= 0.25 else 0.25 * radius  # also where the loss is no number
    accepted = 1.0 if share > 0.1 and promise > 0.0 else 0.0
    return add_scaled(position, accepted, trial) if accepted > 0.0 else position, new_radius, trial, promise, old_loss


TRUST_REGION = (
    Optimizer(
        name="trust_region",
        title="Trust region",
        group="Curvature",
        character="Newton on a leash: as long as the parabola keeps its promises it may go farther, up to η.",
        conventions={
            "paper": Rule(
                update=trust_region,
                probe=try_step,
                max_probes=1,
                whole_vector=True,
                defaults={"learning_rate": 1.0, "initial_radius": 0.5},
                state=("radius", "trial", "promise", "old_loss"),
                shapes={"radius": "scalar", "promise": "scalar", "old_loss": "scalar"},
                initial_state={"radius": "initial_radius"},
                symbols={"radius": r"\Delta", "trial": "p", "promise": "m", "old_loss": "f_0"},
                latex=(
                    r"\text{at first } \Delta = \Delta_0",
                    r"\Delta \leftarrow \min(\Delta, \eta)",
                    r"\text{within } \lVert p \rVert \le \Delta\text{: }"
                    r" p = \operatorname{argmin}(\langle g, p \rangle + 0.5 \langle p, H p \rangle)",
                    r"m = -\langle g, p \rangle - 0.5 \langle p, H p \rangle",
                    r"\rho = \frac{f - f(x + p)}{m}",
                    r"\text{if } \rho < 0.25\text{: } \Delta \leftarrow 0.25 \Delta",
                    r"\text{if } \rho > 0.75 \text{ and } \lVert p \rVert = \Delta\text{: }"
                    r" \Delta \leftarrow \min(2 \Delta, \eta)",
                    r"\text{if } \rho > 0.1\text{: } x \leftarrow x + p",
                ),
                reference="Nocedal & Wright 2006, algorithm 4.1 with the greatest radius η and the threshold 0.1, "
                "p by section 4.3",
                huge_rate="holds",
                scale_invariant=True,
                leaves_rest_by="curvature",
            ),
        },
    ),
)
