"""The column of settings: panels as foldable sections, one below the other, that scroll together."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradsim.ui.widgets.forms import Section
from gradsim.ui.widgets.scroll_area import ScrollArea
from gradsim.ui.window.panels import Panel


class PanelColumn(ScrollArea):
    """A section for each of ``panels``; ``build`` makes a panel when it is first unfolded."""

    def __init__(
        self, panels: Iterable[Panel], build: Callable[[Panel], QWidget], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setObjectName("panel")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(16, 2, 10, 12)
        layout.setSpacing(8)
        self.sections: dict[str, Section] = {}
        for panel in panels:
            section = Section(panel.title, folded=not panel.shown)
            section.head.setObjectName("panelHead")
            self.sections[panel.name] = section
            layout.addWidget(section)
            section.head.toggled.connect(lambda _, panel=panel: self._fill(panel, build))
            self._fill(panel, build)
        layout.addStretch(1)
        self.setWidget(inside)
        inside.installEventFilter(self)

    def _fill(self, panel: Panel, build: Callable[[Panel], QWidget]) -> None:
        section = self.sections[panel.name]
        if section.head.isChecked() and section.content.isEmpty():
            section.content.addWidget(build(panel))

    def unfold(self, name: str) -> None:
        """Unfold the section of the panel ``name`` and scroll to it."""
        section = self.sections[name]
        section.head.setChecked(True)
        self.widget().adjustSize()  # a layout would wait for its turn
        self.ensureWidgetVisible(section)

    def minimumSizeHint(self) -> QSize:
        """As wide as its widest panel, which is never cut, and as low as wanted."""
        return QSize(self.widget().minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width(), 80)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
