"""The pinned critical point: pinned by a click on its mark, it stays on the map until the surface loses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, Signal
from PySide6.QtGui import QPainter

from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.map.callouts import Callout, critical_point_at
from gradsim.ui.session import Session

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoint, CriticalPoints
    from gradsim.core.scene import Domain

SAME_POINT_SHARE = 0.03
"""Of the domain's sides: as far as a point may move from one search to the next and still be the same."""


class PinnedCallout(QObject):
    """Draws the callout of the pinned point, and keeps the pin on the same point while a parameter is dragged."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._picture: FramePicture | None = None
        self._callouts: tuple[Callout, ...] = ()
        session.selection.changed.connect(self._forget)
        session.critical_points_changed.connect(self._follow)

    def callouts(self, picture: FramePicture) -> tuple[Callout, ...]:
        """The callout on each map of ``picture`` where the point lies; only the first of them shows its card."""
        if picture is not self._picture:
            point = self._session.selection.point
            # While the race turns from a plane into a line, the point may still be one of the plane.
            fits = point is not None and len(point.position) == picture.scene.domain.dimension
            overlays = picture.overlays if fits and picture.is_ready else ()
            callouts = [Callout(overlay, point) for overlay in overlays]
            self._callouts = tuple(callout for callout in callouts if callout.is_shown)
            self._picture = picture
        return self._callouts

    def click(self, pixel: QPointF, picture: FramePicture) -> bool:
        """Pin the point under ``pixel``, or unpin the one whose mark or card was clicked; return whether any was."""
        overlay, selection = picture.overlay_at(pixel), self._session.selection
        on_card = any(callout.rect.contains(pixel) for callout in self.callouts(picture)[:1])
        point = None if overlay is None or on_card else critical_point_at(overlay, pixel)
        if point is None and not on_card:
            return False
        selection.pin_point(None if on_card or point is selection.point else point)
        return True

    def draw(self, painter: QPainter, picture: FramePicture) -> None:
        for index, callout in enumerate(self.callouts(picture)):
            if index == 0:
                callout.draw_card(painter, picture.theme)
            callout.draw_cross(painter, picture.theme)  # over the line that leads to it

    def _forget(self) -> None:
        self._picture = None
        self.changed.emit()

    def _follow(self, points: CriticalPoints | None) -> None:
        """Go over to the same point of a new search; while one is under way the old one stays pinned."""
        selection = self._session.selection
        if selection.point is not None and points is not None:
            selection.pin_point(same_point(selection.point, points, self._session.scene.domain))


def same_point(point: CriticalPoint, points: CriticalPoints, domain: Domain) -> CriticalPoint | None:
    """Return the one of ``points`` that is ``point`` after a small change of the surface, or None."""
    if len(points) == 0 or len(point.position) != domain.dimension:
        return None
    sides = np.array([high - low for low, high in domain.axes])
    ways = (np.array([each.position for each in points]) - point.position) / sides
    distances = np.max(np.abs(ways), axis=-1)
    nearest = points[int(np.argmin(distances))]
    return nearest if distances.min() <= SAME_POINT_SHARE and nearest.kind == point.kind else None
