"""Videos: what goes in comes out, and what fails leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from gradsim.core.errors import Cancelled, ExportError
from gradsim.core.render.palette import THEMES, rgb
from gradsim.core.video import FORMATS, to_video_frame, write_video

WIDTH, HEIGHT, FPS = 64, 48, 30


def plain(color: tuple[int, int, int], width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    return np.broadcast_to(np.array([*color[::-1], 255], dtype=np.uint8), (height, width, 4)).copy()


def grays(n: int) -> Iterator[np.ndarray]:
    for k in range(n):
        yield plain((k, k, k))


def write(path: Path, frames: Iterator[np.ndarray], n_frames: int, **options: object) -> None:
    write_video(frames, path, width=WIDTH, height=HEIGHT, fps=FPS, n_frames=n_frames, **options)


def decode(path: Path) -> list[np.ndarray]:
    """The frames as RGB, uint8 (height, width, 3)."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_every_frame_arrives_in_order_at_its_time(tmp_path: Path) -> None:
    path = tmp_path / "race.mp4"
    shown: list[float] = []
    write(path, (plain((8 * k, 8 * k, 8 * k)) for k in range(30)), 30, title="Himmelblau – Adam", progress=shown.append)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert container.metadata["title"] == "Himmelblau – Adam"
        assert (stream.width, stream.height, stream.pix_fmt) == (WIDTH, HEIGHT, "yuv420p")
        assert stream.codec_context.name == "h264"
        assert stream.average_rate == FPS
        frames = list(container.decode(video=0))
    assert [frame.pts * frame.time_base for frame in frames] == [Fraction(k, FPS) for k in range(30)]
    means = [frame.to_ndarray(format="rgb24").mean() for frame in frames]
    assert means == pytest.approx([8 * k for k in range(30)], abs=3)
    assert shown == pytest.approx([(k + 1) / 30 for k in range(30)])


def test_the_file_says_that_its_colors_are_bt709_in_limited_range(tmp_path: Path) -> None:
    path = tmp_path / "race.mp4"
    write(path, grays(2), 2)
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        tags = (context.color_range, context.color_primaries, context.color_trc, context.colorspace)
    assert tags == (1, 1, 1, 1)


@pytest.mark.parametrize("color", [*THEMES["dark"].optimizer_colors, "#000000", "#FFFFFF", "#FF0000", "#0000FF"])
def test_colors_survive_encoding(tmp_path: Path, color: str) -> None:
    path = tmp_path / "race.mp4"
    write(path, iter([plain(rgb(color))]), 1)
    (frame,) = decode(path)
    assert np.abs(frame.astype(int) - rgb(color)).max() <= 4


def test_conversion_to_video_agrees_with_the_standard() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (32, 38, 4), dtype=np.uint8)
    blue, green, red = (picture[..., c] / 255 for c in range(3))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue  # ITU-R BT.709-6, 3.2
    cb, cr = (blue - luma) / 1.8556, (red - luma) / 1.5748
    means = [chroma.reshape(16, 2, 19, 2).mean(axis=(1, 3)) for chroma in (cb, cr)]
    expected = [16 + 219 * luma, *(128 + 224 * chroma for chroma in means)]
    planes = [
        np.frombuffer(plane, dtype=np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        for plane in to_video_frame(picture).planes
    ]
    assert len(planes) == 3
    for plane, wanted in zip(planes, expected, strict=True):
        assert np.abs(plane - wanted).max() <= 0.6


def test_frames_may_share_one_array(tmp_path: Path) -> None:
    shared = plain((0, 0, 0))

    def frames() -> Iterator[np.ndarray]:
        for k in range(20):
            shared[..., :3] = 12 * k
            yield shared

    write(tmp_path / "race.mp4", frames(), 20)
    means = [frame.mean() for frame in decode(tmp_path / "race.mp4")]
    assert means == pytest.approx([12 * k for k in range(20)], abs=3)


def test_an_earlier_file_is_replaced_only_by_a_complete_one(tmp_path: Path) -> None:
    path = tmp_path / "race.mp4"
    path.write_bytes(b"earlier")
    with pytest.raises(Cancelled):
        write(path, grays(10), 10, cancelled=lambda: True)
    assert path.read_bytes() == b"earlier"
    write(path, grays(3), 3)
    assert len(decode(path)) == 3
    assert os.listdir(tmp_path) == ["race.mp4"]


def test_cancelling_half_way_leaves_nothing(tmp_path: Path) -> None:
    done: list[float] = []
    with pytest.raises(Cancelled):
        write(tmp_path / "race.mp4", grays(100), 100, progress=done.append, cancelled=lambda: len(done) >= 5)
    assert len(done) == 5
    assert os.listdir(tmp_path) == []
    assert "video encoder" not in [thread.name for thread in threading.enumerate()]


def test_an_error_while_drawing_surfaces_as_it_is_and_leaves_nothing(tmp_path: Path) -> None:
    def frames() -> Iterator[np.ndarray]:
        yield plain((0, 0, 0))
        raise OSError("a font is missing")

    with pytest.raises(OSError, match="a font is missing"):
        write(tmp_path / "race.mp4", frames(), 10)
    assert os.listdir(tmp_path) == []
    assert "video encoder" not in [thread.name for thread in threading.enumerate()]


def test_an_error_of_the_encoder_surfaces_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(av, "open", full)
    with pytest.raises(ExportError, match=r"race\.mp4.*No space left on device"):
        write(tmp_path / "race.mp4", grays(1000), 1000)
    assert os.listdir(tmp_path) == []


def test_a_wrong_number_or_size_of_frames_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "race.mp4"
    for frames, n_frames in ((grays(3), 4), (grays(3), 2), (iter([plain((0, 0, 0), WIDTH + 2)]), 1)):
        with pytest.raises(ValueError, match="frame"):
            write(path, frames, n_frames)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("size", "remedy"), [((63, 48), "64x48"), ((64, 47), "64x48"), ((1, 1), "2x2"), ((0, 2), "2x2")]
)
def test_odd_sizes_are_refused_with_the_next_even_one(tmp_path: Path, size: tuple[int, int], remedy: str) -> None:
    width, height = size
    with pytest.raises(ExportError, match=f"{width}x{height}.*{remedy}"):
        write_video(iter([]), tmp_path / "race.mp4", width=width, height=height, fps=30, n_frames=1)
    assert os.listdir(tmp_path) == []


def test_unknown_suffixes_name_the_known_ones(tmp_path: Path) -> None:
    for name in ("race.mpeg", "race.xyz", "race"):
        with pytest.raises(ExportError, match=r"\.mp4") as raised:
            write(tmp_path / name, grays(1), 1)
        assert "\n" not in str(raised.value)
    assert os.listdir(tmp_path) == []


def test_folders_that_will_not_do_are_named(tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "file").touch()
    for path, words in (
        (tmp_path / "missing" / "race.mp4", "there is no folder"),
        (tmp_path / "file" / "race.mp4", "there is no folder"),
        (tmp_path / "folder.mp4", "is a folder"),
        (tmp_path / "nul\0.mp4", "null"),
    ):
        with pytest.raises(ExportError, match=f"(?i){words}"):
            write(path, grays(1), 1)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ExportError, match="choose a folder that you may write to"):
        write(tmp_path / "race.mp4", grays(1), 1)


@pytest.mark.parametrize("name", ["a:b.mp4", "file:x.mp4", "%03d.mp4", "Überlauf 50 %.MP4", "-x.mp4"])
def test_unusual_names_are_taken_as_they_are(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, grays(2), 2)
    assert os.listdir(tmp_path) == [name]


def test_relative_paths_are_taken_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("race.mp4"), grays(2), 2)
    assert len(decode(tmp_path / "race.mp4")) == 2


def test_every_format_of_the_table_can_be_written(tmp_path: Path) -> None:
    assert FORMATS
    for suffix in FORMATS:
        write(tmp_path / f"race{suffix}", grays(3), 3)
        assert len(decode(tmp_path / f"race{suffix}")) == 3


ENDLESS = """
import sys
import numpy as np
from gradsim.core.video import write_video

def frames():
    rng = np.random.default_rng(0)
    for k in range(1_000_000):
        if k == 400:  # the encoder is but a few frames behind: drawing waits for it
            print("running", flush=True)
        yield rng.integers(0, 256, (48, 64, 4), dtype=np.uint8)

write_video(frames(), sys.argv[1], width=64, height=48, fps=30, n_frames=1_000_000)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows cannot kill like this")
def test_killing_leaves_only_a_hidden_file_that_can_be_played(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(tmp_path / "race.mp4")], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "running\n"
        program.kill()
    (left,) = os.listdir(tmp_path)
    assert left.startswith(".race.mp4.")
    assert left.endswith(".part")
    assert len(decode(tmp_path / left)) > 60
