"""The operations that graphs of formulas are made of, and what they do to plain numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

LEAVES = ("constant", "variable", "parameter")
# Operations and the number of their operands. ``less`` is 1.0 if a < b, else 0.0; ``where`` is its second operand if
# its first is not 0, else its third; ``sign(0)`` is 0; ``pow`` is that of C, so that pow(-2, 3) is -8.
OPERATIONS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(LEAVES, 0)
    | dict.fromkeys(
        ("neg", "sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "abs", "sign"), 1
    )
    | dict.fromkeys(("add", "sub", "mul", "div", "pow", "min", "max", "less"), 2)
    | {"where": 3}
)

_FUNCTIONS: Mapping[str, Callable[..., float]] = MappingProxyType(
    {name: getattr(math, name) for name in OPERATIONS if hasattr(math, name)}
    | {
        "abs": abs,
        "min": min,
        "max": max,
        "neg": lambda a: -a,
        "sign": lambda a: float((a > 0.0) - (a < 0.0)),
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "less": lambda a, b: float(a < b),
        "where": lambda condition, a, b: a if condition != 0.0 else b,
    }
)


class Node(NamedTuple):
    """One operation of a graph.

    ``operands`` are the indices of earlier nodes. ``value`` is a constant's number, or the index of a variable or
    parameter, and 0 otherwise.
    """

    operation: str
    operands: tuple[int, ...] = ()
    value: float = 0.0


def evaluate(operation: str, values: Sequence[float]) -> float:
    """Return the operation of plain numbers: nan where it is not a real number, inf where it is too large."""
    try:
        return float(_FUNCTIONS[operation](*values))
    except OverflowError:
        return math.inf
    except (ValueError, ZeroDivisionError):
        return math.nan
