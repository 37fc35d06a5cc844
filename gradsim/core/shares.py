"""Which share of the particles ends in which minimum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradsim.core.distances import nearest_distances, nearest_places
from gradsim.core.run import DIVERGED, LEFT_DOMAIN, Run

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

DOMAIN_SHARE = 0.05  # of the domain's shorter side: farther from a minimum than that is not in it


@dataclass(frozen=True, eq=False)
class Shares:
    """Where the particles of a run have ended.

    Attributes:
        minima: int64 (optimizers, minima): how many particles ended in each minimum.
        elsewhere: int64 (optimizers,): inside the domain, but in no minimum: on their way, swinging, or stuck.
        left_domain: int64 (optimizers,): outside the domain, and in no minimum.
        diverged: int64 (optimizers,).
    """

    minima: Counts
    elsewhere: Counts
    left_domain: Counts
    diverged: Counts

    @property
    def counts(self) -> Counts:
        """All of them in this order, int64 (optimizers, minima + 3); each row adds up to the number of particles."""
        return np.column_stack([self.minima, self.elsewhere, self.left_domain, self.diverged])


def ending_radii(minima: Floats, others: Floats, domain: Floats) -> Floats:
    """Return how near to each minimum a particle must be to have ended in it, float64 (n,).

    Half the way to the nearest other critical point, beyond which the particle might belong to another one, but at most
    a twentieth of the domain's shorter side.

    Args:
        minima: float64 (n, D), all different.
        others: float64 (m, D), the critical points that are no minima.
        domain: float64 (D, 2).
    """
    radii = np.full(len(minima), DOMAIN_SHARE * float((domain[:, 1] - domain[:, 0]).min()))
    for k in range(len(minima)):
        rest = np.concatenate([np.delete(minima, k, axis=0), others])
        if len(rest):
            radii[k] = min(radii[k], 0.5 * float(nearest_distances(minima[k], rest)))
    return radii


def final_shares(run: Run, minima: Floats, others: Floats) -> Shares:
    """Count where the particles of ``run`` are at its last step.

    Args:
        minima: float64 (n, D): where a particle may end (maxima when the goal is to maximise); n may be 0.
        others: float64 (m, D): the other critical points.
    """
    positions, outcomes = run.ends
    n_optimizers, n_particles, dimension = positions.shape
    place = np.full((n_optimizers, n_particles), -1)
    if len(minima):
        nearest, distances = nearest_places(positions, minima)
        radii = ending_radii(minima, others.reshape(-1, dimension), np.array(run.scene.domain.axes))
        place = np.where(distances <= radii[nearest], nearest, -1)
    diverged = outcomes == DIVERGED
    place[diverged] = -1
    left = (outcomes == LEFT_DOMAIN) & (place < 0)
    counts = np.zeros((n_optimizers, len(minima)), dtype=np.int64)
    for row, places in zip(counts, place, strict=True):
        row[:] = np.bincount(places[places >= 0], minlength=len(minima))
    n_left, n_diverged = left.sum(axis=1), diverged.sum(axis=1)
    return Shares(counts, n_particles - counts.sum(axis=1) - n_left - n_diverged, n_left, n_diverged)
