"""A small curve of the learning rate over the whole race, with a dot at the step on show."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradsim.core.race.schedules import learning_rates_at
from gradsim.core.scene import ConstantSchedule, Schedule
from gradsim.ui.drawing.cards import draw_text, text_font
from gradsim.ui.numbers import format_count, format_number
from gradsim.ui.theme import current_theme, theme_hub

MAX_POINTS = 300
N_LOOKS = 32
HEIGHT = 62
TEXT_ROOM = 16
DOT_RADIUS = 3.0


def curve_of(schedule: Schedule, base: float, steps: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return at most ``MAX_POINTS`` updates and their learning rates, which drawn as a line show the whole schedule.

    A long race is looked at in some thousand places, and the lowest and highest rate of every few of them are kept:
    cycles too short to be drawn one by one fill their band, where evenly spaced points would show slow ones that are
    not there. The places are uneven for the same reason.
    """
    if steps <= MAX_POINTS:
        updates = np.arange(steps)
        return updates, learning_rates_at(schedule, base, updates, steps=steps)
    n_columns = (MAX_POINTS - 2) // 2
    places = np.arange(n_columns * N_LOOKS)
    if steps > len(places):
        places = places + places * 0.6180339887498949 % 1.0  # the golden ratio is in step with no cycle
    updates = (places * (steps / (n_columns * N_LOOKS))).astype(np.int64)
    updates[-1] = steps - 1
    rates = learning_rates_at(schedule, base, updates, steps=steps)
    columns = rates.reshape(n_columns, N_LOOKS)
    kept = np.sort([columns.argmin(axis=1), columns.argmax(axis=1)], axis=0) + np.arange(n_columns) * N_LOOKS
    kept = np.concatenate(([0], kept.T.ravel(), [len(updates) - 1]))
    return updates[kept], rates[kept]


class SchedulePreview(QWidget):
    """Paints the schedule as a line of a few hundred points, whatever the length of the race."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._schedule: Schedule = ConstantSchedule()
        self._base, self._steps, self._update = 0.0, 1, 0
        self._color = ""
        self._updates = np.zeros(1, dtype=np.int64)
        self._rates = np.zeros(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Learning rate over the race")
        self.setToolTip("The learning rate of every step of the race; the dot is the step on show.")
        theme_hub().changed.connect(self.updateGeometry)

    @property
    def rate(self) -> float:
        """The learning rate of the update that follows the step on show; of the last one at the end."""
        now = np.array([min(self._update, self._steps - 1)])
        return float(learning_rates_at(self._schedule, self._base, now, steps=self._steps)[0])

    def show_schedule(self, schedule: Schedule, base: float, steps: int, color: str) -> None:
        """Show ``schedule`` of the learning rate ``base`` over ``steps``."""
        if (schedule, base, steps) != (self._schedule, self._base, self._steps):
            self._schedule, self._base, self._steps = schedule, base, steps
            self._updates, self._rates = curve_of(schedule, base, steps)
            self.update()
        if color != self._color:
            self._color = color
            self.update()

    def show_step(self, step: float) -> None:
        """Move the dot to ``step`` of the race."""
        update = max(0, math.floor(step))
        if update != self._update:
            self._update = update
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, round(HEIGHT * theme_hub().scale))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, scale = current_theme(), theme_hub().scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        margin = (DOT_RADIUS + 1) * scale
        top, bottom = TEXT_ROOM * scale + margin, self.height() - margin
        highest = max(float(self._rates.max(initial=0.0)), 1e-300)
        last = max(1, self._steps - 1)

        def point(update: float, rate: float) -> QPointF:
            across = margin + (self.width() - 2 * margin) * update / last
            return QPointF(across, bottom - (bottom - top) * min(rate / highest, 1.0))

        painter.setPen(QPen(QColor(theme.border), 1.0))
        painter.drawLine(point(0, 0.0), point(last, 0.0))
        curve = QPolygonF([point(*sample) for sample in zip(self._updates, self._rates, strict=True)])
        if len(self._updates) == 1:
            curve.append(point(last, float(self._rates[0])))
        painter.setPen(QPen(QColor(self._color), 1.6 * scale))
        painter.drawPolyline(curve)
        update, rate = min(self._update, self._steps - 1), self.rate
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.text))
        painter.drawEllipse(point(update, rate), DOT_RADIUS * scale, DOT_RADIUS * scale)
        font = text_font(11 * scale)
        text = f"η = {format_number(rate, digits=3)} in step {format_count(update + 1)}"
        draw_text(painter, 0.0, TEXT_ROOM * scale / 2, text, font, QColor(theme.dim_text))
        painter.end()
