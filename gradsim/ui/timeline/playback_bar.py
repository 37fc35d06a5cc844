"""The playback bar: transport, timeline, speed, loop and trails, in one row or in two."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from gradsim.core.scene import Scene
from gradsim.ui.numbers import MINUS
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import fix_width, theme_hub
from gradsim.ui.timeline.step_counter import StepCounter
from gradsim.ui.timeline.timeline import Timeline
from gradsim.ui.timeline.timeline_menu import TimelineMenu
from gradsim.ui.timeline.transport import Transport
from gradsim.ui.widgets.icons import IconButton
from gradsim.ui.widgets.sliders import Scale, SliderRow

SPEED_SCALE = Scale(1.0, 1e5, "logarithmic")
LONGEST_TRAIL_SLIDER = 2000
MARGIN, SPACING, GAP = 16, 6, 8
SHORTEST_TIMELINE = 380  # pixels; where one row leaves less, there are two
PLAY_WIDTH = 62
SLIDER_WIDTH = 80
PLAY_TIP = "Play or pause the race (space); J and L play backwards and forwards, again for faster."
WAITING_TIP = "The race will play as soon as it is ready; press again (space) to let it stand."


class PlaybackBar(QFrame):
    """Everything that decides which moment is on show.

    In a narrow window the timeline has a row of its own; in a very narrow one, speed and trail are numbers without
    their sliders.
    """

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        self.setObjectName("bottomBar")
        self.transport = Transport(session, playback, self)
        self._build()
        for each in (self.speed, self.trail):
            each.rejected.connect(session.message)
            each.released.connect(session.end_merge)
        self.counter.rejected.connect(session.message)
        self._arrangement: tuple[bool, bool] | None = None
        self._place()
        self._connect(session)
        self._show_scene(None, session.scene)
        self._show_playing()

    def _build(self) -> None:
        self.to_start = IconButton("to_start", "To the start", "Show the start of the range, then of the race (Home).")
        self.step_back = IconButton("step_back", "One step back", "Pause and go one step back (left arrow).")
        self.play = IconButton("play", "Play", PLAY_TIP)
        fix_width(self.play, PLAY_WIDTH)
        self.step_forwards = IconButton("step_forwards", "One step forwards", "Pause and go one step on (right arrow).")
        self.to_end = IconButton("to_end", "To the end", "Pause and show the end of the range, then of the race (End).")
        self.loop = IconButton("loop", "Loop", "When the race or its range has ended, start it over.")
        self.loop.setCheckable(True)
        self.logarithmic = IconButton(
            "logarithmic", "Logarithmic timeline", "Give every decade of steps the same room on the timeline."
        )
        self.logarithmic.setCheckable(True)
        self.more = IconButton("menu", "Timeline menu", "Set a range to play, go to events, change the timeline.")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.counter = StepCounter(self._playback)
        self.timeline = Timeline(self.transport)
        self.menu = TimelineMenu(self.transport, fit=self.timeline.fit, parent=self)
        self.more.setMenu(self.menu)
        self.speed = SliderRow(
            "steps/s",
            SPEED_SCALE,
            "Speed",
            "How many steps are played in a second.",
            check=lambda v: None if v > 0 else "speed must be > 0",
            field_width=52,
        )
        self.trail = SliderRow(
            "trail",
            Scale(0.0, LONGEST_TRAIL_SLIDER),
            "Trail length",
            "How many past steps stay drawn behind every particle.",
            check=lambda v: None if v >= 0 and v == int(v) else "the trail is a whole number of steps",
            field_width=52,
        )
        for each in (self.speed, self.trail):
            each.layout_.setSpacing(SPACING)
            fix_width(each.slider, SLIDER_WIDTH)

    def stop(self) -> None:
        """Stop the worker; call it before the application ends."""
        self.transport.track.stop()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width_of(self._controls, slim=True), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @property
    def _buttons(self) -> tuple[QWidget, ...]:
        return self.to_start, self.step_back, self.play, self.step_forwards, self.to_end, self.loop

    @property
    def _controls(self) -> tuple[QWidget, ...]:
        return *self._buttons, self.logarithmic, self.more, self.speed, self.trail

    def _place(self) -> None:
        self._upper, self._lower = QHBoxLayout(), QHBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 6, MARGIN, 6)
        layout.setSpacing(2)
        for each in (self._upper, self._lower):
            each.setSpacing(SPACING)
            layout.addLayout(each)
        self._arrange()

    def _arrange(self, *_: object) -> None:
        """Give the timeline a row of its own where it would be too short, and take the sliders away where all is."""
        shortest = self.counter.minimumWidth() + round(SHORTEST_TIMELINE * theme_hub().scale) + 4 * GAP
        two_rows = self._width_of(self._controls, slim=False) + shortest > self.width()
        slim = two_rows and self._width_of(self._controls, slim=False) > self.width()
        if (two_rows, slim) == self._arrangement:
            return
        self._arrangement = two_rows, slim
        for each in (self.speed, self.trail):
            each.slider.setVisible(not slim)
        _empty(self._upper)
        _empty(self._lower)
        timeline = (self.counter, GAP, self.timeline)
        settings = (self.logarithmic, self.more, GAP, self.speed, GAP, self.trail)
        if two_rows:
            _fill(self._upper, timeline)
            _fill(self._lower, (*self._buttons, None, *settings))
        else:
            _fill(self._lower, (*self._buttons, GAP, *timeline, GAP, *settings))
        self.updateGeometry()

    def _width_of(self, controls: tuple[QWidget, ...], *, slim: bool) -> int:
        widths = [
            each.sizeHint().width() if not isinstance(each, SliderRow) else _row_width(each, slim) for each in controls
        ]
        return sum(widths) + SPACING * len(controls) + 3 * GAP + 2 * MARGIN

    def _connect(self, session: Session) -> None:
        playback, transport = self._playback, self.transport
        self.to_start.clicked.connect(playback.show_start)
        self.step_back.clicked.connect(lambda: playback.step_by(-1))
        self.play.clicked.connect(playback.toggle)
        self.step_forwards.clicked.connect(lambda: playback.step_by(1))
        self.to_end.clicked.connect(playback.show_end)
        self.loop.toggled.connect(lambda loop: transport.set_playback(loop=loop))
        self.logarithmic.toggled.connect(lambda on: transport.set_playback(timeline="log" if on else "linear"))
        self.speed.changed.connect(lambda speed, _: transport.set_playback(speed=speed))
        self.trail.changed.connect(lambda trail, _: transport.set_view(trail=round(trail)))
        self.timeline.menu_requested.connect(self._pop_up_menu)
        playback.playing_changed.connect(self._show_playing)
        playback.waiting_changed.connect(self._show_playing)
        playback.rate_changed.connect(self._show_playing)
        playback.last_step_changed.connect(self._arrange)  # the counter has another width
        session.scene_changed.connect(self._show_scene)
        theme_hub().changed.connect(self._dress)

    def _dress(self, *_: object) -> None:
        self._arrangement = None
        self._arrange()

    def _pop_up_menu(self, place: QPoint) -> None:
        self.menu.popup(place)

    def _show_scene(self, old: Scene | None, scene: Scene) -> None:
        self.speed.show_value(scene.playback.speed)
        self.trail.show_value(scene.view.trail)
        for button, checked in ((self.loop, scene.playback.loop), (self.logarithmic, scene.playback.timeline == "log")):
            blocked = button.blockSignals(True)
            button.setChecked(checked)
            button.blockSignals(blocked)

    def _show_playing(self, *_: object) -> None:
        """Pause while it plays, with the rate of the shuttle: "−4×"; "…" while it waits for the race."""
        playing, waiting, rate = self._playback.playing, self._playback.waiting, self._playback.rate
        self.play.show_icon("pause" if playing or waiting else "play")
        self.play.setAccessibleName("Pause" if playing else "Do not play, waiting for the race" if waiting else "Play")
        self.play.setToolTip(WAITING_TIP if waiting else PLAY_TIP)
        text = "…" if waiting else "" if rate == 1 else f"{rate}×".replace("-", MINUS)
        style = Qt.ToolButtonStyle
        self.play.setToolButtonStyle(style.ToolButtonTextBesideIcon if text else style.ToolButtonIconOnly)
        self.play.setText(text)


def _row_width(row: SliderRow, slim: bool) -> int:
    """What a row of speed or trail needs, with its slider or without."""
    slider = 0 if slim else round(SLIDER_WIDTH * theme_hub().scale) + SPACING
    return row.name_label.sizeHint().width() + row.field.minimumWidth() + SPACING + slider


def _fill(layout: QBoxLayout, items: tuple[QWidget | int | None, ...]) -> None:
    """Add ``items``: a number is a gap in pixels, and None takes the room that is left."""
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        else:
            layout.addWidget(item, 1 if isinstance(item, Timeline) else 0)


def _empty(layout: QBoxLayout) -> None:
    while layout.takeAt(0) is not None:
        pass
