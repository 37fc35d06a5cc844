"""The race goes onto the clipboard as code, from the menu, and the bar says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

import gradsim
from gradsim.core.scene import PointStarts
from gradsim.ui.playback import Playback
from gradsim.ui.session import CODE_LIBRARIES, Session
from gradsim.ui.window.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, session: Session, playback: Playback, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """A window whose workers do not work: code needs no race."""
    window = MainWindow(session, playback)
    monkeypatch.setattr(session.results, "follow", lambda *_, **__: None)
    window.show()
    yield window
    window.stop()
    monkeypatch.setattr(window.files, "may_leave", lambda: True)
    window.close()
    window.deleteLater()


def choose(window: MainWindow, *titles: str) -> None:
    """Choose an entry of a menu in the menu bar, or of a menu in that."""
    entries = window.top_bar.menu_bar.actions()
    for title in titles:
        action = next(each for each in entries if each.text().replace("&", "") == title)
        entries = action.menu().actions() if isinstance(action.menu(), QMenu) else []
    action.trigger()


@pytest.mark.parametrize(("library", "title"), CODE_LIBRARIES.items())
def test_the_race_is_copied_as_code(window: MainWindow, session: Session, library: str, title: str) -> None:
    QGuiApplication.clipboard().setText("before")
    choose(window, "Edit", "Copy as code", title)
    program = gradsim.write_code(session.scene, library)
    assert QGuiApplication.clipboard().text() == program
    said = window.top_bar.message.toolTip()
    assert said == f"Copied as {title} code: {program.count(chr(10))} lines."


def test_one_optimizer_is_copied_from_its_card(window: MainWindow, session: Session) -> None:
    card = window.panel("optimizers").cards[1]
    next(action for action in card.menu.code.actions() if action.text() == "PyTorch").trigger()
    alone = replace(session.scene, optimizers=session.scene.optimizers[1:2])
    assert QGuiApplication.clipboard().text() == gradsim.write_code(alone, "pytorch")
    assert window.top_bar.message.toolTip().startswith("Copied as PyTorch code")


def test_what_cannot_be_code_says_why_and_leaves_the_clipboard(window: MainWindow, session: Session) -> None:
    QGuiApplication.clipboard().setText("before")
    session.edit(replace(session.scene, starts=PointStarts(points=((0.5, 0.5),) * 10_001)), "scatter")
    choose(window, "Edit", "Copy as code", "NumPy")
    assert QGuiApplication.clipboard().text() == "before"
    assert "10,001 points are too many" in window.top_bar.message.toolTip()
