"""Critical points as a table: its columns, its order, and the same as CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from gradsim.core.render.palette import Theme
from gradsim.ui.drawing.marks import CRITICAL_POINT_MARKS, draw_mark
from gradsim.ui.numbers import format_number
from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.icons import PIXEL_RATIOS

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoint

MARK_PIXELS = 16
SHOWN_DIGITS = 3
KINDS = tuple(CRITICAL_POINT_MARKS)
Place = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Column:
    """One column: its title in the window, its name in CSV, what it is in a sentence, and the value of a point."""

    title: str
    name: str
    tip: str
    value: Callable[[CriticalPoint], float | str]


def columns_of(dimension: int) -> tuple[Column, ...]:
    """Return the columns for critical points of a surface of ``dimension``."""
    kind = Column(
        "kind", "kind", "Which kind of critical point it is, with its mark on the map.", lambda point: point.kind
    )
    value = Column("f", "value", "The value of the surface there.", lambda point: float(point.value))
    if dimension == 1:
        second = Column("f″", "eigenvalue_1", "The second derivative there.", _eigenvalue(0))
        return kind, Column("x", "x", "Where it is.", _coordinate(0)), value, second
    condition = Column(
        "κ",
        "condition_number",
        "The condition number of the Hessian: its largest eigenvalue over its smallest, without their signs.",
        lambda point: point.condition_number,
    )
    coordinates = [
        Column(name, name, f"Where it is: {name}.", _coordinate(axis))
        for axis, name in enumerate(("x", "y") if dimension == 2 else [f"x{k + 1}" for k in range(dimension)])
    ]
    eigenvalues = [
        Column(f"λ{chr(0x2081 + k)}", f"eigenvalue_{k + 1}", "An eigenvalue of the Hessian, ascending.", _eigenvalue(k))
        for k in range(dimension)
    ]
    return kind, *coordinates, value, *eigenvalues, condition


def _coordinate(axis: int) -> Callable[[CriticalPoint], float]:
    return lambda point: float(point.position[axis])


def _eigenvalue(number: int) -> Callable[[CriticalPoint], float]:
    return lambda point: float(point.eigenvalues[number])


def as_csv(points: Iterable[CriticalPoint], dimension: int) -> str:
    """Return ``points`` as RFC 4180 has it: a line of names, then one for each, numbers in full; NaN is left empty."""
    columns = columns_of(dimension)
    text = io.StringIO()
    writer = csv.writer(text)  # the default dialect: commas, quotes only where needed, CRLF
    writer.writerow([column.name for column in columns])
    writer.writerows([_field(column.value(point)) for column in columns] for point in points)
    return text.getvalue()


def _field(value: float | str) -> str:
    return value if isinstance(value, str) else "" if math.isnan(value) else repr(value)


class CriticalPointModel(QAbstractTableModel):
    """Rows are critical points; sorting keeps each row's identity, and undefined numbers come last either way."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.points: tuple[CriticalPoint, ...] = ()
        self.columns: tuple[Column, ...] = columns_of(2)
        self._order = (-1, Qt.SortOrder.AscendingOrder)
        self._icons: dict[tuple[str, Theme, float], QIcon] = {}

    @property
    def dimension(self) -> int:
        return len(self.points[0].position) if self.points else 2

    def show_points(self, points: Sequence[CriticalPoint]) -> None:
        """Replace all rows; they keep the order that was asked for."""
        self.beginResetModel()
        self.points = tuple(points)
        self.columns = columns_of(self.dimension)
        self.points = self._sorted()
        self.endResetModel()

    def row_of(self, point: CriticalPoint | None) -> int | None:
        """The row of this very point, if it is there."""
        return next((row for row, each in enumerate(self.points) if each is point), None)

    def rowCount(self, parent: Place = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.points)

    def columnCount(self, parent: Place = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Place, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        point, column = self.points[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if index.column() == 0 else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return self._mark(point.kind)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        value = column.value(point)
        if isinstance(value, str):
            return CRITICAL_POINT_MARKS[value][1].removesuffix(" point")
        if math.isnan(value):
            return "–" if role == Qt.ItemDataRole.DisplayRole else "The surface has no second derivatives here."
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{column.title} = {value!r}"
        return format_number(value, digits=SHOWN_DIGITS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and section < len(self.columns):
            if role == Qt.ItemDataRole.DisplayRole:
                return self.columns[section].title
            if role == Qt.ItemDataRole.ToolTipRole:
                return f"{self.columns[section].tip} Click to sort."
            if role == Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignLeft if section == 0 else Qt.AlignmentFlag.AlignRight
                return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        before, indexes = self.points, self.persistentIndexList()
        self._order = (column, order)
        self.points = self._sorted()
        rows = {id(point): row for row, point in enumerate(self.points)}
        moved = [self.index(rows[id(before[index.row()])], index.column()) for index in indexes]
        self.changePersistentIndexList(indexes, moved)
        self.layoutChanged.emit()

    def _sorted(self) -> tuple[CriticalPoint, ...]:
        column, order = self._order
        if not 0 <= column < len(self.columns):
            return self.points
        sign = 1.0 if order == Qt.SortOrder.AscendingOrder else -1.0
        value = self.columns[column].value

        def key(point: CriticalPoint) -> tuple[bool, float]:
            this = value(point)
            number = float(KINDS.index(this)) if isinstance(this, str) else this
            return (True, 0.0) if math.isnan(number) else (False, sign * number)

        return tuple(sorted(self.points, key=key))

    def _mark(self, kind: str) -> QIcon:
        key = (kind, current_theme(), theme_hub().scale)
        if key not in self._icons:
            self._icons[key] = mark_icon(*key)
        return self._icons[key]


def mark_icon(kind: str, theme: Theme, scale: float) -> QIcon:
    """The mark of ``kind`` as on the map, for screens of any pixel ratio."""
    side = round(MARK_PIXELS * scale)
    result = QIcon()
    for ratio in PIXEL_RATIOS:
        pixmap = QPixmap(QSize(side, side) * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QRectF(0, 0, side, side).center()
        draw_mark(painter, kind, middle.x(), middle.y(), theme, 0.8 * side)
        painter.end()
        result.addPixmap(pixmap)
    return result
