"""A text field for one exact number."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gradsim.core.errors import FormulaError, GradsimError, SceneError
from gradsim.core.formula.constant import evaluate_constant
from gradsim.ui.theme import restyle

_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")

READABLE_LENGTH = 12
LARGEST_TERM = 1000
"""A number of many digits that is a ratio of small ones is written as that: nobody knows 0.0198… for 2/101."""


def parse_number(text: str) -> float:
    """Read ``0.1``, ``1e-3``, ``1/3``, ``−2``, ``1,000`` or ``2*pi``. Raises ValueError with one line for the user."""
    plain = text.strip().replace("\u2212", "-").replace("_", "")
    try:
        value = float(plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain)
    except ValueError:
        try:
            value = evaluate_constant(plain)
        except FormulaError:
            shown = text.strip() or "nothing"
            raise ValueError(f"{shown} is no number; write 0.01, 1e-3, 1/3 or 2*pi") from None
    if not math.isfinite(value):
        raise ValueError(f"{text.strip()} has no finite value")
    return value


def is_plain_number(text: str) -> bool:
    """Whether ``text`` is a number as it stands, with nothing to calculate."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def number_text(value: float) -> str:
    """The shortest text that reads back as ``value``: ``0.01``, ``1e-8``, ``500``, ``10000000``, ``2/101``."""
    if value == int(value) and abs(value) < 1e7:
        return str(int(value))
    mantissa, mark, exponent = repr(float(value)).partition("e")
    mantissa = mantissa.removesuffix(".0")
    text = f"{mantissa}e{int(exponent)}" if mark else mantissa
    if len(text) <= READABLE_LENGTH:
        return text
    ratio = Fraction(value).limit_denominator(LARGEST_TERM)
    is_simple = value == float(ratio) and abs(ratio.numerator) <= LARGEST_TERM
    return f"{ratio.numerator}/{ratio.denominator}" if is_simple else text


def check_whole(value: float) -> str | None:
    """What is wrong with ``value`` as a count: one line, or None."""
    return None if value == int(value) and value >= 0 else f"{value:g} is no whole number"


def plain_reason(error: GradsimError) -> str:
    """What is wrong, without the path into the scene: it is said beside the field."""
    return error.reason if isinstance(error, SceneError) else str(error)


class NumberField(QLineEdit):
    """A text field for one exact number.

    A number is taken on Enter or when the focus leaves; up and down move the last digit shown. What cannot be taken
    stays as it was typed, outlined, and ``rejected`` says why, while ``value`` keeps the last good one; Escape brings
    that back, and ``rejected`` carries "" once all is well again.
    """

    changed = Signal(float)
    rejected = Signal(str)

    def __init__(
        self, label: str, tip: str, parent: QWidget | None = None, *, check: Callable[[float], str | None] | None = None
    ) -> None:
        """``check`` returns one line on what is wrong with a number, or None."""
        super().__init__(parent)
        self.setObjectName("number")
        self.setAccessibleName(label)
        self.setToolTip(tip)
        self._check = check
        self._value = 0.0
        self._text = ""
        self.show_value(0.0)
        self.editingFinished.connect(self.take_text)

    @property
    def value(self) -> float:
        """The last good number."""
        return self._value

    def show_value(self, value: float) -> None:
        """Show a number without signalling it; the one that is shown already stays as it was written, such as 1/3."""
        self._show(value, self._text if self._text and value == self._value else number_text(value))

    def show_if_left(self, value: float) -> None:
        """Show a number, unless it is the one on show and another is being typed over it."""
        if self.value != value or not self.isModified():
            self.show_value(value)

    def _show(self, value: float, text: str) -> None:
        self._value, self._text = value, text
        if self.text() != text:
            self.setText(text)
            self.setCursorPosition(0)
        self._mark(None)

    def take_text(self) -> None:
        """Take what is typed, as Enter does; again, when what it was held against has changed."""
        if self.text() == self._text:
            self._mark(None)
            return
        try:
            value = parse_number(self.text())
        except ValueError as error:
            self._mark(str(error))
            return
        self._take(value)

    def _take(self, value: float) -> None:
        reason = self._check(value) if self._check else None
        if reason is not None:
            self._mark(reason)
            return
        typed, plain = self.text().strip(), number_text(value)
        changed = value != self._value
        keep = not is_plain_number(typed) and "," not in typed and len(typed) <= len(plain)
        self._show(value, typed if keep else plain)
        if changed:
            self.changed.emit(value)

    def _mark(self, reason: str | None) -> None:
        was_marked = bool(self.property("invalid"))
        if was_marked != (reason is not None):
            restyle(self, "invalid", reason is not None)
        if was_marked or reason is not None:  # a field in order must not wipe out what is said about another
            self.rejected.emit(reason or "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._text:
            self.show_value(self._value)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.take_text()
            mantissa, _, exponent = self._text.partition("e") if is_plain_number(self._text) else ("0.000", "", "")
            digit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
            sign = 1 if event.key() == Qt.Key.Key_Up else -1
            self._take(float(f"{self._value + sign * digit:.12g}"))
        else:
            super().keyPressEvent(event)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.property("invalid"):
                self.window().setFocus()  # done: the keys are the playback's again

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.selectAll()  # to Qt 0.02 is two words, and what is typed over the second gives 0.0.1

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()
        elif event.reason() == Qt.FocusReason.MouseFocusReason:
            QTimer.singleShot(0, self, self.selectAll)  # after the press, which sets the cursor
