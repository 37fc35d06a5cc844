"""The vertical axis of a plot of curves: logarithmic or linear, over a range in which the curves can be told apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gradsim.ui.numbers import nice_ticks, power_of_ten, tick_labels
from gradsim.ui.plots.curves import Curves

Floats = NDArray[np.float64]
Scale = Literal["log", "linear"]

SMALLEST_SHARE = 1e-17
ROUNDING = 1e-15  # of what is subtracted: smaller differences from it are rounding
# What diverges leaves the frame and does not squeeze those that get anywhere: it may rise by as much as they fall.
LARGEST_RISE = 1e2
MARKED_FALL = 10.0
LARGEST_FALL, LARGEST_FALL_BELOW_KNOWN = 1e3, 30.0
SHOWN_FALL = 10.0
PADDING = 0.04
_LABELS_WITHIN_DECADE = (1.0, 2.0, 5.0)


@dataclass(frozen=True)
class ValueAxis:
    """Where values lie.

    Attributes:
        is_log: whether heights are log₁₀(sign·value − floor), else they are the values.
        low, high: heights at the ends of the axis, low < high.
        sign: −1 when the goal is to maximise.
        floor: what is subtracted before the logarithm; 0 unless values are negative.
        unbounded: whether the axis is linear because a curve falls (or, to maximise, rises) out of sight.
    """

    is_log: bool
    low: float
    high: float
    sign: float = 1.0
    floor: float = 0.0
    unbounded: bool = False

    def heights(self, values: Floats) -> Floats:
        """Return where ``values`` lie, NaN where they are not finite; far outside the frame it is all the same."""
        with np.errstate(all="ignore"):
            if self.is_log:
                heights = np.log10(np.maximum(self.sign * values - self.floor, 0.0))
                bottom = self.low
            else:
                heights, bottom = values, 2 * self.low - self.high
            # Huge coordinates are more than a painter can take.
            return np.where(np.isfinite(values), np.clip(heights, bottom, 2 * self.high - self.low), np.nan)

    def ticks(self, n_most: int) -> list[tuple[float, str]]:
        """Return about ``n_most`` (height, label) pairs, ascending."""
        if not self.is_log:
            ticks, spacing = nice_ticks(self.low, self.high, n_most=max(1, n_most))
            return list(zip(ticks, tick_labels(ticks, spacing), strict=True))
        first, last = math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9)
        if last - first + 1 <= 2 and n_most >= 3:
            return [
                (math.log10(factor) + decade, _power_label(factor, decade, plain=_is_plain(first, last)))
                for decade in range(first - 1, last + 1)
                for factor in _LABELS_WITHIN_DECADE
                if self.low <= math.log10(factor) + decade <= self.high
            ]
        stride = max(1, -(-(last - first + 1) // max(1, n_most)))
        decades = range(-(-first // stride) * stride, last + 1, stride)
        plain = _is_plain(min(decades, default=0), max(decades, default=0))
        return [(float(k), _power_label(1.0, k, plain=plain)) for k in decades]


def _is_plain(first: int, last: int) -> bool:
    """Whether all powers of ten from ``first`` to ``last`` are short when they are written out."""
    return first >= -3 and last <= 4


def _power_label(factor: float, exponent: int, *, plain: bool) -> str:
    """Return ``factor × 10^exponent`` as it is read at an axis: 0.5, 20, 10⁻⁷."""
    if plain or 0 <= exponent <= 1:
        return f"{factor * 10.0**exponent:.{max(0, -exponent)}f}"
    return power_of_ten(exponent, f"{factor:.0f}")


def value_axis(
    curves: Curves, scale: Scale, *, sign: float = 1.0, best_known: float | None = None, origin: float | None = None
) -> ValueAxis:
    """Return the axis on which ``curves`` can be told apart.

    Args:
        scale: what is asked for; a logarithmic axis of values that fall without end would show nothing and is linear.
        sign: −1 when the goal is to maximise: the logarithm is then that of how far a value lies below the best.
        best_known: the least (to maximise, the greatest) critical value of the surface, where one is known.
        origin: what a linear axis shows in any case, such as no distance at all: how much is left can then be seen.
    """
    # Of a band the better end may leave a logarithmic axis, and one on which it falls without end: a tenth of the
    # particles is often far ahead of all medians.
    better, worse = (curves.low, curves.high) if sign > 0 else (curves.high, curves.low)
    finite = sign * _finite(curves.middle, worse)
    first = sign * curves.middle[:, 0]
    first = first[np.isfinite(first)]
    best = None if best_known is None else sign * best_known
    if not finite.size:
        return ValueAxis(scale == "log", -1.0, 1.0, sign)
    if _falls_for_ever(finite, first, best):
        reach = SHOWN_FALL * _size(first)
        return _linear(min(0.0, best or 0.0) - reach, min(float(finite.max()), reach), sign, unbounded=True)
    if scale == "linear":
        whole = sign * _finite(curves.middle, worse, better)
        low, high = _linear_range(finite if _falls_for_ever(whole, first, best) else whole, first)
        return _linear(low if origin is None else min(low, sign * origin), high, sign)
    floor = _floor(finite, best)
    heights = finite - floor
    ends_lower = bool(np.any(sign * curves.middle[:, -1] < sign * curves.middle[:, 0]))
    low, high = _decades(heights[heights > 0.0], first - floor, ROUNDING * abs(floor), cut=ends_lower)
    return ValueAxis(True, *_padded(low, high), sign, floor)


def _finite(*bands: Floats | None) -> Floats:
    return np.concatenate([band[np.isfinite(band)] for band in bands if band is not None])


def _falls_for_ever(finite: Floats, first: Floats, best: float | None) -> bool:
    """Whether a value ends so far below all that is known that the others would look alike above it."""
    lowest = float(finite.min())
    if best is None:
        return lowest < -LARGEST_FALL * _size(first)
    return lowest < best and lowest < -LARGEST_FALL_BELOW_KNOWN * max(_size(first), abs(best))


def _size(first: Floats) -> float:
    """The size of the values that the race begins with."""
    return float(np.abs(first).max(initial=0.0)) or 1.0


def _linear_range(finite: Floats, first: Floats) -> tuple[float, float]:
    """From the lowest value to the highest, or if that lies far above the starts, to well above them."""
    low, high = float(finite.min()), float(finite.max())
    start = float(first.max()) if first.size else high
    rise = (start - low) or _size(first)
    return low, high if high <= start + 2 * rise else start + rise


def _linear(low: float, high: float, sign: float, *, unbounded: bool = False) -> ValueAxis:
    low, high = (low, high) if sign > 0 else (-high, -low)
    if not high - low > 1e-12 * max(abs(low), abs(high)):
        half = max(0.5 * abs(low), 0.5)
        low, high = low - half, high + half
    return ValueAxis(False, *_padded(low, high), sign, unbounded=unbounded)


def _floor(finite: Floats, best: float | None) -> float:
    lowest = float(finite.min())
    if lowest >= 0.0:
        return 0.0
    return lowest if best is None else min(lowest, best)


def _decades(positive: Floats, starts: Floats, smallest: float, *, cut: bool) -> tuple[float, float]:
    """Room for everything above ``smallest``, at least a decade; ``cut`` well above the starts if something falls."""
    if not positive.size:
        return -1.0, 1.0
    top = float(positive.max())
    start = min(top, float(starts.max())) if starts.size and starts.max() > 0.0 else top
    bottom = min(max(float(positive.min()), start * SMALLEST_SHARE, smallest), start)
    if cut and start > MARKED_FALL * bottom:
        top = min(top, start * max(LARGEST_RISE, start / bottom))
    low, high = math.log10(bottom), math.log10(top)
    short = max(0.0, 1.0 - (high - low))
    return low - 0.5 * short, high + 0.5 * short


def _padded(low: float, high: float) -> tuple[float, float]:
    room = PADDING * (high - low)
    return low - room, high + room
