"""A text field for a formula: compiled while typing, with a mistake marked at its place and a remedy to click."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from gradsim.core.errors import FormulaError, GradsimError
from gradsim.ui.forms import Button, label
from gradsim.ui.theme import current_theme, theme_hub

COMPILE_DELAY_MS = 150
LONGEST_PASTE = 10_001
FEWEST_LINES, MOST_LINES = 3, 6


class FormulaText(QPlainTextEdit):
    """One line of text that wraps. Enter commits, Tab moves on, pasted line breaks become spaces."""

    committed = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("formula")
        self.setTabChangesFocus(True)
        self.setAccessibleName("Formula")
        self.setToolTip("The loss as a formula in x, or in x and y; every other name becomes a parameter.")
        self.document().documentLayout().documentSizeChanged.connect(self.fit)

    def fit(self, *_: object) -> None:
        """Be as high as the formula, within reason."""
        self.ensurePolished()  # else the first height is that of another font
        n_lines = min(max(round(self.document().size().height()), FEWEST_LINES), MOST_LINES)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * n_lines + round(18 * theme_hub().scale))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()  # a scroll bar that comes or goes breaks the lines anew, which is not signalled

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.committed.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.window().setFocus()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        # One character more than a formula may have, so that a novel is refused for its length rather than shortened.
        self.insertPlainText(" ".join(source.text()[:LONGEST_PASTE].splitlines()))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class FormulaEdit(QWidget):
    """The formula with what is to be said about it below.

    ``accept`` is called with the text ``COMPILE_DELAY_MS`` after the last key, or at once on Enter; it raises
    GradsimError for a text that cannot be used, and returns the line to show for one that can. ``left`` tells that
    typing has come to an end.
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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.text)
        layout.addWidget(self.status)
        layout.addWidget(self.suggestion)
        self._timer = QTimer(self, singleShot=True, interval=COMPILE_DELAY_MS)
        self._timer.timeout.connect(self.compile)
        self.text.textChanged.connect(self._plan)
        self.text.committed.connect(self.compile)
        self.text.left.connect(self._leave)
        self.suggestion.clicked.connect(self._repair)
        theme_hub().changed.connect(self._dress)
        self._dress()

    @property
    def shown(self) -> str:
        """The last formula that was in use."""
        return self._shown

    def show_formula(self, formula: str, status: str) -> None:
        """Show a formula that is in use; text that is equal to it is left alone, so that the cursor stays."""
        self._shown = formula
        self._timer.stop()
        if self.text.toPlainText() != formula:
            blocked = self.text.blockSignals(True)
            self.text.setPlainText(formula)
            self.text.blockSignals(blocked)
        self._show_good(status)

    def compile(self) -> None:
        """Try to use the text as it stands."""
        self._timer.stop()
        source = self.text.toPlainText()
        try:
            status = self._accept(source)
        except GradsimError as error:
            self._show_error(error)
        else:
            self._shown = source
            self._show_good(status)

    def _plan(self) -> None:
        if self.text.toPlainText() != self._shown or self._error is not None:
            self._timer.start()

    def _leave(self) -> None:
        if self._timer.isActive():
            self.compile()
        self.left.emit()

    def _show_good(self, status: str) -> None:
        self._error = None
        self.text.setExtraSelections([])
        self.suggestion.hide()
        self._show_status(status, "note")

    def _show_error(self, error: GradsimError) -> None:
        if not isinstance(error, FormulaError):
            self._error = None
            self.suggestion.hide()
            self._show_status(str(error), "error")
            return
        self._error = error
        self._mark(error)
        self._show_status(error.reason, "error")
        self.suggestion.setVisible(error.suggestion is not None)
        if error.suggestion is not None:
            wrong = self.text.toPlainText()[error.start : error.end]
            self.suggestion.setText(f"Replace “{wrong}” with “{error.suggestion}”")

    def _show_status(self, text: str, style: str) -> None:
        self.status.setText(text)
        if self.status.objectName() != style:
            self.status.setObjectName(style)
            self.status.style().unpolish(self.status)
            self.status.style().polish(self.status)
        if bool(self.text.property("invalid")) != (style == "error"):
            self.text.setProperty("invalid", style == "error")
            self.text.style().unpolish(self.text)
            self.text.style().polish(self.text)

    def _mark(self, error: FormulaError) -> None:
        mark = QTextEdit.ExtraSelection()
        mark.cursor = self._cursor_over(error)
        style = QTextCharFormat()
        style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        style.setUnderlineColor(QColor(current_theme().error))
        background = QColor(current_theme().error)
        background.setAlphaF(0.18)
        style.setBackground(background)
        mark.format = style
        self.text.setExtraSelections([mark])

    def _cursor_over(self, error: FormulaError) -> QTextCursor:
        """A cursor that selects the mistake; at the end of the text, the last character stands for it."""
        text = self.text.toPlainText()
        start = min(error.start, max(0, len(text) - 1))
        cursor = QTextCursor(self.text.document())
        cursor.setPosition(_utf16_length(text[:start]))
        cursor.setPosition(_utf16_length(text[: max(error.end, start + 1)]), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _repair(self) -> None:
        if self._error is None or self._error.suggestion is None:
            return
        cursor = self._cursor_over(self._error)
        cursor.insertText(self._error.suggestion)
        self.text.setTextCursor(cursor)
        self.text.setFocus()
        self.compile()

    def _dress(self, *_: object) -> None:
        self.text.fit()
        if self._error is not None:
            self._mark(self._error)


def _utf16_length(text: str) -> int:
    """Qt counts characters beyond the basic plane twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
