"""A plot of one curve for each optimizer over the whole run: workers draw it, a playhead moves over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradsim.core.render.palette import optimizer_letter
from gradsim.core.run import Run
from gradsim.ui.drawing.cards import color
from gradsim.ui.drawing.competitors import badges
from gradsim.ui.engine_calls import load_engine
from gradsim.ui.jobs import LatestJob
from gradsim.ui.plots.curve_axis import Scale, value_axis
from gradsim.ui.plots.curve_picture import CurvePicture, Look, draw_curves, text_pixels
from gradsim.ui.plots.curve_reading import draw_curve_reading
from gradsim.ui.plots.curves import Curves
from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.forms import is_seen

AHEAD_ALPHA = 0.35
REFINE_MS = 200
SMALLEST_INTERVAL_MS = 30


@dataclass(frozen=True, eq=False)
class CurveRequest:
    """What a plot is to show.

    Attributes:
        run: where the curves come from.
        summarise: gives the curves, or a line that says why there are none, on a worker; its keyword ``draft`` asks for
            few records of a large cloud.
        key: requests of equal keys have equal curves.
        scale, sign, best_known, origin: as ``value_axis`` takes them.
        value_name: what the curves are, such as "loss".
    """

    run: Run
    summarise: Callable[..., Curves | str]
    key: tuple[object, ...]
    scale: Scale
    sign: float
    best_known: float | None
    value_name: str
    origin: float | None = None


class CurvePlot(QWidget):
    """Shows the curves of a request. Clicking or dragging emits ``scrubbed`` with a step; hovering reads a curve.

    While hidden it does no work, and of requests in quick succession it leaves some out. A large cloud is drawn from
    some of its records first, and exactly as soon as no newer request has come for a moment.
    """

    scrubbed = Signal(float)
    drawn = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.picture: CurvePicture | None = None
        self._request: CurveRequest | None = None
        self.message = ""
        self._step = 0.0
        self._key: tuple[object, ...] = ()
        self._value_name = ""
        self._mouse: QPointF | None = None
        self._stale = False
        self._pause = QTimer(self, singleShot=True, interval=SMALLEST_INTERVAL_MS)
        self._pause.timeout.connect(self._draw_if_stale)
        self._refine = QTimer(self, singleShot=True, interval=REFINE_MS)
        self._refine.timeout.connect(lambda: self._draw(draft=False))
        self._job = LatestJob(self, name=name)
        self._job.finished.connect(self._take)
        theme_hub().changed.connect(self._follow_theme)

    def sizeHint(self) -> QSize:
        return QSize(420, 160)

    def minimumSizeHint(self) -> QSize:
        scale = theme_hub().scale
        return QSize(round(140 * scale), round(70 * scale))

    @property
    def curves(self) -> Curves | None:
        """The curves on show."""
        return None if self.picture is None else self.picture.curves

    def stop(self) -> None:
        """Stop the worker."""
        self._refine.stop()
        self._job.stop()

    def show_request(self, request: CurveRequest | None, message: str = "") -> None:
        """Show ``request``; without one, nothing but ``message``."""
        self._request, self.message = request, message
        if request is None:
            self._job.cancel()
            self._refine.stop()
            self.picture, self._key = None, ()
            self.update()
            self.drawn.emit()
        else:
            self._draw()

    def show_step(self, step: float) -> None:
        """Move the playhead."""
        before, self._step = self._step, step
        if self.picture is not None and is_seen(self):
            ratio = self.devicePixelRatioF()
            low, high = sorted(self.picture.x_at(each) / ratio for each in (before, step))
            self.update(int(low) - 3, 0, int(high - low) + 7, self.height())
            if self._mouse is not None:
                self.update()

    def step_at(self, position: QPointF) -> float:
        """The step under ``position``, a point of this widget."""
        return 0.0 if self.picture is None else self.picture.step_at(position.x() * self.devicePixelRatioF())

    # Drawing on the worker

    def _follow_theme(self, *_: object) -> None:
        self.updateGeometry()
        self._draw()

    def _draw(self, *, draft: bool = True) -> None:
        request = self._request
        if request is None:
            return
        seen = is_seen(self)
        self._stale = not seen or self._pause.isActive()
        if not seen and request.key != self._key:
            self._job.cancel()
            self.picture, self._key = None, ()  # it would keep a run in memory that nobody looks at
        if self._stale:
            return
        self._pause.start()
        known = self.curves if request.key == self._key else None
        if known is not None and known.is_draft and not draft:
            known = None
        self._refine.stop()
        self._job.submit(_prepare, request, known, draft, self._look(request))

    def _draw_if_stale(self) -> None:
        if self._stale:
            self._draw()

    def _look(self, request: CurveRequest) -> Look:
        ratio = self.devicePixelRatioF()
        width, height = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        theme = current_theme()
        scene = request.run.scene
        colors = tuple(badge.color for badge in badges(scene, theme))
        letters = tuple(map(optimizer_letter, scene.racing_places))
        return Look(width, height, text_pixels(ratio, theme_hub().scale), theme, colors, letters)

    def _take(self, result: tuple[CurveRequest, CurvePicture | str]) -> None:
        request, drawn = result
        self.picture, self.message = (None, drawn) if isinstance(drawn, str) else (drawn, "")
        self._key, self._value_name = request.key, request.value_name
        if self.curves is not None and self.curves.is_draft:
            self._refine.start()
        self.update()
        self.drawn.emit()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._stale and not self._pause.isActive():
            self._draw()  # it has come back from behind a tab
        painter = QPainter(self)
        theme, ratio = current_theme(), self.devicePixelRatioF()
        picture = self.picture
        if picture is None:
            painter.setPen(color(theme.dim_text))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.message)
            painter.end()
            return
        painter.scale(1 / ratio, 1 / ratio)  # pictures and places in them are in pixels of the screen
        x = picture.x_at(self._step)
        painter.drawImage(QPointF(0, 0), picture.frame)
        lines, place = picture.lines, QPoint(*picture.place)
        now = min(max(0, round(x) - place.x()), lines.width())
        for left, right, opacity in ((0, now, 1.0), (now, lines.width(), AHEAD_ALPHA)):
            if right > left:  # to Qt, no width at all is the whole width
                painter.setOpacity(opacity)
                painter.drawImage(place + QPoint(left, 0), lines, QRect(left, 0, right - left, lines.height()))
        painter.setOpacity(1.0)
        area = picture.look.area
        painter.setPen(QPen(color(theme.text, 0.75), max(1.0, round(ratio))))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if self._mouse is not None:
            draw_curve_reading(painter, picture, self._mouse * ratio, self._value_name)
        painter.end()

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.picture is not None:
            self.scrubbed.emit(self.step_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton and self.picture is not None:
            self.scrubbed.emit(self.step_at(event.position()))
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._mouse = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._draw()
        super().changeEvent(event)


def _prepare(
    request: CurveRequest, known: Curves | None, draft: bool, look: Look
) -> tuple[CurveRequest, CurvePicture | str]:
    curves = known if known is not None else request.summarise(draft=draft)
    load_engine()
    if isinstance(curves, str):
        return request, curves
    axis = value_axis(curves, request.scale, sign=request.sign, best_known=request.best_known, origin=request.origin)
    return request, draw_curves(curves, axis, look)
