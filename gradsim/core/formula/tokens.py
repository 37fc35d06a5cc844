"""Splits a formula into tokens and refuses characters, words and numbers that no formula may hold."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from gradsim.core.errors import FormulaError

MAX_CHARACTERS = 10_000
MAX_NAME_CHARACTERS = 32
MAX_CONSTANT = 1e100

# Tokenizing by hand instead of with ``ast.parse`` keeps every column as typed, never warns, and cannot fold names by
# NFKC, build huge integers or overflow the interpreter's stack.
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n\u00a0]+)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*|π)"
    r"|(?P<operator>\*\*|[-+*/^(),·⋅×−÷])"
    r"|(?P<superscript>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
)
_SPELLINGS = {"**": "^", "·": "*", "⋅": "*", "×": "*", "−": "-", "÷": "/", "π": "pi"}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_NOT_FINITE = {"nan", "inf", "infinity"}
_REMEDIES = {
    "=": "a formula has no '=': write only the right-hand side",
    "|": "'|' cannot be used: write abs(x) instead of |x|",
    "[": "only round brackets group: write ( instead of [",
    "]": "only round brackets group: write ) instead of ]",
    "{": "only round brackets group: write ( instead of {",
    "}": "only round brackets group: write ) instead of }",
    ".": "'.' must be part of a number such as 0.5",
    "_": "'_' cannot start a name: names start with a letter",
    "√": "'√' cannot be used: write sqrt(x)",
    "∞": "numbers must be finite",
}
_REPLACEMENTS = {"[": "(", "]": ")", "{": "(", "}": ")"}


class Token(NamedTuple):
    """One word of a formula; ``source[start:end]`` is what was typed, ``text`` its plain spelling.

    ``kind`` is "number", "name", "operator" (``+ - * / ^ ( ) ,``) or "end", whose place is one past the last character.
    """

    kind: str
    text: str
    start: int
    end: int


def shorten(text: str) -> str:
    """Return ``text`` cut to a length that fits into a one-line message."""
    return text if len(text) <= MAX_NAME_CHARACTERS else text[: MAX_NAME_CHARACTERS - 1] + "…"


def tokenize(source: str) -> list[Token]:
    """Return the tokens of ``source``, the last of kind "end".

    ``**`` and ``^`` both give ``^``; a superscript number gives ``^`` and the number. Raises FormulaError for a source
    that is too long or empty, an unknown character, a reserved word, a name or number that is too large.
    """
    if len(source) > MAX_CHARACTERS:
        reason = f"the formula has {len(source):,} characters: at most {MAX_CHARACTERS:,} are allowed"
        raise FormulaError(reason, start=MAX_CHARACTERS, end=len(source))
    tokens = list(scan_tokens(source))
    if not tokens:
        raise FormulaError("the formula is empty: write for example x^2 + y^2", start=0, end=max(1, len(source)))
    tokens.append(Token("end", "", len(source), len(source) + 1))
    return tokens


def scan_tokens(source: str, position: int = 0) -> Iterator[Token]:
    """Yield the tokens of ``source`` from ``position`` on, without an end; raises FormulaError like ``tokenize``.

    What was found before a mistake has been yielded by then, and the scan may go on behind it, at the error's ``end``.
    """
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise _unknown_character(source, position)
        kind, typed, start, position = str(match.lastgroup), match.group(), position, match.end()
        text = _SPELLINGS.get(typed, typed)
        if kind == "superscript":
            yield Token("operator", "^", start, position)
            kind, text = "number", typed.translate(_SUPERSCRIPTS)
        if kind == "number":
            _check_number(text, start, position)
        elif kind == "name":
            _check_name(text, start, position, called=source[position:].lstrip().startswith("("))
        if kind != "space":
            yield Token(kind, text, start, position)


def _check_number(text: str, start: int, end: int) -> None:
    if not float(text) <= MAX_CONSTANT:
        raise FormulaError(
            f"the number {shorten(text)} is too large: at most {MAX_CONSTANT:g} is allowed", start=start, end=end
        )


def _check_name(name: str, start: int, end: int, *, called: bool) -> None:
    if name.lower() in _NOT_FINITE:
        raise FormulaError(f"{name!r} is not a number that a formula may hold", start=start, end=end)
    if keyword.iskeyword(name) and not called:  # in(x) is more likely sin(x) without its first letter
        reason = f"{name!r} is a reserved word: choose another name, such as {name}_"
        raise FormulaError(reason, start=start, end=end, suggestion=f"{name}_")
    if len(name) > MAX_NAME_CHARACTERS:
        reason = f"the name {shorten(name)!r} is too long: at most {MAX_NAME_CHARACTERS} characters are allowed"
        raise FormulaError(reason, start=start, end=end)


def _unknown_character(source: str, position: int) -> FormulaError:
    character = source[position]
    if character in _REMEDIES:
        return FormulaError(
            _REMEDIES[character], start=position, end=position + 1, suggestion=_REPLACEMENTS.get(character)
        )
    plain = unicodedata.normalize("NFKC", character)
    if plain != character and plain.isascii() and _TOKEN.fullmatch(plain):
        reason = f"the character {character!r} cannot be used: write {plain!r}"
        return FormulaError(reason, start=position, end=position + 1, suggestion=plain)
    hint = ": names are spelled with a-z, A-Z, 0-9 and _" if character.isalpha() else ""
    return FormulaError(f"the character {character!r} cannot be used{hint}", start=position, end=position + 1)
