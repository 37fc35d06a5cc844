"""Docks around the map: titles, tabs, layouts that are kept, and panels that are built when they are first seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from gradsim.ui.window.dock_sizes import USUAL
from gradsim.ui.window.docks import COLUMN, LAYOUT_KEY, SIZES_KEY, DockArea
from gradsim.ui.window.panels import PANELS, Panel


class Stoppable(QLabel):
    """A panel that has a worker, and a button in its title."""

    stopped = False

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.title_widget = QPushButton("Add") if text == "Optimizers" else None

    def stop(self) -> None:
        self.stopped = True


def factory(panel: Panel) -> QWidget:
    return Stoppable(panel.title)


TABLE = tuple(
    Panel(name, name.capitalize(), area, None, shown=shown, tabbed_with=tabbed)  # type: ignore[arg-type]
    for name, area, shown, tabbed in (
        ("surface", "column", True, None),
        ("starts", "column", False, None),
        ("optimizers", "right", True, None),
        ("loss", "bottom", True, None),
        ("distance", "bottom", True, None),
        ("points", "bottom", True, "loss"),
        ("lesson", "right", False, None),
    )
)


def build_area() -> DockArea:
    area = DockArea(QLabel("map"), TABLE, factory)
    area.resize(1200, 700)
    area.show()
    settle()
    return area


@pytest.fixture
def area(qtbot: QtBot, dressed: QApplication) -> Iterator[DockArea]:
    area = build_area()
    yield area
    area.close()
    area.deleteLater()


def settle() -> None:
    """Let layouts follow each other: one asks for the next."""
    for _ in range(5):
        QApplication.processEvents()


def places(area: DockArea) -> dict[str, object]:
    """Whether each dock is there, whether it floats, and where it is, if it is not behind a tab."""
    settle()
    return {
        name: (not dock.isHidden(), dock.isFloating(), None if dock.visibleRegion().isEmpty() else dock.geometry())
        for name, dock in area.docks.items()
    }


def test_every_row_of_the_table_has_a_name_of_its_own_and_lies_behind_a_panel_of_the_same_area() -> None:
    by_name = {panel.name: panel for panel in PANELS}
    assert len(by_name) == len(PANELS) >= 4
    assert COLUMN not in by_name
    for panel in PANELS:
        if panel.tabbed_with is not None:
            assert by_name[panel.tabbed_with].area == panel.area != "column"


def test_side_docks_reach_down_and_bottom_docks_lie_under_the_map_only(area: DockArea) -> None:
    center = area.centralWidget().geometry()
    for name in (COLUMN, "optimizers"):
        assert area.docks[name].geometry().bottom() == area.rect().bottom()
    loss, distance = area.docks["loss"].geometry(), area.docks["distance"].geometry()
    assert loss.top() > center.bottom()
    assert (loss.left(), distance.right()) == (center.left(), center.right())
    assert distance.left() > loss.right()
    assert loss.bottom() == distance.bottom()


def test_a_panel_is_built_when_it_is_first_seen(area: DockArea) -> None:
    assert {widget.text() for widget in area.built} == {"Surface", "Optimizers", "Loss", "Distance"}
    area.docks["points"].raise_()
    QApplication.processEvents()
    area.show_panel("lesson")
    area.show_panel("starts")
    assert {widget.text() for widget in area.built} == {panel.title for panel in TABLE}


def test_panels_that_work_are_stopped(area: DockArea) -> None:
    area.stop()
    assert [widget.stopped for widget in area.built] == [True] * 4


def test_a_panel_that_no_row_names_is_an_error(area: DockArea) -> None:
    with pytest.raises(KeyError):
        area.panel("nowhere")


def test_a_tab_takes_the_place_of_the_title(area: DockArea) -> None:
    assert not area.docks["loss"].title.isVisible() or area.docks["loss"].title.height() == 0
    assert area.docks["distance"].title.height() > 15
    bars = [bar for bar in area.findChildren(QTabBar) if bar.isVisible()]
    assert [[bar.tabText(i) for i in range(bar.count())] for bar in bars] == [["Loss", "Points"]]
    assert not any(bar.isMovable() for bar in bars), "Qt would crash"
    area.docks["points"].close()
    settle()
    assert area.docks["loss"].title.height() > 15


def test_the_title_has_buttons_that_float_and_hide(area: DockArea) -> None:
    dock = area.docks["optimizers"]
    dock.title.float_button.click()
    assert dock.isFloating()
    dock.title.float_button.click()
    assert not dock.isFloating()
    dock.title.close_button.click()
    assert not dock.isVisible()


def test_a_layout_is_kept_for_next_time(area: DockArea) -> None:
    area.docks["distance"].close()
    area.addDockWidget(area.dockWidgetArea(area.docks[COLUMN]), area.docks["optimizers"])
    area.docks["points"].raise_()
    before = places(area)
    area.save_layout()
    again = build_area()
    assert places(again) != before
    assert again.restore_layout()
    assert places(again) == before
    again.close()


@pytest.mark.parametrize("state", [QByteArray(b"\x00\x00\x00\xffnonsense" * 20), "text", "0 1", 5, None])
def test_a_broken_layout_is_as_good_as_none(area: DockArea, state: object) -> None:
    before = places(area)
    QSettings().setValue(LAYOUT_KEY, state)
    assert not area.restore_layout()
    assert places(area) == before


def test_a_damaged_layout_is_as_good_as_none(area: DockArea) -> None:
    area.docks["distance"].close()
    area.save_layout()
    area.reset_layout()
    before = places(area)
    whole = QSettings().value(LAYOUT_KEY)
    for place in range(0, len(whole), 41):
        for damaged in (whole[:place], whole[:place] + "x" + whole[place + 1 :]):
            QSettings().setValue(LAYOUT_KEY, damaged)
            assert not area.restore_layout()
    assert places(area) == before


def test_the_layout_of_other_panels_is_not_taken(area: DockArea) -> None:
    area.docks["loss"].close()
    area.save_layout()
    other = DockArea(QLabel("map"), TABLE[:-1], factory)
    assert not other.restore_layout()
    assert not other.docks["loss"].isHidden()


def test_reset_brings_everything_back_to_its_first_place(area: DockArea) -> None:
    before = places(area)
    area.docks["loss"].setFloating(True)
    area.docks["optimizers"].close()
    area.docks["lesson"].show()
    area.addDockWidget(area.dockWidgetArea(area.docks["optimizers"]), area.docks["distance"])
    area.reset_layout()
    after = places(area)
    assert {name: place[:2] for name, place in after.items()} == {name: place[:2] for name, place in before.items()}
    for name, (_, _, geometry) in after.items():
        if geometry is not None:
            assert (geometry.topLeft() - before[name][2].topLeft()).manhattanLength() < 20, name


def test_what_a_panel_adds_to_its_title_stays_when_a_tab_shows_its_name(area: DockArea) -> None:
    optimizers, lesson = area.docks["optimizers"], area.docks["lesson"]
    area.show_panel("lesson")
    area.tabifyDockWidget(optimizers, lesson)
    optimizers.raise_()
    settle()
    button = area.panel("optimizers").title_widget
    assert button.visibleRegion().boundingRect().height() == button.height() > 0
    assert not optimizers.title.name.isVisible()
    lesson.raise_()
    settle()
    assert lesson.title.height() == 0
    lesson.close()
    settle()
    assert optimizers.title.name.isVisible()


def tab_bar_with(area: DockArea, title: str) -> tuple[QTabBar, int]:
    return next(
        (bar, tab)
        for bar in area.findChildren(QTabBar)
        for tab in range(bar.count())
        if bar.isVisible() and bar.tabText(tab) == title
    )


def test_a_double_click_on_a_tab_takes_its_panel_out_of_the_window_and_aside(qtbot: QtBot, area: DockArea) -> None:
    bar, tab = tab_bar_with(area, "Points")
    before = area.docks["loss"].mapToGlobal(area.docks["loss"].rect().center())
    qtbot.mouseDClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(tab).center())
    settle()
    points = area.docks["points"]
    assert points.isFloating()
    assert points.isVisible()
    assert points.frameGeometry().center() != before
    assert points.title.name.isVisible()
    points.title.float_button.click()
    assert not points.isFloating()


def test_the_menu_of_a_tab_floats_and_hides_its_panel(qtbot: QtBot, area: DockArea) -> None:
    for text, name in (("Float", "points"), ("Hide", "loss")):
        bar, tab = tab_bar_with(area, area.docks[name].windowTitle())
        bar.customContextMenuRequested.emit(bar.tabRect(tab).center())
        menu = QApplication.activePopupWidget()
        next(action for action in menu.actions() if action.text() == text).trigger()
        menu.close()
        settle()
        assert area.docks[name].isFloating() == (text == "Float")
        assert area.docks[name].isHidden() == (text == "Hide")
        area.reset_layout()
        settle()


def test_a_panel_that_floated_last_time_lies_above_the_window(area: DockArea) -> None:
    area.docks["optimizers"].float_out()
    settle()
    area.save_layout()
    again = DockArea(QLabel("map"), TABLE, factory)
    assert again.restore_layout()
    floating = again.docks["optimizers"]
    assert floating.isFloating()
    again.show()
    settle()
    again.raise_floating()
    assert floating.isVisible()
    assert floating.windowHandle().transientParent() is again.windowHandle()
    again.close()
    again.deleteLater()


@pytest.mark.parametrize("text", ["", "None", "{", "[1]", '{"scene": "wide"}', '{"scene": 1e400}', '{"sceen": 300}'])
def test_damaged_sizes_of_docks_are_as_good_as_none(area: DockArea, text: str) -> None:
    area.save_layout()
    QSettings().setValue(SIZES_KEY, text)
    assert area.restore_layout()
    assert area._sizes._chosen == USUAL
