"""Presentation mode: the map alone fills the screen; the playback bar comes when the mouse goes to the lower edge."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QApplication, QBoxLayout, QMainWindow, QWidget

from gradsim.ui.window.docks import DockArea

EDGE = 6  # logical pixels above the lower edge in which the mouse calls the playback bar
HIDE_DELAY_MS = 500


class Presentation(QObject):
    """Hides ``around``, all that is around the map of ``window``, and brings it back as it was.

    ``bottom_bar`` is the last widget in ``layout``; meanwhile it floats above the map, so that the map keeps its size.
    """

    changed = Signal(bool)

    def __init__(
        self,
        window: QMainWindow,
        docks: DockArea,
        *,
        around: Sequence[QWidget],
        bottom_bar: QWidget,
        layout: QBoxLayout,
    ) -> None:
        super().__init__(window)
        self._window, self._docks = window, docks
        self._around, self._bottom_bar, self._layout = around, bottom_bar, layout
        self.active = False
        self._dock_state = b""
        self._window_state = Qt.WindowState.WindowNoState
        self._hide_timer = QTimer(self, singleShot=True, interval=HIDE_DELAY_MS)
        self._hide_timer.timeout.connect(bottom_bar.hide)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), window, self.end)
        self._escape.setEnabled(False)

    def show_active(self, active: bool) -> None:
        """Begin or end the presentation."""
        if active:
            self.begin()
        else:
            self.end()

    def begin(self) -> None:
        """Show nothing but the map, as large as the screen."""
        if self.active:
            return
        self.active = True
        self._window_state = self._window.windowState()
        self._dock_state = self._docks.saveState()
        for dock in self._docks.docks.values():
            dock.hide()
        for widget in (*self._around, self._bottom_bar):
            widget.hide()
        self._layout.removeWidget(self._bottom_bar)
        self._window.setFocus()
        self._window.setWindowState(self._window_state | Qt.WindowState.WindowFullScreen)
        self._escape.setEnabled(True)
        QApplication.instance().installEventFilter(self)
        self.changed.emit(True)

    def end(self) -> None:
        """Bring back the window as it was before."""
        if not self.active:
            return
        self.active = False
        QApplication.instance().removeEventFilter(self)
        self._escape.setEnabled(False)
        self._hide_timer.stop()
        self._layout.addWidget(self._bottom_bar)
        for widget in (*self._around, self._bottom_bar):
            widget.show()
        self._window.setWindowState(self._window_state)
        self._docks.restoreState(self._dock_state)
        self.changed.emit(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._follow_mouse(event.globalPosition().toPoint())
        return False

    def _follow_mouse(self, place: QPoint) -> None:
        """Show the playback bar while the mouse is at the lower edge or on the bar."""
        area = self._bottom_bar.parentWidget()
        above_edge = area.height() - area.mapFromGlobal(place).y()
        shown = self._bottom_bar.isVisible()
        height = self._bottom_bar.sizeHint().height()
        if 0 <= above_edge <= (height + EDGE if shown else EDGE):
            self._hide_timer.stop()
            self._bottom_bar.setGeometry(0, area.height() - height, area.width(), height)
            self._bottom_bar.show()
            self._bottom_bar.raise_()
        elif shown and not self._hide_timer.isActive():
            self._hide_timer.start()
