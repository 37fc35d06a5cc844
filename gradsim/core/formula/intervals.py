"""Encloses the values that nodes of a formula take anywhere in a box: interval arithmetic with outward rounding.

After R. E. Moore, R. B. Kearfott, M. J. Cloud, *Introduction to Interval Analysis* (SIAM, 2009).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradsim.core.formula.interval_arithmetic import ARITHMETIC, Decoration, square, where_continuous
from gradsim.core.formula.interval_functions import FUNCTIONS

if TYPE_CHECKING:
    from gradsim.core.formula.graph import Formula, Node

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

OPERATIONS: Mapping[str, Callable[..., Any]] = MappingProxyType({**ARITHMETIC, **FUNCTIONS})
MOST_FACTORS = 64  # of a product that is searched for a common factor


class Enclosure(NamedTuple):
    """What is known of K nodes on n boxes.

    Attributes:
        intervals: float64 (K, 2, n), lower and upper ends (possibly infinite, never NaN) between which lie all values
            that the nodes take where the formula is defined.
        continuous: bool (n,), whether every operation is defined and continuous on the whole box.
        nowhere: bool (n,), whether some operation is defined nowhere in the box, such as the square root of [-2, -1].
    """

    intervals: Floats
    continuous: Flags
    nowhere: Flags


class IntervalProgram:
    """Evaluates chosen nodes of a formula on boxes; what does not depend on the box is evaluated once, here.

    Thread-safe. ``parameters`` is float64 in the order of ``formula.parameters``; constants and parameters are taken as
    the exact doubles that they are.
    """

    def __init__(self, formula: Formula, parameters: Floats, *, outputs: Sequence[int]) -> None:
        self._dimension = formula.dimension
        self._outputs = tuple(outputs)
        self._known: dict[int, Floats] = {}
        self._variables: list[tuple[int, int]] = []
        self._steps: list[tuple[int, Callable[..., Floats], tuple[int, ...]]] = []
        self._decoration = Decoration(1)
        with np.errstate(all="ignore"):
            for index in _needed(formula, outputs):
                operation, _, value = formula.nodes[index]
                if operation == "variable":
                    self._variables.append((index, int(value)))
                elif operation in ("constant", "parameter"):
                    number = value if operation == "constant" else parameters[int(value)]
                    self._known[index] = np.full((2, 1), float(number))
                else:
                    self._add_step(formula.nodes, index)

    def _add_step(self, nodes: Sequence[Node], index: int) -> None:
        operation, operands, _ = nodes[index]
        function = OPERATIONS[operation]
        if operation == "mul" and operands[0] == operands[1]:
            function, operands = square, operands[:1]
        elif operation == "where" and _is_continuous_choice(nodes, operands):
            function = where_continuous
        if all(operand in self._known for operand in operands):
            self._known[index] = function(*(self._known[operand] for operand in operands), self._decoration)
        else:
            self._steps.append((index, function, operands))

    def enclose(self, boxes: Floats) -> Enclosure:
        """Return the enclosure of the outputs on ``boxes``, float64 (D, 2, n) of lower and upper ends."""
        decoration = Decoration(boxes.shape[2])
        decoration.discontinuous |= self._decoration.discontinuous
        decoration.nowhere |= self._decoration.nowhere
        intervals = dict(self._known)
        for index, axis in self._variables:
            intervals[index] = boxes[axis]
        with np.errstate(all="ignore"):
            for index, function, operands in self._steps:
                intervals[index] = function(*[intervals[operand] for operand in operands], decoration)
        enclosed = np.empty((len(self._outputs), 2, boxes.shape[2]))
        for row, index in enumerate(self._outputs):
            enclosed[row] = intervals[index]
        for end, unknown in enumerate((-np.inf, np.inf)):
            np.copyto(enclosed[:, end], unknown, where=np.isnan(enclosed[:, end]))
        return Enclosure(enclosed, ~decoration.discontinuous, decoration.nowhere)


def _needed(formula: Formula, outputs: Sequence[int]) -> list[int]:
    needed: set[int] = set()
    pending = list(outputs)
    while pending:
        index = pending.pop()
        if index not in needed:
            needed.add(index)
            pending.extend(formula.nodes[index].operands)
    return sorted(needed)


def _is_continuous_choice(nodes: Sequence[Node], operands: tuple[int, ...]) -> bool:
    """Whether ``where(c, a, b)`` reads where(c, c·u, 0), which jumps at most where u does.

    Derivatives are written so where a slope of 0 meets a vertical tangent.
    """
    condition, chosen, other = operands
    if nodes[other].operation != "constant" or nodes[other].value != 0.0:
        return False
    missing = Counter(_factors(nodes, condition)) - Counter(_factors(nodes, chosen))
    return all(nodes[factor].operation == "constant" for factor in missing)


def _factors(nodes: Sequence[Node], index: int) -> list[int]:
    """Return nodes whose product, times something else perhaps, is plus or minus node ``index``."""
    factors: list[int] = []
    pending = [index]
    while pending and len(factors) + len(pending) < MOST_FACTORS:
        index = pending.pop()
        operation, operands, _ = nodes[index]
        if operation in ("mul", "neg"):
            pending += operands
        elif operation == "div":
            pending.append(operands[0])
        else:
            factors.append(index)
    return factors + pending
