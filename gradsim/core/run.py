"""A run: what simulating a scene gives, and the frame that it shows at any moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradsim.core.scene import Scene

RUNNING, CONVERGED, DIVERGED, LEFT_DOMAIN = range(4)
OUTCOME_NAMES = ("running", "converged", "diverged", "left the domain")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """One moment of a run.

    Attributes:
        step: real-valued; between two records, positions are interpolated linearly.
        positions: float64 (optimizers, particles, D).
        losses: float64 (optimizers, particles); inf for a particle that has diverged.
    """

    step: float
    positions: Floats
    losses: Floats


@dataclass(frozen=True, eq=False)
class Run:
    """The recorded trajectories of a scene's optimizers, in the order of ``scene.racing``.

    Attributes:
        scene: what was simulated.
        steps: int64 (records,): updates made before each record; the first is 0 and the last ``scene.steps``.
        positions: float64 (optimizers, records, particles, D); a diverged particle keeps its last finite position.
        losses: float64 (optimizers, records, particles): the exact loss, without noise; inf once diverged.
        outcomes: uint8 (optimizers, particles): 0 running, 1 converged, 2 diverged, 3 left the domain.
        evaluations: float64 (optimizers, records): how many gradients a particle has taken before each record, on
            average: one for each update, and those at the places that a rule has probed.
    """

    scene: Scene
    labels: tuple[str, ...]
    steps: NDArray[np.int64]
    positions: Floats
    losses: Floats
    outcomes: NDArray[np.uint8]
    evaluations: Floats

    @property
    def n_optimizers(self) -> int:
        return self.positions.shape[0]

    @property
    def n_particles(self) -> int:
        return self.positions.shape[2]

    @property
    def dimension(self) -> int:
        return self.positions.shape[3]

    @property
    def last_step(self) -> int:
        return int(self.steps[-1])

    def record_index(self, step: float) -> int:
        """Return the index of the last record that is not after ``step``; steps outside the run are clipped."""
        return max(0, int(np.searchsorted(self.steps, step, side="right")) - 1)

    def frame_at(self, step: float) -> Frame:
        """Return what is to be seen at ``step`` (clipped to the run), interpolated between records."""
        step = min(max(float(step), 0.0), float(self.last_step))
        left = self.record_index(step)
        if left == len(self.steps) - 1 or step == self.steps[left]:
            return Frame(step, self.positions[:, left], self.losses[:, left])
        share = (step - self.steps[left]) / (self.steps[left + 1] - self.steps[left])
        positions = self.positions[:, left] * (1.0 - share) + self.positions[:, left + 1] * share
        before, after = self.losses[:, left], self.losses[:, left + 1]
        both = np.isfinite(before) & np.isfinite(after)
        losses = np.where(both, before, 0.0) * (1.0 - share) + np.where(both, after, 0.0) * share
        return Frame(step, positions, np.where(both, losses, before))
