"""Where the particles begin, as a NumPy expression that gives the same positions to the last bit."""

from __future__ import annotations

from collections.abc import Iterable

from gradsim.core.errors import GradsimError
from gradsim.core.race.starts import STREAM
from gradsim.core.scene import (
    Box,
    Domain,
    GaussianStarts,
    GridStarts,
    LineStarts,
    PointStarts,
    RingStarts,
    Starts,
    UniformStarts,
)
from gradsim.core.scripts.source_text import filled, number

MAX_POINTS = 10_000
"""A script with more points in it is no text that one reads or puts on a clipboard."""


def starts_source(starts: Starts, domain: Domain, seed: int) -> list[str]:
    """Return the lines that assign ``STARTS``, float64 (particles, D).

    Raises GradsimError for a longer list of points than ``MAX_POINTS``.
    """
    match starts:
        case PointStarts(points=points):
            if len(points) > MAX_POINTS:
                raise GradsimError(
                    f"{len(points):,} points are too many to be written into a script; use at most {MAX_POINTS:,}, "
                    "or starts of another kind, such as a grid"
                )
            return filled("STARTS = np.array([", [_list(point) for point in points], "])")
        case GridStarts(n=n, box=box):
            return _grid(n, box or domain.axes)
        case RingStarts(center=center, radius=radius, n=n_particles):
            return [
                f"angles = 2 * np.pi * np.arange({n_particles}) / {n_particles}",
                "ring = np.stack((np.cos(angles), np.sin(angles)), axis=-1)",
                f"STARTS = np.array([{_list(center)}]) + {number(radius)} * ring",
            ]
        case LineStarts(start=start, end=end, n=n_particles):
            return [
                f"shares = np.linspace(0.0, 1.0, {n_particles})[:, np.newaxis]",
                f"STARTS = (1 - shares) * np.array([{_list(start)}]) + shares * np.array([{_list(end)}])",
            ]
        case GaussianStarts(center=center, std=std, n=n_particles):
            normal = f"standard_normal(({n_particles}, {len(center)}))"
            return [
                f"offsets = np.random.default_rng([{STREAM}, {seed}]).{normal}",
                f"STARTS = {number(std)} * offsets + np.array({_list(center)})",
            ]
        case UniformStarts(n=n_particles, box=box):
            axes = box or domain.axes
            return [
                f"shares = np.random.default_rng([{STREAM}, {seed}]).random(({n_particles}, {len(axes)}))",
                f"low, high = np.array({_list(low for low, _ in axes)}), np.array({_list(high for _, high in axes)})",
                "STARTS = low + (high - low) * shares",
            ]


def _list(values: Iterable[float]) -> str:
    return f"[{', '.join(map(number, values))}]"


def _grid(n: tuple[int, ...], box: Box) -> list[str]:
    lines = [
        f"{axis} = np.linspace({number(low)}, {number(high)}, {count})"
        if count > 1
        else f"{axis} = np.array([{number(low + (high - low) / 2)}])"
        for axis, (low, high), count in zip(("across", "up"), box, n, strict=False)
    ]
    if len(n) == 1:
        return [*lines, "STARTS = across[:, np.newaxis]"]
    return [*lines, "STARTS = np.stack([axis.ravel() for axis in np.meshgrid(across, up)], axis=-1)"]
