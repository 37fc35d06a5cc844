"""Where the particles begin."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gradsim.core.buffers import BufferPool
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
_DRAWS = BufferPool()  # fresh memory takes as long as drawing into it


def count_particles(starts: Starts) -> int:
    """Return how many particles each optimizer has, without placing them."""
    match starts:
        case PointStarts(points=points):
            return len(points)
        case GridStarts(n=n):
            return math.prod(n)
        case _:
            return starts.n


def start_positions(starts: Starts, domain: Domain, seed: int) -> NDArray[np.float64]:
    """Return the first position of every particle, float64 (particles, D).

    The same ``seed`` gives the same positions, and raising ``n`` of a random cloud only appends particles. A grid is
    listed row by row, from low to high, x first; along an axis with one point that is the middle. A ring begins at the
    greatest x and runs counter-clockwise. Takes starts that ``checks`` has accepted for the surface's dimension.
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
            offsets = _DRAWS.empty((n_particles, len(center)))
            _generator(seed).standard_normal(out=offsets)
            return _moved(offsets, [std] * len(center), center)
        case UniformStarts(n=n_particles, box=box):
            axes = box or domain.axes
            shares = _DRAWS.empty((n_particles, len(axes)))
            _generator(seed).random(out=shares)
            return _moved(shares, [high - low for low, high in axes], [low for low, _ in axes])


def _moved(points: NDArray[np.float64], factors: Sequence[float], center: Sequence[float]) -> NDArray[np.float64]:
    """Return ``center + factors * points``, float64 (n, D), whose columns lie one behind the other in memory.

    So the race wants them, and to go by columns is three times as fast as by rows of one or two numbers.
    """
    n, dimension = points.shape
    columns = _DRAWS.empty((dimension, n))
    for axis, (factor, middle) in enumerate(zip(factors, center, strict=True)):
        np.multiply(points[:, axis], factor, out=columns[axis])
        columns[axis] += middle
    return columns.T


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
