"""Joins pieces of LaTeX into larger ones, with fractions, powers, roots and no more brackets than they need."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

_POWER_BEFORE_ARGUMENT = frozenset(("sin", "cos", "tan", "sinh", "cosh", "tanh", "log"))
_SPELLINGS = {"atan": "arctan"}
MINUS = "{-}"  # the braces make it a sign: a bare one gets the space of a difference
LONGEST_EXPONENT = 8.0
"""An exponential with a longer exponent is written exp(…)."""


class Level(IntEnum):
    """How tightly the parts of a form hold together, the loosest first."""

    SUM = 1
    QUOTIENT = 2  # a/b on one line
    PRODUCT = 3
    FRACTION = 4
    POWER = 5
    CALL = 6
    ATOM = 7


class Form(NamedTuple):
    """A subexpression as LaTeX.

    Attributes:
        text: the LaTeX.
        level: decides where it needs brackets.
        width: roughly, in digits.
        first, last: what it begins and ends with: "number", "letter", "word", "bracket" or "fraction".
        tall: whether brackets around it must grow.
        signed: whether it begins with a minus sign.
        terms: of a sum, each with its sign and its width.
        positive: what a minus sign was put before, without the brackets that the sign asked for.
        call: of a function whose power may stand between its word and its argument, the two.
    """

    text: str
    level: Level
    width: float
    first: str
    last: str
    tall: bool = False
    signed: bool = False
    terms: tuple[tuple[str, float], ...] = ()
    positive: Form | None = None
    call: tuple[str, str] | None = None


def _bracketed(form: Form) -> Form:
    left, right = (r"\left(", r"\right)") if form.tall else ("(", ")")
    return Form(f"{left}{form.text}{right}", Level.ATOM, form.width + 1.2, "bracket", "bracket", form.tall)


def _factor(form: Form, level: Level, *, may_be_signed: bool = False) -> Form:
    """``form``, in brackets if it holds together less than ``level`` asks or begins with a sign that must not stand."""
    return _bracketed(form) if form.level < level or (form.signed and not may_be_signed) else form


def add_forms(sign: str, left: Form, right: Form) -> Form:
    """``left`` + or − ``right``; ``sign`` is "+" or "-"."""
    right = _factor(right, Level.QUOTIENT)
    terms = left.terms if left.level == Level.SUM else ((left.text, left.width),)
    width = left.width + right.width + 2.2
    return Form(
        f"{left.text} {sign} {right.text}",
        Level.SUM,
        width,
        left.first,
        right.last,
        left.tall or right.tall,
        left.signed,
        (*terms, (f"{sign} {right.text}", right.width + 2.2)),
    )


def negate_form(form: Form) -> Form:
    """−``form``."""
    inside = _factor(form, Level.QUOTIENT)
    return inside._replace(
        text=f"{MINUS}{inside.text}",
        level=min(inside.level, Level.PRODUCT),
        width=inside.width + 1.0,
        signed=True,
        positive=form,
        terms=(),
        call=None,
    )


def multiply_forms(left: Form, right: Form) -> Form:
    """The two beside each other, with a dot where they would be misread."""
    left, right = _factor(left, Level.PRODUCT, may_be_signed=True), _factor(right, Level.PRODUCT)
    joint = _joint(left.last, right.first)
    width = left.width + right.width + (1.6 if "cdot" in joint else 0.3)
    tall = left.tall or right.tall
    return Form(f"{left.text}{joint}{right.text}", Level.PRODUCT, width, left.first, right.last, tall, left.signed)


def _joint(last: str, first: str) -> str:
    r"""What stands between two factors: \cdot where digits would run together, a thin space beside words."""
    if first == "number" or (last, first) == ("number", "fraction"):
        return r" \cdot "
    if "word" in (last, first) or "fraction" in (last, first) or (last, first) == ("letter", "bracket"):
        return r" \, "
    return " "


def _split_sign(form: Form) -> tuple[str, Form]:
    """A minus sign in front of a product goes before the fraction: ``MINUS`` or "", and the rest."""
    if not form.signed or form.level == Level.SUM:
        return "", form
    if form.positive is not None:
        return MINUS, form.positive
    return MINUS, form._replace(text=form.text.removeprefix(MINUS), signed=False)


def write_fraction(numerator: Form, denominator: Form) -> Form:
    """A fraction with its bar; a sign of the numerator stands before it."""
    sign, numerator = _split_sign(numerator)
    return Form(
        rf"{sign}\frac{{{numerator.text}}}{{{denominator.text}}}",
        Level.PRODUCT if sign else Level.FRACTION,
        max(numerator.width, denominator.width) + 0.6 + bool(sign),
        "fraction",
        "fraction",
        tall=True,
        signed=bool(sign),
    )


def write_quotient(left: Form, right: Form) -> Form:
    """``left``/``right`` on one line."""
    left, right = _factor(left, Level.QUOTIENT, may_be_signed=True), _factor(right, Level.FRACTION)
    width = left.width + right.width + 0.8
    return Form(
        f"{left.text}/{right.text}", Level.QUOTIENT, width, left.first, right.last, left.tall or right.tall, left.signed
    )


def raise_form(base: Form, exponent: Form) -> Form:
    """``base`` to the power of ``exponent``."""
    width = 0.75 * exponent.width
    if base.call is not None and exponent.text.isdigit():  # sin²(x); a negative power would look like the inverse
        word, argument = base.call
        return base._replace(
            text=f"{word}^{{{exponent.text}}}{argument}", level=Level.POWER, width=base.width + width, call=None
        )
    inside = _factor(base, Level.ATOM)
    return Form(
        f"{inside.text}^{{{exponent.text}}}", Level.POWER, inside.width + width, inside.first, inside.last, inside.tall
    )


def call_function(operation: str, name: str, arguments: list[Form], exponent: Form) -> Form:
    """The function ``operation``, typed as ``name``; ``exponent`` is its argument as exp writes it, above an e."""
    inside = arguments[0]
    if operation == "sqrt":
        return Form(rf"\sqrt{{{inside.text}}}", Level.CALL, inside.width + 1.4, "bracket", "bracket", tall=True)
    if operation == "abs":
        text = rf"\left|{inside.text}\right|"
        return Form(text, Level.ATOM, inside.width + 1.0, "bracket", "bracket", inside.tall)
    if operation == "exp" and exponent.width <= LONGEST_EXPONENT:
        return Form(f"e^{{{exponent.text}}}", Level.POWER, 1.0 + 0.75 * exponent.width, "letter", "letter")
    tall, width = any(form.tall for form in arguments), sum(form.width for form in arguments) + 1.2 * len(arguments)
    listed = Form(", ".join(form.text for form in arguments), Level.SUM, width, "", "", tall)
    word, argument = rf"\{_SPELLINGS.get(name, name)}", _bracketed(listed).text
    call = (word, argument) if operation in _POWER_BEFORE_ARGUMENT else None
    return Form(f"{word}{argument}", Level.CALL, width + len(name), "word", "bracket", tall, call=call)
