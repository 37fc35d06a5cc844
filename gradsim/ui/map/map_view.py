"""The map in the window: a picture that workers draw, and what the mouse does and reads on it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradsim.core.scene import Scene
from gradsim.ui.drawing.cards import color, draw_card, text_font
from gradsim.ui.drawing.drawn_map import DrawnMap
from gradsim.ui.drawing.map_cards import CardCorners
from gradsim.ui.drawing.picture import FramePicture, video_pixel_ratio
from gradsim.ui.drawing.picture_cache import PictureCache
from gradsim.ui.map.anatomy_card import AnatomyCard
from gradsim.ui.map.anatomy_marks import AnatomyMarks
from gradsim.ui.map.dissection import Dissection
from gradsim.ui.map.map_gestures import MapGestures
from gradsim.ui.map.map_input import MapInput
from gradsim.ui.map.map_mouse import MapMouse
from gradsim.ui.map.map_readout import MapReadout
from gradsim.ui.map.map_tool import Hand
from gradsim.ui.map.map_worker import MapWorker
from gradsim.ui.map.pins import PinnedCallout
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import theme_hub

HOLD_LEGEND_MS = 600
PATIENCE_MS = 1200
COMFORTABLE_SIZE = (900, 600)  # logical pixels of a map on which text has its normal size
PRESENTED = 1.15  # of the text in a video, which is looked at on other screens as well
PREPARING = "Preparing the engine.\nThe first start compiles it for this computer, which takes up to half a minute."


class MapView(QWidget):
    """Shows the session's scene at the playback's step.

    A worker draws one map at a time and turns to the latest moment when it is done; this widget only blits it and
    writes the overlay. Until the map of a new view arrives, the old one is shown moved and scaled.
    """

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Map of the race")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must leave the arrow keys to the playback
        self._session = session
        self._playback = playback
        self._picture: FramePicture | None = None
        self._picture_cache = PictureCache()
        self._corners: CardCorners | None = None
        self._hold_timer = QTimer(self, singleShot=True, interval=HOLD_LEGEND_MS)
        self._hold_timer.timeout.connect(self.rebuild)
        self._request_timer = QTimer(self, singleShot=True, interval=0)
        self._request_timer.timeout.connect(self._request_map)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.update)
        self._patience.start()
        self._worker = MapWorker(lambda: session.results.busy, self)
        self._worker.drawn.connect(self.update)
        self.gestures = MapGestures(session, self)
        self.gestures.viewport_moved.connect(self._follow_viewport)
        self.pins = PinnedCallout(session, self)
        self.mouse = MapMouse(Hand(session, playback, self.gestures, self.pins), lambda: self.picture, self)
        self.readout = MapReadout(session, self.pins, lambda: self.picture, self)
        self._input = MapInput(self)
        self._dissection = Dissection(session, playback, self)
        self._presented = False
        self._anatomy_marks = AnatomyMarks(session, self)
        self.anatomy_card = AnatomyCard(session, self)
        session.selection.anatomy_changed.connect(self._repaint)
        for each in (self.pins, self.mouse, self.anatomy_card, self.readout):
            each.changed.connect(self.update)
        session.scene_changed.connect(self._follow_scene)
        session.scene_opened.connect(self._begin)
        session.surface_changed.connect(self.rebuild)
        session.run_changed.connect(self.rebuild)
        session.results.all_progressed.connect(self._request_map)
        session.critical_points_changed.connect(self.rebuild)
        playback.step_changed.connect(self._request_map)
        theme_hub().changed.connect(self.rebuild)

    def sizeHint(self) -> QSize:
        return QSize(900, 640)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 180)

    @property
    def picture(self) -> FramePicture:
        """What is on show, at this widget's size and the current view."""
        if self._picture is None:
            self._picture = self._build_picture()
        return self._picture

    def stop(self) -> None:
        """Wait for the worker to end; nothing is drawn any more."""
        self.gestures.settle()
        self._request_timer.stop()
        self.mouse.stop()
        self._dissection.stop()
        self.anatomy_card.stop()
        self._worker.stop()

    def rebuild(self, *_: object) -> None:
        """Lay out anew and draw, because the scene, the run, the view, the size or the theme has changed."""
        self._picture = None
        self._request_timer.start()  # several reasons at once, such as an edit, are laid out once
        self.readout.refresh()
        self.update()

    def _build_picture(self) -> FramePicture:
        ratio = self.devicePixelRatioF()
        session, theme = self._session, theme_hub().theme
        run = session.run
        if run is not None and run.dimension != session.scene.domain.dimension:
            run = None
        size = (max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio)))
        picture = FramePicture(
            session.scene,
            run,
            session.surface,
            session.critical_points,
            theme,
            *size,
            ratio * theme_hub().scale * self._enlargement(),
            viewport=self.gestures.viewport,
            cache=self._picture_cache,
            # While a slider or the map is dragged, the legend would flit from corner to corner.
            corners=self._corners if self._hold_timer.isActive() else None,
        )
        self._corners = picture.overlay.cards.corners
        return picture

    def show_presented(self, presented: bool) -> None:
        """Draw for a lecture hall, with text that its last row can read, or for who sits before the window."""
        self._presented = presented
        self.rebuild()

    def _enlargement(self) -> float:
        """How much larger text, trails and heads are than on a small map: a large window is looked at from afar."""
        if self._presented:
            return PRESENTED * video_pixel_ratio(self.width(), self.height())
        return max(1.0, min(self.width() / COMFORTABLE_SIZE[0], self.height() / COMFORTABLE_SIZE[1]))

    def _follow_scene(self, old: Scene, new: Scene) -> None:
        self.gestures.follow_scene(old, new)
        self._hold_timer.start()
        self.rebuild()

    def _follow_viewport(self) -> None:
        self._hold_timer.start()
        self.rebuild()

    def _begin(self, scene: Scene) -> None:
        self._hold_timer.stop()
        self.rebuild()

    def _request_map(self, *_: object) -> None:
        if self.picture.is_ready and self.isVisible():
            self._worker.request(self.picture, self._playback.step)

    def _repaint(self, *_: object) -> None:
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        picture, ratio = self.picture, self.devicePixelRatioF()
        painter = QPainter(self)
        painter.scale(1 / ratio, 1 / ratio)
        step = self._playback.step
        drawn = self._worker.map if picture.is_ready else None
        picture.paint_map(painter, drawn)
        if drawn is not None:
            step = drawn.step
        picture.draw_overlay(painter, min(step, picture.scene.steps), drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_on_maps(painter, picture, step, drawn)
        if self._worker.map is None and not self._patience.isActive():
            painter.setClipping(False)
            _say_preparing(painter, picture)
        painter.end()

    def _draw_on_maps(self, painter: QPainter, picture: FramePicture, step: float, drawn: DrawnMap | None) -> None:
        maps = QRegion()
        for overlay in picture.overlays:
            maps += overlay.layout.area
        self._anatomy_marks.draw(painter, picture, step, None if drawn is None else drawn.frame)
        painter.setClipping(False)  # a card may be wider than a panel, and a caption lies in the margin
        self.pins.draw(painter, picture)
        painter.setClipRegion(maps)
        self.mouse.draw(painter, picture)
        painter.setClipping(False)
        self.anatomy_card.draw(painter, picture, self._anatomy_marks.rects)
        if not self.mouse.busy and self.mouse.tool.reads_out:
            self.readout.draw(painter, picture, self._anatomy_marks.rects + self.anatomy_card.rects)
        if self.hasFocus():
            em = picture.layout.em
            painter.setPen(QPen(color(picture.theme.accent), 0.3 * em))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for overlay in picture.overlays:
                painter.drawRect(overlay.layout.area)

    # What keys do

    def zoom_by(self, factor: float) -> None:
        """Zoom about the middle of the map, the first of several."""
        overlay = self.picture.overlays[0]
        self.gestures.zoom_by(factor, QRectF(overlay.layout.area).center(), overlay)

    def pan_by(self, dx: float, dy: float) -> None:
        """Move what is shown by shares of the map's smaller side, y downwards."""
        self.gestures.pan_by(dx, dy, self.picture.overlays[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.gestures.settle()
        self.rebuild()

    def showEvent(self, event: QEvent) -> None:
        self.rebuild()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.rebuild()
        super().changeEvent(event)


def _say_preparing(painter: QPainter, picture: FramePicture) -> None:
    """Write over the bare maps why there is nothing on them: on a card, as side by side the gaps would cut it."""
    area, theme, em = QRectF(picture.layout.area), picture.theme, picture.layout.em
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.setFont(text_font(em))
    if picture.layout.is_grid:
        draw_card(
            painter, painter.boundingRect(area, flags, PREPARING).adjusted(-em, -em, em, em), theme, em, alpha=1.0
        )
    painter.setPen(color(theme.dim_text))
    painter.drawText(area, flags, PREPARING)
