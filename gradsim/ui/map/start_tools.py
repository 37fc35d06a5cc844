"""The tools that have to do with starts: Move drags their handles, Start puts them where one clicks."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gradsim.core.scene import Point
from gradsim.ui.drawing.cards import color
from gradsim.ui.drawing.marks import pixels_within
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.drawing.start_handles import move_start, put_starts, rounded_place, snapped_place, start_handles
from gradsim.ui.map.callouts import critical_point_at
from gradsim.ui.map.map_tool import Hand, MapTool, Mouse

GRAB_EM = 1.4


class HandleTool(MapTool):
    """Drags the handles of starts."""

    def __init__(self, hand: Hand, parent: QObject | None = None) -> None:
        super().__init__(hand, parent)
        self._grabbed: tuple[int, QPointF] | None = None

    def press(self, mouse: Mouse) -> bool:
        index = handle_at(mouse.pixel, mouse.overlay)
        if index is None:
            return False
        self._grabbed = (index, QPointF(*mouse.overlay.handle_pixels[index].tolist()) - mouse.pixel)
        self.changed.emit()
        return True

    def drag(self, mouse: Mouse) -> None:
        if self._grabbed is None:
            return
        index, offset = self._grabbed
        scene = self.hand.session.scene
        if index < len(start_handles(scene.starts)):
            place = self.tidy_place(mouse.overlay.to_data(mouse.pixel + offset), mouse.overlay)
            starts = move_start(scene.starts, index, place)
            self.hand.session.try_edit(replace(scene, starts=starts), "move start", merge=True)

    def release(self, mouse: Mouse) -> None:
        self.cancel()

    def cancel(self) -> bool:
        held = self._grabbed is not None
        if held:
            self._grabbed = None
            self.hand.session.end_merge()
            self.changed.emit()
        return held

    def tidy_place(self, place: tuple[float, ...], overlay: Overlay) -> Point:
        """Return ``place`` without figures that the screen cannot show, snapped where the scene wants that."""
        scene = self.hand.session.scene
        place, scale = place[: scene.domain.dimension], overlay.viewport.scale
        if not scene.view.snap:
            return rounded_place(place, scale)
        targets = [point.position for point in self.hand.session.critical_points or ()]
        return snapped_place(place, scale, np.array(targets).reshape(-1, len(place)))

    def cursor(self, mouse: Mouse) -> Qt.CursorShape | None:
        if self._grabbed is not None:
            return Qt.CursorShape.ClosedHandCursor
        return Qt.CursorShape.SizeAllCursor if handle_at(mouse.pixel, mouse.overlay) is not None else None

    def draw(self, painter: QPainter, picture: FramePicture) -> None:
        """Paint a ring in the accent colour around every start that can be dragged."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for overlay in picture.overlays:
            em, theme = overlay.mark_em, picture.theme
            shown = pixels_within(overlay.handle_pixels, QRectF(overlay.layout.area), em)
            for index in np.flatnonzero(shown).tolist():  # a place where f is undefined is nowhere
                place = QPointF(*overlay.handle_pixels[index].tolist())
                held = self._grabbed is not None and self._grabbed[0] == index
                reach = (0.95 if held else 0.8) * em
                for pen in (QPen(color(theme.overlay, 0.85), 0.36 * em), QPen(color(theme.accent), 0.18 * em)):
                    painter.setPen(pen)
                    painter.drawEllipse(place, reach, reach)


class MoveTool(HandleTool):
    """The tool at rest: handles drag, the map pans, a click on a critical point pins its callout."""

    def click(self, mouse: Mouse) -> None:
        self.hand.pins.click(mouse.pixel, mouse.picture)

    def double_click(self, mouse: Mouse) -> bool:
        self.hand.gestures.fit()
        return True

    def cursor(self, mouse: Mouse) -> Qt.CursorShape:
        if (shape := super().cursor(mouse)) is not None:
            return shape
        if critical_point_at(mouse.overlay, mouse.pixel) is not None:
            return Qt.CursorShape.PointingHandCursor
        return Qt.CursorShape.OpenHandCursor


class StartTool(HandleTool):
    """A click puts the starts there; with Shift it adds one."""

    def click(self, mouse: Mouse) -> None:
        session = self.hand.session
        scene = session.scene
        place = self.tidy_place(mouse.place, mouse.overlay)
        starts = put_starts(scene.starts, place, add=mouse.shift)
        if starts is not None:
            session.try_edit(replace(scene, starts=starts), "add start" if mouse.shift else "put start")
        elif mouse.shift:
            session.message.emit("A start can be added to single points only: choose Points in Starts.")
        else:
            session.message.emit("These starts fill the whole domain: choose another kind in Starts to put them here.")

    def cursor(self, mouse: Mouse) -> Qt.CursorShape:
        return super().cursor(mouse) or Qt.CursorShape.CrossCursor


def handle_at(pixel: QPointF, overlay: Overlay) -> int | None:
    """Return the number of the start's handle under ``pixel``, or None."""
    distances = [(QPointF(x, y) - pixel).manhattanLength() for x, y in overlay.handle_pixels.tolist()]
    near = [index for index, distance in enumerate(distances) if distance <= GRAB_EM * overlay.layout.em]
    return min(near, key=lambda index: distances[index]) if near else None
