"""The vectors of an update as a table: each beside the arrow that shows it on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from gradsim.ui.drawing.arrows import draw_arrow
from gradsim.ui.map.anatomy_arrows import gradient_symbol, gradient_text
from gradsim.ui.map.anatomy_formulas import shown_number
from gradsim.ui.numbers import format_vector
from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.forms import label

if TYPE_CHECKING:
    from gradsim.core.anatomy import Anatomy


class AnatomyTable(QGridLayout):
    """A line for each vector: its arrow, if it has one, and its numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.setHorizontalSpacing(10)
        self.setVerticalSpacing(5)
        self.setColumnStretch(1, 1)
        self._cells: list[QWidget] = []

    def show_anatomy(self, anatomy: Anatomy) -> None:
        """Show the vectors of ``anatomy`` in place of those on show."""
        for cell in self._cells:
            self.removeWidget(cell)
            cell.deleteLater()
        self._cells = []
        for line, (kind, text, vector) in enumerate(table_rows(anatomy)):
            if kind:
                self._add(line, 0, ArrowSample(kind))
            numbers = unbroken(format_vector(vector.tolist(), digits=3))
            cell = label(f"{text}   {numbers}", "reading")
            cell.setWordWrap(True)
            if len(vector) > 1 and text != "position":
                cell.setToolTip(f"Its length is {shown_number(float(np.hypot.reduce(vector)))}.")
            self._add(line, 1, cell)

    def _add(self, line: int, column: int, cell: QWidget) -> None:
        self.addWidget(cell, line, column)
        self._cells.append(cell)


class ArrowSample(QWidget):
    """The arrow that a line of the table speaks of, as the map shows it: ``gradient``, ``last`` or ``next``."""

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        theme_hub().changed.connect(self._dress)

    def _dress(self, *_: object) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(26 * theme_hub().scale), round(14 * theme_hub().scale))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, em = current_theme(), 12 * theme_hub().scale
        ink, width = (theme.error, 0.34) if self._kind == "gradient" else (theme.accent, 0.2)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        ends = QPointF(1.0, middle), QPointF(self.width() - 1.0, middle)
        draw_arrow(painter, *ends, ink, theme, em, width=width, dashed=self._kind == "last")
        painter.end()


def table_rows(anatomy: Anatomy) -> list[tuple[str, str, np.ndarray]]:
    """Return (kind of arrow or "", what it is, vector (D,)) for each line of the table."""
    rows = [("", "position", anatomy.position)]
    update = anatomy.update
    if update is not None and not update.diverges:
        rows.append(("next", "next movement", anatomy.movement))
    if anatomy.last_movement is not None:
        rows.append(("last", "last movement", anatomy.last_movement))
    if update is None:
        rows.append(("", gradient_symbol(anatomy), anatomy.gradient))
        return rows
    part = -update.gradient if update.gradient_part is None else update.gradient_part
    rows.append(("gradient", gradient_text(anatomy, update), part))
    if update.gradient_part is not None:
        exact = np.array_equal(np.abs(update.gradient), np.abs(update.exact_gradient))
        rows.append(("", gradient_symbol(anatomy) if exact else "g", update.gradient))
    return rows


def unbroken(text: str) -> str:
    """The same text, which a narrow panel breaks before or behind, but not within."""
    return text.replace(" ", "\u00a0")
