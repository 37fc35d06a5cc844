"""Ten thousand random events: nothing may raise, Qt may not warn, and undoing everything leads back to the start.

Run with ``python tests/benchmarks/random_events.py [N_EVENTS [SEED]]``, on a screen or without one. Exit status 1 when
something went wrong; the last deeds are printed then.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "ui"))
HARMLESS = "This plugin does not support"


def main() -> int:
    n_events = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    faulthandler.enable()
    with tempfile.TemporaryDirectory(prefix="gradsim-monkey-") as folder:
        os.environ["XDG_CONFIG_HOME"] = folder  # the settings of whoever runs this are not touched, nor the films
        (Path(folder) / "user-dirs.dirs").write_text(f'XDG_VIDEOS_DIR="{folder}"\n', encoding="utf-8")
        return walk(n_events, seed, Path(folder))


def walk(n_events: int, seed: int, folder: Path) -> int:
    """Let the monkey loose; return the exit status."""
    from monkey import Monkey, small
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from gradsim.ui.app import build_application
    from gradsim.ui.garbage import GuiGarbageCollector
    from gradsim.ui.playback import Playback
    from gradsim.ui.session import Session
    from gradsim.ui.window.main_window import MainWindow
    from gradsim.ui.window.scene_files import opening_scene

    failures: list[str] = []
    monkey = None

    def fail(text: str) -> None:
        failures.append(text)
        if failures.count(text) > 1:
            return
        print(text, "after:", *(monkey.log[-8:] if monkey else ()), sep="\n  ", flush=True)

    def take_message(kind: QtMsgType, _: object, text: str) -> None:
        if kind != QtMsgType.QtDebugMsg and HARMLESS not in text:
            fail(f"Qt: {text}")

    sys.excepthook = lambda *error: fail("".join(traceback.format_exception(*error)))
    application = build_application()
    qInstallMessageHandler(take_message)
    session, playback = Session(small(opening_scene())), Playback()
    window = MainWindow(session, playback)
    window.show()
    session.start()
    while session.run is None or session.critical_points is None:
        QApplication.processEvents()
    application.findChild(GuiGarbageCollector).start()
    monkey = Monkey(window, session, folder, seed=seed)
    begin = time.perf_counter()
    try:
        monkey.run(n_events)
    except AssertionError as error:
        fail(f"undoing everything did not lead back: {error}")
    duration = time.perf_counter() - begin
    window.stop()
    qInstallMessageHandler(None)
    print(
        f"{n_events:,} events in {duration:.0f} s, {monkey.n_checks} times undone and redone: {len(failures)} failures"
    )
    application.quit()
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
