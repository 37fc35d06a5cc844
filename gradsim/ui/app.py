"""Starts the window."""

from __future__ import annotations

import gc
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from gradsim.core.scene_file import load_scene
from gradsim.resources import asset_path
from gradsim.ui.garbage import GuiGarbageCollector
from gradsim.ui.main_window import MainWindow
from gradsim.ui.playback import Playback
from gradsim.ui.scene_files import opening_scene
from gradsim.ui.session import Session
from gradsim.ui.theme import apply_theme, load_fonts, saved_scale, saved_theme_name

SWITCH_INTERVAL_S = 0.0005
"""Workers that hold the interpreter for Python's usual 5 ms make the animation stutter."""


def run_window(scene_path: str | None) -> int:
    """Open the window and return the exit status once it is closed.

    Without a scene the opening race plays; a scene opened by name stands at its start. Raises GradsimError, before any
    window is shown, for a scene that cannot be opened.
    """
    scene = opening_scene() if scene_path is None else load_scene(scene_path)
    app = build_application()
    session = Session(scene, path=Path(scene_path) if scene_path is not None else None)
    playback = Playback()
    window = MainWindow(session, playback)
    app.aboutToQuit.connect(window.stop)
    once = Qt.ConnectionType.SingleShotConnection
    if scene_path is None:
        # Only this race: another one may be opened before the engine is ready, and waits for its lecturer.
        session.run_changed.connect(lambda run: playback.play() if session.scene is scene else None, once)
    session.run_changed.connect(lambda _: gc.freeze(), once)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    window.show()
    window.painted.connect(session.start)  # its workers load the engine: behind the first paint
    return app.exec()


def build_application() -> QApplication:
    """The application with its name, fonts, icon and theme."""
    QCoreApplication.setOrganizationName("gradsim")
    QCoreApplication.setApplicationName("gradsim")
    app = QApplication(["gradsim"])
    app.setDesktopFileName("gradsim")
    app.setWindowIcon(QIcon(str(asset_path("icon", "gradsim.png"))))
    GuiGarbageCollector(app)
    load_fonts()
    apply_theme(app, saved_theme_name(), saved_scale())
    return app
