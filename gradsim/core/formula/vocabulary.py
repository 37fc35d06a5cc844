"""The words that formulas know: variables, constants and functions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

VARIABLES = ("x", "y")
CONSTANTS: Mapping[str, float] = MappingProxyType({"pi": math.pi, "e": math.e})


class Function(NamedTuple):
    """A function that formulas may call; ``n_arguments`` is the least number of them when ``variadic``."""

    operation: str
    n_arguments: int = 1
    variadic: bool = False


_UNARY = ("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "tanh", "sinh", "cosh", "atan")
FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {name: Function(name) for name in _UNARY}
    | {
        "min": Function("min", 2, variadic=True),
        "max": Function("max", 2, variadic=True),
        "pow": Function("pow", 2),
        "ln": Function("log"),
        "arctan": Function("atan"),
    }
)

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "x": "first variable",
        "y": "second variable",
        "pi": "3.14159…, also written π",
        "e": "2.71828…",
        "sin": "sine, in radians",
        "cos": "cosine, in radians",
        "tan": "tangent, in radians",
        "exp": "exponential, e to the power of …",
        "log": "natural logarithm",
        "ln": "natural logarithm",
        "sqrt": "square root",
        "abs": "absolute value",
        "tanh": "hyperbolic tangent",
        "sinh": "hyperbolic sine",
        "cosh": "hyperbolic cosine",
        "atan": "inverse tangent",
        "arctan": "inverse tangent",
        "min": "smallest of several",
        "max": "largest of several",
        "pow": "first to the power of second",
    }
)
