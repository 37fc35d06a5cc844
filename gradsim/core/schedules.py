"""Learning rate as a function of the step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gradsim.core.scene import (
    ConstantSchedule,
    CosineSchedule,
    ExponentialSchedule,
    InverseTimeSchedule,
    Schedule,
    StepSchedule,
)

Floats = NDArray[np.float64]


def learning_rates(schedule: Schedule, base: float, steps: int) -> Floats:
    """Return the learning rate of every update, float64 (steps,); the first update uses ``schedule(0)``.

    With a warm-up of w steps, update k = 0, 1, … of the first w takes ``base * (k + 1) / w``, so that the last of them
    takes ``base``: the linear factor min(1, t / w), t = k + 1, of Ma and Yarats, "On the adequacy of untuned warmup for
    adaptive optimization" (2021), and PyTorch's ``LinearLR(start_factor=1/w, total_iters=w - 1)``. The decay counts its
    steps from the end of the warm-up, as in optax's ``join_schedules``. Takes schedules that ``checks`` has accepted.
    """
    return learning_rates_at(schedule, base, np.arange(steps), steps=steps)


def learning_rates_at(schedule: Schedule, base: float, updates: NDArray[np.int64], *, steps: int) -> Floats:
    """Return the learning rates of some ``updates``, counted from 0, of a race over ``steps``; float64 (updates,)."""
    n_warmup = min(schedule.warmup, steps)
    rates = np.empty(len(updates))
    warming = updates < n_warmup
    rates[warming] = base * ((updates[warming] + 1) / max(schedule.warmup, 1))
    k = (updates[~warming] - n_warmup).astype(np.float64)
    rates[~warming] = _decay(schedule, base, k, max(steps - n_warmup, 1))
    return rates


def _decay(schedule: Schedule, base: float, k: Floats, n_decay: int) -> Floats | float:
    """Return the rate after ``k`` of ``n_decay`` steps, counted from the end of the warm-up, as ``scene`` says."""
    match schedule:
        case ConstantSchedule():
            return base
        case ExponentialSchedule(rate=rate):
            return base * np.exp(-rate * k)
        case InverseTimeSchedule(rate=rate):
            return base / (1 + rate * k)
        case StepSchedule(every=every, factor=factor):
            return base * factor ** np.floor(k / every)
        case CosineSchedule(min=minimum, period=period):
            # As optax.cosine_decay_schedule; torch's CosineAnnealingLR agrees up to T_max, then rises again.
            progress = np.minimum(k / (period or n_decay), 1.0)
            return minimum + (base - minimum) * (1 + np.cos(np.pi * progress)) / 2
