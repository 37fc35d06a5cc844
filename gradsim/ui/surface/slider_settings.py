"""The range, the step and the swing of a parameter's slider, as four numbers."""

from __future__ import annotations

import math

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from gradsim.core.number_checks import MAX_MAGNITUDE
from gradsim.core.scene import ParameterSlider
from gradsim.ui.widgets.forms import label
from gradsim.ui.widgets.number_field import NumberField, number_text
from gradsim.ui.widgets.sliders import Scale

SETTINGS = (
    ("low", "from", "The lower end of the slider and of the swing."),
    ("high", "to", "The upper end of the slider and of the swing."),
    ("step", "step", "The slider gives multiples of this number; 0 lets it move smoothly."),
    ("period_s", "seconds", "How long a swing takes from one end to the other and back."),
)
LONGEST_PERIOD_S = 3600.0
LEAST_STEP, LEAST_WIDTH = 1e-9, 1e-6


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
    """Whether a multiple of the slider's step lies in its range; a billion of them are as good as none."""
    if slider.step < LEAST_STEP * (slider.high - slider.low):
        return False
    return math.ceil(slider.low / slider.step - 1e-9) <= slider.high / slider.step + 1e-9


def slider_mistake(slider: ParameterSlider) -> str | None:
    """What is wrong with the range, the step or the period of a slider: one line, or None."""
    low, high = number_text(slider.low), number_text(slider.high)
    if not slider.low < slider.high:
        return f"a slider from {low} to {high} has no room: “from” must be below “to”"
    if max(abs(slider.low), abs(slider.high)) > MAX_MAGNITUDE:
        return f"a slider from {low} to {high} is too long: its ends reach at most {MAX_MAGNITUDE:g}"
    if slider.high - slider.low < LEAST_WIDTH * max(abs(slider.low), abs(slider.high)):
        return f"a slider from {low} to {high} is too short: its ends must differ in their first six figures"
    if slider.step != 0.0 and not has_multiple(slider):
        return f"the slider has no multiples of {number_text(slider.step)}: take a step that fits into it, or 0"
    if not 0.0 < slider.period_s <= LONGEST_PERIOD_S:
        return f"a swing takes more than 0 and at most {LONGEST_PERIOD_S:g} seconds"
    return None


class SliderSettings(QWidget):
    """``changed`` carries another range; ``rejected`` one line on what cannot be, "" once all is well."""

    changed = Signal(object)
    rejected = Signal(str)

    def __init__(self, name: str, slider: ParameterSlider, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slider = slider
        self.fields = {key: NumberField(f"{name}: {word}", tip) for key, word, tip in SETTINGS}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setSpacing(6)
        for place, (key, word, tip) in enumerate(SETTINGS):
            heading = label(word)
            heading.setToolTip(tip)
            grid.addWidget(heading, place // 2, 2 * (place % 2))
            grid.addWidget(self.fields[key], place // 2, 2 * (place % 2) + 1)
            self.fields[key].changed.connect(lambda value, key=key: self._set(key, value))
            self.fields[key].rejected.connect(self.rejected)
        self.show_slider(slider)

    def show_slider(self, slider: ParameterSlider) -> None:
        """Show another range without signalling it."""
        self._slider = slider
        for key, field in self.fields.items():
            field.show_value(getattr(slider, key))

    def _set(self, key: str, value: float) -> None:
        slider = replace(self._slider, **{key: value})
        mistake = slider_mistake(slider)
        if mistake is None:
            self.changed.emit(slider)
        else:
            self.fields[key].show_value(getattr(self._slider, key))
        self.rejected.emit(mistake or "")
