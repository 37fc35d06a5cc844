"""The commands that open the window or print tables; heavy modules are imported by the command that needs them."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import gradsim
from gradsim import interruption, terminal
from gradsim.core.errors import GradsimError
from gradsim.first_start import prepare_engine

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoints


def open_window(path: Path | None) -> None:
    """Open the window on the scene at ``path``, or on the opening race when None, until it is closed.

    Ctrl-C, a polite kill and a terminal that closes end it too, as tidily, but unasked.
    """
    from gradsim.ui.system_libraries import check_window

    # A bad scene is told in the terminal it was named in, before a window opens.
    scene = None if path is None else gradsim.load_scene(path)
    check_window()
    gc.disable()  # a seventh of the time to the first paint; the window has a collector of its own
    from gradsim.ui.app import run_window

    with interruption.signals_cancel() as asked_to_end:
        status = run_window(scene, path and path.absolute(), asked_to_end=asked_to_end)
    if status:
        raise GradsimError(f"the window ended with status {status}")


def print_critical_points(path: Path, *, as_json: bool) -> None:
    """Print every critical point of the surface of the scene at ``path``."""
    with interruption.signals_cancel() as cancelled:
        scene = gradsim.load_scene(path)
        prepare_engine(cancelled)
        surface = gradsim.compile_surface(scene.surface)
        points = gradsim.find_critical_points(surface, scene.domain, cancelled=cancelled)
        interruption.check(cancelled)
    found = _what_was_found(points)
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


def _what_was_found(points: CriticalPoints) -> str:
    n_points, n_undecided = len(points), len(points.undecided)
    if points.constant:
        return points.summary
    if not points.proven:
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
