"""The strip of tools beside the map, and the frame that holds both."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gradsim.ui.map.map_tools import MAP_TOOLS
from gradsim.ui.map.map_view import MapView
from gradsim.ui.widgets.icons import IconButton


class ToolStrip(QFrame):
    """A button for each tool of ``view``, of which one is down, and one that fits the domain."""

    def __init__(self, view: MapView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolStrip")
        self.setAccessibleName("Tools on the map")
        self._view = view
        self.buttons: dict[str, IconButton] = {}
        group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 2, 6)
        layout.setSpacing(3)
        for row in MAP_TOOLS:
            button = IconButton(row.icon, f"Tool {row.title}", f"{row.title} ({row.key}): {_lower(row.tip)}", flat=True)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _, name=row.name: view.mouse.choose(name))
            group.addButton(button)
            layout.addWidget(button)
            self.buttons[row.name] = button
        layout.addSpacing(8)
        self.fit_button = IconButton("fit", "Fit", "Fit (F): show the whole domain.", flat=True)
        self.fit_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fit_button.clicked.connect(view.gestures.fit)
        layout.addWidget(self.fit_button)
        layout.addStretch(1)
        view.mouse.tool_changed.connect(self.show_tool)
        self.show_tool(view.mouse.tool_name)

    def show_tool(self, name: str) -> None:
        """Press the button of tool ``name``."""
        self.buttons[name].setChecked(True)


class MapFrame(QWidget):
    """The map with its tools at its left."""

    def __init__(self, view: MapView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.view = view
        self.strip = ToolStrip(view)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(view, 1)


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
