"""Reads the map out under the mouse: the surface, or the critical point that is pointed at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QPainter

from gradsim.ui.drawing.cards import Line
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.map.callouts import Callout, critical_point_at
from gradsim.ui.map.pins import PinnedCallout
from gradsim.ui.map.readout import draw_surface_readout, surface_lines
from gradsim.ui.session import Session

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoint

READOUT_INTERVAL_MS = 16


class MapReadout(QObject):
    """Follows the mouse at ``pixel`` of the picture, None beside the map, at most sixty times a second.

    ``lines`` and ``point`` are what is read: nothing where the mouse is on no map. ``changed`` asks for a painting.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        pins: PinnedCallout,
        picture: Callable[[], FramePicture],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._pins = pins
        self._picture = picture
        self._callout: Callout | None = None
        self.pixel: QPointF | None = None
        self.lines: tuple[Line, ...] = ()
        self.point: CriticalPoint | None = None
        self._timer = QTimer(self, singleShot=True, interval=READOUT_INTERVAL_MS)
        self._timer.timeout.connect(self._read)

    def follow(self, pixel: QPointF | None) -> None:
        """Read at ``pixel`` from now on."""
        self.pixel = pixel
        self.refresh()

    def refresh(self) -> None:
        """Read again soon, because something else has changed."""
        if not self._timer.isActive():
            self._timer.start()

    def _read(self) -> None:
        picture, surface = self._picture(), self._session.surface
        before = (self.lines, self.point)
        self.lines, self.point = (), None
        overlay = None if self.pixel is None else picture.overlay_at(self.pixel)
        if overlay is not None and self.pixel is not None and surface is not None and picture.is_ready:
            self.point = critical_point_at(overlay, self.pixel)
            self.lines = surface_lines(surface, overlay.to_data(self.pixel)[: surface.dimension])
        if (self.lines, self.point) != before:
            self.changed.emit()

    def draw(self, painter: QPainter, picture: FramePicture, taken: tuple[QRectF, ...] = ()) -> None:
        """Paint what is read; ``taken`` are rectangles of the picture that had better stay visible."""
        taken += tuple(rect for each in self._pins.callouts(picture)[:1] for rect in each.rects)
        overlay = None if self.pixel is None else picture.overlay_at(self.pixel)
        if overlay is None or self.pixel is None:
            return
        if self.point is None:
            if self.lines:
                draw_surface_readout(painter, overlay, self.lines, self.pixel, picture.theme, taken)
        elif self.point is not self._session.selection.point:
            callout = self._callout
            if callout is None or callout.overlay is not overlay or callout.point is not self.point:
                callout = self._callout = Callout(overlay, self.point, taken)
            if callout.is_shown:
                callout.draw_card(painter, picture.theme)
                callout.draw_cross(painter, picture.theme)
