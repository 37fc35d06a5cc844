"""A schedule as a Python function of the update: its formula, with the numbers of a scene in it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.race.schedules import period_of, timescale_of
from gradsim.core.scene import (
    ConstantSchedule,
    CosineRestartsSchedule,
    CosineSchedule,
    CyclicSchedule,
    ExponentialSchedule,
    InverseSqrtSchedule,
    InverseTimeSchedule,
    LinearSchedule,
    OneCycleSchedule,
    OptimizerEntry,
    PolynomialSchedule,
    Scene,
    Schedule,
    StepSchedule,
    WsdSchedule,
)
from gradsim.core.scripts.source_text import INDENT, Functions, broken, docstring, number

Body = tuple[str, str, str]
"""What a schedule does in words, the assignments before its last line, and the expression of that line."""


def schedule_source(schedule: Schedule, base: float, steps: int, *, module: str) -> tuple[str, list[str]]:
    """Return the parameter and the body of a function that gives the learning rates of ``schedules``.

    The parameter is the number of the update, counted from 0. ``module``, "np" or "math", is where elementary functions
    come from.
    """
    n_warmup = min(schedule.warmup, steps)
    words, assignments, rate = _BODIES[type(schedule)](schedule, base, max(steps - n_warmup, 1))
    warm = schedule.warmup > 0
    rise = f", after a rise in the first {schedule.warmup}" if warm else ""
    lines = docstring(f"Return the learning rate of an update: {words}{rise}.")
    if warm:
        lines += [f"{INDENT}k = max(update - {schedule.warmup}, 0)"]
    text = textwrap.indent(textwrap.dedent(assignments).strip(), INDENT).replace("MODULE", module)
    lines += text.split("\n") if text else []
    rate = rate.replace("MODULE", module)
    risen = f"({rate}) * min((update + 1) / {schedule.warmup}, 1.0)" if warm else rate
    return "update" if warm else "k", [*lines, *broken(f"{INDENT}return {risen}")]


def add_schedule(scene: Scene, entry: OptimizerEntry, functions: Functions, *, module: str) -> str | None:
    """Add the schedule of ``entry`` to ``functions`` and return its name; None if the learning rate stays as it is."""
    if entry.schedule == ConstantSchedule():
        return None
    rule = OPTIMIZERS[entry.name].rule(entry.convention)
    base = {**rule.defaults, **entry.hyperparameters}["learning_rate"]
    kind = type(entry.schedule).__struct_config__.tag
    parameter, body = schedule_source(entry.schedule, base, scene.steps, module=module)
    return functions.add(f"{kind}_rate", [parameter], body)


def _between(low: float, high: float) -> str:
    """The expression of what is ``low`` at a share of 0 and ``high`` at 1."""
    return f"{number(high)} * share" if low == 0.0 else f"{number(low)} * (1.0 - share) + {number(high)} * share"


def _progress(k: str, length: float) -> str:
    """The expression of the share of ``length`` that is over, from 0 to 1."""
    return f"min({k} / {length!r}, 1.0)" if length > 0 else "1.0"


def _half_cosine(progress: str) -> str:
    return f"p = {progress}\nshare = (1.0 + MODULE.cos(MODULE.pi * p)) / 2"


def _constant(schedule: ConstantSchedule, base: float, n: int) -> Body:
    return f"{base!r} at all of them", "", number(base)


def _linear(schedule: LinearSchedule, base: float, n: int) -> Body:
    period, end = period_of(schedule, n), base * schedule.end_factor
    share = f"share = 1.0 - {_progress('k', period)}"
    return f"a straight line from {base!r} to {end!r} in {period}", share, _between(end, base)


def _polynomial(schedule: PolynomialSchedule, base: float, n: int) -> Body:
    period = period_of(schedule, n)
    share = f"share = (1.0 - {_progress('k', period)}) ** {schedule.power!r}"
    return f"a polynomial from {base!r} to {schedule.min!r} in {period}", share, _between(schedule.min, base)


def _cosine(schedule: CosineSchedule, base: float, n: int) -> Body:
    period = period_of(schedule, n)
    words = f"half a cosine from {base!r} to {schedule.min!r} in {period}"
    return words, _half_cosine(_progress("k", period)), _between(schedule.min, base)


def _exponential(schedule: ExponentialSchedule, base: float, n: int) -> Body:
    return "an exponential", "", f"{number(base)} * MODULE.exp(-{number(schedule.rate)} * k)"


def _inverse_time(schedule: InverseTimeSchedule, base: float, n: int) -> Body:
    return "in inverse proportion to time", "", f"{number(base)} / (1.0 + {number(schedule.rate)} * k)"


def _inverse_sqrt(schedule: InverseSqrtSchedule, base: float, n: int) -> Body:
    timescale = timescale_of(schedule)
    return "falling with the root of time", "", f"{number(base)} / MODULE.sqrt(1.0 + k / {timescale})"


def _step(schedule: StepSchedule, base: float, n: int) -> Body:
    words = f"{schedule.factor!r} times as high every {schedule.every}"
    return words, "", f"{number(base)} * {number(schedule.factor)} ** MODULE.floor(k / {schedule.every})"


def _wsd(schedule: WsdSchedule, base: float, n: int) -> Body:
    n_decay = min(round(schedule.decay_share * (n + schedule.warmup)), n)
    p = f"max(k - {n - n_decay}, 0.0) / {max(n_decay, 1)}"
    share = f"share = 1.0 - MODULE.sqrt({p})" if schedule.shape == "1-sqrt" else f"share = 1.0 - {p}"
    return f"{base!r}, and in the last {n_decay} down to {schedule.min!r}", share, _between(schedule.min, base)


def _one_cycle(schedule: OneCycleSchedule, base: float, n: int) -> Body:
    period = period_of(schedule, n)
    peak, last = schedule.warm_share * period - 1.0, period - 1.0
    low, end = base * schedule.start_factor, base * schedule.end_factor
    since = f"(k - {peak!r})" if peak >= 0.0 else f"(k + {-peak!r})"
    assignments = f"""
        rises = k <= {peak!r}
        p = {_progress("k", peak)} if rises else {_progress(since, last - peak)}
        share = (1.0 + MODULE.cos(MODULE.pi * p)) / 2
        first, last = ({number(base)}, {number(low)}) if rises else ({number(end)}, {number(base)})
    """
    words = f"half a cosine from {low!r} up to {base!r}, then one down to {end!r}, in {period}"
    return words, assignments, "first * (1.0 - share) + last * share"


def _cyclic(schedule: CyclicSchedule, base: float, n: int) -> Body:
    period = period_of(schedule, n)
    share = f"share = 1.0 - abs(2.0 * (k % {period}) / {period} - 1.0)"
    return f"triangles between {schedule.min!r} and {base!r}, {period} long", share, _between(schedule.min, base)


def _cosine_restarts(schedule: CosineRestartsSchedule, base: float, n: int) -> Body:
    period, factor = period_of(schedule, n), schedule.period_factor
    words = f"half cosines from {base!r} to {schedule.min!r}, the first {period} long"
    if factor == 1.0:
        return words, _half_cosine(f"k % {period} / {period}"), _between(schedule.min, base)
    cycles = f"""
        start, length, cycle = 0.0, {number(period)}, 0
        while start + length <= k:
            start, cycle = start + length, cycle + 1
            length = {period} * {number(factor)} ** cycle
    """
    last = _half_cosine("min((k - start) / length, 1.0)")
    return words, f"{textwrap.dedent(cycles).strip()}\n{last}", _between(schedule.min, base)


_BODIES: dict[type, Callable[[Any, float, int], Body]] = {
    ConstantSchedule: _constant,
    LinearSchedule: _linear,
    PolynomialSchedule: _polynomial,
    CosineSchedule: _cosine,
    ExponentialSchedule: _exponential,
    InverseTimeSchedule: _inverse_time,
    InverseSqrtSchedule: _inverse_sqrt,
    StepSchedule: _step,
    WsdSchedule: _wsd,
    OneCycleSchedule: _one_cycle,
    CyclicSchedule: _cyclic,
    CosineRestartsSchedule: _cosine_restarts,
}
