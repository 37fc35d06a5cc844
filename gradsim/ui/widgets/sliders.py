"""Sliders over linear ranges and over decades, alone and together with an exact number."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QStyle, QStyleOptionSlider, QWidget

from gradsim.ui.theme import fix_width, theme_hub
from gradsim.ui.widgets.number_field import NumberField

SLIDER_TICKS = 100_000
FINE = 1 / 20  # of the mouse's way, with Shift
SIGNIFICANT_FIGURES = 3
FIELD_PADDING = 16


def rounded(value: float, figures: int = SIGNIFICANT_FIGURES) -> float:
    """``value`` to ``figures`` significant figures, so that a slider gives numbers that can be said aloud."""
    return float(f"{value:.{figures - 1}e}")


@dataclass(frozen=True)
class Scale:
    """How a slider's way from 0 to 1 becomes a number: ``linear``, ``logarithmic``, or ``complement``.

    ``complement`` moves 1 − value in decades from 1 to 1 − high: for decay rates, where 0.9, 0.99 and 0.999 differ.
    With a ``step``, which must leave at least one, a linear scale has its multiples only.
    """

    low: float
    high: float
    kind: str = "linear"
    step: float = 0.0

    def value(self, share: float) -> float:
        """The number at ``share`` in [0, 1], rounded to what a slider can mean."""
        if self.step > 0.0:
            return self.nearest_multiple(self.low + (self.high - self.low) * share)
        if share <= 0.0:
            return self.low
        if share >= 1.0:
            return self.high
        if self.kind == "logarithmic":
            return rounded(self.low * (self.high / self.low) ** share)
        if self.kind == "complement":
            return 1.0 - rounded((1.0 - self.low) * ((1.0 - self.high) / (1.0 - self.low)) ** share, 2)
        digits = max(0, SIGNIFICANT_FIGURES - 1 - math.floor(math.log10(self.high - self.low)))
        return round(self.low + (self.high - self.low) * share, digits)

    def nearest_multiple(self, value: float) -> float:
        """The multiple of ``step`` nearest to ``value`` that is on the scale."""
        first, last = math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9)
        return float(f"{min(max(round(value / self.step), first), last) * self.step:.12g}")

    def share(self, value: float) -> float:
        """Where ``value`` lies on the way, clipped to [0, 1]."""
        value = min(max(value, self.low), self.high)
        if self.kind == "logarithmic":
            return math.log(value / self.low) / math.log(self.high / self.low)
        if self.kind == "complement":
            return math.log((1.0 - value) / (1.0 - self.low)) / math.log((1.0 - self.high) / (1.0 - self.low))
        return (value - self.low) / (self.high - self.low)


class ScaleSlider(QSlider):
    """A slider over a ``Scale``; a click jumps to the mouse, and with Shift a drag is fine.

    ``moved`` carries the number, ``released`` ends a drag.
    """

    moved = Signal(float)
    released = Signal()

    def __init__(self, scale: Scale, label: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._mouse_x = self._grip = 0.0  # the mouse, and how far right of the handle's left edge it holds it
        self.show_scale(scale)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # else a click would take the arrow keys from the playback
        self.setRange(0, SLIDER_TICKS)
        self.setAccessibleName(label)
        self.setToolTip(tip)
        self.valueChanged.connect(lambda tick: self.moved.emit(self.scale.value(tick / SLIDER_TICKS)))
        self.sliderReleased.connect(self.released)

    def show_scale(self, scale: Scale) -> None:
        """Slide over another scale; a key moves by a hundredth of it, or by its step."""
        self.scale = scale
        ticks = math.ceil(SLIDER_TICKS * scale.step / (scale.high - scale.low))
        self.setSingleStep(max(SLIDER_TICKS // 100, ticks))
        self.setPageStep(max(SLIDER_TICKS // 20, ticks))

    def show_value(self, value: float) -> None:
        """Move the handle without signalling; a value beyond the scale rests at its end."""
        if self.isSliderDown():
            return  # the hand that holds it knows better; the number would be rounded under it
        blocked = self.blockSignals(True)
        self.setValue(round(self.scale.share(value) * SLIDER_TICKS))
        self.blockSignals(blocked)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        groove, handle = self._rects()
        if not handle.contains(event.position().toPoint()):
            position = round(event.position().x() - groove.x() - handle.width() / 2)
            tick = QStyle.sliderValueFromPosition(0, self.maximum(), position, groove.width() - handle.width())
            self.setSliderDown(True)
            self.setValue(tick)
        self._mouse_x = event.position().x()
        self._grip = self._mouse_x - self._handle_x()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.isSliderDown():
            return
        x = event.position().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._grip += (1 - FINE) * (x - self._mouse_x)  # the handle falls behind the mouse
        self._mouse_x = x
        groove, handle = self._rects()
        share = (x - self._grip - groove.x()) / max(1, groove.width() - handle.width())
        self.setSliderPosition(round(min(max(share, 0.0), 1.0) * self.maximum()))

    def _rects(self) -> tuple[QRect, QRect]:
        """The groove and the handle."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        groove, handle = (
            self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)
            for part in (QStyle.SubControl.SC_SliderGroove, QStyle.SubControl.SC_SliderHandle)
        )
        return groove, handle

    def _handle_x(self) -> float:
        """Where the left edge of the handle would be, were there parts of pixels."""
        groove, handle = self._rects()
        return groove.x() + (groove.width() - handle.width()) * self.sliderPosition() / self.maximum()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the wheel scrolls the panel; a value never changes because the mouse passed over it


class SliderRow(QWidget):
    """A name, a slider and an exact number in one. ``changed(value, dragging)``; ``released`` ends a drag."""

    changed = Signal(float, bool)
    released = Signal()
    rejected = Signal(str)

    def __init__(
        self,
        name: str,
        scale: Scale,
        label: str,
        tip: str,
        parent: QWidget | None = None,
        *,
        check: Callable[[float], str | None] | None = None,
        name_width: int = 0,
        field_width: int = 66,
    ) -> None:
        super().__init__(parent)
        self.name_label = QLabel(name)
        self.name_label.setObjectName("dim")
        self.name_label.setToolTip(tip)
        self.slider = ScaleSlider(scale, f"{label}, slider", tip)
        self.field = NumberField(label, f"{tip} Takes 0.01, 1e-3 or 1/3.", check=check)
        self._field_width = field_width
        if name_width:
            fix_width(self.name_label, name_width)
        self.layout_ = QHBoxLayout(self)
        self.layout_.setContentsMargins(0, 0, 0, 0)
        self.layout_.setSpacing(8)
        self.layout_.addWidget(self.name_label)
        self.layout_.addWidget(self.slider, 1)
        self.layout_.addWidget(self.field)
        self.slider.moved.connect(self._slide)
        self.slider.released.connect(self.released)
        self.field.changed.connect(self._type)
        self.field.rejected.connect(self.rejected)
        self.field.textChanged.connect(self._fit)
        theme_hub().changed.connect(self._fit)
        self._fit()

    @property
    def value(self) -> float:
        return self.field.value

    def show_value(self, value: float) -> None:
        """Show a value without signalling it."""
        self.slider.show_value(value)
        if not self.field.hasFocus() or not self.field.property("invalid"):
            self.field.show_value(value)

    def _slide(self, value: float) -> None:
        self.field.show_value(value)
        self.changed.emit(value, True)
        if not self.slider.isSliderDown():
            self.released.emit()  # moved by a key: an edit of its own

    def _type(self, value: float) -> None:
        self.slider.show_value(value)
        self.changed.emit(value, False)

    def _fit(self, *_: object) -> None:
        """Give a long number all the room it needs."""
        scale = theme_hub().scale
        self.field.ensurePolished()
        needed = self.field.fontMetrics().horizontalAdvance(self.field.text()) + FIELD_PADDING * scale
        self.field.setFixedWidth(round(max(self._field_width * scale, needed)))
