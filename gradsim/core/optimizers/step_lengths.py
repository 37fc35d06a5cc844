"""Optimizers that follow the gradient and choose how far: by a search, by the loss, by the distance, by the time."""

from __future__ import annotations

from gradsim.core.optimizers.base import DECAYED_GRADIENT, Optimizer, Rule
from gradsim.core.optimizers.vectors import Vector, add_scaled, dot, norm, scaled

MAX_TRIALS = 60
"""Lengths that a line search tries before it stays where it is; halved so often, one is 10⁻¹⁸ of the first."""


def try_lengths(
    position: Vector,
    gradient: Vector,
    loss: float,
    direction: Vector,
    first_loss: float,
    length: float,
    learning_rate: float,
    contraction: float,
    sufficient_decrease: float,
    probes: float,
) -> tuple[bool, Vector, Vector, float, float]:
    """Ask for the loss a length downhill, then for that of shorter ones, until it has fallen enough."""
    begins = probes == 0.0
    falls = loss <= first_loss - sufficient_decrease * length * dot(direction, direction)
    direction = scaled(-1.0, gradient) if begins else direction
    first_loss = loss if begins else first_loss
    length = learning_rate if begins else (length if falls else contraction * length)
    return begins or not falls, add_scaled(position, length, direction), direction, first_loss, length


def step_by_length(
    position: Vector,
    loss: float,
    direction: Vector,
    first_loss: float,
    length: float,
    sufficient_decrease: float,
) -> tuple[Vector, Vector, float, float]:
    """Go where the loss has fallen enough; nowhere if the last trial was too long as well."""
    falls = loss <= first_loss - sufficient_decrease * length * dot(direction, direction)
    length = length if falls else 0.0
    return add_scaled(position, length, direction), direction, first_loss, length


def polyak(position: Vector, gradient: Vector, loss: float, learning_rate: float, lowest_loss: float) -> Vector:
    """As far as it would be to the lowest loss, if the slope stayed as it is; nowhere without a slope."""
    squared_norm = dot(gradient, gradient)
    length = (loss - lowest_loss) / squared_norm if squared_norm > 0.0 else 0.0
    return add_scaled(position, -learning_rate * length, gradient)


def asgd(
    position: float,
    gradient: float,
    rate: float,
    learning_rate: float,
    lambd: float,
    power: float,
    step: float,
) -> tuple[float, float]:
    """Descend with a rate that falls with the steps; it is made ready a step ahead, so a schedule acts a step late."""
    rate = learning_rate if step == 1.0 else rate
    position = position * (1.0 - lambd * rate) - rate * gradient
    return position, learning_rate / (1.0 + lambd * learning_rate * step) ** power


def at_iterate(iterate: float) -> float:
    """Where the descent is of which the position is the average."""
    return iterate


def averaged_descent(
    position: float, gradient: float, iterate: float, learning_rate: float, power: float, step: float
) -> tuple[float, float]:
    """The mean of all places that a descent with falling steps has visited."""
    iterate = iterate - learning_rate / step**power * gradient
    return position + (iterate - position) / step, iterate


def lars(
    position: Vector,
    gradient: Vector,
    velocity: Vector,
    learning_rate: float,
    momentum: float,
    trust_coefficient: float,
    epsilon: float,
) -> tuple[Vector, Vector]:
    """Momentum of gradients that are made as long as a share of the distance from the origin."""
    distance, slope = norm(position), norm(gradient)
    ratio = trust_coefficient * distance / (slope + epsilon) if distance > 0.0 and slope > 0.0 else 1.0
    velocity = add_scaled(scaled(momentum, velocity), learning_rate * ratio, gradient)
    return add_scaled(position, -1.0, velocity), velocity


def lars_separate_norms(
    position: Vector,
    gradient: Vector,
    velocity: Vector,
    learning_rate: float,
    momentum: float,
    trust_coefficient: float,
    weight_decay: float,
) -> tuple[Vector, Vector]:
    """``lars`` with the norms of gradient and decay added, and without a step where both are zero."""
    distance = norm(position)
    total = norm(gradient) + weight_decay * distance
    ratio = trust_coefficient * distance / total if total > 0.0 else 0.0
    decayed = add_scaled(gradient, weight_decay, position)
    velocity = add_scaled(scaled(momentum, velocity), learning_rate * ratio, decayed)
    return add_scaled(position, -1.0, velocity), velocity


STEP_LENGTHS = (
    Optimizer(
        name="line_search",
        title="Line search",
        group="First order",
        character="Tries a long step and shortens it until the loss falls enough: zigzags, but never climbs.",
        conventions={
            "paper": Rule(
                update=step_by_length,
                probe=try_lengths,
                max_probes=MAX_TRIALS,
                whole_vector=True,
                defaults={"learning_rate": 1.0, "contraction": 0.5, "sufficient_decrease": 1e-4},
                state=("direction", "first_loss", "length"),
                shapes={"first_loss": "scalar", "length": "scalar"},
                symbols={"direction": "p", "first_loss": "f_0", "length": r"\alpha"},
                latex=(
                    r"p = -g",
                    r"f_0 = f",
                    r"\alpha = \eta",
                    r"\text{while } f(x + \alpha p) > f_0 - c \alpha \lVert p \rVert^2\text{: }"
                    r" \alpha \leftarrow \rho \alpha",
                    r"x \leftarrow x + \alpha p",
                ),
                reference=f"Nocedal & Wright 2006, algorithm 3.1 downhill, with at most {MAX_TRIALS} lengths",
                huge_rate="holds",
            ),
        },
    ),
    Optimizer(
        name="polyak",
        title="Polyak step",
        group="First order",
        character="Knows the lowest loss and strides towards it: long steps far away, none at the minimum.",
        conventions={
            "paper": Rule(
                update=polyak,
                whole_vector=True,
                defaults={"learning_rate": 1.0, "lowest_loss": 0.0},
                latex=(r"x \leftarrow x - \eta \frac{f - f_{*}}{\lVert g \rVert^2} g",),
                reference="Polyak 1987, Introduction to Optimization, section 5.3.2, with relaxation η; 0/0 is no step",
                scale_invariant=True,
            ),
        },
    ),
    Optimizer(
        name="asgd",
        title="Averaged descent",
        group="First order",
        character="Steps that shorten with time; by its paper the mean of all places so far: late, but calm in noise.",
        conventions={
            "pytorch": Rule(
                update=asgd,
                defaults={"learning_rate": 0.01, "lambd": 1e-4, "power": 0.75},
                state=("rate",),
                symbols={"rate": r"\gamma"},
                latex=(
                    r"\text{if } t = 1\text{: } \gamma \leftarrow \eta",
                    r"x \leftarrow (1 - \lambda \gamma) x - \gamma g",
                    r"\gamma \leftarrow \frac{\eta}{(1 + \lambda \eta t)^{\alpha}}",
                ),
                reference="torch.optim.ASGD, PyTorch 2.15: the parameter itself, not the average ax beside it",
                leaves_rest_by="lambd",
            ),
            "paper": Rule(
                update=averaged_descent,
                look_ahead=at_iterate,
                # The paper leaves the power open; at 0.5 the start is soon forgotten, and noise still averages out.
                defaults={"learning_rate": 0.02, "power": 0.5},
                state=("iterate",),
                initial_state={"iterate": "position"},
                symbols={"iterate": "z"},
                latex=(
                    r"\text{at first } z = x",
                    r"z \leftarrow z - \frac{\eta}{t^{\alpha}} \nabla f(z)",
                    r"x \leftarrow x + \frac{z - x}{t}",
                ),
                reference="Polyak & Juditsky 1992, with the mean of x₁ … x_t as in Kushner & Yang 1993",
                ends_within=0.05,
            ),
        },
    ),
    Optimizer(
        name="lars",
        title="LARS",
        group="First order",
        character="Strides as long as a share of its distance from the origin: never rests by itself, save there.",
        conventions={
            "paper": Rule(
                update=lars_separate_norms,
                whole_vector=True,
                defaults={"learning_rate": 2.0, "momentum": 0.9, "trust_coefficient": 0.001, "weight_decay": 0.0},
                state=("velocity",),
                symbols={"velocity": "v"},
                latex=(
                    r"r = c \frac{\lVert x \rVert}{\lVert g \rVert + \lambda \lVert x \rVert}",
                    r"v \leftarrow \mu v + \eta r (g + \lambda x)",
                    r"x \leftarrow x - v",
                ),
                reference="You, Gitman & Ginsburg 2017, algorithm 1, whose trust coefficient η is c; 0/0 is no step",
                ends_within=1e-3,
                scale_invariant=True,
            ),
            "optax": Rule(
                update=lars,
                whole_vector=True,
                couples_weight_decay=True,
                defaults={
                    "learning_rate": 2.0,
                    "momentum": 0.9,
                    "trust_coefficient": 0.001,
                    "epsilon": 0.0,
                    "weight_decay": 0.0,
                },
                state=("velocity",),
                symbols={"velocity": "v"},
                latex=(
                    DECAYED_GRADIENT,
                    r"r = c \frac{\lVert x \rVert}{\lVert g \rVert + \varepsilon}",
                    r"\text{if } \lVert x \rVert \, \lVert g \rVert = 0\text{: } r \leftarrow 1",
                    r"v \leftarrow \mu v + \eta r g",
                    r"x \leftarrow x - v",
                ),
                reference="optax.lars, optax 0.2.8",
                ends_within=1e-3,
                scale_invariant=True,
            ),
        },
    ),
)
