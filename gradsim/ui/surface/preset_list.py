"""The presets to choose from: a searchable list of surfaces, each with its picture and its lesson."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gradsim.core.gallery import GALLERY, GallerySurface
from gradsim.ui.style_sheet import mix
from gradsim.ui.surface.surface_pictures import PICTURE_HEIGHT, PICTURE_WIDTH, SurfacePictures
from gradsim.ui.theme import current_theme, theme_hub, ui_font
from gradsim.ui.widgets.forms import label

NAME_ROLE = Qt.ItemDataRole.UserRole
LIST_WIDTH = 404
LEAST_HEIGHT = 420
MARGIN = 8
LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def matches(preset: GallerySurface, words: str) -> bool:
    """Whether every one of ``words`` begins or continues in the preset's title, lesson, formula or source."""
    text = f"{preset.title} {preset.lesson} {preset.formula} {preset.source}".casefold()
    return all(word in text for word in words.casefold().split())


def paint_surface_picture(painter: QPainter, box: QRectF, image: QImage | None, radius: float) -> None:
    """Paint a surface's picture with round corners; a quiet card stands for one that is not drawn yet."""
    path = QPainterPath()
    path.addRoundedRect(box, radius, radius)
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.fillPath(path, QColor(mix(current_theme().card, current_theme().text, 0.14)))
    if image is not None:
        painter.setClipPath(path)
        painter.drawImage(box, image)
        painter.setClipping(False)
        painter.strokePath(path, QPen(QColor(current_theme().border)))
    painter.restore()


class PresetDelegate(QStyledItemDelegate):
    """Paints a preset as its picture beside its title and its lesson."""

    def __init__(self, pictures: SurfacePictures, parent: QObject) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(0, round((PICTURE_HEIGHT + 2 * MARGIN - 2) * theme_hub().scale))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        theme, scale = current_theme(), theme_hub().scale
        preset = GALLERY[index.data(NAME_ROLE)]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            painter.setPen(QColor(theme.accent) if selected else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mix(theme.card, theme.text, 0.07)))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5), 6 * scale, 6 * scale)
        picture = QRectF(0, 0, PICTURE_WIDTH * scale, PICTURE_HEIGHT * scale)
        picture.moveTopLeft(QPointF(option.rect.topLeft()) + QPointF(MARGIN, MARGIN - 1) * scale)
        image = self._pictures.picture(preset.name, painter.device().devicePixelRatioF())
        paint_surface_picture(painter, picture, image, 5 * scale)
        left = picture.right() + 12 * scale
        text = QRectF(left, picture.top(), option.rect.right() - MARGIN * scale - left, picture.height())
        painter.setFont(ui_font(13 * scale, bold=True))
        painter.setPen(QColor(theme.text))
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, preset.title)
        painter.setFont(ui_font(11 * scale))
        painter.setPen(QColor(theme.dim_text))
        wrapped = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(text.adjusted(0, 20 * scale, 0, 4 * scale), wrapped, preset.lesson)
        painter.restore()


class PresetList(QFrame):
    """The list as a popup: type to search, arrows to move, Enter or a click to choose, Escape to leave."""

    chosen = Signal(str)

    def __init__(self, pictures: SurfacePictures, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._pictures = pictures
        self._room, self._below = QRect(), QPoint()
        self.setObjectName("popup")
        self.setAccessibleName("Preset surfaces")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search surfaces")
        self.search.setAccessibleName("Search surfaces")
        self.search.setToolTip("Type a part of a name, of a lesson or of a formula.")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setObjectName("pictures")
        self.list.setAccessibleName("Surfaces")
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys go through the search field
        self.list.setItemDelegate(PresetDelegate(pictures, self.list))
        for preset in GALLERY.values():
            item = QListWidgetItem(preset.title)
            item.setData(NAME_ROLE, preset.name)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{preset.title}. {preset.lesson}")
            item.setToolTip(preset.source)
            self.list.addItem(item)
        self.nothing = label("", "note")
        self.nothing.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(6)
        for widget in (self.search, self.nothing, self.list):
            layout.addWidget(widget)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._choose_current)
        self.list.itemClicked.connect(self._choose)
        self.search.installEventFilter(self)
        pictures.drawn.connect(self._show_picture)

    def open_below(self, widget: QWidget, current: str | None) -> None:
        """Show the whole list under ``widget``, or where there is room, with the preset ``current`` marked."""
        self._pictures.start()
        self._room = widget.screen().availableGeometry().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        self._below = widget.mapToGlobal(QPoint(0, widget.height() + 4))
        self.search.clear()
        self._filter("")
        for place in range(self.list.count()):
            if self.list.item(place).data(NAME_ROLE) == current:
                self.list.setCurrentRow(place)
        self.show()
        self._fit()
        self.search.setFocus()
        self.list.scrollToItem(self.list.currentItem(), QListWidget.ScrollHint.PositionAtCenter)

    def _fit(self) -> None:
        """Be as high as what is on show, below the button unless there is too little room."""
        scale, room = theme_hub().scale, self._room
        n_shown = sum(not self.list.item(place).isHidden() for place in range(self.list.count()))
        rows = n_shown * self.list.sizeHintForRow(0) + 4 if n_shown else self.nothing.sizeHint().height()
        width = min(round(LIST_WIDTH * scale), room.width())
        wanted = rows + self.search.sizeHint().height() + 2 * MARGIN + self.layout().spacing()
        least = min(wanted, round(LEAST_HEIGHT * scale), room.height())
        top = max(min(self._below.y(), room.bottom() + 1 - least), room.top())
        left = max(min(self._below.x(), room.right() + 1 - width), room.left())
        self.setGeometry(left, top, width, min(wanted, room.bottom() + 1 - top))

    def _show_picture(self, _: str) -> None:
        self.list.viewport().update()

    def _filter(self, words: str) -> None:
        first = None
        for place in range(self.list.count()):
            item = self.list.item(place)
            found = matches(GALLERY[item.data(NAME_ROLE)], words)
            item.setHidden(not found)
            first = item if found and first is None else first
        self.list.setCurrentItem(first)
        self.list.setVisible(first is not None)
        self.nothing.setVisible(first is None)
        self.nothing.setText(f"No surface matches “{words.strip()}”: type its formula instead.")
        if self.isVisible():
            self._fit()

    def _choose_current(self) -> None:
        if (item := self.list.currentItem()) is not None:
            self._choose(item)

    def _choose(self, item: QListWidgetItem) -> None:
        self.hide()
        self.chosen.emit(item.data(NAME_ROLE))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in LIST_KEYS:
            QApplication.sendEvent(self.list, event)
            return True
        return super().eventFilter(watched, event)
