"""The text field of a formula: coloured, completed, with brackets matched at the cursor and a mistake underlined."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from gradsim.core.errors import FormulaError
from gradsim.ui.style_sheet import mix
from gradsim.ui.surface.formula_colors import FormulaHighlighter, matching_bracket, utf16_length
from gradsim.ui.surface.formula_completion import FormulaCompleter
from gradsim.ui.theme import current_theme, theme_hub

LONGEST_PASTE = 10_001
FEWEST_LINES, MOST_LINES = 2, 6
ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
COMPLETION_KEYS = (*ENTER_KEYS, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape)


class FormulaText(QPlainTextEdit):
    """One line of text that wraps. Enter commits, Tab moves on, Ctrl+Space completes, pasted line breaks are spaces."""

    committed = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error: FormulaError | None = None
        self.setObjectName("formula")
        self.setTabChangesFocus(True)
        self.setAccessibleName("Formula")
        self.setToolTip(
            "The loss as a formula in x, or in x and y; every other name becomes a parameter. Ctrl+Space lists words."
        )
        self.highlighter = FormulaHighlighter(self.document())
        self.completer = FormulaCompleter(self)
        self.document().documentLayout().documentSizeChanged.connect(self.fit)
        self.cursorPositionChanged.connect(self._mark)
        theme_hub().changed.connect(self._dress)

    def show_error(self, error: FormulaError | None) -> None:
        """Underline the place of a mistake; None takes the line away."""
        self._error = error
        self._mark()

    def cursor_over(self, error: FormulaError) -> QTextCursor:
        """A cursor that selects the mistake; at the end of the text, the last character stands for it."""
        text = self.toPlainText()
        start = min(error.start, max(0, len(text) - 1))
        cursor = QTextCursor(self.document())
        cursor.setPosition(utf16_length(text[:start]))
        cursor.setPosition(utf16_length(text[: max(error.end, start + 1)]), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def fit(self, *_: object) -> None:
        """Be as high as the formula, within reason."""
        self.ensurePolished()  # else the first height is that of another font
        n_lines = min(max(round(self.document().size().height()), FEWEST_LINES), MOST_LINES)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * n_lines + round(18 * theme_hub().scale))

    def _dress(self, *_: object) -> None:
        self.fit()
        self._mark()

    def _mark(self) -> None:
        """Underline the mistake and show the pair of brackets at the cursor."""
        theme = current_theme()
        selections = []
        if self._error is not None:
            style = QTextCharFormat()
            style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            style.setUnderlineColor(QColor(theme.error))
            background = QColor(theme.error)
            background.setAlphaF(0.18)
            style.setBackground(background)
            selections.append(_selection(self.cursor_over(self._error), style))
        pair = matching_bracket(self.toPlainText(), self.textCursor().position()) if self.hasFocus() else None
        if pair is not None and pair[1] is not None:
            for place in pair:
                style = QTextCharFormat()
                style.setBackground(QColor(mix(theme.panel, theme.accent, 0.4)))
                style.setForeground(QColor(theme.text))
                cursor = QTextCursor(self.document())
                cursor.setPosition(place)
                cursor.setPosition(place + 1, QTextCursor.MoveMode.KeepAnchor)
                selections.append(_selection(cursor, style))
        self.setExtraSelections(selections)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self.completer.is_open and key in ENTER_KEYS and not self.completer.popup().currentIndex().isValid():
            self.completer.popup().hide()
            self.committed.emit()
        elif self.completer.is_open and key in COMPLETION_KEYS:
            event.ignore()  # the list takes it
        elif control and key == Qt.Key.Key_Space:
            self.completer.offer(asked=True)
        elif key in ENTER_KEYS:
            self.committed.emit()
        elif key == Qt.Key.Key_Escape:
            self.window().setFocus()
        elif event.text() == ")" and self._closes_already():
            self.moveCursor(QTextCursor.MoveOperation.Right)
        else:
            super().keyPressEvent(event)
            if event.text().isprintable() and event.text() and not control:
                self.completer.offer()
            elif self.completer.is_open:
                self.completer.offer(asked=True)

    def _closes_already(self) -> bool:
        """Whether a bracket behind the cursor, such as a completed function's, is the one that is being typed."""
        text, cursor = self.toPlainText(), self.textCursor()
        behind = text[cursor.position() : cursor.position() + 1]
        return behind == ")" and not cursor.hasSelection() and text.count("(") <= text.count(")")

    def focusNextPrevChild(self, forwards: bool) -> bool:
        return False if self.completer.is_open else super().focusNextPrevChild(forwards)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()  # a scroll bar that comes or goes breaks the lines anew, which is not signalled

    def insertFromMimeData(self, source: QMimeData) -> None:
        # One character more than a formula may have, so that a novel is refused for its length rather than shortened.
        self.insertPlainText(" ".join(source.text()[:LONGEST_PASTE].splitlines()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark()
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


def _selection(cursor: QTextCursor, style: QTextCharFormat) -> QTextEdit.ExtraSelection:
    selection = QTextEdit.ExtraSelection()
    selection.cursor, selection.format = cursor, style
    return selection
