"""Frames into a video file: encoded on a thread of its own, and visible under its name only when it is whole."""

from __future__ import annotations

import itertools
import os
import queue
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import av
import numpy as np
from numpy.typing import NDArray

from gradsim.core.errors import Cancelled, ExportError, did_you_mean
from gradsim.core.render.yuv import convert_to_yuv420

QUEUE_LENGTH = 3  # frames that may wait for the encoder; more would only take memory
POLL_S = 0.05
SECONDS_BETWEEN_KEY_FRAMES = 2  # what a player seeks to, and what is lost at most when the program is killed
BT709 = 1  # FFmpeg's number for the primaries, the transfer and the matrix of BT.709
LIMITED_RANGE = 1  # FFmpeg's AVCOL_RANGE_MPEG


@dataclass(frozen=True, kw_only=True)
class Format:
    """How a video is written: FFmpeg's names of the container and the codec, and their options."""

    container: str
    codec: str
    codec_options: Mapping[str, str]
    container_options: Mapping[str, str]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        ".mp4": Format(
            container="mp4",
            codec="libx264",
            # Measured at 1080p on a map with contours: a frame takes 10 ms of CPU, "superfast" 9 and 2.3 times the
            # file, "faster" 15.
            codec_options={"preset": "veryfast", "crf": "18"},
            # Fragments survive being killed; closing turns them into an ordinary MP4.
            container_options={"movflags": "+hybrid_fragmented+negative_cts_offsets", "flush_packets": "1"},
        )
    }
)

_part_numbers = itertools.count()


def write_video(
    frames: Iterable[NDArray[np.uint8]],
    path: str | os.PathLike[str],
    *,
    width: int,
    height: int,
    fps: int,
    n_frames: int,
    title: str = "",
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Write ``frames`` to a new file at ``path``, H.264 in yuv420p with BT.709 colours.

    The file appears under its name, in place of an earlier one, only when it is complete. Until then it is a hidden
    sibling that is removed on cancel and on errors; killing the program leaves nothing else behind.

    Args:
        frames: ``n_frames`` pictures, uint8 (height, width, 4) BGRX; an array may be reused once the next is asked for.
        path: its suffix decides the format; see ``FORMATS``.
        width, height: pixels, both even.
        progress: called with the share done, 0 … 1, from the calling thread.
        cancelled: polled before every frame.

    Raises:
        ExportError: the suffix, the size or the folder will not do, or writing failed (a full disk, for one).
        Cancelled: on request.
        ValueError: the frames are not as many or not of the size that was announced.
        Exception: whatever ``frames`` raises.
    """
    path = Path(path)
    video_format = _check(path, width, height, fps)
    part = path.with_name(f".{path.name[:60]}.{os.getpid()}-{next(_part_numbers)}.part")
    try:
        part.touch()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise ExportError(f"{path}: {_reason(error)}; choose a folder that you may write to") from error
    encoder = _Encoder(part, path, video_format, width=width, height=height, fps=fps, title=title)
    try:
        encoder.start()
        n_done = 0
        for n_done, picture in enumerate(frames, start=1):
            if cancelled is not None and cancelled():
                raise Cancelled
            if picture.shape != (height, width, 4) or n_done > n_frames:
                raise ValueError(f"frame {n_done} of {n_frames} has shape {picture.shape}, not {(height, width, 4)}")
            encoder.encode(to_video_frame(picture))
            if progress is not None:
                progress(n_done / n_frames)
        if n_done != n_frames:
            raise ValueError(f"{n_done} frames came where {n_frames} were announced")
        encoder.finish()
        if cancelled is not None and cancelled():
            raise Cancelled
        try:
            part.replace(path)
        except OSError as error:
            raise ExportError(f"{path}: {_reason(error)}; choose another name") from error
    finally:
        encoder.abandon()
        part.unlink(missing_ok=True)


def to_video_frame(picture: NDArray[np.uint8]) -> av.VideoFrame:
    """Return ``picture``, uint8 (height, width, 4) BGRX with even sizes, as a yuv420p frame of BT.709 in limited range.

    At 1080p the kernel takes 1.9 ms of CPU, FFmpeg's scaler 2.8 ms.
    """
    height, width = picture.shape[:2]
    frame = av.VideoFrame(width, height, "yuv420p")
    y, u, v = (np.frombuffer(plane, dtype=np.uint8).reshape(plane.height, plane.line_size) for plane in frame.planes)
    convert_to_yuv420(np.ascontiguousarray(picture), y, u, v)
    return frame


class _Encoder:
    """Encodes on its own thread, so that drawing never waits for it except when the queue is full."""

    def __init__(
        self, part: Path, path: Path, video_format: Format, *, width: int, height: int, fps: int, title: str
    ) -> None:
        self._part = part
        self._path = path  # named in errors
        self._format = video_format
        self._width = width
        self._height = height
        self._fps = fps
        self._title = title
        self._queue: queue.Queue[av.VideoFrame | None] = queue.Queue(QUEUE_LENGTH)
        self._abandoned = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="video encoder", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def encode(self, frame: av.VideoFrame | None) -> None:
        """Queue a frame (None ends the video). Raises what went wrong on the thread."""
        while self._error is None:
            try:
                return self._queue.put(frame, timeout=POLL_S)
            except queue.Full:
                continue
        raise self._error

    def finish(self) -> None:
        """Wait until everything is on the disk. Raises what went wrong on the thread."""
        self.encode(None)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def abandon(self) -> None:
        """Stop at once and close the file; does nothing after ``finish``."""
        self._abandoned.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._write()
        except (OSError, av.FFmpegError) as error:
            self._error = ExportError(f"{self._path}: the video could not be written: {_reason(error)}")
            self._error.__cause__ = error
        except Exception as error:  # raised again where it is waited for: by encode or finish
            self._error = error

    def _write(self) -> None:
        # Without the protocol's name, a colon in a file's name would be taken for one.
        with av.open(
            f"file:{self._part.absolute()}",
            "w",
            format=self._format.container,
            container_options=dict(self._format.container_options),
        ) as container:
            container.metadata["title"] = self._title
            stream = container.add_stream(self._format.codec, rate=self._fps, options=dict(self._format.codec_options))
            stream.width, stream.height, stream.pix_fmt = self._width, self._height, "yuv420p"
            context = stream.codec_context
            context.gop_size = SECONDS_BETWEEN_KEY_FRAMES * self._fps
            context.color_range = LIMITED_RANGE
            context.color_primaries = context.color_trc = context.colorspace = BT709
            for index in itertools.count():
                frame = self._next()
                if frame is None:
                    break
                frame.pts, frame.time_base = index, Fraction(1, self._fps)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))

    def _next(self) -> av.VideoFrame | None:
        while not self._abandoned.is_set():
            try:
                return self._queue.get(timeout=POLL_S)
            except queue.Empty:
                continue
        return None


def _check(path: Path, width: int, height: int, fps: int) -> Format:
    if path.suffix.lower() not in FORMATS:
        raise ExportError(f"{path}: {path.suffix!r} is no video format{did_you_mean(path.suffix.lower(), FORMATS)}")
    if width < 2 or height < 2 or width % 2 or height % 2:
        even = f"{max(2, width + width % 2)}x{max(2, height + height % 2)}"
        raise ExportError(f"{width}x{height} cannot be encoded, width and height must be even; try {even}")
    if fps < 1:
        raise ExportError(f"{fps} frames per second cannot be encoded; at least 1 is needed")
    if not os.path.isdir(path.parent):
        raise ExportError(f"{path}: there is no folder {path.parent}; make it first")
    if os.path.isdir(path):
        raise ExportError(f"{path} is a folder; name a file")
    return FORMATS[path.suffix.lower()]


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
