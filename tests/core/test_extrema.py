"""Which critical points are isolated minima: where eigenvalues do not tell, the surface does."""

from __future__ import annotations

import numpy as np
import pytest

from gradsim.core.critical_points import find_critical_points
from gradsim.core.critical_points.extrema import isolated_extrema
from gradsim.core.scene import Domain, FormulaSurface
from gradsim.core.surface import compile_surface

SQUARE = Domain(x=(-2.0, 2.0), y=(-1.5, 1.5))
LINE = Domain(x=(-2.0, 2.0))


def extrema(formula: str, domain: Domain, goal: str = "minimize") -> list[list[float]]:
    surface = compile_surface(FormulaSurface(formula=formula))
    points = find_critical_points(surface, domain)
    return [point.position.round(4).tolist() for point in isolated_extrema(points, surface, domain, goal)]


def test_the_deepest_minimum_comes_first() -> None:
    left, _, right = sorted(np.roots([4, 0, -4, -0.3]).real.round(4).tolist())
    assert extrema("(x**2-1)**2 - 0.3*x", LINE) == [[right], [left]]


def test_who_climbs_looks_for_maxima() -> None:
    assert extrema("(x**2-1)**2 - 0.3*x", LINE, "maximize") == [[sorted(np.roots([4, 0, -4, -0.3]).real.round(4))[1]]]


@pytest.mark.parametrize("formula", ["x^4 + y^2", "x^4 + y^4", "abs(x) + y^2", "abs(x) + abs(y)"])
def test_a_flat_or_sharp_bottom_is_a_minimum(formula: str) -> None:
    assert extrema(formula, SQUARE) == [[0.0, 0.0]]
    assert extrema(f"-({formula})", SQUARE) == []
    assert extrema(f"-({formula})", SQUARE, "maximize") == [[0.0, 0.0]]


@pytest.mark.parametrize("formula", ["x^3 + y^2", "x^3", "x^2 - y^2", "x^3 - 3*x*y^2", "x^2 - abs(y)"])
def test_a_saddle_of_any_kind_is_none(formula: str) -> None:
    assert extrema(formula, SQUARE if "y" in formula else LINE) == []


@pytest.mark.parametrize("formula", ["(1 - x*y)**2", "(x^2 + y^2 - 1)**2", "x^2 + 0*y"])
def test_a_curve_of_minima_holds_no_isolated_one(formula: str) -> None:
    assert extrema(formula, SQUARE) == []


def test_every_minimum_of_a_smooth_surface_counts() -> None:
    formula = "20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)"
    found = np.array(extrema(formula, Domain(x=(-2.4, 2.4), y=(-2.4, 2.4))))
    assert len(found) == 25
    np.testing.assert_allclose(np.unique(found.round()), [-2, -1, 0, 1, 2])
