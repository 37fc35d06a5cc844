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
    n_warmup = min(schedule.warmup, steps)
    rates = np.empty(steps)
    rates[:n_warmup] = base * (np.arange(1, n_warmup + 1) / max(schedule.warmup, 1))
    rates[n_warmup:] = _decay(schedule, base, np.arange(steps - n_warmup, dtype=np.float64))
    return rates


def _decay(schedule: Schedule, base: float, k: Floats) -> Floats | float:
    """Return the rate after ``k`` steps, counted from the end of the warm-up, as the classes in ``scene`` say."""
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
            progress = np.minimum(k / (period or max(len(k), 1)), 1.0)
            return minimum + (base - minimum) * (1 + np.cos(np.pi * progress)) / 2
