"""The drawing of the loss plot: axes of decades and of steps, curves, and the playhead."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsItem

from gradsim.core.render.palette import Theme
from gradsim.ui.loss_curves import LossCurves
from gradsim.ui.numbers import nice_ticks, power_of_ten, tick_labels
from gradsim.ui.theme import ui_font

TICK_PIXELS = 10
PIXELS_PER_DECADE_LABEL = 28
PIXELS_PER_STEP_LABEL = 80
LEFT_AXIS_WIDTH = 46
RIGHT_MARGIN = 18
LINE_WIDTH = 1.5  # logical pixels
VERTICAL_PADDING = 0.04


class DecadeAxis(pg.AxisItem):
    """A vertical axis of powers of ten: 10², 1, 10⁻²; of plain numbers where ``linear`` is set."""

    linear = False

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        n_most = max(1, int(size / PIXELS_PER_DECADE_LABEL))
        if self.linear:
            ticks, spacing = nice_ticks(minVal, maxVal, n_most=n_most)
            return [(spacing, ticks)]
        stride = max(1, -(-int(maxVal - minVal + 1) // n_most))
        first = -(-int(minVal) // stride) * stride
        return [(float(stride), [float(value) for value in range(first, int(maxVal) + 1, stride)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.linear:
            return tick_labels(values, spacing)
        return ["1" if value == 0 else "10" if value == 1 else power_of_ten(round(value)) for value in values]


class StepAxis(pg.AxisItem):
    """A horizontal axis of whole steps."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        ticks, spacing = nice_ticks(max(0.0, minVal), maxVal, n_most=max(2, int(size / PIXELS_PER_STEP_LABEL)))
        return [(spacing, [tick for tick in ticks if tick == round(tick)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{round(value):,}" for value in values]


class LossView(pg.GraphicsView):
    """Curves over the whole run. The mouse passes through to whoever holds it."""

    def __init__(self) -> None:
        super().__init__(background=None)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot = pg.PlotItem(axisItems={"left": DecadeAxis("left"), "bottom": StepAxis("bottom")}, enableMenu=False)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(False, False)
        self.plot.getViewBox().setDefaultPadding(0)
        self.plot.getAxis("left").setWidth(LEFT_AXIS_WIDTH)
        self.plot.layout.setContentsMargins(0, 0, RIGHT_MARGIN, 0)  # half of the last label
        self.setCentralItem(self.plot)
        self.lines: list[pg.PlotCurveItem] = []
        self._playhead = pg.InfiniteLine(pos=0, angle=90)
        self._playhead.setZValue(10)
        self.plot.addItem(self._playhead)
        self.show_curves(None)

    def show_curves(self, curves: LossCurves | None) -> None:
        """Draw ``curves`` in the order of the run, or nothing."""
        self._match_lines(0 if curves is None else len(curves.curves))
        for name in ("left", "bottom"):
            self.plot.getAxis(name).setStyle(showValues=curves is not None)
        if curves is None:
            self.plot.setXRange(0, 1, padding=0)
            return
        for line, (steps, heights) in zip(self.lines, curves.curves, strict=True):
            line.setData(steps, heights)
        self.plot.getAxis("left").linear = curves.is_linear
        self.plot.setXRange(0, curves.run.last_step, padding=0)
        self.plot.setYRange(*curves.decades, padding=VERTICAL_PADDING)

    def show_step(self, step: float) -> None:
        """Move the playhead."""
        self._playhead.setPos(step)

    def show_colors(self, theme: Theme, colors: Sequence[str], scale: float) -> None:
        """Dress in ``theme``; ``colors`` are those of the curves, ``scale`` is the interface's size."""
        font = ui_font(TICK_PIXELS * scale)
        self.setBackground(theme.panel)
        for name in ("left", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setStyle(tickFont=font, tickLength=-4, tickTextOffset=5, hideOverlappingLabels=False)
            axis.setPen(pg.mkPen(theme.border))
            axis.setTextPen(theme.dim_text)
        playhead = QColor(theme.text)
        playhead.setAlphaF(0.7)
        ratio = self.devicePixelRatioF()  # these pens are cosmetic: Qt takes their widths for device pixels
        self._playhead.setPen(pg.mkPen(playhead, width=ratio))
        for line, color in zip(self.lines, colors, strict=True):
            line.setPen(pg.mkPen(color, width=LINE_WIDTH * ratio))

    def step_at(self, position: QPointF) -> float:
        """The step under ``position``, a point of this widget."""
        return float(self.plot.getViewBox().mapSceneToView(self.mapToScene(position.toPoint())).x())

    def _match_lines(self, n_lines: int) -> None:
        while len(self.lines) > n_lines:
            self.plot.removeItem(self.lines.pop())
        while len(self.lines) < n_lines:
            line = pg.PlotCurveItem(antialias=True, connect="finite", skipFiniteCheck=False)
            # The playhead moves with every frame: kept as a picture, the curves need not be stroked again for it.
            line.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
            self.lines.append(line)
            self.plot.addItem(line)
