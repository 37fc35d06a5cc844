"""Where an optimizer's gradient comes from: exact, or with noise of a chosen strength."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradsim.core.scene import ExactGradient, Gradient, NoisyGradient
from gradsim.ui.widgets.forms import ComboBox, NamedControl
from gradsim.ui.widgets.sliders import Scale, SliderRow

FIRST_STD = 0.1
SCALE = Scale(1e-3, 100.0, "logarithmic")


class GradientSource(QWidget):
    """Edits the gradient of the optimizer ``owner``. ``changed(gradient, dragging)``; ``released`` ends a drag."""

    changed = Signal(object, bool)
    released = Signal()
    rejected = Signal(str)

    def __init__(self, owner: str, name_width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last_std = FIRST_STD
        self.kind = ComboBox(f"Gradient of {owner}", "Whether this optimizer sees the gradient exactly or with noise.")
        for title, kind, tip in (
            ("exact", ExactGradient, "The gradient of the surface itself."),
            ("noisy", NoisyGradient, "Gaussian noise is added, the same for every optimizer in the race."),
        ):
            self.kind.addItem(title, kind)
            self.kind.setItemData(self.kind.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.std = SliderRow(
            "noise σ",
            SCALE,
            f"gradient noise of {owner}",
            "Gradient noise: the standard deviation of what is added to every coordinate of the gradient.",
            self,
            check=lambda value: None if value >= 0 else "gradient noise must be ≥ 0",
            name_width=name_width,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(NamedControl("gradient", self.kind, name_width, self))
        layout.addWidget(self.std)
        self.kind.activated.connect(self._set_kind)
        self.std.changed.connect(lambda std, dragging: self.changed.emit(NoisyGradient(std=std), dragging))
        self.std.released.connect(self.released)
        self.std.rejected.connect(self.rejected)

    def show_gradient(self, gradient: Gradient) -> None:
        self.kind.show_data(type(gradient))
        is_noisy = isinstance(gradient, NoisyGradient)
        self.std.setVisible(is_noisy)
        if is_noisy:
            self._last_std = gradient.std
            self.std.show_value(gradient.std)

    def _set_kind(self, place: int) -> None:
        kind = self.kind.itemData(place)
        self.changed.emit(NoisyGradient(std=self._last_std) if kind is NoisyGradient else ExactGradient(), False)
