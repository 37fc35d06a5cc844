"""A small switch between two or three words, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget


class ChoiceSwitch(QWidget):
    """Chooses one of ``choices``, each (value, text, tip); ``chosen`` carries the value that the user takes."""

    chosen = Signal(str)

    def __init__(self, label: str, choices: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(label)
        self.buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for value, text, tip in choices:
            button = QToolButton(self)
            button.setObjectName("choice")
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(f"{label}: {text}")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _, value=value: self.chosen.emit(value))
            group.addButton(button)
            layout.addWidget(button)
            self.buttons[value] = button

    @property
    def value(self) -> str | None:
        return next((value for value, button in self.buttons.items() if button.isChecked()), None)

    def show_value(self, value: str) -> None:
        """Show ``value`` as chosen, without signalling."""
        self.buttons[value].setChecked(True)
