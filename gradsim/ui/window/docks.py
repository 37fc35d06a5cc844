"""Docks around the map: panels that can be moved, floated, tabbed and hidden, and where they lie is kept."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QByteArray, QChildEvent, QEvent, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QTabWidget, QWidget

from gradsim.ui.theme import theme_hub
from gradsim.ui.window.dock_tabs import dress_dock_tabs
from gradsim.ui.window.fitted_height import FittedHeight, fit_height
from gradsim.ui.window.panel_column import PanelColumn
from gradsim.ui.window.panel_dock import PanelDock
from gradsim.ui.window.panels import Panel

COLUMN = "scene"
COLUMN_TITLE = "Scene"
SIDE_WIDTHS = {COLUMN: 246, "optimizers": 288}
BOTTOM_HEIGHT = 196
SETTLED_MS = 60
LAYOUT_KEY = "layout"
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
        self._scale = theme_hub().scale
        self._is_sized = False
        self._wanted_widths: dict[QDockWidget, int] = {}
        """Of docks at the sides since the interface has changed its size, until someone else chooses widths."""
        self._seen_widths: set[tuple[tuple[int, int], ...]] = set()
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
        self.reset_layout()
        theme_hub().changed.connect(self._follow_scale)

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
        others = [
            each for each in self.docks.values() if each is not dock and _lies_open(each) and each.x() == dock.x()
        ]
        self._fitted = fit_height(self, dock, others)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._wanted_widths = {}
        # All docks of a column grow and shrink alike, and a text that was fitted would have to be scrolled.
        if self._fitted is not None and self._fitted.is_kept(self.height()):
            QTimer.singleShot(0, self, partial(self._fit_height, self._fitted.dock.objectName()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_sized:  # before it is shown, it has no size to share out
            self._size_docks()

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

    def _follow_scale(self, *_: object) -> None:
        """Let docks grow and shrink with what is in them."""
        scale = theme_hub().scale
        if scale == self._scale:
            return
        docks = [dock for dock in self.docks.values() if _lies_open(dock)]
        growth, self._scale = scale / self._scale, scale
        sides = [dock for dock in docks if self.dockWidgetArea(dock) != AREAS["bottom"]]
        bottoms = [dock for dock in docks if dock not in sides]
        self._wanted_widths = {dock: max(1, round(self._scaled_width(dock, growth))) for dock in sides}
        heights = [max(1, round(dock.height() * growth)) for dock in bottoms]

        def resize() -> None:
            if scale == self._scale:
                self._seen_widths = set()
                self._take_wanted_widths()
                self.resizeDocks(bottoms, heights, Qt.Orientation.Vertical)

        # At once, and when everything has taken its new size: docks cannot be smaller than what is in them.
        for delay_ms in (0, SETTLED_MS):
            QTimer.singleShot(delay_ms, self, resize)

    def _take_wanted_widths(self) -> None:
        """Size docks anew until neither they nor what is in them have a width that was not there before."""
        docks = [dock for dock in self._wanted_widths if _lies_open(dock)]
        widths = tuple((dock.width(), dock.minimumSizeHint().width()) for dock in docks)
        if widths in self._seen_widths:
            return
        self._seen_widths.add(widths)
        self.resizeDocks(docks, [self._wanted_widths[dock] for dock in docks], Qt.Orientation.Horizontal)
        QTimer.singleShot(0, self, self._take_wanted_widths)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress:  # a hand takes hold of the line between two docks
            self._wanted_widths = {}
        elif event.type() == QEvent.Type.LayoutRequest and self._wanted_widths:
            # Where the machine is busy, what is in a dock becomes narrower long after the interface.
            QTimer.singleShot(0, self, self._take_wanted_widths)
        return super().event(event)

    def _scaled_width(self, dock: QDockWidget, growth: float) -> float:
        """The width of a dock at the side once the interface has grown by ``growth``, in pixels.

        A width that its content or the window has forced upon a dock says nothing: it comes back to the usual one.
        """
        usual = SIDE_WIDTHS.get(dock.objectName(), 0) * self._scale
        if usual and dock.width() <= dock.minimumSizeHint().width():
            return usual
        return max(dock.width() * growth, usual if growth < 1 else 0)

    def save_layout(self) -> None:
        """Keep where every panel lies for next time."""
        state = bytes(self.saveState().toBase64()).decode()
        QSettings().setValue(LAYOUT_KEY, f"{self._fingerprint(state)} {state}")

    def restore_layout(self) -> bool:
        """Put every panel where ``save_layout`` found it; return False for what is damaged or knows other panels."""
        fingerprint, _, state = str(QSettings().value(LAYOUT_KEY)).partition(" ")
        if fingerprint != self._fingerprint(state):  # Qt would put together what it can make of it
            return False
        self._wanted_widths = {}
        self._is_sized = self.restoreState(QByteArray.fromBase64(state.encode()))
        return self._is_sized

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
        self._size_docks()
        self._tab_timer.start()

    def _size_docks(self) -> None:
        self._is_sized, self._wanted_widths = self.isVisible(), {}
        scale = theme_hub().scale
        sides = [name for name in SIDE_WIDTHS if name in self.docks]
        widths = [round(SIDE_WIDTHS[name] * scale) for name in sides]
        self.resizeDocks([self.docks[name] for name in sides], widths, Qt.Orientation.Horizontal)
        bottoms = [
            self.docks[panel.name] for panel in self._panels if panel.area == "bottom" and panel.tabbed_with is None
        ]
        if bottoms:
            width = max(1, (self.width() - sum(widths)) // len(bottoms))
            self.resizeDocks(bottoms, [round(BOTTOM_HEIGHT * scale)] * len(bottoms), Qt.Orientation.Vertical)
            self.resizeDocks(bottoms, [width] * len(bottoms), Qt.Orientation.Horizontal)

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


def _lies_open(dock: QDockWidget) -> bool:
    """Whether ``dock`` is in its place in the window, and not behind the tab of another."""
    return dock.isVisible() and not dock.isFloating() and not dock.visibleRegion().isEmpty()
