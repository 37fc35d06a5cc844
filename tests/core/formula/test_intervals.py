"""Interval enclosures hold every value that the formula takes, and say where it is undefined or jumps."""

from __future__ import annotations

import math
from collections.abc import Sequence

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradsim.core.errors import FormulaError
from gradsim.core.formula.graph import OPERATIONS, Formula, build_formula
from gradsim.core.formula.intervals import OPERATIONS as INTERVAL_OPERATIONS
from gradsim.core.formula.intervals import IntervalProgram
from gradsim.core.gallery import GALLERY

LEAVES = ("constant", "variable", "parameter")
UNARY = ("sin", "cos", "tan", "exp", "log", "sqrt", "abs", "tanh", "sinh", "cosh", "atan")

numbers = st.one_of(st.sampled_from(["0", "1", "2", "0.5", "pi", "3"]), st.floats(-4, 4).map(lambda v: f"({v!r})"))
leaves = st.one_of(st.sampled_from(["x", "y", "x", "y", "a"]), numbers)
exponents = st.sampled_from(["2", "3", "4", "-1", "-2", "0.5", "1.5", "0.3", "-0.7", "a"])


def composed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}({})".format, st.sampled_from(UNARY), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({}**{})".format, inner, exponents),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), inner, inner),
    )


formulas = composed(composed(st.one_of(leaves, composed(leaves)))).filter(lambda source: "x" in source or "y" in source)
intervals = st.tuples(st.floats(-5, 5), st.sampled_from([0.0, 1e-9, 1e-3, 0.1, 1.0, 4.0])).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)
parameters = st.one_of(st.sampled_from([-3.0, -2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0]), st.floats(-3, 3))


def exact_values(formula: Formula, parameter: float, point: Sequence[float]) -> list[mpmath.mpf | None]:
    """Evaluate every node to 60 digits; None where it has no real value."""
    values: list[mpmath.mpf | None] = []
    with mpmath.workdps(60):
        for operation, operands, value in formula.nodes:
            if operation == "constant":
                values.append(mpmath.mpf(value))
            elif operation == "variable":
                values.append(mpmath.mpf(point[int(value)]))
            elif operation == "parameter":
                values.append(mpmath.mpf(parameter))
            else:
                values.append(exact_value(operation, [values[i] for i in operands]))
    return values


def exact_value(operation: str, operands: Sequence[mpmath.mpf | None]) -> mpmath.mpf | None:
    if any(operand is None for operand in operands):
        return None
    a, b, c = (*operands, None, None)[:3]
    try:
        match operation:
            case "neg":
                return -a
            case "add":
                return a + b
            case "sub":
                return a - b
            case "mul":
                return a * b
            case "div":
                return None if b == 0 else a / b
            case "pow":
                if (a == 0 and b < 0) or (a < 0 and b != mpmath.floor(b)):
                    return None
                return mpmath.power(a, b)
            case "min" | "max":
                return min(a, b) if operation == "min" else max(a, b)
            case "less":
                return mpmath.mpf(a < b)
            case "where":
                return b if a != 0 else c
            case "abs" | "sign":
                return abs(a) if operation == "abs" else mpmath.sign(a)
            case "log" | "sqrt":
                return None if a < 0 or (a == 0 and operation == "log") else getattr(mpmath, operation)(a)
            case _:
                return None if abs(a) > 1e6 else getattr(mpmath, operation)(a)
    except OverflowError:
        return None


def assert_encloses(formula: Formula, parameter: float, box: np.ndarray) -> int:
    """Check every node of the formula on a grid of points in the box; return how many values were checked."""
    program = IntervalProgram(formula, np.full(len(formula.parameters), parameter), outputs=range(len(formula.nodes)))
    enclosure = program.enclose(box[:, :, None])
    assert not np.isnan(enclosure.intervals).any()
    n_checked = 0
    fractions = (0.0, 1.0, 0.5, 0.381)
    for first in fractions:
        for second in fractions if formula.dimension == 2 else (0.0,):
            place = np.array([first, second][: formula.dimension])
            point = np.clip(box[:, 0] + place * (box[:, 1] - box[:, 0]), box[:, 0], box[:, 1])
            values = exact_values(formula, parameter, point.tolist())
            if any(value is None for value in values):
                assert not enclosure.continuous[0] or any_overflow(values, formula)
                continue
            assert not enclosure.nowhere[0]
            for node, value, (lower, upper) in zip(
                formula.nodes, values, enclosure.intervals[:, :, 0].tolist(), strict=True
            ):
                assert mpmath.mpf(lower) <= value <= mpmath.mpf(upper), (
                    formula.source,
                    node,
                    point,
                    lower,
                    value,
                    upper,
                )
                n_checked += 1
    return n_checked


def any_overflow(values: Sequence[mpmath.mpf | None], formula: Formula) -> bool:
    """Whether a value is missing because this test refuses huge arguments, not because there is none."""
    return any(
        value is None and all(values[i] is not None and abs(values[i]) > 1e6 for i in operands)
        for value, (operation, operands, _) in zip(values, formula.nodes, strict=True)
        if operation not in (*LEAVES, "div", "log", "sqrt", "pow")
    )


@settings(max_examples=300, deadline=None)
@given(source=formulas, x=intervals, y=intervals, parameter=parameters)
def test_every_node_of_random_formulas_stays_in_its_enclosure(
    source: str, x: tuple[float, float], y: tuple[float, float], parameter: float
) -> None:
    try:
        formula = build_formula(source)
    except FormulaError:  # such as a constant part that divides by zero
        return
    assert_encloses(formula, parameter, np.array([x, y][: formula.dimension]))


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_every_node_of_the_gallery_stays_in_its_enclosure(name: str) -> None:
    preset = GALLERY[name]
    formula = build_formula(preset.formula)
    rng = np.random.default_rng(0)
    domain = np.array(preset.domain.axes)
    for width in (1.0, 0.1, 1e-4):
        lower = domain[:, 0] + rng.random(len(domain)) * (1.0 - width) * (domain[:, 1] - domain[:, 0])
        box = np.stack([lower, lower + width * (domain[:, 1] - domain[:, 0])], axis=1)
        values = [preset.parameters.get(parameter, 1.0) for parameter in formula.parameters]
        if len(set(values)) <= 1:
            assert assert_encloses(formula, values[0] if values else 1.0, box) > 0


def test_intervals_know_every_operation_of_a_graph() -> None:
    assert set(INTERVAL_OPERATIONS) == set(OPERATIONS) - set(LEAVES)


def enclose(source: str, *axes: tuple[float, float], parameter: float = 1.0) -> tuple[float, float, bool, bool]:
    formula = build_formula(source)
    program = IntervalProgram(formula, np.full(len(formula.parameters), parameter), outputs=[formula.value])
    enclosure = program.enclose(np.array(axes)[:, :, None])
    lower, upper = enclosure.intervals[0, :, 0].tolist()
    return lower, upper, bool(enclosure.continuous[0]), bool(enclosure.nowhere[0])


@pytest.mark.parametrize(
    ("source", "box", "expected"),
    [
        ("x^2", (-1.0, 2.0), (0.0, 4.0)),
        ("x^4", (-1.0, 2.0), (0.0, 16.0)),
        ("sqrt(x^2)", (-1.0, 2.0), (0.0, 2.0)),
        ("abs(x)", (-1.0, 2.0), (0.0, 2.0)),
        ("1/x", (0.0, 4.0), (0.25, math.inf)),
        ("1/x", (-4.0, 0.0), (-math.inf, -0.25)),
        ("1/x", (-1.0, 2.0), (-math.inf, math.inf)),
        ("cos(x)", (-0.5, 0.5), (math.cos(0.5), 1.0)),
        ("cos(x)", (3.0, 3.3), (-1.0, math.cos(3.3))),
        ("sin(x)", (1e12, 1e12), (-1.0, 1.0)),
        ("cosh(x)", (-1.0, 2.0), (1.0, math.cosh(2.0))),
        ("x**a", (-2.0, 1.0), (0.0, 4.0)),
    ],
)
def test_enclosures_are_tight(source: str, box: tuple[float, float], expected: tuple[float, float]) -> None:
    lower, upper, _, _ = enclose(source, box, parameter=2.0)
    assert (lower, upper) == pytest.approx(expected, rel=1e-13, abs=1e-13)
    assert lower <= expected[0]
    assert expected[1] <= upper


@pytest.mark.parametrize(
    ("source", "box", "continuous", "nowhere"),
    [
        ("sqrt(x)", (1.0, 2.0), True, False),
        ("sqrt(x)", (-1.0, 2.0), False, False),
        ("sqrt(x)", (-2.0, -1.0), False, True),
        ("log(x)", (-1.0, 2.0), False, False),
        ("log(x)", (-2.0, -1.0), False, True),
        ("1/x", (-1.0, 2.0), False, False),
        ("tan(x)", (1.0, 2.0), False, False),
        ("tan(x)", (-1.0, 1.0), True, False),
        ("abs(x)", (-1.0, 2.0), True, False),
        ("atan(1/x)", (-1.0, 1.0), False, False),
    ],
)
def test_boxes_with_holes_or_jumps_are_told_from_continuous_ones(
    source: str, box: tuple[float, float], continuous: bool, nowhere: bool
) -> None:
    assert enclose(source, box)[2:] == (continuous, nowhere)


def test_gradient_is_not_continuous_across_a_kink() -> None:
    formula = build_formula("abs(x) + max(y, 0)")
    program = IntervalProgram(formula, np.empty(0), outputs=formula.gradient)
    boxes = np.array([[[1.0, 2.0], [1.0, 2.0]], [[-1.0, 1.0], [1.0, 2.0]], [[1.0, 2.0], [-1.0, 1.0]]])
    enclosure = program.enclose(np.moveaxis(boxes, 0, 2))
    assert enclosure.continuous.tolist() == [True, False, False]
    assert enclosure.intervals[:, :, 1].tolist() == [[-1.0, 1.0], [1.0, 1.0]]


def test_cone_has_a_continuous_gradient_away_from_its_tip() -> None:
    formula = build_formula("sqrt(x^2 + y^2)")
    program = IntervalProgram(formula, np.empty(0), outputs=(*formula.gradient, *formula.hessian))
    boxes = np.array([[[1.0, 2.0], [-1.0, 1.0]], [[-1.0, 2.0], [-1.0, 1.0]]])
    assert program.enclose(np.moveaxis(boxes, 0, 2)).continuous.tolist() == [True, False]
