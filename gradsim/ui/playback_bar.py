"""The playback bar: transport, scrubbing, speed, loop and trails."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from gradsim.core.scene import Scene
from gradsim.ui.forms import label
from gradsim.ui.icons import IconButton
from gradsim.ui.numbers import nice_ticks
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.sliders import Scale, SliderRow
from gradsim.ui.theme import current_theme, mono_font, theme_hub
from gradsim.ui.transport import Transport

SPEED_SCALE = Scale(1.0, 1e5, "logarithmic")
LONGEST_TRAIL_SLIDER = 2000
TICK_PIXELS = 10
HANDLE_RADIUS = 6


class Timeline(QWidget):
    """The whole race as a line: the step on show as a handle on it, round steps as ticks below."""

    def __init__(self, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline")
        self.setToolTip("Click or drag to show any step of the race.")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        playback.step_changed.connect(lambda _: self.update())
        playback.last_step_changed.connect(lambda _: self.update())

    def sizeHint(self) -> QSize:
        return QSize(300, round(40 * theme_hub().scale))

    def minimumSizeHint(self) -> QSize:
        return QSize(140, self.sizeHint().height())

    def x_of(self, step: float) -> float:
        """Where ``step`` lies, in pixels of this widget."""
        share = step / self._playback.last_step if self._playback.last_step else 0.0
        return HANDLE_RADIUS + share * (self.width() - 2 * HANDLE_RADIUS)

    def step_at(self, position: QPoint) -> float:
        """The step at ``position``, moved into the race."""
        share = (position.x() - HANDLE_RADIUS) / max(1, self.width() - 2 * HANDLE_RADIUS)
        return min(max(share, 0.0), 1.0) * self._playback.last_step

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = 14 * theme_hub().scale
        left, right, now = self.x_of(0), self.width() - HANDLE_RADIUS, self.x_of(self._playback.step)
        painter.setBrush(QColor(theme.border))
        painter.drawRoundedRect(QRectF(left, middle - 2, right - left, 4), 2, 2)
        painter.setBrush(QColor(theme.accent))
        painter.drawRoundedRect(QRectF(left, middle - 2, now - left, 4), 2, 2)
        self._paint_ticks(painter, middle)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.text))
        painter.drawEllipse(QRectF(now - HANDLE_RADIUS, middle - HANDLE_RADIUS, 2 * HANDLE_RADIUS, 2 * HANDLE_RADIUS))
        painter.end()

    def _paint_ticks(self, painter: QPainter, middle: float) -> None:
        last_step = self._playback.last_step
        if last_step == 0:
            return
        font = mono_font(TICK_PIXELS * theme_hub().scale)
        metrics = QFontMetricsF(font)
        widest = metrics.horizontalAdvance(f"{last_step:,}") + 24
        ticks, _ = nice_ticks(0.0, float(last_step), n_most=max(1, int(self.width() / widest)))
        painter.setFont(font)
        painter.setPen(QColor(current_theme().dim_text))
        for tick in ticks:
            if tick != round(tick):
                continue
            text = f"{int(tick):,}"
            width = metrics.horizontalAdvance(text)
            x = min(max(self.x_of(tick) - width / 2, 0.0), self.width() - width)
            painter.drawText(QRectF(x, middle + 9, width + 2, metrics.height()), Qt.AlignmentFlag.AlignLeft, text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._playback.pause()
            self._playback.seek(self.step_at(event.position().toPoint()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._playback.seek(self.step_at(event.position().toPoint()))


class PlaybackBar(QFrame):
    """Everything that decides which moment is on show."""

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self.setObjectName("bottomBar")
        self.transport = Transport(session, playback, self)
        self.to_start = IconButton("to_start", "To the start", "Show the start of the race (Home).")
        self.step_back = IconButton("step_back", "One step back", "Pause and go one step back (left arrow).")
        self.play = IconButton("play", "Play", "Play or pause the race (space).")
        self.step_forwards = IconButton("step_forwards", "One step forwards", "Pause and go one step on (right arrow).")
        self.to_end = IconButton("to_end", "To the end", "Pause and show the end of the race (End).")
        self.loop = IconButton("loop", "Loop", "When the race has ended, start it over.")
        self.loop.setCheckable(True)
        self.counter = label("0 / 0", "number")
        self.counter.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.timeline = Timeline(playback)
        self.speed = SliderRow(
            "speed", SPEED_SCALE, "Speed", "Steps per second.", check=lambda v: None if v > 0 else "speed must be > 0"
        )
        self.trail = SliderRow(
            "trail",
            Scale(0.0, LONGEST_TRAIL_SLIDER),
            "Trail length",
            "How many past steps stay drawn behind every particle.",
            check=lambda v: None if v >= 0 and v == int(v) else "the trail is a whole number of steps",
        )
        for each, width in ((self.speed, 168), (self.trail, 160)):
            each.setFixedWidth(round(width * theme_hub().scale))
            each.field.setFixedWidth(round(52 * theme_hub().scale))
            each.layout_.setSpacing(6)
            each.rejected.connect(session.message)
            each.released.connect(session.end_merge)
        self._place()
        self._connect()
        self._show_scene(session.scene)
        self._show_step(playback.step)
        self._show_playing(playback.playing)
        self._show_last_step(playback.last_step)

    def _place(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(6)
        for widget in (self.to_start, self.step_back, self.play, self.step_forwards, self.to_end, self.loop):
            layout.addWidget(widget)
        layout.addSpacing(4)
        layout.addWidget(self.counter)
        layout.addSpacing(6)
        layout.addWidget(self.timeline, 1)
        layout.addSpacing(6)
        layout.addWidget(self.speed)
        layout.addSpacing(6)
        layout.addWidget(self.trail)

    def _connect(self) -> None:
        playback = self._playback
        self.to_start.clicked.connect(playback.show_start)
        self.step_back.clicked.connect(lambda: playback.step_by(-1))
        self.play.clicked.connect(playback.toggle)
        self.step_forwards.clicked.connect(lambda: playback.step_by(1))
        self.to_end.clicked.connect(playback.show_end)
        self.loop.toggled.connect(lambda loop: self.transport.set_playback(loop=loop))
        self.speed.changed.connect(lambda speed, _: self.transport.set_playback(speed=speed))
        self.trail.changed.connect(lambda trail, _: self.transport.set_view(trail=round(trail)))
        playback.step_changed.connect(self._show_step)
        playback.playing_changed.connect(self._show_playing)
        playback.last_step_changed.connect(self._show_last_step)
        self._session.scene_changed.connect(lambda _, scene: self._show_scene(scene))

    def _show_scene(self, scene: Scene) -> None:
        self.speed.show_value(scene.playback.speed)
        self.trail.show_value(scene.view.trail)
        blocked = self.loop.blockSignals(True)
        self.loop.setChecked(scene.playback.loop)
        self.loop.blockSignals(blocked)

    def _show_step(self, step: float) -> None:
        self.counter.setText(f"{int(step):,} / {self._playback.last_step:,}")

    def _show_playing(self, playing: bool) -> None:
        self.play.show_icon("pause" if playing else "play")
        self.play.setAccessibleName("Pause" if playing else "Play")

    def _show_last_step(self, last_step: int) -> None:
        text = f"{last_step:,}"
        metrics = QFontMetricsF(mono_font(11 * theme_hub().scale))
        self.counter.setFixedWidth(round(metrics.horizontalAdvance(f"{text} / {text}")) + 6)
        self._show_step(self._playback.step)
