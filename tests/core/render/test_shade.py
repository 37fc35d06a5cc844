"""The shaded map: colours say high and low, contours are thin lines in fixed places, and gaps are marked."""

from __future__ import annotations

import numpy as np
import pytest

from gradsim.core.render.levels import LinearScale, choose_levels, choose_linear_levels
from gradsim.core.render.look import MapLook
from gradsim.core.render.palette import THEMES, Theme
from gradsim.core.render.shade import contour_spacing, shade_map
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Domain, FormulaSurface
from gradsim.core.surface import Surface, compile_surface

LINEAR = LinearScale(low=0.0, high=1.0)  # level = value
DARK = THEMES["dark"]


def surface_of(formula: str) -> Surface:
    return compile_surface(FormulaSurface(formula=formula))


def shade(formula: str, viewport: Viewport, *, contours: int = 0, theme: Theme = DARK, **options: object) -> np.ndarray:
    look = MapLook(contours=contours, **options)
    return shade_map(surface_of(formula), viewport, levels=LINEAR, theme=theme, look=look)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_colors_run_through_the_theme_from_low_to_high(theme: Theme) -> None:
    picture = shade("x + 0*y", Viewport((0, 1), (0, 1), 400, 37), theme=theme)
    assert picture.shape == (37, 400, 4)
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous
    assert (picture[..., 3] == 255).all()
    assert (picture == picture[:1]).all()
    for position, stop in theme.map_stops:
        pixel = picture[0, min(399, int(position * 400)), 2::-1]
        assert np.abs(pixel.astype(int) - stop).max() <= 1
    assert (np.diff(picture[0, :, :3].astype(int).sum(axis=1)) >= 0).all()


def test_y_grows_upwards() -> None:
    picture = shade("y + 0*x", Viewport((0, 1), (0, 1), 20, 100)).astype(int).sum(axis=2)
    assert picture[0, 0] > picture[99, 0]


def test_values_beyond_the_scale_keep_its_end_colors() -> None:
    picture = shade("x + 0*y", Viewport((-1, 2), (0, 1), 300, 5))
    assert picture[0, 0, 2::-1].tolist() == list(DARK.map_stops[0][1])
    assert picture[0, 299, 2::-1].tolist() == list(DARK.map_stops[-1][1])


def contour_cover(formula: str, viewport: Viewport, contours: int, pixel_ratio: float = 1.0) -> np.ndarray:
    """How much of the contour's colour each pixel has, 0 … 1."""
    with_lines = shade(formula, viewport, contours=contours, pixel_ratio=pixel_ratio)[..., 1].astype(float)
    without = shade(formula, viewport)[..., 1].astype(float)
    return (with_lines - without) / (255 - without) / DARK.contour_alpha


@pytest.mark.parametrize("pixel_ratio", [1.0, 2.0])
@pytest.mark.parametrize("formula", ["x + 0*y", "y + 0*x", "0.6*x + 0.8*y"])
def test_contours_have_the_same_width_in_every_direction(formula: str, pixel_ratio: float) -> None:
    viewport = Viewport((0, 1), (0, 1), 400, 400)
    cover = contour_cover(formula, viewport, 8, pixel_ratio)
    length = {"x + 0*y": 400 * 7, "y + 0*x": 400 * 7, "0.6*x + 0.8*y": None}[formula]
    if length is None:
        ends = [
            (max(0, (c - 0.8) / 0.6), min(1, c / 0.6)) for c in np.arange(1, 12) / 8
        ]  # x where each line begins, ends
        length = 400 * sum((high - low) / 0.8 for low, high in ends if high > low)
    assert cover.sum() / length == pytest.approx(1.15 * pixel_ratio, rel=0.12)


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_the_contour_of_a_value_passes_where_the_surface_has_it(scale: str) -> None:
    surface = surface_of("x**2 + 3*y**2 + 0.4*x*y")
    domain = Domain(x=(-3, 3), y=(-2, 2))
    levels = choose_levels(surface, domain) if scale == "log" else choose_linear_levels(surface, domain)
    viewport = Viewport((-3, 3), (-2, 2), 600, 400)
    look = MapLook(contours=10)
    with_lines = shade_map(surface, viewport, levels=levels, theme=DARK, look=look)[..., 1].astype(int)
    without = shade_map(surface, viewport, levels=levels, theme=DARK, look=MapLook(contours=0))[..., 1]
    strength = with_lines - without
    expected = np.asarray(levels.value(np.arange(1, 10) / 10))
    if scale == "linear":
        assert np.ptp(np.diff(expected)) < 1e-9
    row = viewport.to_data([[column + 0.5, 200.5] for column in range(600)])
    values = surface.value(row)
    for value in expected:
        crossings = np.flatnonzero(np.diff(np.sign(values - value)))
        assert len(crossings) == 2 or value > values[[0, -1]].min()
        for column in crossings.tolist():
            assert strength[200, column : column + 2].max() > 15


def test_contours_stay_in_place_while_panning() -> None:
    surface = surface_of("(x**2 + y - 11)**2 + (x + y**2 - 7)**2")
    levels = choose_levels(surface, Domain(x=(-6, 6), y=(-6, 6)))
    options = {"levels": levels, "theme": DARK, "look": MapLook(contours=18)}
    viewport = Viewport((-6, 6), (-4, 4), 300, 200)
    before = shade_map(surface, viewport, **options)
    after = shade_map(surface, viewport.panned(37, 21), **options)
    assert np.abs(after[21:, 37:].astype(int) - before[:-21, :-37]).max() <= 2


def test_blocks_of_rows_join_without_seams() -> None:
    viewport = Viewport((-1, 1), (-1, 1), 50, 67)
    picture = shade("x**2 + y**2", viewport, contours=9)
    flipped = shade("x**2 + (0.0 - y)**2", Viewport((-1, 1), (-1, 1), 50, 67), contours=9)
    assert (picture == flipped).all()
    # A picture cut at another row gives the same pixels.
    scale = 2 / 67
    lower = shade("x**2 + y**2", Viewport((-1, 1), (-1, 1 - 5 * scale), 50, 62), contours=9)
    assert np.abs(picture[5:].astype(int) - lower).max() <= 1


def test_contours_fade_where_they_would_run_together() -> None:
    half = 0.5 / 400
    viewport = Viewport((-half, 1 - half), (0, 1), 400, 10)  # lines through the middle of pixels
    assert contour_cover("x + 0*y", viewport, 20).max() > 0.9
    assert contour_cover("x + 0*y", viewport, 400).max() < 0.45


def test_no_contours_on_request_and_none_on_a_plateau_that_lies_on_a_level() -> None:
    viewport = Viewport((-1, 1), (-1, 1), 60, 60)
    assert len(np.unique(shade("0.5 + 0*x*y", viewport, contours=4).reshape(-1, 4), axis=0)) == 1
    assert len(np.unique(shade("0.3 + 0*x*y", viewport, contours=0).reshape(-1, 4), axis=0)) == 1


def test_the_lowest_point_is_not_a_speck() -> None:
    picture = shade("x**2 + y**2", Viewport((-0.2, 0.2), (-0.2, 0.2), 101, 101), contours=10)
    assert picture[48:53, 48:53, :3].max() <= max(DARK.map_stops[0][1]) + 2


@pytest.mark.parametrize("center", [(3.0, 2.0), (3.385154183607, 0.073851879773), (-1.0, 1.5), (0.0, -4.0)])
def test_some_contours_are_in_view_however_deep_the_zoom(center: tuple[float, float]) -> None:
    surface = surface_of("(x**2 + y - 11)**2 + (x + y**2 - 7)**2")
    levels = choose_levels(surface, Domain(x=(-6, 6), y=(-6, 6)))
    viewport = Viewport.fit((center[0] - 6, center[0] + 6), (center[1] - 6, center[1] + 6), 200, 200)
    for _ in range(15):
        spacing = contour_spacing(surface, viewport, levels=levels, contours=18)
        pixels = np.mgrid[0:200:5, 0:200:5].reshape(2, -1).T
        shown = np.ptp(levels.level(surface.value(viewport.to_data(pixels)))) * spacing.lines_per_level
        assert shown > 0.5
        assert shown >= 6 or spacing.fine_opacity > 0
        assert shown < 1000
        viewport = viewport.zoomed(2.0, (100, 100))


def test_fine_contours_never_jump_while_zooming() -> None:
    surface = surface_of("x + 0*y")
    strength = []
    for span in np.geomspace(1.0, 1e-6, 400):
        spacing = contour_spacing(surface, Viewport((0.0, span), (0, 1), 10, 10), levels=LINEAR, contours=10)
        decades = round(np.log10(spacing.lines_per_level / 10))
        strength.append(decades + spacing.fine_opacity)
    assert np.all(np.diff(strength) >= -1e-9)
    assert np.max(np.diff(strength)) < 0.05


def test_a_deep_zoom_stays_smooth() -> None:
    surface = surface_of("(x**2 + y - 11)**2 + (x + y**2 - 7)**2")
    levels = choose_levels(surface, Domain(x=(-6, 6), y=(-6, 6)))
    width = 1e-6
    viewport = Viewport((1.0, 1.0 + width), (0.5, 0.5 + width), 200, 200)
    picture = shade_map(surface, viewport, levels=levels, theme=DARK, look=MapLook(contours=18))[..., :3].astype(int)
    # Straight lines here: the picture is the same along the contours' direction, up to antialiasing.
    gradient = surface.gradient(np.array([1.0, 0.5]))
    dx, dy = gradient[1] / abs(gradient[0]), 1.0
    rows, columns = np.mgrid[60:140, 60:140]
    shift_rows = np.rint(20 * -np.sign(gradient[0]) * dy * -1).astype(int)
    shift_columns = 20 * dx
    whole = np.rint(shift_columns).astype(int)
    moved = picture[rows + shift_rows, columns + whole]
    assert np.abs(moved - picture[rows, columns]).mean() < 6
    assert picture.max() - picture.min() > 20


def test_regions_without_a_value_are_hatched_in_a_neutral_color() -> None:
    picture = shade("sqrt(x) + 0*y", Viewport((-1, 1), (0, 1), 200, 60), contours=5)
    left = picture[:, :100, 2::-1].astype(int)
    assert np.abs(left - DARK.undefined).max() < 40
    assert (left == DARK.undefined).all(axis=2).mean() > 0.5
    assert len(np.unique(left.reshape(-1, 3), axis=0)) > 1
    assert (np.abs(picture[:, 101:, 2::-1].astype(int) - DARK.undefined).sum(axis=2) > 0).all()


@pytest.mark.parametrize("formula", ["1/x + 0*y", "exp(1e3*x) + y", "log(x*y)", "sqrt(0 - 1 - x**2)*y"])
def test_infinite_and_missing_values_are_drawn(formula: str) -> None:
    picture = shade(formula, Viewport((-2, 2), (-2, 2), 101, 67), contours=12)
    assert (picture[..., 3] == 255).all()
