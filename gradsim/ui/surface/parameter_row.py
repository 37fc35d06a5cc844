"""One parameter of the formula: its slider and number, a button that swings it, and the slider's range to unfold."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradsim.core.scene import ParameterSlider
from gradsim.ui.surface.slider_settings import SliderSettings, slider_scale
from gradsim.ui.theme import limit_width
from gradsim.ui.widgets.icons import IconButton
from gradsim.ui.widgets.number_field import number_text
from gradsim.ui.widgets.sliders import SliderRow

FIELD_WIDTH, LEAST_SLIDER_WIDTH = 60, 50


class ParameterRow(QWidget):
    """``changed(value, dragging)`` and ``released`` as of a SliderRow; ``slider_changed`` carries another range.

    ``swing_wanted`` asks for the swing to start or stop; ``rejected`` carries one line on what cannot be, "" once all
    is well.
    """

    changed = Signal(float, bool)
    released = Signal()
    rejected = Signal(str)
    slider_changed = Signal(object)
    swing_wanted = Signal(bool)

    def __init__(self, name: str, slider: ParameterSlider, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._slider = slider
        self._swinging = False
        self.row = SliderRow(
            name,
            slider_scale(slider),
            f"Parameter {name}",
            f"The value of {name} in the formula.",
            field_width=FIELD_WIDTH,
        )
        limit_width(self.row.slider, LEAST_SLIDER_WIDTH)
        self.row.name_label.setTextFormat(Qt.TextFormat.PlainText)
        self.play = IconButton("play", f"Animate {name}", "", flat=True)
        self.more = IconButton(
            "chevron_down", f"Range of {name}", f"Set the range, the step and the swing of {name}.", flat=True
        )
        self.more.setCheckable(True)
        for button in (self.play, self.more):
            button.setObjectName("slim")
            self.row.layout_.addWidget(button)
        self.row.layout_.setSpacing(4)
        self.settings: SliderSettings | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.row)
        self.row.changed.connect(self.changed)
        self.row.released.connect(self._release)
        self.row.rejected.connect(self.rejected)
        self.more.toggled.connect(self._unfold)
        self.play.clicked.connect(lambda: self.swing_wanted.emit(not self._swinging))
        self.row.slider.sliderPressed.connect(lambda: self.swing_wanted.emit(False))
        self.show_slider(slider)

    @property
    def slider(self) -> ParameterSlider:
        """The range on show."""
        return self._slider

    def show_value(self, value: float) -> None:
        """Show a value without signalling it."""
        self.row.show_value(value)

    def show_slider(self, slider: ParameterSlider) -> None:
        """Show another range without signalling it."""
        self._slider = slider
        self.row.slider.show_scale(slider_scale(slider))
        self.row.slider.show_value(self.row.value)
        if self.settings is not None:
            self.settings.show_slider(slider)
        self._show_tip()

    def show_swinging(self, swinging: bool) -> None:
        """Show whether the swing is running."""
        self._swinging = swinging
        self.play.show_icon("pause" if swinging else "play")
        self._show_tip()

    def _show_tip(self) -> None:
        low, high = number_text(self._slider.low), number_text(self._slider.high)
        period = number_text(self._slider.period_s)
        swing = f"Swing {self.name} from {low} to {high} and back, over {period} s; the race is run anew all the while."
        self.play.setToolTip(f"Stop the swing of {self.name} where it is." if self._swinging else swing)

    def _unfold(self, unfolded: bool) -> None:
        if self.settings is None:
            self.settings = SliderSettings(self.name, self._slider)
            self.settings.changed.connect(self.slider_changed)
            self.settings.rejected.connect(self.rejected)
            self.layout().addWidget(self.settings)
        self.settings.setVisible(unfolded)

    def _release(self) -> None:
        self.row.slider.show_value(self.row.value)  # with a step, the hand may have left it between two values
        self.released.emit()
