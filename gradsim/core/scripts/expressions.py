"""Operations as the text of Python expressions, with no more brackets than keep the order of rounding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from gradsim.core.scripts.source_text import number

CHOICE, SUM, PRODUCT, NEGATIVE, POWER, ATOM = range(6)
_SYMBOLS = {"add": (" + ", SUM), "sub": (" - ", SUM), "mul": (" * ", PRODUCT), "div": (" / ", PRODUCT)}
_LONGEST = 84  # characters of an operation with all its operands


class Text(NamedTuple):
    """An expression and how tightly it binds.

    ``value`` is the number that it stands for, None where it depends on a parameter or a variable.
    """

    source: str
    binding: int = ATOM
    value: float | None = None


def constant(value: float) -> Text:
    return Text(number(value), NEGATIVE if value < 0.0 else ATOM, value)


class Writer:
    """Writes operations of ``OPERATIONS`` and gives names to what is long or needed twice.

    ``functions`` names those of the library; ``lines`` are the assignments so far.
    """

    def __init__(self, functions: Mapping[str, str]) -> None:
        self.functions = functions
        self.lines: list[str] = []

    def named(self, text: Text) -> Text:
        """Assign ``text`` to a name of its own."""
        name = f"t{len(self.lines) + 1}"
        self.lines.append(f"{name} = {text.source}")
        return Text(name)

    def apply(self, operation: str, operands: Sequence[Text]) -> Text:
        """Return the operation of ``operands``."""
        room = _LONGEST // len(operands) - 4
        operands = [self.named(each) if len(each.source) > room else each for each in operands]
        if operation in _SYMBOLS:
            symbol, binding = _SYMBOLS[operation]
            # The right-hand side binds tighter: a + (b + c) is not rounded as a + b + c is.
            return Text(_bracketed(operands[0], binding) + symbol + _bracketed(operands[1], binding + 1), binding)
        if operation == "neg":
            return Text("-" + _bracketed(operands[0], POWER), NEGATIVE)
        if operation == "pow":
            return self._power(*operands)
        if operation == "less":
            return Text(f"{_bracketed(operands[0], SUM)} < {_bracketed(operands[1], SUM)}", CHOICE)
        return Text(f"{self.functions[operation]}({', '.join(each.source for each in operands)})")

    def choose(self, condition: Text, is_comparison: bool, yes: Text, no: Text) -> Text:
        """Return ``yes`` where the condition holds, or is not 0, else ``no``."""
        room = _LONGEST // 3 - 4
        yes, no = (self.named(each) if len(each.source) > room else each for each in (yes, no))
        condition = self.named(condition) if len(condition.source) > room else condition
        test = condition.source if is_comparison else f"{_bracketed(condition, SUM)} != 0.0"
        return Text(f"{_bracketed(yes, SUM)} if {test} else {_bracketed(no, SUM)}", CHOICE)

    def _power(self, base: Text, exponent: Text) -> Text:
        shown = exponent
        if exponent.value is not None and exponent.value == int(exponent.value):
            shown = Text(str(int(exponent.value)), exponent.binding)  # libraries are exact for whole powers
        symbol = "**" if base.binding == ATOM and shown.binding == ATOM else " ** "
        return Text(_bracketed(base, ATOM) + symbol + _bracketed(shown, NEGATIVE), POWER)


def _bracketed(text: Text, binding: int) -> str:
    return text.source if text.binding >= binding else f"({text.source})"


_SAME = ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "sign")


def _functions(module: str, arctangent: str) -> Mapping[str, str]:
    names = {name: f"{module}.{name}" for name in _SAME}
    others = {"atan": f"{module}.{arctangent}", "min": f"{module}.minimum", "max": f"{module}.maximum", "abs": "abs"}
    return MappingProxyType(names | others)


NUMPY, TORCH, JAX = _functions("np", "arctan"), _functions("torch", "atan"), _functions("jnp", "arctan")
