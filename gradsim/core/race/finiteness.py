"""Whether numbers are finite, asked by integer comparison, so that loops which ask vectorise."""

from __future__ import annotations

import numpy as np

from gradsim.core.compiled import inlined
from gradsim.core.formula.vector_math import bits_of

EXPONENT_MASK = np.int64(0x7FF0000000000000)


@inlined
def not_finite(x):  # type: ignore[no-untyped-def]
    """1 for an infinity or NaN, else 0."""
    return np.int64((bits_of(x) & EXPONENT_MASK) == EXPONENT_MASK)


@inlined
def all_finite(rows, first, count, n):  # type: ignore[no-untyped-def]
    """Whether the first ``n`` numbers of rows first … first+count−1 are finite."""
    top = np.int64(0)
    for k in range(first, first + count):
        for i in range(n):
            top = max(top, bits_of(rows[k, i]) & EXPONENT_MASK)
    return top < EXPONENT_MASK
