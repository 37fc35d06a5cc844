"""What each command of the command line does; heavy modules are imported by the command that needs them."""

from __future__ import annotations

import gc
import json
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import gradsim
from gradsim import terminal
from gradsim.core.errors import ExportError, GradsimError

if TYPE_CHECKING:
    from gradsim.core.run import Run
    from gradsim.core.scene import Scene


def open_window(path: Path | None) -> None:
    """Open the window on the scene at ``path``, or on the opening race when None, until it is closed."""
    from gradsim.ui.system_libraries import check_window

    # A bad scene is told in the terminal it was named in, before a window opens.
    scene = None if path is None else gradsim.load_scene(path)
    check_window()
    gc.disable()  # a seventh of the time to the first paint; the window has a collector of its own
    from gradsim.ui.app import run_window

    status = run_window(scene, path)
    if status:
        raise GradsimError(f"the window ended with status {status}")


def simulate_to_file(path: Path, output: Path, *, record_every: int = 1) -> None:
    """Race the scene at ``path`` and write the run to ``output`` as a NumPy ``.npz`` file.

    The file holds ``positions``, ``losses``, ``steps`` and ``outcomes`` as in ``Run``, and as 0-d JSON strings
    ``labels``, ``names``, ``conventions`` and ``hyperparameters`` (one entry for each optimizer that raced, defaults
    filled in), ``versions`` and ``scene``. It appears under its name only when it is complete.
    """
    scene = gradsim.load_scene(path)
    if output.suffix.lower() != ".npz":
        raise ExportError(f"{output}: a run is written as .npz; name the output run.npz, say")
    _check_destination(output)
    with terminal.progress_bar("simulating") as progress:
        run = gradsim.simulate(scene, record_every=record_every, progress=progress)
    import numpy as np

    with _replacing(output) as file:
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
    scene = gradsim.load_scene(path)
    _check_destination(output)
    # Before Qt is loaded: the frames must not depend on the desktop that happens to be there.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from gradsim.ui.system_libraries import check_drawing

    check_drawing()
    from gradsim.ui.exporter import export_video

    with terminal.progress_bar("exporting") as progress:
        export_video(scene, output, size=size, fps=fps, seconds=seconds, progress=progress)


def print_critical_points(path: Path, *, as_json: bool) -> None:
    """Print every critical point of the surface of the scene at ``path``."""
    scene = gradsim.load_scene(path)
    points = gradsim.find_critical_points(gradsim.compile_surface(scene.surface), scene.domain)
    found = _what_was_found(len(points), points.proven, len(points.undecided))
    if as_json:
        terminal.print_json(
            {
                "kind": point.kind,
                "position": point.position.tolist(),
                "value": float(point.value),
                "gradient_norm": float(point.gradient_norm),
                "eigenvalues": point.eigenvalues.tolist(),
                "eigenvectors": point.eigenvectors.tolist(),
                "proven": points.proven,
            }
            for point in points
        )
        if not points.proven:
            print(f"gradsim: {found}", file=sys.stderr)
        return
    number = terminal.format_number
    terminal.print_table(
        f"Critical points: {found}",
        ("kind", "position", "value", "‖∇f‖", "eigenvalues"),
        [
            (
                point.kind,
                ", ".join(map(number, point.position)),
                number(point.value),
                f"{point.gradient_norm:.2g}",
                ", ".join(map(number, point.eigenvalues)),
            )
            for point in points
        ],
    )


def _what_was_found(n_points: int, proven: bool, n_undecided: int) -> str:
    if not proven:
        return f"at least {n_points} found; {n_undecided} region{'s' * (n_undecided != 1)} undecided"
    return f"all {n_points} found (proven)" if n_points else "there is none (proven)"


def print_optimizers(*, as_json: bool) -> None:
    """Print the table of optimizers."""
    optimizers = gradsim.OPTIMIZERS.values()
    if as_json:
        terminal.print_json(
            {
                "name": optimizer.name,
                "title": optimizer.title,
                "group": optimizer.group,
                "character": optimizer.character,
                "default_convention": optimizer.default_convention,
                "conventions": [
                    {
                        "name": name,
                        "hyperparameters": dict(rule.defaults),
                        "formula": rule.formula,
                        "reference": rule.reference,
                        "ends_within": rule.ends_within,
                        "huge_rate": rule.huge_rate,
                        "scale_invariant": rule.scale_invariant,
                        "leaves_rest_by": rule.leaves_rest_by,
                    }
                    for name, rule in optimizer.conventions.items()
                ],
            }
            for optimizer in optimizers
        )
        return
    terminal.print_table(
        "Optimizers (the first convention is the default)",
        ("name", "conventions", "hyperparameters", "character"),
        [
            (
                optimizer.name,
                ", ".join(optimizer.conventions),
                ", ".join(f"{name} {value:g}" for name, value in optimizer.rule().defaults.items()),
                optimizer.character,
            )
            for optimizer in optimizers
        ],
    )


def print_surfaces(*, as_json: bool) -> None:
    """Print the gallery of surfaces with what is known about each."""
    from msgspec import to_builtins

    from gradsim.core.gallery import GALLERY

    surfaces = GALLERY.values()
    if as_json:
        terminal.print_json(
            {
                "name": surface.name,
                "title": surface.title,
                "formula": surface.formula,
                "parameters": dict(surface.parameters),
                "domain": to_builtins(surface.domain),
                "start": surface.start,
                "minima": surface.minima,
                "minimum_eigenvalues": surface.minimum_eigenvalues,
                "saddles": surface.saddles,
                "maxima": surface.maxima,
                "n_critical_points": surface.n_critical_points,
                "source": surface.source,
                "lesson": surface.lesson,
                "notes": surface.notes,
            }
            for surface in surfaces
        )
        return
    terminal.print_table(
        "Surfaces",
        ("name", "formula", "lesson"),
        [(surface.name, surface.formula, surface.lesson) for surface in surfaces],
    )


def _check_destination(output: Path) -> None:
    """Refuse a file that cannot be written before minutes are spent on what goes into it."""
    if output.is_dir():
        raise ExportError(f"{output} is a folder; name a file in it")
    if not output.parent.is_dir():
        raise ExportError(f"{output.parent} is not a folder; make it first")
    if not os.access(output.parent, os.W_OK):
        raise ExportError(f"{output.parent} is not writable; name another folder")


@contextmanager
def _replacing(output: Path) -> Iterator[IO[bytes]]:
    """Open a hidden file beside ``output`` that takes its name only when everything was written."""
    temporary = output.with_name(f".{output.name[:60]}.{os.getpid()}.part")  # a longer name may be no name any more
    try:
        with temporary.open("wb") as file:
            yield file
        temporary.replace(output)
    except OSError as error:
        raise ExportError(f"{output} could not be written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
