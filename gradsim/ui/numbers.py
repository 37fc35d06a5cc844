"""Numbers as people read them: few significant figures, a real minus sign, powers of ten, and round axis ticks."""

from __future__ import annotations

import math

MINUS = "\u2212"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(value: float, *, digits: int = 4) -> str:
    """Return ``value`` to ``digits`` significant figures without trailing zeros: ``0.00123``, ``1234``, ``1.23×10⁻⁷``.

    Numbers from 10⁻⁴ to 10⁶ are written out, integer digits in full; others get a power of ten with one figure less.
    An infinity is ``∞`` and NaN is ``undefined``.
    """
    value = float(value)
    if math.isnan(value):
        return "undefined"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value == 0.0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -4 <= exponent < 6:
        text = _trimmed(f"{value:.{max(0, digits - 1 - exponent)}f}")
        if len(text.lstrip("-")) < 7 or "." in text:  # else rounding has reached 10⁶
            return text.replace("-", MINUS)
    mantissa, _, power = f"{value:.{max(0, digits - 2)}e}".partition("e")
    return f"{power_of_ten(int(power), _trimmed(mantissa))}"


def power_of_ten(exponent: int, mantissa: str = "1") -> str:
    """Return ``10⁻⁷`` or ``1.23×10⁻⁷``."""
    power = "10" + str(exponent).translate(_SUPERSCRIPTS)
    if mantissa in ("1", "-1"):
        return power if mantissa == "1" else MINUS + power
    return f"{mantissa}×{power}".replace("-", MINUS)


def format_count(n: int) -> str:
    """Return ``n`` in groups of three: ``32,000``."""
    return f"{n:,}"


def format_vector(values: tuple[float, ...] | list[float], *, digits: int = 4) -> str:
    """Return ``(1.5, −2)``; a single number stands without brackets."""
    parts = [format_number(value, digits=digits) for value in values]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


def nice_ticks(low: float, high: float, *, n_most: int) -> tuple[list[float], float]:
    """Return about ``n_most`` ticks at multiples of 1, 2 or 5 × a power of ten within [low, high], and their spacing.

    An empty or non-finite range, or one so narrow that neighbouring ticks are the same float, has no ticks.
    """
    span = high - low
    if not (math.isfinite(low) and math.isfinite(high) and math.isfinite(span) and span > 0.0) or n_most < 1:
        return [], 0.0
    rough = span / n_most
    decade = 10.0 ** math.floor(math.log10(rough))
    if decade == 0.0:
        return [], 0.0
    spacing = next(
        (decade * factor for factor in (1.0, 2.0, 5.0) if decade * factor >= rough * (1 - 1e-9)), decade * 10
    )
    if spacing < 4 * math.ulp(max(abs(low), abs(high))):
        return [], 0.0
    first, last = math.ceil(low / spacing - 1e-9), math.floor(high / spacing + 1e-9)
    return [_snapped(index, spacing) for index in range(first, last + 1)], spacing


def tick_labels(ticks: list[float], spacing: float) -> list[str]:
    """Return labels that all have the same number of decimals, or share a power of ten's notation when far from 1."""
    if not ticks:
        return []
    largest = max(abs(tick) for tick in ticks)
    decimals = max(0, -math.floor(math.log10(spacing) + 1e-9))
    if largest < 1e5 and decimals <= 5:
        return [f"{tick:.{decimals}f}".replace("-", MINUS) for tick in ticks]
    digits = 2 + max(1, math.ceil(math.log10(largest / spacing) - 1e-9) + 1)
    return [format_number(tick, digits=min(digits, 15)) for tick in ticks]


def _trimmed(text: str) -> str:
    """Drop the zeros behind a decimal point."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _snapped(index: int, spacing: float) -> float:
    """Return ``index * spacing`` as the float nearest to the decimal number, so that 3 × 0.1 is 0.3."""
    return float(f"{index * spacing:.12g}") if abs(index) < 10**9 else index * spacing
