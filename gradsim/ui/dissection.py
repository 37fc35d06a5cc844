"""Takes the selected particle's update apart while the race is paused, and keeps the selection on its particle."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject

from gradsim.core.scene import Scene
from gradsim.ui.engine_calls import dissect_particle
from gradsim.ui.jobs import LatestJob
from gradsim.ui.particle_places import has_particle
from gradsim.ui.playback import Playback
from gradsim.ui.selection import ParticlePlace
from gradsim.ui.session import Session


class Dissection(QObject):
    """Has a worker race the particle again, up to the step on show, and gives the anatomy to the selection.

    The selection survives another run by the optimizer's place and the particle's number; where optimizers come, go or
    change places it follows its own.
    """

    def __init__(self, session: Session, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self._particle: ParticlePlace | None = None
        self._job = LatestJob(self, name="gradsim anatomy")
        self._job.finished.connect(session.selection.show_anatomy)
        self._job.failed.connect(self._raise)
        session.selection.changed.connect(self._follow_selection)
        session.scene_changed.connect(self._follow_scene)
        session.run_changed.connect(self._follow_run)
        playback.step_changed.connect(self._refresh)
        playback.playing_changed.connect(self._refresh)

    def stop(self) -> None:
        """Wait for the worker to end."""
        self._job.stop()

    def _follow_selection(self) -> None:
        if self._session.selection.particle != self._particle:
            self._particle = self._session.selection.particle
            self._refresh()

    def _follow_scene(self, old: Scene, new: Scene) -> None:
        place = self._session.selection.particle
        if place is not None and old.racing != new.racing:
            index = same_optimizer(old, new, place.optimizer)
            self._session.selection.select_particle(None if index is None else ParticlePlace(index, place.particle))

    def _follow_run(self, run: object) -> None:
        selection = self._session.selection
        if (
            run is not None
            and selection.particle is not None
            and not has_particle(self._session.run, selection.particle)
        ):
            selection.select_particle(None)
        self._refresh()

    def _refresh(self, *_: object) -> None:
        run, selection = self._session.run, self._session.selection
        place = selection.particle
        if place is None or self._playback.playing or not has_particle(run, place) or run is None:
            self._job.cancel()
            selection.show_anatomy(None)
            return
        # From between two steps, the update that is under way is shown.
        self._job.submit(dissect_particle, run, place.optimizer, place.particle, math.floor(self._playback.step))

    def _raise(self, error: Exception) -> None:
        self._session.selection.show_anatomy(None)
        raise error


def same_optimizer(old: Scene, new: Scene, index: int) -> int | None:
    """Return where the racing optimizer ``index`` of ``old`` races in ``new``, None where it does not any more."""
    if not 0 <= index < len(old.racing):
        return None
    entry = old.racing[index]
    places = [place for place, each in enumerate(new.racing) if each == entry]
    if places:
        return min(places, key=lambda place: abs(place - index))
    # One that has been edited keeps its place; with another number of them, nobody knows which it is.
    return index if len(new.racing) == len(old.racing) else None
