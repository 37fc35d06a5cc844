"""Several values typed in one line: ``0, .5, .9, .99`` or ``1e-3…1e-1 × 5``."""

from __future__ import annotations

import re
from collections.abc import Callable

from gradsim.ui.numbers import format_count
from gradsim.ui.widgets.number_field import parse_number
from gradsim.ui.widgets.sliders import rounded

_RANGE = re.compile(r"(?P<low>.+?)\s*(?:…|\.{3}|\.\.)\s*(?P<high>.+?)\s*[×x*]\s*(?P<n>\d+)")
MOST_VALUES = 1000
FEWEST_FIGURES = 3


def parse_values(text: str, kind: str = "linear") -> tuple[float, ...]:
    """Read numbers and ranges with commas or semicolons between them; a range is spaced as a slider of ``kind`` is.

    ``kind`` is that of ``Scale``: "logarithmic" spaces evenly in decades, "complement" in decades of the distance to 1
    and "linear" evenly; where a range allows only even spacing it has that. Values between the ends are rounded to
    three figures, or to as many as tell them apart. Raises ValueError with one line for the user.
    """
    values: list[float] = []
    for item in filter(None, (item.strip() for item in re.split(r"[,;]", text))):
        match = _RANGE.fullmatch(item)
        values += _spaced(match, kind) if match else [parse_number(item)]
    if not values:
        raise ValueError("write values with commas between them: 0, 0.5, 0.9 or 1e-3…1e-1 × 5")
    for place, value in enumerate(values):
        if value in values[:place]:
            raise ValueError(f"{value:g} stands there twice")
    return tuple(values)


def _spaced(match: re.Match[str], kind: str) -> list[float]:
    low, high, n = parse_number(match["low"]), parse_number(match["high"]), int(match["n"])
    if not 2 <= n <= MOST_VALUES:
        raise ValueError(f"a range has 2 to {format_count(MOST_VALUES)} values, not {format_count(n)}")
    shares = [step / (n - 1) for step in range(1, n - 1)]
    if kind == "logarithmic" and min(low, high) > 0:
        between = [low * (high / low) ** share for share in shares]
    elif kind == "complement" and max(low, high) < 1:
        gaps = [(1 - low) * ((1 - high) / (1 - low)) ** share for share in shares]
        return _distinct(lambda figures: [low, *(round(1 - rounded(gap, figures), 15) for gap in gaps), high])
    else:
        between = [low + (high - low) * share for share in shares]
    return _distinct(lambda figures: [low, *(rounded(value, figures) for value in between), high])


def _distinct(round_to: Callable[[int], list[float]]) -> list[float]:
    """The values to as few figures as keep them apart."""
    lists = (round_to(figures) for figures in range(FEWEST_FIGURES, 18))
    return next((values for values in lists if len(set(values)) == len(values)), round_to(17))
