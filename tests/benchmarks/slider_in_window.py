"""How long the GUI thread blocks while a learning rate is dragged in the window, and how often the race is run anew.

Run with ``python tests/benchmarks/slider_in_window.py``, on a screen or without one. Eight optimizers race with one
particle each, then with a thousand, while the plots are in front; then with the table of critical points and the final
shares in front, at the end of the race. The yardstick is 30 ms, beyond which a drag is felt to stick. A block is
everything between two looks at the clock; of each it is also measured how long the thread was at work itself, which
tells its own work from waiting for a processor that others use.
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
BLOCK_MS = 1.0  # shorter ones are idle turns of the event loop
PANELS_BEHIND = ("critical_points", "shares")


def scene_with(n_particles: int) -> Scene:
    from gradsim.ui.window.scene_files import opening_scene

    scene = opening_scene()
    optimizers = (*scene.optimizers, OptimizerEntry(name="adamw"), OptimizerEntry(name="adadelta"))
    starts = scene.starts if n_particles == 1 else UniformStarts(n=n_particles)
    return replace(scene, optimizers=optimizers, starts=starts)


def measure(n_particles: int, *, in_front: tuple[str, ...] = ()) -> tuple[np.ndarray, np.ndarray, int]:
    """Drag a learning rate with the panels ``in_front`` raised.

    Returns the durations in ms of all blocks, how long the thread itself worked in each, and the number of runs that
    came of it.
    """
    from PySide6.QtWidgets import QApplication

    from gradsim.ui.garbage import GuiGarbageCollector
    from gradsim.ui.playback import Playback
    from gradsim.ui.session import Session
    from gradsim.ui.window.main_window import MainWindow

    session, playback = Session(scene_with(n_particles)), Playback()
    window = MainWindow(session, playback)
    window.resize(1280, 800)
    window.show()
    session.start()
    blocks: list[tuple[float, float]] = []
    n_runs = 0

    def count_run(_: object) -> None:
        nonlocal n_runs
        n_runs += 1

    def timed(work, *arguments) -> None:
        begin, worked = time.perf_counter(), time.thread_time()
        work(*arguments)
        blocks.append(((time.perf_counter() - begin) * 1e3, (time.thread_time() - worked) * 1e3))

    def drag_to(angle: float) -> None:
        first, *others = session.scene.optimizers
        moved = replace(first, hyperparameters={"learning_rate": 0.0008 * (1 + 0.3 * math.sin(angle))})
        session.edit(replace(session.scene, optimizers=(moved, *others)), "change learning rate", merge=True)

    while session.run is None or session.critical_points is None:
        QApplication.processEvents()
    QApplication.instance().findChild(GuiGarbageCollector).start()
    for name in in_front:
        window.docks.show_panel(name)
    if in_front:
        playback.show_end()
    else:
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
    durations, works = np.array(blocks).T
    return durations, works, n_runs


def main() -> None:
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from gradsim.ui.app import SWITCH_INTERVAL_S, build_application

    application = build_application()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    print(f"{'':34} runs/s    blocks in ms: median   95 %   99 %  longest  > {YARDSTICK_MS:g} ms   own work, longest")
    for n_particles, in_front in ((1, ()), (1000, ()), (1000, PANELS_BEHIND)):
        durations, works, n_runs = measure(n_particles, in_front=in_front)
        blocks = durations[durations >= BLOCK_MS]
        name = f"8 × {n_particles:>4} particles, {'table and shares' if in_front else 'plots'}"
        median, p95, p99 = np.percentile(blocks, (50, 95, 99))
        print(
            f"{name:34} {n_runs / DRAG_S:6.1f} {median:23.1f} {p95:6.1f} {p99:6.1f} {blocks.max():8.1f} "
            f"{np.count_nonzero(blocks > YARDSTICK_MS):8d} {works.max():18.1f}"
        )
    application.quit()


if __name__ == "__main__":
    main()
