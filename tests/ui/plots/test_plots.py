"""The plots: they show the whole run, follow theme and scene, read out a curve, and dragging scrubs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from waiting import RUN_TIMEOUT_MS

from gradsim.core.scene import FormulaSurface, UniformStarts
from gradsim.ui.numbers import format_number
from gradsim.ui.playback import Playback
from gradsim.ui.plots.curve_plot import CurvePlot
from gradsim.ui.plots.curve_reading import nearest_curve, reading_lines
from gradsim.ui.plots.plots import DistancePlot, LossPlot, PlotPanel
from gradsim.ui.session import Session
from gradsim.ui.theme import apply_theme


def built(qtbot: QtBot, session: Session, playback: Playback, kind: type[PlotPanel]) -> PlotPanel:
    playback.set_last_step(session.run.last_step)
    panel = kind(session, playback)
    qtbot.addWidget(panel)
    panel.resize(700, 200)
    panel.show()
    qtbot.waitUntil(lambda: panel.plot.picture is not None and not is_drawing(panel.plot))
    return panel


def is_drawing(plot: CurvePlot) -> bool:
    return plot._stale or plot._job.busy


@pytest.fixture
def panel(qtbot: QtBot, run_session: Session, playback: Playback) -> Iterator[LossPlot]:
    panel = built(qtbot, run_session, playback, LossPlot)
    yield panel
    panel.stop()


@pytest.fixture
def distance_panel(qtbot: QtBot, run_session: Session, playback: Playback) -> Iterator[DistancePlot]:
    panel = built(qtbot, run_session, playback, DistancePlot)
    yield panel
    panel.stop()


def pixels(image: QImage) -> np.ndarray:
    """uint8 (height, width, 4), blue first."""
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)


def test_the_horizontal_axis_is_the_whole_run(panel: LossPlot) -> None:
    picture = panel.plot.picture
    assert picture.x_at(0) == picture.look.area.left()
    assert picture.x_at(60) == picture.look.area.right()


def test_dragging_moves_the_playhead(qtbot: QtBot, panel: LossPlot, playback: Playback) -> None:
    plot = panel.plot
    playback.play()
    center = QPoint(plot.width() // 2, plot.height() // 2)
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=center)
    assert not playback.playing
    assert playback.step == pytest.approx(plot.step_at(QPointF(center)), abs=0.5)
    assert 20 < playback.step < 40
    qtbot.mouseMove(plot, QPoint(plot.width() + 50, 50))
    assert playback.step == 60
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton)


def test_the_plot_follows_the_run(qtbot: QtBot, panel: LossPlot, run_session: Session) -> None:
    run_session.edit(replace(run_session.scene, steps=90), "change steps")
    qtbot.waitUntil(lambda: panel.plot.curves.run.last_step == 90, timeout=RUN_TIMEOUT_MS)


def test_curves_are_drawn_in_the_colours_of_the_theme(qtbot: QtBot, panel: LossPlot, dressed: QApplication) -> None:
    def shows(color: str) -> bool:
        wanted = np.array(list(bytes.fromhex(color[1:]))[::-1])
        return bool((np.abs(pixels(panel.plot.picture.lines)[..., :3] - wanted).max(axis=-1) <= 8).any())

    dark = panel.plot.picture.look
    assert all(shows(color) for color in dark.colors)
    apply_theme(dressed, "light", 1.5)
    try:
        qtbot.waitUntil(lambda: panel.plot.picture.look.theme.name == "light")
        light = panel.plot.picture.look
        assert light.em == pytest.approx(1.5 * dark.em)
        assert all(a != b for a, b in zip(dark.colors, light.colors, strict=True))
        assert all(shows(color) for color in light.colors)
    finally:
        apply_theme(dressed, "dark")


def test_what_lies_ahead_of_the_playhead_is_dim(qtbot: QtBot, panel: LossPlot, playback: Playback) -> None:
    def strength(image: QImage, left: int, right: int) -> float:
        return float(pixels(image)[:, left:right, :3].astype(float).max(axis=(0, 2)).mean())

    playback.seek(30)
    picture, image = panel.plot.picture, panel.plot.grab().toImage()
    middle = round(picture.x_at(30))
    before, after = strength(image, middle - 60, middle - 10), strength(image, middle + 10, middle + 60)
    assert before > 1.3 * after
    for step, factor in ((0, 1.0), (60, before / after)):
        playback.seek(step)
        image = panel.plot.grab().toImage()
        assert strength(image, middle + 10, middle + 60) == pytest.approx(factor * after, rel=0.15)


def test_the_mouse_reads_the_nearest_curve(panel: LossPlot, run_session: Session) -> None:
    picture, run = panel.plot.picture, run_session.run
    for optimizer in range(3):
        y = float(picture.y_at(np.array(run.losses[optimizer, 20, 0])))
        assert nearest_curve(picture, QPointF(picture.x_at(20.3), y + 0.4)) == (optimizer, 20)
    assert nearest_curve(picture, QPointF(2, 2)) is None


def test_a_reading_says_step_and_value(panel: LossPlot, run_session: Session) -> None:
    lines = {line.label: line.text for line in reading_lines(panel.plot.picture, 1, 20, "loss")}
    assert lines == {"step": "20", "loss": format_number(run_session.run.losses[1, 20, 0])}


def test_hovering_shows_a_reading_and_leaving_takes_it_away(
    qtbot: QtBot, panel: LossPlot, run_session: Session
) -> None:
    plot, picture = panel.plot, panel.plot.picture
    plain = plot.grab().toImage()
    y = float(picture.y_at(np.array(run_session.run.losses[0, 40, 0])))
    qtbot.mouseMove(plot, QPointF(picture.x_at(40), y).toPoint())
    assert plot.grab().toImage() != plain
    qtbot.mouseMove(panel, QPoint(3, 3))
    plot.leaveEvent(None)
    assert plot.grab().toImage() == plain


def test_the_axis_is_chosen_and_kept_in_the_scene(qtbot: QtBot, panel: LossPlot, run_session: Session) -> None:
    assert panel.plot.picture.axis.is_log
    qtbot.mouseClick(panel.scale_switch.buttons["linear"], Qt.MouseButton.LeftButton)
    assert run_session.scene.view.loss_scale == "linear"
    assert run_session.undo_name is None
    qtbot.waitUntil(lambda: not panel.plot.picture.axis.is_log)


def test_a_hidden_plot_does_no_work_until_it_is_shown(
    qtbot: QtBot, panel: LossPlot, run_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.hide()
    submitted = []
    monkeypatch.setattr(panel.plot._job, "submit", lambda *job: submitted.append(job))
    panel.resize(500, 150)
    with qtbot.waitSignal(run_session.run_changed, timeout=RUN_TIMEOUT_MS):
        run_session.edit(replace(run_session.scene, steps=90), "change steps")
    assert not submitted
    assert panel.plot.picture is None
    panel.show()
    qtbot.waitUntil(lambda: len(submitted) == 1)


def test_a_plot_behind_a_tab_does_no_work_until_it_comes_back(
    qtbot: QtBot, panel: LossPlot, run_session: Session, playback: Playback
) -> None:
    stack = QWidget()
    qtbot.addWidget(stack)
    stack.resize(700, 200)
    panel.setParent(stack)
    panel.move(-2000, -2000)  # as Qt does with the dock behind a tab, which it goes on calling visible
    panel.show()
    stack.show()
    assert panel.plot.isVisible()
    run_session.edit(replace(run_session.scene, steps=90), "change steps")
    qtbot.waitUntil(lambda: run_session.run.last_step == 90, timeout=RUN_TIMEOUT_MS)
    qtbot.wait(50)
    assert panel.plot.picture is None
    panel.move(0, 0)
    qtbot.waitUntil(lambda: panel.plot.picture is not None, timeout=RUN_TIMEOUT_MS)
    assert panel.plot.curves.steps[-1] == 90
    panel.setParent(None)


def test_a_cloud_is_drawn_with_its_band(qtbot: QtBot, panel: LossPlot, run_session: Session) -> None:
    assert panel.title.full_text == "loss"
    run_session.edit(replace(run_session.scene, starts=UniformStarts(n=50)), "change starts")
    qtbot.waitUntil(lambda: panel.plot.curves.low is not None, timeout=RUN_TIMEOUT_MS)
    assert panel.title.full_text == "median loss; band 10–90 %"


def test_losses_below_zero_say_what_they_are_measured_from(qtbot: QtBot, panel: LossPlot, run_session: Session) -> None:
    surface = FormulaSurface(formula="x^2 + y^2 - 7")
    run_session.edit(replace(run_session.scene, surface=surface), "change formula")
    qtbot.waitUntil(lambda: panel.title.full_text == "loss above −7, the lowest known", timeout=RUN_TIMEOUT_MS)


def test_distances_are_those_to_the_minimum(distance_panel: DistancePlot, run_session: Session) -> None:
    curves = distance_panel.plot.curves
    np.testing.assert_allclose(curves.middle, np.linalg.norm(run_session.run.positions[:, :, 0], axis=-1), atol=1e-12)
    assert distance_panel.title.full_text == "distance to the nearest minimum"


def test_without_a_minimum_the_distance_plot_says_so(
    qtbot: QtBot, distance_panel: DistancePlot, run_session: Session
) -> None:
    surface = FormulaSurface(formula="x^2 - y^2")
    run_session.edit(replace(run_session.scene, surface=surface), "change formula")
    plot = distance_panel.plot
    qtbot.waitUntil(lambda: "holds no minimum" in plot.message, timeout=RUN_TIMEOUT_MS)
    assert plot.picture is None
    plot.grab()


def test_the_distance_has_an_axis_of_its_own(qtbot: QtBot, distance_panel: DistancePlot, run_session: Session) -> None:
    qtbot.mouseClick(distance_panel.scale_switch.buttons["linear"], Qt.MouseButton.LeftButton)
    assert (run_session.scene.view.distance_scale, run_session.scene.view.loss_scale) == ("linear", "log")
    qtbot.waitUntil(lambda: not distance_panel.plot.picture.axis.is_log)


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (700, "median distance to the nearest minimum; band 10–90 %"),
        (330, "median distance; band 10–90 %"),
        (250, "median distance"),
    ],
)
def test_where_there_is_little_room_a_plot_says_in_fewer_words_what_it_shows(
    qtbot: QtBot, distance_panel: DistancePlot, run_session: Session, width: int, text: str
) -> None:
    run_session.edit(replace(run_session.scene, starts=UniformStarts(n=50)), "change starts")
    qtbot.waitUntil(lambda: distance_panel.plot.curves.low is not None, timeout=RUN_TIMEOUT_MS)
    distance_panel.resize(width, 200)
    qtbot.waitUntil(lambda: distance_panel.title.text() == text)


def test_a_message_is_as_large_on_a_fine_screen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    plot = CurvePlot("gradsim loss plot")
    qtbot.addWidget(plot)
    plot.resize(400, 150)
    plot.show_request(None, "The domain holds no minimum.")

    def width() -> int:
        """Of the text, in pixels of a picture that has one for each of the widget's."""
        picture = QImage(plot.size(), QImage.Format.Format_RGB32)
        picture.fill(Qt.GlobalColor.transparent)
        plot.render(picture, renderFlags=QWidget.RenderFlag.DrawChildren)
        columns = np.flatnonzero(pixels(picture)[..., :3].any(axis=(0, 2)))
        return int(np.ptp(columns))

    coarse = width()
    monkeypatch.setattr(plot, "devicePixelRatioF", lambda: 2.0)
    assert coarse == width() > 100
    plot.stop()


def test_a_race_that_cannot_be_raced_leaves_the_reason_in_its_place(
    qtbot: QtBot, session: Session, playback: Playback
) -> None:
    session.results.set_memory_budget(2**6)
    panel = LossPlot(session, playback)
    qtbot.addWidget(panel)
    session.start()
    qtbot.waitUntil(lambda: "over the budget" in panel.plot.message, timeout=RUN_TIMEOUT_MS)
    panel.refresh()
    assert "over the budget" in panel.plot.message
    session.results.set_memory_budget(2**30)
    qtbot.waitUntil(lambda: session.run is not None, timeout=RUN_TIMEOUT_MS)
    assert panel.plot.message == ""
    panel.stop()
