"""The viewport: data and pixels are exact inverses, and zooming and panning keep their promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradsim.core.render.viewport import Viewport

coordinates = st.floats(-1e6, 1e6)
spans = st.tuples(coordinates, st.floats(1e-3, 1e6)).map(lambda pair: (pair[0], pair[0] + pair[1]))
sizes = st.integers(1, 4000)
viewports = st.builds(Viewport, spans, spans, sizes, sizes)
shares = st.tuples(st.floats(0, 1), st.floats(0, 1))


def pixels_at(viewport: Viewport, share: tuple[float, float]) -> tuple[float, float]:
    return share[0] * viewport.width, share[1] * viewport.height


@given(viewports, shares)
def test_pixels_and_data_are_inverses(viewport: Viewport, share: tuple[float, float]) -> None:
    pixels = np.array(pixels_at(viewport, share))
    back = viewport.to_pixels(viewport.to_data(pixels))
    # A pixel is known as precisely as float64 knows the data there.
    resolution = [np.spacing(max(map(abs, span))) for span in (viewport.x, viewport.y)]
    assert np.all(np.abs(back - pixels) <= 1e-9 * (1 + pixels) + 4 * np.array(resolution) / viewport.scale)


@given(viewports)
def test_corners_are_where_they_belong(viewport: Viewport) -> None:
    corners = viewport.to_pixels([[viewport.x[0], viewport.y[1]], [viewport.x[1], viewport.y[0]]])
    assert corners.tolist() == [[0, 0], [viewport.width, viewport.height]]


@given(viewports, shares, st.floats(0.1, 10))
def test_zooming_keeps_the_point_under_the_mouse(viewport: Viewport, share: tuple[float, float], factor: float) -> None:
    about = pixels_at(viewport, share)
    before = viewport.to_data(about)
    zoomed = viewport.zoomed(factor, about)
    tolerance = 1e-9 * (np.abs(before) + np.ptp([viewport.x, viewport.y], axis=1))
    assert np.all(np.abs(zoomed.to_data(about) - before) <= tolerance + 1e-9)
    assert zoomed.scale == pytest.approx([scale / factor for scale in viewport.scale], rel=1e-6)


@given(viewports, shares, st.floats(-500, 500), st.floats(-500, 500))
def test_panning_moves_the_data_with_the_mouse(
    viewport: Viewport, share: tuple[float, float], dx: float, dy: float
) -> None:
    point = viewport.to_data(pixels_at(viewport, share))
    moved = viewport.panned(dx, dy).to_pixels(point) - viewport.to_pixels(point)
    assert moved == pytest.approx([dx, dy], abs=1e-3 * max(1.0, abs(dx), abs(dy)))


@given(spans, spans, sizes, sizes, st.booleans(), st.tuples(*[st.floats(0, 300)] * 4))
def test_fitting_shows_all_of_the_data(
    x: tuple[float, float],
    y: tuple[float, float],
    width: int,
    height: int,
    equal_scale: bool,
    margins: tuple[float, float, float, float],
) -> None:
    viewport = Viewport.fit(x, y, width, height, equal_scale=equal_scale, margins=margins)
    slack = 1e-9 * (abs(x[0]) + abs(x[1]) + abs(y[0]) + abs(y[1]))
    assert viewport.x[0] <= x[0] + slack
    assert viewport.x[1] >= x[1] - slack
    assert viewport.y[0] <= y[0] + slack
    assert viewport.y[1] >= y[1] - slack
    if equal_scale:
        assert viewport.scale[0] == pytest.approx(viewport.scale[1], rel=1e-6)


def test_fitting_leaves_the_margins_free_and_centres_the_data() -> None:
    viewport = Viewport.fit((0, 1), (0, 1), 500, 320, margins=(60, 10, 40, 10))
    (left, bottom), (right, top) = viewport.to_pixels([[0, 0], [1, 1]])
    assert (top, bottom) == pytest.approx((10, 310))
    assert (left + right) / 2 == pytest.approx(60 + 400 / 2)
    assert right - left == pytest.approx(300)


def test_without_equal_scale_the_data_fills_the_space_between_the_margins() -> None:
    viewport = Viewport.fit((-2, 2), (0, 100), 500, 320, equal_scale=False, margins=(60, 10, 40, 30))
    assert viewport.to_pixels([[-2, 0], [2, 100]]) == pytest.approx(np.array([[60, 290], [460, 10]]))


@pytest.mark.parametrize("span", [(3.0, 3.0), (0.0, 0.0), (1e9, 1e9), (2.0, 1.0)])
def test_an_empty_range_is_widened(span: tuple[float, float]) -> None:
    viewport = Viewport.fit(span, (0, 1), 100, 100)
    assert viewport.x[0] < sum(span) / 2 < viewport.x[1]


def test_zooming_stops_before_neighbouring_pixels_become_one_number() -> None:
    viewport = Viewport((0.9, 1.1), (0.9, 1.1), 1000, 1000)
    for _ in range(1000):
        viewport = viewport.zoomed(1.5, (500, 500))
    assert np.unique(viewport.to_data(np.stack([np.arange(1000.0)] * 2, axis=-1))[:, 0]).size > 100
    for _ in range(2000):
        viewport = viewport.zoomed(1 / 1.5, (500, 500))
    assert np.isfinite(viewport.x).all()


def test_what_is_not_finite_stays_so() -> None:
    pixels = Viewport((0, 1), (0, 1), 10, 10).to_pixels([[np.inf, -np.inf], [np.nan, 1e308]])
    assert pixels[0].tolist() == [np.inf, np.inf]
    assert np.isnan(pixels[1, 0])
    assert pixels[1, 1] == -np.inf
