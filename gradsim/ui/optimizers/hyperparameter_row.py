"""The row of a hyperparameter: its symbol, a slider, the exact number, and a way back to the default."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from gradsim.core.optimizers import Hyperparameter
from gradsim.ui.line_up import value_text
from gradsim.ui.widgets.forms import wrapped
from gradsim.ui.widgets.icons import IconButton
from gradsim.ui.widgets.sliders import Scale, SliderRow

SYMBOL_WIDTH = 18
FIELD_WIDTH = 70
RESET_GAP = 2


def hyperparameter_scale(hyperparameter: Hyperparameter) -> Scale:
    """The scale of a hyperparameter's slider: decades, decades towards 1 for decay rates, or linear."""
    low, high = hyperparameter.slider
    if hyperparameter.logarithmic:
        return Scale(low, high, "logarithmic")
    return Scale(low, high, "complement" if hyperparameter.high == 1.0 and high < 1.0 else "linear")


class HyperparameterRow(SliderRow):
    """Refuses what the engine would refuse; ``reset_asked`` says that the default is wanted."""

    reset_asked = Signal()

    def __init__(
        self, hyperparameter: Hyperparameter, owner: str, default: float, parent: QWidget | None = None
    ) -> None:
        words = hyperparameter.name.replace("_", " ")

        def check(value: float) -> str | None:
            return None if hyperparameter.accepts(value) else f"{words} must be {hyperparameter.range_text}"

        super().__init__(
            hyperparameter.symbol,
            hyperparameter_scale(hyperparameter),
            f"{words} of {owner}",
            wrapped(
                f"{words.capitalize()}. {hyperparameter.description}\nIts default is {value_text(default)}. "
                "Drag with Shift for small changes."
            ),
            parent,
            check=check,
            name_width=SYMBOL_WIDTH,
            field_width=FIELD_WIDTH,
        )
        self._default = default
        self.reset = IconButton(
            "reset", f"Reset {words} of {owner}", f"Back to the default, {value_text(default)}.", self, dim=True
        )
        self.reset.setObjectName("tiny")
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # else the slider would change its length under the mouse
        self.reset.setSizePolicy(policy)
        self.layout_.setSpacing(RESET_GAP)
        self.layout_.insertSpacing(2, 4)
        self.layout_.addWidget(self.reset)
        self.reset.hide()
        self.reset.clicked.connect(self._ask_reset)

    def show_value(self, value: float) -> None:
        super().show_value(value)
        self.reset.setVisible(value != self._default)

    def _ask_reset(self) -> None:
        if self.reset.hasFocus():
            self.slider.setFocus()  # the button goes away: Qt would hand the focus to whatever follows
        QTimer.singleShot(0, self, self.reset_asked.emit)  # after the click, in which the button must not vanish
