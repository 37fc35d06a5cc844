"""How long the GUI thread blocks while a learning rate is dragged in the window, and how often the race is run anew.

Run with ``python tests/benchmarks/slider_in_window.py``, on a screen or without one. Eight optimizers race with one
particle each, then with a thousand. The yardstick is 30 ms, beyond which a drag is felt to stick.
"""

from __future__ import annotations

import math
import os
import sys
import time

import numpy as np
from msgspec.structs import replace

from gradsim.core.scene import OptimizerEntry, Scene, UniformStarts

DRAG_S = 4.0
WARM_UP_S = 1.5
FRAME_S = 1 / 60
YARDSTICK_MS = 30.0


def scene_with(n_particles: int) -> Scene:
    from gradsim.ui.scene_files import opening_scene

    scene = opening_scene()
    optimizers = (*scene.optimizers, OptimizerEntry(name="adamw"), OptimizerEntry(name="adadelta"))
    starts = scene.starts if n_particles == 1 else UniformStarts(n=n_particles)
    return replace(scene, optimizers=optimizers, starts=starts)


def measure(n_particles: int) -> tuple[np.ndarray, int]:
    """Return the durations in ms of all events and edits of a drag, and the number of runs that came of it."""
    from PySide6.QtWidgets import QApplication

    from gradsim.ui.main_window import MainWindow
    from gradsim.ui.playback import Playback
    from gradsim.ui.session import Session

    session, playback = Session(scene_with(n_particles)), Playback()
    window = MainWindow(session, playback)
    window.resize(1280, 800)
    window.show()
    session.start()
    durations: list[float] = []
    n_runs = 0

    def count_run(_: object) -> None:
        nonlocal n_runs
        n_runs += 1

    def timed(work, *arguments) -> None:
        begin = time.perf_counter()
        work(*arguments)
        durations.append((time.perf_counter() - begin) * 1e3)

    def drag_to(angle: float) -> None:
        first, *others = session.scene.optimizers
        moved = replace(first, hyperparameters={"learning_rate": 0.0008 * (1 + 0.3 * math.sin(angle))})
        session.edit(replace(session.scene, optimizers=(moved, *others)), "change learning rate", merge=True)

    while session.run is None or session.critical_points is None:
        QApplication.processEvents()
    playback.play()
    end = time.perf_counter() + WARM_UP_S
    while time.perf_counter() < end:
        QApplication.processEvents()
    session.run_changed.connect(count_run)
    begin = next_move = time.perf_counter()
    while (now := time.perf_counter()) < begin + DRAG_S:
        if now >= next_move:
            next_move = now + FRAME_S
            timed(drag_to, 3.0 * (now - begin))
        timed(QApplication.processEvents)
        time.sleep(0.001)
    window.stop()
    window.deleteLater()
    return np.array(durations), n_runs


def main() -> None:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from gradsim.ui.app import SWITCH_INTERVAL_S, build_application

    application = build_application()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    for n_particles in (1, 1000):
        durations, n_runs = measure(n_particles)
        print(
            f"8 × {n_particles:>4} particles: {n_runs / DRAG_S:4.0f} runs/s; GUI thread busy for "
            f"{np.percentile(durations, 99):4.1f} ms (99th percentile), {durations.max():4.1f} ms at most, "
            f"{np.count_nonzero(durations > YARDSTICK_MS)} times over {YARDSTICK_MS:g} ms in {DRAG_S:g} s"
        )
    application.quit()


if __name__ == "__main__":
    main()
