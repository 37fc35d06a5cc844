"""Tells the playback whether there is a race to play, or one on its way."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gradsim.core.run import Run
from gradsim.core.scene import Scene
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session


class PlayedRace(QObject):
    """Follows the races of ``session`` with ``playback``: how long each is, and whether playing has to wait for it."""

    def __init__(self, session: Session, playback: Playback, parent: QObject) -> None:
        super().__init__(parent)
        self._results = session.results
        self._playback = playback
        session.run_changed.connect(self._follow_run)
        session.results.busy_changed.connect(self._follow_work)
        session.results.failed.connect(self._follow_work)
        session.scene_opened.connect(self._show_beginning)

    def _follow_run(self, run: Run | None) -> None:
        if run is not None:
            self._playback.set_last_step(run.last_step)
        else:
            self._follow_work()

    def _follow_work(self, *_: object) -> None:
        """Without a race to play, the one that is being made is waited for; when that fails, none is."""
        if self._results.run is None:
            if self._results.busy:
                self._playback.await_race()
            elif self._results.race_failed:
                self._playback.miss_race()

    def _show_beginning(self, scene: Scene) -> None:
        self._playback.pause()
        self._playback.seek(0)
        if self._results.busy:  # the race on the map is still that of the scene before
            self._playback.await_race()
