"""Numbers are written as people read them."""

from __future__ import annotations

import math

import pytest

from gradsim.ui.numbers import MINUS, format_number, format_vector, nice_ticks, tick_labels


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (0.01, "0.01"),
        (2.5, "2.5"),
        (0.00123, "0.00123"),
        (1234.0, "1234"),
        (123456.7, "123457"),
        (999999.9, "10⁶"),
        (1.234e-7, "1.23×10⁻⁷"),
        (-1.234e-7, "−1.23×10⁻⁷"),
        (1e-7, "10⁻⁷"),
        (-1e300, "−10³⁰⁰"),
        (3.141592653589793, "3.142"),
        (-2.80512, "−2.805"),
        (9.99996, "10"),
        (5e-324, "4.94×10⁻³²⁴"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "undefined"),
    ],
)
def test_numbers_have_few_figures_and_no_programmers_exponent(value: float, text: str) -> None:
    assert format_number(value) == text


def test_vectors_have_brackets_only_from_two_components() -> None:
    assert format_vector([1.5]) == "1.5"
    assert format_vector([1.5, -2.0]) == "(1.5, −2)"


@pytest.mark.parametrize(
    ("low", "high"),
    [(-6.0, 6.0), (0.0, 1.0), (-1e-9, 2e-9), (1e8, 1e8 + 3), (-3e200, 5e200), (2.0000001, 2.0000002), (-0.3, 0.1)],
)
def test_ticks_lie_within_the_range_and_have_distinct_labels(low: float, high: float) -> None:
    ticks, spacing = nice_ticks(low, high, n_most=8)
    assert 2 <= len(ticks) <= 9
    margin = spacing * 1e-6
    assert all(low - margin <= tick <= high + margin for tick in ticks)
    labels = tick_labels(ticks, spacing)
    assert len(set(labels)) == len(ticks)
    assert not any("e" in label or "-" in label for label in labels)


def test_tick_labels_share_their_decimals() -> None:
    assert tick_labels(*nice_ticks(-1.0, 1.0, n_most=4)) == [MINUS + "1.0", MINUS + "0.5", "0.0", "0.5", "1.0"]
    assert tick_labels(*nice_ticks(-4.0, 4.0, n_most=4)) == [MINUS + "4", MINUS + "2", "0", "2", "4"]


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.0), (1.0, 0.0), (math.nan, 1.0), (0.0, math.inf), (1.0, 1 + 1e-16)])
def test_an_impossible_range_has_no_ticks(low: float, high: float) -> None:
    assert nice_ticks(low, high, n_most=8)[0] == []
