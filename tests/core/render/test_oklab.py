"""Colours by lightness, chroma and hue: against an independent implementation, and ramps that can be told apart."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_palette import contrast, lab

from gradsim.core.render.oklab import GREY, distance, distinct_color, from_oklch, ramp, to_oklab
from gradsim.core.render.palette import THEMES, rgb

colors = st.integers(0, 0xFFFFFF).map("#{:06X}".format)
slots = pytest.mark.parametrize("color", sorted({c for theme in THEMES.values() for c in theme.optimizer_colors}))
JUST_SEEN = 0.02


@given(colors)
def test_oklab_agrees_with_the_matrices(color: str) -> None:
    np.testing.assert_allclose(100 * np.array(to_oklab(color)), lab(color, "normal"), atol=1e-4)


@given(colors)
def test_back_and_forth_is_the_same_color(color: str) -> None:
    lightness, a, b = to_oklab(color)
    assert from_oklch(lightness, float(np.hypot(a, b)), float(np.arctan2(b, a))) == color


@given(st.floats(0.3, 0.95), st.floats(0.0, 0.4), st.floats(-4.0, 4.0))
def test_what_no_screen_shows_keeps_its_lightness_and_hue(lightness: float, chroma: float, hue: float) -> None:
    shown, a, b = to_oklab(from_oklch(lightness, chroma, hue))
    assert shown == pytest.approx(lightness, abs=0.012)
    if np.hypot(a, b) > GREY:
        assert np.cos(np.arctan2(b, a) - hue) > 0.97


@slots
@pytest.mark.parametrize("n", [2, 3, 4, 5, 8, 12])
def test_neighbours_of_a_ramp_differ_for_every_eye(color: str, n: int) -> None:
    each = ramp(color, n)
    lightness = [to_oklab(step)[0] for step in each]
    assert lightness == sorted(lightness)
    for first, second in pairwise(each):
        assert distance(first, second) > 1.5 * JUST_SEEN
        for sight in ("deutan", "protan", "tritan") if n <= 8 else ():
            assert np.linalg.norm(lab(first, sight) - lab(second, sight)) > 100 * JUST_SEEN


@slots
def test_a_ramp_is_readable_on_both_maps(color: str) -> None:
    for step in ramp(color, 5):
        for theme in THEMES.values():
            middle = theme.map_stops[len(theme.map_stops) // 2][1]
            assert contrast(step, middle) > 1.3


def test_a_ramp_of_grey_stays_grey_and_long_ones_have_no_two_alike() -> None:
    assert all(max(rgb(step)) - min(rgb(step)) <= 1 for step in ramp("#808080", 4))
    assert len(set(ramp("#F0961E", 63))) == 63
    assert len(ramp("#F0961E", 1)) == 1
    assert ramp("#F0961E", 0) == ()


def test_a_distinct_color_is_far_from_all_others() -> None:
    taken = [color for theme in THEMES.values() for color in theme.optimizer_colors]
    for _ in range(12):
        color = distinct_color(taken)
        assert min(distance(color, other) for other in taken) > 2 * JUST_SEEN
        taken.append(color)
