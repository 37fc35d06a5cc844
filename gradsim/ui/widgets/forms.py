"""The small parts that panels are made of: labels, lines, lists, switches."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSettings, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradsim.ui.style_sheet import mix
from gradsim.ui.theme import current_theme, fix_width, theme_hub
from gradsim.ui.widgets.icons import ICON_SIZE, icon, paint_icon

TIP_WIDTH = 60


class ComboBox(QComboBox):
    """A drop-down list with a drawn arrow, which a style sheet takes away; the wheel scrolls the panel instead."""

    def __init__(self, label: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(label)
        self.setToolTip(tip)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_data(self, data: object) -> None:
        """Select the item that carries ``data`` without signalling; none when there is no such item."""
        blocked = self.blockSignals(True)
        self.setCurrentIndex(self.findData(data))
        self.blockSignals(blocked)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = 12 * theme_hub().scale
        painter = QPainter(self)
        box = QRectF(self.width() - side - 6, (self.height() - side) / 2, side, side)
        paint_icon(painter, "chevron_down", box, current_theme().dim_text)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Button(QPushButton):
    """A push button that a click does not give the focus to: the keys go on driving the playback."""

    def __init__(self, text: str, label: str, tip: str, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if name == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)


class Switch(QAbstractButton):
    """An on/off switch in a colour of its own."""

    def __init__(self, label: str, tip: str, parent: QWidget | None = None, *, color: str | None = None) -> None:
        super().__init__(parent)
        self.color = color
        self.setCheckable(True)
        self.setAccessibleName(label)
        self.setToolTip(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_checked(self, checked: bool) -> None:
        """Move the switch without signalling."""
        blocked = self.blockSignals(True)
        self.setChecked(checked)
        self.blockSignals(blocked)
        self.update()

    def sizeHint(self) -> QSize:
        scale = theme_hub().scale
        return QSize(round(28 * scale), round(16 * scale))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        on = self.color or theme.accent
        hint = self.sizeHint()
        height, width = float(hint.height()), float(hint.width())
        top = (self.height() - height) / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(0.5, top + 0.5, width - 1, height - 1)
        focus = self.hasFocus()
        painter.setPen(QPen(QColor(theme.accent if focus else (on if self.isChecked() else theme.border)), 1.0))
        painter.setBrush(QColor(mix(theme.panel, on, 0.85) if self.isChecked() else theme.card))
        painter.drawRoundedRect(track, height / 2, height / 2)
        radius = height / 2 - 3
        x = width - height / 2 if self.isChecked() else height / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.window if self.isChecked() else theme.dim_text))
        painter.drawEllipse(QPointF(x, top + height / 2), radius, radius)
        painter.end()


class Section(QWidget):
    """A part of a panel under a heading that folds it away; whether it is folded is kept for next time."""

    def __init__(self, title: str, parent: QWidget | None = None, *, folded: bool = False) -> None:
        super().__init__(parent)
        self._key = f"folded/{title}"
        self.head = QToolButton(self)
        self.head.setObjectName("sectionHead")
        self.head.setText(title)
        self.head.setCheckable(True)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.head.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.head.setAccessibleName(f"{title} section")
        self.head.setToolTip(f"Show or hide the section {title}.")
        self.body = QWidget(self)
        self.content = QVBoxLayout(self.body)
        self.content.setContentsMargins(0, 2, 0, 4)
        self.content.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.head)
        layout.addWidget(self.body)
        self.head.setChecked(not QSettings().value(self._key, folded, type=bool))
        self._show_body(self.head.isChecked())
        self.head.toggled.connect(self._unfold)
        theme_hub().changed.connect(self._dress)  # a method of this widget: the connection ends with it

    def _unfold(self, unfolded: bool) -> None:
        QSettings().setValue(self._key, not unfolded)
        self._show_body(unfolded)

    def _dress(self, *_: object) -> None:
        self._show_body(self.head.isChecked())

    def _show_body(self, unfolded: bool) -> None:
        self.body.setVisible(unfolded)
        size = round(ICON_SIZE * theme_hub().scale)
        self.head.setIconSize(QSize(size, size))
        self.head.setIcon(icon("chevron_down" if unfolded else "chevron_right", current_theme().dim_text, size=size))


class ElidedLabel(QLabel):
    """A line that, where room ends, is said in fewer words or ends in an ellipsis; ``full_text`` is the whole of it."""

    def __init__(self, name: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.full_text = text
        self._shorter: tuple[str, ...] = ()
        self.setMinimumWidth(0)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def show_text(self, text: str, *, shorter: Sequence[str] = ()) -> None:
        """Show ``text``, or the first of ``shorter``, which say it in ever fewer words, that there is room for."""
        self.full_text = text
        self._shorter = tuple(shorter)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        metrics, room = self.fontMetrics(), self.width()
        texts = (self.full_text, *self._shorter)
        text = next((each for each in texts if metrics.horizontalAdvance(each) <= room), texts[-1])
        self.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, room))


class NamedControl(QWidget):
    """A dim name of a fixed width and the control that it names: lines below each other stand in columns."""

    def __init__(self, name: str, control: QWidget, name_width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name_label = label(name)
        fix_width(self.name_label, name_width)
        self.name_label.setToolTip(control.toolTip())
        layout = row(self.name_label, control)
        layout.setStretch(1, 1)
        self.setLayout(layout)


def wrapped(text: str, width: int = TIP_WIDTH) -> str:
    """``text`` broken into lines of at most ``width`` characters: tool tips of plain text never break by themselves."""
    return "\n".join(part for line in text.splitlines() for part in textwrap.wrap(line, width) or [""])


def is_seen(widget: QWidget) -> bool:
    """Whether any of ``widget`` is on show. To Qt a dock behind a tab is visible: it lies outside of its parent."""
    return not widget.visibleRegion().isEmpty()


def label(text: str, name: str = "dim") -> QLabel:
    """A label in the style of object name ``name``: heading, dim, note, number, error, panelTitle …"""
    result = QLabel(text)
    result.setObjectName(name)
    return result


def error_label() -> QLabel:
    """A line for what is wrong with the fields above it, hidden while there is nothing to say."""
    result = label("", "error")
    result.setWordWrap(True)
    result.hide()
    return result


def show_error(line: QLabel, reason: str) -> None:
    """Say ``reason`` in an ``error_label``; "" hides it."""
    line.setText(reason)
    line.setVisible(bool(reason))


def row(*items: QWidget | int | None, spacing: int = 8) -> QHBoxLayout:
    """A line of widgets; None stretches, and a number is a gap in pixels."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        else:
            layout.addWidget(item)
    return layout
