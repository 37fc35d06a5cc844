"""What is behind the fold of an optimizer's card: its formula, convention, schedule, gradient and box."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gradsim.core.optimizers import HYPERPARAMETERS, Optimizer
from gradsim.core.scene import OptimizerEntry
from gradsim.ui.line_up import value_text
from gradsim.ui.optimizers.box_fields import BoxFields
from gradsim.ui.optimizers.entry_edits import value_of
from gradsim.ui.optimizers.gradient_clip import GradientClip
from gradsim.ui.optimizers.gradient_source import GradientSource
from gradsim.ui.optimizers.schedule_editor import NAME_WIDTH, ScheduleEditor
from gradsim.ui.widgets.forms import ComboBox, NamedControl, error_label, label, show_error, wrapped
from gradsim.ui.widgets.mathematics import MathView
from gradsim.ui.widgets.type_setting import break_conditionals


def convention_note(optimizer: Optimizer, name: str) -> str:
    """What a convention is, and in what it differs from the method's default, in a few lines."""
    rule, usual = optimizer.rule(name), optimizer.rule()
    lines = [f"{name}: {rule.reference}."]
    if name == optimizer.default_convention:
        lines.append(f"The default. {rule.formula}")
        return "\n".join(lines)
    if rule.formula != usual.formula:
        lines.append(f"Its formula differs: {rule.formula}")
    differing = [
        f"{HYPERPARAMETERS[each].symbol} = {value_text(value)}"
        + (f" instead of {value_text(usual.defaults[each])}" if each in usual.defaults else "")
        for each, value in rule.defaults.items()
        if usual.defaults.get(each) != value
    ]
    if differing:
        lines.append(f"Its defaults differ: {', '.join(differing)}.")
    if len(lines) == 1:
        lines.append(f"The same as {optimizer.default_convention}.")
    return "\n".join(lines)


class CardDetails(QWidget):
    """Built when its card is first unfolded; hyperparameters that are not always on show have their rows here.

    ``changed(field, value, name, dragging)`` asks for another value of a field of the entry, in an edit of that name;
    a box of True is one around the domain. ``parts`` are the controls of each of these fields.
    """

    changed = Signal(str, object, str, bool)
    released = Signal()

    def __init__(self, optimizer: Optimizer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._optimizer = optimizer
        title = optimizer.title
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self.convention = ComboBox(f"Convention of {title}", "Whose definition of the method is used.", self)
        for each in optimizer.conventions:
            self.convention.addItem(each, each)
            note = wrapped(convention_note(optimizer, each))
            self.convention.setItemData(self.convention.count() - 1, note, Qt.ItemDataRole.ToolTipRole)
        convention = NamedControl("convention", self.convention, NAME_WIDTH, self)
        convention.setVisible(len(optimizer.conventions) > 1)
        self._below_rows = convention
        self.schedule = ScheduleEditor(title, self)
        self.gradient = GradientSource(title, NAME_WIDTH, self)
        self.clip = GradientClip(title, NAME_WIDTH, self)
        self.box = BoxFields(title, NAME_WIDTH, self)
        self._refusal = error_label()
        self._refused: QLabel | None = None
        self.parts: dict[str, QWidget] = {
            "convention": self.convention,
            "schedule": self.schedule,
            "gradient": self.gradient,
            "clip": self.clip,
            "box": self.box,
        }
        self.formula = MathView(self)
        self.reference = label("", "note")
        self.reference.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._rows)
        layout.addSpacing(2)
        layout.addWidget(self.formula)
        layout.addWidget(self.reference)
        layout.addSpacing(2)
        layout.addWidget(convention)
        layout.addWidget(self._refusal)
        layout.addWidget(self.schedule)
        layout.addWidget(self.gradient)
        layout.addWidget(self.clip)
        layout.addWidget(self.box)
        self.convention.activated.connect(
            lambda place: self._tell("convention", "change convention", self.convention.itemData(place))
        )
        self.schedule.changed.connect(partial(self._tell, "schedule", "change schedule"))
        self.gradient.changed.connect(partial(self._tell, "gradient", "change gradient"))
        self.clip.changed.connect(partial(self._tell, "clip", "change clipping"))
        self.box.changed.connect(partial(self._tell, "box", "change box"))
        self.box.switched.connect(self._switch_box)
        for part in (self.schedule, self.gradient, self.clip):
            part.released.connect(self.released)

    def add_row(self, row: QWidget) -> None:
        """Add the row of a hyperparameter below those that are there."""
        self._rows.addWidget(row)
        row.stackUnder(self._below_rows)  # the tab key follows the order of children, and this one comes last

    def show_entry(self, entry: OptimizerEntry, steps: int, color: str) -> None:
        """Show ``entry`` in a race over ``steps``."""
        name = entry.convention or self._optimizer.default_convention
        self.show_refusal("", "")
        rule = self._optimizer.rule(name)
        self.convention.show_data(name)
        self.convention.setToolTip(
            wrapped(
                f"Whose definition of the method is used: libraries and papers differ in details.\n"
                f"{convention_note(self._optimizer, name)}"
            )
        )
        self.schedule.show_schedule(entry.schedule, value_of(entry, "learning_rate"), steps, color)
        self.gradient.show_gradient(entry.gradient)
        self.clip.show_clip(entry.clip)
        self.box.show_box(entry.box)
        self.formula.show_lines(break_conditionals(rule.latex), rule.formula)
        self.reference.setText(rule.reference)

    def show_refusal(self, field: str, reason: str) -> None:
        """Say beside the controls of ``field`` why it cannot have the value asked for; "" takes back what was said."""
        if self._refused is not None:  # what a field says about what is typed in it stays
            show_error(self._refused, "")
            self._refused = None
        if reason:
            part = self.parts[field]
            self._refused = self._refusal if part is self.convention else part.error
            show_error(self._refused, reason)

    def close_lists(self) -> None:
        """Close lists that are open: a choice would edit whatever follows in this card's place."""
        schedule = (self.schedule.kind, *self.schedule.boxes.values())
        for box in (self.convention, *schedule, self.gradient.kind, self.clip.way):
            box.blockSignals(True)
            box.hidePopup()

    def stop(self) -> None:
        self.formula.stop()

    def _tell(self, field: str, name: str, value: object, dragging: bool = False) -> None:
        self.changed.emit(field, value, name, dragging)

    def _switch_box(self, on: bool) -> None:
        self._tell("box", f"keep {self._optimizer.title} inside a box" if on else "remove box", on or None)
