"""The tab bars of docks: where tabs show the names, they float and hide what the docks' titles else would."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QTabBar

from gradsim.ui.window.panel_dock import PanelDock


def dress_dock_tabs(bar: QTabBar, dock_titled: Callable[[str], PanelDock]) -> None:
    """Make ``bar`` choose, float and hide docks, which ``dock_titled`` finds by the text on their tab."""
    bar.setObjectName("dockTabs")
    bar.setDrawBase(False)
    bar.setExpanding(False)
    bar.setMovable(False)  # Qt crashes when a tab is dragged after docks were moved among each other
    bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    bar.setAccessibleName("Panels in the same place")
    bar.setToolTip("Choose which of these panels is in front; double-click takes it out of the window.")
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    bar.customContextMenuRequested.connect(lambda at: _show_menu(bar, at, dock_titled))
    bar.tabBarDoubleClicked.connect(lambda tab: dock_titled(bar.tabText(tab)).float_out() if tab >= 0 else None)


def _show_menu(bar: QTabBar, at: QPoint, dock_titled: Callable[[str], PanelDock]) -> None:
    tab = bar.tabAt(at)
    if tab < 0:
        return
    dock = dock_titled(bar.tabText(tab))
    menu = QMenu(bar.parentWidget())  # the bar itself may go with its last tab
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    for text, tip, do in (
        ("Float", "Take this panel out of the window.", dock.float_out),
        ("Hide", "Hide this panel; the View menu brings it back.", dock.close),
    ):
        action = menu.addAction(text)
        action.setToolTip(tip)
        action.triggered.connect(lambda _, do=do: do())
    menu.popup(bar.mapToGlobal(at))
