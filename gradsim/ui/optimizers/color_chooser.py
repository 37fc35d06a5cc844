"""A popup that chooses an optimizer's colour: a slot of the palette, any hue and lightness, or ``#RRGGBB``."""

from __future__ import annotations

import re

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from gradsim.core.render.palette import N_OPTIMIZER_COLORS, optimizer_letter, resolve_color
from gradsim.core.scene import Scene
from gradsim.ui.line_up import with_own_colors
from gradsim.ui.optimizers.color_button import ColorButton
from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.forms import error_label, label, row, show_error
from gradsim.ui.widgets.popups import Popup

COLUMNS = 6
FIELD_SIZE = (192, 72)
KEY_STEP = 1 / 48
DARKEST, LIGHTEST = 0.1, 0.95
_HEX = re.compile(r"#?(?P<digits>[0-9A-Fa-f]{6})")


class ColorField(QWidget):
    """All hues across, light above dark; ``moved`` carries ``#RRGGBB``, ``released`` ends a drag."""

    moved = Signal(str)
    released = Signal()

    def __init__(self, color: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Hue and lightness")
        self.setToolTip("Any colour: hues from left to right, light above, dark below. Arrow keys move, too.")
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.show_color(color)

    def show_color(self, color: str) -> None:
        """Move the mark to ``#RRGGBB``."""
        hsl = QColor(color).toHsl()
        self._hue = max(0.0, hsl.hslHueF())
        self._lightness = min(max(hsl.lightnessF(), DARKEST), LIGHTEST)
        self.update()

    def sizeHint(self) -> QSize:
        scale = theme_hub().scale
        return QSize(round(FIELD_SIZE[0] * scale), round(FIELD_SIZE[1] * scale))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        hues = QLinearGradient(box.topLeft(), box.topRight())
        for sixth in range(7):
            hues.setColorAt(sixth / 6, QColor.fromHslF(min(sixth / 6, 0.9999), 1.0, 0.5))
        painter.fillRect(box, hues)
        # In HSL, half-way down is the pure hue; towards white and black it is mixed evenly.
        shade = QLinearGradient(box.topLeft(), box.bottomLeft())
        middle = (LIGHTEST - 0.5) / (LIGHTEST - DARKEST)
        shade.setColorAt(0.0, QColor.fromRgbF(1, 1, 1, 2 * LIGHTEST - 1))
        shade.setColorAt(middle, QColor.fromRgbF(1, 1, 1, 0))
        shade.setColorAt(min(middle + 1e-4, 1.0), QColor.fromRgbF(0, 0, 0, 0))
        shade.setColorAt(1.0, QColor.fromRgbF(0, 0, 0, 1 - 2 * DARKEST))
        painter.fillRect(box, shade)
        if self.hasFocus():
            painter.setPen(QPen(QColor(current_theme().accent), 2))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        across = self._hue * box.width()
        down = (LIGHTEST - self._lightness) / (LIGHTEST - DARKEST) * box.height()
        for color, radius in (("#000000", 6.0), ("#FFFFFF", 5.0)):
            painter.setPen(QPen(QColor(color), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(across, down), radius, radius)
        painter.end()

    def _move(self, hue: float, lightness: float) -> None:
        self._hue = min(max(hue, 0.0), 0.9999)
        self._lightness = min(max(lightness, DARKEST), LIGHTEST)
        self.update()
        self.moved.emit(QColor.fromHslF(self._hue, 1.0, self._lightness).name().upper())

    def _follow(self, event: QMouseEvent) -> None:
        at = event.position()
        self._move(at.x() / self.width(), LIGHTEST - (LIGHTEST - DARKEST) * at.y() / self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.released.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        if (move := moves.get(Qt.Key(event.key()))) is None:
            super().keyPressEvent(event)
            return
        self._move(self._hue + move[0] * KEY_STEP, self._lightness + move[1] * KEY_STEP)
        self.released.emit()


class ColorChooser(Popup):
    """``chosen(color, dragging)`` carries a slot of the palette or ``#RRGGBB``; a slot closes the popup."""

    chosen = Signal(object, bool)
    released = Signal()

    def __init__(self, scene: Scene, index: int, parent: QWidget) -> None:
        """For the optimizer in place ``index`` of ``scene``; the letters of the others stand on the slots they have."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Colour")
        entries = with_own_colors(scene).optimizers
        now, theme = entries[index].color, current_theme()
        grid = QGridLayout()
        grid.setSpacing(6)
        self.slots: list[ColorButton] = []
        for slot in range(N_OPTIMIZER_COLORS):
            owners = [optimizer_letter(place) for place, entry in enumerate(entries) if entry.color == slot]
            tip = f"Colour {slot + 1} of the palette, which has one for the dark theme and one for the light."
            swatch = ColorButton(f"Colour {slot + 1}", tip + (f" {', '.join(owners)} has it." if owners else ""), self)
            swatch.show_color(theme.optimizer_colors[slot], owners[0] if owners else "", chosen=now == slot)
            swatch.clicked.connect(lambda _, slot=slot: self._take_slot(slot))
            grid.addWidget(swatch, slot // COLUMNS, slot % COLUMNS)
            self.slots.append(swatch)
        shown = resolve_color(now, index, theme)
        self.field = ColorField(shown, self)
        self.hex = QLineEdit(shown, self)
        self.hex.setObjectName("number")
        self.hex.setAccessibleName("Colour as #RRGGBB")
        self.hex.setToolTip("The colour as red, green and blue in two hexadecimal digits each.")
        self.error = error_label()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(label("Palette", "heading"))
        layout.addLayout(grid)
        layout.addWidget(label("Any colour", "heading"))
        layout.addWidget(self.field)
        layout.addLayout(row(label("#RRGGBB"), self.hex))
        layout.addWidget(self.error)
        self.field.moved.connect(self._take_moved)
        self.field.released.connect(self.released)
        self.hex.returnPressed.connect(self._take_hex)

    def _take_slot(self, slot: int) -> None:
        self.chosen.emit(slot, False)
        self.close()

    def _take_moved(self, color: str) -> None:
        self.hex.setText(color)
        show_error(self.error, "")
        self.chosen.emit(color, True)

    def _take_hex(self) -> None:
        match = _HEX.fullmatch(self.hex.text().strip())
        if match is None:
            show_error(self.error, f"{self.hex.text().strip() or 'nothing'} is no colour; write #5B9DFF")
            self.adjustSize()
            return
        self.chosen.emit(f"#{match['digits'].upper()}", False)
        self.close()
