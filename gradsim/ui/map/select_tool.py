"""The tool Select: a click picks the particle under the mouse, a click beside all of them picks none."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt

from gradsim.ui.jobs import LatestJob
from gradsim.ui.map.map_tool import Hand, MapTool, Mouse
from gradsim.ui.map.particle_places import pick_particle


class SelectTool(MapTool):
    """A worker looks through the particles, which may be a million."""

    def __init__(self, hand: Hand, parent: QObject | None = None) -> None:
        super().__init__(hand, parent)
        self._job = LatestJob(self, name="gradsim select")
        self._job.finished.connect(self.hand.session.selection.select_particle)

    @property
    def reads_out(self) -> bool:
        """While a particle is taken apart, the map belongs to its arrows."""
        return self.hand.session.selection.particle is None

    def click(self, mouse: Mouse) -> None:
        run = mouse.picture.run
        if run is not None and mouse.picture.is_ready:
            selected = self.hand.session.selection.particle
            self._job.submit(pick_particle, mouse.overlay, run, self.hand.playback.step, mouse.pixel, selected)

    def cursor(self, mouse: Mouse) -> Qt.CursorShape:
        return Qt.CursorShape.PointingHandCursor

    def stop(self) -> None:
        self._job.stop()
