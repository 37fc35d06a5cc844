"""Final shares in the window: told at the end or when asked, and adding up to what there is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot
from small_races import finished_session, two_wells, valley
from waiting import RUN_TIMEOUT_MS

from gradsim.core.render.palette import THEMES
from gradsim.core.scene import Domain, FormulaSurface, OptimizerEntry, Scene, UniformStarts
from gradsim.ui.playback import Playback
from gradsim.ui.plots.share_bars import SharePart, part_colors
from gradsim.ui.plots.share_panel import HINT, SharePanel
from gradsim.ui.session import Session

RACERS = (
    OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.05}),
    OptimizerEntry(name="momentum", hyperparameters={"learning_rate": 0.05, "momentum": 0.9}),
)
WELLS = two_wells(
    surface=FormulaSurface(formula="(x^2 - 1)^2 - 0.3*x"), optimizers=RACERS, starts=UniformStarts(n=200), steps=300
)


def shown(qtbot: QtBot, scene: Scene, playback: Playback) -> SharePanel:
    session = finished_session(scene)
    session.results._compiled, session.results._searched = scene.surface, (scene.surface, scene.domain)
    playback.set_last_step(session.run.last_step)
    panel = SharePanel(session, playback)
    qtbot.addWidget(panel)
    panel.resize(420, 200)
    panel.show()
    return panel


@pytest.fixture
def panel(qtbot: QtBot, dressed: QApplication, playback: Playback) -> Iterator[SharePanel]:
    panel = shown(qtbot, WELLS, playback)
    yield panel
    panel.stop()
    panel._session.stop()


def wait_for_bars(qtbot: QtBot, panel: SharePanel) -> None:
    qtbot.waitUntil(lambda: panel.bars.isVisible() and bool(panel.bars.bars), timeout=RUN_TIMEOUT_MS)


def test_nothing_is_told_before_the_end(qtbot: QtBot, panel: SharePanel, playback: Playback) -> None:
    playback.seek(299)
    assert not panel.bars.isVisible()
    assert (panel.hint.isVisible(), panel.hint.text()) == (True, HINT)
    assert panel.result is None
    playback.seek(300)
    wait_for_bars(qtbot, panel)


def test_what_was_told_stays_when_the_race_starts_over(qtbot: QtBot, panel: SharePanel, playback: Playback) -> None:
    playback.seek(300)
    wait_for_bars(qtbot, panel)
    playback.seek(0)
    assert panel.bars.isVisible()


def test_the_link_tells_at_once(qtbot: QtBot, panel: SharePanel) -> None:
    qtbot.mouseClick(panel.show_now, Qt.MouseButton.LeftButton)
    wait_for_bars(qtbot, panel)


def test_another_scene_begins_without_spoilers(qtbot: QtBot, panel: SharePanel) -> None:
    qtbot.mouseClick(panel.show_now, Qt.MouseButton.LeftButton)
    wait_for_bars(qtbot, panel)
    panel._session.scene_opened.emit(WELLS)
    assert not panel.bars.isVisible()
    assert panel.show_now.isVisible()


def test_a_new_run_is_a_new_secret_unless_its_end_is_on_show(
    qtbot: QtBot, panel: SharePanel, playback: Playback
) -> None:
    session: Session = panel._session
    playback.seek(300)
    wait_for_bars(qtbot, panel)
    session.results.run = finished_session(WELLS).run
    session.run_changed.emit(session.run)
    assert panel.revealed
    playback.seek(100)
    session.results.run = finished_session(WELLS).run
    session.run_changed.emit(session.run)
    assert not panel.revealed
    assert not panel.bars.isVisible()
    assert panel.result is None


def test_the_best_minimum_comes_first_and_bars_add_up(qtbot: QtBot, panel: SharePanel, playback: Playback) -> None:
    playback.seek(300)
    wait_for_bars(qtbot, panel)
    assert [part.name for part in panel.bars.parts] == ["x = 1.04: f = −0.305", "x = −0.96: f = 0.294"]
    run = panel._session.run
    for k, bar in enumerate(panel.bars.bars):
        right = int((run.positions[k, -1, :, 0] > 0).sum())
        assert bar.counts.tolist() == [right, 200 - right]
        assert bar.percentages.sum() == pytest.approx(100)
        assert bar.name in panel.bars.accessibleDescription()


def test_the_mouse_reads_a_part_out(qtbot: QtBot, panel: SharePanel, playback: Playback) -> None:
    playback.seek(300)
    wait_for_bars(qtbot, panel)
    bars = panel.bars
    bar = bars.bars[1]
    row = bars._bar_rects()[1]
    place = QPoint(round(row.left()) + 5, round(row.center().y()))
    assert bars.part_at(place.x(), place.y()) == (bar, 0)
    QApplication.sendEvent(bars, QHelpEvent(QEvent.Type.ToolTip, place, bars.mapToGlobal(place)))
    expected = f"{bar.name}: {bar.counts[0]} of 200 particles ({bar.percentages[0]:g} %) at x = 1.04: f = −0.305"
    assert QToolTip.text() == expected
    assert bars.part_at(1, place.y()) is None


def test_many_minima_are_put_together_by_depth(qtbot: QtBot, dressed: QApplication, playback: Playback) -> None:
    scene = valley(
        surface=FormulaSurface(formula="20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)"),
        domain=Domain(x=(-2.2, 2.2), y=(-2.2, 2.2)),
        optimizers=(OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.001}),),
        starts=UniformStarts(n=50),
        steps=200,
    )
    panel = shown(qtbot, scene, playback)
    playback.seek(200)
    wait_for_bars(qtbot, panel)
    names = [part.name for part in panel.bars.parts]
    assert names[:3] == ["f = 0 (1 minimum)", "f = 0.995 (4 minima)", "f = 1.99 (4 minima)"]
    assert panel.bars.bars[0].counts.sum() == 50
    panel.stop()


def test_without_minima_the_rest_is_told(qtbot: QtBot, dressed: QApplication, playback: Playback) -> None:
    scene = valley(surface=FormulaSurface(formula="x^2 - y^2"), optimizers=RACERS, starts=UniformStarts(n=20), steps=90)
    panel = shown(qtbot, scene, playback)
    playback.seek(90)
    wait_for_bars(qtbot, panel)
    assert {part.role for part in panel.bars.parts} <= {"elsewhere", "left", "diverged"}
    assert "left" in {part.role for part in panel.bars.parts}
    panel.stop()


def test_a_hidden_panel_counts_nothing(qtbot: QtBot, panel: SharePanel, playback: Playback) -> None:
    panel.hide()
    playback.seek(300)
    assert not panel._job.busy
    panel.show()
    wait_for_bars(qtbot, panel)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_every_part_has_a_colour_of_its_own(theme) -> None:  # type: ignore[no-untyped-def]
    roles = ["minimum"] * 7 + ["others", "elsewhere", "left", "diverged"]
    colors = part_colors([SharePart(role, role) for role in roles], theme)
    assert len(set(colors)) == len(colors)
    assert np.all([len(color) == 7 for color in colors])
