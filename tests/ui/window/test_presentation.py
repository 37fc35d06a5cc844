"""Presentation mode: the map alone, every key alive, and everything back afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar
from pytestqt.qtbot import QtBot

from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.window.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, session: Session, playback: Playback, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    window = MainWindow(session, playback)
    monkeypatch.setattr(session.results, "follow", lambda *_, **__: None)
    window.show()
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(1280, 800)
    playback.set_last_step(60)
    QApplication.processEvents()
    yield window
    window.stop()
    monkeypatch.setattr(window.files, "may_leave", lambda: True)
    window.close()
    window.deleteLater()


def outlook(window: MainWindow) -> dict[str, object]:
    QApplication.processEvents()
    docks = {name: (dock.isVisible(), dock.isFloating()) for name, dock in window.docks.docks.items()}
    bars = {bar.objectName(): bar.isVisible() for bar in (window.top_bar, window.playback_bar)}
    return {**docks, **bars, "state": window.windowState()}


@pytest.mark.parametrize("leave", [Qt.Key.Key_F11, Qt.Key.Key_Escape])
def test_f11_shows_the_map_alone_and_f11_or_escape_brings_everything_back(
    qtbot: QtBot, window: MainWindow, leave: Qt.Key
) -> None:
    window.docks.docks["loss"].close()
    before = outlook(window)
    qtbot.keyClick(window, Qt.Key.Key_F11)
    QApplication.processEvents()
    assert window.isFullScreen()
    assert window.map_view.size() == window.size()
    assert not window.top_bar.isVisible()
    assert not window.playback_bar.isVisible()
    assert window.actions_["presentation"].isChecked()
    qtbot.keyClick(window, leave)
    assert outlook(window) == before
    assert not window.actions_["presentation"].isChecked()
    assert window.playback_bar.geometry().bottom() == window.playback_bar.parentWidget().rect().bottom()


def test_the_tabs_of_panels_look_as_before(qtbot: QtBot, window: MainWindow) -> None:
    def tabs() -> list[tuple[str, int, int]]:
        QApplication.processEvents()
        bars = [bar for bar in window.docks.findChildren(QTabBar) if bar.isVisible() and bar.count() > 1]
        return sorted((bar.tabText(0), bar.tabRect(0).height(), bar.tabRect(0).width()) for bar in bars)

    before = tabs()
    assert before
    window.presentation.begin()
    QApplication.processEvents()
    window.presentation.end()
    assert tabs() == before


def test_text_can_be_read_from_the_last_row(qtbot: QtBot, window: MainWindow) -> None:
    view = window.map_view
    before = view.picture.layout.em
    window.presentation.begin()
    QApplication.processEvents()
    em = view.picture.layout.em
    assert em > before
    assert em >= min(view.height(), view.width() * 9 / 16) / 38
    window.presentation.end()
    QApplication.processEvents()
    assert view.picture.layout.em == before


def test_keys_go_on_working(qtbot: QtBot, window: MainWindow, playback: Playback, session: Session) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F11)
    qtbot.keyClick(window, Qt.Key.Key_Right)
    assert playback.step == 1
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert session.scene.view.layout == "panels"
    qtbot.keyClick(window, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert session.template is not None
    QApplication.processEvents()
    assert window.map_view.size() == window.size(), "no lesson text appears on the map"
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.panel("lesson").isVisible(), "but it is there afterwards"


def test_the_mouse_at_the_lower_edge_calls_the_playback_bar(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F11)
    QApplication.processEvents()
    bar, size = window.playback_bar, window.map_view.size()
    bottom = window.map_view.height()
    QTest.mouseMove(window.map_view, QPoint(300, bottom // 2))
    assert not bar.isVisible()
    QTest.mouseMove(window.map_view, QPoint(300, bottom - 2))
    assert bar.isVisible()
    assert bar.geometry().bottom() == bar.parentWidget().rect().bottom()
    assert window.map_view.size() == size, "it lies above the map"
    QTest.mouseMove(window.map_view, QPoint(300, bottom // 2))
    qtbot.waitUntil(lambda: not bar.isVisible())


def test_closing_a_presentation_keeps_the_layout_that_was_there_before(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F11)
    window.close()
    window.docks.reset_layout()
    window.docks.docks["loss"].close()
    assert window.docks.restore_layout()
    assert not window.docks.docks["loss"].isHidden()
