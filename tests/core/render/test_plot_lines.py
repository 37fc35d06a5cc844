"""Curves and bands as pixels: exact where exactness can be said, and never beside the curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradsim.core.render.plot_lines import draw_plot

RED = "#FF0000"


def drawn(
    lines: list, *, bands: list | None = None, line_width: float = 2.0, colors: tuple[str, ...] = ()
) -> np.ndarray:
    """The picture, 40 × 30 pixels, as float 0…1."""
    arrays = [np.array(line, dtype=float).reshape(-1, 2) for line in lines]
    outlines = [np.array(band, dtype=float).reshape(-1, 3) for band in bands or []]
    colors = colors or (RED,) * max(len(arrays), len(outlines))
    picture = draw_plot(40, 30, arrays, bands=outlines, colors=colors, line_width=line_width, band_alpha=0.5)
    assert picture.shape == (30, 40, 4)
    return picture / 255.0


def test_a_level_line_covers_exactly_its_width() -> None:
    picture = drawn([[(0, 10), (40, 10)]])
    np.testing.assert_allclose(picture[:, 5:35, 3].sum(axis=0), 2.0, atol=0.02)
    np.testing.assert_allclose(picture[9:11, 5:35, 2], 1.0, atol=0.01)
    assert picture[..., :2].max() == 0


def test_a_line_between_two_rows_is_shared_by_them() -> None:
    picture = drawn([[(0, 10.25), (40, 10.25)]])
    np.testing.assert_allclose(picture[[9, 10, 11], 20, 3], [0.75, 1.0, 0.25], atol=0.01)


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[st.floats(-20, 60)] * 4), st.floats(0.5, 5.0))
def test_pixels_are_covered_by_how_near_the_line_passes(ends: tuple[float, ...], width: float) -> None:
    """Against the distance of every pixel's centre to the line, calculated pixel by pixel."""
    x0, y0, x1, y1 = ends
    picture = drawn([[(x0, y0), (x1, y1)]], line_width=width)[..., 3]
    rows, columns = np.mgrid[0:30, 0:40] + 0.5
    along = np.array([x1 - x0, y1 - y0])
    share = ((columns - x0) * along[0] + (rows - y0) * along[1]) / max(float(along @ along), 1e-300)
    share = np.clip(share, 0, 1)
    away = np.hypot(columns - x0 - share * along[0], rows - y0 - share * along[1])
    np.testing.assert_allclose(picture, np.clip(width / 2 + 0.5 - away, 0, 1), atol=0.01)


def test_a_bend_is_not_darker_than_the_line() -> None:
    straight = drawn([[(0, 10), (40, 10)]], line_width=1.0)
    bent = drawn([[(0, 10), *((x, 10) for x in np.linspace(1, 39, 99)), (40, 10)]], line_width=1.0)
    np.testing.assert_allclose(bent, straight, atol=0.01)


def test_a_gap_stays_empty_and_a_lone_point_is_a_dot() -> None:
    picture = drawn([[(2, 10), (10, 10), (15, np.nan), (20, 10), (25, np.nan), (30, 10), (38, 10)]])[..., 3]
    assert picture[:, 13:18].max() == 0
    assert picture[9:11, 19:21].min() > 0.3
    assert picture[:, 24:27].max() == 0
    assert picture[9, 34] == 1


def test_later_curves_lie_on_top() -> None:
    cross = [[(0, 15), (40, 15)], [(20, 0), (20.01, 30)]]
    picture = drawn(cross, colors=(RED, "#00FF00"))
    np.testing.assert_allclose(picture[14, 19], [0, 1, 0, 1], atol=0.01)
    np.testing.assert_allclose(picture[14, 5], [0, 0, 1, 1], atol=0.01)


def test_a_band_is_filled_between_its_edges() -> None:
    picture = drawn([[]], bands=[[(0, 10.5, 20), (40, 10.5, 20)]])[..., 3]
    np.testing.assert_allclose(picture[11:20], 0.5, atol=0.01)
    np.testing.assert_allclose(picture[10], 0.25, atol=0.01)
    assert picture[:10].max() == picture[20:].max() == 0


def test_a_slanted_band_has_its_area() -> None:
    picture = drawn([[]], bands=[[(0, 0, 10), (40, 20, 30)]])[..., 3]
    assert picture.sum() * 2 == pytest.approx(400, rel=0.01)


def test_bands_that_leave_the_picture_are_cut_and_gaps_are_left_out() -> None:
    picture = drawn([[]], bands=[[(0, -1e9, 1e9), (20, -1e9, 1e9), (30, np.nan, 1e9), (40, 0, 30)]])[..., 3]
    np.testing.assert_allclose(picture[:, :20], 0.5, atol=0.01)
    assert picture[:, 20:].max() == 0


def test_no_curves_are_an_empty_picture() -> None:
    assert drawn([]).max() == 0
