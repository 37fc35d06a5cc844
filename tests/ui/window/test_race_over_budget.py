"""A race that takes more memory than it may: the window names what can be done about it in the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gradsim.core.errors import BudgetError, SimulationError
from gradsim.core.scene import UniformStarts
from gradsim.ui.map.anatomy_panel import FAILED
from gradsim.ui.playback import Playback
from gradsim.ui.plots.share_panel import FAILED as FAILED_SHARES
from gradsim.ui.race_memory import MEMORY_MIB, with_window_remedy
from gradsim.ui.selection import ParticlePlace
from gradsim.ui.session import Session
from gradsim.ui.window.export_dialog import ExportDialog
from gradsim.ui.window.main_window import MainWindow

REMEDY = "use fewer particles, or choose 512 MiB in View ▸ Memory for races"


@pytest.fixture
def window(qtbot: QtBot, session: Session, playback: Playback, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The window with a race on the map, and with a budget that a hundred times as many particles exceed."""
    window = MainWindow(session, playback)
    monkeypatch.setattr(window.files, "may_leave", lambda: True)
    window.resize(1280, 800)
    window.show()
    session.results.set_memory_budget(2**16)
    session.start()
    qtbot.waitUntil(lambda: session.run is not None)
    yield window
    window.stop()
    window.close()
    window.deleteLater()


def add_particles(session: Session) -> None:
    session.edit(replace(session.scene, starts=UniformStarts(n=2000)), "change starts")


def test_the_message_names_the_menu(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    said: list[str] = []
    session.message.connect(said.append)
    add_particles(session)
    qtbot.waitUntil(lambda: any(REMEDY in each for each in said))
    assert "memory_budget" not in said[-1]
    assert "over the budget" in said[-1]
    view = window.top_bar.menu_bar.menus["View"]
    memory = next(entry for entry in view.actions() if entry.text() == "Memory for races")
    assert window.actions_["memory_512"] in memory.menu().actions()
    window.actions_["memory_512"].trigger()
    qtbot.waitUntil(lambda: session.run is not None and session.run.scene is session.scene)


def test_the_run_of_before_goes_with_the_message_and_comes_back_on_undo(
    qtbot: QtBot, window: MainWindow, session: Session, playback: Playback
) -> None:
    view, plots = window.map_view, window.panel("loss")
    playback.seek(30)
    qtbot.waitUntil(lambda: view.picture is not None and view.picture.run is not None)
    raced = session.scene
    qtbot.keyClick(window, Qt.Key.Key_Space)
    add_particles(session)
    qtbot.waitUntil(lambda: session.results.race_failed)
    qtbot.waitUntil(lambda: view.picture.scene is session.scene and view.picture.run is None)
    assert session.run is None
    assert REMEDY in window.top_bar.message.full_text
    assert REMEDY in plots.plot.message
    assert not playback.playing
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert (playback.playing, playback.waiting) == (False, False)

    stood_at = playback.step
    window.actions_["undo"].trigger()
    qtbot.waitUntil(lambda: view.picture.run is not None)
    assert session.run.scene == session.scene == raced
    assert playback.step == stood_at >= 30
    assert (window.top_bar.message.full_text, plots.plot.message) == ("", "")
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert playback.playing


def test_final_shares_go_with_the_run_and_come_back(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    window.docks.show_panel("shares")
    panel = window.panel("shares")
    qtbot.mouseClick(panel.show_now, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.bars.isVisible())
    add_particles(session)
    qtbot.waitUntil(lambda: session.results.race_failed)
    assert (panel.hint.text(), panel.hint.isVisible(), panel.bars.isVisible()) == (FAILED_SHARES, True, False)
    window.actions_["undo"].trigger()
    qtbot.waitUntil(lambda: panel.bars.isVisible())


def test_the_update_of_a_particle_goes_with_the_run_and_comes_back(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    session.selection.select_particle(ParticlePlace(0, 0))
    panel = window.panel("update")
    qtbot.waitUntil(lambda: panel.rule.isVisible())
    add_particles(session)
    qtbot.waitUntil(lambda: session.results.race_failed)
    assert (panel.hint.text(), panel.hint.isVisible(), panel.rule.isVisible()) == (FAILED, True, False)
    window.actions_["undo"].trigger()
    qtbot.waitUntil(lambda: panel.rule.isVisible())
    assert not panel.hint.isVisible()


@pytest.mark.parametrize("mib", MEMORY_MIB)
def test_the_least_memory_that_is_enough_is_named(mib: int) -> None:
    told = with_window_remedy(BudgetError("too much", least_budget=mib * 2**20))
    size = f"{mib // 1024} GiB" if mib >= 1024 else f"{mib} MiB"
    assert str(told) == f"too much; use fewer particles, or choose {size} in View ▸ Memory for races"


def test_what_no_choice_would_hold_needs_fewer_particles() -> None:
    told = with_window_remedy(BudgetError("too much", least_budget=MEMORY_MIB[-1] * 2**20 + 1))
    assert str(told) == "too much; use fewer particles"


def test_other_errors_are_told_as_they_are() -> None:
    error = SimulationError("this race cannot be made")
    assert with_window_remedy(error) is error


def test_an_export_may_take_what_the_window_may_and_names_the_menu_as_well(
    qtbot: QtBot, dressed: object, session: Session, playback: Playback, tmp_path: Path
) -> None:
    session.results.set_memory_budget(2**16)
    dialog = ExportDialog(session, playback)
    qtbot.addWidget(dialog)
    dialog.show()
    add_particles(session)
    dialog.form.path_field.setText(str(tmp_path / "race.mp4"))
    dialog.start()
    qtbot.waitUntil(lambda: not dialog._job.busy)
    assert REMEDY in dialog.error.text()
    dialog.stop()
