"""What an optimizer is given as its gradient: that of the surface, as it is, noisy or summed, or a list of numbers."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradsim.core.scene import AccumulatedGradient, ExactGradient, Gradient, GradientSequence, NoisyGradient
from gradsim.ui.optimizers.sequence_field import SequenceField
from gradsim.ui.widgets.forms import ComboBox, NamedControl, error_label, show_error, wrapped
from gradsim.ui.widgets.sliders import Scale, SliderRow

FIRST_STD = 0.1
# Reddi, Kale & Kumar 2018, On the convergence of Adam and beyond, theorem 1 with C = 1010: Adam climbs, on average.
FIRST_VALUES = (1010.0, *[-10.0] * 100)
SCALE = Scale(1e-3, 100.0, "logarithmic")
KINDS: tuple[tuple[type[Gradient], str, str], ...] = (
    (ExactGradient, "exact", "The gradient of the surface itself."),
    (NoisyGradient, "noisy", "Gaussian noise is added, the same for every optimizer in the race."),
    (AccumulatedGradient, "accumulated", "The sum of all gradients so far, as when zero_grad is forgotten."),
    (GradientSequence, "sequence", "Given numbers, one for each update, whatever the surface is."),
)


class GradientSource(QWidget):
    """Edits the gradient of the optimizer ``owner``. ``changed(gradient, dragging)``; ``released`` ends a drag."""

    changed = Signal(object, bool)
    released = Signal()

    def __init__(self, owner: str, name_width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gradient: Gradient | None = None
        self._last: dict[type[Gradient], Gradient] = {
            ExactGradient: ExactGradient(),
            NoisyGradient: NoisyGradient(std=FIRST_STD),
            AccumulatedGradient: AccumulatedGradient(),
            GradientSequence: GradientSequence(values=FIRST_VALUES),
        }
        self.kind = ComboBox(f"Gradient of {owner}", "What this optimizer is given as the gradient.")
        for kind, title, tip in KINDS:
            self.kind.addItem(title, kind)
            self.kind.setItemData(self.kind.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        named = NamedControl("gradient", self.kind, name_width, self)  # made first: the tab key follows this order
        self.std = SliderRow(
            "noise σ",
            SCALE,
            f"gradient noise of {owner}",
            "Gradient noise: the standard deviation of what is added to every coordinate of the gradient.",
            self,
            check=lambda value: None if value >= 0 else "gradient noise must be ≥ 0",
            name_width=name_width,
        )
        tip = "The gradients of the updates, over and over: 1010, -10 x100 is 1010 and then a hundred times -10."
        self.values = SequenceField(f"gradient sequence of {owner}", wrapped(tip), self)
        self.sequence = NamedControl("values", self.values, name_width, self)
        self.error = error_label()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(named)
        layout.addWidget(self.std)
        layout.addWidget(self.sequence)
        layout.addWidget(self.error)
        self.kind.activated.connect(self._set_kind)
        self.std.changed.connect(lambda std, dragging: self.changed.emit(NoisyGradient(std=std), dragging))
        self.std.released.connect(self.released)
        self.values.changed.connect(lambda values: self.changed.emit(GradientSequence(values=values), False))
        for field in (self.std, self.values):
            field.rejected.connect(partial(show_error, self.error))

    def show_gradient(self, gradient: Gradient) -> None:
        with QSignalBlocker(self):  # a field that is hidden loses the focus, and would tell what was typed in it
            self.kind.show_data(type(gradient))
            self.std.setVisible(isinstance(gradient, NoisyGradient))
            self.sequence.setVisible(isinstance(gradient, GradientSequence))
            if gradient != self._gradient:
                show_error(self.error, "")  # it was about another
            self._gradient = self._last[type(gradient)] = gradient
            if isinstance(gradient, NoisyGradient):
                self.std.show_value(gradient.std)
            elif isinstance(gradient, GradientSequence):
                self.values.show_values(gradient.values)

    def _set_kind(self, place: int) -> None:
        for field in (self.std.field, self.values):
            if field.hasFocus():
                field.take_text()  # else it would be lost
        self.changed.emit(self._last[self.kind.itemData(place)], False)
