"""The vectorised elementary functions agree with 40-digit mpmath to a few units in the last place."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from gradsim.core.formula.graph import build_formula
from gradsim.core.formula.tape import compile_tape
from gradsim.core.formula.tape_kernel import evaluate, scratch

RANDOM = np.random.default_rng(7)
TRIGONOMETRIC = [RANDOM.uniform(-10, 10, 400), RANDOM.uniform(-1e9, 1e9, 300), [1e15, -3e20, 1e300]]
HYPERBOLIC = [RANDOM.uniform(-3, 3, 400), RANDOM.uniform(-700, 700, 300), [709.9, -710.2]]
CASES = {  # allowed error in units in the last place, arguments
    "sin": (2.0, TRIGONOMETRIC),
    "cos": (2.0, TRIGONOMETRIC),
    "tan": (4.0, TRIGONOMETRIC),
    "exp": (1.5, [RANDOM.uniform(-700, 709, 600), [0.0, -0.0, 1e-300]]),
    "log": (1.5, [10.0 ** RANDOM.uniform(-300, 300, 400), RANDOM.uniform(0.5, 2, 400), [5e-324, 1e-310]]),
    "sqrt": (0.51, [10.0 ** RANDOM.uniform(-300, 300, 400)]),
    "sinh": (2.5, HYPERBOLIC),
    "cosh": (2.5, HYPERBOLIC),
    "tanh": (2.5, [RANDOM.uniform(-3, 3, 400), 10.0 ** RANDOM.uniform(-12, 2, 300)]),
    "atan": (1.5, [RANDOM.uniform(-4, 4, 400), 10.0 ** RANDOM.uniform(-12, 12, 300)]),
}


def run_function(name: str, x: np.ndarray) -> np.ndarray:
    formula = build_formula(f"{name}(x)")
    tape = compile_tape(formula.nodes, [formula.value], 1)
    result = np.empty((1, x.size))
    evaluate(tape.code, np.empty(0), scratch(tape.n_rows), x[None, :].copy(), result, 1)
    return result[0]


@pytest.mark.parametrize("name", CASES)
def test_function_agrees_with_mpmath(name: str) -> None:
    allowed_ulps, parts = CASES[name]
    x = np.concatenate([np.asarray(part) for part in parts])
    with mpmath.workdps(40):
        exact = [getattr(mpmath, name)(mpmath.mpf(value)) for value in x.tolist()]
        errors = [
            abs(mpmath.mpf(value) - reference) / mpmath.mpf(float(np.spacing(abs(float(reference)))))
            for value, reference in zip(run_function(name, x).tolist(), exact, strict=True)
        ]
    assert max(errors) <= allowed_ulps


@pytest.mark.parametrize("name", CASES)
def test_special_values_follow_ieee(name: str) -> None:
    x = np.array([np.inf, -np.inf, np.nan, 0.0, -1.0])
    with np.errstate(all="ignore"):
        expected = (np.arctan if name == "atan" else getattr(np, name))(x)
    np.testing.assert_allclose(run_function(name, x), expected, rtol=1e-15)


@pytest.mark.parametrize("name", CASES)
def test_a_value_does_not_depend_on_its_neighbours(name: str) -> None:
    x = np.abs(RANDOM.uniform(0.1, 3.0, 512))
    alone = run_function(name, x)
    crowded = x.copy()
    crowded[::2] = np.resize([1e300, np.nan, 5e-324, np.inf, 0.0], 256)
    assert np.array_equal(alone[1::2], run_function(name, crowded)[1::2])
