"""Learning rate as a function of the step: one small function for each kind of schedule."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradsim.core.scene_schedules import (
    ConstantSchedule,
    CosineRestartsSchedule,
    CosineSchedule,
    CyclicSchedule,
    ExponentialSchedule,
    InverseSqrtSchedule,
    InverseTimeSchedule,
    LinearSchedule,
    OneCycleSchedule,
    PolynomialSchedule,
    Schedule,
    StepSchedule,
    WsdSchedule,
)

Floats = NDArray[np.float64]
N_CYCLES = 3  # in a race, when a scene gives no period


def learning_rates(schedule: Schedule, base: float, steps: int) -> Floats:
    """Return the learning rate of every update, float64 (steps,); the first update uses ``schedule(0)``.

    With a warm-up of w steps, update k = 0, 1, … of the first w takes ``schedule(0) * (k + 1) / w``, so that the last
    of them takes what the schedule begins with, for most kinds ``base``: the linear factor min(1, t / w), t = k + 1, of
    Ma and Yarats, "On the adequacy of untuned warmup for adaptive optimization" (2021), and PyTorch's
    ``LinearLR(start_factor=1/w, total_iters=w - 1)``. The schedule counts its steps from the end of the warm-up, as in
    optax's ``join_schedules``. Takes schedules that ``checks`` has accepted.
    """
    return learning_rates_at(schedule, base, np.arange(steps), steps=steps)


def learning_rates_at(schedule: Schedule, base: float, updates: NDArray[np.int64], *, steps: int) -> Floats:
    """Return the learning rates of some ``updates``, counted from 0, of a race over ``steps``; float64 (updates,)."""
    calculate = _RATES[type(schedule)]
    n_warmup = min(schedule.warmup, steps)
    n = max(steps - n_warmup, 1)
    rates = np.empty(len(updates))
    warming = updates < n_warmup
    if warming.any():
        rates[warming] = calculate(schedule, base, np.zeros(1), n) * ((updates[warming] + 1) / schedule.warmup)
    rates[~warming] = calculate(schedule, base, (updates[~warming] - n_warmup).astype(np.float64), n)
    return rates


def period_of(schedule: Schedule, n: int) -> int:
    """Return the steps of the ``period`` of a schedule that has one; what None stands for with ``n`` steps to go.

    One fall takes them all. Of cycles there are three, so that {"kind": "cosine_restarts"} does restart.
    """
    period: int | None = getattr(schedule, "period", None)
    if period is not None:
        return period
    if isinstance(schedule, CyclicSchedule):
        return math.ceil(n / N_CYCLES)
    if isinstance(schedule, CosineRestartsSchedule):
        return math.ceil(n / sum(schedule.period_factor**cycle for cycle in range(N_CYCLES)))
    return n


def timescale_of(schedule: InverseSqrtSchedule) -> int:
    """Return its ``timescale`` in steps; left out, it is the warm-up, as in Vaswani et al., and at least 1."""
    return schedule.timescale or max(schedule.warmup, 1)


def constant(schedule: ConstantSchedule, base: float, k: Floats, n: int) -> Floats:
    return np.full(len(k), base)


def linear(schedule: LinearSchedule, base: float, k: Floats, n: int) -> Floats:
    """PyTorch's ``LinearLR(start_factor=1)``; optax's ``linear_schedule``."""
    return _between(base * schedule.end_factor, base, 1.0 - _progress(k, period_of(schedule, n)))


def polynomial(schedule: PolynomialSchedule, base: float, k: Floats, n: int) -> Floats:
    """Liu, Rabinovich and Berg 2015, ParseNet ("poly"); optax's ``polynomial_schedule``, PyTorch's ``PolynomialLR``."""
    return _between(schedule.min, base, (1.0 - _progress(k, period_of(schedule, n))) ** schedule.power)


def cosine(schedule: CosineSchedule, base: float, k: Floats, n: int) -> Floats:
    """Loshchilov and Hutter 2017, SGDR, Eq. 5, without its restarts; optax's ``cosine_decay_schedule``.

    PyTorch's ``CosineAnnealingLR`` agrees up to ``T_max``, then rises again.
    """
    return _between(schedule.min, base, _half_cosine(_progress(k, period_of(schedule, n))))


def exponential(schedule: ExponentialSchedule, base: float, k: Floats, n: int) -> Floats:
    """PyTorch's ``ExponentialLR(gamma=exp(-rate))``."""
    return base * np.exp(-schedule.rate * k)


def inverse_time(schedule: InverseTimeSchedule, base: float, k: Floats, n: int) -> Floats:
    """Robbins and Monro 1951; Bottou 2012, Stochastic gradient descent tricks, Eq. 5."""
    return base / (1.0 + schedule.rate * k)


def inverse_sqrt(schedule: InverseSqrtSchedule, base: float, k: Floats, n: int) -> Floats:
    """Vaswani et al. 2017, Attention is all you need, Eq. 3, in units of its peak: √(w / t) at t = w + k.

    With a ``timescale`` of its own: Zhai et al. 2022, Scaling vision transformers, and Hugging Face's
    ``get_inverse_sqrt_schedule``.
    """
    return base / np.sqrt(1.0 + k / timescale_of(schedule))


def step(schedule: StepSchedule, base: float, k: Floats, n: int) -> Floats:
    """PyTorch's ``StepLR(step_size=every, gamma=factor)``."""
    return base * schedule.factor ** np.floor(k / schedule.every)


def wsd(schedule: WsdSchedule, base: float, k: Floats, n: int) -> Floats:
    """Hu et al. 2024, MiniCPM; Hägele et al. 2024, Scaling laws beyond fixed training durations, Eq. 1 and 2."""
    n_decay = min(round(schedule.decay_share * (n + schedule.warmup)), n)
    p = np.maximum(k - (n - n_decay), 0.0) / max(n_decay, 1)
    return _between(schedule.min, base, 1.0 - (np.sqrt(p) if schedule.shape == "1-sqrt" else p))


def one_cycle(schedule: OneCycleSchedule, base: float, k: Floats, n: int) -> Floats:
    """Smith and Topin 2018, Super-convergence, as PyTorch's ``OneCycleLR`` has it; the momentum stays as it is.

    The rise ends at k = warm_share·period − 1, which need not be whole, and the fall at k = period − 1.
    """
    period = period_of(schedule, n)
    peak, last = schedule.warm_share * period - 1.0, period - 1.0
    rise = _between(base, base * schedule.start_factor, _half_cosine(_progress(k, peak)))
    fall = _between(base * schedule.end_factor, base, _half_cosine(_progress(k - peak, last - peak)))
    return np.where(k <= peak, rise, fall)


def cyclic(schedule: CyclicSchedule, base: float, k: Floats, n: int) -> Floats:
    """Smith 2017, Cyclical learning rates, "triangular"; PyTorch's ``CyclicLR(step_size_up=period / 2)``."""
    period = period_of(schedule, n)
    return _between(schedule.min, base, 1.0 - np.abs(2.0 * (k % period) / period - 1.0))


def cosine_restarts(schedule: CosineRestartsSchedule, base: float, k: Floats, n: int) -> Floats:
    """Loshchilov and Hutter 2017, SGDR, Eq. 5: T₀ is the period, T_mult its factor.

    PyTorch's ``CosineAnnealingWarmRestarts``, whose T_mult is whole.
    """
    period, factor = period_of(schedule, n), schedule.period_factor
    if factor == 1:
        return _between(schedule.min, base, _half_cosine(k % period / period))
    # After i cycles, period·(factorⁱ − 1) / (factor − 1) steps are over.
    n_cycles = int(math.log1p(k.max(initial=0.0) * (factor - 1) / period) / math.log(factor))
    lengths = period * factor ** np.arange(n_cycles + 2.0)
    starts = np.concatenate(([0.0], np.cumsum(lengths)))
    cycle = np.searchsorted(starts, k, side="right") - 1
    return _between(schedule.min, base, _half_cosine(_progress((k - starts[cycle]) / lengths[cycle], 1.0)))


def _progress(k: Floats, length: float) -> Floats:
    """Return how much of ``length`` is over after ``k`` steps, 0 to 1; a length of nothing is over at once."""
    return np.clip(k / length, 0.0, 1.0) if length > 0 else np.ones(len(k))


def _half_cosine(p: Floats) -> Floats:
    """Return 1 at 0, and 0 at 1."""
    return (1.0 + np.cos(np.pi * p)) / 2


def _between(low: float, high: float, share: Floats) -> Floats:
    """Return ``low`` at a share of 0, and ``high`` at 1, both exactly."""
    return low * (1.0 - share) + high * share


# Each takes the schedule, the learning rate before it, the steps since the warm-up (updates,), and how many there are
# of these in the race; it returns the learning rates (updates,).
_RATES: dict[type, Callable[[Any, float, Floats, int], Floats]] = {
    ConstantSchedule: constant,
    LinearSchedule: linear,
    PolynomialSchedule: polynomial,
    CosineSchedule: cosine,
    ExponentialSchedule: exponential,
    InverseTimeSchedule: inverse_time,
    InverseSqrtSchedule: inverse_sqrt,
    StepSchedule: step,
    WsdSchedule: wsd,
    OneCycleSchedule: one_cycle,
    CyclicSchedule: cyclic,
    CosineRestartsSchedule: cosine_restarts,
}
