"""What an optimizer is: update rules that read like the textbook, and the hyperparameters that they take.

A rule is one small pure function of numbers. It names what it needs, in any order:

* ``position`` and ``gradient``, one coordinate of each;
* its own state variables, as declared in ``Rule.state``;
* its hyperparameters by name, of which ``learning_rate`` is already the scheduled one;
* ``step``, the number of this update as a float, counted from 1 (a float, because ``beta ** step`` with an integer
  loses digits in compiled code).

It returns the new position, followed by the new state in the declared order. Names, letters and order of operations are
those of the paper or of the library that the convention is named after, so that trajectories agree to the last digits.
Rules use only arithmetic, ``math`` and comparisons; ``lifting`` compiles them for whole blocks of particles.

A rule with ``whole_vector`` sees all coordinates at once: ``position`` and ``gradient`` are tuples of length D,
``hessian`` is the tuple of the upper triangle, row by row; it returns the tuple of new positions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

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
            return f"≥ {self.low:g}"
        return f"in [{self.low:g}, {self.high:g}{')' if self.high_open else ']'}"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One convention of an optimizer.

    Attributes:
        update: the rule, as the module describes.
        defaults: every hyperparameter that the rule takes, in the order of display, with its default.
        state: names of the state variables that each coordinate carries.
        initial_state: state variables that do not start at zero, each with the hyperparameter it starts from.
        look_ahead: gives the coordinate at which the gradient is wanted, from ``position``, state and hyperparameters;
            None for the position itself.
        whole_vector: whether ``update`` takes tuples.
        symbols: LaTeX of every state variable, by its name, as the lines of ``latex`` use it.
        latex: the update as mathematics, a line an equation, in the notation of ``notation``; ``g`` is the gradient,
            ``x`` the position, ``H`` the Hessian, ``t`` the step.
        reference: paper and equation, or library and version, that the rule agrees with.
    """

    update: Callable[..., Any]
    defaults: Mapping[str, float]
    state: tuple[str, ...] = ()
    initial_state: Mapping[str, str] = field(default_factory=dict)
    look_ahead: Callable[..., float] | None = None
    whole_vector: bool = False
    symbols: Mapping[str, str] = field(default_factory=dict)
    latex: tuple[str, ...]
    reference: str

    @property
    def equations(self) -> tuple[Equation, ...]:
        """The lines of ``latex``, read."""
        return tuple(map(parse_equation, self.latex))

    @property
    def formula(self) -> str:
        """The update as one line of plain text."""
        return ",  ".join(equation.plain_text for equation in self.equations)


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


def solve_symmetric(matrix: tuple[float, ...], vector: tuple[float, ...]) -> tuple[float, ...]:
    """Solve ``matrix @ solution = vector`` for D = 1 or 2.

    ``matrix`` is the upper triangle, row by row. A singular matrix gives inf or nan, as IEEE division does in compiled
    code; called from plain Python it raises ZeroDivisionError.
    """
    if len(vector) == 1:
        return (vector[0] / matrix[0],)
    xx, xy, yy = matrix
    determinant = xx * yy - xy * xy
    return (
        (yy * vector[0] - xy * vector[1]) / determinant,
        (xx * vector[1] - xy * vector[0]) / determinant,
    )
