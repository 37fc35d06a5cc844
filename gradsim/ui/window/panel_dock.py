"""One dock: a panel that is built when it is first seen, under a slim title of our own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QWidget

from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.forms import label
from gradsim.ui.widgets.icons import IconButton

ASIDE = 24


class DockTitle(QWidget):
    """A dock's title: its name, buttons that appear under the mouse, and what the panel adds at the right end.

    While a tab shows the name already, what the panel adds is left, and where it adds nothing the title takes no room.
    """

    def __init__(self, dock: PanelDock, title: str) -> None:
        super().__init__(dock)
        self._tabbed = False
        self._added: QWidget | None = None
        self.setObjectName("dockTitle")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.name: QLabel = label(title, "panelTitle")
        self.float_button = IconButton(
            "float", f"Float {title}", f"Take the panel {title} out of the window, or put it back.", flat=True
        )
        self.close_button = IconButton(
            "close", f"Hide {title}", f"Hide the panel {title}; the View menu brings it back.", flat=True
        )
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(16, 4, 10, 2)
        self._layout.setSpacing(2)
        self._layout.addWidget(self.name)
        self._layout.addStretch(1)
        for button in (self.float_button, self.close_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the View menu is the keyboard's way
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            button.setSizePolicy(policy)
            button.hide()
            self._layout.addWidget(button)
        self.float_button.clicked.connect(lambda: dock.setFloating(False) if dock.isFloating() else dock.float_out())
        self.close_button.clicked.connect(dock.close)

    def add_widget(self, widget: QWidget) -> None:
        """Put ``widget`` at the right end."""
        self._added = widget
        self._layout.addWidget(widget)

    def show_tabbed(self, tabbed: bool) -> None:
        """Give way to the tab that shows the name."""
        if tabbed != self._tabbed:
            self._tabbed = tabbed
            self.name.setHidden(tabbed)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        adds = self._added is not None and not self._added.isHidden()
        return super().sizeHint() if adds or not self._tabbed else QSize(0, 0)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_buttons(True)

    def leaveEvent(self, event: QEvent) -> None:
        self._show_buttons(False)

    def _show_buttons(self, shown: bool) -> None:
        self.float_button.setVisible(shown)
        self.close_button.setVisible(shown)


class PanelDock(QDockWidget):
    """A dock whose panel is built when it is first seen."""

    def __init__(self, name: str, title: str, build: Callable[[], QWidget], parent: QWidget) -> None:
        super().__init__(title, parent)
        self._build = build
        self.setObjectName(name)
        self.title = DockTitle(self, title)
        self.setTitleBarWidget(self.title)
        self.visibilityChanged.connect(lambda visible: self.fill() if visible else None)

    def float_out(self) -> None:
        """Take the dock out of the window, and so far aside that it is seen to be out."""
        middle = self.window().frameGeometry().center()
        self.setFloating(True)
        aside, way = round(ASIDE * theme_hub().scale), middle - self.frameGeometry().center()
        self.move(self.pos() + QPoint(aside if way.x() > 0 else -aside, aside if way.y() > 0 else -aside))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.isFloating():  # with a title of our own, Qt draws no frame
            painter = QPainter(self)
            painter.setPen(QColor(current_theme().border))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            painter.end()

    def fill(self) -> QWidget:
        """Return the panel, which is built if it is not there yet."""
        if self.widget() is None:
            widget = self._build()
            if isinstance(extra := getattr(widget, "title_widget", None), QWidget):
                self.title.add_widget(extra)
            self.setWidget(widget)
        return self.widget()
