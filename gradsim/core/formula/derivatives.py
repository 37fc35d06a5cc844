"""First and second derivatives, carried forwards through every operation of a formula.

A jet is a node together with the nodes of its derivatives. Rules are written so that they lose no digits: quotients
stay quotients, sech² comes from cosh instead of 1 − tanh², and powers never go through exp(b·log a).
Source: A. Griewank and A. Walther, Evaluating Derivatives, 2nd ed. (SIAM, 2008), chapter 13.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from gradsim.core.formula.simplify import GraphBuilder


class Jet(NamedTuple):
    """Indices of nodes: a value, its gradient (D) and its Hessian's upper triangle, row by row (D·(D+1)/2)."""

    value: int
    gradient: tuple[int, ...]
    hessian: tuple[int, ...]


class Differentiator:
    """Applies operations to jets in ``graph``, with respect to ``dimension`` variables.

    ``kinks`` collects the nodes that are zero wherever an operation is not twice differentiable.
    """

    def __init__(self, graph: GraphBuilder, dimension: int) -> None:
        self.graph = graph
        self.dimension = dimension
        self.pairs = [(i, j) for i in range(dimension) for j in range(i, dimension)]
        self.kinks: dict[int, None] = {}

    def scalar(self, value: int) -> Jet:
        """Return the jet of a node that depends on no variable."""
        zero = self.graph.zero
        return Jet(value, (zero,) * self.dimension, (zero,) * len(self.pairs))

    def variable(self, index: int) -> Jet:
        g = self.graph
        gradient = tuple(g.one if i == index else g.zero for i in range(self.dimension))
        return Jet(g.leaf("variable", index), gradient, (g.zero,) * len(self.pairs))

    def is_scalar(self, a: Jet) -> bool:
        """Whether the derivatives vanish everywhere."""
        return all(node == self.graph.zero for node in (*a.gradient, *a.hessian))

    def apply(self, operation: str, *operands: Jet) -> Jet:
        """Return the jet of an operation of ``OPERATIONS`` that a formula may use."""
        if all(map(self.is_scalar, operands)):
            return self.scalar(self.graph.apply(operation, *(a.value for a in operands)))
        return _RULES[operation](self, *operands)

    def neg(self, a: Jet) -> Jet:
        neg = self.graph.neg
        return Jet(neg(a.value), tuple(map(neg, a.gradient)), tuple(map(neg, a.hessian)))

    def add(self, a: Jet, b: Jet) -> Jet:
        add = self.graph.add
        return Jet(
            add(a.value, b.value), tuple(map(add, a.gradient, b.gradient)), tuple(map(add, a.hessian, b.hessian))
        )

    def sub(self, a: Jet, b: Jet) -> Jet:
        sub = self.graph.sub
        return Jet(
            sub(a.value, b.value), tuple(map(sub, a.gradient, b.gradient)), tuple(map(sub, a.hessian, b.hessian))
        )

    def mul(self, a: Jet, b: Jet) -> Jet:
        g = self.graph
        gradient = tuple(
            g.add(g.mul(a_i, b.value), g.mul(a.value, b_i)) for a_i, b_i in zip(a.gradient, b.gradient, strict=True)
        )
        hessian = tuple(
            g.add(g.add(g.mul(a_ij, b.value), g.mul(a.value, b_ij)), self._cross(a.gradient, b.gradient, i, j))
            for (i, j), a_ij, b_ij in zip(self.pairs, a.hessian, b.hessian, strict=True)
        )
        return Jet(g.mul(a.value, b.value), gradient, hessian)

    def div(self, a: Jet, b: Jet) -> Jet:
        """q = a/b: q' = (a' − q b')/b and q'' = (a'' − 2 q' b' − q b'')/b, which squares no denominator."""
        g = self.graph
        self._mark(b)
        q = g.div(a.value, b.value)
        gradient = tuple(
            g.div(g.sub(a_i, g.mul(q, b_i)), b.value) for a_i, b_i in zip(a.gradient, b.gradient, strict=True)
        )
        hessian = tuple(
            g.div(g.sub(g.sub(a_ij, g.mul(q, b_ij)), self._cross(gradient, b.gradient, i, j)), b.value)
            for (i, j), a_ij, b_ij in zip(self.pairs, a.hessian, b.hessian, strict=True)
        )
        return Jet(q, gradient, hessian)

    def pow(self, a: Jet, b: Jet) -> Jet:
        exponent = self.graph.constant_value(b.value)
        if exponent is not None:
            return self._constant_power(a, exponent)
        return self._scalar_power(a, b) if self.is_scalar(b) else self._general_power(a, b)

    def _constant_power(self, a: Jet, n: float) -> Jet:
        g, u = self.graph, a.value
        if n in (0.0, 1.0):
            return a if n else self.scalar(g.one)
        if n < 0.0 or n != int(n):
            self._mark(a)
        first = g.scale(n, g.power(u, n - 1.0))
        second = g.scale(n * (n - 1.0), g.power(u, n - 2.0))
        return self._chain(a, g.power(u, n), first, second, vertical=0.0 < n < 1.0)

    def _scalar_power(self, a: Jet, b: Jet) -> Jet:
        """A power whose exponent is a parameter; where b or b − 1 is 0, so is the derivative, even at a = 0."""
        g, u = self.graph, a.value
        self._mark(a)
        less_one = g.sub(b.value, g.one)
        both = g.mul(b.value, less_one)
        first = g.where(b.value, g.mul(b.value, g.apply("pow", u, less_one)), g.zero)
        second = g.where(both, g.mul(both, g.apply("pow", u, g.sub(b.value, g.constant(2.0)))), g.zero)
        return self._chain(a, g.apply("pow", u, b.value), first, second, vertical=True)

    def _general_power(self, a: Jet, b: Jet) -> Jet:
        """d(a^b) = b a^(b−1) da + a^b log(a) db, whose second term is 0 where a = 0 < b and all where a is constant."""
        g = self.graph
        power = g.apply("pow", a.value, b.value)
        log_a = g.where(a.value, g.apply("log", a.value), g.zero)  # so that 0^b·log(0) is 0 and not nan
        of_b = g.mul(power, log_a)
        if self.is_scalar(a):
            return self._chain(b, power, of_b, g.mul(of_b, log_a))
        self._mark(a)
        lower = g.apply("pow", a.value, g.sub(b.value, g.one))
        of_a = g.mul(b.value, lower)
        of_aa = g.mul(g.mul(b.value, g.sub(b.value, g.one)), g.apply("pow", a.value, g.sub(b.value, g.constant(2.0))))
        of_ab = g.mul(lower, g.add(g.one, g.mul(b.value, log_a)))
        of_bb = g.mul(of_b, log_a)
        gradient = tuple(
            g.add(g.mul(of_a, a_i), g.mul(of_b, b_i)) for a_i, b_i in zip(a.gradient, b.gradient, strict=True)
        )
        hessian = []
        for (i, j), a_ij, b_ij in zip(self.pairs, a.hessian, b.hessian, strict=True):
            curved = g.add(g.mul(of_a, a_ij), g.mul(of_b, b_ij))
            straight = g.add(
                g.mul(of_aa, g.mul(a.gradient[i], a.gradient[j])), g.mul(of_bb, g.mul(b.gradient[i], b.gradient[j]))
            )
            mixed = g.mul(of_ab, self._cross(a.gradient, b.gradient, i, j))
            hessian.append(g.add(g.add(curved, straight), mixed))
        return Jet(power, gradient, tuple(hessian))

    def exp(self, a: Jet) -> Jet:
        value = self.graph.apply("exp", a.value)
        return self._chain(a, value, value, value)

    def log(self, a: Jet) -> Jet:
        """log(u)' = u'/u and log(u)'' = u''/u − (u'/u)²."""
        g = self.graph
        self._mark(a)
        gradient = tuple(g.div(da, a.value) for da in a.gradient)
        hessian = tuple(
            g.sub(g.div(a_ij, a.value), g.mul(gradient[i], gradient[j]))
            for (i, j), a_ij in zip(self.pairs, a.hessian, strict=True)
        )
        return Jet(g.apply("log", a.value), gradient, hessian)

    def sqrt(self, a: Jet) -> Jet:
        return self._constant_power(a, 0.5)

    def sin(self, a: Jet) -> Jet:
        g = self.graph
        sin, cos = g.apply("sin", a.value), g.apply("cos", a.value)
        return self._chain(a, sin, cos, g.neg(sin))

    def cos(self, a: Jet) -> Jet:
        g = self.graph
        sin, cos = g.apply("sin", a.value), g.apply("cos", a.value)
        return self._chain(a, cos, g.neg(sin), g.neg(cos))

    def tan(self, a: Jet) -> Jet:
        g = self.graph
        self.kinks[g.apply("cos", a.value)] = None
        tan = g.apply("tan", a.value)
        first = g.add(g.one, g.mul(tan, tan))
        return self._chain(a, tan, first, g.scale(2.0, g.mul(tan, first)))

    def sinh(self, a: Jet) -> Jet:
        sinh, cosh = self.graph.apply("sinh", a.value), self.graph.apply("cosh", a.value)
        return self._chain(a, sinh, cosh, sinh)

    def cosh(self, a: Jet) -> Jet:
        sinh, cosh = self.graph.apply("sinh", a.value), self.graph.apply("cosh", a.value)
        return self._chain(a, cosh, sinh, cosh)

    def tanh(self, a: Jet) -> Jet:
        g = self.graph
        tanh, sech = g.apply("tanh", a.value), g.div(g.one, g.apply("cosh", a.value))
        first = g.mul(sech, sech)
        return self._chain(a, tanh, first, g.scale(-2.0, g.mul(tanh, first)))

    def atan(self, a: Jet) -> Jet:
        g = self.graph
        first = g.div(g.one, g.add(g.one, g.mul(a.value, a.value)))
        second = g.scale(-2.0, g.mul(a.value, g.mul(first, first)))
        return self._chain(a, g.apply("atan", a.value), first, second)

    def abs(self, a: Jet) -> Jet:
        self._mark(a)
        return self._chain(a, self.graph.apply("abs", a.value), self.graph.apply("sign", a.value), self.graph.zero)

    def min(self, a: Jet, b: Jet) -> Jet:
        return self._extremum("min", a, b)

    def max(self, a: Jet, b: Jet) -> Jet:
        return self._extremum("max", b, a)

    def _extremum(self, operation: str, chosen: Jet, other: Jet) -> Jet:
        """The derivatives of ``chosen`` where it is less for min, greater for max; those of ``other`` elsewhere."""
        g = self.graph
        self._mark(self.sub(chosen, other))
        low, high = (chosen, other) if operation == "min" else (other, chosen)
        condition = g.apply("less", low.value, high.value)

        def choose(a: int, b: int) -> int:
            return g.where(condition, a, b)

        gradient = tuple(map(choose, chosen.gradient, other.gradient))
        value = g.apply(operation, low.value, high.value)
        return Jet(value, gradient, tuple(map(choose, chosen.hessian, other.hessian)))

    def _chain(self, a: Jet, value: int, first: int, second: int, vertical: bool = False) -> Jet:
        """Return the jet of f(a) from the nodes of f, f' and f''.

        A ``vertical`` f has an infinite slope where a = 0: there a slope of 0 inside gives 0 and not 0·∞, so that the
        tip of a cone such as sqrt(x^2 + y^2) has the subgradient 0, as that of abs(x) has.
        """
        g = self.graph
        slopes = [g.mul(first, da) for da in a.gradient]
        if vertical:
            slopes = [g.where(da, slope, g.zero) for da, slope in zip(a.gradient, slopes, strict=True)]
        hessian = tuple(
            g.add(g.mul(second, g.mul(a.gradient[i], a.gradient[j])), g.mul(first, a_ij))
            for (i, j), a_ij in zip(self.pairs, a.hessian, strict=True)
        )
        return Jet(value, tuple(slopes), hessian)

    def _cross(self, a: tuple[int, ...], b: tuple[int, ...], i: int, j: int) -> int:
        """Return a_i b_j + a_j b_i."""
        g = self.graph
        return g.add(g.mul(a[i], b[j]), g.mul(a[j], b[i]))

    def _mark(self, a: Jet) -> None:
        if not self.is_scalar(a):
            self.kinks[a.value] = None


_RULES: Mapping[str, Callable[..., Jet]] = MappingProxyType(
    {
        name: getattr(Differentiator, name)
        for name in (
            *("neg", "add", "sub", "mul", "div", "pow", "sqrt", "exp", "log", "sin", "cos", "tan"),
            *("sinh", "cosh", "tanh", "atan", "abs", "min", "max"),
        )
    }
)
