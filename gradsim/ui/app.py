"""Starts the window."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from gradsim.core.ending import stop_compiling
from gradsim.core.errors import Cancelled
from gradsim.core.scene import Scene
from gradsim.resources import asset_path
from gradsim.ui.garbage import GuiGarbageCollector
from gradsim.ui.playback import Playback
from gradsim.ui.race_memory import saved_memory_mib
from gradsim.ui.session import Session
from gradsim.ui.signal_waker import SignalWaker
from gradsim.ui.theme import apply_theme, load_fonts, saved_scale, saved_theme_name
from gradsim.ui.widgets.mathematics import formula_press
from gradsim.ui.window.main_window import MainWindow
from gradsim.ui.window.scene_files import opening_scene

SWITCH_INTERVAL_S = 0.0005
"""Workers that hold the interpreter for Python's usual 5 ms make the animation stutter."""


def run_window(
    scene: Scene | None = None, path: Path | None = None, *, asked_to_end: Callable[[], bool] = lambda: False
) -> int:
    """Open the window on ``scene``, which came from ``path``, and return the exit status once it is closed.

    Without a scene the opening race plays; another one stands at its start.

    Raises:
        Cancelled: a signal came and ``asked_to_end`` says that it was to end the program; the window has put everything
            away as when it is closed, but has asked nothing.
    """
    opened = scene is not None
    scene = scene or opening_scene()
    app = build_application()
    session = Session(scene, path=path)
    session.results.set_memory_budget(saved_memory_mib() * 2**20)
    playback = Playback()
    formula_press().hold()
    window = MainWindow(session, playback)
    app.aboutToQuit.connect(stop_compiling)
    app.aboutToQuit.connect(window.stop)
    once = Qt.ConnectionType.SingleShotConnection
    if not opened:
        playback.play()  # as soon as it is there; another one that is opened before waits for its lecturer
    collector = app.findChild(GuiGarbageCollector)
    session.surface_changed.connect(lambda _: collector.start(), once)  # the engine has been imported
    session.run_changed.connect(lambda _: gc.freeze(), once)  # what compiling has left
    waker = SignalWaker(app)
    waker.woken.connect(lambda: window.end_unasked() if asked_to_end() else None)
    QTimer.singleShot(0, waker.woken.emit)  # for one that came before
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    window.show()
    # Workers load the engine and the type-setter: behind the first paint.
    window.painted.connect(session.start)
    window.painted.connect(formula_press().go_on)
    status = app.exec()
    waker.stop()
    if asked_to_end():
        raise Cancelled
    return status


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
