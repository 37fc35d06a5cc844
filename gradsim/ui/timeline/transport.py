"""The transport: what buttons, keys and the timeline do to the playback, and what the scene says of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from PySide6.QtCore import QObject

from gradsim.core.scene import Scene
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.timeline.event_track import EventTrack

if TYPE_CHECKING:
    from gradsim.core.events import RaceEvent


class Transport(QObject):
    """Drives ``playback`` and keeps in the scene what is saved of it; ``track`` has the events of the run."""

    def __init__(self, session: Session, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.playback = playback
        self.track = EventTrack(session, playback, self)
        session.scene_changed.connect(self._follow)
        self._follow(None, session.scene)

    def set_playback(self, **changes: Any) -> None:
        """Change fields of ``scene.playback``."""
        scene = self.session.scene
        self.session.try_edit(replace(scene, playback=replace(scene.playback, **changes)))

    def set_view(self, **changes: Any) -> None:
        """Change fields of ``scene.view``."""
        scene = self.session.scene
        self.session.try_edit(replace(scene, view=replace(scene.view, **changes)))

    def begin_range(self) -> None:
        """Play from the step on show; a range that ended before it now ends with the race."""
        first, last = math.floor(self.playback.step), self.playback.bounds[1]
        if first >= self.playback.last_step:
            self.session.message.emit("A range begins before the last step: go back first.")
            return
        self.set_range(first, last if last > first else self.playback.last_step)

    def end_range(self) -> None:
        """Play up to the step on show; a range that began behind it now begins with the race."""
        first, last = self.playback.bounds[0], math.floor(self.playback.step)
        if last == 0:
            self.session.message.emit("A range ends after step 0: go on first.")
            return
        self.set_range(first if first < last else 0, last)

    def set_range(self, first: int, last: int) -> None:
        """Play steps ``first`` to ``last``, moved into the race and at least one step long; all of it is no range."""
        last_step = self.playback.last_step
        first = min(max(first, 0), last_step - 1)
        last = min(max(last, first + 1), last_step)
        self.set_playback(range=None if (first, last) == (0, last_step) else (first, last))

    def clear_range(self) -> None:
        """Play the whole race again."""
        self.set_playback(range=None)

    def show_next_event(self) -> None:
        """Pause at the next event, whether or not it has been reached."""
        self._show_event(self.track.after(self.playback.step))

    def show_previous_event(self) -> None:
        """Pause at the event before the step on show."""
        self._show_event(self.track.before(self.playback.step))

    def _show_event(self, event: RaceEvent | None) -> None:
        if event is not None:
            self.playback.pause()
            self.playback.seek(event.step)

    def _follow(self, old: Scene | None, scene: Scene) -> None:
        self.playback.set_speed(scene.playback.speed)
        self.playback.set_loop(scene.playback.loop)
        self.playback.set_range(scene.playback.range)
