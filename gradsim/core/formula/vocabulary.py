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
