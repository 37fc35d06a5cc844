"""Completes words of a formula: functions, constants, variables and the formula's own parameters, with meanings."""

from __future__ import annotations

import re

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QStandardItem, QStandardItemModel, QTextCursor
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gradsim.core.formula.vocabulary import FUNCTIONS, MEANINGS
from gradsim.ui.surface.formula_colors import find_words, word_color
from gradsim.ui.theme import current_theme, mono_font, theme_hub, ui_font

MEANING_ROLE = Qt.ItemDataRole.UserRole
PARAMETER = "parameter of this formula"
FEWEST_LETTERS = 2
N_VISIBLE = 7
ROW_HEIGHT = 24
POPUP_WIDTH = 292
_LAST_NAME = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z][A-Za-z0-9_]*\Z")
_NAME_GOES_ON = re.compile(r"[A-Za-z0-9_]")


def known_words(source: str, *, without: int = -1) -> dict[str, str]:
    """Every word that may be meant, with its meaning; the parameters are those in ``source``, at ``without`` not."""
    names = (
        source[word.start : word.end]
        for word in find_words(source)
        if word.kind == "parameter" and word.start != without
    )
    return {**dict.fromkeys(names, PARAMETER), **MEANINGS}


class WordDelegate(QStyledItemDelegate):
    """Paints a word in its colour with its meaning beside it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(round(POPUP_WIDTH * theme_hub().scale), round(ROW_HEIGHT * theme_hub().scale))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        theme, scale = current_theme(), theme_hub().scale
        word, meaning = index.data(), index.data(MEANING_ROLE)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(option.rect, QColor(theme.accent))
        kind = next((each.kind for each in find_words(word)), "parameter")
        painter.setFont(mono_font(12 * scale))
        painter.setPen(QColor(theme.accent_text if chosen else word_color(kind, theme)))
        box = option.rect.adjusted(round(8 * scale), 0, -round(8 * scale), 0)
        shown = f"{word}(…)" if word in FUNCTIONS else word
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
        left = max(round(84 * scale), painter.fontMetrics().horizontalAdvance(shown) + round(12 * scale))
        painter.setFont(ui_font(11 * scale))
        painter.setPen(QColor(theme.accent_text if chosen else theme.dim_text))
        painter.drawText(box.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, meaning)
        painter.restore()


class FormulaCompleter(QCompleter):
    """Offers words under the cursor of ``text``: after two letters, or at once with ``offer(True)``.

    A function is completed with its brackets and the cursor between them.
    """

    def __init__(self, text: QPlainTextEdit) -> None:
        super().__init__(text)
        self._text = text
        self.setWidget(text)
        self.setModel(QStandardItemModel(self))
        self.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setMaxVisibleItems(N_VISIBLE)
        popup = QListView()
        popup.setObjectName("words")
        popup.setAccessibleName("Words for the formula")
        self.setPopup(popup)
        popup.setItemDelegate(WordDelegate(popup))  # after setPopup, which sets its own
        self.activated[str].connect(self._insert)

    @property
    def is_open(self) -> bool:
        """Whether words are on offer."""
        return self.popup().isVisible()

    def offer(self, asked: bool = False) -> None:
        """Show the words that the one before the cursor may become, or hide the list when there is nothing to say."""
        source, cursor = self._text.toPlainText(), self._text.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        behind = cursor.block().text()[cursor.positionInBlock() :]
        match = _LAST_NAME.search(before)
        prefix = match.group() if match else ""
        if cursor.hasSelection() or _NAME_GOES_ON.match(behind) or not (asked or len(prefix) >= FEWEST_LETTERS):
            self.popup().hide()
            return
        start = cursor.block().position() + cursor.positionInBlock() - len(prefix)
        self._fill(known_words(source, without=start))
        self.setCompletionPrefix(prefix)
        if self.completionCount() == 0 or (self.completionCount() == 1 and self.currentCompletion() == prefix):
            self.popup().hide()
            return
        box = self._text.cursorRect()
        box.translate(self._text.viewport().pos())
        box.translate(-self._text.fontMetrics().horizontalAdvance(prefix) - round(8 * theme_hub().scale), 2)
        box.setWidth(round((POPUP_WIDTH + 12) * theme_hub().scale))
        self.complete(QRect(box))
        # A word that is complete needs no choice: Enter then takes the formula.
        complete = prefix in known_words(source, without=start)
        self.popup().setCurrentIndex(QModelIndex() if complete else self.completionModel().index(0, 0))

    def _fill(self, words: dict[str, str]) -> None:
        model = self.model()
        if [model.item(i).text() for i in range(model.rowCount())] == sorted(words, key=str.casefold):
            return
        model.clear()
        for word in sorted(words, key=str.casefold):
            item = QStandardItem(word)
            item.setData(words[word], MEANING_ROLE)
            item.setData(f"{word}: {words[word]}", Qt.ItemDataRole.AccessibleTextRole)
            model.appendRow(item)

    def _insert(self, word: str) -> None:
        cursor = self._text.textCursor()
        cursor.movePosition(
            QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(self.completionPrefix())
        )
        behind = self._text.toPlainText()[cursor.selectionEnd() :]
        if word not in FUNCTIONS:
            cursor.insertText(word)
        elif behind.startswith("("):
            cursor.insertText(word)
            cursor.movePosition(QTextCursor.MoveOperation.Right)
        else:
            cursor.insertText(f"{word}()")
            cursor.movePosition(QTextCursor.MoveOperation.Left)
        self._text.setTextCursor(cursor)
