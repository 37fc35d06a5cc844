"""The drawing of the timeline: a thin line with a round handle, events above it, steps below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from gradsim.core.render.palette import Theme
from gradsim.ui.drawing.cards import color, elided, text_font, text_width
from gradsim.ui.style_sheet import mix
from gradsim.ui.theme import mono_font
from gradsim.ui.timeline.timeline_metrics import TimelineMetrics
from gradsim.ui.timeline.timeline_scale import Tick, TimelineScale, label_extent

TICK_PIXELS = 10
COUNT_PIXELS = 8.5
HOVER_PIXELS = 11
OUT_OF_RANGE_OPACITY = 0.35
UNKNOWN_WIDTH = 0.34  # of the line
OUT_OF_VIEW = 40.0  # pixels beside the widget, more than anything that is drawn about a step


@dataclass(frozen=True)
class PaintedMark:
    """A mark of one or several events at ``x``.

    ``colors`` has one ``#RRGGBB`` for each event; a ``hollow`` mark is of events that end a ball's part in the race.
    """

    x: float
    colors: tuple[str, ...]
    hollow: bool


@dataclass(frozen=True)
class Hover:
    """What is said of the place ``x`` under the mouse; ``swatch`` is the ``#RRGGBB`` of whom it is said."""

    x: float
    text: str
    swatch: str | None = None


def tick_font(size: float) -> QFont:
    """The font of the steps below the line."""
    return mono_font(TICK_PIXELS * size)


class TimelinePainter:
    """Paints one frame of the timeline with ``painter`` in ``theme``."""

    def __init__(self, painter: QPainter, theme: Theme, metrics: TimelineMetrics, scale: TimelineScale) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter = painter
        self._theme = theme
        self._metrics = metrics
        self._scale = scale
        self._right = scale.width + 2 * scale.left

    def paint_line(self, step: float, bounds: tuple[int, int], *, reached: int) -> None:
        """The race, what of it lies behind ``step``, and paler what lies outside of ``bounds``.

        Beyond ``reached`` the particles of a large race have not all been raced yet: there the line is thin.
        """
        left, right = self._clipped(self._scale.x_of(0)), self._clipped(self._scale.x_of(self._scale.last_step))
        now, known = self._clipped(self._scale.x_of(step)), self._clipped(self._scale.x_of(reached))
        begin, end = (self._clipped(self._scale.x_of(bound)) for bound in bounds)
        for first, last, opacity in (
            (-OUT_OF_VIEW, begin, OUT_OF_RANGE_OPACITY),
            (begin, end, 1.0),
            (end, self._right + OUT_OF_VIEW, OUT_OF_RANGE_OPACITY),
        ):
            self._painter.save()
            outer = 2 * self._metrics.size if opacity == 1.0 and bounds == (0, self._scale.last_step) else 0.0
            self._painter.setClipRect(QRectF(first - outer, 0, last - first + 2 * outer, self._metrics.height))
            self._painter.setOpacity(opacity)
            self._bar(left, right, self._theme.border, share=1.0 if known >= right else UNKNOWN_WIDTH)
            self._bar(left, known, self._theme.border)
            self._bar(left, now, self._theme.accent, share=1.0 if known >= now else UNKNOWN_WIDTH)
            self._bar(left, min(now, known), self._theme.accent)
            self._painter.restore()

    def paint_ticks(self, ticks: Sequence[Tick], covered: tuple[float, float] | None) -> None:
        """Short marks below the line, and the steps they stand for; from x to x ``covered``, something else is said."""
        metrics = self._metrics
        font = tick_font(metrics.size)
        height = QFontMetricsF(font).height()
        self._painter.setFont(font)
        top = metrics.middle + 4.5 * metrics.size
        for tick in ticks:
            length = (3.0 if tick.text else 2.0) * metrics.size
            self._painter.setPen(QPen(QColor(self._theme.dim_text if tick.text else self._theme.border), metrics.size))
            self._painter.drawLine(QPointF(tick.x, top), QPointF(tick.x, top + length))
            if tick.text:
                width = text_width(tick.text, font)
                begin, end = label_extent(self._scale, tick.x, width)
                if covered is not None and begin < covered[1] and covered[0] < end:
                    continue
                box = QRectF(begin, metrics.label_top, width + 2, height)
                self._painter.setPen(QColor(self._theme.dim_text))
                self._painter.drawText(box, Qt.AlignmentFlag.AlignLeft, tick.text)

    def paint_range(self, bounds: tuple[int, int], held: int | None) -> None:
        """Brackets at the ends of the range; ``held`` is the end (0 or 1) under the mouse."""
        size, middle = self._metrics.size, self._metrics.middle
        for end, inward in ((0, 1.0), (1, -1.0)):
            x = self._clipped(self._scale.x_of(bounds[end]))
            self._painter.setPen(
                QPen(
                    QColor(self._theme.accent if held == end else self._theme.text),
                    1.6 * size,
                    Qt.PenStyle.SolidLine,
                    Qt.PenCapStyle.RoundCap,
                    Qt.PenJoinStyle.RoundJoin,
                )
            )
            reach, foot = 8.5 * size, 3.5 * size * inward
            self._painter.drawPolyline(
                QPolygonF(
                    [
                        QPointF(x + foot, middle - reach),
                        QPointF(x, middle - reach),
                        QPointF(x, middle + reach),
                        QPointF(x + foot, middle + reach),
                    ]
                )
            )

    def paint_marks(self, marks: Sequence[PaintedMark]) -> None:
        """Triangles that point at the line; one of several events shows their colours side by side, and their count."""
        for mark in marks:
            self._paint_mark(mark)

    def paint_handle(self, step: float, *, focus: bool, held: bool) -> None:
        """The step on show."""
        x = self._clipped(self._scale.x_of(step))
        radius = self._metrics.handle_radius * (1.12 if held else 1.0)
        center = QPointF(x, self._metrics.middle)
        ring = self._theme.accent if focus else self._theme.window
        self._painter.setPen(QPen(QColor(ring), 2 * self._metrics.size))
        self._painter.setBrush(QColor(self._theme.text))
        self._painter.drawEllipse(center, radius + self._metrics.size, radius + self._metrics.size)

    def paint_overview(self, step: float) -> None:
        """The whole race in small: which part is in view, and where the step on show is."""
        size, scale = self._metrics.size, self._scale
        top, height = self._metrics.height - 5 * size, 2.4 * size
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(mix(self._theme.window, self._theme.border, 0.8)))
        self._painter.drawRoundedRect(QRectF(scale.left, top, scale.width, height), height / 2, height / 2)
        self._painter.setBrush(QColor(self._theme.dim_text))
        extent = max((scale.high - scale.low) * scale.width, 6 * size)
        begin = min(scale.left + scale.low * scale.width, scale.left + scale.width - extent)
        self._painter.drawRoundedRect(QRectF(begin, top, extent, height), height / 2, height / 2)
        self._painter.setBrush(QColor(self._theme.accent))
        x = scale.left + scale.share(step) * scale.width
        self._painter.drawEllipse(QPointF(x, top + height / 2), 2.2 * size, 2.2 * size)

    def hover_extent(self, hover: Hover) -> tuple[float, float]:
        """From where to where, in pixels, the text of ``hover`` covers the labels below the line."""
        padding, spot = self._hover_padding(hover)
        width = text_width(hover.text, self._hover_font) + 2 * padding + spot
        return label_extent(self._scale, hover.x, min(width, self._right))

    def paint_hover(self, hover: Hover) -> None:
        """A hair line, and the text in a box below it."""
        metrics, size = self._metrics, self._metrics.size
        self._painter.setPen(QPen(color(self._theme.text, 0.4), size))
        self._painter.drawLine(QPointF(hover.x, metrics.middle - 7 * size), QPointF(hover.x, metrics.middle + 7 * size))
        padding, spot = self._hover_padding(hover)
        begin, end = self.hover_extent(hover)
        text = elided(hover.text, self._hover_font, end - begin - 2 * padding - spot + 1)
        box = QRectF(begin + 0.5, metrics.label_top - size, end - begin - 1, 16 * size)
        self._painter.setPen(QColor(self._theme.border))
        self._painter.setBrush(QColor(self._theme.card))
        self._painter.drawRoundedRect(box, 4 * size, 4 * size)
        if hover.swatch:
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(QColor(hover.swatch))
            self._painter.drawEllipse(QPointF(begin + padding + 3 * size, box.center().y()), 3 * size, 3 * size)
        self._painter.setFont(self._hover_font)
        self._painter.setPen(QColor(self._theme.text))
        line = box.adjusted(padding + spot, 0, 0, 0)
        self._painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    @property
    def _hover_font(self) -> QFont:
        return text_font(HOVER_PIXELS * self._metrics.size)

    def _hover_padding(self, hover: Hover) -> tuple[float, float]:
        """Room at both sides of the text, and for the spot before it."""
        return 6 * self._metrics.size, 11 * self._metrics.size if hover.swatch else 0.0

    def _paint_mark(self, mark: PaintedMark) -> None:
        metrics, size = self._metrics, self._metrics.size
        half, top, bottom = metrics.mark_width / 2, metrics.mark_top, metrics.mark_bottom
        inset = 0.7 * size if mark.hollow else 0.0
        left, right = mark.x - half + inset, mark.x + half - inset
        triangle = QPolygonF([QPointF(left, top + inset), QPointF(right, top + inset), QPointF(mark.x, bottom - inset)])
        n_colors = len(mark.colors)
        width = 2 * half / n_colors
        for index, each in enumerate(mark.colors):
            pen = QPen(QColor(each), 1.4 * size)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            self._painter.setPen(pen if mark.hollow else Qt.PenStyle.NoPen)
            self._painter.setBrush(Qt.BrushStyle.NoBrush if mark.hollow else QColor(each))
            self._painter.save()
            if n_colors > 1:
                part = QRectF(mark.x - half + index * width, top - size, width, bottom - top + 2 * size)
                self._painter.setClipRect(part)
            self._painter.drawPolygon(triangle)
            self._painter.restore()
        if n_colors > 1:
            font = text_font(COUNT_PIXELS * size, bold=True)
            begin, _ = label_extent(self._scale, mark.x, text_width(str(n_colors), font))
            self._painter.setFont(font)
            self._painter.setPen(QColor(self._theme.dim_text))
            self._painter.drawText(QPointF(begin, top - 1.5 * size), str(n_colors))

    def _bar(self, left: float, right: float, fill: str, *, share: float = 1.0) -> None:
        """A piece of the line, with a ``share`` of its thickness."""
        thickness = 3 * share * self._metrics.size
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(fill))
        box = QRectF(left, self._metrics.middle - thickness / 2, max(0.0, right - left), thickness)
        self._painter.drawRoundedRect(box, thickness / 2, thickness / 2)

    def _clipped(self, x: float) -> float:
        """``x``, moved to just outside of the widget where it is far away: large numbers break the rasteriser."""
        return min(max(x, -OUT_OF_VIEW), self._right + OUT_OF_VIEW)
