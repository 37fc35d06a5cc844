"""The button that shows which preset surface is in use, with its picture, and opens the list of them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

from gradsim.core.gallery import GALLERY
from gradsim.ui.surface.preset_list import PresetList, paint_surface_picture
from gradsim.ui.surface.surface_pictures import PICTURE_HEIGHT, PICTURE_WIDTH, SurfacePictures
from gradsim.ui.theme import current_theme, theme_hub, ui_font
from gradsim.ui.widgets.icons import paint_icon

OWN_FORMULA = "Own formula"


class PresetButton(QToolButton):
    """Shows which preset is in use, and opens the list. ``chosen`` carries the name of the one picked."""

    chosen = Signal(str)

    def __init__(self, pictures: SurfacePictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.current: str | None = None
        self.setObjectName("preset")
        self.setToolTip("Choose a known surface with its usual domain and start.")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.list = PresetList(pictures, self)
        self.list.chosen.connect(self.chosen)
        self.clicked.connect(self.open)
        pictures.drawn.connect(self._show_picture)
        theme_hub().changed.connect(self._take_size)

    def open(self) -> None:
        """Open the list."""
        self.list.open_below(self, self.current)

    def show_preset(self, name: str | None) -> None:
        """Show preset ``name`` as the one in use; None is a formula of one's own."""
        if name == self.current and self.text():
            return  # while a parameter moves, sixty times a second
        self.current = name
        self.setText(GALLERY[name].title if name else OWN_FORMULA)
        self.setAccessibleName(f"Preset surface: {self.text()}")
        self.update()

    def _show_picture(self, name: str) -> None:
        if name == self.current:
            self.update()

    def _take_size(self, _: object) -> None:
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(round(160 * theme_hub().scale), round(38 * theme_hub().scale))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.open()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, scale = current_theme(), theme_hub().scale
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        height = 28 * scale
        picture = QRectF(5 * scale, (self.height() - height) / 2, height * PICTURE_WIDTH / PICTURE_HEIGHT, height)
        image = self._pictures.picture(self.current, self.devicePixelRatioF()) if self.current else None
        paint_surface_picture(painter, picture, image, 3 * scale)
        middle = Qt.AlignmentFlag.AlignVCenter
        if self.current is None:
            painter.setPen(QColor(theme.text))
            painter.setFont(ui_font(12 * scale))
            painter.drawText(picture, middle | Qt.AlignmentFlag.AlignHCenter, "f(x)")
        left, side = picture.right() + 10 * scale, 12 * scale
        box = QRectF(self.width() - side - 8 * scale, (self.height() - side) / 2, side, side)
        painter.setPen(QColor(theme.text))
        painter.setFont(ui_font(12 * scale, bold=True))
        title = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, round(box.left() - left))
        painter.drawText(QRectF(left, 0, box.left() - left, self.height()), middle, title)
        paint_icon(painter, "chevron_down", box, theme.dim_text)
        painter.end()
