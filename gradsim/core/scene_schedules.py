"""The schedules of a scene: how the learning rate changes with the step, as plain, immutable data.

Every kind has two fields more: ``warmup``, the number of steps (0 by default) in which the learning rate rises linearly
to the value that the schedule begins with, and ``unit``, "step" by default, in which everything is counted. In the
formulas η₀ is the learning rate of the optimizer and k = 0, 1, … counts the updates after the warm-up, of which there
are n. ``schedules`` calculates them, and ``checks`` refuses numbers outside ``SCHEDULE_RANGES``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

PositiveCount = Annotated[int, Meta(ge=1, le=10_000_000)]

SCHEDULE_RANGES: dict[str, tuple[float, float]] = {
    "warmup": (0, 10_000_000),
    "every": (1, 10_000_000),
    "period": (1, 10_000_000),
    "timescale": (1, 10_000_000),
    "rate": (0, 1e100),
    "min": (0, 1e100),
    "factor": (0, 1),
    "start_factor": (0, 1),
    "end_factor": (0, 1),
    "warm_share": (0, 1),
    "decay_share": (0, 1),
    "power": (0, 100),
    "period_factor": (1, 100),
}
"""The lowest and the highest value of every number of a schedule, whichever kinds have it."""


class _Schedule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind"):
    warmup: Annotated[int, Meta(ge=0)] = 0
    unit: Literal["step", "epoch"] = "step"


class ConstantSchedule(_Schedule, frozen=True, tag="constant"):
    """η₀ at every step."""


class LinearSchedule(_Schedule, frozen=True, tag="linear"):
    """η₀·(1 + (end_factor − 1)·p) with p = min(k / period, 1).

    Attributes:
        end_factor: which share of η₀ is left at the end.
        period: steps of the fall; None for all n.
    """

    end_factor: float = 0.0
    period: PositiveCount | None = None


class PolynomialSchedule(_Schedule, frozen=True, tag="polynomial"):
    """min + (η₀ − min)·(1 − p)^power with p = min(k / period, 1).

    Attributes:
        power: 1 falls in a straight line, more fall fast at first, less fall fast at last.
        min: the learning rate at the end.
        period: steps of the fall; None for all n.
    """

    power: float = 1.0
    min: float = 0.0
    period: PositiveCount | None = None


class CosineSchedule(_Schedule, frozen=True, tag="cosine"):
    """min + (η₀ − min)·(1 + cos πp) / 2 with p = min(k / period, 1): half a cosine.

    Attributes:
        min: the learning rate at the end.
        period: steps of the fall; None for all n.
    """

    min: float = 0.0
    period: PositiveCount | None = None


class ExponentialSchedule(_Schedule, frozen=True, tag="exponential"):
    """η₀·exp(−rate·k)."""

    rate: float


class InverseTimeSchedule(_Schedule, frozen=True, tag="inverse_time"):
    """η₀ / (1 + rate·k)."""

    rate: float


class InverseSqrtSchedule(_Schedule, frozen=True, tag="inverse_sqrt"):
    """η₀ / √(1 + k / timescale).

    Attributes:
        timescale: steps until the learning rate has fallen to 1/√2; None for as many as the warm-up has, at least 1.
    """

    timescale: PositiveCount | None = None


class StepSchedule(_Schedule, frozen=True, tag="step"):
    """η₀·factor^⌊k / every⌋.

    Attributes:
        every: steps for which the learning rate stays the same.
        factor: what it is multiplied by each time.
    """

    every: PositiveCount
    factor: float = 0.5


class WsdSchedule(_Schedule, frozen=True, tag="wsd"):
    """Warm-up, stable, decay: η₀ until the last steps, in which it falls to ``min``.

    min + (η₀ − min)·(1 − p) or, with the shape "1-sqrt", min + (η₀ − min)·(1 − √p), where p rises from 0 to 1 over the
    decay.

    Attributes:
        decay_share: which share of all steps of the race, warm-up included, is the decay.
        shape: of the decay.
        min: the learning rate at the end.
    """

    decay_share: float = 0.2
    shape: Literal["linear", "1-sqrt"] = "1-sqrt"
    min: float = 0.0


class OneCycleSchedule(_Schedule, frozen=True, tag="one_cycle"):
    """Half a cosine up from start_factor·η₀ to η₀, the maximum, then half a cosine down to end_factor·η₀.

    Attributes:
        start_factor: which share of η₀ is the first learning rate; one over the ``div_factor`` of PyTorch.
        end_factor: which share of η₀ is the last; one over its ``div_factor`` times its ``final_div_factor``.
        warm_share: which share of the period it rises; PyTorch's ``pct_start``.
        period: steps of the rise and the fall together; None for all n.
    """

    start_factor: float = 0.04
    end_factor: float = 4e-6
    warm_share: float = 0.3
    period: PositiveCount | None = None


class CyclicSchedule(_Schedule, frozen=True, tag="cyclic"):
    """Triangles from ``min`` up to η₀ and down again: min + (η₀ − min)·(1 − |2p − 1|), p = k / period − ⌊k / period⌋.

    Attributes:
        min: the learning rate at both ends of a cycle.
        period: steps of a cycle, up and down; None for three cycles in n.
    """

    min: float = 0.0
    period: PositiveCount | None = None


class CosineRestartsSchedule(_Schedule, frozen=True, tag="cosine_restarts"):
    """Half cosines from η₀ down to ``min``, each ``period_factor`` times as long as the one before.

    Attributes:
        min: the learning rate that each cycle falls to.
        period: steps of the first cycle; None for three cycles in n.
        period_factor: how the cycles grow; 1 for cycles of one length.
    """

    min: float = 0.0
    period: PositiveCount | None = None
    period_factor: float = 2.0


Schedule = (
    ConstantSchedule
    | LinearSchedule
    | PolynomialSchedule
    | CosineSchedule
    | ExponentialSchedule
    | InverseTimeSchedule
    | InverseSqrtSchedule
    | StepSchedule
    | WsdSchedule
    | OneCycleSchedule
    | CyclicSchedule
    | CosineRestartsSchedule
)
