"""A rule with its numbers reads as one calculates by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradsim.ui.map.anatomy_formulas import LONGEST_LINE, broken_lines, latex_number, shown_number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.944379, "0.944379"),
        (2.6721, "2.6721"),
        (1 / 3, "0.3333"),
        (0.1 + 0.2, "0.3"),
        (-123.456789, "-123.5"),
        (1e-8, "10^{-8}"),
        (-2.5e-7, r"-2.5 \cdot 10^{-7}"),
        (float("inf"), r"\infty"),
        (float("nan"), r"\text{undefined}"),
    ],
)
def test_short_numbers_stand_in_full_and_long_ones_are_rounded(value: float, text: str) -> None:
    assert latex_number(value) == text


@given(st.floats(-1e300, 1e300))
def test_a_number_is_shown_to_four_figures_or_better(value: float) -> None:
    text = latex_number(value).replace(r" \cdot 10^", "e").replace("{", "").replace("}", "")
    if text.lstrip("-").startswith("10^"):
        text = text.replace("10^", "1e")
    assert float(text) == pytest.approx(value, rel=6e-3, abs=0.0)
    assert "e+" not in shown_number(value)


def test_a_long_line_puts_its_result_on_the_next() -> None:
    short, long = "x = 1 + 2 = 3", "x = " + " + ".join(["0.1234"] * 8) + " = 0.9872"
    assert broken_lines((short,)) == (short,)
    calculation, result = broken_lines((long,))
    assert result.endswith("= 0.9872")
    assert f"{calculation} = 0.9872" == long
    assert len(long) > LONGEST_LINE
