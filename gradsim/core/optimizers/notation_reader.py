"""Reads the LaTeX of rules into expressions, by recursive descent."""

from __future__ import annotations

import re

from gradsim.core.optimizers.notation_tree import (
    ACCENTS,
    AND,
    BARS,
    COLON,
    FUNCTIONS,
    GRADIENT,
    LOSS,
    RELATIONS,
    Expression,
)

_TOKEN = re.compile(r"\\nabla f|\\text\{[^}]*\}|\\operatorname\{\w+\}|\\[A-Za-z]+|\\,|\d+(?:\.\d+)?|\S")
_ENDS_OF_TERM = (
    *(None, "+", "-", ")", "}", ",", r"\rangle", COLON, AND),
    *RELATIONS,
    *(closing for closing, _ in BARS.values()),
)


class Reader:
    """Reads one line of ``latex`` from left to right; everything raises ValueError for what is not in the notation."""

    def __init__(self, latex: str) -> None:
        self._latex = latex
        self._tokens = [token for token in _TOKEN.findall(latex) if token not in (r"\,", r"\left", r"\right")]
        self._at = 0

    @property
    def next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def take(self, expected: str | None = None) -> str:
        token = self.next
        if token is None or expected not in (None, token):
            raise ValueError(f"{self._latex!r}: expected {expected or 'more'} at token {self._at}, got {token}")
        self._at += 1
        return token

    def read_all(self) -> Expression:
        result = self._read_sum()
        if self.next is not None:
            raise ValueError(f"{self._latex!r}: did not expect {self.next}")
        return result

    def read_comparisons(self) -> tuple[tuple[Expression, str, Expression], ...]:
        """Relations between expressions, joined by "and", up to a colon."""
        comparisons: list[tuple[Expression, str, Expression]] = []
        while not comparisons or self.next == AND:
            if comparisons:
                self.take()
            left, relation, right = self._read_sum(), self.take(), self._read_sum()
            if relation not in RELATIONS:
                raise ValueError(f"{self._latex!r}: expected a relation, got {relation}")
            comparisons.append((left, relation, right))
        self.take(COLON)
        return tuple(comparisons)

    def _read_sum(self) -> Expression:
        signs = [self.take() if self.next == "-" else "+"]
        terms = [self._read_product()]
        while self.next in ("+", "-"):
            signs.append(self.take())
            terms.append(self._read_product())
        return terms[0] if signs == ["+"] else Expression("sum", parts=tuple(terms), signs=tuple(signs))

    def _read_product(self) -> Expression:
        factors = [self.read_factor()]
        while self.next not in _ENDS_OF_TERM:
            factors.append(self.read_factor())
        return factors[0] if len(factors) == 1 else Expression("product", parts=tuple(factors))

    def read_factor(self) -> Expression:
        base = self._read_atom()
        if self.next != "^":
            return base
        self.take()
        exponent = self._read_group() if self.next == "{" else self._read_atom()
        return Expression("power", parts=(base, exponent))

    def _read_group(self, opening: str = "{", closing: str = "}") -> Expression:
        self.take(opening)
        inside = self._read_sum()
        self.take(closing)
        return inside

    def _read_atom(self) -> Expression:
        if self.next == "(":
            return self._read_group("(", ")")
        token = self.take()
        if token[0].isdigit():
            return Expression("number", token)
        if token == r"\frac":
            return Expression("fraction", parts=(self._read_group(), self._read_group()))
        if token == r"\sqrt":
            return Expression("root", parts=(self._read_group(),))
        if token == GRADIENT or token in FUNCTIONS or (token == LOSS and self.next == "("):
            return Expression("call", token, self._read_arguments())
        if token in BARS:
            inside = self._read_sum()
            self.take(BARS[token][0])
            return Expression("magnitude", token, (inside,), index=self._read_index_if_any())
        if token == r"\langle":
            left = self._read_sum()
            self.take(",")
            right = self._read_sum()
            self.take(r"\rangle")
            return Expression("inner", parts=(left, right))
        if token in ACCENTS:
            return Expression("symbol", f"{token} {self.take()}")
        if not token[-1].isalpha():
            raise ValueError(f"{self._latex!r}: did not expect {token}")
        return Expression("symbol", token + self._read_index_if_any())

    def _read_index_if_any(self) -> str:
        if self.next != "_":
            return ""
        return self.take() + self._read_index()

    def _read_index(self) -> str:
        if self.next != "{":
            return self.take()
        index = ""
        while not index.endswith("}"):
            index += self.take()
        return index

    def _read_arguments(self) -> tuple[Expression, ...]:
        self.take("(")
        arguments = [self._read_sum()]
        while self.next == ",":
            self.take()
            arguments.append(self._read_sum())
        self.take(")")
        return tuple(arguments)
