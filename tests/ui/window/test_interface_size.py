"""The size of the interface changes while the window is open, and everything follows; so do the colours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hands import let_all_be_laid_out
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gradsim.core.scene_file import load_scene
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import apply_theme, current_theme, fix_width, theme_hub
from gradsim.ui.widgets.whole_area import WholeArea
from gradsim.ui.window.dock_sizes import SETTLED_MS
from gradsim.ui.window.lessons import lessons
from gradsim.ui.window.main_window import MainWindow
from gradsim.ui.window.window_choices import choose_scale, choose_theme

CONTROLS = QAbstractButton | QAbstractSlider | QComboBox | QLineEdit | QPlainTextEdit


def settle() -> None:
    """Let everything take its size; timers run in the order in which they are due, on a busy machine all too late."""
    passed: list[bool] = []
    QTimer.singleShot(2 * SETTLED_MS, lambda: passed.append(True))
    while not passed:
        QTest.qWait(1)
    let_all_be_laid_out()


@pytest.fixture
def window(qtbot: QtBot, session: Session, playback: Playback, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setattr(session.results, "follow", lambda *_, **__: None)
    window = MainWindow(session, playback)
    window.show()
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(1280, 800)
    settle()
    yield window
    window.stop()
    monkeypatch.setattr(window.files, "may_leave", lambda: True)
    window.close()
    window.deleteLater()
    apply_theme(QApplication.instance(), "dark")


def controls(window: MainWindow) -> list[QWidget]:
    return [
        each
        for each in window.findChildren(QWidget)
        if isinstance(each, CONTROLS)
        and not isinstance(each, QScrollBar)
        and each.isVisible()
        and not each.objectName().startswith("qt_")
    ]


def sizes(window: MainWindow) -> dict[str, tuple[int, int]]:
    texts = QPlainTextEdit  # take the height of their text
    return {
        each.accessibleName(): each.sizeHint().toTuple() for each in controls(window) if not isinstance(each, texts)
    }


@pytest.mark.parametrize("percent", [80, 125, 200])
def test_at_every_size_every_control_has_the_room_that_it_needs(window: MainWindow, percent: int) -> None:
    choose_scale(percent / 100)
    settle()
    assert len(controls(window)) > 40
    for each in controls(window):
        assert each.width() >= each.minimumSizeHint().width(), each.accessibleName()
        if not isinstance(each, QPlainTextEdit):  # which takes the height of its text
            assert each.height() >= each.minimumSizeHint().height(), each.accessibleName()
    assert window.size().toTuple() == (1280, 800)


@pytest.mark.parametrize("percent", [80, 150, 200])
def test_docks_never_overlap_each_other_or_the_map(window: MainWindow, percent: int) -> None:
    choose_scale(percent / 100)
    settle()
    parts = [
        window.docks.centralWidget(),
        *(dock for dock in window.docks.docks.values() if not dock.visibleRegion().isEmpty()),
    ]
    assert len(parts) > 3
    for i, first in enumerate(parts):
        assert window.docks.rect().contains(first.geometry())
        for second in parts[:i]:
            assert not first.geometry().intersects(second.geometry()), (first, second)


def test_a_size_that_comes_back_leaves_nothing_behind(window: MainWindow) -> None:
    window.docks.reset_layout()
    settle()
    before = sizes(window)
    widths = {name: dock.width() for name, dock in window.docks.docks.items() if dock.isVisible()}
    for scale in (2.0, 0.8, 1.5, 1.0):
        choose_scale(scale)
        settle()
    assert sizes(window) == before
    for name, width in widths.items():
        if name in ("scene", "optimizers"):
            assert abs(window.docks.docks[name].width() - width) <= 12, name


def test_a_dock_takes_its_width_however_late_what_is_in_it_has_become_narrower(window: MainWindow) -> None:
    dock, wide = window.docks.column_dock, QWidget()
    wide.setMinimumWidth(400)
    window.docks.column.widget().layout().addWidget(wide)
    settle()
    before = dock.width()
    choose_scale(0.8)
    settle()
    assert dock.width() > 400
    wide.setParent(None)
    settle()
    assert dock.width() <= 0.8 * before + 2


def test_a_width_that_was_forced_upon_a_dock_is_not_taken_for_a_chosen_one(window: MainWindow) -> None:
    window.docks.reset_layout()
    settle()
    dock, usual = window.docks.column_dock, window.docks.column_dock.width()
    wide = QWidget()
    wide.setMinimumWidth(400)
    window.docks.column.widget().layout().addWidget(wide)
    settle()
    wide.setParent(None)
    settle()
    assert dock.width() > 400, "nothing has made it narrower since"
    choose_scale(0.8)
    settle()
    assert dock.width() <= 0.8 * usual + 12
    choose_scale(1.0)
    settle()
    assert abs(dock.width() - usual) <= 12


def test_a_width_that_a_hand_has_chosen_grows_and_comes_back(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1900, 1000)
    window.docks.reset_layout()
    settle()
    dock, area = window.docks.column_dock, window.docks
    line = QPoint(dock.geometry().right() + 3, dock.geometry().center().y())
    qtbot.mousePress(area, Qt.MouseButton.LeftButton, pos=line)
    qtbot.mouseMove(area, line + QPoint(60, 0))
    settle()
    qtbot.mouseRelease(area, Qt.MouseButton.LeftButton, pos=line + QPoint(60, 0))
    settle()
    chosen = dock.width()
    assert chosen > 290
    for scale in (1.25, 0.8, 1.0):
        choose_scale(scale)
        settle()
        assert abs(dock.width() - scale * chosen) <= 3


def test_controls_grow_with_the_size(window: MainWindow) -> None:
    before = sizes(window)
    choose_scale(2.0)
    settle()
    after = sizes(window)
    fixed = [name for name in before if name in after and after[name][1] < 1.4 * before[name][1]]
    assert fixed == []


def test_what_is_fixed_follows(qtbot: QtBot, dressed: QApplication) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    fix_width(widget, 60)
    assert widget.width() == 60
    try:
        apply_theme(dressed, "dark", 1.5)
        assert widget.minimumWidth() == widget.maximumWidth() == 90
    finally:
        apply_theme(dressed, "dark", 1.0)


def test_following_the_system_follows_it_while_the_window_is_open(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = Qt.ColorScheme.Dark
    hints = QGuiApplication.styleHints()
    monkeypatch.setattr(type(hints), "colorScheme", lambda _: scheme)  # offscreen, nobody can set it
    choose_theme("system")
    assert current_theme().name == "dark"
    scheme = Qt.ColorScheme.Light
    hints.colorSchemeChanged.emit(scheme)
    assert current_theme().name == "light"
    assert window.actions_["theme_system"].isChecked()
    choose_theme("dark")
    hints.colorSchemeChanged.emit(scheme)
    assert current_theme().name == "dark", "who has chosen is not overruled"
    assert theme_hub().name == "dark"


@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_the_top_bar_shows_the_opening_title_in_full(window: MainWindow, session: Session, scale: float) -> None:
    apply_theme(QApplication.instance(), "dark", scale)
    title = "Six optimizers on Himmelblau's surface"
    session.edit(replace(session.scene, title=title))
    settle()
    assert window.top_bar.title.text() == f"{title} •"


def test_the_switch_of_layouts_is_in_the_middle_beside_a_short_title(window: MainWindow, session: Session) -> None:
    session.edit(replace(session.scene, title="Ravine"))
    settle()
    switch = window.top_bar.layout_switch
    assert abs(switch.geometry().center().x() - window.top_bar.width() / 2) <= 4


def test_a_long_title_leaves_room_for_messages_and_lets_the_window_shrink(window: MainWindow, session: Session) -> None:
    session.edit(replace(session.scene, title=30 * "long "))
    settle()
    assert window.top_bar.message.width() >= 70
    window.resize(1024, 700)
    settle()
    assert window.width() == 1024


@pytest.mark.parametrize("percent", [100, 125, 150])
def test_on_a_small_screen_a_lesson_stands_beside_all_panels_without_scrolling(
    window: MainWindow, session: Session, percent: int
) -> None:
    session.open(load_scene(lessons()[0].path), template=lessons()[0].path)
    choose_scale(percent / 100)
    settle()
    window.docks.show_panel("update")
    settle()
    assert window.panel("lesson").isVisible()
    area = window.findChild(WholeArea)
    assert not area.horizontalScrollBar().isVisible()
    assert not area.verticalScrollBar().isVisible()
    for dock in window.docks.docks.values():
        if dock.isVisible():
            assert area.viewport().rect().right() >= dock.mapTo(area.viewport(), dock.rect().topRight()).x()


def dock_sizes(window: MainWindow) -> dict[str, int]:
    """How wide docks are at the sides, and how high below the map."""
    docks = window.docks.docks
    return {"scene": docks["scene"].width(), "optimizers": docks["optimizers"].width(), "loss": docks["loss"].height()}


def assert_alike(sizes: dict[str, int], others: dict[str, int]) -> None:
    assert sizes == pytest.approx(others, abs=3)


@pytest.mark.parametrize("scales", [(1.5, 1.0), (1.5, 1.0, 1.5, 1.0), (2.0, 1.0), (0.8, 1.0)])
def test_docks_are_as_wide_and_high_as_before_once_the_size_comes_back(
    window: MainWindow, scales: tuple[float, ...]
) -> None:
    window.docks.reset_layout()
    settle()
    before = dock_sizes(window)
    for scale in scales:
        choose_scale(scale)
        settle()
    assert_alike(dock_sizes(window), before)


def drag_line(qtbot: QtBot, window: MainWindow, line: QPoint, way: QPoint) -> None:
    """Drag the line between two docks, or between them and the map."""
    qtbot.mousePress(window.docks, Qt.MouseButton.LeftButton, pos=line)
    qtbot.mouseMove(window.docks, line + way)
    settle()
    qtbot.mouseRelease(window.docks, Qt.MouseButton.LeftButton, pos=line + way)
    settle()


def test_a_height_that_a_hand_has_chosen_grows_and_comes_back(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1900, 1200)
    window.docks.reset_layout()
    settle()
    center = window.docks.centralWidget().geometry()
    before = dock_sizes(window)
    drag_line(qtbot, window, QPoint(center.center().x(), center.bottom() + 3), QPoint(0, -80))
    chosen = dock_sizes(window)
    assert chosen["loss"] == before["loss"] + 80
    choose_scale(1.25)
    settle()
    assert abs(dock_sizes(window)["loss"] - 1.25 * chosen["loss"]) <= 12  # the tabs above it grow by themselves
    choose_scale(1.0)
    settle()
    assert_alike(dock_sizes(window), chosen)


def restarted(window: MainWindow, session: Session, playback: Playback) -> MainWindow:
    """Another window, of the same size, with the layout that ``window`` leaves."""
    window.docks.save_layout()
    again = MainWindow(session, playback)
    again.show()
    again.setWindowState(Qt.WindowState.WindowNoState)
    again.resize(window.size())
    settle()
    return again


def end(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window.files, "may_leave", lambda: True)
    window.stop()
    window.close()
    window.deleteLater()


def test_a_width_that_was_forced_upon_a_dock_is_not_taken_for_a_chosen_one_after_a_restart(
    window: MainWindow, session: Session, playback: Playback, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.docks.reset_layout()
    settle()
    usual = dock_sizes(window)
    docks = [window.docks.docks[name] for name in ("scene", "optimizers")]
    window.docks.resizeDocks(docks, [330, 360], Qt.Orientation.Horizontal)  # as what is around docks does, not a hand
    settle()
    assert dock_sizes(window)["optimizers"] > usual["optimizers"] + 40
    again = restarted(window, session, playback)
    assert dock_sizes(again)["optimizers"] > usual["optimizers"] + 20
    for scale in (1.25, 1.0):
        choose_scale(scale)
        settle()
    assert_alike(dock_sizes(again), usual)
    end(again, monkeypatch)


def test_what_a_hand_has_chosen_is_so_after_a_restart(
    qtbot: QtBot, window: MainWindow, session: Session, playback: Playback, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.resize(1900, 1200)
    window.docks.reset_layout()
    settle()
    column = window.docks.column_dock.geometry()
    drag_line(qtbot, window, QPoint(column.right() + 3, column.center().y()), QPoint(60, 0))
    chosen = dock_sizes(window)
    again = restarted(window, session, playback)
    for scale in (1.5, 1.0):
        choose_scale(scale)
        settle()
    assert_alike(dock_sizes(again), chosen)
    end(again, monkeypatch)
