"""Formulas differentiated a second time: by arithmetic with Taylor coefficients, in long double where there is one.

A jet is a value with its gradient and its Hessian, and every operation carries all three along. Nothing of gradsim but
the parser is used: not the rules of differentiation, not the simplifier, not the tape, not the vectorised functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradsim.core.formula.parse import parse

Real = np.longdouble
Reals = NDArray[np.longdouble]


@dataclass(frozen=True)
class Jet:
    """Value (n,), gradient (D, n) and Hessian (D, D, n) at n points."""

    value: Reals
    gradient: Reals
    hessian: Reals

    def through(self, f: Any, first: Any, second: Any) -> Jet:
        """Return f(self) from f, f′ and f″ at the value: Faà di Bruno's formula, second order."""
        outer = self.gradient[:, None] * self.gradient[None]
        return Jet(f, first * self.gradient, first * self.hessian + second * outer)

    def plus(self, other: Jet) -> Jet:
        return Jet(self.value + other.value, self.gradient + other.gradient, self.hessian + other.hessian)

    def times(self, other: Jet) -> Jet:
        """Return the product, by Leibniz's rule."""
        cross = self.gradient[:, None] * other.gradient[None]
        return Jet(
            self.value * other.value,
            self.value * other.gradient + other.value * self.gradient,
            self.value * other.hessian + other.value * self.hessian + cross + cross.swapaxes(0, 1),
        )

    def to_the(self, power: Jet) -> Jet:
        """Return this to a constant power."""
        p, x = power.value, self.value
        if power.gradient.any():
            raise NotImplementedError("a power that varies")
        first = np.where(p == 0, Real(0), p * x ** np.where(p == 0, Real(1), p - 1))
        second = np.where(p * (p - 1) == 0, Real(0), p * (p - 1) * x ** np.where(p * (p - 1) == 0, Real(1), p - 2))
        return self.through(x**p, first, second)


def _reciprocal(x: Jet) -> Jet:
    return x.through(1 / x.value, -1 / x.value**2, 2 / x.value**3)


_OPERATIONS: dict[str, Callable[..., Jet]] = {
    "neg": lambda x: x.through(-x.value, Real(-1), Real(0)),
    "exp": lambda x: x.through(*(np.exp(x.value),) * 3),
    "log": lambda x: x.through(np.log(x.value), 1 / x.value, -1 / x.value**2),
    "sqrt": lambda x: x.through(np.sqrt(x.value), 1 / (2 * np.sqrt(x.value)), -1 / (4 * np.sqrt(x.value) ** 3)),
    "sin": lambda x: x.through(np.sin(x.value), np.cos(x.value), -np.sin(x.value)),
    "cos": lambda x: x.through(np.cos(x.value), -np.sin(x.value), -np.cos(x.value)),
    "add": lambda a, b: a.plus(b),
    "sub": lambda a, b: a.plus(_OPERATIONS["neg"](b)),
    "mul": lambda a, b: a.times(b),
    "div": lambda a, b: a.times(_reciprocal(b)),
    "pow": lambda a, b: a.to_the(b),
}


def jet_of(source: str, parameters: Mapping[str, float], points: NDArray[np.float64]) -> Jet:
    """Return value and derivatives of the formula ``source`` at ``points`` (n, D).

    Raises NotImplementedError for an operation that no surface of the gallery needs.
    """
    n, dimension = points.shape
    expression, stack = parse(source), []
    flat, level = np.zeros((dimension, n), dtype=Real), np.zeros((dimension, dimension, n), dtype=Real)
    for operation, n_operands, value, *_ in expression.instructions:
        if operation == "variable":
            along = flat.copy()
            along[int(value)] = 1
            stack.append(Jet(points[:, int(value)].astype(Real), along, level))
            continue
        if operation in ("constant", "parameter"):
            number = parameters[expression.parameters[int(value)]] if operation == "parameter" else value
            stack.append(Jet(np.full(n, number, dtype=Real), flat, level))
            continue
        operands = stack[-n_operands:]
        del stack[-n_operands:]
        if operation not in _OPERATIONS:
            raise NotImplementedError(f"{operation} in {source}")
        stack.append(_OPERATIONS[operation](*operands))
    return stack[0]
