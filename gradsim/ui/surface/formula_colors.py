"""The colours of a formula that is being typed: what each of its words is, from the program's own tokenizer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from gradsim.core.errors import FormulaError
from gradsim.core.formula.tokens import Token, scan_tokens
from gradsim.core.formula.vocabulary import CONSTANTS, FUNCTIONS, VARIABLES
from gradsim.core.render.palette import Theme
from gradsim.ui.theme import current_theme, theme_hub

# At least 4.5:1 on the theme's panel; variables have the colour of text, because they are what the formula is about.
COLORS = {
    "dark": {"number": "#F2B76B", "constant": "#F2B76B", "function": "#7DB4FF", "parameter": "#C9A6FF"},
    "light": {"number": "#9A4D00", "constant": "#9A4D00", "function": "#0B57C2", "parameter": "#7A2FBF"},
}


class Word(NamedTuple):
    """A piece of a formula; ``kind`` is number, constant, function, variable, parameter, operator or bracket."""

    kind: str
    start: int
    end: int


def find_words(source: str) -> Iterator[Word]:
    """Yield the words of a formula that may hold mistakes; those are left out."""
    position = 0
    while position < len(source):
        try:
            for token in scan_tokens(source, position):
                yield Word(_kind(token), token.start, token.end)
            return
        except FormulaError as error:
            position = max(error.end, position + 1)


def word_color(kind: str, theme: Theme) -> str:
    """The colour of a kind of word."""
    if kind in ("operator", "bracket"):
        return theme.dim_text
    return COLORS[theme.name].get(kind, theme.text)


def matching_bracket(source: str, cursor: int) -> tuple[int, int | None] | None:
    """Places of the bracket at ``cursor``, before it or else behind it, and of its partner, None if it has none.

    None when there is no bracket at the cursor.
    """
    at = next((i for i in (cursor - 1, cursor) if 0 <= i < len(source) and source[i] in "()"), None)
    if at is None:
        return None
    direction = 1 if source[at] == "(" else -1
    depth, i = 0, at
    while 0 <= i < len(source):
        depth += {"(": 1, ")": -1}.get(source[i], 0)
        if depth == 0:
            return at, i
        i += direction
    return at, None


class FormulaHighlighter(QSyntaxHighlighter):
    """Colours a document that holds a formula, and follows the theme."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        theme_hub().changed.connect(self._dress)
        self._dress()

    def _dress(self, *_: object) -> None:
        theme = current_theme()
        for kind in ("number", "constant", "function", "variable", "parameter", "operator", "bracket"):
            style = QTextCharFormat()
            style.setForeground(QColor(word_color(kind, theme)))
            if kind == "variable":
                style.setFontWeight(QFont.Weight.Medium)
            self._formats[kind] = style
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        plain = text.isascii()
        for word in find_words(text):
            start, length = word.start, word.end - word.start
            if not plain:
                start, length = utf16_length(text[:start]), utf16_length(text[start : word.end])
            self.setFormat(start, length, self._formats[word.kind])


def utf16_length(text: str) -> int:
    """How long Qt takes ``text`` to be: it counts characters beyond the basic plane twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _kind(token: Token) -> str:
    if token.kind == "number":
        return "number"
    if token.kind == "operator":
        return "bracket" if token.text in "()" else "operator"
    for kind, names in (("variable", VARIABLES), ("constant", CONSTANTS), ("function", FUNCTIONS)):
        if token.text in names:
            return kind
    return "parameter"
