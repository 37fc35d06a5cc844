"""Counts as percentages that add up to 100."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def percentages(counts: NDArray[np.int64], *, decimals: int = 0) -> NDArray[np.float64]:
    """Return ``counts`` (n,) as percentages, rounded so that they still add up to 100: by the largest remainder.

    Of equal remainders the first is rounded up. Without any count all are 0.
    """
    total = int(counts.sum())
    if total == 0:
        return np.zeros(len(counts))
    n_units = 100 * 10**decimals
    units, remainders = np.divmod(counts * n_units, total)
    rounded_up = np.argsort(-remainders, kind="stable")[: n_units - int(units.sum())]
    units[rounded_up] += 1
    return np.asarray(units / 10.0**decimals)
