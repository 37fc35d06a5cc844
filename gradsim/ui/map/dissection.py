"""Takes the selected particle's update apart while the race is paused, and keeps the selection on its particle."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject

from gradsim.core.scene import Scene
from gradsim.ui.drawing.competitors import racing_indices
from gradsim.ui.engine_calls import dissect_particle
from gradsim.ui.jobs import LatestJob
from gradsim.ui.map.particle_places import has_particle
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
            before = racing_indices(old, new)
            kept = place.optimizer in before
            self._session.selection.select_particle(
                ParticlePlace(before.index(place.optimizer), place.particle) if kept else None
            )

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
