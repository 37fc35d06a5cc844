"""How long after a formula has been typed its first map, its first race and its machine code are there.

Run with ``python tests/benchmarks/typed_formula.py``, on a screen or without one. Every surface of the gallery is typed
into a running window, each time with a number of its own, so that nothing is known of it. The yardstick is 150 ms to
the first new map, 300 ms to machine code. How late a 60 Hz timer of the GUI thread is meanwhile is measured as well.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from gradsim.core.scene import FormulaSurface, PointStarts

N_ROUNDS = 3
FRAME_MS = 1000 / 60
PATIENCE_S = 90.0  # kernels may have to be compiled first


def main() -> None:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from gradsim.core.gallery import GALLERY
    from gradsim.ui.app import SWITCH_INTERVAL_S, build_application
    from gradsim.ui.garbage import GuiGarbageCollector
    from gradsim.ui.map.map_view import MapView
    from gradsim.ui.playback import Playback
    from gradsim.ui.session import Session
    from gradsim.ui.window.main_window import MainWindow
    from gradsim.ui.window.scene_files import opening_scene

    application = build_application()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    session = Session(opening_scene())
    window = MainWindow(session, Playback())
    window.resize(1280, 800)
    window.show()
    session.start()
    view = window.findChild(MapView)

    def wait_until(holds: Callable[[], bool]) -> float:
        """Return when ``holds`` first does, in seconds."""
        end = time.perf_counter() + PATIENCE_S
        while not holds():
            if time.perf_counter() > end:
                raise TimeoutError("a formula has not been drawn, raced and compiled in time")
            QApplication.processEvents()
            time.sleep(0.0005)
        return time.perf_counter()

    def is_native() -> bool:
        return session.surface is not None and session.surface.first_order_program.native_address != 0

    wait_until(lambda: session.run is not None and session.critical_points is not None and is_native())
    application.findChild(GuiGarbageCollector).start()
    late_ms: list[float] = []
    ticks = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        late_ms.append((now - ticks[0]) * 1e3 - FRAME_MS)
        ticks[0] = now

    timer = QTimer(interval=round(FRAME_MS), timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start()
    moments: dict[str, float] = {}

    def note(name: str) -> None:
        moments.setdefault(name, time.perf_counter())

    def note_map() -> None:
        worker = view._worker
        if "surface" in moments and not worker.busy and worker._asked[1] is session.surface:
            note("map")

    session.surface_changed.connect(lambda _: note("surface"))
    session.run_changed.connect(lambda run: run is not None and note("race"))
    view._worker.drawn.connect(note_map)
    times: dict[str, list[float]] = {"map": [], "race": [], "machine code": []}
    for round_number in range(N_ROUNDS):
        for index, entry in enumerate(GALLERY.values()):
            formula = f"{entry.formula} + {1e-9 * (1 + index + 100 * round_number):.12f}*x"
            surface = FormulaSurface(formula=formula, parameters=dict(entry.parameters))
            starts = PointStarts(points=(entry.start,))
            scene = replace(session.scene, surface=surface, domain=entry.domain, starts=starts)
            moments.clear()
            begin = time.perf_counter()
            session.open(scene)
            wait_until(lambda: {"map", "race"} <= moments.keys())
            moments["machine code"] = wait_until(is_native)
            for name, seconds in times.items():
                seconds.append(moments[name] - begin)
            wait_until(lambda: session.critical_points is not None)
    timer.stop()
    window.stop()
    print(f"{'ms':14} median   95 %  longest")
    for name, seconds in times.items():
        median, p95, longest = 1e3 * np.percentile(seconds, (50, 95, 100))
        print(f"{name:14} {median:6.0f} {p95:6.0f} {longest:8.0f}")
    p95, p99, longest = np.percentile(late_ms, (95, 99, 100))
    print(f"a 60 Hz timer is late by {p95:.1f} ms (95 %), {p99:.1f} ms (99 %), {longest:.1f} ms at most")
    application.quit()


if __name__ == "__main__":
    main()
