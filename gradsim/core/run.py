"""A run: what simulating a scene gives, and the frame that it shows at any moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

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


@dataclass(frozen=True)
class Window:
    """One moment of a run, and the records that led to it.

    Attributes:
        steps: int64 (records,), ascending; they may reach beyond the moment.
        positions: float64 (optimizers, records, particles, D); losses: (optimizers, records, particles).
    """

    frame: Frame
    steps: NDArray[np.int64]
    positions: Floats
    losses: Floats


class Replay(Protocol):
    """Gives all particles of a race that is too large to be recorded, as ``gradsim.core.replay`` does."""

    @property
    def n_particles(self) -> int: ...
    @property
    def reached(self) -> int: ...
    def window_at(self, step: float, n_steps: float) -> Window: ...
    @property
    def ends(self) -> tuple[Floats, NDArray[np.uint8]] | None: ...


@dataclass(frozen=True, eq=False)
class Run:
    """The recorded trajectories of a scene's optimizers, in the order of ``scene.racing``.

    Of a race too large to be recorded, a sample of the particles is, and ``replay`` gives the others.

    Attributes:
        scene: what was simulated.
        steps: int64 (records,): updates made before each record; the first is 0 and the last ``scene.steps``.
        positions: float64 (optimizers, records, particles, D); a diverged particle keeps its last finite position.
        losses: float64 (optimizers, records, particles): the exact loss, without noise; inf once diverged.
        outcomes: uint8 (optimizers, particles): 0 running, 1 converged, 2 diverged, 3 left the domain.
        evaluations: float64 (optimizers, records): how many gradients a particle has taken before each record, on
            average: one for each update, and those at the places that a rule has probed.
        particles: int64 (particles,): their numbers in the scene: all, or those of the sample.
        replay: None where everything is recorded.
    """

    scene: Scene
    labels: tuple[str, ...]
    steps: NDArray[np.int64]
    positions: Floats
    losses: Floats
    outcomes: NDArray[np.uint8]
    evaluations: Floats
    particles: NDArray[np.int64]
    replay: Replay | None = None

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

    @property
    def n_raced(self) -> int:
        """How many particles each optimizer has, recorded or not."""
        return self.n_particles if self.replay is None else self.replay.n_particles

    @property
    def ends(self) -> tuple[Floats, NDArray[np.uint8]]:
        """Where all particles are at the last step, float64 (optimizers, particles, D), and their outcomes.

        While they are still being raced, those of the sample.
        """
        ends = None if self.replay is None else self.replay.ends
        return (self.positions[:, -1], self.outcomes) if ends is None else ends

    @property
    def reached(self) -> int:
        """The last step of which ``frame_at`` gives all particles: while they are being raced, it grows."""
        return self.last_step if self.replay is None else self.replay.reached

    def shows_all(self, step: float) -> bool:
        """Whether ``frame_at`` gives all particles at ``step``."""
        return step <= self.reached

    def frame_at(self, step: float) -> Frame:
        """Return what is to be seen at ``step`` (clipped to the run): of a replayed race, all particles, exactly.

        Of what is recorded thinly, as a sample is, places between two records are interpolated.
        """
        return self.window_at(step, 0.0).frame

    def window_at(self, step: float, n_steps: float) -> Window:
        """Return the frame at ``step`` with records that reach at least ``n_steps`` back, if the race does.

        A replay takes up to half a second: call this on a worker.
        """
        step = min(max(float(step), 0.0), float(self.last_step))
        if self.replay is not None and step <= self.replay.reached:
            return self.replay.window_at(step, n_steps)
        frame = interpolate(step, self.steps, self.positions, self.losses)
        return Window(frame, self.steps, self.positions, self.losses)


def interpolate(step: float, steps: NDArray[np.int64], positions: Floats, losses: Floats) -> Frame:
    """Return the frame at ``step``, which lies among the recorded ``steps``; linear between two of them.

    Args:
        positions: float64 (optimizers, records, particles, D); losses: (optimizers, records, particles).
    """
    left = max(0, int(np.searchsorted(steps, step, side="right")) - 1)
    if left == len(steps) - 1 or step == steps[left]:
        return Frame(step, positions[:, left], losses[:, left])
    share = (step - steps[left]) / (steps[left + 1] - steps[left])
    between = positions[:, left] * (1.0 - share) + positions[:, left + 1] * share
    before, after = losses[:, left], losses[:, left + 1]
    both = np.isfinite(before) & np.isfinite(after)
    mixed = np.where(both, before, 0.0) * (1.0 - share) + np.where(both, after, 0.0) * share
    return Frame(step, between, np.where(both, mixed, before))
