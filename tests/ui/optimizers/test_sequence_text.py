"""Lists of numbers as they are typed."""

from __future__ import annotations

import pytest

from gradsim.ui.optimizers.sequence_text import MOST_VALUES, parse_sequence, sequence_text


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1010, -10 ×100", (1010.0, *[-10.0] * 100)),
        ("1010,-10x3", (1010.0, -10.0, -10.0, -10.0)),
        ("1010; \u221210 * 2 ;", (1010.0, -10.0, -10.0)),
        ("1, 2, 3,", (1.0, 2.0, 3.0)),
        ("1 -2\t3", (1.0, -2.0, 3.0)),
        ("1 -2 × 2 3", (1.0, -2.0, -2.0, 3.0)),
        ("1 - 2", (-1.0,)),
        ("1/3, 2*pi, 1e-3 x2", (1 / 3, 6.283185307179586, 1e-3, 1e-3)),
        ("0 ×100000", (0.0,) * MOST_VALUES),
    ],
)
def test_values_and_repetitions(text: str, values: tuple[float, ...]) -> None:
    assert parse_sequence(text) == pytest.approx(values, rel=1e-15)
    assert parse_sequence(sequence_text(values)) == values


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "write values"),
        (" , ", "write values"),
        ("1, up", "up is no number"),
        ("1 ×", "is no number"),
        ("×3", "is no number"),
        ("1/0", "no finite value"),
        ("1e200", "1e200 is too large"),
        ("1 ×0", "repeats a value no times"),
        ("1 ×99999, 2 ×2", "too many values: 100,000 are the most"),
        ("1 ×9999999999999", "too many values"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        parse_sequence(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((1010.0, *[-10.0] * 100), "1010, -10 ×100"),
        ((1.0, 1.0, 2.0), "1, 1, 2"),
        ((0.1,), "0.1"),
        ((1 / 3, -1e-8), "1/3, -1e-8"),
        ((12345678.9,) * 3, "12345678.9 ×3"),
    ],
)
def test_runs_are_written_short(values: tuple[float, ...], text: str) -> None:
    assert sequence_text(values) == text
    assert parse_sequence(text) == values
