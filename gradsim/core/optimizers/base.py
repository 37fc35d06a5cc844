"""What an optimizer is: update rules that read like the textbook, and the hyperparameters that they take.

A rule is one small pure function of numbers. It names what it needs, in any order:

* ``position`` and ``gradient``, one coordinate of each, and ``loss``, the value of f there;
* its own state variables, as declared in ``Rule.state``;
* its hyperparameters by name, of which ``learning_rate`` is already the scheduled one;
* ``step``, the number of this update as a float, counted from 1 (a float, because ``beta ** step`` with an integer
  loses digits in compiled code).

It returns the new position, followed by the new state in the declared order. Names, letters and order of operations are
those of the paper or of the library that the convention is named after, so that trajectories agree to the last digits.
Rules use only arithmetic, ``math`` and comparisons; ``lifting`` compiles them for whole blocks of particles. 0/0 is no
move: PyTorch gives no number where ε is 0 and a coordinate has never had a slope, and agrees with the rule for ε > 0.

A rule with ``whole_vector`` sees all coordinates at once: ``position``, ``gradient`` and its state variables are tuples
of length D, ``hessian`` is the tuple of the upper triangle, row by row. A state variable may then also be one number or
such a triangle, as ``Rule.shapes`` says. It returns the tuple of new positions, followed by the new state.

A rule with a ``probe`` looks at other places before it moves. The probe is called with what an update would see, and
``probes``, how many places it has seen in this update, as a float; it returns whether it asks for another place, that
place, and the new state. As long as it asks, ``gradient`` and ``loss`` become those of the place, and it is called
again; then ``update`` sees the last of them. The Hessian is that of the last place as well.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from gradsim.core.optimizers.notation import Equation, parse_equation, plain_symbol


@dataclass(frozen=True, kw_only=True)
class Hyperparameter:
    """A number that a user sets.

    Attributes:
        name: the field's standard name, such as ``learning_rate``.
        latex: the letter in the formulas of rules, such as ``\\eta``.
        description: one sentence that says what turning it up does.
        low, high: the closed range that is accepted; ``high_open`` excludes the upper end.
        slider: the narrower range that a slider covers.
        logarithmic: whether the slider moves in decades.
    """

    name: str
    latex: str
    description: str
    low: float = 0.0
    high: float = math.inf
    high_open: bool = False
    slider: tuple[float, float] = (0.0, 1.0)
    logarithmic: bool = False

    @property
    def symbol(self) -> str:
        """The letter in plain text, such as ``η``."""
        return plain_symbol(self.latex)

    def accepts(self, value: float) -> bool:
        """Whether ``value`` is a finite number within the range."""
        below = value < self.high if self.high_open else value <= self.high
        return math.isfinite(value) and self.low <= value and below

    @property
    def range_text(self) -> str:
        """The accepted range in words: ``in [0, 1)`` or ``≥ 0``."""
        if math.isinf(self.high):
            return f"≥ {self.low:g}" if math.isfinite(self.low) else "a finite number"
        return f"in [{self.low:g}, {self.high:g}{')' if self.high_open else ']'}"


Shape = Literal["scalar", "vector", "triangle"]
"""What a state variable of a particle is: one number, D of them, or the D (D + 1) / 2 of a symmetric matrix."""

HugeRate = Literal["diverges", "jumps", "holds"]
"""What a huge learning rate does: it leads ever farther, until numbers overflow; it throws particles about as far as
the learning rate says; or steps stay short, because the method limits them by itself."""

HUGE_RATES: Mapping[HugeRate, str] = {
    "diverges": "A huge learning rate makes it diverge.",
    "jumps": "A huge learning rate throws it far away.",
    "holds": "Its steps stay short at any learning rate.",
}
"""The same as a sentence for whoever chooses a method."""

DECAYED_GRADIENT = r"g \leftarrow g + \lambda x"
"""The first line of a rule that couples the weight decay to the gradient."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule:
    """One convention of an optimizer, equal to itself alone.

    Attributes:
        update: the rule, as the module describes.
        defaults: every hyperparameter that the rule takes, in the order of display, with its default.
        state: names of the state variables that a particle carries.
        shapes: those of the state variables that are no vectors.
        initial_state: state variables that do not start at zero, each with the hyperparameter it starts from, or with
            "position" for the start.
        look_ahead: gives the coordinate at which the gradient is wanted, from ``position``, state and hyperparameters;
            None for the position itself.
        probe, max_probes: what chooses further places to look at, if anything does, and how many at most in an update.
        whole_vector: whether ``update`` and ``probe`` take tuples.
        couples_weight_decay: whether the hyperparameter ``weight_decay`` λ acts through the gradient, which becomes
            g + λx before the rule sees it (L2 regularisation), so that ``update`` need not name it;
            ``with_weight_decay`` makes such a rule of another.
        symbols: LaTeX of every state variable, by its name, as the lines of ``latex`` use it.
        latex: the update as mathematics, a line an equation, in the notation of ``notation``; ``g`` is the gradient,
            ``x`` the position, ``H`` the Hessian, ``t`` the step.
        reference: paper and equation, or library and version, that the rule agrees with.
        ends_within: how far from the minimum of a bowl it stays in the end, in learning rates, if that is constant; 0
            where it settles at the minimum.
        huge_rate: what becomes of it when the learning rate is 10¹², on a bowl.
        scale_invariant: whether its path stays the same when the loss is multiplied by a number, as ε → 0.
        leaves_rest_by: what moves a fresh particle where the slope is zero: a hyperparameter, or "curvature" at
            saddles; empty where nothing does.

    The last four are measured by ``gradsim.core.conformance``, and must be true.
    """

    update: Callable[..., Any]
    defaults: Mapping[str, float]
    state: tuple[str, ...] = ()
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    initial_state: Mapping[str, str] = field(default_factory=dict)
    look_ahead: Callable[..., float] | None = None
    probe: Callable[..., Any] | None = None
    max_probes: int = 0
    whole_vector: bool = False
    couples_weight_decay: bool = False
    symbols: Mapping[str, str] = field(default_factory=dict)
    latex: tuple[str, ...]
    reference: str
    ends_within: float = 0.0
    huge_rate: HugeRate = "diverges"
    scale_invariant: bool = False
    leaves_rest_by: str = ""

    @property
    def functions(self) -> tuple[Callable[..., Any], ...]:
        """The update, and what else the rule consists of."""
        return tuple(each for each in (self.update, self.look_ahead, self.probe) if each is not None)

    @cached_property
    def reads(self) -> frozenset[str]:
        """Names of all that its functions take."""
        return frozenset(name for each in self.functions for name in inspect.signature(each).parameters)

    def state_rows(self, dimension: int) -> dict[str, range]:
        """Where each state variable stands in the rows of a block of particles, behind the D coordinates."""
        sizes: dict[Shape, int] = {"scalar": 1, "vector": dimension, "triangle": dimension * (dimension + 1) // 2}
        rows, first = {}, dimension
        for name in self.state:
            rows[name] = range(first, first + sizes[self.shapes.get(name, "vector")])
            first = rows[name].stop
        return rows

    def n_rows(self, dimension: int) -> int:
        """How many rows the coordinates and the state variables take together."""
        return max((rows.stop for rows in self.state_rows(dimension).values()), default=dimension)

    @property
    def equations(self) -> tuple[Equation, ...]:
        """The lines of ``latex``, read."""
        return tuple(map(parse_equation, self.latex))

    @property
    def formula(self) -> str:
        """The update as one line of plain text."""
        return ",  ".join(equation.plain_text for equation in self.equations)


def with_weight_decay(rule: Rule) -> Rule:
    """Return ``rule`` with the L2 weight decay that PyTorch's optimizers have, which is off by default."""
    return replace(
        rule,
        couples_weight_decay=True,
        defaults={**rule.defaults, "weight_decay": 0.0},
        latex=(DECAYED_GRADIENT, *rule.latex),
    )


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """An optimizer with its conventions, the first of which is its default."""

    name: str
    title: str
    group: str
    character: str
    conventions: Mapping[str, Rule]

    @property
    def default_convention(self) -> str:
        return next(iter(self.conventions))

    def rule(self, convention: str | None = None) -> Rule:
        """The rule of ``convention`` (None for the default). Raises KeyError for an unknown one."""
        return self.conventions[convention or self.default_convention]
