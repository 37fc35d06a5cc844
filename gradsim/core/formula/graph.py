"""Turns a typed formula into one graph that holds its value, its gradient and its Hessian."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from gradsim.core.errors import FormulaError
from gradsim.core.formula.derivatives import Differentiator, Jet
from gradsim.core.formula.operations import OPERATIONS, Node, evaluate
from gradsim.core.formula.parse import Expression, Instruction, parse
from gradsim.core.formula.simplify import MAX_GRAPH_NODES, GraphBuilder, GraphTooLargeError
from gradsim.core.formula.tokens import MAX_CONSTANT, shorten
from gradsim.core.formula.vocabulary import VARIABLES

__all__ = ["OPERATIONS", "Formula", "Node", "build_formula"]


@dataclass(frozen=True)
class Formula:
    """A formula in D = ``dimension`` variables with its exact first and second derivatives.

    Attributes:
        source: the formula as typed.
        dimension: 2 if ``y`` occurs in it, otherwise 1.
        variables: ``("x",)`` or ``("x", "y")``.
        parameters: names in order of first appearance.
        nodes: operations of ``OPERATIONS``; operands always come before the node that uses them, and every node is used
            by a result or a kink.
        value: index of the node that is f.
        gradient: indices of ∂f/∂x, ∂f/∂y: D of them.
        hessian: indices of the Hessian's upper triangle, row by row: xx, or xx, xy, yy.
        kinks: indices of nodes; f may fail to be twice differentiable, or be undefined, only where one of them is 0
            (or, inside log, sqrt and fractional powers, negative). Empty for a smooth formula.
    """

    source: str
    dimension: int
    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    nodes: tuple[Node, ...]
    value: int
    gradient: tuple[int, ...]
    hessian: tuple[int, ...]
    kinks: tuple[int, ...] = ()


@lru_cache(maxsize=64)  # every edit of a scene, such as a slider's, asks for the same one again
def build_formula(source: str) -> Formula:
    """Read ``source`` (see ``parse``) and differentiate it twice.

    Raises FormulaError with its place for what cannot be read, a constant part that is no finite number or exceeds
    1e100, and derivatives that would need more than 50,000 nodes.
    """
    expression = parse(source)
    differentiator = Differentiator(GraphBuilder(), expression.dimension)
    try:
        result = _differentiate(expression, differentiator)
    except GraphTooLargeError:
        reason = f"the formula is too large: its derivatives need more than {MAX_GRAPH_NODES:,} nodes"
        raise FormulaError(reason, start=0, end=len(source)) from None
    nodes = differentiator.graph.nodes
    kept = _reachable(nodes, [result.value, *result.gradient, *result.hessian, *differentiator.kinks])
    place = {old: new for new, old in enumerate(kept)}
    return Formula(
        source=source,
        dimension=expression.dimension,
        variables=VARIABLES[: expression.dimension],
        parameters=expression.parameters,
        nodes=tuple(nodes[i]._replace(operands=tuple(place[j] for j in nodes[i].operands)) for i in kept),
        value=place[result.value],
        gradient=tuple(place[i] for i in result.gradient),
        hessian=tuple(place[i] for i in result.hessian),
        kinks=tuple(sorted(place[i] for i in differentiator.kinks)),
    )


def _differentiate(expression: Expression, differentiator: Differentiator) -> Jet:
    stack: list[tuple[Jet, Instruction]] = []
    graph = differentiator.graph
    for instruction in expression.instructions:
        operation, n_operands, value, _, _ = instruction
        if operation == "constant":
            jet = differentiator.scalar(graph.constant(value))
        elif operation == "parameter":
            jet = differentiator.scalar(graph.leaf("parameter", int(value)))
        elif operation == "variable":
            jet = differentiator.variable(int(value))
        else:
            operands = stack[-n_operands:]
            del stack[-n_operands:]
            values = [graph.constant_value(operand.value) for operand, _ in operands]
            if operation == "div" and values[1] == 0.0:
                divisor = operands[1][1]
                raise FormulaError("division by zero", start=divisor.start, end=divisor.end)
            _check_constant(expression.source, instruction, values)
            jet = operands[0][0]
            if n_operands == 1:
                jet = differentiator.apply(operation, jet)
            for operand, _ in operands[1:]:  # min and max of many are taken two by two
                jet = differentiator.apply(operation, jet, operand)
        stack.append((jet, instruction))
    return stack[0][0]


def _check_constant(source: str, instruction: Instruction, values: Iterable[float | None]) -> None:
    """Refuse an operation whose operands are all constant but whose result no formula may hold."""
    known = [value for value in values if value is not None]
    if len(known) < instruction.n_operands:
        return
    value = evaluate(instruction.operation, known)
    if abs(value) <= MAX_CONSTANT:
        return
    typed = shorten(" ".join(source[instruction.start : instruction.end].split()))
    if math.isnan(value):
        reason = f"{typed} is not a real number"
    else:
        reason = f"{typed} is too large: constants reach at most {MAX_CONSTANT:g}"
    raise FormulaError(reason, start=instruction.start, end=instruction.end)


def _reachable(nodes: list[Node], roots: Iterable[int]) -> list[int]:
    """Return the indices of ``roots`` and of all that they are computed from, ascending."""
    needed = bytearray(len(nodes))
    for root in roots:
        needed[root] = True
    for i in range(len(nodes) - 1, -1, -1):
        if needed[i]:
            for operand in nodes[i].operands:
                needed[operand] = True
    return [i for i, is_needed in enumerate(needed) if is_needed]
