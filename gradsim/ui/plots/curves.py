"""Numbers of a run as curves, one for each optimizer: the median of its particles, and a band that most lie in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradsim.core.run import Run

Floats = NDArray[np.float64]
Values = Callable[[int, NDArray[np.int64] | slice], Floats]
"""Gives float64 (records, particles) for the number of an optimizer and some of the run's records."""

BAND = (0.1, 0.9)
N_AT_ONCE = 2**18  # numbers that are sorted at a time, so that they stay in the cache
N_OF_DRAFT = 300_000  # while a slider is dragged, no more numbers than these are looked at: races come first


@dataclass(frozen=True, eq=False)
class Curves:
    """One curve for each optimizer of ``run``, in its order.

    Attributes:
        steps: int64 (n,): all recorded steps, or of a draft some of them, the first and the last included.
        middle: float64 (optimizers, n): the value of a single particle, the median of several; inf once half of them
            have diverged.
        low, high: float64 (optimizers, n): a tenth of the particles lies below, and above; None for a single particle.
    """

    run: Run
    steps: NDArray[np.int64]
    middle: Floats
    low: Floats | None
    high: Floats | None

    @property
    def is_draft(self) -> bool:
        """Whether records were left out."""
        return len(self.steps) < len(self.run.steps)


def curves_of(run: Run, values: Values, *, draft: bool = False) -> Curves:
    """Return the curves of what ``values`` gives; a ``draft`` of a large cloud leaves out records to be quick."""
    n_optimizers, n_records, n_particles = run.losses.shape
    if n_particles == 1:
        middle = np.stack([values(k, slice(None))[:, 0] for k in range(n_optimizers)]) if n_optimizers else _none(run)
        return Curves(run, run.steps, middle, None, None)
    records = np.arange(n_records)
    n_kept = max(2, N_OF_DRAFT // max(1, n_optimizers * n_particles))
    if draft and n_kept < n_records:
        records = np.unique(np.linspace(0, n_records - 1, n_kept).round().astype(np.int64))
    quantiles = np.empty((3, n_optimizers, len(records)))
    n_rows = max(1, N_AT_ONCE // n_particles)
    for k in range(n_optimizers):
        for first in range(0, len(records), n_rows):
            chosen = records[first : first + n_rows]
            part = values(k, slice(chosen[0], chosen[-1] + 1) if len(records) == n_records else chosen)
            quantiles[:, k, first : first + n_rows] = _quantiles(np.sort(part, axis=1))
    return Curves(run, run.steps[records], quantiles[1], quantiles[0], quantiles[2])


def loss_curves(run: Run, *, draft: bool = False) -> Curves:
    """Return the losses of ``run``."""
    return curves_of(run, lambda optimizer, records: run.losses[optimizer, records], draft=draft)


def distance_curves(run: Run, places: Floats, *, draft: bool = False) -> Curves:
    """Return the distances to the nearest of ``places`` (n, D); those of diverged particles are inf."""
    from gradsim.core.distances import nearest_distances

    def distances(optimizer: int, records: NDArray[np.int64] | slice) -> Floats:
        result = nearest_distances(run.positions[optimizer, records], places)
        np.copyto(result, np.inf, where=np.isinf(run.losses[optimizer, records]))
        return result

    return curves_of(run, distances, draft=draft)


def _none(run: Run) -> Floats:
    return np.empty((0, len(run.steps)))


def _quantiles(ordered: Floats) -> Floats:
    """Return float64 (3, n): low, median and high of every row (n, particles), ascending, interpolated linearly."""
    result = np.empty((3, len(ordered)))
    for row, share in zip(result, (BAND[0], 0.5, BAND[1]), strict=True):
        place = share * (ordered.shape[1] - 1)
        below, part = int(place), place - int(place)
        row[:] = ordered[:, below]
        if part:
            above = ordered[:, below + 1]
            both = np.isfinite(row) & np.isfinite(above)
            row[both] += part * (above[both] - row[both])
            row[~both] = above[~both]
    return result


def thinned(steps: NDArray[np.int64], heights: Floats, n_buckets: int) -> tuple[Floats, Floats]:
    """Return (x, y), float64 (m,), of at most ``2 * n_buckets`` points that look like (steps, heights), NaN being gaps.

    Of every bucket of neighbours the lowest and the highest are kept where they are, so that no peak is lost, and so is
    a gap; both ends stay.
    """
    n = len(steps)
    if n <= 2 * n_buckets:
        return steps.astype(np.float64), heights
    size = -(-n // (n_buckets - 1))
    padded = np.full(-(-n // size) * size, heights[-1])
    padded[:n] = heights
    buckets = padded.reshape(-1, size)
    gap = np.isnan(buckets)
    first = np.arange(len(buckets)) * size
    lowest = first + np.where(gap, np.inf, buckets).argmin(axis=1)
    highest = first + np.where(gap, -np.inf, buckets).argmax(axis=1)
    gaps = (first + gap.argmax(axis=1))[gap.any(axis=1)]
    kept = np.unique(np.concatenate([[0, n - 1], lowest, highest, gaps]).clip(0, n - 1))
    return steps[kept].astype(np.float64), heights[kept]


def extent(steps: NDArray[np.int64], low: Floats, high: Floats, n_buckets: int) -> tuple[Floats, Floats, Floats]:
    """Return (x, low, high), float64 (m,), of at most ``n_buckets`` points: the outline of a band."""
    n = len(steps)
    if n <= n_buckets:
        return steps.astype(np.float64), low, high
    starts = np.unique(np.linspace(0, n, n_buckets + 1).astype(np.int64)[:-1])
    x = steps[starts].astype(np.float64)
    x[-1] = steps[-1]
    return x, np.fmin.reduceat(low, starts), np.fmax.reduceat(high, starts)
