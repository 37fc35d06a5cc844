"""What the lines of a rule are made of: expressions as trees, the words that may stand in them, and their values."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

GRADIENT = r"\nabla f"
LOSS = "f"
LOSS_ELSEWHERE = r"f(\cdot)"
"""Under which ``evaluate`` finds the loss as a function; the loss at the position is a number under ``f``."""
ACCENTS = {r"\hat": "\u0302", r"\bar": "\u0304"}
BARS = {r"\lvert": (r"\rvert", "|"), r"\lVert": (r"\rVert", "‖")}
RELATIONS: Mapping[str, tuple[str, Callable[[float, float], bool]]] = {
    "<": ("<", operator.lt),
    ">": (">", operator.gt),
    "=": ("=", operator.eq),
    r"\le": ("≤", operator.le),
    r"\ge": ("≥", operator.ge),
}
COLON = r"\text{: }"
AND = r"\text{ and }"
# They say in a word what no single line can.
_UNKNOWN = (r"\operatorname{argmin}", r"\operatorname{bisect}", r"\operatorname{BFGS}", r"\operatorname{last5}")
FUNCTIONS: Mapping[str, Callable[..., float]] = {
    r"\max": max,
    r"\min": min,
    **dict.fromkeys(_UNKNOWN, lambda *_: math.nan),
    r"\operatorname{clip}": lambda value, limit: max(-limit, min(value, limit)),
    r"\operatorname{diag}": lambda value: value,
    r"\operatorname{mod}": lambda value, divisor: value % divisor,
    r"\operatorname{sign}": lambda value: math.copysign(1.0, value) if value else 0.0,
}

Values = Mapping[str, "float | Callable[[float], float]"]


@dataclass(frozen=True)
class Expression:
    """A node of a formula.

    ``kind`` is ``number``, ``symbol`` (``text`` is its LaTeX), ``sum`` (``signs`` go with the parts), ``product``,
    ``fraction``, ``root``, ``power``, ``magnitude`` (``text`` is the opening bar, ``index`` says which norm), ``inner``
    (product), ``call`` (``text`` is the function's LaTeX).
    """

    kind: str
    text: str = ""
    parts: tuple[Expression, ...] = ()
    signs: tuple[str, ...] = ()
    index: str = ""


def evaluate(node: Expression, values: Values) -> float:
    """Return what ``node`` comes to for ``values`` by LaTeX symbol."""

    def number(part: Expression) -> float:
        return evaluate(part, values)

    match node.kind:
        case "number":
            return float(node.text)
        case "symbol":
            return values[node.text]  # type: ignore[return-value]
        case "sum":
            return sum(
                -number(part) if sign == "-" else number(part)
                for sign, part in zip(node.signs, node.parts, strict=True)
            )
        case "product":
            return math.prod(map(number, node.parts))
        case "fraction":
            return number(node.parts[0]) / number(node.parts[1])
        case "root":
            return math.sqrt(number(node.parts[0]))
        case "power":
            return float(number(node.parts[0]) ** number(node.parts[1]))
        case "magnitude":
            return abs(number(node.parts[0]))
        case "inner":
            return number(node.parts[0]) * number(node.parts[1])
        case _:
            function = FUNCTIONS.get(node.text) or values[GRADIENT if node.text == GRADIENT else LOSS_ELSEWHERE]
            return function(*map(number, node.parts))  # type: ignore[operator]
