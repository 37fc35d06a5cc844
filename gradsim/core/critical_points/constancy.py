"""Tells whether a surface is constant in a domain: then every point of it is critical."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gradsim.core.formula.graph import Formula
from gradsim.core.formula.intervals import IntervalProgram

Floats = NDArray[np.float64]


def is_constant(formula: Formula, parameters: Floats, domain: Floats) -> bool:
    """Return whether it is proven that ``formula`` has one value all over ``domain``, float64 (D, 2).

    It has one where it is defined and continuous everywhere and each partial derivative is zero: as an expression, or
    because zero alone encloses it.
    """
    box = domain[..., None]
    _, continuous, nowhere = IntervalProgram(formula, parameters, outputs=(formula.value,)).enclose(box)
    if nowhere.any() or not continuous.all():
        return False
    enclosed = IntervalProgram(formula, parameters, outputs=formula.gradient).enclose(box).intervals
    zeros = _zeros(formula, parameters)
    return all(zeros[index] or not slope.any() for index, slope in zip(formula.gradient, enclosed, strict=True))


def _zeros(formula: Formula, parameters: Floats) -> list[bool]:
    """Return of every node whether it is zero wherever it is defined, as a product with a parameter that is 0."""
    zeros: list[bool] = []
    for operation, operands, value in formula.nodes:
        known = [zeros[operand] for operand in operands]
        match operation:
            case "constant":
                zero = value == 0.0
            case "parameter":
                zero = bool(parameters[int(value)] == 0.0)
            case "mul":
                zero = any(known)
            case "div":
                zero = known[0]
            case "add" | "sub" | "neg" | "abs" | "sign" | "sqrt" | "min" | "max":
                zero = all(known)
            case "where":
                zero = known[1] and known[2]
            case _:
                zero = False
        zeros.append(zero)
    return zeros
