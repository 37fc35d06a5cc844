"""Curves of a run keep what matters, and their axis is honest."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from fake_runs import run_of
from hypothesis import given, settings
from hypothesis import strategies as st

from gradsim.core.render.palette import THEMES
from gradsim.core.scene import Scene
from gradsim.ui.drawing.cards import text_font, text_width
from gradsim.ui.plots import curves as curves_module
from gradsim.ui.plots.curve_axis import ValueAxis, value_axis
from gradsim.ui.plots.curve_picture import LABEL_EM, Look, draw_curves, letter_heights
from gradsim.ui.plots.curves import BAND, distance_curves, extent, loss_curves, thinned

# Curves


def test_a_linear_axis_of_distances_shows_how_much_is_left(scene: Scene) -> None:
    """95.7 % of the distance remains: from its lowest value on, the axis would show a fall to nothing."""
    losses = np.linspace(4.5, 4.3, 20)[None, :, None]
    curves = loss_curves(run_of(scene, losses))
    assert value_axis(curves, "linear").low > 4.0
    assert value_axis(curves, "linear", origin=0.0).low <= 0.0
    assert value_axis(curves, "log", origin=0.0).is_log


def test_a_single_particle_is_its_own_curve(scene: Scene) -> None:
    losses = np.array([[[100.0], [10.0], [1.0]]])
    curves = loss_curves(run_of(scene, losses))
    np.testing.assert_array_equal(curves.middle, losses[..., 0])
    assert curves.low is None
    assert not curves.is_draft


def test_a_cloud_is_its_quantiles(scene: Scene) -> None:
    losses = np.random.default_rng(1).lognormal(size=(2, 7, 24))
    curves = loss_curves(run_of(scene, losses))
    expected = np.quantile(losses, (BAND[0], 0.5, BAND[1]), axis=-1)
    np.testing.assert_allclose([curves.low, curves.middle, curves.high], expected, rtol=1e-13)


def test_a_median_is_infinite_once_half_of_the_cloud_has_diverged(scene: Scene) -> None:
    losses = np.array([[[1.0, 2.0, np.inf, np.inf], [1.0, 2.0, 3.0, np.inf]]])
    curves = loss_curves(run_of(scene, losses))
    assert curves.middle.tolist() == [[np.inf, 2.5]]
    assert not np.isnan(curves.high).any()


def test_a_draft_looks_at_few_records_and_keeps_both_ends(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves_module, "N_OF_DRAFT", 40)
    losses = np.random.default_rng(2).lognormal(size=(2, 101, 4))
    run = run_of(scene, losses)
    draft, whole = loss_curves(run, draft=True), loss_curves(run)
    assert draft.is_draft
    assert draft.steps.tolist() == [0, 25, 50, 75, 100]
    np.testing.assert_array_equal(draft.middle, whole.middle[:, draft.steps])
    assert not whole.is_draft


def test_distances_are_to_the_nearest_place_and_end_with_divergence(scene: Scene) -> None:
    positions = np.array([[[[0.0, 3.0]], [[4.0, 0.0]], [[9.0, 9.0]]]])
    losses = np.array([[[1.0], [1.0], [np.inf]]])
    curves = distance_curves(run_of(scene, losses, positions), np.array([[0.0, 0.0], [4.0, 1.0]]))
    assert curves.middle.tolist() == [[3.0, 1.0, np.inf]]


def test_a_race_of_nobody_has_no_curves_but_an_axis(scene: Scene) -> None:
    curves = loss_curves(run_of(scene, np.empty((0, 3, 1))))
    assert len(curves.middle) == 0
    assert value_axis(curves, "log").low < value_axis(curves, "log").high


def test_a_long_curve_is_thinned_without_losing_a_peak_or_the_ends() -> None:
    heights = np.full(100_000, 2.0)
    heights[77_777], heights[33_333], heights[-1] = 5.0, 0.5, 3.0
    x, y = thinned(np.arange(100_000), heights, 500)
    assert len(x) <= 1000
    assert (x[0], x[-1], y[-1]) == (0, 99_999, 3.0)
    assert y[x == 77_777] == 5.0
    assert y[x == 33_333] == 0.5


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 400), st.integers(2, 30))
def test_thinning_keeps_points_of_the_curve_its_extremes_and_its_gaps(seed: int, n: int, n_buckets: int) -> None:
    rng = np.random.default_rng(seed)
    heights = rng.normal(size=n)
    if rng.random() < 0.5:
        heights[rng.integers(1, n) :] = np.nan
    x, y = thinned(np.arange(n), heights, n_buckets)
    assert np.all(np.diff(x) > 0)
    np.testing.assert_array_equal(y, heights[x.astype(int)])
    assert (x[0], x[-1]) == (0, n - 1)
    assert (np.nanmin(y), np.nanmax(y)) == (np.nanmin(heights), np.nanmax(heights))
    assert np.isnan(y).any() == np.isnan(heights).any()


def test_the_outline_of_a_band_contains_it() -> None:
    rng = np.random.default_rng(3)
    low = rng.normal(size=997)
    high = low + 1.0
    x, bottom, top = extent(np.arange(997), low, high, 50)
    assert len(x) <= 50
    assert (x[0], x[-1]) == (0, 996)
    assert bottom.min() == low.min()
    assert top.max() == high.max()


# Axes


def axis_of(scene: Scene, losses: list, scale: str = "log", **arguments: float) -> ValueAxis:
    return value_axis(loss_curves(run_of(scene, np.array(losses, dtype=float)[..., None])), scale, **arguments)


def test_positive_losses_have_decades(scene: Scene) -> None:
    axis = axis_of(scene, [[100.0, 10.0, 0.1]])
    np.testing.assert_allclose(axis.heights(np.array([100.0, 10.0, 0.1])), [2, 1, -1], atol=1e-12)
    assert axis.floor == 0
    assert axis.low < -1 < 2 < axis.high


def test_negative_losses_are_shown_above_the_lowest_known(scene: Scene) -> None:
    axis = axis_of(scene, [[9.0, -1.0, -1.9]], best_known=-2.0)
    assert axis.floor == -2.0
    np.testing.assert_allclose(axis.heights(np.array([9.0, -1.0, -1.9])), [np.log10(11), 0, -1], atol=1e-12)


def test_a_run_below_the_lowest_known_value_sets_the_floor_itself(scene: Scene) -> None:
    assert axis_of(scene, [[1.0, -3.0]], best_known=-2.0).floor == -3.0


def test_differences_from_the_floor_that_are_rounding_rest_at_the_bottom(scene: Scene) -> None:
    axis = axis_of(scene, [[0.0, -2.9, np.nextafter(-3.0, 0), -3.0]], best_known=-3.0)
    assert axis.low > -15.5
    assert axis.heights(np.array([np.nextafter(-3.0, 0), -3.0])).tolist() == [axis.low, axis.low]


def test_who_climbs_is_shown_below_the_highest_known(scene: Scene) -> None:
    axis = axis_of(scene, [[1.0, 4.0, 4.9]], sign=-1.0, best_known=5.0)
    np.testing.assert_allclose(axis.heights(np.array([1.0, 4.0, 4.9])), [np.log10(4), 0, -1], atol=1e-12)


def test_who_climbs_on_a_linear_axis_rises(scene: Scene) -> None:
    axis = axis_of(scene, [[1.0, 4.0, 4.9]], "linear", sign=-1.0, best_known=5.0)
    assert not axis.is_log
    assert axis.low < 1.0 < 4.9 < axis.high
    assert axis.heights(np.array([4.0])) == [4.0]


def test_climbing_without_end_is_linear(scene: Scene) -> None:
    axis = axis_of(scene, [[1.0, 1e3, 1e27]], sign=-1.0)
    assert axis.unbounded
    assert not axis.is_log
    assert axis.low < 1.0 < axis.high < 100


def test_a_fall_without_end_does_not_squeeze_the_others(scene: Scene) -> None:
    """Off a saddle one optimizer may be at −10²⁷ while another has just left: above that all would be one line."""
    losses = [[1.4, -3.0, -1e27], [1.4, 1.0, -0.5], [1.4, 1e200, np.inf]]
    axis = axis_of(scene, losses, best_known=0.0)
    assert axis.unbounded
    assert not axis.is_log
    assert -20 < axis.low < -10
    heights = axis.heights(np.array(losses))
    np.testing.assert_allclose(heights[1], [1.4, 1.0, -0.5])
    assert heights[0, -1] < axis.low
    assert np.isnan(heights[2, -1])


def test_who_leaves_all_minima_far_below_does_not_squeeze_those_that_settle_in_them(scene: Scene) -> None:
    """As Adam does with large steps on Forrester's function, beyond the domain, where −6 is the lowest minimum."""
    losses = [[0.9, -50.0, -272.0], [0.9, -0.9, -0.986], [0.9, -5.0, -6.02]]
    axis = axis_of(scene, losses, best_known=-6.02)
    assert axis.unbounded
    assert axis.low < -6.02
    heights = axis.heights(np.array(losses))
    assert np.ptp(heights[1:]) > 0.3 * (axis.high - axis.low)
    assert axis_of(scene, losses).is_log  # nobody knows how deep the minima are


def test_a_loss_of_zero_rests_at_the_bottom(scene: Scene) -> None:
    axis = axis_of(scene, [[10.0, 0.1, 0.0]])
    assert axis.heights(np.array([0.0])) == [axis.low]


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_divergence_leaves_the_frame_and_does_not_squeeze_the_others(scene: Scene, scale: str) -> None:
    losses = [[10.0, 1e200, np.inf], [10.0, 1.0, 0.1]]
    axis = axis_of(scene, losses, scale)
    heights = axis.heights(np.array(losses))
    assert heights[0, 1] > axis.high
    assert np.isnan(heights[0, 2])
    others = np.ptp(heights[1]) / (axis.high - axis.low)
    assert others > 0.4


def test_a_swing_above_the_start_is_whole_on_a_linear_axis(scene: Scene) -> None:
    assert axis_of(scene, [[0.4, 1.0, 0.0]], "linear").high > 1.0


def test_divergence_is_shown_whole_where_nobody_gets_anywhere(scene: Scene) -> None:
    losses = [[10.0, 1e3, 1e7], [10.0, 10.0, 10.0]]
    axis = axis_of(scene, losses)
    assert axis.low < 1 < 7 < axis.high


def test_divergence_in_ever_wider_swings_through_the_minimum_is_shown_whole(scene: Scene) -> None:
    """Where nobody ends lower than it began, there is nobody to be squeezed."""
    losses = [[1.0, 1e-6, 1e3, 1e-2, 1e9, 1e-1, 1e12]]
    axis = axis_of(scene, losses)
    assert axis.low < -6 < 12 < axis.high
    assert axis_of(scene, [*losses, [1.0, 0.5, 0.1, 0.05, 0.01, 1e-3, 1e-3]]).high < 9


def test_divergence_may_take_as_many_decades_as_the_others_fall(scene: Scene) -> None:
    assert axis_of(scene, [[10.0, 1e3, 1e6], [10.0, 1e-3, 1e-6]]).high > 6
    axis = axis_of(scene, [[10.0, 1e100, 1e300], [10.0, 1e-30, 1e-60]])
    assert axis.heights(np.array([10.0])) > axis.low + 0.4 * (axis.high - axis.low)


def test_a_linear_axis_shows_the_whole_band_unless_it_falls_without_end(scene: Scene) -> None:
    split = np.ones((1, 2, 20))
    split[0, 1, 10:] = 0.0
    curves = loss_curves(run_of(scene, split))
    axis = value_axis(curves, "linear")
    assert axis.low <= curves.low.min() == 0.0
    assert axis.high >= curves.high.max() == 1.0
    falling = np.ones((1, 2, 20))
    falling[0, 1, 15:] = -1e9
    curves = loss_curves(run_of(scene, falling))
    assert curves.low.min() == -1e9
    assert value_axis(curves, "linear").low > -10.0


def test_the_better_edge_of_a_band_may_leave_but_every_median_stays(scene: Scene) -> None:
    losses = np.ones((1, 3, 10))
    losses[0, 2, :3] = 1e-40
    curves = loss_curves(run_of(scene, losses))
    axis = value_axis(curves, "log")
    assert axis.low > -2
    assert np.all(axis.heights(curves.low) >= axis.low)


@pytest.mark.parametrize("scale", ["log", "linear"])
@pytest.mark.parametrize("value", [0.0, np.inf, -5.0, 3.0, 1e-300, 1e300])
def test_a_run_without_any_height_still_has_an_axis(scene: Scene, value: float, scale: str) -> None:
    axis = axis_of(scene, [[value] * 3] * 2, scale)
    assert np.isfinite(axis.low)
    assert axis.low < axis.high
    axis.ticks(6)


@pytest.mark.parametrize(("low", "high"), [(-15, 3), (-300, 5), (0, 1), (-1, 1), (-0.3, 0.8), (-2, 9), (-3.2, 2.4)])
@pytest.mark.parametrize("n_most", [2, 4, 7])
def test_decades_are_labelled_with_room_between_them(low: float, high: float, n_most: int) -> None:
    ticks = ValueAxis(True, low, high).ticks(n_most)
    heights, labels = zip(*ticks, strict=True)
    assert 1 <= len(ticks) <= max(n_most, 7)
    assert all(low <= height <= high for height in heights)
    assert list(heights) == sorted(heights)
    assert len(set(labels)) == len(labels)
    assert not any("e" in text for text in labels)


def test_tick_labels_say_what_they_stand_for() -> None:
    assert ValueAxis(True, -2.2, 2.2).ticks(8) == [(-2, "0.01"), (-1, "0.1"), (0, "1"), (1, "10"), (2, "100")]
    assert [text for _, text in ValueAxis(True, -8.5, 1).ticks(4)] == ["10⁻⁶", "10⁻³", "1"]
    assert [text for _, text in ValueAxis(True, -0.31, 0.75).ticks(5)] == ["0.5", "1", "2", "5"]


# Letters


@pytest.mark.parametrize("value", [1.0, 1e-299, -3.456e217])
def test_long_labels_push_the_axis_to_the_right_instead_of_leaving_the_plot(
    dressed: object, scene: Scene, value: float
) -> None:
    curves = loss_curves(run_of(scene, np.array([[[value], [0.7 * value]]])))
    axis = value_axis(curves, "log")
    area = draw_curves(curves, axis, Look(400, 150, 14.0, THEMES["dark"], ("#ffffff",), ("A",))).look.area
    font = text_font(LABEL_EM * 14.0)
    labels = [text for _, text in axis.ticks(max(2, int(area.height() / (2.1 * 14.0))))]
    assert labels
    assert all(area.left() > text_width(text, font) for text in labels)
    assert value != 1.0 or area.left() == pytest.approx(3.9 * 14.0)


def test_letters_of_curves_that_end_apart_stand_at_their_ends() -> None:
    assert letter_heights([80.0, 20.0, 50.0], 10.0, 0.0, 100.0) == [80.0, 20.0, 50.0]


def test_letters_of_curves_that_end_together_stand_around_that_end() -> None:
    assert letter_heights([50.0, 20.0, 50.0], 10.0, 0.0, 100.0) == [45.0, 20.0, 55.0]
    assert letter_heights([100.0, 100.0, 99.0], 10.0, 0.0, 100.0) == [90.0, 100.0, 80.0], "and within the frame"


@given(st.lists(st.floats(0.0, 100.0), max_size=30))
@settings(deadline=None)
def test_no_letter_overlaps_another_nor_leaves_the_frame(ends: list[float]) -> None:
    heights = letter_heights(ends, 10.0, 0.0, 100.0)
    shown = [(end, height) for end, height in zip(ends, heights, strict=True) if height is not None]
    assert all(-1e-9 <= height <= 100.0 + 1e-9 for _, height in shown)
    in_order = sorted(height for _, height in shown)
    assert all(b - a > 10.0 - 1e-9 for a, b in itertools.pairwise(in_order))
    assert [height for _, height in sorted(shown)] == in_order, "in the order of the curves"
    assert len(shown) == len(ends) or len(ends) > 11
    assert not ends or shown
