"""Every critical point is found and classified, and what was not proven is said."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gradsim.core.critical_points import CriticalPoint, CriticalPoints, find_critical_points
from gradsim.core.errors import Cancelled
from gradsim.core.gallery import GALLERY
from gradsim.core.scene import Domain, FormulaSurface, Range
from gradsim.core.surface import compile_surface


def find(formula: str, x: Range, y: Range | None = None, **parameters: float) -> CriticalPoints:
    surface = compile_surface(FormulaSurface(formula=formula, parameters=parameters))
    return find_critical_points(surface, Domain(x=x, y=y), time_limit_s=60.0)


def kinds(points: CriticalPoints) -> dict[str, int]:
    return dict(Counter(point.kind for point in points))


def nearest(points: CriticalPoints, position: tuple[float, ...]) -> CriticalPoint:
    return min(points, key=lambda point: float(np.abs(point.position - position).max()))


RASTRIGIN = "20 + x^2 + y^2 - 10*(cos(2*pi*x) + cos(2*pi*y))"
EASOM = "-cos(x)*cos(y)*exp(-(x - pi)^2 - (y - pi)^2)"
GOLDSTEIN_PRICE = (
    "(1 + (x + y + 1)^2*(19 - 14*x + 3*x^2 - 14*y + 6*x*y + 3*y^2))"
    "*(30 + (2*x - 3*y)^2*(18 - 32*x + 12*x^2 + 48*y - 36*x*y + 27*y^2))"
)
PEAKS = "3*(1-x)^2*exp(-x^2 - (y+1)^2) - 10*(x/5 - x^3 - y^5)*exp(-x^2 - y^2) - exp(-(x+1)^2 - y^2)/3"
LEVY_13 = "sin(3*pi*x)^2 + (x-1)^2*(1 + sin(3*pi*y)^2) + (y-1)^2*(1 + sin(2*pi*y)^2)"

# formula, domain, and how many (minima, saddles, maxima) a proof must find
PROVABLE = {
    "sphere": ("x^2 + y^2", [(-5, 5), (-5, 5)], (1, 0, 0)),
    "plane": ("3*x + 2*y", [(-2, 2), (-2, 2)], (0, 0, 0)),
    "saddle": ("x^2 - y^2", [(-1.5, 1.5), (-1.5, 1.5)], (0, 1, 0)),
    "himmelblau": ("(x^2 + y - 11)^2 + (x + y^2 - 7)^2", [(-6, 6), (-6, 6)], (4, 4, 1)),
    "rastrigin": (RASTRIGIN, [(-5.12, 5.12), (-5.12, 5.12)], (121, 220, 100)),
    "six_hump_camel": ("(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (4*y^2 - 4)*y^2", [(-3, 3), (-2, 2)], (6, 7, 2)),
    "styblinski_tang": ("(x^4 - 16*x^2 + 5*x + y^4 - 16*y^2 + 5*y)/2", [(-5, 5), (-5, 5)], (4, 4, 1)),
    "beale": (
        "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
        [(-4.5, 4.5), (-4.5, 4.5)],
        (1, 2, 0),
    ),
    "rosenbrock": ("(1 - x)^2 + 100*(y - x^2)^2", [(-2, 2), (-1, 3)], (1, 0, 0)),
    "easom": (EASOM, [(-1, 7), (-1, 7)], (5, 4, 4)),
    "easom_wide": (EASOM, [(-10, 10), (-10, 10)], (25, 36, 24)),
    "goldstein_price": (GOLDSTEIN_PRICE, [(-2, 2), (-2, 2)], (4, 4, 1)),
    "griewank": ("1 + (x^2 + y^2)/4000 - cos(x)*cos(y/sqrt(2))", [(-10, 10), (-10, 10)], (17, 24, 18)),
    "egg_crate": ("x^2 + y^2 + 25*(sin(x)^2 + sin(y)^2)", [(-5, 5), (-5, 5)], (9, 24, 16)),
    "peaks": (PEAKS, [(-3, 3), (-3, 3)], (3, 3, 3)),
    "levy_13": (LEVY_13, [(-2, 4), (-2, 4)], (313, 512, 200)),
    "levy_13_wide": (LEVY_13, [(-10, 10), (-10, 10)], (1179, 1826, 648)),
    "cubic": ("x^3 - 3*x", [(-2, 2)], (1, 0, 1)),
    "rastrigin_1d": ("x^2 - 10*cos(2*pi*x)", [(-5.12, 5.12)], (11, 0, 10)),
    "entropy": ("x*log(x)", [(0.01, 5)], (1, 0, 0)),
}


@pytest.mark.parametrize("name", PROVABLE)
def test_all_critical_points_are_found_and_proven(name: str) -> None:
    formula, axes, (n_minima, n_saddles, n_maxima) = PROVABLE[name]
    points = find(formula, *axes)
    counts = Counter(point.kind for point in points)
    assert (counts["minimum"], counts["saddle"], counts["maximum"]) == (n_minima, n_saddles, n_maxima)
    assert len(points) == n_minima + n_saddles + n_maxima
    assert points.proven
    assert points.undecided.shape == (0, len(axes), 2)


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_gallery_facts_are_found(name: str) -> None:
    preset = GALLERY[name]
    points = find_critical_points(compile_surface(preset.surface), preset.domain, time_limit_s=60.0)
    if preset.n_critical_points is not None:
        assert len(points) == preset.n_critical_points
    for kind, positions in (("minimum", preset.minima), ("saddle", preset.saddles), ("maximum", preset.maxima)):
        for position in positions:
            point = nearest(points, position)
            for coordinate, known in zip(point.position, position, strict=True):
                n_decimals = len(repr(known).partition(".")[2])
                assert coordinate == pytest.approx(known, abs=max(0.51 * 10.0**-n_decimals, 2e-15 * abs(known)))
            assert point.kind in (kind, "degenerate", "nonsmooth")
    if preset.minimum_eigenvalues:
        first = nearest(points, preset.minima[0])
        assert first.eigenvalues == pytest.approx(preset.minimum_eigenvalues, rel=1e-7)


def test_himmelblau_points_come_by_ascending_value_with_exact_eigenvalues() -> None:
    points = find("(x^2 + y - 11)^2 + (x + y^2 - 7)^2", (-6, 6), (-6, 6))
    values = [point.value for point in points]
    assert values == sorted(values)
    deepest = nearest(points, (3.0, 2.0))
    assert deepest.position.tolist() == [3.0, 2.0]
    assert deepest.eigenvalues == pytest.approx([54 - 20 * np.sqrt(2), 54 + 20 * np.sqrt(2)], rel=1e-14)
    assert points.summary == "all 9 found"
    assert points[-1].kind == "maximum"


def test_points_are_polished_to_rounding() -> None:
    points = find(RASTRIGIN, (-5.12, 5.12), (-5.12, 5.12))
    assert max(point.gradient_norm for point in points) <= 1e-12 * 400


def test_eigenvectors_are_columns_with_a_deterministic_sign() -> None:
    (point,) = find("(x + y)^2 - 3*(x - y)^2", (-1, 1), (-1, 1))
    assert point.eigenvalues == pytest.approx([-12.0, 4.0])
    assert np.abs(point.eigenvectors) == pytest.approx(np.full((2, 2), np.sqrt(0.5)))
    hessian = np.array([[-4.0, 8.0], [8.0, -4.0]])
    assert hessian @ point.eigenvectors == pytest.approx(point.eigenvectors * point.eigenvalues)
    assert (point.eigenvectors[np.abs(point.eigenvectors).argmax(axis=0), [0, 1]] > 0.0).all()


def test_eigenvalue_in_one_dimension_is_the_second_derivative() -> None:
    points = find("(x^2 - 1)^2 + 0.3*x", (-2, 2))
    assert [point.position[0] for point in points] == pytest.approx([-1.035579, 0.96015, 0.075429], abs=1e-6)
    for point in points:
        assert point.eigenvalues == pytest.approx([12.0 * point.position[0] ** 2 - 4.0])
        assert point.eigenvectors.tolist() == [[1.0]]


def test_parameters_take_part() -> None:
    (point,) = find("(a - x)^2 + b*(y - x^2)^2", (-3, 3), (-1, 9), a=2.0, b=5.0)
    assert point.position.tolist() == [2.0, 4.0]


@pytest.mark.parametrize("corner", [(2.0, -1.0), (-2.0, 1.0), (2.0, 0.25), (1 / 3, 1.0)])
def test_points_on_the_border_count_as_inside(corner: tuple[float, float]) -> None:
    points = find("(x - a)^2 + (y - b)^2", (-2, 2), (-1, 1), a=corner[0], b=corner[1])
    assert [point.position.tolist() for point in points] == [list(corner)]
    assert points.proven


def test_points_just_outside_are_not_reported() -> None:
    points = find("(x - a)^2 + y^2", (-2, 2), (-1, 1), a=2.0 + 1e-8)
    assert len(points) == 0
    assert points.proven
    assert points.summary == "none exists"


@pytest.mark.parametrize("n", [1, 2, 4, 8, 16, 32, 64])
def test_points_on_edges_of_the_subdivision_are_found_once(n: int) -> None:
    points = find("cos(n*pi*x)", (0.0, 1.0), n=float(n))
    assert len(points) == n + 1
    assert points.proven


@pytest.mark.parametrize(
    ("formula", "axes", "position"),
    [
        ("x^4", [(-2, 2)], (0.0,)),
        ("(x - 0.3)^3", [(-2, 2)], (0.3,)),
        ("x^3 - 3*x*y^2", [(-1.5, 1.5), (-1.5, 1.5)], (0.0, 0.0)),
        ("x^2 + y^4", [(-2, 1), (-1, 2)], (0.0, 0.0)),
        ("x^2 + y^3", [(-2, 2), (-2, 2)], (0.0, 0.0)),
        ("(x - pi/10)^3 - 3*(x - pi/10)*(y - 0.1)^2", [(-1, 1), (-1, 1)], (np.pi / 10, 0.1)),
    ],
)
def test_degenerate_points_are_flagged_and_not_proven(
    formula: str, axes: list[Range], position: tuple[float, ...]
) -> None:
    points = find(formula, *axes)
    assert kinds(points) == {"degenerate": 1}
    assert points[0].position == pytest.approx(position, abs=1e-7)
    assert not points.proven
    assert len(points.undecided) == 1
    assert points.summary == "at least 1 found"


@pytest.mark.parametrize(
    ("formula", "axes", "position"),
    [
        ("abs(x)", [(-2, 2)], (0.0,)),
        ("(x - 1)^2 + 3*abs(x - pi/10)", [(-2, 2)], (np.pi / 10,)),
        ("sqrt(abs(x - 0.5))", [(-2, 2)], (0.5,)),
        ("x*abs(x)", [(-2, 2)], (0.0,)),
        ("abs(x)^1.5", [(-2, 2)], (0.0,)),
        ("abs(x) + abs(y - 0.3)", [(-2, 2), (-2, 2)], (0.0, 0.3)),
        ("sqrt(x^2 + y^2)", [(-2, 2), (-1, 2)], (0.0, 0.0)),
        ("max(x, -2*x) + y^2", [(-2, 2), (-2, 2)], (0.0, 0.0)),
    ],
)
def test_kinks_and_cusps_are_nonsmooth(formula: str, axes: list[Range], position: tuple[float, ...]) -> None:
    points = find(formula, *axes)
    assert kinds(points) == {"nonsmooth": 1}
    assert points[0].position == pytest.approx(position, abs=1e-11)
    assert np.isnan(points[0].eigenvalues).all()
    assert not points.proven


def test_a_kink_that_is_no_extremum_is_no_critical_point() -> None:
    points = find("2*x + abs(x)", (-2, 2))
    assert len(points) == 0
    assert points.proven


def test_minimum_of_two_bowls_has_a_nonsmooth_ridge_between_two_minima() -> None:
    points = find("min((x - 1)^2, (x + 1)^2) + y^2", (-2, 2), (-2, 2))
    assert kinds(points) == {"minimum": 2, "nonsmooth": 1}


def test_ackley_is_proven_except_for_its_cusp() -> None:
    formula = "20 + e - 20*exp(-0.2*sqrt((x^2 + y^2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2)"
    points = find(formula, (-5, 5), (-5, 5))
    assert kinds(points) == {"nonsmooth": 1, "minimum": 120, "saddle": 220, "maximum": 100}
    assert points[0].position.tolist() == [0.0, 0.0]
    assert points.undecided.shape == (1, 2, 2)
    assert np.abs(points.undecided).max() < 1e-9


@pytest.mark.parametrize(
    ("formula", "n_curves", "others"),
    [
        ("(x^2 + y^2 - 1)^2", 1, {"maximum": 1}),
        ("(1 - x*y)^2/2", 2, {"saddle": 1}),
        ("(x*y)^4", 1, {}),
        ("y^2", 1, {}),
        ("(0.3*x + 0.7*y)^2", 1, {}),
        ("cos(2*y)", 3, {}),
        ("-(1 + cos(12*sqrt(x^2 + y^2)))/((x^2 + y^2)/2 + 2)", None, {}),
    ],
)
def test_curves_of_minima_are_honest_and_quick(formula: str, n_curves: int | None, others: dict[str, int]) -> None:
    surface = compile_surface(FormulaSurface(formula=formula))
    begin = time.process_time()
    points = find_critical_points(surface, Domain(x=(-3.0, 3.0), y=(-3.0, 3.0)))
    assert time.process_time() - begin < 2.0
    assert not points.proven
    found = kinds(points)
    n_degenerate = found.pop("degenerate", 0)
    assert n_degenerate == n_curves if n_curves else n_degenerate >= 1
    assert found == others


def test_where_newton_is_held_back_in_a_valley_there_is_no_critical_point() -> None:
    points = find("max(0, y)^2/4 - (x + y)^2*(y + 1.4)^3", (-2.3, 1.9), (-1.7, 2.2))
    assert not points.proven
    assert kinds(points).keys() == {"degenerate"}
    assert len(points) <= 4
    assert max(point.gradient_norm for point in points) < 1e-12


@pytest.mark.parametrize("formula", ["3 + 0*x", "-exp(-x^2)"])
def test_flat_regions_are_undecided_and_hold_no_reported_points(formula: str) -> None:
    points = find(formula, (-60, 60))
    assert [point.position.tolist() for point in points] == ([[0.0]] if "exp" in formula else [])
    assert not points.proven


CONSTANT = [
    ("3 + 0*x", {}),
    ("exp(2)^2", {}),
    ("max(x, 10)", {}),
    ("min(x^2, -1)", {}),
    ("3 + a*x^2", {"a": 0.0}),
    ("a*abs(x) - b", {"a": 0.0}),
    ("a*exp(b*x)*sin(x)/2", {"a": 0.0, "b": 3.0}),
]


@pytest.mark.parametrize(("formula", "parameters"), CONSTANT)
def test_of_a_constant_surface_every_point_is_critical(formula: str, parameters: dict[str, float]) -> None:
    points = find(formula, (-2, 2), **parameters)
    assert (len(points), points.constant, points.proven) == (0, True, False)
    assert points.undecided.tolist() == [[[-2.0, 2.0]]]
    assert points.summary == "every point is critical (constant in this domain)"


def test_a_constant_surface_of_two_variables() -> None:
    points = find("3 + 0*x*y", (-2, 2), (-1, 3))
    assert points.constant
    assert points.undecided.tolist() == [[[-2.0, 2.0], [-1.0, 3.0]]]


@pytest.mark.parametrize(
    ("formula", "parameters"),
    [
        ("3 + 1e-12*x", {}),
        ("a*x", {"a": 1e-300}),
        ("exp(-1e4*(x^2 + 100))", {}),  # flat to underflow, yet not constant
        ("max(x, 0)", {}),
        ("max(x, 2 - 1e-9)", {}),
        ("a*log(x)", {"a": 0.0}),  # undefined on half of the domain
        ("a/x", {"a": 0.0}),
        ("x + y*0", {}),
    ],
)
def test_what_is_nearly_constant_is_not_called_constant(formula: str, parameters: dict[str, float]) -> None:
    points = find(formula, (-2, 2), (-2, 2) if "y" in formula else None, **parameters)
    assert not points.constant
    assert "every point" not in points.summary


def test_undefined_parts_of_the_domain_hold_no_points() -> None:
    points = find("x*log(x) + sqrt(3 - x)", (-5, 5))  # the slope falls to -∞ at 3, so a maximum comes before
    assert kinds(points) == {"minimum": 1, "maximum": 1}
    assert max(point.gradient_norm for point in points) < 1e-12


def test_without_time_nothing_is_proven_but_newton_still_finds_points() -> None:
    surface = compile_surface(FormulaSurface(formula="(x^2 + y - 11)^2 + (x + y^2 - 7)^2"))
    domain = Domain(x=(-6.0, 6.0), y=(-6.0, 6.0))
    points = find_critical_points(surface, domain, time_limit_s=0.0)
    assert not points.proven
    assert kinds(points) == {"minimum": 4, "saddle": 4, "maximum": 1}
    assert points.summary == "at least 9 found"


def test_cancelling_raises_cancelled() -> None:
    surface = compile_surface(FormulaSurface(formula=RASTRIGIN))
    domain = Domain(x=(-5.12, 5.12), y=(-5.12, 5.12))
    calls = []

    def cancelled() -> bool:
        calls.append(None)
        return len(calls) > 2

    with pytest.raises(Cancelled):
        find_critical_points(surface, domain, cancelled=cancelled)
    assert len(calls) == 3


def test_dimensions_must_agree() -> None:
    surface = compile_surface(FormulaSurface(formula="x^2 + y^2"))
    with pytest.raises(ValueError, match="1 axes"):
        find_critical_points(surface, Domain(x=(-1.0, 1.0)))


def test_searches_on_threads_agree_with_each_other() -> None:
    surface = compile_surface(FormulaSurface(formula=RASTRIGIN))
    domain = Domain(x=(-2.0, 2.0), y=(-2.0, 2.0))
    with ThreadPoolExecutor(2) as pool:
        searches = list(pool.map(lambda _: find_critical_points(surface, domain, time_limit_s=60.0), range(4)))
    first = np.array([point.position for point in searches[0]])
    for search in searches[1:]:
        assert np.array_equal([point.position for point in search], first)


def test_results_are_immutable() -> None:
    points = find("x^2 + y^2", (-1, 1), (-1, 1))
    for array in (points[0].position, points[0].eigenvalues, points[0].eigenvectors, points.undecided):
        assert not array.flags.writeable
    with pytest.raises(AttributeError):
        points[0].kind = "saddle"  # type: ignore[misc]
