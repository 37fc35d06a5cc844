"""The events of the run on show, found by a worker, and which of them have been reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gradsim.ui.engine_calls import FoundEvents, search_events
from gradsim.ui.jobs import LatestJob
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session

if TYPE_CHECKING:
    from gradsim.core.events import RaceEvent
    from gradsim.core.run import Run

LARGE_RUN_NUMBERS = 500_000
LARGE_RUN_WAIT_MS = 200
SMALL_RUN_WAIT_MS = 60


class EventTrack(QObject):
    """``events``, by step, with ``labels`` and ``colors`` of their optimizers.

    ``changed`` tells of new ones, and of some that have been reached. An event is reached once its step has been on
    show, whichever way, since the run changed: no ball's future is given away.

    A slider that is dragged brings run after run, and needs the machine: a few times in a second, events of a small run
    are looked for; those of a large one when no newer run has come for a while, and until then there are none.
    """

    changed = Signal()

    def __init__(self, session: Session, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self.events: tuple[RaceEvent, ...] = ()
        self.labels: tuple[str, ...] = ()
        self.colors: tuple[tuple[int | str | None, int], ...] = ()
        """Of each optimizer that races: its own colour, and its place in the scene, as ``resolve_color`` takes them."""
        self.settling_distance = 0.0
        self._furthest = 0.0
        self._n_reached = 0
        self._job = LatestJob(self, name="gradsim events", grace_s=0.0)
        self._job.finished.connect(self.show_events)
        self._wait = QTimer(self, singleShot=True)
        self._wait.timeout.connect(self._search)
        session.run_changed.connect(self._follow_run)
        session.critical_points_changed.connect(self._plan)
        session.scene_changed.connect(self._follow_scene)
        playback.step_changed.connect(self._reach)
        self._follow_run(session.run)

    @property
    def visible(self) -> tuple[RaceEvent, ...]:
        """The events to show: those reached, or all if the scene says so."""
        return self.events if self._session.scene.view.all_events else self.events[: self._n_reached]

    def after(self, step: float) -> RaceEvent | None:
        """The first event behind ``step``, reached or not."""
        return next((event for event in self.events if event.step > step), None)

    def before(self, step: float) -> RaceEvent | None:
        """The last event before ``step``."""
        return next((event for event in reversed(self.events) if event.step < step), None)

    def show_events(self, found: FoundEvents) -> None:
        """Take what was found in the run on show."""
        self.labels, self.settling_distance = found.labels, found.settling_distance
        self.colors = tuple(zip((entry.color for entry in found.scene.racing), found.scene.racing_places, strict=True))
        self._replace(found.events)

    def stop(self) -> None:
        """Stop the worker."""
        self._wait.stop()
        self._job.stop()

    def _follow_run(self, run: Run | None) -> None:
        self._furthest = self._playback.step
        if run is None or _is_large(run):
            self._replace(())
        self._plan()

    def _plan(self, *_: object) -> None:
        run = self._session.run
        if run is None or _is_large(run):
            self._job.cancel()
            self._wait.stop()
        if run is not None and not self._wait.isActive():
            self._wait.start(LARGE_RUN_WAIT_MS if _is_large(run) else SMALL_RUN_WAIT_MS)

    def _search(self) -> None:
        run, scene = self._session.run, self._session.scene
        if run is not None:
            # While a slider of the surface is dragged, the points on show may be those of another surface.
            same = (run.scene.surface, run.scene.domain) == (scene.surface, scene.domain)
            self._job.submit(search_events, run, tuple(self._session.critical_points or ()) if same else ())

    def _replace(self, events: tuple[RaceEvent, ...]) -> None:
        self.events = events
        self._n_reached = self._count_reached()
        self.changed.emit()

    def _follow_scene(self, old: object, new: object) -> None:
        self.changed.emit()  # all events, or only those reached

    def _reach(self, step: float) -> None:
        if step > self._furthest:
            self._furthest = step
            n_reached = self._count_reached()
            if n_reached != self._n_reached:
                self._n_reached = n_reached
                self.changed.emit()

    def _count_reached(self) -> int:
        return sum(event.step <= self._furthest for event in self.events)


def _is_large(run: Run) -> bool:
    return run.losses.size > LARGE_RUN_NUMBERS
