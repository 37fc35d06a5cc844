"""A formula as a Python function: with its exact derivatives for NumPy, as it was typed for what differentiates it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from gradsim.core.formula.graph import Formula
from gradsim.core.formula.operations import LEAVES, evaluate
from gradsim.core.formula.parse import parse
from gradsim.core.scripts.expressions import JAX, NUMPY, TORCH, Text, Writer, constant
from gradsim.core.scripts.source_text import INDENT, call, docstring


def derivatives_source(formula: Formula, names: Mapping[str, str], *, hessian: bool) -> list[str]:
    """Return the function that gives f, its gradient and, if wanted, the upper triangle of its Hessian.

    It makes the operations of the formula's graph, so that it is rounded as the engine rounds it. ``names`` are those
    of the parameters.
    """
    outputs = [formula.value, *formula.gradient, *(formula.hessian if hessian else ())]
    texts, lines = _graph_texts(formula, outputs, names)
    parts = [f"loss = {texts[formula.value].source}", *_tuple("gradient", texts, formula.gradient)]
    if hessian:
        parts += _tuple("hessian", texts, formula.hessian)
    known = "its exact gradient and the upper triangle of its Hessian" if hessian else "its exact gradient"
    return [
        f"def {derivatives_name(hessian=hessian)}(point):",
        *docstring(f"Return f at a point, with {known}."),
        f"{INDENT}{_unpacked(formula.dimension)} = point",
        *(INDENT + line for line in (*lines, *parts)),
        f"{INDENT}return loss, gradient{', hessian' if hessian else ''}",
    ]


def derivatives_name(*, hessian: bool) -> str:
    """Return what the function of ``derivatives_source`` is called."""
    return "loss_gradient_and_hessian" if hessian else "loss_and_gradient"


def torch_loss_source(formula: Formula, names: Mapping[str, str]) -> list[str]:
    """Return the function of points (..., D) that torch differentiates."""
    unpack = f"{_unpacked(formula.dimension)} = points.unbind(-1)"
    return ["def f(points):", f"{INDENT}{unpack}", *_typed(formula, names, "torch")]


def jax_loss_source(formula: Formula, names: Mapping[str, str]) -> list[str]:
    """Return the function of one point (D,) that JAX differentiates."""
    return ["def f(point):", f"{INDENT}{_unpacked(formula.dimension)} = point", *_typed(formula, names, "jax")]


def parameters_source(
    formula: Formula, values: Mapping[str, float], names: Mapping[str, str], wrap: str = ""
) -> list[str]:
    """Return one assignment for each parameter of the formula, in the call ``wrap`` if there is one.

    NumPy takes those that are divided or raised among themselves: Python's own numbers refuse to do that by zero.
    """
    wrap = wrap or ("np.float64" if _may_raise(formula) else "")
    pairs = [(names[name], repr(float(values.get(name, 1.0)))) for name in formula.parameters]
    return [f"{name} = {wrap}({value})" if wrap else f"{name} = {value}" for name, value in pairs]


def _may_raise(formula: Formula) -> bool:
    fixed: set[int] = set()
    for index, node in enumerate(formula.nodes):
        if node.operation in ("constant", "parameter"):
            fixed.add(index)
        elif node.operation != "variable" and all(operand in fixed for operand in node.operands):
            if node.operation in ("div", "pow"):
                return True
            fixed.add(index)
    return False


def has_functions(formula: Formula) -> bool:
    """Whether more than + − × ÷ √ and comparisons is in it: what two libraries round differently."""
    exact = {*LEAVES, "neg", "add", "sub", "mul", "div", "sqrt", "abs", "sign", "min", "max", "less", "where"}
    return any(node.operation not in exact for node in formula.nodes)


def _graph_texts(
    formula: Formula, outputs: Sequence[int], names: Mapping[str, str]
) -> tuple[dict[int, Text], list[str]]:
    """Return the text of each of ``outputs``, and the assignments that come before."""
    nodes, live, waiting = formula.nodes, set[int](), list(outputs)
    while waiting:
        index = waiting.pop()
        if index not in live:
            live.add(index)
            waiting += nodes[index].operands
    uses = Counter(operand for index in live for operand in nodes[index].operands)
    uses.update(outputs)
    writer, texts = Writer(NUMPY), dict[int, Text]()
    for index in sorted(live):
        node = nodes[index]
        if node.operation == "constant":
            texts[index] = constant(node.value)
            continue
        if node.operation in LEAVES:
            known = formula.variables if node.operation == "variable" else [names[each] for each in formula.parameters]
            texts[index] = Text(known[int(node.value)])
            continue
        operands = [texts[operand] for operand in node.operands]
        if node.operation == "where":
            text = writer.choose(operands[0], nodes[node.operands[0]].operation == "less", *operands[1:])
        else:
            text = writer.apply(node.operation, operands)
        is_short = node.operation == "neg" and nodes[node.operands[0]].operation in LEAVES
        texts[index] = writer.named(text) if uses[index] > 1 and not is_short else text
    varying: set[int] = set()
    for index in sorted(live):
        if nodes[index].operation == "variable" or varying.intersection(nodes[index].operands):
            varying.add(index)
    for index in dict.fromkeys(outputs):
        if index not in varying:  # a number of NumPy's all the same, which may be divided by zero
            texts[index] = Text(f"np.float64({texts[index].source})")
        if len(texts[index].source) > 40:
            texts[index] = writer.named(texts[index])
    return texts, writer.lines


def _typed(formula: Formula, names: Mapping[str, str], library: str) -> list[str]:
    """Return the body of a function of x and y, with the operations and the powers that were typed."""
    expression = parse(formula.source)
    writer, stack = Writer(TORCH if library == "torch" else JAX), list[Text]()
    for operation, n_operands, value, _, _ in expression.instructions:
        if operation == "constant":
            stack.append(constant(value))
        elif operation in LEAVES:
            known = formula.variables if operation == "variable" else [names[each] for each in expression.parameters]
            stack.append(Text(known[int(value)]))
        else:
            operands = stack[-n_operands:]
            del stack[-n_operands:]
            result = operands[0] if n_operands > 1 else _typed_operation(writer, operation, operands, library)
            for operand in operands[1:]:  # min and max of many are taken two by two
                result = _typed_operation(writer, operation, [result, operand], library)
            stack.append(result)
    result = stack[0]
    if not any(operation == "variable" for operation, *_ in expression.instructions):
        result = writer.apply("add", [result, Text("0.0 * x")])  # flat, but still something to differentiate
    return [INDENT + line for line in (*writer.lines, f"return {result.source}")]


def _typed_operation(writer: Writer, operation: str, operands: list[Text], library: str) -> Text:
    values = [each.value for each in operands if each.value is not None]
    value = evaluate(operation, values) if len(values) == len(operands) else None
    if operation in writer.functions:
        if value is not None:
            return constant(value)
        if library == "torch" and operation in ("min", "max"):
            operands = [each if each.value is None else Text(f"torch.tensor({each.source})") for each in operands]
    if operation == "pow" and operands[0].value == math.e and value is None:
        return writer.apply("exp", operands[1:])
    return writer.apply(operation, operands)._replace(value=value)


def _unpacked(dimension: int) -> str:
    return "(x,)" if dimension == 1 else "x, y"


def _tuple(name: str, texts: Mapping[int, Text], nodes: Sequence[int]) -> list[str]:
    items = [texts[node].source for node in nodes]
    return [f"{name} = ({items[0]},)"] if len(items) == 1 else call(f"{name} = ", items, depth=1)
