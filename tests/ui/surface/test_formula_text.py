"""The formula's text field: colours, brackets, words on offer, and mistakes at their very place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradsim.core.errors import FormulaError
from gradsim.core.formula.graph import build_formula
from gradsim.core.formula.vocabulary import CONSTANTS, FUNCTIONS, MEANINGS, VARIABLES
from gradsim.core.render.palette import THEMES, rgb
from gradsim.ui.surface.formula_colors import find_words, matching_bracket, word_color
from gradsim.ui.surface.formula_completion import known_words
from gradsim.ui.surface.formula_text import FormulaText

KINDS = ("number", "constant", "function", "variable", "parameter", "operator", "bracket")
WAVE = QTextCharFormat.UnderlineStyle.WaveUnderline


@pytest.fixture
def text(qtbot: QtBot, dressed: QApplication) -> FormulaText:
    text = FormulaText()
    qtbot.addWidget(text)
    text.resize(240, 80)
    with qtbot.waitExposed(text):
        text.show()
    text.activateWindow()
    text.setFocus()
    qtbot.waitUntil(text.hasFocus)
    return text


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2."""
    channels = (c / 255 for c in rgb(color))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_colour_is_readable(name: str, kind: str) -> None:
    theme = THEMES[name]
    first, second = sorted((luminance(word_color(kind, theme)), luminance(theme.panel)), reverse=True)
    assert (first + 0.05) / (second + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("2.5*x", "number operator variable"),
        ("sin(a)", "function bracket parameter bracket"),
        ("y² + π", "variable operator number operator constant"),
        ("x $ 1e-3", "variable number"),
        ("e^(", "constant operator bracket"),
    ],
)
def test_words_are_told_apart_even_around_mistakes(source: str, kinds: str) -> None:
    assert [word.kind for word in find_words(source)] == kinds.split()


def test_words_are_coloured_where_they_stand(text: FormulaText) -> None:
    text.setPlainText("𝔁 + sin(x)")  # the first character counts twice in Qt
    formats = text.document().firstBlock().layout().formats()
    places = {(each.start, each.length): each.format.foreground().color().name() for each in formats}
    assert places[5, 3] == word_color("function", THEMES["dark"]).lower()


@pytest.mark.parametrize(
    ("source", "cursor", "pair"),
    [
        ("(x)", 0, (0, 2)),
        ("(x)", 3, (2, 0)),
        ("sin((x)+1)", 4, (3, 9)),
        ("((x)", 1, (0, None)),
        ("x+y", 1, None),
        ("", 0, None),
    ],
)
def test_brackets_find_their_partner(source: str, cursor: int, pair: object) -> None:
    assert matching_bracket(source, cursor) == pair


def test_the_brackets_at_the_cursor_are_marked(text: FormulaText, qtbot: QtBot) -> None:
    qtbot.keyClicks(text, "2*(x+1)")
    assert [each.cursor.selectedText() for each in text.extraSelections()] == [")", "("]
    for _ in range(2):
        qtbot.keyClick(text, Qt.Key.Key_Left)
    assert text.extraSelections() == []


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("x^^2", "^"),
        ("x**2 + sni(y)", "sni"),
        ("x² + π·sni(y)", "sni"),
        ("x^2 +\n y^2 + 3 $ 4", "$"),
        ("x^2 +\n sni(y)", "sni"),
        ("𝔁 + y", "𝔁"),
        ("x + 2y", "2y"),
        ("x + (y", "("),
        ("x +", "+"),
    ],
)
def test_a_mistake_is_underlined_at_its_very_place(text: FormulaText, source: str, wrong: str) -> None:
    text.setPlainText(source)
    with pytest.raises(FormulaError) as caught:
        build_formula(text.toPlainText())
    text.show_error(caught.value)
    marks = [each.cursor.selectedText() for each in text.extraSelections() if each.format.underlineStyle() == WAVE]
    assert marks == [wrong]
    text.show_error(None)
    assert not any(each.format.underlineStyle() == WAVE for each in text.extraSelections())


def test_every_word_has_a_meaning() -> None:
    assert set(MEANINGS) == {*FUNCTIONS, *CONSTANTS, *VARIABLES}
    assert "beta" in known_words("beta*x")


def test_a_function_is_completed_with_the_cursor_between_its_brackets(text: FormulaText, qtbot: QtBot) -> None:
    qtbot.keyClicks(text, "2*sq")
    assert text.completer.is_open
    qtbot.keyClick(text.completer.popup(), Qt.Key.Key_Return)
    qtbot.keyClicks(text, "x")
    assert text.toPlainText() == "2*sqrt(x)"
    assert not text.completer.is_open


def test_a_closing_bracket_is_typed_over_the_completed_one(text: FormulaText, qtbot: QtBot) -> None:
    qtbot.keyClicks(text, "2*sq")
    qtbot.keyClick(text.completer.popup(), Qt.Key.Key_Return)
    qtbot.keyClicks(text, "x) + 1")
    assert text.toPlainText() == "2*sqrt(x) + 1"


def test_a_closing_bracket_that_is_missing_is_inserted(text: FormulaText, qtbot: QtBot) -> None:
    text.setPlainText("(x + (y)")
    text.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClick(text, Qt.Key.Key_Left)
    qtbot.keyClicks(text, ")")
    assert text.toPlainText() == "(x + (y))"


def test_arrows_choose_among_words_and_tab_takes_one(text: FormulaText, qtbot: QtBot) -> None:
    qtbot.keyClicks(text, "ta")
    qtbot.keyClick(text.completer.popup(), Qt.Key.Key_Down)
    qtbot.keyClick(text.completer.popup(), Qt.Key.Key_Tab)
    assert text.toPlainText() == "tanh()"
    assert text.hasFocus()


def test_escape_leaves_the_words_and_the_text(text: FormulaText, qtbot: QtBot) -> None:
    qtbot.keyClicks(text, "co")
    qtbot.keyClick(text.completer.popup(), Qt.Key.Key_Escape)
    assert not text.completer.is_open
    assert text.toPlainText() == "co"
    assert text.hasFocus()


def test_parameters_of_the_formula_are_offered(text: FormulaText, qtbot: QtBot) -> None:
    qtbot.keyClicks(text, "beta*x + be")
    qtbot.keyClick(text.completer.popup(), Qt.Key.Key_Return)
    assert text.toPlainText() == "beta*x + beta"


def test_enter_takes_the_formula_when_its_last_word_is_complete(text: FormulaText, qtbot: QtBot) -> None:
    qtbot.keyClicks(text, "x + tan")  # tanh is on offer
    assert text.completer.is_open
    with qtbot.waitSignal(text.committed):
        qtbot.keyClick(text.completer.popup(), Qt.Key.Key_Return)
    assert text.toPlainText() == "x + tan"


def test_single_letters_and_numbers_offer_nothing_until_asked(text: FormulaText, qtbot: QtBot) -> None:
    for typed in ("x", "2", "a1*p"):
        text.clear()
        qtbot.keyClicks(text, typed)
        assert not text.completer.is_open
    qtbot.keyClick(text, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert text.completer.is_open
    qtbot.keyClick(text.completer.popup(), Qt.Key.Key_Return)
    assert text.toPlainText() == "a1*pi"
