"""The table of critical points: what was found, how sure that is all, and the way to each on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QVBoxLayout, QWidget

from gradsim.core.scene import Scene
from gradsim.ui.drawing.marks import found_text
from gradsim.ui.plots.critical_point_model import MARK_PIXELS, CriticalPointModel, as_csv
from gradsim.ui.session import Session
from gradsim.ui.theme import theme_hub
from gradsim.ui.widgets.forms import Button, ElidedLabel, row

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoint, CriticalPoints

ROW_PIXELS = 24
ARROW_PIXELS = 16
COPIED_MS = 1500


class PointView(QTableView):
    """Rows that are moved through with the arrows up and down; the other keys of the playback pass."""

    copied = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.clicked.emit(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space) or (
            event.text() and event.text().isprintable()
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(420, 140)

    def fit_columns(self) -> None:
        """Give every column the room of its contents, and an equal part of what is left."""
        header = self.horizontalHeader()
        n = header.count()
        # Qt's own widths keep room for the arrow of the order in every title, which a narrow table has not.
        arrow = round(ARROW_PIXELS * theme_hub().scale)
        widths = [max(self.sizeHintForColumn(k), header.sectionSizeHint(k) - arrow) for k in range(n)]
        if 0 <= header.sortIndicatorSection() < n:
            widths[header.sortIndicatorSection()] += arrow
        spare = max(0, self.viewport().width() - sum(widths))
        for k, width in enumerate(widths):
            header.resizeSection(k, width + spare * (k + 1) // n - spare * k // n)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()


class CriticalPointTable(QFrame):
    """Shows the session's critical points. A row that is clicked is centred on the map and its callout pinned."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._following = False
        self.setObjectName("plotPanel")
        self.setAccessibleName("Critical points")
        self.found = ElidedLabel("heading")
        self.copy = Button("Copy all", "Copy all critical points", "Copy the whole table as CSV.", name="link")
        self.model = CriticalPointModel(self)
        self.view = PointView()
        self._build_view()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 8, 6)
        layout.setSpacing(4)
        head = row(self.found, self.copy)
        head.setStretch(0, 1)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)
        self.copy.clicked.connect(self.copy_all)
        self._copied_timer = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._copied_timer.timeout.connect(lambda: self.copy.setText("Copy all"))
        self.view.copied.connect(self.copy_selected)
        self.view.clicked.connect(self._go_to)
        self.view.selectionModel().currentRowChanged.connect(self._follow_row)
        session.critical_points_changed.connect(self.show_points)
        session.selection.changed.connect(self._follow_pin)
        theme_hub().changed.connect(self._dress)
        self._dress()
        self.show_points(session.critical_points)

    def _build_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setObjectName("points")
        view.setAccessibleName("Table of critical points")
        view.setToolTip("Click a row to centre the map on the point; Ctrl+C copies the selected rows as CSV.")
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setCornerButtonEnabled(False)
        view.verticalHeader().hide()
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setMinimumSectionSize(1)
        header.sortIndicatorChanged.connect(lambda *_: view.fit_columns())
        view.setSortingEnabled(True)

    def show_points(self, points: CriticalPoints | None) -> None:
        """Show ``points``, or that they are being looked for."""
        self._following = True
        self.model.show_points(points or ())
        self._following = False
        self.found.show_text("Looking for critical points …" if points is None else found_text(points))
        self.copy.setEnabled(bool(points))
        self.view.fit_columns()
        self._follow_pin()

    def copy_all(self) -> None:
        """Put the whole table on the clipboard, in the order on show."""
        self._copy(self.model.points)

    def copy_selected(self) -> None:
        """Put the selected rows on the clipboard, in the order on show; where none is selected, all."""
        rows = sorted(index.row() for index in self.view.selectionModel().selectedRows())
        self._copy([self.model.points[number] for number in rows] or self.model.points)

    def _copy(self, points: tuple[CriticalPoint, ...] | list[CriticalPoint]) -> None:
        if points:
            QGuiApplication.clipboard().setText(as_csv(points, self.model.dimension))
            self.copy.setText("Copied")
            self._copied_timer.start()

    def _follow_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self._following:
            self._go_to(current)

    def _go_to(self, index: QModelIndex) -> None:
        point = self.model.points[index.row()]
        self._session.selection.pin_point(point)
        self._session.try_edit(centered_on(self._session.scene, point), "centre map")

    def _follow_pin(self) -> None:
        """Select the row of the point that is pinned on the map."""
        row_number = self.model.row_of(self._session.selection.point)
        selection = self.view.selectionModel()
        if row_number == (selection.currentIndex().row() if selection.currentIndex().isValid() else None):
            return
        self._following = True
        if row_number is None:
            selection.clear()
        else:
            index = self.model.index(row_number, 0)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(index, flags)
            self.view.scrollTo(index)
        self._following = False

    def _dress(self, *_: object) -> None:
        scale = theme_hub().scale
        self.view.verticalHeader().setDefaultSectionSize(round(ROW_PIXELS * scale))
        self.view.verticalHeader().setMinimumSectionSize(round(ROW_PIXELS * scale))
        self.view.setIconSize(QSize(round(MARK_PIXELS * scale), round(MARK_PIXELS * scale)))
        self.view.fit_columns()


def centered_on(scene: Scene, point: CriticalPoint) -> Scene:
    """The scene with ``point`` in the middle of its map, at the same zoom; of a curve, its height stays in view."""

    def moved(shown: tuple[float, float], middle: float) -> tuple[float, float]:
        half = (shown[1] - shown[0]) / 2
        return middle - half, middle + half

    view, place = scene.view, point.position.tolist()
    x = moved(view.x or scene.domain.x, place[0])
    if scene.domain.y is not None:
        y = moved(view.y or scene.domain.y, place[1])
    else:
        y = None if view.y is None else moved(view.y, float(point.value))
    return replace(scene, view=replace(view, x=x, y=y))
