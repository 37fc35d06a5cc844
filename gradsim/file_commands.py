"""The commands that turn a scene into a file: a run, a video, a program; nothing is left half written."""

from __future__ import annotations

import io
import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import gradsim
from gradsim import interruption, terminal
from gradsim.core.errors import Cancelled, ExportError
from gradsim.first_start import prepare_engine

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from gradsim.core.run import Run
    from gradsim.core.scene import Scene


def simulate_to_file(path: Path, output: Path, *, record_every: int = 1) -> None:
    """Race the scene at ``path`` and write the run to ``output`` as a NumPy ``.npz`` file.

    The file holds ``positions``, ``losses``, ``steps`` and ``outcomes`` as in ``Run``, and as 0-d JSON strings
    ``labels``, ``names``, ``conventions`` and ``hyperparameters`` (one entry for each optimizer that raced, defaults
    filled in), ``versions`` and ``scene``. It appears under its name only when it is complete.
    """
    with interruption.signals_cancel() as cancelled:
        scene = gradsim.load_scene(path)
        if output.suffix.lower() != ".npz":
            raise ExportError(f"{output}: a run is written as .npz; name the output run.npz, say")
        _check_destination(output)
        prepare_engine(cancelled)
        with terminal.progress_bar("simulating") as progress:
            run = gradsim.simulate(scene, record_every=record_every, progress=progress, cancelled=cancelled)
        import numpy as np

        with _replacing(output, cancelled) as file:
            np.savez(
                file,
                allow_pickle=False,
                positions=run.positions,
                losses=run.losses,
                steps=run.steps,
                outcomes=run.outcomes,
                **{name: np.array(json.dumps(value)) for name, value in _description(scene, run).items()},
            )


def _description(scene: Scene, run: Run) -> dict[str, Any]:
    """What must be known to make the same run again, as plain data."""
    from importlib.metadata import version

    from msgspec import to_builtins

    rules = [(entry, gradsim.OPTIMIZERS[entry.name]) for entry in scene.racing]
    conventions = [entry.convention or optimizer.default_convention for entry, optimizer in rules]
    return {
        "labels": list(run.labels),
        "names": [entry.name for entry in scene.racing],
        "conventions": conventions,
        "hyperparameters": [
            {**optimizer.rule(convention).defaults, **entry.hyperparameters}
            for (entry, optimizer), convention in zip(rules, conventions, strict=True)
        ],
        "versions": {
            "gradsim": gradsim.__version__,
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "numba")},
            "machine": f"{platform.system()} {platform.machine()}",
        },
        "scene": to_builtins(scene),
    }


def export_to_file(
    path: Path,
    output: Path,
    *,
    size: tuple[int, int] | None = None,
    fps: int | None = None,
    seconds: float | None = None,
) -> None:
    """Race the scene at ``path`` and write it as a video; what is None is taken from the scene. Needs no display."""
    with interruption.signals_cancel() as cancelled:
        scene = gradsim.load_scene(path)
        _check_destination(output)
        # Before Qt is loaded: the frames must not depend on the desktop that happens to be there.
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from gradsim.ui.system_libraries import check_drawing

        check_drawing()
        prepare_engine(cancelled)
        from gradsim.ui.exporter import export_video

        with terminal.progress_bar("exporting") as progress:
            export_video(scene, output, size=size, fps=fps, seconds=seconds, progress=progress, cancelled=cancelled)


def write_code_to(path: Path, output: Path | None, *, library: str) -> None:
    """Write the scene at ``path`` as a program for ``library`` to ``output``, to standard output when None."""
    if output is None:
        print(gradsim.write_code(gradsim.load_scene(path), library), end="")
        return
    with interruption.signals_cancel() as cancelled:
        _check_destination(output)
        text = gradsim.write_code(gradsim.load_scene(path), library)
        with _replacing(output, cancelled) as file:
            file.write(text.encode())


def _check_destination(output: Path) -> None:
    """Refuse a file that cannot be written before minutes are spent on what goes into it."""
    if output.is_dir():
        raise ExportError(f"{output} is a folder; name a file in it")
    if not output.parent.is_dir():
        raise ExportError(f"{output.parent} is not a folder; make it first")
    if not os.access(output.parent, os.W_OK):
        raise ExportError(f"{output.parent} is not writable; name another folder")


class _CancellableFile(io.FileIO):
    """Asks ``cancelled`` before it writes. Once, for then it must be possible to close what writes into it."""

    def __init__(self, path: Path, cancelled: Callable[[], bool]) -> None:
        super().__init__(path, "w")
        self._cancelled, self._told = cancelled, False

    def write(self, data: ReadableBuffer, /) -> int:
        if not self._told and self._cancelled():
            self._told = True
            raise Cancelled
        return super().write(data)


@contextmanager
def _replacing(output: Path, cancelled: Callable[[], bool]) -> Iterator[IO[bytes]]:
    """Open a hidden file beside ``output`` that takes its name only when everything was written.

    Raises Cancelled where ``cancelled()`` turns true before that.
    """
    temporary = output.with_name(f".{output.name[:60]}.{os.getpid()}.part")  # a longer name may be no name any more
    try:
        with io.BufferedWriter(_CancellableFile(temporary, cancelled)) as file:
            yield file
        interruption.check(cancelled)
        temporary.replace(output)
    except OSError as error:
        raise ExportError(f"{output} could not be written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
