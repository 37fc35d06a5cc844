"""Arrows of the vector field: the direction that a small step has on the screen, evenly apart, none where f is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradsim.core.render.vector_field import MAX_ARROWS, SPACING, FieldArrows, place_arrows
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import FormulaSurface
from gradsim.core.surface import Surface, compile_surface

HIMMELBLAU = "(x**2 + y - 11)**2 + (x + y**2 - 7)**2"


def surface_of(formula: str) -> Surface:
    return compile_surface(FormulaSurface(formula=formula))


def arrows_of(formula: str, viewport: Viewport, sign: int = -1, pixel_ratio: float = 1.0) -> FieldArrows:
    return place_arrows(surface_of(formula), viewport, sign=sign, pixel_ratio=pixel_ratio)


@given(stretch=st.floats(0.05, 20.0), sign=st.sampled_from([-1, 1]))
def test_arrows_point_where_a_small_step_moves_on_the_screen(stretch: float, sign: int) -> None:
    surface = surface_of(HIMMELBLAU)
    viewport = Viewport((-6, 6), (-4 * stretch, 4 * stretch), 600, 400)
    arrows = place_arrows(surface, viewport, sign=sign, pixel_ratio=1.0)
    points = viewport.to_data(arrows.middles)
    gradient = surface.gradient(points)
    step = sign * 1e-7 * gradient / np.hypot(*gradient.T)[:, None]
    moved = viewport.to_pixels(points + step) - viewport.to_pixels(points)
    cross = moved[:, 0] * arrows.along[:, 1] - moved[:, 1] * arrows.along[:, 0]
    lengths = np.hypot(*moved.T) * np.hypot(*arrows.along.T)
    assert (np.abs(cross) <= 1e-5 * lengths + 1e-12).all()
    assert ((moved * arrows.along).sum(axis=1) > 0).all()


def test_with_equal_scales_arrows_cross_contours_at_right_angles_and_go_down() -> None:
    surface = surface_of(HIMMELBLAU)
    viewport = Viewport.fit((-6, 6), (-6, 6), 1280, 800)
    arrows = place_arrows(surface, viewport, sign=-1, pixel_ratio=1.0)
    unit = arrows.along / np.hypot(*arrows.along.T)[:, None]
    along_contour = 1e-4 * np.stack([-unit[:, 1], unit[:, 0]], axis=-1)
    here = surface.value(viewport.to_data(arrows.middles))
    beside = surface.value(viewport.to_data(arrows.middles + along_contour))
    ahead = surface.value(viewport.to_data(arrows.middles + 1e-4 * unit))
    assert (ahead < here).all()
    assert (np.abs(beside - here) < 1e-3 * (here - ahead) + 1e-9).all()


@pytest.mark.parametrize(("width", "height", "ratio"), [(1280, 800, 1.0), (3840, 2160, 2.0), (200, 150, 1.0)])
def test_arrows_are_few_evenly_apart_and_never_touch(width: int, height: int, ratio: float) -> None:
    viewport = Viewport.fit((-6, 6), (-6, 6), width, height)
    arrows = arrows_of(HIMMELBLAU, viewport, pixel_ratio=ratio)
    assert 4 <= len(arrows.middles) < 1.15 * MAX_ARROWS
    x, y = np.unique(np.round(arrows.middles[:, 0], 3)), np.unique(np.round(arrows.middles[:, 1], 3))
    assert np.ptp(np.diff(x)) < 0.01
    assert np.diff(x)[0] == pytest.approx(np.diff(y)[0], abs=0.01)
    assert np.diff(x)[0] >= SPACING * ratio - 1e-6
    assert np.hypot(*arrows.along.T).max() < 0.85 * np.diff(x)[0]


def test_steeper_is_longer() -> None:
    arrows = arrows_of("x**2 + 0*y", Viewport((0, 4), (0, 4), 400, 400))
    order = np.argsort(arrows.middles[:, 0], kind="stable")
    assert (np.diff(np.hypot(*arrows.along[order].T)) > -1e-9).all()


def test_nothing_points_where_the_gradient_vanishes_or_is_undefined() -> None:
    assert not arrows_of("3 + 0*x*y", Viewport((-1, 1), (-1, 1), 400, 400)).along.any()
    arrows = arrows_of("sqrt(x) + y", Viewport((-2, 2), (-2, 2), 800, 800))
    assert len(arrows.middles) > 50
    assert arrows.middles[:, 0].min() >= 400
    assert len(arrows_of("sqrt(0 - 1 - x**2)*y", Viewport((-1, 1), (-1, 1), 400, 400)).middles) == 0


@pytest.mark.parametrize("factor", ["1e-280", "1e80", "1e100"])
def test_huge_and_tiny_gradients_have_directions(factor: str) -> None:
    arrows = arrows_of(f"{factor}*(x + 2*y)", Viewport((-1, 1), (-1, 1), 400, 400))
    assert np.allclose(arrows.along[:, 1] / arrows.along[:, 0], -2.0)


def test_arrows_stay_in_place_on_the_plane_while_panning_and_off_what_is_kept_free() -> None:
    viewport = Viewport.fit((-6, 6), (-6, 6), 800, 600)
    before = viewport.to_data(arrows_of(HIMMELBLAU, viewport).middles)
    panned = viewport.panned(13, 8)
    after = panned.to_data(arrows_of(HIMMELBLAU, panned).middles)
    shared = (np.abs(before[:, None] - after[None]).max(axis=-1) < 1e-9).any(axis=1)
    assert shared.mean() > 0.9
    rect = (100.0, 100.0, 300.0, 300.0)
    kept = place_arrows(surface_of(HIMMELBLAU), viewport, sign=-1, pixel_ratio=1.0, keep_free=(rect,))
    ends = np.concatenate([kept.middles - 0.5 * kept.along, kept.middles + 0.5 * kept.along])
    assert not ((ends > 100) & (ends < 300)).all(axis=1).any()
