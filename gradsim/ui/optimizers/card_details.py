"""What is behind the fold of an optimizer's card: its formula, convention, schedule and gradient."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradsim.core.optimizers import HYPERPARAMETERS, Optimizer
from gradsim.core.scene import OptimizerEntry
from gradsim.ui.line_up import value_text
from gradsim.ui.optimizers.entry_edits import value_of
from gradsim.ui.optimizers.gradient_source import GradientSource
from gradsim.ui.optimizers.schedule_editor import NAME_WIDTH, ScheduleEditor
from gradsim.ui.widgets.forms import ComboBox, NamedControl, label, wrapped
from gradsim.ui.widgets.mathematics import MathView


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
    """Built when its card is first unfolded; hyperparameters that are not always on show have their rows here."""

    convention_chosen = Signal(str)

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
        layout.addWidget(self.schedule)
        layout.addWidget(self.gradient)
        self.convention.activated.connect(lambda place: self.convention_chosen.emit(self.convention.itemData(place)))

    def add_row(self, row: QWidget) -> None:
        """Add the row of a hyperparameter below those that are there."""
        self._rows.addWidget(row)
        row.stackUnder(self._below_rows)  # the tab key follows the order of children, and this one comes last

    def show_entry(self, entry: OptimizerEntry, steps: int, color: str) -> None:
        """Show ``entry`` in a race over ``steps``."""
        name = entry.convention or self._optimizer.default_convention
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
        self.formula.show_lines(rule.latex, rule.formula)
        self.reference.setText(rule.reference)

    def close_lists(self) -> None:
        """Close lists that are open: a choice would edit whatever follows in this card's place."""
        for box in (self.convention, self.schedule.kind, *self.schedule.boxes.values(), self.gradient.kind):
            box.blockSignals(True)
            box.hidePopup()

    def stop(self) -> None:
        self.formula.stop()
