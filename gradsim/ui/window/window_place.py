"""Where the window opens: where it was closed, and the first time as large as a lecture needs."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtWidgets import QWidget

KEY = "geometry"
FIRST_SIZE = (1440, 900)
TITLE_BAR_HEIGHT = 40


def take_place(window: QWidget) -> None:
    """Put ``window`` where it was closed; the first time, a screen that is too small for it is filled."""
    geometry = QSettings().value(KEY)
    if isinstance(geometry, QByteArray) and window.restoreGeometry(geometry):
        return
    available, size = window.screen().availableGeometry(), QSize(*FIRST_SIZE)
    window.resize(size.boundedTo(available.size()))
    if size.width() >= available.width() or size.height() + TITLE_BAR_HEIGHT >= available.height():
        window.setWindowState(Qt.WindowState.WindowMaximized)


def keep_place(window: QWidget) -> None:
    """Keep for next time where ``window`` is."""
    QSettings().setValue(KEY, window.saveGeometry())
