"""Levels: every kind of surface gets a scale that shows it, and the scale never depends on the view."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from gradsim.core.gallery import GALLERY
from gradsim.core.render.levels import LevelScale, LinearScale, choose_levels, choose_linear_levels
from gradsim.core.scene import Domain, FormulaSurface
from gradsim.core.surface import compile_surface

SQUARE = Domain(x=(-2.0, 2.0), y=(-2.0, 2.0))


def levels_of(formula: str, domain: Domain = SQUARE) -> LevelScale:
    return choose_levels(compile_surface(FormulaSurface(formula=formula)), domain)


def level_map(formula: str, domain: Domain = SQUARE) -> np.ndarray:
    surface = compile_surface(FormulaSurface(formula=formula))
    x, y = np.meshgrid(np.linspace(*domain.axes[0], 200), np.linspace(*domain.axes[1], 200))
    return choose_levels(surface, domain).level(surface.value(np.stack([x, y], axis=-1)))


@pytest.mark.parametrize("distance", [0.0, 1e-300, 1e-17, 1e-9, 0.3, 0.41421356, 1.0, 1e5, 1e300, -1e-9, -7.0])
def test_levels_are_exact_logarithms(distance: float) -> None:
    scale = LevelScale(low=0.0, offset=0.5, top=3.0)
    with mpmath.workdps(50):
        expected = mpmath.sign(distance) * mpmath.log1p(abs(mpmath.mpf(distance)) / 0.5) / 3
    level = scale.level(np.array([distance]))[0]
    assert abs(level - float(expected)) <= 1e-15 * abs(float(expected))


def test_levels_rise_with_the_value_through_zero() -> None:
    values = np.linspace(-3.0, 3.0, 100_001)
    levels = LevelScale(low=0.7, offset=1e-3, top=5.0).level(values)
    assert np.all(np.diff(levels) > 0)


def test_what_has_no_value_has_no_level() -> None:
    levels = LevelScale(low=0.0, offset=1.0, top=1.0).level(np.array([[np.nan, np.inf], [-np.inf, 2.0]]))
    assert np.isfinite(levels).tolist() == [[False, False], [False, True]]


@pytest.mark.parametrize("preset", [name for name in GALLERY if GALLERY[name].domain.dimension == 2])
def test_every_preset_uses_the_whole_scale(preset: str) -> None:
    entry = GALLERY[preset]
    surface = compile_surface(FormulaSurface(formula=entry.formula, parameters=entry.parameters))
    domain = entry.domain
    x, y = np.meshgrid(np.linspace(*domain.axes[0], 200), np.linspace(*domain.axes[1], 200))
    levels = choose_levels(surface, domain).level(surface.value(np.stack([x, y], axis=-1)))
    assert np.quantile(levels, 0.02) < 0.5
    assert np.quantile(levels, 0.95) > 0.85
    assert levels.min() > -0.05
    assert 0.3 < np.median(levels) < 0.98


def test_the_lowest_point_is_found_between_the_points_of_the_grid() -> None:
    scale = levels_of("(x - 0.12345)**2 + 100*(y - 0.98765)**2 + 7")
    assert scale.low == pytest.approx(7.0, abs=1e-9)


@pytest.mark.parametrize("formula", ["x**2 - y**2", "x**3 + y**3", "x + y"])
def test_surfaces_that_fall_without_end_are_shown_evenly(formula: str) -> None:
    levels = level_map(formula)
    assert levels.min() > -0.01
    assert 0.4 < np.median(levels) < 0.65


@pytest.mark.parametrize("formula", ["5 + 0*x*y", "0*x*y", "1e90 + 0*x*y", "x*1e-99*1e-99*1e-99 + y*0"])
def test_a_flat_surface_gets_finite_levels(formula: str) -> None:
    levels = level_map(formula)
    assert np.isfinite(levels).all()
    assert np.ptp(levels) < 1e-6


@pytest.mark.parametrize("formula", ["1/x + y", "log(x**2 + y**2)", "-1/(x**2 + y**2)", "tan(3*x)*y"])
def test_poles_do_not_spoil_the_scale(formula: str) -> None:
    levels = level_map(formula)
    assert np.quantile(levels, 0.98) - np.quantile(levels, 0.02) > 0.3


def test_a_narrow_dip_in_a_plateau_is_shown() -> None:
    levels = level_map("0 - exp(0 - 200*((x - 0.3)**2 + (y - 0.1)**2)) + 0*x")
    assert levels.max() - levels.min() > 0.9


def test_regions_without_a_value_are_left_out() -> None:
    levels = level_map("sqrt(x) + y**2")
    assert np.isnan(levels).mean() == pytest.approx(0.5, abs=0.01)
    assert np.nanmax(levels) > 0.9


def test_a_surface_without_any_value_gets_a_scale() -> None:
    assert np.isnan(level_map("sqrt(0 - 1 - x**2 - y**2)")).all()


def test_linear_levels_are_even_in_the_value() -> None:
    surface = compile_surface(FormulaSurface(formula="x**2 + y**2"))
    scale = choose_linear_levels(surface, SQUARE)
    assert scale.low == pytest.approx(0.0, abs=1e-12)
    assert 6.0 < scale.high <= 8.0
    level = np.empty(101)
    scale.write(np.linspace(-2.0, 12.0, 101), level)
    assert np.ptp(np.diff(level)) < 1e-12
    assert scale.value(level) == pytest.approx(np.linspace(-2.0, 12.0, 101))


@pytest.mark.parametrize("scale", [LevelScale(low=-3.0, offset=0.2, top=4.0), LinearScale(low=-3.0, high=1e4)])
def test_the_value_of_a_level_has_that_level(scale: LevelScale | LinearScale) -> None:
    levels = np.linspace(-0.5, 1.5, 41)
    again = np.empty(41)
    scale.write(scale.value(levels), again)
    assert again == pytest.approx(levels, abs=1e-9)


@pytest.mark.parametrize(
    "formula", ["x**2 - y**2", "1/x + y", "log(x**2 + y**2)", "5 + 0*x*y", "sqrt(0 - 1 - x**2)*y", "exp(400*x)*y"]
)
def test_every_surface_gets_linear_levels(formula: str) -> None:
    surface = compile_surface(FormulaSurface(formula=formula))
    scale = choose_linear_levels(surface, SQUARE)
    assert scale.low < scale.high < np.inf
    level = np.empty(3)
    scale.write(np.array([np.nan, np.inf, -np.inf]), level)
    assert np.isnan(level).all()


@pytest.mark.parametrize("contours", [2, 5, 18, 40, 100])
@pytest.mark.parametrize(("low", "high"), [(0.0, 1160.3), (-3.2, 4.7), (1e6, 1e6 + 3), (-1e-9, 2e-9)])
def test_linear_contours_lie_at_round_values_and_are_hardly_fewer_than_asked_for(
    low: float, high: float, contours: int
) -> None:
    scale = LinearScale(low=low, high=high).with_round_contours(contours)
    values = scale.value(np.arange(contours + 1) / contours)
    step = float(np.diff(values).mean())
    assert scale.low <= low + 1e-9 * step
    assert scale.high >= high - 1e-9 * step
    assert np.abs(values / step - np.rint(values / step)).max() < 1e-3
    assert float(f"{step:.1e}") == pytest.approx(step, rel=1e-9)  # two figures say it
    assert (high - low) / step > 0.72 * (contours - 1)


def test_where_nothing_can_be_round_the_scale_stays() -> None:
    for scale in (LinearScale(low=1e15, high=1e15 + 2), LinearScale(low=0.0, high=1.0)):
        assert scale.with_round_contours(0) is scale
    assert LinearScale(low=1e15, high=1e15 + 2).with_round_contours(18).high <= 1e15 + 4
