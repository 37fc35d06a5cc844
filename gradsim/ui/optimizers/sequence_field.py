"""A text field for a list of numbers."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gradsim.ui.numbers import format_count
from gradsim.ui.optimizers.sequence_text import parse_sequence, sequence_text
from gradsim.ui.theme import restyle

MOST_SHOWN = 1000
"""More numbers nobody reads, and a line of a hundred thousand takes seconds to be written and laid out."""
MOST_TYPED = 4_000_000
"""Room to paste as many values as a scene takes: Qt would cut them off at 32,767 characters."""


class SequenceField(QLineEdit):
    """Takes its list on Enter or when the focus leaves.

    What cannot be read stays as it was typed, outlined, and ``rejected`` says why; Escape brings the last good list
    back, and ``rejected`` carries "" once all is well again.
    """

    changed = Signal(tuple)
    rejected = Signal(str)

    def __init__(self, label: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("number")
        self.setAccessibleName(label)
        self.setToolTip(tip)
        self.setMaxLength(MOST_TYPED)
        self._values: tuple[float, ...] = ()
        self._text = ""
        self.editingFinished.connect(self.take_text)

    @property
    def values(self) -> tuple[float, ...]:
        """The last good list."""
        return self._values

    def show_values(self, values: tuple[float, ...]) -> None:
        """Show a list without signalling it; what is being typed over the one on show stays."""
        if values != self._values:
            self._show(values)
        elif self.property("invalid"):
            self.take_text()  # tells anew what is wrong with it
        elif not self.hasFocus():
            self.setText(self._text)

    def _show(self, values: tuple[float, ...]) -> None:
        self._values = values
        too_long = sum(before != after for before, after in pairwise(values)) >= MOST_SHOWN
        self._text = "" if too_long else sequence_text(values)
        self.setPlaceholderText(f"{format_count(len(values))} values" if too_long else "")
        self.setText(self._text)
        self.setCursorPosition(0)
        self._mark("")

    def take_text(self) -> None:
        """Take what is typed, as Enter does."""
        if self.text() == self._text:
            self._mark("")
            return
        try:
            values = parse_sequence(self.text())
        except ValueError as error:
            self._mark(str(error))
            return
        is_new = values != self._values
        self._show(values)  # not as it was typed: who writes 1,010 for a thousand and ten sees 1, 10
        if is_new:
            self.changed.emit(values)

    def _mark(self, reason: str) -> None:
        restyle(self, "invalid", bool(reason))
        self.rejected.emit(reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._text:
            self.setText(self._text)
            self._mark("")
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.property("invalid"):
            self.window().setFocus()  # done: the keys are the playback's again
