"""Icons drawn as paths on a 16 × 16 grid, so that they are crisp at any scale and follow the theme's colours."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QToolButton, QWidget

from gradsim.ui.theme import theme_hub
from gradsim.ui.widgets.icon_shapes import DRAWINGS, GRID

ICON_SIZE = 16
PIXEL_RATIOS = (1.0, 2.0, 3.0)
STROKE = 1.5


def paint_icon(painter: QPainter, name: str, rectangle: QRectF, color: str | QColor) -> None:
    """Paint the icon ``name`` (a key of ``DRAWINGS``) into ``rectangle``."""
    filled, stroked = QPainterPath(), QPainterPath()
    DRAWINGS[name](filled, stroked)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rectangle.topLeft())
    painter.scale(rectangle.width() / GRID, rectangle.height() / GRID)
    painter.fillPath(filled, QColor(color))
    pen = QPen(QColor(color), STROKE)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(stroked, pen)
    painter.restore()


def icon(name: str, color: str, disabled_color: str | None = None, size: int = ICON_SIZE) -> QIcon:
    """An icon of ``size`` logical pixels in ``color``, for screens of any pixel ratio; each is drawn once."""
    known, key = theme_hub().icons, (name, color, disabled_color, size)
    if key not in known:
        known[key] = _drawn(name, color, disabled_color, size)
    return known[key]


def _drawn(name: str, color: str, disabled_color: str | None, size: int) -> QIcon:
    result = QIcon()
    for mode, each in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, disabled_color or color)):
        for ratio in PIXEL_RATIOS:
            pixmap = QPixmap(round(size * ratio), round(size * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            paint_icon(painter, name, QRectF(0, 0, size, size), each)
            painter.end()
            result.addPixmap(pixmap, mode)
    return result


class IconButton(QToolButton):
    """A button with an icon that follows the theme; ``tip`` is its tool tip, ``label`` what a screen reader says.

    ``dim`` is for buttons that stand many times on a panel.
    """

    def __init__(
        self,
        name: str,
        label: str,
        tip: str,
        parent: QWidget | None = None,
        *,
        flat: bool = False,
        dim: bool = False,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._dim = dim
        if flat:
            self.setObjectName("flat")
        self.setAccessibleName(label)
        self.setToolTip(tip)
        hub = theme_hub()
        self._show_icon()
        hub.changed.connect(self._show_icon)

    def show_icon(self, name: str) -> None:
        """Change the icon."""
        if name != self._name:
            self._name = name
            self._show_icon()

    def _show_icon(self, *_: object) -> None:
        hub = theme_hub()
        size = round(ICON_SIZE * hub.scale)
        self.setIconSize(QSize(size, size))
        color = hub.theme.dim_text if self._dim else hub.theme.text
        self.setIcon(icon(self._name, color, hub.theme.border, size))
