"""Draws maps for the window on a thread of its own: one at a time, and the latest moment next."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from gradsim.ui.drawing.drawn_map import DrawnMap
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.jobs import LatestJob

SHORT_MS = 8  # a map that is drawn faster takes nothing from others that they would miss


class MapWorker(QObject):
    """Keeps the last map that was drawn; ``drawn`` tells that there is a new one.

    Args:
        gives_way: whether others need the processors more at the moment: after each map the worker then rests as long
            as it drew. While a slider is dragged with 8 × 1,000 particles, half as many races more are shown a second.
    """

    drawn = Signal()

    def __init__(self, gives_way: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.map: DrawnMap | None = None
        self.busy = False
        self._wanted: tuple[FramePicture, float] | None = None
        self._asked: tuple[object, ...] = ()
        self._gives_way = gives_way
        self._began_s = 0.0
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._go_on)
        self._job = LatestJob(self, name="gradsim map")
        self._job.finished.connect(self._take)
        self._job.failed.connect(self._report)

    def request(self, picture: FramePicture, step: float) -> None:
        """Draw the map of ``picture`` at ``step``, at once or after the one under way, in place of any that waits.

        Nothing is done where that would give the map that was asked for last: an edit of an optimizer changes none
        before it has been raced anew.
        """
        asked = (step, *picture.map_key, picture.shows_all(step))
        if asked == self._asked:
            return
        self._asked = asked
        if self.busy:
            self._wanted = (picture, step)
        else:
            self._draw(picture, step)

    def stop(self) -> None:
        """Wait for the thread to end; nothing is drawn any more."""
        self._wanted = None
        self._rest.stop()
        self._job.stop()

    def _take(self, drawn: DrawnMap) -> None:
        self.map = drawn
        took_ms = round(1e3 * (time.perf_counter() - self._began_s))
        if took_ms > SHORT_MS and self._gives_way():
            self._rest.start(took_ms)
        else:
            self._go_on()
        self.drawn.emit()

    def _report(self, error: Exception) -> None:
        self._asked = ()
        self._go_on()
        raise error

    def _draw(self, picture: FramePicture, step: float) -> None:
        self.busy = True
        self._began_s = time.perf_counter()
        self._job.submit(FramePicture.draw_map, picture, step)

    def _go_on(self) -> None:
        self.busy = False
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self._draw(*wanted)
