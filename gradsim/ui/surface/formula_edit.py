"""A formula to edit: compiled while typing, set as mathematics, a mistake marked at its place and a remedy to click."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradsim.core.errors import FormulaError, GradsimError
from gradsim.ui.surface.formula_mathematics import FormulaMathematics
from gradsim.ui.surface.formula_text import FormulaText
from gradsim.ui.theme import restyle
from gradsim.ui.widgets.forms import Button, label

COMPILE_DELAY_MS = 150
COMPLAIN_DELAY_MS = 600
"""A mistake is told a little later than a good formula is used: most are words that are still being typed."""


class FormulaEdit(QWidget):
    """The formula with what is to be said about it below.

    ``accept`` is called with the text ``COMPILE_DELAY_MS`` after the last key, or at once on Enter; it raises
    GradsimError for a text that cannot be used, and returns the line to show for one that can. ``left`` tells that
    typing has come to an end. ``stop`` must be called before the application ends.
    """

    left = Signal()

    def __init__(self, accept: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accept = accept
        self._error: FormulaError | None = None
        self._shown = ""
        self.text = FormulaText()
        self.status = label("", "note")
        self.status.setWordWrap(True)
        self.suggestion = Button(
            "", "Repair the formula", "Put the suggested word in place of the marked one.", name="link"
        )
        self.suggestion.hide()
        self.mathematics = FormulaMathematics()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.text)
        layout.addWidget(self.status)
        layout.addWidget(self.suggestion)
        layout.addSpacing(2)
        layout.addWidget(self.mathematics)
        self._timer = QTimer(self, singleShot=True, interval=COMPILE_DELAY_MS)
        self._timer.timeout.connect(self._try)
        self._complaint = QTimer(self, singleShot=True, interval=COMPLAIN_DELAY_MS)
        self._complaint.timeout.connect(self.compile)
        self.text.textChanged.connect(self._plan)
        self.text.committed.connect(self.compile)
        self.text.left.connect(self._leave)
        self.suggestion.clicked.connect(self._repair)
        self.mathematics.clicked.connect(self.text.setFocus)

    @property
    def shown(self) -> str:
        """The last formula that was in use."""
        return self._shown

    def show_formula(self, formula: str, status: str) -> None:
        """Show a formula that is in use; text that is equal to it is left alone, so that the cursor stays."""
        self._shown = formula
        self._rest()
        if self.text.toPlainText() != formula:
            blocked = self.text.blockSignals(True)
            self.text.setPlainText(formula)
            self.text.blockSignals(blocked)
        self.mathematics.show_formula(formula)
        self._show_good(status)

    def stop(self) -> None:
        """Wait for the worker that sets the mathematics to end."""
        self.mathematics.stop()

    def compile(self) -> None:
        """Try to use the text as it stands."""
        self._rest()
        try:
            self._use(self.text.toPlainText())
        except GradsimError as error:
            self._show_error(error)

    def _try(self) -> None:
        """Use the text if it is good; a mistake is left for the complaint.

        While words are on offer the last one is not complete: it would flash up as a parameter.
        """
        if self.text.completer.is_open:
            self._timer.start()
            self._complaint.start()
            return
        try:
            self._use(self.text.toPlainText())
        except GradsimError:
            return
        self._rest()

    def _use(self, source: str) -> None:
        status = self._accept(source)
        self._shown = source
        self.mathematics.show_formula(source)
        self._show_good(status)

    def _plan(self) -> None:
        if self.text.toPlainText() != self._shown or self._error is not None:
            self._timer.start()
            self._complaint.start()
        else:
            self._rest()  # typed back to what is in use

    def _rest(self) -> None:
        self._timer.stop()
        self._complaint.stop()

    def _leave(self) -> None:
        if self._complaint.isActive():
            self.compile()
        self.left.emit()

    def _show_good(self, status: str) -> None:
        self._error = None
        self.text.show_error(None)
        self.suggestion.hide()
        self._show_status(status, "note")

    def _show_error(self, error: GradsimError) -> None:
        if not isinstance(error, FormulaError):
            self._error = None
            self.text.show_error(None)
            self.suggestion.hide()
            self._show_status(str(error), "error")
            return
        self._error = error
        self.text.show_error(error)
        self._show_status(error.reason, "error")
        self.suggestion.setVisible(error.suggestion is not None)
        if error.suggestion is not None:
            wrong = self.text.toPlainText()[error.start : error.end]
            self.suggestion.setText(f"Replace “{wrong}” with “{error.suggestion}”")

    def _show_status(self, text: str, style: str) -> None:
        self.status.setText(text)
        restyle(self.status, "objectName", style)
        restyle(self.text, "invalid", style == "error")

    def _repair(self) -> None:
        if self._error is None or self._error.suggestion is None:
            return
        cursor = self.text.cursor_over(self._error)
        cursor.insertText(self._error.suggestion)
        self.text.setTextCursor(cursor)
        self.text.setFocus()
        self.compile()
