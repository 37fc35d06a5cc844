"""Where the particles begin."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np
from numpy.typing import NDArray

from gradsim.core.race.buffers import BufferPool
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

# Hashed together with the scene's seed, so that the starts share no random numbers with the gradient noise.
STREAM = 0x737461727473
PIECE = 16_384  # particles drawn at a time, so that their numbers are still in the cache when they are moved
WORTH_A_THREAD = 250_000  # particles, whose numbers take 1 ms to draw
KEPT_BYTES = 2**25
_PLACES = BufferPool()  # fresh memory takes as long as drawing into it
_kept: tuple[PointStarts | bytes | None, NDArray[np.float64]] = None, np.empty((0, 0))


def count_particles(starts: Starts) -> int:
    """Return how many particles each optimizer has, without placing them."""
    match starts:
        case PointStarts(points=points):
            return len(points)
        case GridStarts(n=n):
            return math.prod(n)
        case _:
            return starts.n


def start_positions(starts: Starts, domain: Domain, seed: int, *, n_threads: int = 1) -> NDArray[np.float64]:
    """Return the first position of every particle, as ``place_particles`` does; the array cannot be written to.

    Whoever asks for the same starts next, as every race does while a slider is dragged, gets the same array.
    """
    global _kept
    # Not the starts themselves: what compares as equal may differ in the sign of a zero.
    key = starts if isinstance(starts, PointStarts) else msgspec.json.encode((starts, domain, seed))
    kept, positions = _kept
    if kept is key or (kept == key and isinstance(key, bytes)):
        return positions
    positions = np.asfortranarray(place_particles(starts, domain, seed, n_threads=n_threads))
    positions.flags.writeable = False
    if positions.nbytes <= KEPT_BYTES:
        _kept = key, positions
    return positions


def place_particles(starts: Starts, domain: Domain, seed: int, *, n_threads: int = 1) -> NDArray[np.float64]:
    """Return the first position of every particle, float64 (particles, D).

    The same ``seed`` gives the same positions, and raising ``n`` of a random cloud only appends particles. A grid is
    listed row by row, from low to high, x first; along an axis with one point that is the middle. A ring begins at the
    greatest x and runs counter-clockwise. Takes starts that ``checks`` has accepted for the surface's dimension. The
    result is bit-identical for any number of threads.
    """
    match starts:
        case PointStarts(points=points):
            return np.array(points, dtype=np.float64)
        case GridStarts(n=n, box=box):
            return _grid(n, box or domain.axes)
        case RingStarts(center=center, radius=radius, n=n_particles):
            angles = 2 * np.pi * np.arange(n_particles) / n_particles
            return _row(center) + radius * np.stack((np.cos(angles), np.sin(angles)), axis=-1)
        case LineStarts(start=start, end=end, n=n_particles):
            shares = np.linspace(0.0, 1.0, n_particles)[:, np.newaxis]
            return (1 - shares) * _row(start) + shares * _row(end)
        case GaussianStarts(center=center, std=std, n=n_particles):
            columns = _PLACES.empty((len(center), n_particles))
            _fill(columns, 0, n_particles, _generator(seed).standard_normal, [(middle, std) for middle in center])
            return columns.T
        case UniformStarts(n=n_particles, box=box):
            return _uniform(n_particles, box or domain.axes, seed, n_threads)


def _uniform(n: int, axes: Box, seed: int, n_threads: int) -> NDArray[np.float64]:
    """Every number takes one step of the generator, which can leap: threads draw from different places at once."""
    dimension, scales = len(axes), [(low, high - low) for low, high in axes]
    columns = _PLACES.empty((dimension, n))

    def draw(begin: int, end: int) -> None:
        bits = np.random.PCG64([STREAM, seed]).advance(begin * dimension)
        _fill(columns, begin, end, np.random.Generator(bits).random, scales)

    n_parts = max(1, min(n_threads, n // WORTH_A_THREAD))
    if n_parts == 1:
        draw(0, n)
    else:
        bounds = np.linspace(0, n, n_parts + 1).astype(int).tolist()
        with ThreadPoolExecutor(n_parts, thread_name_prefix="starts") as pool:
            list(pool.map(draw, bounds[:-1], bounds[1:]))
    return columns.T


def _fill(
    columns: NDArray[np.float64],
    begin: int,
    end: int,
    draw: Callable[..., object],
    scales: Sequence[tuple[float, float]],
) -> None:
    """Fill ``columns`` (D, n) from ``begin`` to ``end`` with what ``draw`` gives particle by particle.

    For each axis it is multiplied by the second of its ``scales``, and the first is added.
    """
    drawn = np.empty((min(PIECE, end - begin), len(scales)))
    for first in range(begin, end, PIECE):
        last = min(first + PIECE, end)
        piece = drawn[: last - first]
        draw(out=piece)
        for axis, (offset, factor) in enumerate(scales):
            np.multiply(piece[:, axis], factor, out=columns[axis, first:last])
            columns[axis, first:last] += offset


def _row(point: Sequence[float]) -> NDArray[np.float64]:
    return np.array([point], dtype=np.float64)


def _generator(seed: int) -> np.random.Generator:
    return np.random.default_rng([STREAM, seed])


def _grid(n: tuple[int, ...], box: Box) -> NDArray[np.float64]:
    lines = [
        np.linspace(low, high, count) if count > 1 else np.array([low + (high - low) / 2])
        for (low, high), count in zip(box, n, strict=True)
    ]
    axes = np.meshgrid(*lines, indexing="xy")
    return np.stack([axis.ravel() for axis in axes], axis=-1)
