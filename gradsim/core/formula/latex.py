"""Sets a typed formula as mathematics: LaTeX that says what was typed, simplified and reordered nowhere."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from gradsim.core.formula.latex_forms import (
    Form,
    Level,
    add_forms,
    call_function,
    multiply_forms,
    negate_form,
    raise_form,
    write_fraction,
    write_quotient,
)
from gradsim.core.formula.parse import Instruction, parse
from gradsim.core.formula.vocabulary import VARIABLES

INDENT = 2.0
_SPELLINGS = {"epsilon": "varepsilon"}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_UNICODE_NAMES = {"lambda": "LAMDA"}
_NAME = re.compile(r"(?P<letters>[A-Za-z]+?)_*(?P<digits>[0-9]*)(?:_+(?P<rest>[A-Za-z0-9_]+?))?_*")
_GREEK = re.compile(
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|rho|sigma|tau|upsilon|phi|chi|psi|omega"
    "|Gamma|Delta|Theta|Lambda|Xi|Sigma|Upsilon|Phi|Psi|Omega"
)
_SYMBOL = re.compile(rf"(?P<letter>[A-Za-z]|{_GREEK.pattern})_*(?P<digits>[0-9]*)_*")


class Pair(NamedTuple):
    """A subexpression on a line of its own, and ``small``: as an exponent or inside a fraction, without fractions."""

    full: Form
    small: Form


def formula_lines(source: str, *, width: float = 1e9) -> tuple[str, ...]:
    """Return the formula ``source`` as lines of LaTeX; a sum is broken before a sign where a line exceeds ``width``.

    What was typed is what is set: nothing is simplified or reordered. ``width`` is roughly in digits; a term that is
    wider has a line of its own. Raises FormulaError like ``parse``.
    """
    expression = parse(source)
    stack: list[Pair] = []
    for instruction in expression.instructions:
        n = instruction.n_operands
        operands = stack[len(stack) - n :]
        del stack[len(stack) - n :]
        stack.append(_compose(instruction, operands, source, expression.parameters))
    form = stack[0].full
    return _broken(form.terms, width) if form.level == Level.SUM else (form.text,)


def name_latex(name: str) -> str:
    r"""Return a parameter's name as LaTeX: ``alpha`` is \alpha, ``a1`` and ``a_1`` are a_{1}, ``rate`` is upright."""
    match = _NAME.fullmatch(name)
    if match is None:  # digits between letters, as in a1b
        return rf"\mathrm{{{name.replace('_', '')}}}"
    letters, subscripts = match["letters"], [match["digits"], *(match["rest"] or "").split("_")]
    if _GREEK.fullmatch(letters):
        base = rf"\{_SPELLINGS.get(letters, letters)}"
    else:
        base = letters if len(letters) == 1 else rf"\mathrm{{{letters}}}"
    below = ",".join(part if len(part) == 1 or part.isdigit() else rf"\mathrm{{{part}}}" for part in subscripts if part)
    return f"{base}_{{{below}}}" if below else base


def name_symbol(name: str) -> str:
    """Return a parameter's name as plain text that looks like its LaTeX: ``alpha_1`` is α₁, ``rate`` stays."""
    match = _SYMBOL.fullmatch(name)
    if match is None:
        return name
    letter = match["letter"]
    if len(letter) > 1:
        case = "CAPITAL" if letter[0].isupper() else "SMALL"
        letter = unicodedata.lookup(f"GREEK {case} LETTER {_UNICODE_NAMES.get(letter.lower(), letter.upper())}")
    return letter + match["digits"].translate(_SUBSCRIPTS)


def _compose(instruction: Instruction, operands: list[Pair], source: str, parameters: tuple[str, ...]) -> Pair:
    operation, typed = instruction.operation, source[instruction.start : instruction.end]
    full, small = [pair.full for pair in operands], [pair.small for pair in operands]
    if operation == "constant":
        form = _constant(typed)
    elif operation == "variable":
        form = _name(VARIABLES[int(instruction.value)])
    elif operation == "parameter":
        form = _name(parameters[int(instruction.value)])
    elif operation in ("add", "sub"):
        sign = "+" if operation == "add" else "-"
        return Pair(add_forms(sign, *full), add_forms(sign, *small))
    elif operation == "neg":
        return Pair(negate_form(*full), negate_form(*small))
    elif operation == "mul":
        return Pair(multiply_forms(*full), multiply_forms(*small))
    elif operation == "div":
        return Pair(write_fraction(*small), write_quotient(*small))
    elif operation == "pow":
        return Pair(raise_form(full[0], small[1]), raise_form(*small))
    else:
        name = typed.partition("(")[0].strip()
        return Pair(call_function(operation, name, full, small[0]), call_function(operation, name, small, small[0]))
    return Pair(form, form)


def _constant(typed: str) -> Form:
    if typed in ("pi", "π"):
        return Form(r"\pi", Level.ATOM, 1.0, "letter", "letter")
    if typed == "e":
        return Form("e", Level.ATOM, 1.0, "letter", "letter")
    mantissa, _, exponent = typed.translate(_SUPERSCRIPTS).lower().partition("e")
    whole, point, digits = mantissa.partition(".")
    mantissa = f"{whole or '0'}.{digits}" if point and digits else whole or "0"
    if not exponent:
        return Form(mantissa, Level.ATOM, len(mantissa), "number", "number")
    power, width = f"10^{{{int(exponent)}}}", 2.0 + 0.7 * len(str(int(exponent)))
    if mantissa == "1":
        return Form(power, Level.POWER, width, "number", "number")
    return Form(rf"{mantissa} \cdot {power}", Level.PRODUCT, len(mantissa) + 2.0 + width, "number", "number")


def _name(name: str) -> Form:
    text = name_latex(name)
    kind = "word" if text.startswith(r"\mathrm") else "letter"
    width = 1.0 if re.fullmatch(r"[A-Za-z]|\\[a-z]+", text, re.IGNORECASE) else float(len(name))
    return Form(text, Level.ATOM, width, kind, kind)


def _broken(terms: tuple[tuple[str, float], ...], width: float) -> tuple[str, ...]:
    lines: list[str] = []
    room = 0.0
    for text, needed in terms:
        if lines and needed <= room:
            lines[-1] += f" {text}"
            room -= needed
        else:
            lines.append(rf"\quad {text}" if lines else text)
            room = width - needed - (INDENT if len(lines) > 1 else 0.0)
    return tuple(lines)
