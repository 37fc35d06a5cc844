"""The tool Measure: a line that is dragged tells its length, how x, y and f change along it, and the mean slope."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gradsim.ui.drawing.cards import Line, color, draw_reading, reading_size
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.drawing.placing import place_clear
from gradsim.ui.map.map_tool import Hand, MapTool, Mouse
from gradsim.ui.numbers import format_number

if TYPE_CHECKING:
    from gradsim.core.surface import Surface

LEAST_LENGTH_EM = 0.4
_DOT_EM = 0.24


@dataclass(frozen=True)
class Measurement:
    """A straight way in the domain, from ``start`` to ``end``, both (D,) in data units, with f at both."""

    start: tuple[float, ...]
    end: tuple[float, ...]
    values: tuple[float, float]

    @property
    def distance(self) -> float:
        return math.dist(self.start, self.end)

    @property
    def change(self) -> float:
        """How much f changes from start to end."""
        return self.values[1] - self.values[0]

    def lines(self) -> tuple[Line, ...]:
        """Return the readings."""
        names = ("Δx", "Δy")[: len(self.start)]
        steps = [b - a for a, b in zip(self.start, self.end, strict=True)]
        distance = [Line("distance", format_number(self.distance))] if len(self.start) > 1 else []
        along = steps[0] if len(steps) == 1 else self.distance
        slope = self.change / along if along else math.nan
        return (
            *distance,
            *(Line(name, format_number(step)) for name, step in zip(names, steps, strict=True)),
            Line("Δf", format_number(self.change)),
            Line("slope" if len(steps) == 1 else "mean slope", format_number(slope)),
        )


def measure(surface: Surface, start: tuple[float, ...], end: tuple[float, ...]) -> Measurement:
    """Return the measurement from ``start`` to ``end``, both (D,)."""
    with np.errstate(all="ignore"):
        first, last = surface.value(np.array([start, end])).tolist()
    return Measurement(start, end, (first, last))


class MeasureTool(MapTool):
    """Keeps its line until the next one is dragged, Esc is pressed or another tool is chosen; it moves with the map."""

    def __init__(self, hand: Hand, parent: QObject | None = None) -> None:
        super().__init__(hand, parent)
        self._places: tuple[tuple[float, float], tuple[float, float]] | None = None
        self._overlay_index = 0
        hand.session.scene_opened.connect(self._forget)

    @property
    def measurement(self) -> Measurement | None:
        """What is measured now; None when nothing is."""
        surface = self.hand.session.surface
        if self._places is None or surface is None:
            return None
        start, end = (place[: surface.dimension] for place in self._places)
        return measure(surface, start, end)

    @property
    def reads_out(self) -> bool:
        return False

    def press(self, mouse: Mouse) -> bool:
        self._places = (mouse.place, mouse.place)
        self._overlay_index = list(mouse.picture.overlays).index(mouse.overlay)
        self.changed.emit()
        return True

    def drag(self, mouse: Mouse) -> None:
        if self._places is not None:
            self._places = (self._places[0], mouse.overlay.to_data(mouse.inside))
            self.changed.emit()

    def release(self, mouse: Mouse) -> None:
        if self._places is None:
            return
        ends = [self._pixel(mouse.overlay, place) for place in self._places]
        if QLineF(*ends).length() < LEAST_LENGTH_EM * mouse.overlay.layout.em:
            self.cancel()

    def _forget(self, _: object) -> None:
        self.cancel()

    def cancel(self) -> bool:
        measured = self._places is not None
        self._places = None
        if measured:
            self.changed.emit()
        return measured

    def cursor(self, mouse: Mouse) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def draw(self, painter: QPainter, picture: FramePicture) -> None:
        measurement = self.measurement
        if measurement is None or self._places is None or self._overlay_index >= len(picture.overlays):
            return
        overlay = picture.overlays[self._overlay_index]
        theme, em = picture.theme, overlay.layout.em
        start, end = (self._pixel(overlay, place) for place in self._places)
        painter.save()
        painter.setClipRect(overlay.layout.area)
        legs = [] if len(measurement.start) == 1 else [QPointF(end.x(), start.y())]
        for ink, width, alpha in ((theme.overlay, 0.34, 0.85), (theme.accent, 0.16, 1.0)):
            painter.setPen(QPen(color(ink, alpha), width * em, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QLineF(start, end))
            thin = QPen(color(ink, alpha), 0.5 * width * em)
            thin.setDashPattern([0.4 * em / thin.widthF(), 0.4 * em / thin.widthF()])
            painter.setPen(thin)
            for corner in legs:
                painter.drawLine(QLineF(start, corner))
                painter.drawLine(QLineF(corner, end))
        painter.setPen(QPen(color(theme.overlay), 0.1 * em))
        painter.setBrush(color(theme.accent))
        for place in (start, end):
            painter.drawEllipse(place, _DOT_EM * em, _DOT_EM * em)
        within = QRectF(overlay.layout.area).adjusted(0.5 * em, 0.5 * em, -0.5 * em, -0.5 * em)
        lines = measurement.lines()
        cards = (overlay.cards.legend_rect, overlay.cards.key_rect)
        size = reading_size("", lines, em, min_width=11 * em)
        rect = place_clear(size, end, within, 1.2 * em, cards=cards, away_from=start)
        draw_reading(painter, rect, "", lines, theme, em)
        painter.restore()

    def _pixel(self, overlay: Overlay, place: tuple[float, float]) -> QPointF:
        """On a 1-D surface the line runs between places on the curve: its slope is that of the secant."""
        surface = self.hand.session.surface
        if surface is not None and surface.dimension == 1:
            pixels = overlay.place(np.array([[place[0]]]))
            if len(pixels) and np.all(np.isfinite(pixels)):
                return QPointF(*pixels[0].tolist())
        ((x, y),) = overlay.to_picture(np.array([place])).tolist()
        return QPointF(x, y)
