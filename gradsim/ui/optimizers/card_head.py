"""The head of an optimizer's card: fold, swatch, title, switch and menu; it is renamed in place and dragged by."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from gradsim.core.render.palette import optimizer_letter
from gradsim.ui.optimizers.card_title import CardTitle
from gradsim.ui.optimizers.color_button import ColorButton
from gradsim.ui.widgets.forms import Switch, wrapped
from gradsim.ui.widgets.icons import IconButton

HEAD_TIP = "Click the name for another method; double-click to rename. Drag to move the card."


class CardHead(QWidget):
    """``drag_moved`` carries the mouse in global coordinates; ``drag_ended`` says whether the card was dropped.

    ``method_asked`` asks for a list of methods to choose another.
    """

    method_asked = Signal()
    renamed = Signal(str)
    drag_moved = Signal(QPoint)
    drag_ended = Signal(bool)

    def __init__(self, method: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed_at: QPoint | None = None
        self._dragging = False
        self.fold = IconButton("chevron_right", f"Settings of {method}", "Show or hide all settings.", self, dim=True)
        self.fold.setObjectName("tiny")
        self.fold.setCheckable(True)
        self.swatch = ColorButton(f"Colour of {method}", "Choose a colour.", self)
        self.title = CardTitle(method, self)
        self.editor = QLineEdit(self)
        self.editor.setAccessibleName(f"Name of {method}")
        self.editor.setToolTip("What this optimizer is called; empty for the name of its method.")
        self.editor.hide()
        self.switch = Switch(f"{method} takes part", "Let this optimizer take part in the race, or leave it out.", self)
        self.menu_button = IconButton(
            "more", f"Menu of {method}", "Duplicate, fan out, change, rename, move or remove.", self, dim=True
        )
        self.menu_button.setObjectName("tiny")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.fold, self.swatch, self.title, self.editor, self.switch, self.menu_button):
            layout.addWidget(widget, 1 if widget in (self.title, self.editor) else 0)
        self.editor.editingFinished.connect(self._end_rename)
        self.editor.installEventFilter(self)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        for widget in (self.fold, self.switch, self.menu_button):
            widget.setCursor(Qt.CursorShape.ArrowCursor)
        self.setToolTip(HEAD_TIP)

    @property
    def dragging(self) -> bool:
        return self._dragging

    def show_entry(self, title: str, about: str, color: str, index: int, *, enabled: bool) -> None:
        """Show a title, lines ``about`` the method for its tool tip, and the colour and letter of place ``index``."""
        self.title.show_text(title)
        self.title.setToolTip(wrapped(f"{about}\n{HEAD_TIP}"))
        self.title.setEnabled(enabled)
        self.swatch.show_color(color, optimizer_letter(index), faded=not enabled)
        self.switch.show_checked(enabled)
        if self.switch.color != color:
            self.switch.color = color
            self.switch.update()

    def ask_method(self) -> None:
        """Ask for the list of methods."""
        self.method_asked.emit()

    def start_rename(self) -> None:
        """Let the user type another title."""
        if (popup := QApplication.activePopupWidget()) is not None:
            popup.close()  # the first of two clicks has opened the list of methods
        self.editor.setText(self.title.full_text)
        self.title.hide()
        self.editor.show()
        self.editor.setFocus()
        self.editor.selectAll()

    def rename_at(self, at: QPoint) -> None:
        """Let the user type another title if the present one is at ``at`` of the screen."""
        if self.title.has_text_at(self.title.mapFromGlobal(at)):
            self.start_rename()

    def _end_rename(self) -> None:
        if self.editor.isHidden():
            return
        text = self.editor.text().strip()
        self._close_editor()
        if text != self.title.full_text:
            self.renamed.emit(text)

    def _close_editor(self) -> None:
        had_focus = self.editor.hasFocus()
        self.editor.hide()
        self.title.show()
        if had_focus:
            self.window().setFocus()  # the keys are the playback's again

    def eventFilter(self, watched: object, event: object) -> bool:
        if watched is self.editor and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QKeyEvent.Type.KeyPress:
                self._close_editor()
            return True
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.globalPosition().toPoint()
            self.window().setFocus()  # a click beside every control ends typing

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        at = event.globalPosition().toPoint()
        if not self._dragging and (at - self._pressed_at).manhattanLength() >= QApplication.startDragDistance():
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.grabKeyboard()
        if self._dragging:
            self.drag_moved.emit(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        is_click = self._pressed_at is not None and not self._dragging
        self._end_drag(dropped=True)
        if is_click and self.title.has_text_at(self.title.mapFrom(self, event.position().toPoint())):
            self.ask_method()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.title.geometry().contains(event.position().toPoint()):
            self.start_rename()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._dragging:
            if event.key() == Qt.Key.Key_Escape:
                self._end_drag(dropped=False)
            return
        super().keyPressEvent(event)

    def _end_drag(self, *, dropped: bool) -> None:
        self._pressed_at = None
        if self._dragging:
            self._dragging = False
            self.releaseKeyboard()
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.drag_ended.emit(dropped)
