"""Runs made of numbers alone."""

from __future__ import annotations

import numpy as np

from gradsim.core.run import Run
from gradsim.core.scene import Scene


def run_of(scene: Scene, losses: np.ndarray, positions: np.ndarray | None = None) -> Run:
    """A run whose ``losses`` (optimizers, records, particles), and positions if given, are all that matters."""
    n_optimizers, n_records, n_particles = losses.shape
    return Run(
        scene=scene,
        labels=tuple("abc"[:n_optimizers]),
        steps=np.arange(n_records),
        positions=np.zeros((n_optimizers, n_records, n_particles, 2)) if positions is None else positions,
        losses=losses,
        outcomes=np.zeros((n_optimizers, n_particles), dtype=np.uint8),
        evaluations=np.tile(np.arange(n_records, dtype=float), (n_optimizers, 1)),
        particles=np.arange(n_particles),
    )
