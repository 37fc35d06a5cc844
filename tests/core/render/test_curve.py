"""The curve of a 1-D surface: as thick everywhere, with gaps where f has no value, and no walls where it jumps."""

from __future__ import annotations

import numpy as np
import pytest

from gradsim.core.gallery import GALLERY
from gradsim.core.render.colormaps import COLOR_MAPS, map_colors
from gradsim.core.render.curve import CURVE_WIDTH, curve_range, draw_curve
from gradsim.core.render.levels import LinearScale
from gradsim.core.render.look import MapLook
from gradsim.core.render.palette import THEMES, Theme, rgb
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Domain, FormulaSurface
from gradsim.core.surface import Surface, compile_surface

VIEW = Viewport((-2.0, 2.0), (-1.5, 1.5), 400, 300)
DARK = THEMES["dark"]
LEVELS = LinearScale(low=-1.5, high=1.5)


def surface_of(formula: str) -> Surface:
    return compile_surface(FormulaSurface(formula=formula))


def line_cover(formula: str, viewport: Viewport = VIEW, *, theme: Theme = DARK, pixel_ratio: float = 1.0) -> np.ndarray:
    """How much of each pixel the line covers, 0 … 1, judged by red; what is filled below is dimmed away."""
    look = MapLook(pixel_ratio=pixel_ratio, dimming=1.0)
    picture = draw_curve(surface_of(formula), viewport, levels=LEVELS, theme=theme, look=look)
    assert picture.shape == (viewport.height, viewport.width, 4)
    assert (picture[..., 3] == 255).all()
    ground, line = rgb(theme.panel)[0], rgb(theme.curve)[0]
    return np.clip((picture[..., 2].astype(float) - ground) / (line - ground), 0, 1)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_the_line_runs_through_the_values_of_f(theme: Theme) -> None:
    formula = "(x**2 - 1)**2 + 0.3*x - 0.5"
    cover = line_cover(formula, theme=theme)
    x = np.linspace(-1.2, 1.2, 50)
    points = np.stack([x, surface_of(formula).value(x[:, None])], axis=-1)
    pixels = VIEW.to_pixels(points).astype(int)
    assert (cover[pixels[:, 1], pixels[:, 0]] > 0.8).all()


@pytest.mark.parametrize("pixel_ratio", [1.0, 2.0])
@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0, 4.0, 40.0])
def test_the_line_is_as_thick_on_a_slope_as_on_the_level(slope: float, pixel_ratio: float) -> None:
    cover = line_cover(f"{slope}*x", pixel_ratio=pixel_ratio)
    middle = cover[100:200, 150:250]  # the slope crosses the middle of the picture
    run = min(100.0, 100.0 / slope if slope else np.inf)
    length = run * np.hypot(1, slope)
    assert middle.sum() == pytest.approx(CURVE_WIDTH * pixel_ratio * length, rel=0.15)


@pytest.mark.parametrize("formula", ["abs(x)/x", "0.5*abs(x - 0.123)/(x - 0.123) + 0.2*x"])
def test_a_jump_is_no_wall(formula: str) -> None:
    cover = line_cover(formula)
    assert cover[:, 180:230].max(axis=0).min() > 0.5  # a line on both sides
    assert cover[140:155, 195:220].max() < 0.3


def test_a_pole_is_no_wall() -> None:
    cover = line_cover("1/x")
    assert cover[:, 199:201][140:160].max() < 0.3
    assert cover[0].max() > 0.5
    assert cover[-1].max() > 0.5


@pytest.mark.parametrize("formula", ["tanh(1000*x)", "atan(1e6*x)/2", "40*x"])
def test_a_steep_but_continuous_rise_is_drawn(formula: str) -> None:
    cover = line_cover(formula)
    assert (cover[140:160].max(axis=1) > 0.8).all()


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
@pytest.mark.parametrize("colors", COLOR_MAPS)
def test_what_is_below_the_curve_has_the_color_of_its_height(theme: Theme, colors: str) -> None:
    look = MapLook(colors=colors, dimming=0.2)
    picture = draw_curve(surface_of("1.2 + 0*x"), VIEW, levels=LEVELS, theme=theme, look=look)
    assert (picture == picture[:, :1]).all()
    assert (picture[:25, 0, 2::-1] == rgb(theme.panel)).all()
    fill = picture[40:, 0, 2::-1].astype(float)
    expected = map_colors(theme, colors, 0.2, 300)[::-1][40:]
    ground = np.array(rgb(theme.panel))
    share = ((fill - ground) * (expected - ground)).sum(axis=1) / ((expected - ground) ** 2).sum(axis=1)
    assert np.abs(fill - ground - share[:, None] * (expected - ground)).max() < 3
    assert 0.3 < share.min() < share.max() <= 1.02


def test_no_line_where_f_has_no_value() -> None:
    picture = draw_curve(surface_of("sqrt(x)"), VIEW, levels=LEVELS, theme=DARK, look=MapLook())
    assert (picture[:, :195, 2::-1] == rgb(DARK.panel)).all()
    assert line_cover("sqrt(x)")[:, 210:].max(axis=0).min() > 0.8


@pytest.mark.parametrize("formula", ["1/x**2 - 1/x**2", "exp(1e4*x)", "x*1e90", "log(0 - 1 - x**2)", "x**63*1e90"])
def test_any_values_can_be_drawn(formula: str) -> None:
    line_cover(formula)


@pytest.mark.parametrize("preset", [name for name in GALLERY if GALLERY[name].domain.dimension == 1])
def test_the_range_of_every_preset_holds_its_curve(preset: str) -> None:
    entry = GALLERY[preset]
    low, high = curve_range(compile_surface(entry.surface), entry.domain)
    values = compile_surface(entry.surface).value(np.linspace(*entry.domain.x, 999)[:, None])
    assert low < values.min() < values.max() < high
    assert np.ptp(values) > 0.7 * (high - low)


def test_poles_are_cut_off_and_flat_curves_get_room() -> None:
    domain = Domain(x=(-1.0, 1.0))
    low, high = curve_range(surface_of("1/x"), domain)
    assert -1e3 < low < -5
    assert 5 < high < 1e3
    low, high = curve_range(surface_of("7 + 0*x"), domain)
    assert low < 7 < high
    assert curve_range(surface_of("sqrt(0 - 1 - x**2)"), domain) == (-1.0, 1.0)
