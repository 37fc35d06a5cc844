"""Gradients and Hessians agree with 50-digit mpmath, which differentiates formulas written anew for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mpf
from node_evaluator import BIG_FLOATS, evaluate_nodes

from gradsim.core.errors import FormulaError
from gradsim.core.formula.graph import Formula, build_formula
from gradsim.core.formula.vocabulary import FUNCTIONS
from gradsim.core.gallery import GALLERY
from gradsim.core.scene import FormulaSurface
from gradsim.core.surface import compile_surface

N_POINTS = 24
TOLERANCE = 1e-12  # of the largest magnitude of that derivative over the domain
ORDERS = {1: [(0,), (1,), (2,)], 2: [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]}
Reference = Callable[..., Any]


def _rastrigin(x: Any, y: Any) -> Any:
    return 20 + x**2 + y**2 - 10 * (mpmath.cos(2 * mpmath.pi * x) + mpmath.cos(2 * mpmath.pi * y))


def _ackley(x: Any, y: Any) -> Any:
    waves = mpmath.cos(2 * mpmath.pi * x) + mpmath.cos(2 * mpmath.pi * y)
    return 20 + mpmath.e - 20 * mpmath.exp(-mpmath.hypot(x, y) / (5 * mpmath.sqrt(2))) - mpmath.exp(waves / 2)


def _two_wells(x: Any, y: Any) -> Any:
    right, left = ((x - 1) ** 2 + y**2, (x + 1) ** 2 + y**2)
    return x**2 + y**2 - 2 * mpmath.exp(-5 * right) - 3 * mpmath.exp(-5 * left)


# Decimal constants are exact here, not the nearest floats: what rounding them costs must fit into the tolerance too.
PRESETS: dict[str, Reference] = {
    "himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "rosenbrock": lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    "beale": lambda x, y: sum((mpf(c) - x * (1 - y**n)) ** 2 for n, c in ((1, "1.5"), (2, "2.25"), (3, "2.625"))),
    "six_hump_camel": lambda x, y: 4 * x**2 - mpf("2.1") * x**4 + x**6 / 3 + x * y - 4 * y**2 + 4 * y**4,
    "rastrigin": _rastrigin,
    "ackley": _ackley,
    "saddle": lambda x, y: (x + y) * (x - y),
    "ravine": lambda x, y: x**2 / 2 + 50 * y**2,
    "styblinski_tang": lambda x, y: sum((t**4 - 16 * t**2 + 5 * t) / 2 for t in (x, y)),
    "two_wells": _two_wells,
    "double_well": lambda x: x**4 - 2 * x**2 + 1 - mpf("0.3") * x,
    "forrester": lambda x: (6 * x - 2) ** 2 * mpmath.sin(12 * x - 4),
}
# One for each rule, on domains where careless rules lose digits.
FORMULAS: dict[str, tuple[Reference, tuple[float, float]]] = {
    "tanh(x)": (mpmath.tanh, (10.0, 20.0)),
    "sinh(x)/cosh(x)^2": (lambda x: mpmath.sinh(x) * mpmath.sech(x) ** 2, (-5.0, 5.0)),
    "tan(x)": (mpmath.tan, (-1.5, 1.5)),
    "atan(x/3)": (lambda x: mpmath.atan(x / 3), (-50.0, 50.0)),
    "arctan(x*y) + ln(x)": (lambda x, y: mpmath.atan(x * y) + mpmath.log(x), (0.1, 3.0)),
    "log(x^2 + y^2)/7": (lambda x, y: mpmath.log(x**2 + y**2) / 7, (0.01, 4.0)),
    "sqrt(x + y)*sin(x - y)": (lambda x, y: mpmath.sqrt(x + y) * mpmath.sin(x - y), (0.001, 2.0)),
    "exp(-(x^2 + y^2)/0.2)": (lambda x, y: mpmath.exp(-5 * (x**2 + y**2)), (-2.0, 2.0)),
    "e^x + 2^y - 10^(x*y)": (lambda x, y: mpmath.exp(x) + mpf(2) ** y - mpf(10) ** (x * y), (-2.0, 2.0)),
    "x^y + y^x": (lambda x, y: x**y + y**x, (0.2, 3.0)),
    "x^7 - x^-3 + y^2.5 - y^-1.5": (
        lambda x, y: x**7 - 1 / x**3 + mpmath.sqrt(y) ** 5 - mpmath.sqrt(y) ** -3,
        (0.3, 2.0),
    ),
    "x^63": (lambda x: x**63, (-1.5, 1.5)),
    "x^0.25 + x^100": (lambda x: x ** mpf("0.25") + x**100, (0.1, 1.3)),
    "(x + 2*y)/(1 + x^2*y^2)": (lambda x, y: (x + 2 * y) / (1 + x**2 * y**2), (-3.0, 3.0)),
    "abs(x - y)*x": (lambda x, y: x * (x - y) * mpmath.sign(x - y), (-2.0, 2.0)),
    "min(x^2, y, x*y) + max(sin(x), cos(y))": (
        lambda x, y: min(x**2, y, x * y) + max(mpmath.sin(x), mpmath.cos(y)),
        (-2.0, 2.0),
    ),
    "pow(cosh(x), 3) - x/3/7": (lambda x: mpmath.cosh(x) ** 3 - x / 21, (-2.0, 2.0)),
}


def derivatives(reference: Reference, point: tuple[float, ...]) -> list[Any]:
    """Value, gradient and Hessian's upper triangle to 50 digits."""
    with mpmath.workdps(50):
        where = tuple(map(mpf, point))
        if len(point) == 1:
            return [mpmath.diff(reference, where[0], order[0]) for order in ORDERS[1]]
        return [mpmath.diff(reference, where, order) for order in ORDERS[2]]


def node_derivatives(formula: Formula, point: Any, parameters: Any) -> list[Any]:
    values = evaluate_nodes(formula, point, parameters)
    return [values[i] for i in (formula.value, *formula.gradient, *formula.hessian)]


def assert_agrees(surface: FormulaSurface, box: tuple[tuple[float, float], ...], reference: Reference) -> None:
    low, high = np.array(box).T
    points = np.random.default_rng(7).uniform(low, high, (N_POINTS, len(box)))
    expected = np.array([[float(d) for d in derivatives(reference, tuple(point))] for point in points])
    # Only points of the domain: their largest magnitude is at most that of the domain, so this is the stricter test.
    scale = np.abs(expected).max(axis=0)
    formula = build_formula(surface.formula)
    by_nodes = np.array([node_derivatives(formula, point, surface.parameters) for point in points.tolist()])
    assert np.all(np.abs(by_nodes - expected) <= TOLERANCE * scale)
    compiled = compile_surface(surface)
    upper = np.triu_indices(len(box))
    by_tape = np.column_stack(
        [compiled.value(points), compiled.gradient(points), compiled.hessian(points)[:, upper[0], upper[1]]]
    )
    assert np.all(np.abs(by_tape - expected) <= TOLERANCE * scale)


def test_every_preset_and_function_has_a_reference() -> None:
    assert set(PRESETS) == set(GALLERY)
    assert all(any(f"{name}(" in formula for formula in FORMULAS) for name in set(FUNCTIONS) - {"cosh", "log"})


@pytest.mark.parametrize("name", GALLERY)
def test_preset_agrees_with_mpmath(name: str) -> None:
    preset = GALLERY[name]
    assert_agrees(preset.surface, preset.domain.axes, PRESETS[name])


@pytest.mark.parametrize("source", FORMULAS)
def test_formula_agrees_with_mpmath(source: str) -> None:
    reference, interval = FORMULAS[source]
    assert_agrees(FormulaSurface(formula=source), (interval,) * build_formula(source).dimension, reference)


def _real(value: Any) -> Any:
    if isinstance(value, mpmath.mpc):
        raise ValueError("mpmath goes on where the reals end")
    return value


def _unary(name: str, function: Reference) -> Callable[[Any], Any]:
    return lambda a: (f"{name}({a[0]})", lambda x, y: _real(function(a[1](x, y))))


def _binary(symbol: str, function: Reference) -> Callable[[Any], Any]:
    return lambda ab: (
        f"({ab[0][0]}) {symbol} ({ab[1][0]})",
        lambda x, y: _real(function(ab[0][1](x, y), ab[1][1](x, y))),
    )


def _constant(value: float) -> tuple[str, Reference]:
    return repr(value), lambda x, y: mpf(value)


LEAVES = st.sampled_from([("x", lambda x, y: x), ("y", lambda x, y: y), ("a", lambda x, y: mpf("0.75"))])
CONSTANTS = st.sampled_from([0.0, 1.0, 2.0, 0.5, 3.0, -1.0, 0.25, -2.0, 1.5, 7.0]).map(_constant)
UNARY = {name: getattr(mpmath, name) for name in ("sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "sinh", "cosh")}
UNARY |= {"atan": mpmath.atan, "abs": abs, "-": lambda a: -a, "+": lambda a: a}
BINARY: dict[str, Reference] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
}


def _extend(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    unary = [inner.map(_unary(name, function)) for name, function in UNARY.items()]
    # A constant always meets something that varies, lest a tower of folded constants blow up their rounding.
    pairs = st.one_of(st.tuples(inner, inner), st.tuples(inner, CONSTANTS), st.tuples(CONSTANTS, inner))
    binary = [pairs.map(_binary(symbol, function)) for symbol, function in BINARY.items()]
    extremum = st.tuples(inner, inner).map(
        lambda ab: (f"max({ab[0][0]}, {ab[1][0]})", lambda x, y: max(ab[0][1](x, y), ab[1][1](x, y)))
    )
    return st.one_of(*unary, *binary, extremum)


@settings(deadline=None, max_examples=100)
@given(st.recursive(LEAVES, _extend, max_leaves=8), st.tuples(st.integers(1, 99), st.integers(1, 99)))
def test_rules_and_simplifications_are_right_for_random_formulas(expression: Any, hundredths: tuple[int, int]) -> None:
    source, reference = expression
    point = tuple(n / 37 for n in hundredths)
    parameters = {"a": mpf("0.75")}
    try:
        formula = build_formula(f"{source} + 0*y")
    except FormulaError:  # a constant part such as 0/(x - x)
        assume(False)
    # Floats first: mpmath would spend minutes on sin(exp(exp(9))).
    values = evaluate_nodes(formula, point, parameters)
    assume(all(abs(value) < 1e6 for value in values) and all(abs(values[i]) > 1e-6 for i in formula.kinks))
    with mpmath.workdps(50):
        # In 50 digits, so that only wrong rules and not rounding can tell them apart; constants are folded in floats.
        values = evaluate_nodes(formula, point, parameters, operations=BIG_FLOATS)
        expected = derivatives(reference, point)
        scale = max(map(abs, expected)) + 1
        for index, derivative in zip((formula.value, *formula.gradient, *formula.hessian), expected, strict=True):
            assert abs(values[index] - derivative) <= 1e-9 * scale
