"""What the timeline shows, and where: the race or a part of it, the range, events, and what lies under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradsim.core.render.palette import resolve_color
from gradsim.ui.drawing.cards import text_width
from gradsim.ui.numbers import format_count
from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.timeline.event_marks import EventMark, event_marks
from gradsim.ui.timeline.event_words import event_detail, event_line
from gradsim.ui.timeline.timeline_metrics import TimelineMetrics
from gradsim.ui.timeline.timeline_paint import Hover, PaintedMark, TimelinePainter, tick_font
from gradsim.ui.timeline.timeline_scale import Tick, TimelineScale, timeline_ticks
from gradsim.ui.timeline.transport import Transport

LEAST_MOVE = 0.2  # pixels


class TimelineView(QWidget):
    """The race as a line: the step on show as a handle on it, events above, steps below."""

    def __init__(self, transport: Transport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._transport = transport
        self._playback = transport.playback
        self._track = transport.track
        self._scale = TimelineScale(self._playback.last_step, 0.0, 0.0)
        self._ticks: tuple[TimelineScale, float, list[Tick]] | None = None
        self._drag: str | None = None  # what a drag moves now: see _grip
        self._hover: QPointF | None = None  # where the mouse is
        self._was_in_view = True
        self._painted_x = -1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._playback.step_changed.connect(self._follow_step)
        self._playback.last_step_changed.connect(self._follow_last_step)
        self._playback.range_changed.connect(self._repaint)
        transport.session.scene_changed.connect(self._follow_scene)
        transport.session.run_changed.connect(self._repaint)
        transport.session.results.all_progressed.connect(self._repaint)
        self._track.changed.connect(self._repaint)
        theme_hub().changed.connect(self._dress)
        self._follow_scene()

    @property
    def scale(self) -> TimelineScale:
        """Where steps lie now."""
        metrics = self._metrics
        width = max(1.0, self.width() - 2 * metrics.margin)
        if (self._scale.left, self._scale.width) != (metrics.margin, width):
            self._scale = self._scale.placed(metrics.margin, width)
        return self._scale

    @property
    def marks(self) -> list[EventMark]:
        """The marks of the events to show that are in view."""
        scale = self.scale
        events = [event for event in self._track.visible if scale.shows(event.step)]
        return event_marks(events, scale.x_of, self._metrics.mark_width)

    def sizeHint(self) -> QSize:
        return QSize(round(320 * theme_hub().scale), round(self._metrics.height))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(140 * theme_hub().scale), round(self._metrics.height))

    def x_of(self, step: float) -> float:
        """Where ``step`` lies, in pixels of this widget."""
        return self.scale.x_of(step)

    def step_at(self, position: QPoint | QPointF) -> int:
        """The whole step nearest to ``position``, moved into the race."""
        return round(self.scale.step_at(position.x()))

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Show ``factor`` times fewer steps about ``x``; by default about the step on show, or else the middle."""
        scale = self.scale
        if x is None:
            in_view = scale.shows(self._playback.step)
            x = scale.x_of(self._playback.step) if in_view else scale.left + scale.width / 2
        self._show_scale(scale.zoomed(factor, x))

    def fit(self) -> None:
        """Show the whole race."""
        self._show_scale(self.scale.fitted())

    @property
    def _metrics(self) -> TimelineMetrics:
        return TimelineMetrics(theme_hub().scale)

    def _show_scale(self, scale: TimelineScale) -> None:
        self._scale = scale
        self._was_in_view = scale.shows(self._playback.step)
        self.update()

    def _follow_step(self, step: float) -> None:
        """Keep the step on show in view when it moves: page by page while it plays, else by as much as it takes."""
        scale = self.scale
        if scale.is_zoomed and not scale.shows(step):
            if self._drag is not None:
                self._scale = scale.revealing(step)
            elif not self._playback.playing:
                self._scale = scale.centered(scale.share(step))
            elif self._was_in_view:  # who looks elsewhere in a playing race is not pulled away
                self._scale = scale.turned_over(step, backwards=self._playback.rate < 0)
        self._was_in_view = self._scale.shows(step)
        if scale != self._scale or abs(self._scale.x_of(step) - self._painted_x) >= LEAST_MOVE:
            self.update()  # a long race moves the handle by less than can be seen, sixty times a second

    def _follow_last_step(self, last_step: int) -> None:
        self._scale = TimelineScale(last_step, 0.0, 0.0, is_log=self._scale.is_log)
        self.update()

    def _follow_scene(self, *_: object) -> None:
        is_log = self._transport.session.scene.playback.timeline == "log"
        if is_log != self._scale.is_log:
            self._scale = self._scale.turned(is_log)
        self.update()

    def _dress(self, *_: object) -> None:
        self.updateGeometry()
        self.update()

    def _repaint(self, *_: object) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        playback, scale, metrics = self._playback, self.scale, self._metrics
        self._painted_x = scale.x_of(playback.step)
        painter = QPainter(self)
        paint = TimelinePainter(painter, current_theme(), metrics, scale)
        hover = self._hover_reading(self._hover) if self._hover is not None and playback.last_step else None
        paint.paint_ticks(self._ticks_of(scale, metrics.size), None if hover is None else paint.hover_extent(hover))
        run = self._transport.session.run
        paint.paint_line(playback.step, playback.bounds, reached=playback.last_step if run is None else run.reached)
        paint.paint_marks([self._painted(mark) for mark in self.marks])
        if playback.range is not None:
            held = {"first": 0, "last": 1}.get(self._grip(self._hover) if self._drag is None else self._drag)
            paint.paint_range(playback.range, held)
        if scale.is_zoomed:
            paint.paint_overview(playback.step)
        if hover is not None:
            paint.paint_hover(hover)
        paint.paint_handle(playback.step, focus=self.hasFocus(), held=self._drag == "step")
        painter.end()

    def _ticks_of(self, scale: TimelineScale, size: float) -> list[Tick]:
        """They stay while the playhead moves."""
        if self._ticks is None or self._ticks[:2] != (scale, size):
            font = tick_font(size)
            self._ticks = (scale, size, timeline_ticks(scale, lambda text: text_width(text, font)))
        return self._ticks[2]

    def _painted(self, mark: EventMark) -> PaintedMark:
        ends = all(event.kind in ("left", "diverged") for event in mark.events)
        colors = tuple(self._color(event.optimizer) for event in mark.events)
        return PaintedMark(mark.x, colors, hollow=ends)

    def _color(self, optimizer: int) -> str:
        return resolve_color(*self._track.colors[optimizer], current_theme())

    def _hover_reading(self, position: QPointF) -> Hover:
        """What is said under the mouse: where, in words, and in whose colour."""
        mark = self._mark_at(position)
        if mark is None:
            step = self.step_at(position)
            if (grip := self._drag or self._grip(position)) in ("first", "last") and self._playback.range is not None:
                step = self._playback.range[grip == "last"]
                return Hover(self.x_of(step), f"range {'from' if grip == 'first' else 'to'} {format_count(step)}")
            return Hover(self.x_of(step), f"step {format_count(step)}")
        event = mark.events[0]
        more = f"  (+ {len(mark.events) - 1} more)" if len(mark.events) > 1 else ""
        text = event_line(event, self._track.labels[event.optimizer]) + more
        return Hover(mark.x, text, self._color(event.optimizer))

    def _mark_at(self, position: QPointF | None) -> EventMark | None:
        metrics = self._metrics
        if position is None or self._drag is not None or position.y() > metrics.middle - 4 * metrics.size:
            return None
        near = [mark for mark in self.marks if abs(mark.x - position.x()) <= metrics.mark_width / 2 + metrics.size]
        return min(near, key=lambda mark: abs(mark.x - position.x()), default=None)

    def _grip(self, position: QPointF | None) -> str | None:
        """What a drag from ``position`` moves: the view in the overview, an end of the range, or the step on show."""
        if position is None:
            return None
        metrics, scale = self._metrics, self.scale
        if scale.is_zoomed and position.y() >= metrics.overview_top:
            return "view"
        played = self._playback.range
        if played is not None and abs(position.y() - metrics.middle) <= 10 * metrics.size:
            on_handle = abs(position.x() - scale.x_of(self._playback.step)) <= metrics.handle_radius
            ends = {
                "first": abs(position.x() - scale.x_of(played[0])),
                "last": abs(position.x() - scale.x_of(played[1])),
            }
            end = min(ends, key=lambda name: ends[name])
            beside_line = abs(position.y() - metrics.middle) > metrics.handle_radius
            if ends[end] <= 5 * metrics.size and (beside_line or not on_handle):
                return end
        return "step"

    def mark_text(self, mark: EventMark) -> str:
        """All that ``mark`` stands for, a line for each."""
        lines = [event_line(event, self._track.labels[event.optimizer]) for event in mark.events]
        if len(lines) == 1 and (detail := event_detail(mark.events[0], self._track.settling_distance)):
            lines.append(detail)
        return "\n".join(lines)
