"""Evaluates the nodes of a formula one by one, in plain floats or in mpmath: slow, and independent of the tape."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from typing import Any

import mpmath

from gradsim.core.formula.graph import Formula

_COMMON = {
    "neg": operator.neg,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "abs": abs,
    "min": min,
    "max": max,
    "less": lambda a, b: 1.0 if a < b else 0.0,
    "where": lambda condition, a, b: a if condition != 0 else b,
    "sign": lambda a: (a > 0) - (a < 0),
}
_FUNCTIONS = ("sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan")
FLOATS = _COMMON | {name: getattr(math, name) for name in (*_FUNCTIONS, "pow")}
BIG_FLOATS = _COMMON | {name: getattr(mpmath, name) for name in _FUNCTIONS} | {"pow": mpmath.power}


def evaluate_nodes(
    formula: Formula, point: Sequence[Any], parameters: Mapping[str, Any], *, operations: Mapping[str, Any] = FLOATS
) -> list[Any]:
    """Return the value of every node; what is not a real number, such as 1/0 or log(-1), is nan."""
    number = mpmath.mpf if operations is BIG_FLOATS else float
    values: list[Any] = []
    for node in formula.nodes:
        if node.operation == "constant":
            values.append(number(node.value))
        elif node.operation == "variable":
            values.append(number(point[int(node.value)]))
        elif node.operation == "parameter":
            values.append(number(parameters[formula.parameters[int(node.value)]]))
        else:
            try:
                result = operations[node.operation](*(values[i] for i in node.operands))
                values.append(number("nan") if isinstance(result, mpmath.mpc) else result)
            except (ValueError, ZeroDivisionError, OverflowError):
                values.append(number("nan"))
    return values
