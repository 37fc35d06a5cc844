"""The box that an optimizer is kept inside: a switch, and two numbers for each axis."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gradsim.core.scene import Box
from gradsim.ui.widgets.forms import NamedControl, Switch, error_label, label, row, show_error
from gradsim.ui.widgets.number_field import NumberField

LARGEST_COORDINATE = 1e100
TIP = "Keep inside a box: updates that would leave it end on its edge."


class BoxFields(QWidget):
    """Edits the box of the optimizer ``owner``. ``changed(box)``; ``switched(on)`` asks for one, or for none."""

    changed = Signal(tuple)
    switched = Signal(bool)

    def __init__(self, owner: str, name_width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box: Box | None = None
        self.switch = Switch(f"Keep {owner} inside a box", TIP, self)
        self.fields = {
            (axis, end): NumberField(
                f"box of {owner}, {axis} {('from', 'to')[end]}",
                f"{('Lower', 'Upper')[end]} end of the box in {axis}.",
                check=partial(self._check, axis, end),
            )
            for axis in "xy"
            for end in (0, 1)
        }
        self.error = error_label()
        words = label("keep inside")
        words.setToolTip(TIP)
        head = QWidget(self)
        head.setToolTip(TIP)
        head.setLayout(row(self.switch, words, None))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(NamedControl("box", head, name_width, self))
        self._axes: dict[str, QWidget] = {}
        for axis in "xy":
            ends = QWidget(self)
            ends.setToolTip(f"Where the box begins and ends in {axis}.")
            line = QHBoxLayout(ends)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(6)
            line.addWidget(self.fields[axis, 0], 1)
            line.addWidget(label("to"))
            line.addWidget(self.fields[axis, 1], 1)
            self._axes[axis] = NamedControl(axis, ends, name_width, self)
            layout.addWidget(self._axes[axis])
        layout.addWidget(self.error)
        self.switch.toggled.connect(self.switched)
        for (axis, end), field in self.fields.items():
            field.changed.connect(partial(self._set_end, axis, end))
            field.rejected.connect(partial(show_error, self.error))

    def show_box(self, box: Box | None) -> None:
        with QSignalBlocker(self):  # a field that is hidden loses the focus, and would tell what was typed in it
            was, self._box = self._box, box
            self.switch.show_checked(box is not None)
            for place, axis in enumerate("xy"):
                has_axis = box is not None and place < len(box)
                self._axes[axis].setVisible(has_axis)
                for end in (0, 1) if has_axis else ():
                    field = self.fields[axis, end]
                    # What cannot be taken yet stays while the other end is typed; but a new box begins afresh.
                    (field.show_value if was is None else field.show_if_left)(box[place][end])
            if box is None:
                show_error(self.error, "")

    def _check(self, axis: str, end: int, value: float) -> str | None:
        if abs(value) > LARGEST_COORDINATE:
            return f"ends of a box go up to {LARGEST_COORDINATE:g}"
        other = self.fields[axis, 1 - end].value
        low, high = (value, other) if end == 0 else (other, value)
        return None if low <= high else f"{low:g} is above {high:g}: the box would have no inside"

    def _set_end(self, axis: str, end: int, value: float) -> None:
        if self._box is None:
            return  # it went away while its number was being typed
        box = [list(ends) for ends in self._box]
        box["xy".index(axis)][end] = value
        self.changed.emit(tuple(tuple(ends) for ends in box))
        other = self.fields[axis, 1 - end]
        if other.property("invalid"):
            other.take_text()  # which may be in order now
