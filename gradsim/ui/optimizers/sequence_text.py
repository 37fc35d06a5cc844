"""A list of numbers, one for each update, as it is typed: ``1010, -10 ×100``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from gradsim.ui.numbers import format_count
from gradsim.ui.widgets.number_field import is_plain_number, number_text, parse_number

MOST_VALUES = 100_000
LARGEST_VALUE = 1e100
FEWEST_REPEATED = 3
"""Two of a kind are written out."""

_REPEATED = re.compile(r"(?P<number>.+?)[×x*](?P<n>[0-9]{1,4000})")
_SIGN_OF_REPETITION = re.compile(r"\s*[×x*]\s*(?=[0-9]+(?:[\s,;]|$))")


def parse_sequence(text: str) -> tuple[float, ...]:
    """Read numbers with commas, semicolons or spaces between them, each perhaps with how often it is repeated.

    Raises ValueError with one line for the user.
    """
    values: list[float] = []
    for item in _items(text.replace("\u2212", "-")):
        match = _REPEATED.fullmatch(item)
        value = parse_number(match["number"] if match else item)
        n = int(match["n"]) if match else 1
        if abs(value) > LARGEST_VALUE:
            raise ValueError(f"{item} is too large: values go up to {LARGEST_VALUE:g}")
        if n == 0:
            raise ValueError(f"{item} repeats a value no times; write ×1 or more, or leave it out")
        if len(values) + n > MOST_VALUES:
            raise ValueError(f"these are too many values: {format_count(MOST_VALUES)} are the most")
        values += [value] * n
    if not values:
        raise ValueError("write values with commas between them, such as 1010, -10 ×100")
    return tuple(values)


def sequence_text(values: Sequence[float]) -> str:
    """The text that reads back as ``values``, with repetitions written as such."""
    items: list[str] = []
    for value, group in groupby(values):
        n = len(list(group))
        items += [f"{number_text(value)} ×{n}"] if n >= FEWEST_REPEATED else [number_text(value)] * n
    return ", ".join(items)


def _items(text: str) -> list[str]:
    """The parts that stand for one value or one repetition; ``1 - 2`` is one, and ``1 -2`` are two."""
    items: list[str] = []
    for part in re.split(r"[,;]", _SIGN_OF_REPETITION.sub("×", text)):
        words = part.split()
        items += words if all(is_plain_number(word.partition("×")[0]) for word in words) else [part.strip()]
    return items
