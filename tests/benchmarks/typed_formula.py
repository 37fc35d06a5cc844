"""How long after a formula has been typed its first map, its first race and its machine code are there.

Run with ``python tests/benchmarks/typed_formula.py``, on a screen or without one. In a running window that shows a
surface of the gallery its formula is typed again, each time with a number of its own, so that nothing is known of it.
The yardstick is 150 ms to the first new map, 300 ms to machine code.

How late a 60 Hz timer of the GUI thread is meanwhile is measured as well: in the window, which also draws and sets the
formula, and with the same engine at work behind no window. The yardstick for the engine is 10 ms, compiling included.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from gradsim.core.scene import FormulaSurface, PointStarts

N_ROUNDS = 3
FRAME_MS = 1000 / 60
REST_S = 0.1
PATIENCE_S = 90.0  # kernels may have to be compiled first


def main() -> None:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from gradsim.core.gallery import GALLERY
    from gradsim.ui.app import SWITCH_INTERVAL_S, build_application
    from gradsim.ui.edits import with_formula
    from gradsim.ui.garbage import GuiGarbageCollector
    from gradsim.ui.map.map_view import MapView
    from gradsim.ui.playback import Playback
    from gradsim.ui.session import Session
    from gradsim.ui.window.main_window import MainWindow
    from gradsim.ui.window.scene_files import opening_scene

    application = build_application()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    late_ms: list[float] = []
    ticks = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        late_ms.append((now - ticks[0]) * 1e3 - FRAME_MS)
        ticks[0] = now

    timer = QTimer(interval=round(FRAME_MS), timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)

    def wait_until(holds: Callable[[], bool]) -> None:
        end = time.perf_counter() + PATIENCE_S
        while not holds():
            if time.perf_counter() > end:
                raise TimeoutError("a formula has not been drawn, raced and compiled in time")
            let_work()

    def let_work() -> None:
        QApplication.processEvents()
        time.sleep(0.0005)

    def rest() -> None:
        end = time.perf_counter() + REST_S
        wait_until(lambda: time.perf_counter() > end)

    def type_all(session: Session, is_drawn: Callable[[], bool]) -> dict[str, list[float]]:
        """Type every formula of the gallery anew; return how many seconds later things were there."""

        def is_native() -> bool:
            surface = session.surface
            return surface is not None and surface.first_order_program.native_address != 0

        def is_ready() -> bool:
            return session.run is not None and session.critical_points is not None and is_native()

        times: dict[str, list[float]] = {"map": [], "race": [], "machine code": []}
        wait_until(is_ready)
        gc.freeze()
        late_ms.clear()
        for number, entry in enumerate([*GALLERY.values()] * N_ROUNDS):
            surface = FormulaSurface(formula=entry.formula, parameters=dict(entry.parameters))
            starts = PointStarts(points=(entry.start,))
            session.open(replace(session.scene, surface=surface, domain=entry.domain, starts=starts))
            wait_until(is_ready)
            rest()
            old_surface, old_run = session.surface, session.run
            begin = time.perf_counter()
            typed = f"{entry.formula} + {1e-9 * (1 + number):.12f}*x"
            session.edit(with_formula(session.scene, typed), "change formula")
            awaited: dict[str, Callable[[], bool]] = {
                "map": lambda old=old_surface: session.surface is not old and is_drawn(),
                "race": lambda old=old_run: session.run is not old,
                "machine code": lambda old=old_surface: session.surface is not old and is_native(),
            }
            while awaited:
                for name in [name for name, holds in awaited.items() if holds()]:
                    times[name].append(time.perf_counter() - begin)
                    del awaited[name]
                let_work()
            wait_until(is_ready)
            rest()
        return times

    def tell_lateness(where: str) -> None:
        p95, p99, longest = np.percentile(late_ms, (95, 99, 100))
        print(f"{where}, a 60 Hz timer is late by {p95:.1f} ms (95 %), {p99:.1f} ms (99 %), {longest:.1f} ms at most")

    timer.start()
    alone = Session(opening_scene())
    alone.start()
    type_all(alone, lambda: True)
    tell_lateness("Behind no window")
    alone.stop()
    session = Session(opening_scene())
    window = MainWindow(session, Playback())
    window.resize(1280, 800)
    window.show()
    session.start()
    application.findChild(GuiGarbageCollector).start()
    worker = window.findChild(MapView)._worker
    times = type_all(session, lambda: not worker.busy and worker._asked[1] is session.surface)
    tell_lateness("In the window")
    window.stop()
    print(f"{'ms':14} median   95 %  longest")
    for name, seconds in times.items():
        median, p95, longest = 1e3 * np.percentile(seconds, (50, 95, 100))
        print(f"{name:14} {median:6.0f} {p95:6.0f} {longest:8.0f}")
    application.quit()


if __name__ == "__main__":
    main()
