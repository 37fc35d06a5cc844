"""Interval versions of roots, powers, exponentials, logarithms, trigonometric and hyperbolic functions.

Conventions are those of ``interval_arithmetic``. The library's functions are trusted to ``LIBRARY_ERROR`` only, which
is more than the error (4 units in the last place) that NumPy's vector versions promise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradsim.core.formula.interval_arithmetic import Decoration, ordered

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LIBRARY_ERROR = np.array([[-2e-15], [2e-15]])  # relative: 9 units in the last place
UNDERFLOW = np.array([[-1e-290], [1e-290]])
TRIGONOMETRIC_ERROR = np.array([[-2e-15], [2e-15]])  # absolute
# Beyond this, sines are not worth reducing: any interval wider than rounding covers whole periods soon after.
LARGEST_ANGLE = 1e9


def _widened(ends: Floats) -> Floats:
    """Move ends outwards by the library's error. Lower ends that overflowed become NaN, for unknown."""
    return ends + np.abs(ends) * LIBRARY_ERROR + UNDERFLOW


def _not_below(ends: Floats, bound: float) -> Floats:
    ends[0] = np.maximum(ends[0], bound)
    return ends


def _straddles_zero(a: Floats) -> Flags:
    return (a[0] <= 0.0) & (a[1] >= 0.0)


def sqrt(a: Floats, decoration: Decoration) -> Floats:
    decoration.discontinuous |= ~(a[0] >= 0.0)
    decoration.nowhere |= a[1] < 0.0
    return _not_below(_widened(np.sqrt(np.maximum(a, 0.0))), 0.0)


def exp(a: Floats, _: Decoration) -> Floats:
    return _not_below(_widened(np.exp(a)), 0.0)


def log(a: Floats, decoration: Decoration) -> Floats:
    decoration.discontinuous |= ~(a[0] > 0.0)
    decoration.nowhere |= a[1] <= 0.0
    # The absolute term covers library versions whose error near log(1) = 0 is relative to the argument.
    return _widened(np.log(np.maximum(a, 0.0))) + TRIGONOMETRIC_ERROR


def sinh(a: Floats, _: Decoration) -> Floats:
    return _widened(np.sinh(a))


def cosh(a: Floats, _: Decoration) -> Floats:
    ends = ordered(np.cosh(a))
    ends[0, _straddles_zero(a)] = 1.0
    return _not_below(_widened(ends), 1.0)


def tanh(a: Floats, _: Decoration) -> Floats:
    return np.clip(_widened(np.tanh(a)), -1.0, 1.0)


def atan(a: Floats, _: Decoration) -> Floats:
    return _widened(np.arctan(a))


def _half_turns(a: Floats, shift: float) -> Floats:
    """Enclose a/π + shift, rounding of π included."""
    turns = a / math.pi
    return turns + shift + (np.abs(turns) + 1.0) * TRIGONOMETRIC_ERROR


def _wave(values: Floats, half_turns: Floats, a: Floats) -> Floats:
    """Enclose a wave that is 1 at even and -1 at odd numbers of half turns, from its values at the ends."""
    ends = ordered(values) + TRIGONOMETRIC_ERROR
    lower, upper = half_turns
    unknown = ~((a[0] >= -LARGEST_ANGLE) & (a[1] <= LARGEST_ANGLE))
    ends[0, (2.0 * np.ceil((lower - 1.0) / 2.0) + 1.0 <= upper) | unknown] = -1.0
    ends[1, (2.0 * np.ceil(lower / 2.0) <= upper) | unknown] = 1.0
    return np.clip(ends, -1.0, 1.0)


def cos(a: Floats, _: Decoration) -> Floats:
    return _wave(np.cos(a), _half_turns(a, 0.0), a)


def sin(a: Floats, _: Decoration) -> Floats:
    return _wave(np.sin(a), _half_turns(a, -0.5), a)


def tan(a: Floats, decoration: Decoration) -> Floats:
    lower, upper = _half_turns(a, -0.5)
    one_branch = (np.ceil(lower) > upper) & (a[0] >= -LARGEST_ANGLE) & (a[1] <= LARGEST_ANGLE)
    decoration.discontinuous |= ~one_branch
    return np.where(one_branch, _widened(np.tan(a)), [[-np.inf], [np.inf]])


def power(a: Floats, b: Floats, decoration: Decoration) -> Floats:
    """Enclose C's pow: negative bases have values for whole exponents only."""
    a, b = np.broadcast_arrays(a, b)
    whole = (b[0] == b[1]) & (b[0] == np.floor(b[0]))
    positive = a[0] > 0.0
    base = np.where(whole & ~positive, np.abs(a), np.maximum(a, 0.0))
    corners = np.power(base[:, None, :], b[None, :, :]).reshape(4, -1)
    ends = _not_below(_widened(np.stack([corners.min(axis=0), corners.max(axis=0)])), 0.0)
    odd = whole & (np.mod(b[0], 2.0) == 1.0)
    negative_base = whole & ~positive
    if negative_base.any():
        ends = np.where(negative_base, _whole_power_of_signed_base(a, b, odd, decoration, negative_base), ends)
    fractional = ~whole & ~positive
    # Zero raised to a negative power is infinite, which the corners show; the base may also be negative, where a
    # fractional power is undefined, or the exponent an interval with whole numbers in it.
    decoration.discontinuous |= fractional & ~((a[0] >= 0.0) & (b[0] > 0.0))
    is_point = b[0] == b[1]
    decoration.nowhere |= ~whole & is_point & (a[1] < 0.0)
    return np.where(fractional & ~is_point, [[-np.inf], [np.inf]], ends)


def _whole_power_of_signed_base(a: Floats, b: Floats, odd: Flags, decoration: Decoration, active: Flags) -> Floats:
    raised = np.power(a, b)
    straddling = _straddles_zero(a)
    ends = ordered(raised)
    ends[0, straddling & ~odd & (b[0] > 0.0)] = 0.0
    ends = _widened(ends)
    has_pole = straddling & (b[0] < 0.0)
    decoration.discontinuous |= active & has_pole
    ends[0, has_pole] = np.where(odd, -np.inf, 0.0)[has_pole]
    ends[1, has_pole] = np.inf
    constant = b[0] == 0.0
    ends[:, constant] = 1.0
    ends[0, ~odd] = np.maximum(ends[0, ~odd], 0.0)
    return ends


FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "sqrt": sqrt,
        "exp": exp,
        "log": log,
        "sin": sin,
        "cos": cos,
        "tan": tan,
        "sinh": sinh,
        "cosh": cosh,
        "tanh": tanh,
        "atan": atan,
        "pow": power,
    }
)
