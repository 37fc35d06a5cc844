"""The schedule of a learning rate: its kind, its numbers, its warm-up, and a curve of what comes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradsim.core.checks import MAX_STEPS
from gradsim.core.scene import (
    ConstantSchedule,
    CosineSchedule,
    ExponentialSchedule,
    InverseTimeSchedule,
    Schedule,
    StepSchedule,
)
from gradsim.ui.optimizers.schedule_preview import SchedulePreview
from gradsim.ui.widgets.forms import ComboBox, NamedControl
from gradsim.ui.widgets.number_field import check_whole
from gradsim.ui.widgets.sliders import Scale, SliderRow, rounded

NAME_WIDTH = 68
RATES = Scale(1e-6, 1.0, "logarithmic")


@dataclass(frozen=True)
class Kind:
    """One kind of schedule: ``make`` gives one whose effect is seen over a race of so many steps."""

    schedule: type[Schedule]
    title: str
    tip: str
    make: Callable[[int], Schedule]


KINDS = (
    Kind(ConstantSchedule, "constant", "η stays as it is.", lambda steps: ConstantSchedule()),
    Kind(
        ExponentialSchedule,
        "exponential",
        "η·exp(−k·t): falls by the same share in every step.",
        lambda steps: ExponentialSchedule(rate=rounded(3 / steps, 1)),
    ),
    Kind(
        InverseTimeSchedule,
        "inverse time",
        "η/(1 + k·t): falls fast, then ever more slowly.",
        lambda steps: InverseTimeSchedule(rate=rounded(10 / steps, 1)),
    ),
    Kind(
        StepSchedule,
        "steps",
        "η times a factor, every so many steps.",
        lambda steps: StepSchedule(every=max(1, steps // 4)),
    ),
    Kind(CosineSchedule, "cosine", "Half a cosine from η down to a minimum.", lambda steps: CosineSchedule()),
)


@dataclass(frozen=True)
class CountScale(Scale):
    """A linear scale of whole numbers."""

    def value(self, share: float) -> float:
        return float(round(super().value(share)))


@dataclass(frozen=True)
class Number:
    """One number of a schedule. ``steps`` is the length of the race, ``base`` the learning rate before the schedule."""

    field: str
    name: str
    tip: str
    kinds: tuple[type[Schedule], ...]
    scale: Callable[[int, float], Scale]
    low: float = 0.0
    high: float = 1e100
    whole: bool = False

    def check(self, value: float) -> str | None:
        """What is wrong with ``value``: one line, or None."""
        words = self.name.replace("warm-up", "the warm-up").replace("k", "the rate k")
        if self.whole and (reason := check_whole(value)) is not None:
            return reason
        if not self.low <= value <= self.high:
            bounds = f"{self.low:g} to {self.high:g}" if self.high < 1e100 else f"at least {self.low:g}"
            return f"{words} must be {bounds}"
        return None


NUMBERS = (
    Number(
        "rate",
        "k",
        "How fast the learning rate falls: k in the formula of the schedule.",
        (ExponentialSchedule, InverseTimeSchedule),
        lambda steps, base: RATES,
    ),
    Number(
        "every",
        "every",
        "How many steps the learning rate stays the same.",
        (StepSchedule,),
        lambda steps, base: CountScale(1, max(2, steps)),
        low=1,
        high=MAX_STEPS,
        whole=True,
    ),
    Number(
        "factor",
        "factor",
        "What the learning rate is multiplied by each time.",
        (StepSchedule,),
        lambda steps, base: Scale(0.0, 1.0),
        high=1.0,
    ),
    Number(
        "min",
        "minimum",
        "The learning rate at the end of the fall.",
        (CosineSchedule,),
        lambda steps, base: Scale(0.0, base or 1.0),
    ),
    Number(
        "period",
        "period",
        "How many steps the fall takes; at the right end of the slider, the whole race.",
        (CosineSchedule,),
        lambda steps, base: CountScale(1, max(2, steps)),
        low=1,
        high=MAX_STEPS,
        whole=True,
    ),
    Number(
        "warmup",
        "warm-up",
        "How many steps the learning rate takes to rise from nothing before it falls.",
        tuple(kind.schedule for kind in KINDS),
        lambda steps, base: CountScale(0, max(2, steps // 2)),
        high=MAX_STEPS,
        whole=True,
    ),
)


class ScheduleEditor(QWidget):
    """Edits the schedule of the optimizer ``owner``. ``changed(schedule, dragging)``; ``released`` ends a drag."""

    changed = Signal(object, bool)
    released = Signal()
    rejected = Signal(str)

    def __init__(self, owner: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._schedule: Schedule = ConstantSchedule()
        self._steps, self._base = 1, 1.0
        self.kind = ComboBox(f"Schedule of {owner}", "How the learning rate changes during the race.", self)
        for kind in KINDS:
            self.kind.addItem(kind.title, kind.schedule)
            self.kind.setItemData(self.kind.count() - 1, kind.tip, Qt.ItemDataRole.ToolTipRole)
        self.rows: dict[str, SliderRow] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(NamedControl("schedule", self.kind, NAME_WIDTH, self))
        for number in NUMBERS:
            each = SliderRow(
                number.name,
                number.scale(1, 1.0),
                f"{number.name} of the schedule of {owner}",
                number.tip,
                self,
                check=number.check,
                name_width=NAME_WIDTH,
            )
            each.changed.connect(partial(self._set_number, number))
            each.released.connect(self.released)
            each.rejected.connect(self.rejected)
            layout.addWidget(each)
            self.rows[number.field] = each
        self.preview = SchedulePreview(self)
        layout.addWidget(self.preview)
        self.kind.activated.connect(self._set_kind)

    def show_schedule(self, schedule: Schedule, base: float, steps: int, color: str) -> None:
        """Show ``schedule`` of the learning rate ``base`` over ``steps``."""
        self._schedule, self._base, self._steps = schedule, base, steps
        self.kind.show_data(type(schedule))
        for number in NUMBERS:
            each = self.rows[number.field]
            shown = type(schedule) in number.kinds
            each.setVisible(shown)
            if shown:
                each.slider.scale = number.scale(steps, base)
                value = getattr(schedule, number.field)
                each.show_value(float(self._decay_steps if value is None else value))
        self.preview.setVisible(not isinstance(schedule, ConstantSchedule) or schedule.warmup > 0)
        self.preview.show_schedule(schedule, base, steps, color)

    @property
    def _decay_steps(self) -> int:
        """What a period of None stands for."""
        return max(self._steps - self._schedule.warmup, 1)

    def _set_kind(self, place: int) -> None:
        kind = KINDS[place]
        if not isinstance(self._schedule, kind.schedule):
            self.changed.emit(replace(kind.make(self._steps), warmup=self._schedule.warmup), False)

    def _set_number(self, number: Number, value: float, dragging: bool) -> None:
        plain: float | None = int(value) if number.whole else value
        if number.field == "period" and value >= self._decay_steps and dragging:
            plain = None  # stays the whole race when its length changes
        self.changed.emit(replace(self._schedule, **{number.field: plain}), dragging)
