"""The table of critical points: sorted, copied as CSV, and tied to what is pinned on the map."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from small_races import finished_session, two_wells, valley

from gradsim.core.critical_points.search import EVERY_POINT
from gradsim.core.scene import Domain, FormulaSurface, View
from gradsim.ui.drawing.marks import CRITICAL_POINT_MARKS
from gradsim.ui.plots.critical_point_model import CriticalPointModel, as_csv, columns_of
from gradsim.ui.plots.critical_point_table import CriticalPointTable, centered_on
from gradsim.ui.session import Session
from gradsim.ui.theme import apply_theme

DISPLAY, TIP = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole
KINK = valley(surface=FormulaSurface(formula="abs(x) + y**4 - y**2"), domain=Domain(x=(-1.0, 1.0), y=(-2.0, 2.0)))


def shown(session: Session, qtbot: QtBot) -> CriticalPointTable:
    # As if its workers had made what it holds: then moving the map sets none of them to work.
    session.results._compiled, session.results._searched = (
        session.scene.surface,
        (session.scene.surface, session.scene.domain),
    )
    table = CriticalPointTable(session)
    qtbot.addWidget(table)
    table.resize(460, 300)
    table.show()
    return table


@pytest.fixture
def table(dressed: QApplication, qtbot: QtBot) -> Iterator[CriticalPointTable]:
    """Himmelblau's nine points."""
    table = shown(finished_session(valley()), qtbot)
    yield table
    table._session.stop()


def cells(model: CriticalPointModel, column: str) -> list[str]:
    k = [each.name for each in model.columns].index(column)
    return [model.data(model.index(row, k)) for row in range(model.rowCount())]


def click_row(qtbot: QtBot, table: CriticalPointTable, row: int) -> None:
    rect = table.view.visualRect(table.model.index(row, 1))
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


@pytest.mark.parametrize(
    ("formula", "says"),
    [("3 + 0*x*y", EVERY_POINT), ("x + y", "no critical points (proven)")],
)
def test_without_rows_the_table_says_why(dressed: QApplication, qtbot: QtBot, formula: str, says: str) -> None:
    table = shown(finished_session(valley(surface=FormulaSurface(formula=formula))), qtbot)
    assert (table.model.rowCount(), table.found.full_text) == (0, says)
    table._session.stop()


def test_every_point_is_a_row_with_three_figures_and_a_full_tooltip(table: CriticalPointTable) -> None:
    model = table.model
    assert table.found.full_text == "all 9 critical points found (proven)"
    assert [model.headerData(k, Qt.Orientation.Horizontal) for k in range(7)] == [
        "kind",
        "x",
        "y",
        "f",
        "λ₁",
        "λ₂",
        "κ",
    ]
    assert cells(model, "kind") == ["minimum"] * 4 + ["saddle"] * 4 + ["maximum"]
    point = model.points[1]
    assert cells(model, "x")[1] == "3.58"
    assert model.data(model.index(1, 1), TIP) == f"x = {float(point.position[0])!r}"
    assert not model.data(model.index(0, 0), Qt.ItemDataRole.DecorationRole).isNull()


def test_the_condition_number_is_the_ratio_of_the_sizes_of_the_eigenvalues(table: CriticalPointTable) -> None:
    for point in table.model.points:
        sizes = np.abs(np.linalg.eigvalsh(table._session.surface.hessian(point.position)))
        assert point.condition_number == pytest.approx(sizes.max() / sizes.min(), rel=1e-9)


def test_a_curve_has_its_second_derivative(dressed: QApplication, qtbot: QtBot) -> None:
    table = shown(finished_session(two_wells()), qtbot)
    assert [column.title for column in table.model.columns] == ["kind", "x", "f", "f″"]
    assert cells(table.model, "kind") == ["minimum", "minimum", "maximum"]


def test_points_without_a_hessian_have_none_in_the_table(dressed: QApplication, qtbot: QtBot) -> None:
    table = shown(finished_session(KINK), qtbot)
    assert "at least" in table.found.full_text
    assert set(cells(table.model, "condition_number")) == {"–"}
    assert "no second derivatives" in table.model.data(table.model.index(0, 4), TIP)


@pytest.mark.parametrize("column", range(7))
@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
def test_every_column_sorts_and_the_selected_point_stays_selected(
    table: CriticalPointTable, column: int, order: Qt.SortOrder
) -> None:
    table.view.selectRow(2)
    point = table.model.points[2]
    table.view.sortByColumn(column, order)
    values = [table.model.columns[column].value(each) for each in table.model.points]
    if column == 0:
        values = [list(CRITICAL_POINT_MARKS).index(value) for value in values]
    assert values == sorted(values, reverse=order == Qt.SortOrder.DescendingOrder)
    assert [table.model.points[index.row()] for index in table.view.selectionModel().selectedRows()] == [point]
    assert len(set(map(id, table.model.points))) == 9


@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
def test_undefined_numbers_come_last_either_way(dressed: QApplication, order: Qt.SortOrder) -> None:
    smooth, kink = finished_session(valley()), finished_session(KINK)
    model = CriticalPointModel()
    model.show_points([*kink.critical_points, *smooth.critical_points])
    model.sort(4, order)
    assert [point.kind for point in model.points[-len(kink.critical_points) :]] == ["nonsmooth"] * len(
        kink.critical_points
    )


def test_a_click_centres_the_map_at_its_zoom_and_pins_the_point(qtbot: QtBot, table: CriticalPointTable) -> None:
    session = table._session
    scene = session.scene
    session.edit(replace(scene, view=replace(scene.view, x=(-1.0, 1.0), y=(-2.0, 1.0))))
    click_row(qtbot, table, 1)
    point = table.model.points[1]
    assert session.selection.point is point
    x, y = session.scene.view.x, session.scene.view.y
    np.testing.assert_allclose([np.mean(x), np.mean(y)], point.position)
    np.testing.assert_allclose([x[1] - x[0], y[1] - y[0]], [2, 3])
    assert session.undo_name is None


def test_a_second_click_centres_again(qtbot: QtBot, table: CriticalPointTable) -> None:
    session = table._session
    click_row(qtbot, table, 2)
    there = session.scene.view.x
    session.edit(replace(session.scene, view=View(x=(0.0, 1.0), y=(0.0, 1.0))))
    click_row(qtbot, table, 2)
    assert np.mean(session.scene.view.x) == pytest.approx(np.mean(there))


def test_a_point_of_a_curve_is_centred_along_x(dressed: QApplication) -> None:
    scene = two_wells()
    point = finished_session(scene).critical_points[0]
    moved = centered_on(scene, point).view
    assert np.mean(moved.x) == pytest.approx(point.position[0])
    assert moved.y is None
    framed = centered_on(replace(scene, view=View(x=(0.0, 1.0), y=(0.0, 10.0))), point).view
    assert np.mean(framed.y) == pytest.approx(point.value)


def test_the_arrows_go_from_point_to_point(qtbot: QtBot, table: CriticalPointTable) -> None:
    click_row(qtbot, table, 0)
    qtbot.keyClick(table.view, Qt.Key.Key_Down)
    assert table._session.selection.point is table.model.points[1]
    np.testing.assert_allclose(np.mean(table._session.scene.view.y), table.model.points[1].position[1])


def test_a_point_pinned_on_the_map_is_selected_without_moving_the_map(table: CriticalPointTable) -> None:
    session = table._session
    view = session.scene.view
    session.selection.pin_point(session.critical_points[8])
    assert [index.row() for index in table.view.selectionModel().selectedRows()] == [8]
    assert session.scene.view == view
    session.selection.pin_point(None)
    assert not table.view.selectionModel().hasSelection()


def test_new_points_move_neither_map_nor_pin(table: CriticalPointTable) -> None:
    session = table._session
    view = session.scene.view
    table.view.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    session.critical_points_changed.emit(session.critical_points)
    assert session.selection.point is None
    assert session.scene.view == view
    assert table.model.points[0].kind == "maximum"
    session.critical_points_changed.emit(None)
    assert table.found.full_text == "Looking for critical points …"
    assert table.model.rowCount() == 0
    assert not table.copy.isEnabled()


def test_csv_holds_every_number_in_full() -> None:
    session = finished_session(valley())
    text = as_csv(session.critical_points, 2)
    assert text.count("\r\n") == text.count("\n") == 10
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["kind", "x", "y", "value", "eigenvalue_1", "eigenvalue_2", "condition_number"]
    for row, point in zip(rows, session.critical_points, strict=True):
        assert [float(row["x"]), float(row["y"])] == point.position.tolist()
        assert [float(row["eigenvalue_1"]), float(row["eigenvalue_2"])] == point.eigenvalues.tolist()
        assert float(row["value"]) == point.value
        assert row["kind"] == point.kind


def test_csv_leaves_undefined_numbers_empty() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(finished_session(KINK).critical_points, 2))))
    assert {row["eigenvalue_1"] for row in rows} == {""}


def test_the_button_copies_all_and_the_keys_what_is_selected(qtbot: QtBot, table: CriticalPointTable) -> None:
    clipboard = QGuiApplication.clipboard()
    qtbot.mouseClick(table.copy, Qt.MouseButton.LeftButton)
    assert clipboard.text() == as_csv(table.model.points, 2)
    assert table.copy.text() == "Copied"
    qtbot.waitUntil(lambda: table.copy.text() == "Copy all")
    click_row(qtbot, table, 1)
    qtbot.keyClick(table.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == as_csv(table.model.points[1:3], 2)


def test_the_keys_of_the_playback_pass_through(qtbot: QtBot, table: CriticalPointTable) -> None:
    passed = []
    table.keyPressEvent = lambda event: passed.append(event.key())
    click_row(qtbot, table, 0)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_J, Qt.Key.Key_Comma):
        qtbot.keyClick(table.view, key)
    assert passed == [Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_J, Qt.Key.Key_Comma]


def test_rows_grow_with_the_interface(table: CriticalPointTable, dressed: QApplication) -> None:
    before = table.view.rowHeight(0)
    apply_theme(dressed, "light", 2.0)
    try:
        assert table.view.rowHeight(0) == 2 * before
    finally:
        apply_theme(dressed, "dark")


def test_columns_know_any_dimension() -> None:
    assert [column.name for column in columns_of(3)] == [
        "kind", "x1", "x2", "x3", "value", "eigenvalue_1", "eigenvalue_2", "eigenvalue_3", "condition_number",
    ]  # fmt: skip
