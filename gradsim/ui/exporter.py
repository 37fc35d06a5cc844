"""Videos: every frame of a race as the window shows it, drawn while the one before is being encoded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
from PySide6.QtGui import QGuiApplication

from gradsim.core.errors import ExportError
from gradsim.core.render.palette import THEMES
from gradsim.core.run import Run
from gradsim.core.scene import Scene
from gradsim.ui.drawing.picture import FramePicture, video_pixel_ratio
from gradsim.ui.engine_calls import DEFAULT_BUDGET_BYTES, load_engine
from gradsim.ui.theme import load_fonts

MAX_SECONDS = 3600.0
_SIMULATION_SHARE = 0.1


def video_seconds(scene: Scene) -> float:
    """Return how long the scene's video lasts: as its export says, else the race at the playback's speed."""
    return scene.export.seconds or max(scene.steps / scene.playback.speed, 1 / scene.export.fps)


def frame_steps(last_step: int, n_frames: int) -> np.ndarray:
    """Return the step that each frame shows, float64 (n_frames,): evenly from 0 to ``last_step``, both included."""
    return np.linspace(0.0, float(last_step), n_frames)


def count_frames(seconds: float, fps: int) -> int:
    """Return round(seconds × fps). Raises ExportError where that is no video or an endless one."""
    n_frames = round(seconds * fps)
    if n_frames < 1:
        raise ExportError(f"{seconds:g} s at {fps} frames per second is no frame at all; make the video longer")
    if seconds > MAX_SECONDS:
        raise ExportError(
            f"the video would last {seconds:g} s, more than {MAX_SECONDS:g}; give its length in seconds, or play faster"
        )
    return n_frames


def export_video(
    scene: Scene,
    path: Path | str,
    *,
    size: tuple[int, int] | None = None,
    fps: int | None = None,
    seconds: float | None = None,
    theme: str | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    run: Run | None = None,
    memory_budget: int = DEFAULT_BUDGET_BYTES,
) -> None:
    """Write the race as a video; what is left out is as the scene's ``export`` says.

    The window and the command line both call this, so their frames are the same. It may be called on any thread;
    without an application it starts an offscreen one, and must then be called on the main thread.

    Args:
        path: of the video; its suffix decides the format.
        size: (width, height) in pixels.
        theme: ``"dark"`` or ``"light"``.
        progress: is given the share that is done, 0…1.
        run: of this very race, when there is one already; one of another race is left alone.
        memory_budget: bytes that a race may take that has to be run.

    Raises:
        ExportError: the format is unknown, the place cannot be written, or the length makes no sense.
        SimulationError: the race cannot be run.
        Cancelled: ``cancelled`` said so; nothing is left under ``path`` that was not there before.
        RuntimeError: there is no application yet, and this is not the main thread.
    """
    load_engine()
    from gradsim.core.video import write_video

    width, height = size or (scene.export.width, scene.export.height)
    fps = fps or scene.export.fps
    n_frames = count_frames(video_seconds(scene) if seconds is None else seconds, fps)
    told = progress or (lambda share: None)
    is_raced = run is not None and run.shows_all(run.last_step) and run.scene.shown_like(scene) == scene
    simulated = 0.0 if is_raced else _SIMULATION_SHARE

    def frames() -> Iterator[np.ndarray]:
        """Begins with the first frame: a place that cannot be written is refused before anything is simulated."""
        yield from draw_frames(
            prepare_picture(
                scene,
                width,
                height,
                theme=theme,
                run=run,
                memory_budget=memory_budget,
                progress=lambda share: told(_SIMULATION_SHARE * share),
                cancelled=cancelled,
            ),
            n_frames,
        )

    write_video(
        frames(),
        path,
        width=width,
        height=height,
        fps=fps,
        n_frames=n_frames,
        title=scene.title,
        progress=lambda share: told(simulated + (1 - simulated) * share),
        cancelled=cancelled,
    )


def prepare_picture(
    scene: Scene,
    width: int,
    height: int,
    *,
    theme: str | None = None,
    run: Run | None = None,
    memory_budget: int = DEFAULT_BUDGET_BYTES,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> FramePicture:
    """Return the picture that draws every frame of the scene's video, after simulating what ``run`` does not give."""
    from gradsim.core.critical_points import find_critical_points
    from gradsim.core.replay import race_all, race_or_sample
    from gradsim.core.surface import compile_surface

    _ensure_application()
    load_fonts()
    surface = compile_surface(scene.surface)
    if run is None or not run.shows_all(run.last_step) or run.scene.shown_like(scene) != scene:
        tell = progress or (lambda share: None)
        run = race_or_sample(
            scene, memory_budget=memory_budget, progress=lambda share: tell(0.5 * share), cancelled=cancelled
        )
        run = race_all(run, progress=lambda share: tell(0.5 + 0.5 * share), cancelled=cancelled)
    points = find_critical_points(surface, scene.domain, cancelled=cancelled) if scene.view.critical_points else None
    ratio = video_pixel_ratio(width, height)
    return FramePicture(scene, run, surface, points, THEMES[theme or scene.export.theme], width, height, ratio)


def draw_frames(picture: FramePicture, n_frames: int) -> Iterator[np.ndarray]:
    """Yield each frame as uint8 (height, width, 4) BGRX, in one array that the next frame overwrites."""
    assert picture.run is not None
    layout = picture.layout
    pixels = np.zeros((layout.height, layout.width, 4), dtype=np.uint8)
    for step in frame_steps(picture.run.last_step, n_frames).tolist():
        picture.draw_into(pixels, step)
        yield pixels


def _ensure_application() -> None:
    if QGuiApplication.instance() is None:
        if threading.current_thread() is not threading.main_thread():  # Qt would crash
            raise RuntimeError("the first export must be made on the main thread, which then has an application of Qt")
        _offscreen_application()


@cache
def _offscreen_application() -> QGuiApplication:
    """An application without windows, which fonts need; it stays until the program ends."""
    return QGuiApplication(["gradsim", "-platform", "offscreen"])
