"""Interval versions of arithmetic, comparisons and choices.

An interval is a float64 array (2, n) or (2, 1): row 0 holds lower ends, row 1 upper ends, one column for each of n
boxes. NaN at an end means that nothing is known there. Ends are computed in ordinary arithmetic and then moved outwards
by more than the error of the operation. What IEEE 1788 calls decorations is collected beside the intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

OUTWARDS = np.array([[-1.0], [1.0]])
# |a|·ROUNDING is at least the gap between a and its neighbour, so moving by it covers a rounding to nearest.
ROUNDING = OUTWARDS * 2.3e-16
# Below this the relative step might underflow; such ends are moved to the next zero or by this much.
TINY = 1e-290


class Decoration:
    """Collects, while nodes are evaluated, where in the boxes an operation may jump or is defined nowhere."""

    def __init__(self, n_boxes: int) -> None:
        self.discontinuous = np.zeros(n_boxes, dtype=np.bool_)
        self.nowhere = np.zeros(n_boxes, dtype=np.bool_)


def ordered(ends: Floats) -> Floats:
    """Return the rows (2, n) with the smaller end first; both are NaN where either is."""
    result = np.empty_like(ends)
    np.minimum(ends[0], ends[1], out=result[0])
    np.maximum(ends[0], ends[1], out=result[1])
    return result


def _rounded(a: Floats) -> Floats:
    """Move the ends of ``a`` outwards by a rounding; zeros stay, because sums that are zero are exact."""
    return a + np.abs(a) * ROUNDING


def add(a: Floats, b: Floats, _: Decoration) -> Floats:
    total = a + b
    return total if _is_exact_sum(a, b, total) else _rounded(total)


def sub(a: Floats, b: Floats, _: Decoration) -> Floats:
    return add(a, -b[::-1], _)


def _is_exact_sum(a: Floats, b: Floats, total: Floats) -> bool:
    """Whether a sum of constants had no rounding (Knuth's TwoSum), so that an exponent b - 1 remains whole."""
    if total.shape[1] != 1:
        return False
    rest = total - a
    return bool(np.all((a - (total - rest)) + (b - rest) == 0.0))


def neg(a: Floats, _: Decoration) -> Floats:
    return -a[::-1]


def mul(a: Floats, b: Floats, _: Decoration) -> Floats:
    if a.shape[1] == 1 and a[0, 0] == a[1, 0]:  # a constant factor, which graphs place first
        product = b * a
        if a[0, 0] < 0.0:
            product = product[::-1]
    else:
        products = (a[:, None, :] * b[None, :, :]).reshape(4, -1)
        product = np.empty((2, products.shape[1]))
        np.min(products, axis=0, out=product[0])
        np.max(products, axis=0, out=product[1])
    size = np.abs(product)
    if not size.min(initial=np.inf) >= TINY:
        product = _moved_off_zero(product, a, b)
    size *= ROUNDING
    size += product
    return size


def _moved_off_zero(product: Floats, a: Floats, b: Floats) -> Floats:
    """Make room for products that underflowed, unless the signs of the factors say on which side of zero they lie."""
    moved = np.where(np.abs(product) < TINY, product + OUTWARDS * TINY, product)
    same_sign = ((a[0] >= 0.0) & (b[0] >= 0.0)) | ((a[1] <= 0.0) & (b[1] <= 0.0))
    opposite_sign = ((a[0] >= 0.0) & (b[1] <= 0.0)) | ((a[1] <= 0.0) & (b[0] >= 0.0))
    moved[0] = np.where(same_sign, np.maximum(moved[0], 0.0), moved[0])
    moved[1] = np.where(opposite_sign, np.minimum(moved[1], 0.0), moved[1])
    return moved


def square(a: Floats, _: Decoration) -> Floats:
    result = ordered(a * a)
    result[0, (a[0] <= 0.0) & (a[1] >= 0.0)] = 0.0
    result += result * ROUNDING
    small = ~(result >= TINY)
    if small.any():
        result[0, small[0] & ~np.isnan(result[0])] = 0.0
        result[1, small[1]] += TINY
    return result


def div(a: Floats, b: Floats, decoration: Decoration) -> Floats:
    reciprocal = _rounded(1.0 / b[::-1])
    unknown = np.isnan(b).any(axis=0)
    if unknown.any():  # nothing is known of the sign, so the other end of the divisor tells nothing
        decoration.discontinuous |= unknown
        reciprocal[:, unknown] = np.nan
    has_zero = (b[0] <= 0.0) & (b[1] >= 0.0)
    if has_zero.any():
        decoration.discontinuous |= has_zero
        decoration.nowhere |= (b[0] == 0.0) & (b[1] == 0.0)
        reciprocal[0] = np.where(has_zero & ~((b[0] == 0.0) & (b[1] > 0.0)), -np.inf, reciprocal[0])
        reciprocal[1] = np.where(has_zero & ~((b[1] == 0.0) & (b[0] < 0.0)), np.inf, reciprocal[1])
    size = np.abs(reciprocal)
    if not size.min(initial=np.inf) >= TINY:  # divisors beyond 1e290: keep the sign, make room for underflow
        reciprocal = np.where(size < TINY, reciprocal + OUTWARDS * TINY, reciprocal)
        reciprocal[0] = np.where(b[0] > 0.0, np.maximum(reciprocal[0], 0.0), reciprocal[0])
        reciprocal[1] = np.where(b[1] < 0.0, np.minimum(reciprocal[1], 0.0), reciprocal[1])
    return mul(a, reciprocal, decoration)


def absolute(a: Floats, _: Decoration) -> Floats:
    result = ordered(np.abs(a))
    result[0, (a[0] <= 0.0) & (a[1] >= 0.0)] = 0.0
    return result


def sign(a: Floats, decoration: Decoration) -> Floats:
    decoration.discontinuous |= ~((a[0] > 0.0) | (a[1] < 0.0))
    return np.sign(a)


def minimum(a: Floats, b: Floats, _: Decoration) -> Floats:
    return np.minimum(a, b)


def maximum(a: Floats, b: Floats, _: Decoration) -> Floats:
    return np.maximum(a, b)


def less(a: Floats, b: Floats, _: Decoration) -> Floats:
    return np.stack([a[1] < b[0], ~(a[0] >= b[1])]).astype(np.float64)


def where(condition: Floats, a: Floats, b: Floats, decoration: Decoration) -> Floats:
    decoration.discontinuous |= ~((condition[0] > 0.0) | (condition[1] < 0.0) | _is_zero(condition))
    return where_continuous(condition, a, b, decoration)


def where_continuous(condition: Floats, a: Floats, b: Floats, _: Decoration) -> Floats:
    """Enclose a choice between branches that agree where the condition is 0."""
    always = (condition[0] > 0.0) | (condition[1] < 0.0)
    either = np.stack([np.minimum(a[0], b[0]), np.maximum(a[1], b[1])])
    return np.where(always, a, np.where(_is_zero(condition), b, either))


def _is_zero(a: Floats) -> Flags:
    return np.asarray((a[0] == 0.0) & (a[1] == 0.0))


ARITHMETIC: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "neg": neg,
        "add": add,
        "sub": sub,
        "mul": mul,
        "div": div,
        "abs": absolute,
        "sign": sign,
        "min": minimum,
        "max": maximum,
        "less": less,
        "where": where,
    }
)
