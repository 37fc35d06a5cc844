"""Calculates a formula without variables, such as the 2*pi that a field for a number takes."""

from __future__ import annotations

from gradsim.core.errors import FormulaError
from gradsim.core.formula.operations import evaluate
from gradsim.core.formula.parse import parse


def evaluate_constant(source: str) -> float:
    """Return the value of ``source``; inf or nan where it has none.

    Raises FormulaError for what is no formula, and for one with a variable or a parameter.
    """
    stack: list[float] = []
    for operation, n_operands, value, start, end in parse(source).instructions:
        if operation in ("variable", "parameter"):
            raise FormulaError(f"{source[start:end]} is no number", start=start, end=end)
        if operation == "constant":
            stack.append(value)
        else:
            operands = stack[len(stack) - n_operands :]
            del stack[len(stack) - n_operands :]
            stack.append(evaluate(operation, operands))
    return stack[0]
