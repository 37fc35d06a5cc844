"""Several values in one line."""

from __future__ import annotations

import pytest

from gradsim.ui.optimizers.value_list import parse_values


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("0, .5, .9, .99", "linear", (0.0, 0.5, 0.9, 0.99)),
        ("1e-3…1e-1 × 5", "logarithmic", (0.001, 0.00316, 0.01, 0.0316, 0.1)),
        ("1e-3...1e-1 x 3", "logarithmic", (0.001, 0.01, 0.1)),
        ("0.1..0.001*3", "logarithmic", (0.1, 0.01, 0.001)),
        ("0…1 × 5", "linear", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("0…1 × 3", "logarithmic", (0.0, 0.5, 1.0)),  # no decades lead to 0
        ("0…0.999 × 4", "complement", (0.0, 0.9, 0.99, 0.999)),
        ("0…1 × 3", "complement", (0.0, 0.5, 1.0)),
        ("0; 1/3; 0.9…0.99 × 2", "linear", (0.0, 1 / 3, 0.9, 0.99)),
        ("0.5,", "linear", (0.5,)),
        ("1…1.001 × 3", "linear", (1.0, 1.0005, 1.001)),
        ("0.9…0.99 × 3", "complement", (0.9, 0.9684, 0.99)),
    ],
)
def test_values_and_ranges(text: str, kind: str, values: tuple[float, ...]) -> None:
    assert parse_values(text, kind) == values


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "write values"),
        ("fast", "fast is no number"),
        ("0, 1/0", "1/0 has no finite value"),
        ("0.5, 1/2", "0.5 stands there twice"),
        ("1…2 × 1", "a range has 2 to"),
        ("1…2 × 99999999", "a range has 2 to"),
        ("1…2", "is no number"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        parse_values(text)
    assert "\n" not in str(caught.value)
