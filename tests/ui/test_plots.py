"""The loss plot: its curves keep what matters, its axis is honest, and dragging scrubs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from waiting import RUN_TIMEOUT_MS

from gradsim.core.run import Run
from gradsim.core.scene import Scene
from gradsim.ui.loss_curves import N_BUCKETS, loss_curves
from gradsim.ui.loss_view import DecadeAxis, StepAxis
from gradsim.ui.playback import Playback
from gradsim.ui.plots import LossPlot
from gradsim.ui.session import Session
from gradsim.ui.theme import apply_theme


def run_of(scene: Scene, losses: np.ndarray) -> Run:
    """A run whose ``losses`` (optimizers, records, particles) are all that matters."""
    n_optimizers, n_records, n_particles = losses.shape
    return Run(
        scene=scene,
        labels=tuple("abc"[:n_optimizers]),
        steps=np.arange(n_records),
        positions=np.zeros((n_optimizers, n_records, n_particles, 2)),
        losses=losses,
        outcomes=np.zeros((n_optimizers, n_particles), dtype=np.uint8),
    )


def test_a_short_run_is_drawn_exactly(scene: Scene) -> None:
    losses = np.array([[[100.0], [10.0], [1.0], [0.1]]])
    shown = loss_curves(run_of(scene, losses))
    np.testing.assert_allclose(shown.curves[0][1], [2, 1, 0, -1], atol=1e-12)
    assert shown.floor == 0
    assert not shown.is_median


def test_a_long_run_is_thinned_without_losing_a_peak_or_the_ends(scene: Scene) -> None:
    losses = np.full((1, 100_000, 1), 2.0)
    losses[0, 77_777] = 5.0
    losses[0, 33_333] = 0.5
    losses[0, -1] = 3.0
    steps, heights = loss_curves(run_of(scene, losses)).curves[0]
    assert len(steps) <= 2 * N_BUCKETS + 2
    assert (steps[0], steps[-1]) == (0, 99_999)
    assert heights.max() == pytest.approx(np.log10(5))
    assert heights.min() == pytest.approx(np.log10(0.5))
    assert 77_777 in steps


def test_negative_losses_are_shown_above_the_lowest_known(scene: Scene) -> None:
    losses = np.array([[[9.0], [-1.0], [-1.9]]])
    shown = loss_curves(run_of(scene, losses), lowest_known=-2.0)
    assert shown.floor == -2.0
    np.testing.assert_allclose(shown.curves[0][1], [np.log10(11), 0, -1], atol=1e-12)


def test_a_run_below_the_lowest_known_value_sets_the_floor_itself(scene: Scene) -> None:
    assert loss_curves(run_of(scene, np.array([[[1.0], [-3.0]]])), lowest_known=-2.0).floor == -3.0


def test_a_fall_without_end_does_not_squeeze_the_others(scene: Scene) -> None:
    """Off a saddle one optimizer may be at −10²⁷ while another has just left: above that all would be one line."""
    losses = np.array([[[1.4], [-3.0], [-1e27]], [[1.4], [1.0], [-0.5]], [[1.4], [1e200], [np.inf]]])
    shown = loss_curves(run_of(scene, losses), lowest_known=0.0)
    assert shown.is_linear
    assert shown.decades == (pytest.approx(-14.0), pytest.approx(14.0))
    np.testing.assert_allclose(shown.curves[1][1], [1.4, 1.0, -0.5])
    assert shown.curves[0][1][-1] < shown.decades[0]
    assert np.isnan(shown.curves[2][1][-1])


def test_a_loss_of_zero_rests_at_the_bottom(scene: Scene) -> None:
    shown = loss_curves(run_of(scene, np.array([[[10.0], [0.1], [0.0]]])))
    assert shown.curves[0][1][-1] == shown.decades[0]


def test_divergence_ends_the_curve_and_does_not_squeeze_the_others(scene: Scene) -> None:
    losses = np.array([[[10.0], [1e200], [np.inf]], [[10.0], [1.0], [0.1]]])
    shown = loss_curves(run_of(scene, losses))
    assert np.isnan(shown.curves[0][1][-1])
    assert shown.decades[1] <= 4


def test_a_cloud_is_shown_by_its_median(scene: Scene) -> None:
    losses = np.array([[[1.0, 10.0, np.inf], [0.1, 1.0, np.inf]]])
    shown = loss_curves(run_of(scene, losses))
    assert shown.is_median
    np.testing.assert_allclose(shown.curves[0][1], [1, 0], atol=1e-12)


@pytest.mark.parametrize("value", [0.0, np.inf, -5.0])
def test_a_run_without_any_height_still_has_an_axis(scene: Scene, value: float) -> None:
    low, high = loss_curves(run_of(scene, np.full((2, 3, 1), value))).decades
    assert low < high


def test_a_race_of_nobody_has_no_curves(scene: Scene) -> None:
    assert loss_curves(run_of(scene, np.empty((0, 3, 1)))).curves == ()


@pytest.fixture
def plot(qtbot: QtBot, run_session: Session, playback: Playback) -> Iterator[LossPlot]:
    playback.set_last_step(run_session.run.last_step)
    plot = LossPlot(run_session, playback)
    qtbot.addWidget(plot)
    plot.resize(700, 200)
    plot.show()
    qtbot.waitUntil(lambda: plot.shown is not None)
    yield plot
    plot.stop()


def test_the_horizontal_axis_is_the_whole_run(plot: LossPlot) -> None:
    low, high = plot.view.plot.getViewBox().viewRange()[0]
    assert (low, high) == (0, 60)


def test_dragging_moves_the_playhead(qtbot: QtBot, plot: LossPlot, playback: Playback) -> None:
    playback.play()
    centre = QPoint(plot.width() // 2, plot.height() // 2)
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=centre)
    assert not playback.playing
    assert playback.step == pytest.approx(plot.step_at(QPointF(centre)), abs=0.5)
    qtbot.mouseMove(plot, QPoint(plot.width() + 50, 50))
    assert playback.step == 60
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton)


def test_the_plot_follows_the_run(qtbot: QtBot, plot: LossPlot, run_session: Session) -> None:
    run_session.edit(replace(run_session.scene, steps=90), "change steps")
    qtbot.waitUntil(lambda: plot.shown is not None and plot.shown.run.last_step == 90, timeout=RUN_TIMEOUT_MS)
    assert plot.view.plot.getViewBox().viewRange()[0] == [0, 90]


def test_curves_take_the_colours_of_the_theme(plot: LossPlot, dressed: QApplication) -> None:
    def colors() -> list[str]:
        return [line.opts["pen"].color().name() for line in plot.view.lines]

    dark = colors()
    apply_theme(dressed, "light")
    light = colors()
    apply_theme(dressed, "dark")
    assert dark
    assert all(a != b for a, b in zip(dark, light, strict=True))


@pytest.mark.parametrize(("low", "high"), [(-15, 3), (-300, 5), (0, 1), (-1, 1), (-2, 9)])
def test_decades_are_labelled_with_room_between_them(qtbot: QtBot, plot: LossPlot, low: float, high: float) -> None:
    axis = DecadeAxis("left")
    ((spacing, ticks),) = axis.tickValues(low, high, 150)
    assert 1 <= len(ticks) <= 7
    assert all(tick == round(tick) for tick in ticks)
    labels = axis.tickStrings(ticks, 1, spacing)
    assert len(set(labels)) == len(labels)
    assert not any("e" in text for text in labels)


def test_steps_are_labelled_as_whole_numbers(plot: LossPlot) -> None:
    axis = StepAxis("bottom")
    ((spacing, ticks),) = axis.tickValues(0, 3, 700)
    assert axis.tickStrings(ticks, 1, spacing)
    assert all("." not in text for text in axis.tickStrings(ticks, 1, spacing))
