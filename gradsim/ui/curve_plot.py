"""A plot of one curve for each optimizer over the whole run: workers draw it, a playhead moves over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradsim.core.render.palette import optimizer_letter, resolve_color
from gradsim.core.run import Run
from gradsim.ui.cards import Line, color, draw_reading, place_beside, reading_size
from gradsim.ui.curve_axis import Scale, value_axis
from gradsim.ui.curve_picture import CurvePicture, Look, draw_curves, text_pixels
from gradsim.ui.curves import BAND, Curves
from gradsim.ui.jobs import LatestJob
from gradsim.ui.numbers import format_count, format_number
from gradsim.ui.theme import current_theme, theme_hub

AHEAD_ALPHA = 0.35
REFINE_MS = 200
NEAR_EM = 2.5


@dataclass(frozen=True, eq=False)
class CurveRequest:
    """What a plot is to show.

    Attributes:
        run: where the curves come from.
        summarise: gives the curves, or a line that says why there are none, on a worker; its keyword ``draft`` asks for
            few records of a large cloud.
        key: requests of equal keys have equal curves.
        scale, sign, best_known: as ``value_axis`` takes them.
        value_name: what the curves are, such as "loss".
    """

    run: Run
    summarise: Callable[..., Curves | str]
    key: tuple[object, ...]
    scale: Scale
    sign: float
    best_known: float | None
    value_name: str


class CurvePlot(QWidget):
    """Shows the curves of a request. Clicking or dragging emits ``scrubbed`` with a step; hovering reads a curve.

    While hidden it does no work. A large cloud is drawn from some of its records first, and exactly as soon as no newer
    request has come for a moment.
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
        self._mouse: QPointF | None = None
        self._stale = False
        self._refine = QTimer(self, singleShot=True, interval=REFINE_MS)
        self._refine.timeout.connect(lambda: self._draw(draft=False))
        self._job = LatestJob(self, name=name)
        self._job.finished.connect(self._take)
        self._job.failed.connect(self._report)
        theme_hub().changed.connect(self._follow_theme)

    def sizeHint(self) -> QSize:
        return QSize(420, 160)

    def minimumSizeHint(self) -> QSize:
        scale = theme_hub().scale
        return QSize(round(180 * scale), round(70 * scale))

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
        if self.picture is not None and self.isVisible():
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
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        known = self.curves if request.key == self._key else None
        if known is not None and known.is_draft and not draft:
            known = None
        self._refine.stop()
        self._job.submit(_prepare, request, known, draft, self._look(request))

    def _look(self, request: CurveRequest) -> Look:
        ratio = self.devicePixelRatioF()
        width, height = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        theme = current_theme()
        racing = [(k, entry) for k, entry in enumerate(request.run.scene.optimizers) if entry.enabled]
        colors = tuple(resolve_color(entry.color, k, theme) for k, entry in racing)
        letters = tuple(optimizer_letter(k) for k, _ in racing)
        return Look(width, height, text_pixels(ratio, theme_hub().scale), theme, colors, letters)

    def _take(self, result: tuple[CurveRequest, CurvePicture | str]) -> None:
        request, drawn = result
        self.picture, self.message = (None, drawn) if isinstance(drawn, str) else (drawn, "")
        self._key = request.key
        if self.curves is not None and self.curves.is_draft:
            self._refine.start()
        self.update()
        self.drawn.emit()

    def _report(self, error: Exception) -> None:
        raise error

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, ratio = current_theme(), self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        picture = self.picture
        if picture is None:
            painter.setPen(color(theme.dim_text))
            area = QRectF(0, 0, self.width() * ratio, self.height() * ratio)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.message)
            painter.end()
            return
        size = QRectF(0, 0, picture.look.width, picture.look.height)
        x = picture.x_at(self._step)
        painter.drawImage(QPointF(0, 0), picture.frame)
        past = QRectF(0, 0, x, size.height())
        painter.drawImage(past, picture.lines, past)
        painter.setOpacity(AHEAD_ALPHA)
        ahead = QRectF(x, 0, size.width() - x, size.height())
        painter.drawImage(ahead, picture.lines, ahead)
        painter.setOpacity(1.0)
        area = picture.look.area
        painter.setPen(QPen(color(theme.text, 0.75), max(1.0, round(ratio))))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if self._mouse is not None:
            self._draw_reading(painter, picture, self._mouse * ratio)
        painter.end()

    def _draw_reading(self, painter: QPainter, picture: CurvePicture, mouse: QPointF) -> None:
        """Write name and value of the curve nearest to the mouse."""
        found = nearest_curve(picture, mouse)
        if found is None or self._request is None:
            return
        optimizer, record = found
        curves, look = picture.curves, picture.look
        step, value = int(curves.steps[record]), float(curves.middle[optimizer, record])
        place = QPointF(picture.x_at(step), float(picture.y_at(np.array(value))))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(look.theme.panel), 0.12 * look.em))
        painter.setBrush(color(look.colors[optimizer]))
        painter.drawEllipse(place, 0.36 * look.em, 0.36 * look.em)
        lines = [Line("step", format_count(step)), Line(self._request.value_name, format_number(value))]
        axis = picture.axis
        if axis.is_log and axis.floor:
            side = "above lowest" if axis.sign > 0 else "below highest"
            lines.append(Line(side, format_number(axis.sign * value - axis.floor)))
        if curves.low is not None and curves.high is not None:
            ends = [format_number(float(band[optimizer, record]), digits=3) for band in (curves.low, curves.high)]
            lines.append(Line(f"{BAND[0]:.0%} to {BAND[1]:.0%}", " to ".join(ends)))
        name = curves.run.labels[optimizer]
        size = reading_size(name, tuple(lines), look.em)
        within = QRectF(0, 0, look.width, look.height)
        rect = place_beside(size, place, within, look.em)
        draw_reading(painter, rect, name, tuple(lines), look.theme, look.em)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(look.colors[optimizer]))
        painter.drawEllipse(rect.topLeft() + QPointF(1.35 * look.em, 1.25 * look.em), 0.38 * look.em, 0.38 * look.em)

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

    def showEvent(self, event: QEvent) -> None:
        if self._stale:
            self._draw()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._draw()
        super().changeEvent(event)


def nearest_curve(picture: CurvePicture, mouse: QPointF) -> tuple[int, int] | None:
    """Return the optimizer whose curve passes nearest to ``mouse``, if any is near, and the record at its step.

    A curve that crosses several pixels between two records is near wherever it passes within them.
    """
    look, curves = picture.look, picture.curves
    if not look.area.adjusted(-look.em, -look.em, look.em, look.em).contains(mouse) or not len(curves.middle):
        return None
    at = picture.step_at(mouse.x())
    after = min(int(np.searchsorted(curves.steps, at)), len(curves.steps) - 1)
    before = max(0, after - 1)
    record = after if curves.steps[after] - at <= at - curves.steps[before] else before
    around = slice(max(0, record - 1), record + 2)
    heights = picture.y_at(curves.middle[:, around])
    away = np.abs(heights - mouse.y())
    away[~np.isfinite(away)] = np.inf
    here = picture.y_at(curves.middle[:, record])
    away = np.where(np.isfinite(here), away.min(axis=1), np.inf)
    optimizer = int(away.argmin())
    return (optimizer, record) if away[optimizer] <= NEAR_EM * look.em else None


def _prepare(
    request: CurveRequest, known: Curves | None, draft: bool, look: Look
) -> tuple[CurveRequest, CurvePicture | str]:
    curves = known if known is not None else request.summarise(draft=draft)
    if isinstance(curves, str):
        return request, curves
    axis = value_axis(curves, request.scale, sign=request.sign, best_known=request.best_known)
    return request, draw_curves(curves, axis, look)
