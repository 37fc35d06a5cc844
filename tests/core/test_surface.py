"""A surface evaluates value, gradient and Hessian on arrays of any shape, and re-parametrises without compiling."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import gradsim.core.surface
from gradsim.core.errors import FormulaError
from gradsim.core.scene import FormulaSurface
from gradsim.core.surface import Surface, compile_surface


def surface_of(formula: str, **parameters: float) -> Surface:
    return compile_surface(FormulaSurface(formula=formula, parameters=parameters))


@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3), (0,), (4, 1, 700)])
def test_shapes_follow_the_points(shape: tuple[int, ...]) -> None:
    surface = surface_of("a*x^2*y + y^3", a=2.0)
    points = np.random.default_rng(0).normal(size=(*shape, 2))
    x, y = points[..., 0], points[..., 1]
    np.testing.assert_allclose(surface.value(points), 2 * x**2 * y + y**3, rtol=1e-13, atol=1e-14)
    gradient = np.stack([4 * x * y, 2 * x**2 + 3 * y**2], axis=-1)
    np.testing.assert_allclose(surface.gradient(points), gradient, rtol=1e-13, atol=1e-14)
    hessian = np.stack([np.stack([4 * y, 4 * x], axis=-1), np.stack([4 * x, 6 * y], axis=-1)], axis=-2)
    assert surface.hessian(points).shape == (*shape, 2, 2)
    np.testing.assert_allclose(surface.hessian(points), hessian, rtol=1e-13, atol=1e-14)


def test_one_dimension() -> None:
    surface = surface_of("x^3")
    assert surface.value([2.0]) == 8.0
    assert surface.gradient([[2.0], [3.0]]).tolist() == [[12.0], [27.0]]
    assert surface.hessian([2.0]).tolist() == [[12.0]]


@pytest.mark.parametrize("formula", ["x^3", "x*y"])
@pytest.mark.parametrize("n", [1, 7])
def test_points_may_be_read_only_unaligned_or_of_another_byte_order(formula: str, n: int) -> None:
    surface = surface_of(formula)
    points = np.arange(1.0, n * surface.dimension + 1).reshape(n, surface.dimension)
    expected = surface.gradient(points)
    unaligned = np.frombuffer(b"." + points.tobytes(), dtype=np.float64, offset=1).reshape(points.shape)
    points.setflags(write=False)  # as the positions of critical points are
    for same in (points, unaligned, points.astype(">f8")):
        np.testing.assert_array_equal(surface.gradient(same), expected)


def test_points_of_the_wrong_dimension_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(\.\.\., 2\)"):
        surface_of("x + y").value([1.0, 2.0, 3.0])


def test_parameters_left_out_are_one() -> None:
    assert surface_of("a*x + b", b=5.0).value([2.0]) == 7.0


def test_new_parameters_compile_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    surface = surface_of("a*x^2 + sin(b*x)")
    for outputs in (surface.value, surface.gradient, surface.hessian):
        outputs([1.0])
    monkeypatch.setattr(gradsim.core.surface, "compile_tape", None)
    monkeypatch.setattr(gradsim.core.surface, "build_formula", None)
    changed = surface.with_parameters({"a": 3.0, "b": 0.0})
    assert changed.value([2.0]) == 12.0
    assert changed.gradient([2.0]).tolist() == [12.0]
    assert changed.hessian([2.0]).tolist() == [[6.0]]


def test_rows_are_the_values() -> None:
    x, y = np.random.default_rng(0).normal(size=(2, 1500))
    surface = surface_of("x*y + x")
    np.testing.assert_array_equal(surface.values_on_rows(x, y), surface.value(np.stack([x, y], axis=1)))


def test_threads_do_not_share_scratch() -> None:
    surface = surface_of("sin(x)*cos(y) + x*y^2/(1 + x^2)")
    points = np.random.default_rng(0).normal(size=(8, 50_000, 2))
    expected = [surface.hessian(chunk) for chunk in points]
    results: list[object] = [None] * 8

    def work(index: int) -> None:
        results[index] = surface.hessian(points[index])

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result, reference in zip(results, expected, strict=True):
        np.testing.assert_array_equal(result, reference)


def test_a_mistake_in_the_formula_is_a_formula_error() -> None:
    with pytest.raises(FormulaError):
        surface_of("sin(x")


def test_threads_that_ask_at_the_same_time_share_tapes_and_machine_code() -> None:
    spec = FormulaSurface(formula="x^2 + 3.40625*y^2")
    together = threading.Barrier(8)
    surfaces: list[Surface] = []

    def ask() -> None:
        together.wait()
        surfaces.append(compile_surface(spec))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    surfaces[0].compile_native()
    assert {surface.first_order_program.native_address for surface in surfaces} != {0}
    assert len({surface.first_order_program.native_address for surface in surfaces}) == 1
