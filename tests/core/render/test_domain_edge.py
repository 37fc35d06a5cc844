"""Where the domain ends: fainter beyond a line, untouched inside, whatever of the domain is in view."""

from __future__ import annotations

import numpy as np
import pytest

from gradsim.core.render.domain_edge import draw_domain_edge
from gradsim.core.render.palette import THEMES, rgb
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Domain

VIEW = Viewport((0.0, 60.0), (0.0, 40.0), 60, 40)
SHADES = {"black": 0, "grey": 119, "white": 255}


def drawn(domain: Domain, *, shade: int = 119, theme: str = "dark", pixel_ratio: float = 1.0) -> np.ndarray:
    picture = np.full((40, 60, 4), shade, dtype=np.uint8)
    picture[..., 3] = 255
    draw_domain_edge(picture, VIEW, domain, theme=THEMES[theme], pixel_ratio=pixel_ratio)
    return picture


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("shade", SHADES.values(), ids=SHADES.keys())
def test_beyond_the_edge_a_quarter_is_the_panels_colour(theme: str, shade: int) -> None:
    picture = drawn(Domain(x=(10.0, 50.0), y=(5.0, 30.0)), shade=shade, theme=theme)
    panel = np.array(rgb(THEMES[theme].panel)[::-1])
    inside = np.zeros((40, 60), dtype=bool)
    inside[10:35, 10:50] = True  # y grows upwards: 30 is ten pixels below the top
    beyond = np.ones((40, 60), dtype=bool)
    beyond[9:36, 9:51] = False
    assert (picture[inside, :3] == shade).all()
    assert np.abs(picture[beyond, :3] - (0.75 * shade + 0.25 * panel)).max() <= 1.0
    assert (picture[..., 3] == 255).all()


@pytest.mark.parametrize("pixel_ratio", [1.0, 2.0])
def test_the_edge_is_a_line_one_logical_pixel_wide_around_the_domain(pixel_ratio: float) -> None:
    picture = drawn(Domain(x=(10.0, 50.0), y=(5.0, 30.0)), pixel_ratio=pixel_ratio)[..., 0].astype(int)
    line = round(pixel_ratio)
    row, column = picture[20], picture[:, 30]
    bright = 119  # what is beyond is darker
    assert np.flatnonzero(row > bright).tolist() == [*range(10 - line, 10), *range(50, 50 + line)]
    assert np.flatnonzero(column > bright).tolist() == [*range(10 - line, 10), *range(35, 35 + line)]


@pytest.mark.parametrize(
    "domain",
    [Domain(x=(-1e9, 1e9), y=(-1e9, 1e9)), Domain(x=(-1e300, 1e300)), Domain(x=(0.0, 60.0), y=(0.0, 40.0))],
    ids=["far larger", "as large as numbers get", "exactly the view"],
)
def test_a_view_inside_the_domain_is_left_as_it_is(domain: Domain) -> None:
    assert (drawn(domain)[..., :3] == 119).all()


@pytest.mark.parametrize("x", [(-50.0, -20.0), (100.0, 200.0)], ids=["left of the view", "right of the view"])
def test_a_view_beside_the_domain_is_fainter_everywhere(x: tuple[float, float]) -> None:
    for domain in (Domain(x=x), Domain(x=x, y=(0.0, 40.0)), Domain(x=(0.0, 60.0), y=x)):
        picture = drawn(domain)[..., 0]
        assert picture.max() < 119
        assert picture.min() == picture.max()


def test_a_curve_has_no_edge_above_or_below() -> None:
    picture = drawn(Domain(x=(10.0, 50.0)))
    assert (picture[:, 10:50, :3] == 119).all()
    assert (picture[:, :9, 0] < 119).all()
