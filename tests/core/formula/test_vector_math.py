"""The vectorised elementary functions hold over all of float64: against 50-digit mpmath, and for IEEE's exceptions."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import mpmath
import numba
import numpy as np
import pytest

from gradsim.core.formula.evaluation import evaluate
from gradsim.core.formula.graph import build_formula
from gradsim.core.formula.power import power
from gradsim.core.formula.tape import compile_tape
from gradsim.core.formula.tape_layout import BLOCK, scratch
from gradsim.core.formula.trigonometry import SHORT_REDUCTION_LIMIT, cos, sin, tan
from gradsim.core.formula.vector_math import LARGEST, atan, cosh, exp, log, sinh, tanh

ALLOWED_ULPS = 2.0  # units in the last place of the result; of the spacing 5e-324 where it is subnormal
RANDOM = np.random.default_rng(7)
# For each of the 2046 exponents, the subnormal ones included, one number of either sign.
MAGNITUDES = (np.arange(2047, dtype=np.int64) << 52 | RANDOM.integers(0, 2**52, 2047)).view(np.float64)[:-1]
ALL_EXPONENTS = MAGNITUDES * np.where(np.arange(MAGNITUDES.size) % 2, -1.0, 1.0)
SPECIAL = [0.0, 5e-324, 2.0**-1022, 0.3, 1.0 - 2.0**-53, 1.0, 1.0 + 2.0**-52, 2.0, 2.5, 3.0, 2.0**52 + 1.0]
SPECIAL += [2.0**52 - 0.5, 2.0**53 - 1.0, 2.0**53, 2.0**53 + 2.0, 1e300, LARGEST, math.inf, math.nan]
SPECIAL += [-value for value in SPECIAL]
NASTY = np.resize([1e300, np.nan, 5e-324, np.inf, 0.0, -np.inf, -0.0, -2.5], BLOCK // 2)


def nearest_to_multiples_of_half_pi() -> list[float]:
    """Return numbers near which sine or cosine is tiny, so that every digit of π/2 that is missing shows."""
    with mpmath.workdps(400):
        multiples = [int(2.0**bits) for bits in RANDOM.uniform(0.0, 1020.0, 300)]
        multiples += [int(2.0**bits) for bits in RANDOM.uniform(0.0, 29.3, 300)]
        return [float(n * mpmath.pi / 2) for n in multiples]


# The closest of all float64 to a multiple of π/2 (Muller, Elementary Functions, 3rd edition, 2016, table 11.1), the
# ends of the short reduction, and two that show when it has too few digits.
TRIGONOMETRIC = [
    RANDOM.uniform(-10, 10, 600),
    RANDOM.uniform(-SHORT_REDUCTION_LIMIT, SHORT_REDUCTION_LIMIT, 300),
    nearest_to_multiples_of_half_pi(),
    [6381956970095103.0 * 2.0**797, np.nextafter(SHORT_REDUCTION_LIMIT, 0.0), SHORT_REDUCTION_LIMIT],
    [422681655.0156254, 8.185833261448031e87, LARGEST],
]
HYPERBOLIC = [RANDOM.uniform(-3, 3, 400), RANDOM.uniform(-720, 720, 300), RANDOM.uniform(709.5, 710.6, 100)]
CASES: dict[str, list[Sequence[float] | np.ndarray]] = {
    "sin": TRIGONOMETRIC,
    "cos": TRIGONOMETRIC,
    "tan": TRIGONOMETRIC,
    "exp": [RANDOM.uniform(-746, 710, 500), RANDOM.uniform(-746, -708, 100), RANDOM.uniform(-1, 1, 200)],
    "log": [np.abs(ALL_EXPONENTS), RANDOM.uniform(0.5, 2, 400), 1.0 + RANDOM.uniform(-1e-8, 1e-8, 100)],
    "sqrt": [np.abs(ALL_EXPONENTS)],
    "sinh": HYPERBOLIC,
    "cosh": HYPERBOLIC,
    "tanh": [RANDOM.uniform(-3, 3, 400), 10.0 ** RANDOM.uniform(-12, 2, 300)],
    "atan": [RANDOM.uniform(-4, 4, 400), 10.0 ** RANDOM.uniform(-12, 12, 300)],
}


def run_formula(source: str, *coordinates: np.ndarray) -> np.ndarray:
    formula = build_formula(source)
    tape = compile_tape(formula.nodes, [formula.value], len(coordinates))
    scalars = tape.scalars({node: formula.nodes[node].value for node in tape.scalar_nodes})
    result = np.empty((1, coordinates[0].size))
    evaluate(0, tape.code, scalars, scratch(tape.n_rows), np.array(coordinates), result, len(coordinates))
    return result[0]


def run_function(name: str, x: np.ndarray) -> np.ndarray:
    return run_formula(f"{name}(x)", x)


def error_in_ulps(value: float, exact: mpmath.mpf) -> float:
    """Return the error of ``value`` in units in the last place of ``exact``; 0 for inf where float64 ends."""
    if abs(exact) >= LARGEST + mpmath.mpf(math.ulp(LARGEST)) / 2:
        return 0.0 if value == math.copysign(math.inf, exact) else math.inf
    if not math.isfinite(value):
        return math.inf
    return float(abs(mpmath.mpf(value) - exact) / mpmath.mpf(math.ulp(min(float(abs(exact)), LARGEST))))


def assert_equal_with_signs_of_zeros(actual: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(actual, expected, rtol=1e-15)
    is_zero = expected == 0.0
    assert np.array_equal(np.signbit(actual[is_zero]), np.signbit(expected[is_zero]))


@pytest.mark.parametrize("name", CASES)
def test_function_agrees_with_mpmath(name: str) -> None:
    x = np.concatenate([*(np.asarray(part) for part in CASES[name]), ALL_EXPONENTS])
    if name in ("log", "sqrt"):
        x = np.abs(x)
    with mpmath.workdps(50):
        exact = getattr(mpmath, name)
        # Beyond ±10⁴ exp would only spend time on digits that no float64 has.
        clipped = np.clip(x, -1e4, 1e4) if name in ("exp", "sinh", "cosh", "tanh") else x
        values = zip(run_function(name, x).tolist(), clipped.tolist(), strict=True)
        errors = [error_in_ulps(value, exact(mpmath.mpf(argument))) for value, argument in values]
    assert max(errors) <= ALLOWED_ULPS, x[np.argmax(errors)].hex()


@pytest.mark.parametrize("name", CASES)
def test_special_values_follow_ieee(name: str) -> None:
    x = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 5e-324, -5e-324, -1.0])
    with np.errstate(all="ignore"):
        expected = (np.arctan if name == "atan" else getattr(np, name))(x)
    assert_equal_with_signs_of_zeros(run_function(name, x), expected)


@pytest.mark.parametrize("name", CASES)
def test_a_value_does_not_depend_on_its_neighbours(name: str) -> None:
    x = np.abs(RANDOM.uniform(0.1, 3.0, BLOCK))
    x[1:100:2] = np.resize([1e10, 1e200, 1e-310, 800.0, 5e-324], 50)
    alone = run_function(name, x)
    crowded = x.copy()
    crowded[::2] = NASTY
    assert np.array_equal(alone[1::2], run_function(name, crowded)[1::2])
    one_by_one = [run_function(name, x[i : i + 1])[0] for i in range(1, 140, 2)]
    assert np.array_equal(alone[1:140:2], one_by_one)


def powers_of_any_size() -> tuple[np.ndarray, np.ndarray]:
    """Return bases, and exponents that make powers of them from underflow to overflow."""
    near_one = 1.0 + RANDOM.choice([-1.0, 1.0], 400) * 2.0 ** RANDOM.uniform(-52, -1.5, 400)
    hardest = RANDOM.uniform(0.7, 1.42, 400)  # where the logarithm's series has its largest terms
    x = np.concatenate([MAGNITUDES, near_one, hardest])
    logarithm = np.concatenate([RANDOM.uniform(-750, 712, x.size - 400), RANDOM.uniform(-708, 709.7, 400)])
    return x, logarithm / np.log(x)


def test_powers_agree_with_mpmath() -> None:
    x, y = powers_of_any_size()
    bases, whole = RANDOM.uniform(-9, 9, 300), RANDOM.integers(-300, 300, 300).astype(np.float64)
    x, y = np.concatenate([x, bases, np.abs(bases)]), np.concatenate([y, whole, RANDOM.uniform(-5, 5, 300)])
    with mpmath.workdps(50):
        errors = [
            error_in_ulps(value, mpmath.power(mpmath.mpf(base), mpmath.mpf(exponent)))
            for value, base, exponent in zip(run_formula("x**y", x, y).tolist(), x.tolist(), y.tolist(), strict=True)
        ]
    worst = int(np.argmax(errors))
    assert max(errors) <= 1.0, (x[worst].hex(), y[worst].hex())


def test_powers_of_special_values_follow_ieee() -> None:
    x, y = (np.ravel(grid) for grid in np.meshgrid(SPECIAL, SPECIAL))
    with np.errstate(all="ignore"):
        expected = np.array([np.power(*pair) for pair in zip(x, y, strict=True)])
    assert_equal_with_signs_of_zeros(run_formula("x**y", x, y), expected)


def test_powers_are_the_same_for_varying_and_constant_operands() -> None:
    x = RANDOM.uniform(0.0, 9.0, 777)
    with_scalar = run_formula("x**2.3", x), run_formula("2.3**x", x)
    constant = np.full_like(x, 2.3)
    assert np.array_equal(with_scalar[0], run_formula("x**y", x, constant))
    assert np.array_equal(with_scalar[1], run_formula("x**y", constant, x))


def test_a_power_does_not_depend_on_its_neighbours() -> None:
    x, y = RANDOM.uniform(0.1, 9.0, BLOCK), RANDOM.uniform(-9.0, 9.0, BLOCK)
    alone = run_formula("x**y", x, y)
    crowded_x, crowded_y = x.copy(), y.copy()
    crowded_x[::2], crowded_y[::2] = NASTY, RANDOM.permutation(NASTY)
    assert np.array_equal(alone[1::2], run_formula("x**y", crowded_x, crowded_y)[1::2])
    assert alone[7] == run_formula("x**y", x[7:8], y[7:8])[0]


def test_a_loop_over_all_functions_becomes_vector_instructions() -> None:
    @numba.njit("void(float64[::1], float64[::1])", error_model="numpy")
    def loop(x, y):  # type: ignore[no-untyped-def]
        for i in range(x.size):
            waves = sin(x[i]) + cos(x[i]) + tan(x[i]) + atan(x[i])
            y[i] = waves + power(exp(x[i]) + log(x[i]), sinh(x[i]) + cosh(x[i]) + tanh(x[i]))

    code = loop.inspect_llvm(loop.signatures[0])
    assert re.search(r"fdiv <\d+ x double>", code)
    assert not re.search(r"@\"?(sin|cos|tan|atan|exp|log|sinh|cosh|tanh|pow)\"?\(", code)
