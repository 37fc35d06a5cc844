"""Machine code gives what the tape gives, to the last bit, whatever the numbers are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradsim.core.formula.native import MAX_INSTRUCTIONS
from gradsim.core.formula.tape_layout import BLOCK
from gradsim.core.gallery import GALLERY
from gradsim.core.scene import FormulaSurface
from gradsim.core.surface import Surface, compile_surface

EVERY_OPERATION = {
    "functions": "sin(x) + cos(y) + tan(x*y) + exp(x) + log(y) + sinh(x) + cosh(y) + tanh(x) + atan(y) + sqrt(x)",
    "powers": "abs(x)**1.7 + 2.3**y + x**y + x**-3",
    "choices": "min(x, y, 1) + max(x, 0.7)*abs(x - y) + min(a, y)",
    "arithmetic": "a*x + b/y - x/a + (a + 2*b)*x*y - (1 - x)/(2 - y)",
    "constant": "a + 0*x*y",
    "line": "x**4 - 3*x**2 + a*sin(x)",
}
SURFACES = {**EVERY_OPERATION, **{name: entry.formula for name, entry in GALLERY.items()}}
UNUSUAL = [0.0, -0.0, 1.0, 5e-324, 1e-310, 2.0**30, -1e22, 1e154, 1e200, 1.7e308, np.inf, -np.inf, np.nan]


def both(source: str) -> tuple[Surface, Surface]:
    """The surface of ``source`` as a tape, and as machine code."""
    surface = compile_surface(FormulaSurface(formula=source, parameters={"a": 1.3, "b": -0.4}))
    native = Surface(surface.formula, surface.parameters)
    native.compile_native()
    native.second_order_program.compile_native(native.dimension)
    tape = Surface(surface.formula, surface.parameters)
    assert tape.first_order_program.native_address == 0
    assert native.first_order_program.native_address != 0
    return tape, native


def evaluated(surface: Surface, points: np.ndarray) -> np.ndarray:
    """f, ∇f and the Hessian's triangle at ``points`` (n, D), float64 (outputs, n)."""
    return surface._evaluate(surface.second_order_program, points)


def same_bits(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether all numbers are the same, also by the sign of a zero; any NaN is like another."""
    same = (ours.view(np.int64) == theirs.view(np.int64)) | (np.isnan(ours) & np.isnan(theirs))
    return bool(same.all())


@pytest.mark.parametrize("source", SURFACES.values(), ids=SURFACES)
def test_the_bits_are_those_of_the_tape(source: str) -> None:
    tape, native = both(source)
    rng = np.random.default_rng(3)
    usual = rng.normal(size=(2 * BLOCK + 77, tape.dimension)) * 3.0
    unusual = rng.choice(UNUSUAL, size=(600, tape.dimension))
    alone = rng.normal(size=(3, tape.dimension))
    for points in (usual, unusual, alone, np.concatenate([usual[:100], unusual[:3], usual[100:200]])):
        with np.errstate(all="ignore"):
            assert same_bits(evaluated(native, points), evaluated(tape, points))
            assert same_bits(native.value(points), tape.value(points))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(), min_size=1, max_size=20))
def test_any_number_at_all(numbers: list[float]) -> None:
    tape, native = PAIR
    points = np.array(numbers)[:, None] * np.ones(2)
    assert same_bits(evaluated(native, points), evaluated(tape, points))


PAIR = both(EVERY_OPERATION["functions"])


def test_parameters_are_data_of_the_code() -> None:
    _, native = both("a*x**2 + sin(b*y)")
    points = np.random.default_rng(0).normal(size=(50, 2))
    moved = native.with_parameters({"a": 7.0, "b": 0.2})
    assert moved.first_order_program.native_address == native.first_order_program.native_address
    np.testing.assert_array_equal(moved.value(points), 7.0 * points[:, 0] ** 2 + np.sin(0.2 * points[:, 1]))


def test_a_tape_that_is_too_long_stays_a_tape() -> None:
    surface = compile_surface(FormulaSurface(formula="+".join(f"sin({k}*x)" for k in range(1, MAX_INSTRUCTIONS))))
    surface.compile_native()
    assert surface.first_order_program.native_address == 0
