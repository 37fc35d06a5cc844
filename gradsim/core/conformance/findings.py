"""What a check finds: a measured figure, how large it may be, and whether the optimizer holds what it declares."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What a check has measured.

    Attributes:
        error: the measured figure; None where nothing is to be measured.
        limit: the largest figure that is accepted; None where ``note`` tells what the figure means.
        holds: whether it is accepted.
        note: what was found, or why nothing was to be measured.
    """

    error: float | None
    limit: float | None
    holds: bool
    note: str = ""


def measured(error: float, limit: float, note: str = "") -> Finding:
    """Return what holds if ``error`` is a number of at most ``limit``."""
    return Finding(error, limit, math.isfinite(error) and error <= limit, note)


def not_applicable(because: str) -> Finding:
    """Return that there was nothing to measure."""
    return Finding(None, None, True, because)


def refuted(error: float | None, limit: float | None, note: str) -> Finding:
    """Return that a declaration is false."""
    return Finding(error, limit, False, note)
