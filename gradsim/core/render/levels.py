"""Levels: a surface's values on a scale from 0 to 1 that suits its domain, whatever their range."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gradsim.core.compiled import kernel
from gradsim.core.formula import vector_math as vm
from gradsim.core.formula.vector_math import LARGEST

N_GRID = 97  # points along each axis of the coarse grid; odd, so that the middle of the domain is one of them
HIGH_QUANTILE = 0.985
LEVEL_OF_MEDIAN = 0.68  # of surfaces whose lowest point lies inside the domain
LEVEL_OF_MEDIAN_AT_EDGE = 0.5  # of surfaces that go on falling at the domain's edge, such as saddles
SMALLEST_OFFSET = 1e-7  # of the range of values
_ROUND_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


class Domain(Protocol):
    """The box whose values are shown."""

    @property
    def axes(self) -> tuple[tuple[float, float], ...]:
        """One (low, high) pair for each dimension."""
        ...


class ValuedSurface(Protocol):
    """What choosing levels asks of a surface."""

    def value(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the value (...) at points (..., D)."""
        ...


class Levels(Protocol):
    """Where values lie between the lowest, level 0, and the highest, level 1; both ends may be exceeded."""

    def write(self, values: NDArray[np.float64], level: NDArray[np.float64]) -> None:
        """Write the levels of contiguous ``values`` (N,) into ``level`` (N,); nan for values that are not finite."""
        ...

    def value(self, level: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values at ``level``, same shape: the inverse of ``write``."""
        ...


@dataclass(frozen=True, kw_only=True)
class LinearScale:
    """level(value) = (value − low) / (high − low).

    Attributes:
        low, high: the values of level 0 and 1, low < high.
    """

    low: float
    high: float

    def with_round_contours(self, n: int) -> LinearScale:
        """Return a slightly wider scale on which ``n`` equal parts begin at multiples of a round number."""
        if n < 2:
            return self
        least = (self.high - self.low) / (n - 1)
        decade = 10.0 ** math.floor(math.log10(least))
        step = next(decade * factor for factor in _ROUND_STEPS if decade * factor >= least * (1 - 1e-9))
        low = math.floor(self.low / step + 1e-9) * step
        # Where float64 has no digits left for the step, nothing is round.
        return LinearScale(low=low, high=low + n * step) if step > 1e-12 * abs(low) else self

    def write(self, values: NDArray[np.float64], level: NDArray[np.float64]) -> None:
        """Write the levels of contiguous ``values`` (N,) into ``level`` (N,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            np.subtract(values, self.low, out=level)
            level *= 1.0 / (self.high - self.low)
        level[~np.isfinite(level)] = np.nan

    def value(self, level: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values at ``level``, same shape."""
        return self.low + level * (self.high - self.low)


@dataclass(frozen=True, kw_only=True)
class LevelScale:
    """level(value) = ±log(1 + |value − low| / offset) / top, negative below ``low``.

    Attributes:
        low: the value of level 0.
        offset: how far above ``low`` the scale turns from linear to logarithmic; > 0.
        top: what the logarithm is divided by, so that the domain's highest values (98.5 %) reach level 1; > 0.
    """

    low: float
    offset: float
    top: float

    def level(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the levels of ``values``, same shape, float64; nan for values that are not finite."""
        values = np.ascontiguousarray(values, dtype=np.float64)
        level = np.empty_like(values)
        self.write(values.reshape(-1), level.reshape(-1))
        return level

    def value(self, level: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values at ``level``, same shape."""
        with np.errstate(over="ignore"):
            return self.low + np.sign(level) * self.offset * np.expm1(np.abs(level) * self.top)

    def write(self, values: NDArray[np.float64], level: NDArray[np.float64]) -> None:
        """Write the levels of contiguous ``values`` (N,) into ``level`` (N,)."""
        _write_levels(values, self.low, 1.0 / self.offset, 1.0 / self.top, level)


@kernel("void(float64[::1], float64, float64, float64, float64[::1])")
def _write_levels(values, low, per_offset, per_top, level):  # type: ignore[no-untyped-def]
    """A loop that vectorises; close to ``low`` it keeps the digits that log(1 + r) would lose (Kahan's log1p)."""
    for i in range(values.size):
        d = (values[i] - low) * per_offset
        r = abs(d)
        w = 1.0 + r
        usual = w <= LARGEST
        log = vm.log(w if usual else 2.0) * (r / (w - 1.0))
        log = log if w > 1.0 else r
        signed = log * per_top if d >= 0.0 else -log * per_top
        level[i] = signed if usual else np.nan


def choose_levels(surface: ValuedSurface, domain: Domain) -> LevelScale:
    """Return logarithmic levels that depend on ``domain`` only: panning and zooming leave contours in place.

    The offset is such that the median value of the domain comes to lie at level 0.68 (0.5 when the lowest point is at
    the edge): steep surfaces become logarithmic over many decades, tame ones stay nearly linear. Poles, flat surfaces
    and regions without a value are allowed; a surface without any value gets an arbitrary scale.
    """
    span = _span_of_values(surface, domain)
    if span is None:
        return LevelScale(low=0.0, offset=1.0, top=1.0)
    if span.is_flat:
        return LevelScale(low=span.low, offset=max(1.0, abs(span.low)), top=1.0)
    target = LEVEL_OF_MEDIAN_AT_EDGE if span.at_edge else LEVEL_OF_MEDIAN
    offset = span.high * _relative_offset(span.median / span.high, target)
    return LevelScale(low=span.low, offset=offset, top=float(np.log1p(span.high / offset)))


def choose_linear_levels(surface: ValuedSurface, domain: Domain) -> LinearScale:
    """Return levels that are even in f, from the domain's lowest value to its highest (98.5 %), poles left out."""
    span = _span_of_values(surface, domain)
    if span is None:
        return LinearScale(low=0.0, high=1.0)
    return LinearScale(low=span.low, high=span.low + (max(1.0, abs(span.low)) if span.is_flat else span.high))


@dataclass(frozen=True)
class _Span:
    """The values that matter over a domain: the lowest; the median and the highest above it; what falls at the edge."""

    low: float
    median: float
    high: float
    at_edge: bool
    is_flat: bool


def _span_of_values(surface: ValuedSurface, domain: Domain) -> _Span | None:
    """Return the span of values over ``domain``; None where there is no value at all."""
    axes = domain.axes
    grids = np.meshgrid(*(np.linspace(low, high, N_GRID) for low, high in axes), indexing="ij")
    points = np.stack(grids, axis=-1)
    values = surface.value(points)
    finite = np.isfinite(values)
    if not finite.any():
        return None
    ordered = np.sort(values[finite])
    first, median, high = np.quantile(ordered, (0.01, 0.5, HIGH_QUANTILE))
    lowest = np.unravel_index(int(np.argmin(np.where(finite, values, np.inf))), values.shape)
    at_edge = any(index in (0, N_GRID - 1) for index in lowest)
    low, is_pole = float(ordered[0]), False
    if at_edge:
        is_pole = low < first - 3.0 * (high - first)
    else:
        low, is_pole = _lowest_nearby(surface, axes, points[lowest], low, median)
    if is_pole:
        low = float(first)  # below it, levels are negative
    high, median = float(high) - low, float(median) - low
    smallest = max(1e-13 * abs(low), 1e-290)  # a range below it is rounding
    if not smallest < high < np.inf:
        high = float(ordered[-1]) - low  # nearly everything is one plateau
        median = 0.5 * high
    return _Span(low, median, high, at_edge, is_flat=not smallest < high < np.inf)


def _relative_offset(median: float, target: float) -> float:
    """Return the offset with which ``median`` (both as parts of the range) lies at level ``target``, by bisection."""
    small, large = np.log(SMALLEST_OFFSET), np.log(1e3)
    for _ in range(50):
        middle = 0.5 * (small + large)
        offset = np.exp(middle)
        if np.log1p(median / offset) / np.log1p(1.0 / offset) > target:
            small = middle
        else:
            large = middle
    return float(np.exp(0.5 * (small + large)))


def _lowest_nearby(
    surface: ValuedSurface,
    axes: tuple[tuple[float, float], ...],
    point: NDArray[np.float64],
    value: float,
    usual: float,
) -> tuple[float, bool]:
    """Return the lowest value around a grid point, and whether it is a pole, where values fall without end.

    Looks on ever finer grids, as minima rarely lie on the coarse one. ``usual`` is the domain's median value.
    """
    half = np.array([(high - low) / (N_GRID - 1) for low, high in axes])
    steps = np.stack(np.meshgrid(*[np.linspace(-1.0, 1.0, 9)] * len(axes), indexing="ij"), axis=-1)
    around = value
    for _ in range(12):
        nearby = point + steps * half
        values = surface.value(nearby)
        values = np.where(np.isnan(values), np.inf, values)
        best = np.unravel_index(int(np.argmin(values)), values.shape)
        if values[best] < value:
            point, value = nearby[best], float(values[best])
        around = float(np.median(values))
        half = half / 3.0
    # A millionth of the domain away, a valley is as deep as in its middle; a pole is not.
    return value, value == -np.inf or around - value > 1e-3 * (usual - value)
