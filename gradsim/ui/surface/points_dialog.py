"""Starts as text: one point a line, to be typed or pasted from a table."""

from __future__ import annotations

import re

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from gradsim.core.scene import Point
from gradsim.ui.theme import theme_hub
from gradsim.ui.widgets.forms import Button, error_label, label, row, show_error
from gradsim.ui.widgets.number_field import number_text, parse_number

N_EDITABLE_POINTS = 2000
SIZE = (320, 360)


def points_text(points: tuple[Point, ...]) -> str:
    """One line a point, such as ``-1.2, 1``."""
    return "\n".join(", ".join(number_text(value) for value in point) for point in points)


def read_points(text: str, dimension: int) -> tuple[Point, ...]:
    """Read one point a line; coordinates are separated by commas, semicolons or blanks, empty lines are left out.

    Raises ValueError with one line that names the line at fault.
    """
    points: list[Point] = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = [word for word in re.split(r"[,;\s]+", line.strip(" \t()[]")) if word]
        if not words:
            continue
        if len(words) != dimension:
            wanted = "one number" if dimension == 1 else "two numbers"
            raise ValueError(
                f"line {number} does not hold {wanted}: write for example {('0.5', '-1.2, 1')[dimension - 1]}"
            )
        try:
            points.append(tuple(parse_number(word) for word in words))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from None
    if not points:
        raise ValueError("no point is left; write at least one")
    if len(points) > N_EDITABLE_POINTS:
        raise ValueError(f"{len(points):,} points are too many to type; at most {N_EDITABLE_POINTS:,}, or use a cloud")
    return tuple(points)


class PointsDialog(QDialog):
    """Edits the starts as text; ``accepted_points`` carries them once they can be read."""

    accepted_points = Signal(object)

    def __init__(self, points: tuple[Point, ...], dimension: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dimension = dimension
        self.setWindowTitle("Starts")
        self.text = QPlainTextEdit(points_text(points))
        self.text.setObjectName("formula")
        self.text.setAccessibleName("Starts, a point a line")
        self.text.setToolTip("One start a line; a table of numbers can be pasted.")
        self.text.setTabChangesFocus(True)
        self.error = error_label()
        self.accept_button = Button("Set starts", "Set starts", "Let the race begin at these points.", name="primary")
        self.cancel_button = Button("Cancel", "Cancel", "Leave the starts as they are.")
        self.accept_button.setDefault(True)
        self.accept_button.clicked.connect(self._take)
        self.cancel_button.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 14)
        layout.setSpacing(8)
        layout.addWidget(label("One start a line: x" if dimension == 1 else "One start a line: x, y"))
        layout.addWidget(self.text, 1)
        layout.addWidget(self.error)
        layout.addLayout(row(None, self.cancel_button, self.accept_button))
        self.resize(*(round(length * theme_hub().scale) for length in SIZE))

    def _take(self) -> None:
        try:
            points = read_points(self.text.toPlainText(), self._dimension)
        except ValueError as error:
            show_error(self.error, str(error))
            return
        self.accept()
        self.accepted_points.emit(points)
