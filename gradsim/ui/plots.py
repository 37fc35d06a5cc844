"""The loss plot: every optimizer's loss over the whole run, with a playhead that can be dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gradsim.core.render.palette import resolve_color
from gradsim.core.run import Run
from gradsim.ui.forms import label, row
from gradsim.ui.jobs import LatestJob
from gradsim.ui.loss_curves import LossCurves, loss_curves
from gradsim.ui.numbers import format_number
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import current_theme, theme_hub

if TYPE_CHECKING:
    from gradsim.ui.loss_view import LossView


class LossPlot(QFrame):
    """Loss over steps, on a logarithmic axis if it can be. Clicking or dragging moves the playhead."""

    view_built = Signal()

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self._view: LossView | None = None
        self.shown: LossCurves | None = None
        self._job = LatestJob(self, name="gradsim loss curves")
        self.setObjectName("plotPanel")
        self.setAccessibleName("Loss plot")
        self.setToolTip("The loss of every optimizer over the whole run; click or drag to move through the steps.")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(90)
        self.title = label("loss", "heading")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(6, 8, 0, 4)
        self._layout.setSpacing(0)
        self._layout.addLayout(row(None, self.title, None))
        self._layout.addStretch(1)
        session.run_changed.connect(self._summarise)
        session.critical_points_changed.connect(lambda _: self._summarise(session.run))
        playback.step_changed.connect(self._show_step)
        self._job.finished.connect(self.show_curves)
        theme_hub().changed.connect(self._dress)
        self._summarise(session.run)

    @property
    def view(self) -> LossView:
        """The drawing, built when it is first needed: pyqtgraph must not delay the window's first paint."""
        if self._view is None:
            from gradsim.ui.loss_view import LossView

            self._view = LossView()
            self._layout.takeAt(1)
            self._layout.addWidget(self._view, 1)
            self._dress()
            self._show_step(self._playback.step)
            self.view_built.emit()
        return self._view

    def stop(self) -> None:
        """Stop the worker."""
        self._job.stop()

    def show_curves(self, curves: LossCurves | None) -> None:
        """Draw ``curves``, or nothing."""
        view = self.view
        self.shown = curves
        view.show_curves(curves)
        self._dress()
        if curves is not None:
            what = "median loss" if curves.is_median else "loss"
            above = f" above {format_number(curves.floor)}, the lowest known" if curves.floor else ""
            self.title.setText(what if curves.is_linear else f"{what}{above} (log)")

    def step_at(self, position: QPointF) -> float:
        """The step under ``position``, a point of this widget."""
        return self.view.step_at(QPointF(self.view.mapFrom(self, position.toPoint())))

    def _summarise(self, run: Run | None) -> None:
        if run is not None:
            values = [float(point.value) for point in self._session.critical_points or ()]
            self._job.submit(loss_curves, run, min(values, default=None))
        elif self.shown is not None:
            self._job.cancel()
            self.show_curves(None)

    def _show_step(self, step: float) -> None:
        if self._view is not None:
            self._view.show_step(step)

    def _dress(self, *_: object) -> None:
        if self._view is not None:
            self._view.show_colors(current_theme(), self._curve_colors(), theme_hub().scale)

    def _curve_colors(self) -> list[str]:
        if self.shown is None:
            return []
        entries = enumerate(self.shown.run.scene.optimizers)
        return [resolve_color(entry.color, index, current_theme()) for index, entry in entries if entry.enabled]

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._view is None:
            QTimer.singleShot(0, self, lambda: self.view)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._playback.pause()
            self._playback.seek(self.step_at(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._playback.seek(self.step_at(event.position()))
