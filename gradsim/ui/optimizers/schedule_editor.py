"""The schedule of a learning rate: its kind, its numbers, its warm-up, and a curve of what comes of them."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradsim.core.race.schedules import period_of, timescale_of
from gradsim.core.scene import ConstantSchedule, Schedule
from gradsim.ui.optimizers.schedule_preview import SchedulePreview
from gradsim.ui.optimizers.schedule_table import CHOICES, GROUPS, KINDS, NUMBERS, Choice, Number
from gradsim.ui.widgets.forms import ComboBox, NamedControl, error_label, show_error
from gradsim.ui.widgets.grouped_list import GroupedList
from gradsim.ui.widgets.sliders import SliderRow

NAME_WIDTH = 76


class ScheduleEditor(QWidget):
    """Edits the schedule of the optimizer ``owner``. ``changed(schedule, dragging)``; ``released`` ends a drag."""

    changed = Signal(object, bool)
    released = Signal()

    def __init__(self, owner: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._schedule: Schedule = ConstantSchedule()
        self._steps, self._base = 1, 1.0
        self.kind = ComboBox(f"Schedule of {owner}", "How the learning rate changes during the race.", self)
        GroupedList(self.kind)
        self.kind.setMaxVisibleItems(len(KINDS) + len(GROUPS))
        for place, group in enumerate(GROUPS):
            if place:
                self.kind.insertSeparator(self.kind.count())
            for kind in group:
                self.kind.addItem(kind.title, kind.schedule)
                self.kind.setItemData(self.kind.count() - 1, kind.tip, Qt.ItemDataRole.ToolTipRole)
        self.rows: dict[str, SliderRow] = {}
        self.boxes: dict[str, ComboBox] = {}
        self._named_boxes: dict[str, NamedControl] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(NamedControl("schedule", self.kind, NAME_WIDTH, self))
        for choice in CHOICES:
            box = ComboBox(f"{choice.name} of the schedule of {owner}", choice.tip, self)
            for word, title, tip in choice.options:
                box.addItem(title, word)
                box.setItemData(box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
            box.activated.connect(partial(self._set_choice, choice))
            self.boxes[choice.field] = box
            self._named_boxes[choice.field] = NamedControl(choice.name, box, NAME_WIDTH, self)
            layout.addWidget(self._named_boxes[choice.field])
        self.error = error_label()
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
            each.rejected.connect(partial(show_error, self.error))
            layout.addWidget(each)
            self.rows[number.field] = each
        layout.addWidget(self.error)
        self.preview = SchedulePreview(self)
        layout.addWidget(self.preview)
        self.kind.activated.connect(self._set_kind)

    def show_schedule(self, schedule: Schedule, base: float, steps: int, color: str) -> None:
        """Show ``schedule`` of the learning rate ``base`` over ``steps``."""
        if type(schedule) is not type(self._schedule):
            show_error(self.error, "")  # it may tell of a number that this kind does not have
        self._schedule, self._base, self._steps = schedule, base, steps
        self.kind.show_data(type(schedule))
        for field, named in self._named_boxes.items():
            named.setVisible(hasattr(schedule, field))
            self.boxes[field].show_data(getattr(schedule, field, None))
        for number in NUMBERS:
            each = self.rows[number.field]
            shown = hasattr(schedule, number.field)
            each.setVisible(shown)
            if shown:
                each.slider.scale = number.scale(steps, base)
                value = getattr(schedule, number.field)
                each.show_value(float(self._left_out(number.field) if value is None else value))
        self.preview.setVisible(not isinstance(schedule, ConstantSchedule) or schedule.warmup > 0)
        self.preview.show_schedule(schedule, base, steps, color)

    @property
    def _n_scheduled(self) -> int:
        """The steps of the race after the warm-up."""
        return max(self._steps - self._schedule.warmup, 1)

    def _left_out(self, field: str) -> int:
        """What a period or a timescale of None stands for."""
        schedule = replace(self._schedule, **{field: None})
        return period_of(schedule, self._n_scheduled) if field == "period" else timescale_of(schedule)

    def _set_kind(self, place: int) -> None:
        kind = KINDS.get(self.kind.itemData(place))
        if kind is not None and not isinstance(self._schedule, kind.schedule):  # a separator is no kind
            self.changed.emit(replace(kind.make(self._steps, self._base), warmup=self._schedule.warmup), False)

    def _set_choice(self, choice: Choice, place: int) -> None:
        self.changed.emit(replace(self._schedule, **{choice.field: self.boxes[choice.field].itemData(place)}), False)

    def _set_number(self, number: Number, value: float, dragging: bool) -> None:
        plain: float | None = int(value) if number.whole else value
        if dragging and number.field in ("period", "timescale"):
            left_out = self._left_out(number.field)
            if value == left_out or (number.field == "period" and left_out == self._n_scheduled < value):
                plain = None  # follows the race when its length changes
        self.changed.emit(replace(self._schedule, **{number.field: plain}), dragging)
