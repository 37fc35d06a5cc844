"""Builds expression graphs that share equal nodes and simplify as they grow, without losing a digit.

Every rule here is exact in floating point (signs, zeros, ones, powers of two, exact products) or saves a rounding, so
that a formula gives the value that its text gives, and derivatives swell no more than they must.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gradsim.core.formula.operations import Node, evaluate

MAX_GRAPH_NODES = 50_000
MAX_EXPANDED_POWER = 64


class GraphTooLargeError(Exception):
    """The graph would need more than ``MAX_GRAPH_NODES`` nodes."""


class GraphBuilder:
    """A growing graph; every method takes and gives indices of ``nodes``, and equal nodes have equal indices."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._index: dict[Node, int] = {}
        self.zero = self.constant(0.0)
        self.one = self.constant(1.0)

    def _node(self, operation: str, *operands: int, value: float = 0.0) -> int:
        node = Node(operation, operands, value)
        index = self._index.get(node)
        if index is None:
            index = len(self.nodes)
            if index >= MAX_GRAPH_NODES:
                raise GraphTooLargeError
            self.nodes.append(node)
            self._index[node] = index
        return index

    def constant(self, value: float) -> int:
        return self._node("constant", value=value + 0.0)  # -0.0 becomes 0.0

    def leaf(self, operation: str, index: int) -> int:
        return self._node(operation, value=index)

    def constant_value(self, a: int) -> float | None:
        """Return the number that node ``a`` always has, or None."""
        node = self.nodes[a]
        return node.value if node.operation == "constant" else None

    def apply(self, operation: str, *operands: int) -> int:
        """Return the node of any operation: simplified, or folded if its operands are constants and it is finite."""
        values = [node.value for node in map(self.nodes.__getitem__, operands) if node.operation == "constant"]
        if len(values) == len(operands):
            value = evaluate(operation, values)
            if math.isfinite(value):
                return self.constant(value)
        simplified = _SIMPLIFIED.get(operation)
        return simplified(self, *operands) if simplified else self._node(operation, *operands)

    def add(self, a: int, b: int) -> int:
        return self.apply("add", a, b)

    def sub(self, a: int, b: int) -> int:
        return self.apply("sub", a, b)

    def mul(self, a: int, b: int) -> int:
        return self.apply("mul", a, b)

    def div(self, a: int, b: int) -> int:
        return self.apply("div", a, b)

    def neg(self, a: int) -> int:
        return self.apply("neg", a)

    def scale(self, factor: float, a: int) -> int:
        return self.apply("mul", self.constant(factor), a)

    def where(self, condition: int, a: int, b: int) -> int:
        return self.apply("where", condition, a, b)

    def power(self, a: int, exponent: float) -> int:
        """Return ``a`` to a constant power; whole and half powers up to 64 become products and square roots."""
        base = self.constant_value(a)
        twice = 2.0 * exponent
        if base is not None or abs(exponent) > MAX_EXPANDED_POWER or twice != int(twice):
            return self.apply("pow", a, self.constant(exponent))
        if exponent < 0.0:
            return self.div(self.one, self.power(a, -exponent))
        whole = self._whole_power(a, int(exponent))
        return whole if exponent == int(exponent) else self.mul(whole, self.apply("sqrt", a))

    def _whole_power(self, a: int, n: int) -> int:
        if n <= 1:
            return a if n else self.one
        half = self._whole_power(a, n // 2)
        square = self.mul(half, half)
        return self.mul(square, a) if n % 2 else square

    def _factor(self, node: Node) -> float | None:
        """Return the constant that a product begins with, or None."""
        return self.constant_value(node.operands[0]) if node.operation == "mul" else None

    def _add(self, a: int, b: int) -> int:
        if a == self.zero or b == self.zero:
            return b if a == self.zero else a
        if self.nodes[b].operation == "neg":
            return self.sub(a, self.nodes[b].operands[0])
        if self.nodes[a].operation == "neg":
            return self.sub(b, self.nodes[a].operands[0])
        if a == b:
            return self.scale(2.0, a)
        return self._node("add", *sorted((a, b)))

    def _sub(self, a: int, b: int) -> int:
        if b == self.zero:
            return a
        if a == self.zero:
            return self.neg(b)
        if a == b:
            return self.zero
        if self.nodes[b].operation == "neg":
            return self.add(a, self.nodes[b].operands[0])
        return self._node("sub", a, b)

    def _neg(self, a: int) -> int:
        node = self.nodes[a]
        if node.operation == "neg":
            return node.operands[0]
        if node.operation == "sub":
            return self.sub(node.operands[1], node.operands[0])
        factor = self._factor(node)
        return self._node("neg", a) if factor is None else self.scale(-factor, node.operands[1])

    def _mul(self, a: int, b: int) -> int:
        if self.constant_value(a) is None:  # a constant factor comes first
            a, b = (b, a) if self.constant_value(b) is not None else sorted((a, b))
        factor = self.constant_value(a)
        left, right = self.nodes[a], self.nodes[b]
        if factor is not None:
            return self._scaled(factor, a, b)
        if left.operation == "neg":
            return self.neg(self.mul(left.operands[0], b))
        if right.operation == "neg":
            return self.neg(self.mul(a, right.operands[0]))
        for outer, other in ((left, b), (right, a)):  # powers of two move outwards: exact, and more is shared
            inner = self._factor(outer)
            # A factor on a factor was too extreme to merge: leave it, and never recurse along a chain of them.
            if inner is not None and _is_power_of_two(inner) and self._factor(self.nodes[outer.operands[1]]) is None:
                return self.scale(inner, self.mul(outer.operands[1], other))
        return self._node("mul", a, b)

    def _scaled(self, factor: float, a: int, b: int) -> int:
        if factor in (0.0, 1.0):
            return b if factor else self.zero
        if factor == -1.0:
            return self.neg(b)
        node = self.nodes[b]
        if node.operation == "neg":
            return self.scale(-factor, node.operands[0])
        inner = self._factor(node)
        if inner is not None and _is_exact_product(factor, inner):
            return self.scale(factor * inner, node.operands[1])
        return self._node("mul", a, b)

    def _div(self, a: int, b: int) -> int:
        if a == self.zero or b == self.one:
            return a
        divisor = self.constant_value(b)
        if divisor is not None and _is_power_of_two(divisor):
            return self.scale(1.0 / divisor, a)
        if self.nodes[a].operation == "neg":
            return self.neg(self.div(self.nodes[a].operands[0], b))
        return self._node("div", a, b)

    def _pow(self, a: int, b: int) -> int:
        base, exponent = self.constant_value(a), self.constant_value(b)
        if base == math.e:
            return self.apply("exp", b)
        if (
            exponent is not None
            and base is None
            and abs(exponent) <= MAX_EXPANDED_POWER
            and 2.0 * exponent % 1.0 == 0.0
        ):
            return self.power(a, exponent)
        return self._node("pow", a, b)

    def _abs(self, a: int) -> int:
        node = self.nodes[a]
        if node.operation in ("abs", "exp", "cosh", "sqrt"):
            return a
        return self._node("abs", node.operands[0] if node.operation == "neg" else a)

    def _where(self, condition: int, a: int, b: int) -> int:
        chosen = self.constant_value(condition)
        if chosen is not None:
            return a if chosen else b
        return a if a == b else self._node("where", condition, a, b)

    def _min(self, a: int, b: int) -> int:
        return a if a == b else self._node("min", a, b)

    def _max(self, a: int, b: int) -> int:
        return a if a == b else self._node("max", a, b)


def _is_power_of_two(value: float) -> bool:
    # Far from the ends of the range, where scaling would overflow or go subnormal.
    return abs(math.frexp(value)[0]) == 0.5 and 2.0**-300 < abs(value) < 2.0**300


def _is_exact_product(a: float, b: float) -> bool:
    product = a * b
    if not 2.0**-300 < abs(product) < 2.0**300:
        return False
    (n_a, d_a), (n_b, d_b), (n, d) = a.as_integer_ratio(), b.as_integer_ratio(), product.as_integer_ratio()
    return n_a * n_b * d == n * d_a * d_b


_SIMPLIFIED: Mapping[str, Callable[..., int]] = MappingProxyType(
    {
        "add": GraphBuilder._add,
        "sub": GraphBuilder._sub,
        "neg": GraphBuilder._neg,
        "mul": GraphBuilder._mul,
        "div": GraphBuilder._div,
        "pow": GraphBuilder._pow,
        "abs": GraphBuilder._abs,
        "min": GraphBuilder._min,
        "max": GraphBuilder._max,
        "where": GraphBuilder._where,
    }
)
