"""One parameter of the formula: its slider and number, a button that swings it, and the slider's range to unfold."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gradsim.core.scene import ParameterSlider
from gradsim.ui.forms import label
from gradsim.ui.icons import IconButton
from gradsim.ui.number_field import NumberField, number_text
from gradsim.ui.sliders import Scale, SliderRow
from gradsim.ui.theme import limit_width

SETTINGS = (
    ("low", "from", "The lower end of the slider and of the swing."),
    ("high", "to", "The upper end of the slider and of the swing."),
    ("step", "step", "The slider gives multiples of this number; 0 lets it move smoothly."),
    ("period_s", "seconds", "How long a swing takes from one end to the other and back."),
)
LONGEST_PERIOD_S = 3600.0
FIELD_WIDTH, LEAST_SLIDER_WIDTH = 60, 50


def default_slider(value: float) -> ParameterSlider:
    """A slider from −r to r, where r is 2, 5 or 10 times a power of ten that is at least twice ``value``."""
    wanted = max(2.0 * abs(value), 2.0)
    decade = 10.0 ** math.floor(math.log10(wanted))
    reach = next(decade * factor for factor in (2.0, 5.0, 10.0) if decade * factor >= wanted * (1 - 1e-12))
    return ParameterSlider(low=-reach, high=reach)


def slider_scale(slider: ParameterSlider) -> Scale:
    """The scale of a parameter's slider; a step that has no multiple within the range is left out."""
    return Scale(slider.low, slider.high, step=slider.step if has_multiple(slider) else 0.0)


def has_multiple(slider: ParameterSlider) -> bool:
    """Whether a multiple of the slider's step lies in its range."""
    return slider.step > 0.0 and math.ceil(slider.low / slider.step - 1e-9) <= slider.high / slider.step + 1e-9


def slider_mistake(slider: ParameterSlider) -> str | None:
    """What is wrong with the range, the step or the period of a slider: one line, or None."""
    low, high = number_text(slider.low), number_text(slider.high)
    if not slider.low < slider.high:
        return f"a slider from {low} to {high} has no room: “from” must be below “to”"
    if slider.step < 0.0 or (slider.step > 0.0 and not has_multiple(slider)):
        return f"step {number_text(slider.step)} has no multiple between {low} and {high}: take a smaller one, or 0"
    if not 0.0 < slider.period_s <= LONGEST_PERIOD_S:
        return f"a swing takes more than 0 and at most {LONGEST_PERIOD_S:g} seconds"
    return None


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
        self.fields = {key: NumberField(f"{name}: {word}", tip) for key, word, tip in SETTINGS}
        self.settings = QWidget()
        grid = QGridLayout(self.settings)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setSpacing(6)
        for place, (key, word, tip) in enumerate(SETTINGS):
            heading = label(word)
            heading.setToolTip(tip)
            grid.addWidget(heading, place // 2, 2 * (place % 2))
            grid.addWidget(self.fields[key], place // 2, 2 * (place % 2) + 1)
            self.fields[key].changed.connect(lambda value, key=key: self._set(key, value))
            self.fields[key].rejected.connect(self.rejected)
        self.settings.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.row)
        layout.addWidget(self.settings)
        self.row.changed.connect(self.changed)
        self.row.released.connect(self._release)
        self.row.rejected.connect(self.rejected)
        self.more.toggled.connect(self.settings.setVisible)
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
        for key, field in self.fields.items():
            field.show_value(getattr(slider, key))
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

    def _set(self, key: str, value: float) -> None:
        slider = ParameterSlider(**{**{name: getattr(self._slider, name) for name in self.fields}, key: value})
        mistake = slider_mistake(slider)
        if mistake is None:
            self.slider_changed.emit(slider)
        else:
            self.fields[key].show_value(getattr(self._slider, key))
        self.rejected.emit(mistake or "")

    def _release(self) -> None:
        self.row.slider.show_value(self.row.value)  # with a step, the hand may have left it between two values
        self.released.emit()
