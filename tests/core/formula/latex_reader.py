"""Calculates what LaTeX says, as a mathematician would read it aloud: independent of how the program writes it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

_TOKEN = re.compile(
    r"\\left|\\right|\\(?:mathrm|quad|cdot|frac|sqrt|[A-Za-z]+)|\\,|[0-9]+(?:\.[0-9]+)?|[A-Za-z]|[-+/^_{}(),|]| +"
)
_FUNCTIONS = {name: getattr(math, name) for name in ("sin", "cos", "tan", "exp", "log", "tanh", "sinh", "cosh")}
_FUNCTIONS |= {"ln": math.log, "arctan": math.atan, "min": min, "max": max}
_SPACES = (r"\,", r"\quad")


class LatexReader:
    """Reads one line of LaTeX. Refuses with AssertionError what a reader could take for something else.

    ``names`` gives the values of letters and names, as in the LaTeX without the backslash: ``x``, ``alpha_{1}``.
    """

    def __init__(self, latex: str, names: Mapping[str, float]) -> None:
        self._tokens = [token for token in _TOKEN.findall(latex) if token.strip() and token not in _SPACES]
        assert "".join(_TOKEN.findall(latex)) == latex, latex
        self._at = 0
        self._names = {"pi": math.pi, "e": math.e, **names}

    def read(self) -> float:
        value = self._sum()
        assert self._at == len(self._tokens), self._tokens[self._at :]
        return value

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *expected: str) -> str:
        token = self._next()
        assert not expected or token in expected, (token, expected)
        self._at += 1
        return token

    def _sum(self) -> float:
        if self._next() == "-":  # as in 10^{-3}
            self._take()
            value = -self._product()
        else:
            value = self._product()
        while self._next() in ("+", "-"):
            sign = self._take()
            assert self._next() != "{", "a sign follows a sign"
            value = value + self._product() if sign == "+" else value - self._product()
        return value

    def _product(self) -> float:
        sign = 1.0
        if self._tokens[self._at : self._at + 3] == ["{", "-", "}"]:
            self._at += 3
            sign = -1.0
        value, ends_in_digit = self._power()
        value *= sign
        divided = False
        while self._next() not in ("", "+", "-", ")", "}", ",", r"\right"):
            if self._next() == "/":
                self._take()
                divided = True
                value = _divide(value, self._power()[0])
                continue
            assert not divided, "a/b c can be read in two ways"
            dot = self._next() == r"\cdot"
            if dot:
                self._take()
            assert dot or not self._next()[0].isdigit(), "two numbers run together"
            assert dot or not (ends_in_digit and self._next() == r"\frac"), "a mixed number"
            factor, ends_in_digit = self._power()
            value *= factor
        return value

    def _power(self) -> tuple[float, bool]:
        is_number = self._next()[:1].isdigit()
        base = self._atom()
        if self._next() == "^":
            self._take()
            base = math.pow(base, self._group())
            assert self._next() != "^", "a double power"
        return base, is_number

    def _atom(self) -> float:
        token = self._take()
        if token[0].isdigit():
            return float(token)
        if token == r"\frac":
            return _divide(self._group(), self._group())
        if token == r"\sqrt":
            return math.sqrt(self._group())
        if token in ("(", r"\left"):
            closing = ")" if token == "(" or self._take("(", "|") == "(" else "|"
            value = self._sum()
            if token == r"\left":
                self._take(r"\right")
            self._take(closing)
            return abs(value) if closing == "|" else value
        name = token.removeprefix("\\")
        return self._call(name) if name in _FUNCTIONS else self._names[self._subscripted(name)]

    def _call(self, name: str) -> float:
        power = 1.0
        if self._next() == "^":
            self._take()
            power = self._group()
        grown = self._take("(", r"\left") == r"\left"
        if grown:
            self._take("(")
        arguments = [self._sum()]
        while self._next() == ",":
            self._take()
            arguments.append(self._sum())
        if grown:
            self._take(r"\right")
        self._take(")")
        return math.pow(_FUNCTIONS[name](*arguments), power)

    def _subscripted(self, name: str) -> str:
        if name == "mathrm":
            name = self._text()
        if self._next() == "_":
            self._take()
            name += f"_{{{self._text()}}}"
        return name

    def _text(self) -> str:
        self._take("{")
        text = ""
        while self._next() != "}":
            text += self._take()
        self._take("}")
        return text

    def _group(self) -> float:
        self._take("{")
        value = self._sum()
        self._take("}")
        return value


def _divide(a: float, b: float) -> float:
    return a / b if b else math.nan
