"""Losses of a run as curves that are cheap to draw: thinned without losing peaks, on an axis that shows them apart."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gradsim.core.run import Run

N_BUCKETS = 500
N_MEDIANS = 200  # medians of a cloud are taken while a slider is dragged: they must not take longer than the race
SMALLEST_SHARE = 1e-17
LARGEST_RISE = 1e3
LARGEST_FALL = 1e3
SHOWN_FALL = 10.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LossCurves:
    """What the loss plot draws.

    Attributes:
        run: where the losses come from.
        curves: one (steps, log10 of the loss above ``floor``) pair of float64 (points,) for each optimizer; a loss at
            or below the floor lies at the bottom of ``decades``, and a curve ends where its particles have diverged.
        floor: what was subtracted: 0 unless a loss was negative.
        decades: the range of the vertical axis, as powers of ten.
        is_median: whether a curve stands for the median of several particles.
        is_linear: whether ``curves`` and ``decades`` are plain losses instead: on a surface without a bottom, such as
            a saddle, nothing could be told apart above the lowest loss. A curve may leave by the bottom.
    """

    run: Run
    curves: tuple[tuple[Floats, Floats], ...]
    floor: float
    decades: tuple[float, float]
    is_median: bool
    is_linear: bool = False


def loss_curves(run: Run, lowest_known: float | None = None) -> LossCurves:
    """Return the curves of ``run``; ``lowest_known`` is the least critical value of the surface, where one is known."""
    if run.n_particles == 1:
        thinned = [_thinned(run.steps, losses[:, 0]) for losses in run.losses]
    else:
        records = np.unique(np.linspace(0, len(run.steps) - 1, N_MEDIANS).round().astype(np.int64))
        steps = run.steps[records].astype(np.float64)
        thinned = [(steps, np.median(losses[records], axis=1)) for losses in run.losses]
    finite = np.concatenate([np.empty(0), *(losses[np.isfinite(losses)] for _, losses in thinned)])
    first = np.array([losses[0] for _, losses in thinned])
    if _falls_for_ever(finite, first, lowest_known):
        return _linear_curves(run, thinned, finite, first, lowest_known)
    floor = _floor(finite, lowest_known)
    starts = np.array([losses[0] - floor for _, losses in thinned])
    decades = _decades(finite - floor, starts[np.isfinite(starts)])
    curves = tuple((steps, _log10_above(losses - floor, decades[0])) for steps, losses in thinned)
    return LossCurves(run, curves, floor, decades, run.n_particles > 1)


def _falls_for_ever(finite: Floats, first: Floats, lowest_known: float | None) -> bool:
    """Whether a loss ends so far below all that is known that the others would look alike above it."""
    lowest = float(finite.min(initial=np.inf))
    return lowest < -LARGEST_FALL * _scale(first) and (lowest_known is None or lowest < lowest_known)


def _linear_curves(
    run: Run, thinned: list[tuple[Floats, Floats]], finite: Floats, first: Floats, lowest_known: float | None
) -> LossCurves:
    reach = SHOWN_FALL * _scale(first)
    bottom, top = min(0.0, lowest_known or 0.0) - reach, min(float(finite.max()), reach)
    # Far outside the axis it is all the same, and huge coordinates are more than a painter can take.
    near = [np.clip(losses, 2 * bottom - top, 2 * top - bottom) for _, losses in thinned]
    kept = (np.where(np.isfinite(losses), heights, np.nan) for heights, (_, losses) in zip(near, thinned, strict=True))
    curves = tuple((steps, heights) for (steps, _), heights in zip(thinned, kept, strict=True))
    return LossCurves(run, curves, 0.0, (bottom, top), run.n_particles > 1, is_linear=True)


def _scale(first: Floats) -> float:
    """The size of the losses that the race begins with."""
    return float(np.abs(first[np.isfinite(first)]).max(initial=0.0)) or 1.0


def _thinned(steps: NDArray[np.int64], losses: Floats) -> tuple[Floats, Floats]:
    """Keep the lowest and the highest loss of every bucket of records, in their order, and both ends."""
    n_records = len(steps)
    if n_records <= 4 * N_BUCKETS:
        return steps.astype(np.float64), losses
    edges = np.linspace(0, n_records, N_BUCKETS + 1).astype(np.int64)
    keep = [0, n_records - 1]
    for low, high in pairwise(edges):
        bucket = losses[low:high]
        keep += [low + int(bucket.argmin()), low + int(bucket.argmax())]
    records = np.unique(keep)
    return steps[records].astype(np.float64), losses[records]


def _floor(finite: Floats, lowest_known: float | None) -> float:
    lowest = float(finite.min(initial=np.inf))
    if lowest >= 0.0 or not finite.size:
        return 0.0
    return min(lowest, lowest_known) if lowest_known is not None else lowest


def _decades(heights: Floats, start_heights: Floats) -> tuple[float, float]:
    """Room for everything from the least positive height to well above the starts; divergence leaves by the top."""
    positive = heights[heights > 0.0]
    if not positive.size:
        return -1.0, 1.0
    top = positive.max()
    if start_heights.size and start_heights.max() > 0.0:
        top = min(top, start_heights.max() * LARGEST_RISE)
    bottom = min(max(positive.min(), top * SMALLEST_SHARE), top)
    low, high = np.floor(np.log10(bottom)), np.ceil(np.log10(top))
    return float(low), float(max(high, low + 1))


def _log10_above(heights: Floats, bottom: float) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithms = np.log10(np.maximum(heights, 0.0))
    return np.where(np.isfinite(heights), np.maximum(logarithms, bottom), np.nan)
