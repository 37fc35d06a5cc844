"""Tapes give what plain Python gives for the same graph, whatever rows they reuse."""

from __future__ import annotations

import numpy as np
import pytest

from gradsim.core.formula.evaluation import evaluate
from gradsim.core.formula.graph import build_formula
from gradsim.core.formula.tape import compile_tape, scalar_values
from gradsim.core.formula.tape_layout import BLOCK, scratch

POINTS = np.random.default_rng(1).uniform(0.2, 2.0, (2, 2 * BLOCK + 77))
FORMULAS = {
    "a*x + b/y - x/a + (a + 2*b)*x*y": lambda x, y: 3 * x + 0.5 / y - x / 3 + 4 * x * y,
    "min(x, y, 1) + max(x, 0.7) - min(a, y)": lambda x, y: (
        np.minimum(np.minimum(x, y), 1) + np.maximum(x, 0.7) - np.minimum(3, y)
    ),
    "x**a + a**y + x**y + x**-3 + y**2.5 + x**0.5": lambda x, y: x**3.0 + 3.0**y + x**y + x**-3.0 + y**2.5 + np.sqrt(x),
    "abs(x - y)*sin(a*x)/(1 + exp(-b*y))": lambda x, y: np.abs(x - y) * np.sin(3 * x) / (1 + np.exp(-0.5 * y)),
    "log(x)*tanh(y) + cosh(x)/sinh(y) - atan(x*y) + tan(x/2)": lambda x, y: (
        np.log(x) * np.tanh(y) + np.cosh(x) / np.sinh(y) - np.arctan(x * y) + np.tan(x / 2)
    ),
    "1 - (2 - (3 - x)) + -(-y)": lambda x, y: 1 - (2 - (3 - x)) + y,
}
PARAMETERS = {"a": 3.0, "b": 0.5}


@pytest.mark.parametrize("source", FORMULAS)
def test_tape_agrees_with_numpy(source: str) -> None:
    formula = build_formula(source)
    tape = compile_tape(formula.nodes, [formula.value], 2)
    scalars = tape.scalars(scalar_values(formula.nodes, [PARAMETERS[name] for name in formula.parameters]))
    result = np.empty((1, POINTS.shape[1]))
    evaluate(0, tape.code, scalars, scratch(tape.n_rows), POINTS, result, 2)
    np.testing.assert_allclose(result[0], FORMULAS[source](*POINTS), rtol=2e-14, atol=1e-15)


def test_outputs_may_be_constants_variables_and_repetitions() -> None:
    formula = build_formula("x + 2*y")
    outputs = [formula.value, *formula.gradient, formula.value, *formula.hessian]
    tape = compile_tape(formula.nodes, outputs, 2)
    result = np.empty((len(outputs), POINTS.shape[1]))
    evaluate(0, tape.code, tape.scalars(scalar_values(formula.nodes, [])), scratch(tape.n_rows), POINTS, result, 2)
    x, y = POINTS
    expected = [x + 2 * y, 1 + 0 * x, 2 + 0 * x, x + 2 * y, 0 * x, 0 * x, 0 * x]
    np.testing.assert_array_equal(result, expected)


def test_rows_are_reused_after_their_last_reading() -> None:
    formula = build_formula(" + ".join(f"sin({k}*x)" for k in range(1, 400)))
    tape = compile_tape(formula.nodes, [formula.value], 1)
    assert len(tape.code) > 1000
    assert tape.n_rows < 10


def test_scalars_follow_ieee_instead_of_raising() -> None:
    formula = build_formula("x + log(a) + 1/b")
    values = scalar_values(formula.nodes, [-1.0, 0.0])
    assert any(np.isnan(value) for value in values.values())
    assert any(np.isinf(value) for value in values.values())
