"""Docks around the map: panels that can be moved, floated, tabbed and hidden, and where they lie is kept."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QByteArray, QChildEvent, QEvent, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QTabBar, QTabWidget, QWidget

from gradsim.ui.window.dock_sizes import DockSizes, lies_open
from gradsim.ui.window.dock_tabs import dress_dock_tabs
from gradsim.ui.window.fitted_height import FittedHeight, fit_height
from gradsim.ui.window.panel_column import PanelColumn
from gradsim.ui.window.panel_dock import PanelDock
from gradsim.ui.window.panels import Panel

COLUMN = "scene"
COLUMN_TITLE = "Scene"
LAYOUT_KEY = "layout"
SIZES_KEY = "layout sizes"
AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}


class DockArea(QMainWindow):
    """``centre`` with ``panels`` docked around it; ``factory`` builds a panel.

    Docks at the sides reach down to the bottom edge; those at the bottom lie under the centre only.
    """

    panel_built = Signal(str, QWidget)

    def __init__(
        self,
        center: QWidget,
        panels: Sequence[Panel],
        factory: Callable[[Panel], QWidget],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setObjectName("dockArea")
        self._panels = panels
        self._factory = factory
        self._built: dict[str, QWidget] = {}
        self._fitted: FittedHeight | None = None
        self.docks: dict[str, PanelDock] = {}
        self.setCentralWidget(center)
        self.setDockNestingEnabled(True)
        self.setAnimated(False)  # a layout is there at once, or a second change would meet the first one half-way
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomLeftCorner, AREAS["left"])
        self.setCorner(Qt.Corner.BottomRightCorner, AREAS["right"])
        self._tab_timer = QTimer(self, singleShot=True, interval=0)
        self._tab_timer.timeout.connect(self._show_tabs)
        self._add_docks()
        bottom = [panel.name for panel in panels if panel.area == "bottom" and panel.tabbed_with is None]
        self._sizes = DockSizes(self, self.docks, bottom)
        self.reset_layout()

    def _add_docks(self) -> None:
        sections = [panel for panel in self._panels if panel.area == "column"]
        self.column_dock = PanelDock(COLUMN, COLUMN_TITLE, lambda: PanelColumn(sections, self._build), self)
        self.docks[COLUMN] = self.column_dock
        for panel in self._panels:
            if panel.area != "column":
                self.docks[panel.name] = PanelDock(
                    panel.name, panel.title, lambda panel=panel: self._build(panel), self
                )
        for dock in self.docks.values():
            # Of a dock behind a tab only its action tells that it was hidden: it was not to be seen before either.
            hidden = dock.toggleViewAction().toggled
            for signal in (dock.dockLocationChanged, dock.topLevelChanged, dock.visibilityChanged, hidden):
                signal.connect(self._tab_timer.start)

    def _build(self, panel: Panel) -> QWidget:
        widget = self._factory(panel)
        self._built[panel.name] = widget
        self.panel_built.emit(panel.name, widget)
        return widget

    @property
    def column(self) -> PanelColumn:
        """The column of foldable panels."""
        return self.column_dock.fill()

    @property
    def built(self) -> tuple[QWidget, ...]:
        """The panels that have been built so far."""
        return tuple(self._built.values())

    def panel(self, name: str) -> QWidget:
        """The panel ``name``, built if it has not been shown yet. Raises KeyError for a name that no panel has."""
        if name not in self._built:
            panel = next((each for each in self._panels if each.name == name), None)
            if panel is None:
                raise KeyError(name)
            if panel.area == "column":
                self.column.unfold(name)
            else:
                self.docks[name].fill()
        return self._built[name]

    def show_panel(self, name: str) -> None:
        """Bring the panel ``name`` into view."""
        dock = self.docks.get(name, self.column_dock)
        dock.show()
        dock.raise_()
        if name not in self.docks:
            self.column.unfold(name)

    def raise_over(self, name: str, other: str) -> None:
        """Bring the dock ``name`` to the front where ``other`` lies behind the next tab; elsewhere change nothing."""
        dock = self.docks[name]
        if not dock.isHidden() and self.docks[other] in self.tabifiedDockWidgets(dock):
            dock.raise_()

    def show_fitting(self, name: str, shown: bool) -> None:
        """Show the dock ``name`` as high as its panel wants to be, or hide it."""
        self.docks[name].setVisible(shown)
        if shown:
            # Once the layout has taken it in: before, its width is not known, nor what lies above and below.
            QTimer.singleShot(0, self, partial(self._fit_height, name))

    def _fit_height(self, name: str) -> None:
        dock = self.docks[name]
        if dock.isFloating() or not dock.isVisible():
            return
        others = [each for each in self.docks.values() if each is not dock and lies_open(each) and each.x() == dock.x()]
        self._fitted = fit_height(self, dock, others)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # All docks of a column grow and shrink alike, and a text that was fitted would have to be scrolled.
        if self._fitted is not None and self._fitted.is_kept(self.height()):
            QTimer.singleShot(0, self, partial(self._fit_height, self._fitted.dock.objectName()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._sizes.given:
            self._sizes.give_usual()

    def raise_floating(self) -> None:
        """Lay floating docks over the window for good; those of last time were there before it, and know no window."""
        window = self.window().windowHandle()
        for dock in self.docks.values():
            if dock.isFloating() and dock.isVisible():
                if dock.windowHandle().transientParent() is not window:
                    dock.windowHandle().setTransientParent(window)
                dock.hide()  # a window manager looks at whose a window is when it is shown
                dock.show()
                dock.raise_()

    def save_layout(self) -> None:
        """Keep where every panel lies for next time."""
        state = bytes(self.saveState().toBase64()).decode()
        QSettings().setValue(LAYOUT_KEY, f"{self._fingerprint(state)} {state}")
        QSettings().setValue(SIZES_KEY, self._sizes.chosen_text())

    def restore_layout(self) -> bool:
        """Put every panel where ``save_layout`` found it; return False for what is damaged or knows other panels."""
        fingerprint, _, state = str(QSettings().value(LAYOUT_KEY)).partition(" ")
        if fingerprint != self._fingerprint(state):  # Qt would put together what it can make of it
            return False
        restored = self.restoreState(QByteArray.fromBase64(state.encode()))
        self._sizes.take_restored(restored, str(QSettings().value(SIZES_KEY)))
        return restored

    def _fingerprint(self, state: str) -> str:
        """What another state does not have, nor the same one among other panels."""
        panels = [(panel.name, panel.area) for panel in self._panels]
        return f"{zlib.crc32(repr((panels, state)).encode()):08x}"

    def reset_layout(self) -> None:
        """Put every panel where it lies at first."""
        for dock in self.docks.values():
            dock.setFloating(False)
            self.removeDockWidget(dock)
        self.addDockWidget(AREAS["left"], self.column_dock)
        self.column_dock.show()
        bottom = None
        for panel in self._panels:
            if panel.area == "column":
                continue
            dock = self.docks[panel.name]
            if panel.tabbed_with is not None:
                self.tabifyDockWidget(self.docks[panel.tabbed_with], dock)
            elif panel.area == "bottom" and bottom is not None:
                self.splitDockWidget(bottom, dock, Qt.Orientation.Horizontal)
            else:
                self.addDockWidget(AREAS[panel.area], dock)
            if panel.area == "bottom" and panel.tabbed_with is None:
                bottom = dock
            dock.setVisible(panel.shown)
        for panel in self._panels:
            if panel.tabbed_with is not None:
                self.docks[panel.tabbed_with].raise_()
        self._sizes.give_usual()
        self._tab_timer.start()

    def _show_tabs(self) -> None:
        for dock in self.docks.values():
            beside = [each for each in self.tabifiedDockWidgets(dock) if not each.isHidden()]
            dock.title.show_tabbed(bool(beside) and not dock.isFloating())

    def childEvent(self, event: QChildEvent) -> None:
        super().childEvent(event)
        if event.type() == QEvent.Type.ChildPolished and isinstance(event.child(), QTabBar):
            dress_dock_tabs(event.child(), self._dock_titled)

    def _dock_titled(self, title: str) -> PanelDock:
        return next(dock for dock in self.docks.values() if dock.windowTitle() == title)

    def stop(self) -> None:
        """Stop the workers of every panel that has been built."""
        for widget in self.built:
            if callable(stop := getattr(widget, "stop", None)):
                stop()
