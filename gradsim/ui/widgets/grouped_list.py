"""Lines between the groups of a drop-down list."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.forms import ComboBox

ROOM, MARGIN = 9, 6


class GroupedList(QStyledItemDelegate):
    """Draws the rows of a ``ComboBox`` that has separators; Qt's own are hardly seen on a dark list."""

    def __init__(self, box: ComboBox) -> None:
        super().__init__(box)
        box.setItemDelegate(self)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if not _is_separator(index):
            super().paint(painter, option, index)
            return
        margin = round(MARGIN * theme_hub().scale)
        line = QRect(option.rect.left() + margin, option.rect.center().y(), option.rect.width() - 2 * margin, 1)
        painter.fillRect(line, QColor(current_theme().border))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(0, round(ROOM * theme_hub().scale)) if _is_separator(index) else hint


def _is_separator(index: QModelIndex | QPersistentModelIndex) -> bool:
    return index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator"  # how QComboBox itself knows them
