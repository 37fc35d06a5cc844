"""Who leads at a step of a run, and how the particles of each optimizer have ended."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gradsim.core.run import OUTCOME_NAMES, Run

Floats = NDArray[np.float64]

SAME_LOSS = 1e-12
"""Losses that differ by less, relative to their size, differ by rounding alone: two that have arrived share a place."""


def median_losses(run: Run, step: float) -> Floats:
    """Return the median loss of each optimizer's particles at the last record not after ``step``.

    float64 (optimizers,); inf where half of the particles or more have diverged.
    """
    return np.median(run.losses[:, run.record_index(step)], axis=1)


def rank(losses: Sequence[float], *, goal: str = "minimize") -> tuple[int, ...]:
    """Return the place of each loss, 1 for the best; equal ones share a place, and the places after it are left out.

    The best is the lowest, or the highest where ``goal`` is "maximize". What is not finite has diverged and shares the
    last place.
    """
    sign = -1.0 if goal == "maximize" else 1.0
    keys = [sign * loss if math.isfinite(loss) else math.inf for loss in losses]
    places = [0] * len(keys)
    leader, place = math.nan, 0
    for n_before, index in enumerate(sorted(range(len(keys)), key=keys.__getitem__)):
        if not _same(keys[index], leader):
            leader, place = keys[index], n_before + 1
        places[index] = place
    return tuple(places)


def outcome_shares(run: Run) -> Floats:
    """Return the share of each optimizer's particles with each outcome: float64 (optimizers, outcomes), rows sum to 1.

    Columns are in the order of ``OUTCOME_NAMES``.
    """
    _, ends = run.ends
    counts = [np.bincount(outcomes, minlength=len(OUTCOME_NAMES)) for outcomes in ends]
    return np.array(counts, dtype=np.float64).reshape(-1, len(OUTCOME_NAMES)) / ends.shape[1]


def _same(loss: float, other: float) -> bool:
    return loss == other or math.isclose(loss, other, rel_tol=SAME_LOSS)
