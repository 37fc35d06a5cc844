"""What the window knows of schedules: the kinds in the order of their list, and the numbers and choices they have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
    PolynomialSchedule,
    Schedule,
    StepSchedule,
    WsdSchedule,
)
from gradsim.core.scene_schedules import SCHEDULE_RANGES
from gradsim.ui.widgets.number_field import check_whole
from gradsim.ui.widgets.sliders import Scale, rounded

UNBOUNDED = 1e100


@dataclass(frozen=True)
class Kind:
    """One kind of schedule.

    ``make`` gives one whose effect is seen over a race of so many steps from such a learning rate.
    """

    schedule: type[Schedule]
    title: str
    tip: str
    make: Callable[[int, float], Schedule]


GROUPS: tuple[tuple[Kind, ...], ...] = (
    (Kind(ConstantSchedule, "constant", "η stays as it is.", lambda steps, base: ConstantSchedule()),),
    (
        Kind(LinearSchedule, "linear", "A straight line from η down.", lambda steps, base: LinearSchedule()),
        Kind(
            PolynomialSchedule,
            "polynomial",
            "A power of what is left of the race, from η down to a minimum.",
            lambda steps, base: PolynomialSchedule(power=2.0),
        ),
        Kind(
            CosineSchedule,
            "cosine",
            "Half a cosine from η down to a minimum.",
            lambda steps, base: CosineSchedule(),
        ),
        Kind(
            ExponentialSchedule,
            "exponential",
            "η·exp(−k·t): falls by the same share in every step.",
            lambda steps, base: ExponentialSchedule(rate=rounded(3 / steps, 1)),
        ),
        Kind(
            InverseTimeSchedule,
            "inverse time",
            "η/(1 + k·t): falls fast, then ever more slowly.",
            lambda steps, base: InverseTimeSchedule(rate=rounded(10 / steps, 1)),
        ),
        Kind(
            InverseSqrtSchedule,
            "inverse sqrt",
            "η/√(1 + t/T): more slowly still, as transformers are trained.",
            lambda steps, base: InverseSqrtSchedule(timescale=max(1, steps // 10)),
        ),
        Kind(
            StepSchedule,
            "steps",
            "η times a factor, every so many steps.",
            lambda steps, base: StepSchedule(every=max(1, steps // 4)),
        ),
        Kind(
            WsdSchedule,
            "stable, decay",
            "Warm-up, stable, decay (WSD): η stays as it is, then falls at the end of the race.",
            lambda steps, base: WsdSchedule(),
        ),
    ),
    (
        Kind(
            OneCycleSchedule,
            "one cycle",
            "Half a cosine up to η, its maximum, then half a cosine down to nearly nothing.",
            lambda steps, base: OneCycleSchedule(),
        ),
        Kind(
            CyclicSchedule,
            "cyclic",
            "Up to η, its maximum, and down again, over and over.",
            # Smith 2017, section 3.3: the least is a quarter to a third of the most.
            lambda steps, base: CyclicSchedule(min=rounded(base / 4, 2)),
        ),
        Kind(
            CosineRestartsSchedule,
            "cosine restarts",
            "Half cosines from η down to a minimum, each longer than the one before.",
            lambda steps, base: CosineRestartsSchedule(),
        ),
    ),
)
"""Those of a group stand together in the list: no change, falls, and cycles."""

KINDS = {kind.schedule: kind for group in GROUPS for kind in group}


@dataclass(frozen=True)
class CountScale(Scale):
    """A linear scale of whole numbers."""

    def value(self, share: float) -> float:
        return float(round(super().value(share)))


@dataclass(frozen=True)
class Number:
    """One number of schedules. ``scale`` takes the length of the race and the learning rate before the schedule."""

    field: str
    name: str
    tip: str
    scale: Callable[[int, float], Scale]
    whole: bool = False

    def check(self, value: float) -> str | None:
        """What is wrong with ``value``: one line, or None."""
        low, high = SCHEDULE_RANGES[self.field]
        words = {"warmup": "the warm-up", "rate": "the rate k"}.get(self.field, self.name)
        if not low <= value <= high:
            bounds = f"{low:,} to {high:,}" if high < UNBOUNDED else f"at least {low:,}"
            return f"{words} must be {bounds}"
        return check_whole(value) if self.whole else None


@dataclass(frozen=True)
class Choice:
    """One choice among words; ``options`` are the words as a scene has them, their titles, and their tips."""

    field: str
    name: str
    tip: str
    options: tuple[tuple[str, str, str], ...]


def _all_steps(steps: int, base: float) -> Scale:
    return CountScale(1, max(2, steps))


def _shares(steps: int, base: float) -> Scale:
    return Scale(0.0, 1.0)


NUMBERS = (
    Number(
        "rate",
        "k",
        "How fast the learning rate falls: k in the formula of the schedule.",
        lambda steps, base: Scale(min(1e-6, 0.01 / steps), 1.0, "logarithmic"),
    ),
    Number("power", "power", "1 is a straight line; more falls faster at first.", lambda steps, base: Scale(0.0, 5.0)),
    Number("every", "every", "How many steps the learning rate stays the same.", _all_steps, whole=True),
    Number("factor", "factor", "What the learning rate is multiplied by each time.", _shares),
    Number("start_factor", "start factor", "Which share of η the first learning rate is.", _shares),
    Number(
        "end_factor",
        "end factor",
        "Which share of η the learning rate falls to.",
        _shares,
    ),
    Number("warm_share", "warm share", "Which share of the cycle the learning rate rises.", _shares),
    Number("decay_share", "decay share", "Which share of the race, at its end, the learning rate falls.", _shares),
    Number("min", "minimum", "The lowest learning rate.", lambda steps, base: Scale(0.0, base or 1.0)),
    Number(
        "timescale",
        "timescale",
        "After how many steps the learning rate has fallen to η/√2: T in the formula of the schedule.",
        _all_steps,
        whole=True,
    ),
    Number(
        "period",
        "period",
        "How many steps the fall or the first cycle takes; at the right end of the slider, the whole race.",
        _all_steps,
        whole=True,
    ),
    Number(
        "period_factor",
        "period factor",
        "How many times as long as the one before each cycle is.",
        lambda steps, base: Scale(1.0, 5.0),
    ),
    Number(
        "warmup",
        "warm-up",
        "How many steps the learning rate takes to rise from nothing before the schedule begins.",
        lambda steps, base: CountScale(0, max(2, steps // 2)),
        whole=True,
    ),
)

CHOICES = (
    Choice(
        "shape",
        "shape",
        "How the learning rate falls at the end of the race.",
        (
            ("linear", "linear", "A straight line."),
            ("1-sqrt", "1 − √p", "Fast at first: one minus the root of the share of the decay that is over."),
        ),
    ),
)
