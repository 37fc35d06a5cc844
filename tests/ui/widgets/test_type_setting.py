"""LaTeX as pictures: brackets as high as fractions, lines at even distances, long conditions on lines of their own."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gradsim.core.optimizers import OPTIMIZERS
from gradsim.ui.widgets.type_setting import (
    LONGEST_CONDITIONAL,
    break_conditionals,
    paint_formulas,
    set_formula,
    visible_length,
    with_close_signs,
    with_high_brackets,
)

RULE_LINES = sorted({line for each in OPTIMIZERS.values() for rule in each.conventions.values() for line in rule.latex})


@pytest.mark.parametrize(
    ("plain", "high"),
    [
        (r"f(x)", r"f(x)"),
        (r"f(\frac{a}{b})", r"f\left(\frac{a}{b}\right)"),
        (r"a(b + (1 - c) \frac{d}{e})", r"a\left(b + (1 - c) \frac{d}{e}\right)"),
        (r"(a)^{(\frac{b}{c})}", r"(a)^{\left(\frac{b}{c}\right)}"),
        (r"\frac{(a}{b)}", r"\frac{(a}{b)}"),
        (r"\left(\frac{a}{b}\right)", r"\left(\frac{a}{b}\right)"),
        (r"(a) \frac{(b)}{c}", r"(a) \frac{(b)}{c}"),
    ],
)
def test_brackets_around_a_fraction_grow_and_others_stay(plain: str, high: str) -> None:
    assert with_high_brackets(plain) == high


@pytest.mark.parametrize(
    ("latex", "close"),
    [
        (r"p = -M g", r"p = {-}M g"),
        (r"p \leftarrow - \frac{1}{g}", r"p \leftarrow {-}\frac{1}{g}"),
        (r"f(-0.5,\ -2)", r"f({-}0.5,\ {-}2)"),
        (r"\min(-c, x - 1)", r"\min({-}c, x - 1)"),
        (r"H^{-1} - (1 - \beta)", r"H^{{-}1} - (1 - \beta)"),
        (r"a - b = c - d", r"a - b = c - d"),
        (r"m = -\langle g, p \rangle - 0.5", r"m = {-}\langle g, p \rangle - 0.5"),
    ],
)
def test_a_sign_stands_close_to_what_it_belongs_to_and_a_minus_between_two_terms(latex: str, close: str) -> None:
    assert with_close_signs(latex) == close


def test_a_formula_with_a_sign_is_narrower_than_one_with_a_difference(dressed: QApplication) -> None:
    sign, difference = (paint_formulas((line,), 28.0, "#FFFFFF").width() for line in ("p = -M", "p = {} -M"))
    assert sign < difference


def test_a_bracket_is_as_high_as_the_fraction_in_it(dressed: QApplication) -> None:
    image = paint_formulas((r"(\frac{a}{b})",), 28.0, "#FFFFFF")
    bracket = [y for y in range(image.height()) for x in range(6) if image.pixelColor(x, y).alpha() > 100]
    assert max(bracket) - min(bracket) > 0.65 * image.height(), "a plain one is half as high"


def test_every_rule_is_type_set_with_high_brackets() -> None:
    grown = [line for line in RULE_LINES if with_high_brackets(line) != line]
    assert len(grown) > 5
    for line in RULE_LINES:
        high = with_high_brackets(line)
        assert high.count(r"\left(") - line.count(r"\left(") == high.count(r"\right)") - line.count(r"\right)")
        assert set_formula(line, 14.0, "#FFFFFF").startswith(b"<svg")


def test_lines_of_low_letters_are_as_far_apart_as_others(dressed: QApplication) -> None:
    low, high = (paint_formulas((letter,) * 5, 20.0, "#FFFFFF").height() for letter in ("x", "g_0"))
    assert low == pytest.approx(high, rel=0.1)


def test_what_a_long_line_does_under_a_condition_goes_on_below_it() -> None:
    long = [line for line in RULE_LINES if r"\text{: }" in line and visible_length(line) > LONGEST_CONDITIONAL]
    assert len(long) > 4
    for line in RULE_LINES:
        broken = break_conditionals((line,))
        assert len(broken) == (2 if line in long else 1)
        assert "".join(broken).replace(r"\text{:}\quad ", r"\text{: } ") == line or line not in long
        assert max(map(visible_length, broken)) <= visible_length(line)
