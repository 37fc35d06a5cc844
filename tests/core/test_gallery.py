"""The facts in the gallery are true."""

from __future__ import annotations

import numpy as np
import pytest

from gradsim.core.critical_points import find_critical_points
from gradsim.core.gallery import GALLERY, GallerySurface
from gradsim.core.surface import compile_surface

SURFACES = list(GALLERY.values())
SMOOTH = [surface for surface in SURFACES if surface.name != "ackley"]
# How many eigenvalues of the Hessian are negative, for one and for two dimensions.
KINDS = [("minima", {0}), ("saddles", {1}), ("maxima", {1, 2})]
FACTS = [
    pytest.param(surface, point, n_negative, id=f"{surface.name}-{kind}-{point}")
    for surface in SMOOTH
    for kind, n_negative in KINDS
    for point in getattr(surface, kind)
]


def test_there_are_twelve_presets_and_each_is_named_once() -> None:
    assert len(GALLERY) == 12
    assert all(name == surface.name and name.isidentifier() for name, surface in GALLERY.items())
    assert len({surface.title for surface in SURFACES}) == len({surface.formula for surface in SURFACES}) == 12
    assert {surface.domain.dimension for surface in SURFACES} == {1, 2}


@pytest.mark.parametrize("preset", SURFACES, ids=lambda preset: preset.name)
def test_preset_fits_together(preset: GallerySurface) -> None:
    surface = compile_surface(preset.surface)
    assert surface.dimension == preset.domain.dimension == len(preset.start)
    assert set(surface.formula.parameters) == set(preset.parameters)
    assert set(preset.sliders) == set(preset.parameters)
    assert all(each.low <= preset.parameters[name] <= each.high for name, each in preset.sliders.items())
    for point in (preset.start, *preset.minima, *preset.saddles, *preset.maxima):
        assert all(low <= x <= high for x, (low, high) in zip(point, preset.domain.axes, strict=True))
    assert all(text == text.strip() and "\n" not in text for text in (preset.title, preset.lesson, preset.source))
    assert preset.lesson.endswith(".")
    assert np.linalg.norm(surface.gradient(preset.start)) > 1e-6 or preset.name == "saddle"


@pytest.mark.parametrize(("preset", "point", "n_negative"), FACTS)
def test_critical_point_is_true_to_its_digits_and_of_its_kind(
    preset: GallerySurface, point: tuple[float, ...], n_negative: set[int]
) -> None:
    surface = compile_surface(preset.surface)
    hessian = surface.hessian(point)
    step = np.linalg.solve(hessian, surface.gradient(point))
    assert np.abs(step).max() < 1e-10
    assert int(np.sum(np.linalg.eigvalsh(hessian) < 0)) in n_negative
    assert point not in preset.maxima or np.all(np.linalg.eigvalsh(hessian) < 0)


@pytest.mark.parametrize("preset", [preset for preset in SURFACES if preset.minima], ids=lambda preset: preset.name)
def test_first_minimum_is_the_lowest(preset: GallerySurface) -> None:
    surface = compile_surface(preset.surface)
    lowest = surface.value(preset.minima[0])
    assert np.all(surface.value(np.array(preset.minima)) >= lowest - 1e-9)
    axes = [np.linspace(*axis, 801) for axis in preset.domain.axes]
    grid = np.stack(np.meshgrid(*axes), axis=-1)
    assert surface.value(grid).min() >= lowest - 1e-9


@pytest.mark.parametrize(
    "preset", [preset for preset in SURFACES if preset.minimum_eigenvalues], ids=lambda preset: preset.name
)
def test_minimum_has_the_stated_eigenvalues(preset: GallerySurface) -> None:
    eigenvalues = np.linalg.eigvalsh(compile_surface(preset.surface).hessian(preset.minima[0]))
    np.testing.assert_allclose(eigenvalues, preset.minimum_eigenvalues, rtol=1e-8)


def test_published_values_at_the_minima() -> None:
    published = {"six_hump_camel": -1.031628453, "styblinski_tang": -78.3323314, "forrester": -6.02074, "ackley": 0.0}
    for name, value in published.items():
        surface = compile_surface(GALLERY[name].surface)
        assert surface.value(GALLERY[name].minima[0]) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    "preset",
    [preset for preset in SURFACES if preset.n_critical_points is not None and "listed" not in preset.notes],
    ids=lambda preset: preset.name,
)
def test_number_of_critical_points_covers_those_listed(preset: GallerySurface) -> None:
    n_listed = len(preset.minima) + len(preset.saddles) + len(preset.maxima)
    assert preset.n_critical_points == n_listed + (preset.name == "forrester")  # its degenerate point is in the notes


@pytest.mark.parametrize(
    "preset", [preset for preset in SURFACES if preset.n_critical_points is not None], ids=lambda preset: preset.name
)
def test_every_critical_point_is_found(preset: GallerySurface) -> None:
    found = find_critical_points(compile_surface(preset.surface), preset.domain)
    assert len(found) == preset.n_critical_points
    for kind, points in (("minimum", preset.minima), ("saddle", preset.saddles), ("maximum", preset.maxima)):
        positions = np.array([point.position for point in found if point.kind == kind]).reshape(
            -1, preset.domain.dimension
        )
        for point in points:
            assert np.abs(positions - point).max(axis=1).min() < 1e-9


def test_forrester_is_degenerate_at_one_third() -> None:
    surface = compile_surface(GALLERY["forrester"].surface)
    assert abs(surface.gradient([1 / 3])[0]) < 1e-12
    assert abs(surface.hessian([1 / 3])[0, 0]) < 1e-12
