"""The formula set as mathematics below its text: as wide as the panel, and no higher than a few lines."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gradsim.core.formula.latex import formula_lines
from gradsim.ui.theme import theme_hub
from gradsim.ui.widgets.mathematics import MathView

TEXT_PIXELS = 15.0
DIGIT_PIXELS = 8.0
SMALLEST_SHARE = 0.8
"""Lines are broken where they would have to shrink below this share of their size."""
MOST_PIXELS = 124
LONGEST_FORMULA = 600
"""A longer formula, in characters, would be set too small to be read, and is not set at all."""


class FormulaMathematics(QScrollArea):
    """Shows the formula in use; ``clicked`` asks to edit it. ``stop`` must be called before the application ends."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._formula = ""
        self._width = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("mathematics")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip("The formula as mathematics; click to edit it.")
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.view = MathView(text_pixels=TEXT_PIXELS)
        self.setWidget(self.view)
        self.view.was_set.connect(self._fit)
        theme_hub().changed.connect(self._set)

    def show_formula(self, formula: str) -> None:
        """Show a formula that can be read; the one before stays until a worker has set it."""
        if formula != self._formula:
            self._formula = formula
            self._set()

    def stop(self) -> None:
        self.view.stop()

    def _set(self, *_: object) -> None:
        self.setVisible(0 < len(self._formula) <= LONGEST_FORMULA)
        if not self.isHidden():
            width = self._room / (DIGIT_PIXELS * SMALLEST_SHARE * theme_hub().scale)
            self.view.show_lines(formula_lines(self._formula, width=max(width, 12.0)), f"Formula: {self._formula}")

    def _fit(self) -> None:
        height = max(1, self.view.drawn_height(self._room))
        self.view.setFixedHeight(height)
        self.setFixedHeight(min(height, round(MOST_PIXELS * theme_hub().scale)))

    def sizeHint(self) -> QSize:
        return QSize(100, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.width() != self._width:
            self._width = self.width()
            self._set()
            self._fit()

    @property
    def _room(self) -> int:
        """Width for the formula in pixels, beside a scroll bar even where there is none: were lines broken anew when it
        comes or goes, that could make it come and go without end."""
        return self.width() - self.verticalScrollBar().sizeHint().width()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()
