"""Draws maps for the window on a thread of its own: one at a time, and the latest moment next."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gradsim.ui.drawing.picture import DrawnMap, FramePicture
from gradsim.ui.jobs import LatestJob


class MapWorker(QObject):
    """Keeps the last map that was drawn. ``drawn`` tells that there is a new one, and whether another is wanted."""

    drawn = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.map: DrawnMap | None = None
        self.busy = False
        self._wanted: tuple[FramePicture, float] | None = None
        self._job = LatestJob(self, name="gradsim map")
        self._job.finished.connect(self._take)
        self._job.failed.connect(self._report)

    def request(self, picture: FramePicture, step: float) -> None:
        """Draw the map of ``picture`` at ``step``, at once or after the one under way, in place of any that waits."""
        if self.busy:
            self._wanted = (picture, step)
        else:
            self.busy = True
            self._job.submit(FramePicture.draw_map, picture, step)

    def stop(self) -> None:
        """Wait for the thread to end; nothing is drawn any more."""
        self._wanted = None
        self._job.stop()

    def _take(self, drawn: DrawnMap) -> None:
        self.map = drawn
        self._go_on()
        self.drawn.emit()

    def _report(self, error: Exception) -> None:
        self._go_on()
        raise error

    def _go_on(self) -> None:
        self.busy = False
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self.request(*wanted)
