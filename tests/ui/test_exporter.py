"""A video shows the race from its first step to its last, and leaves nothing behind when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from command_line import PATIENCE_S
from msgspec.structs import replace
from PySide6.QtGui import QImage, QPainter
from small_races import cloud, two_wells, valley

from gradsim.core.errors import Cancelled, ExportError
from gradsim.core.scene import Export, Playback, Scene
from gradsim.core.scene_file import save_scene
from gradsim.core.simulate import simulate
from gradsim.ui.exporter import count_frames, draw_frames, export_video, frame_steps, prepare_picture, video_seconds

pytestmark = pytest.mark.usefixtures("qapp")


def decoded(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


def frames_of(scene: Scene, n_frames: int, **options) -> list[np.ndarray]:
    picture = prepare_picture(scene, scene.export.width, scene.export.height, **options)
    return [frame.copy() for frame in draw_frames(picture, n_frames)]


def test_the_first_frame_shows_step_0_and_the_last_the_final_step() -> None:
    steps = frame_steps(340, 77)
    assert len(steps) == 77
    assert steps[0] == 0.0
    assert steps[-1] == 340.0
    assert np.all(np.diff(steps) > 0)


@pytest.mark.parametrize(
    ("seconds", "fps", "n_frames"), [(1.0, 60, 60), (11.333, 60, 680), (0.5, 3, 2), (2.5, 1, 2), (1 / 60, 60, 1)]
)
def test_frames_are_seconds_times_fps_rounded(seconds: float, fps: int, n_frames: int) -> None:
    assert count_frames(seconds, fps) == n_frames


@pytest.mark.parametrize(("seconds", "fps"), [(0.001, 30), (4000.0, 1)])
def test_no_frame_and_an_endless_video_are_refused(seconds: float, fps: int) -> None:
    with pytest.raises(ExportError) as caught:
        count_frames(seconds, fps)
    assert "\n" not in str(caught.value)


def test_a_scene_without_a_length_is_played_at_its_speed() -> None:
    scene = valley(steps=120, playback=Playback(speed=40.0), export=Export())
    assert video_seconds(scene) == 3.0
    assert video_seconds(replace(scene, export=Export(seconds=7.5))) == 7.5


def side_by_side(scene: Scene) -> Scene:
    return replace(scene, view=replace(scene.view, layout="panels"))


@pytest.mark.parametrize(
    "scene",
    [valley(3), two_wells(), cloud(), side_by_side(valley(3))],
    ids=["2-D", "1-D", "cloud", "panels"],
)
def test_the_video_shows_the_frames_that_were_drawn(scene, tmp_path: Path) -> None:
    path = tmp_path / "race.mp4"
    shares: list[float] = []
    export_video(scene, path, progress=shares.append)
    shown, drawn = decoded(path), frames_of(scene, 10)
    assert len(shown) == len(drawn) == 10
    for index, frame in enumerate(shown):
        assert frame.shape == (180, 320, 3)
        away = [float(np.abs(frame.astype(float) - each[..., :3]).mean()) for each in drawn]
        assert away[index] < 8.0, "the codec changes pixels, but only a little"
        assert away[index] <= min(away) + 0.5, "no other frame is nearer"
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("scene", [valley(3), side_by_side(cloud())], ids=["map", "panels"])
def test_the_frames_do_not_depend_on_who_simulated(scene: Scene, tmp_path: Path, monkeypatch) -> None:
    """The window hands over its run, the command line has none; what reaches the writer is the same to the last bit."""
    written: dict[str, list[np.ndarray]] = {}

    def write_into(name: str):
        def write(frames, path, **_) -> None:
            written[name] = [frame.copy() for frame in frames]

        return write

    for name, run in (("command line", None), ("window", simulate(scene))):
        monkeypatch.setattr("gradsim.core.video.write_video", write_into(name))
        export_video(scene, tmp_path / "race.mp4", run=run)
    first, second = written.values()
    assert len(first) == 10
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_a_side_by_side_video_shows_panels() -> None:
    scene = side_by_side(valley(3))
    picture = prepare_picture(scene, 640, 360)
    assert len(picture.overlays) == 3
    frame = next(draw_frames(picture, 2))
    assert np.array_equal(frame[..., :3], frame_of_the_window(picture))


def frame_of_the_window(picture) -> np.ndarray:
    """What the window puts together of a map that a worker has drawn and an overlay that it writes itself."""
    image = QImage(picture.layout.width, picture.layout.height, QImage.Format.Format_RGB32)
    drawn = picture.draw_map(0.0)
    painter = QPainter(image)
    picture.paint_map(painter, drawn)
    picture.draw_overlay(painter, drawn.step, drawn)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].copy()


def test_a_run_of_another_race_is_not_shown() -> None:
    scene = valley(2)
    other = simulate(replace(scene, steps=7))
    first, second = frames_of(scene, 3, run=other), frames_of(scene, 3)
    assert all(np.array_equal(one, another) for one, another in zip(first, second, strict=True))


def test_how_a_race_is_shown_does_not_make_it_another_race(monkeypatch) -> None:
    scene = valley(2)
    run = simulate(scene)
    monkeypatch.setattr("gradsim.core.simulate.simulate", None)
    prepare_picture(replace(scene, playback=Playback(speed=3.0)), 320, 180, run=run)


def test_size_rate_length_and_theme_override_the_scene(tmp_path: Path) -> None:
    path = tmp_path / "race.mp4"
    export_video(valley(), path, size=(192, 108), fps=5, seconds=0.8, theme="light")
    frames = decoded(path)
    assert len(frames) == 4
    assert frames[0].shape == (108, 192, 3)
    assert frames[0].mean() > 150
    with av.open(str(path)) as container:
        assert container.streams.video[0].average_rate == 5


def test_an_unknown_suffix_is_refused_before_anything_is_simulated(tmp_path: Path) -> None:
    told: list[float] = []
    with pytest.raises(ExportError) as caught:
        export_video(valley(), tmp_path / "race.doc", progress=told.append)
    assert ".doc" in str(caught.value)
    assert ".mp4" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert told == []
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="nowhere"):
        export_video(valley(), tmp_path / "nowhere" / "race.mp4")


def test_cancelling_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "race.mp4"
    path.write_bytes(b"an earlier video")
    shares: list[float] = []
    with pytest.raises(Cancelled):
        export_video(valley(), path, seconds=20.0, progress=shares.append, cancelled=lambda: len(shares) > 20)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"an earlier video"


def test_a_video_is_written_without_display_and_without_window(tmp_path: Path) -> None:
    scene_path = tmp_path / "race.gradsim"
    save_scene(valley(), scene_path)
    script = (
        "import sys, gradsim; from gradsim.ui.exporter import export_video\n"
        f"export_video(gradsim.load_scene({str(scene_path)!r}), {str(tmp_path / 'race.mp4')!r})\n"
        "assert 'gradsim.ui.window.main_window' not in sys.modules\n"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(decoded(tmp_path / "race.mp4")) == 10


THREADED = """
import sys, threading
import gradsim
from gradsim.ui.exporter import export_video

def export():
    try:
        export_video(gradsim.load_scene(sys.argv[1]), "race.mp4")
    except RuntimeError as error:
        print(error)

thread = threading.Thread(target=export)
thread.start()
thread.join()
"""


def test_a_first_export_on_another_thread_is_refused_where_qt_would_crash(bowl: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", THREADED, str(bowl)], cwd=bowl.parent, capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "must be made on the main thread" in done.stdout
    assert {path.name for path in bowl.parent.iterdir()} == {"bowl.gradsim"}
