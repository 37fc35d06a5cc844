"""The counter: which step is on show, of how many; a click lets one type a step to go to."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gradsim.ui.numbers import format_count
from gradsim.ui.playback import Playback
from gradsim.ui.theme import mono_font, restyle, theme_hub
from gradsim.ui.widgets.number_field import parse_number

DIGIT_PIXELS = 11  # as the style sheet says of numbers
PADDING_PIXELS = 8  # of the style sheet, both sides together
MARGIN_PIXELS = 8  # its border, and what Qt keeps beside a text
ASKED_FOR = (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
"""The ways to the focus that mean typing; without them, the keys stay the playback's."""


class StepCounter(QLineEdit):
    """Reads "150 / 340". While it is typed in it holds the step alone: Enter goes there, Escape leaves.

    ``rejected`` says why what was typed is no step to go to; what was typed stays, outlined, until it is mended.
    """

    rejected = Signal(str)

    def __init__(self, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        self._is_typing = False
        self.setReadOnly(True)
        self.setObjectName("counter")
        self.setAccessibleName("Step")
        self.setToolTip("The step on show, and how many there are; click to type a step to go to.")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        playback.step_changed.connect(self._show_step)
        playback.last_step_changed.connect(self._fit)
        theme_hub().changed.connect(self._fit)
        self._fit()

    def _show_step(self, *_: object) -> None:
        if not self._is_typing:
            self.setText(f"{format_count(math.floor(self._playback.step))} / {format_count(self._playback.last_step)}")

    def _fit(self, *_: object) -> None:
        """As wide as its longest text: it must not push the timeline about while it counts."""
        last = format_count(self._playback.last_step)
        scale = theme_hub().scale
        width = QFontMetricsF(mono_font(DIGIT_PIXELS * scale)).horizontalAdvance(f"{last} / {last}")
        self.setFixedWidth(math.ceil(width + PADDING_PIXELS * scale) + MARGIN_PIXELS)
        self._show_step()

    def _go(self) -> None:
        try:
            step = parse_number(self.text())
        except ValueError as error:
            self._mark(str(error))
            return
        last_step = self._playback.last_step
        if not 0 <= step <= last_step:
            self._mark(f"There is no step {self.text().strip()}: the race has steps 0 to {format_count(last_step)}.")
            return
        self._playback.pause()
        self._playback.seek(round(step))
        self.window().setFocus()  # done: the keys are the playback's again
        if self.hasFocus():
            self.clearFocus()

    def _mark(self, reason: str | None) -> None:
        was_marked = bool(self.property("invalid"))
        if was_marked != (reason is not None):
            restyle(self, "invalid", reason is not None)
        if was_marked or reason is not None:
            self.rejected.emit(reason or "")

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._is_typing or event.reason() not in ASKED_FOR:
            return
        self._is_typing = True
        self.setReadOnly(False)
        self.setText(str(math.floor(self._playback.step)))
        self.selectAll()
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            QTimer.singleShot(0, self, self.selectAll)  # after the press, which sets the cursor

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # its own menu belongs to the typing
            self._is_typing = False
            self.setReadOnly(True)
            self._mark(None)
            self.deselect()
            self._show_step()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._is_typing:
            event.ignore()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go()
        elif event.key() == Qt.Key.Key_Escape:
            self.window().setFocus()
            self.clearFocus()
        else:
            super().keyPressEvent(event)
