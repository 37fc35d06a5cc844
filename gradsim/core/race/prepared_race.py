"""A race made ready: its optimizers compiled, its particles at their starts, and its parts raced on several threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradsim.core.errors import Cancelled
from gradsim.core.race.arguments import WHOLE_RACE, Handover, Records
from gradsim.core.race.buffers import BufferPool
from gradsim.core.race.competitors import NONE, Competitor, PerParticle, prepare, race, with_workspace
from gradsim.core.race.jobs import RaceJob, cut, run_jobs
from gradsim.core.race.recording import row_length, writes_past_caches
from gradsim.core.race.starts import start_positions
from gradsim.core.scene import Scene
from gradsim.core.surface import Surface, compile_surface

WORTH_COMPILING = 10**8  # updates of one optimizer, which take a tape a few times as long as compiling does
_RECORDINGS = BufferPool()

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Recording:
    """What part of a race gives.

    Attributes:
        steps: int64 (records,).
        positions: float64 (optimizers, records, D, particles); particles last, so that a record of a block is one copy.
        losses: float64 (optimizers, records, particles).
        outcomes: uint8 (optimizers, particles), at the last step.
        n_probed: int64 (optimizers, records), how many gradients probes have asked for by then in this part.
    """

    steps: NDArray[np.int64]
    positions: Floats
    losses: Floats
    outcomes: NDArray[np.uint8]
    n_probed: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PreparedRace:
    """The optimizers of a scene and the particles that race.

    Attributes:
        numbers: int64 (particles,): theirs in the scene.
        starts: float64 (D, particles), C-contiguous.
    """

    scene: Scene
    surface: Surface
    competitors: tuple[Competitor, ...]
    numbers: NDArray[np.int64]
    starts: Floats

    @property
    def n_particles(self) -> int:
        return len(self.numbers)

    def compile_where_worth_it(self, cancelled: Callable[[], bool] | None = None) -> None:
        """Compile machine code if the whole race takes much longer than that. Raises Cancelled."""
        if self.n_particles * self.scene.steps >= WORTH_COMPILING:
            compile_updates(self.surface, self.competitors, n_particles=self.n_particles, cancelled=cancelled)

    def run(
        self,
        steps: NDArray[np.int64],
        n_threads: int,
        *,
        handovers: Sequence[Handover] | None = None,
        progress: Callable[[int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Recording:
        """Race to the last of ``steps``, all of which are recorded.

        Args:
            handovers: where each optimizer begins, and for whom it ends; None begins at the starts.
            progress: told now and then, on this thread, how many updates of single particles have been made.
            cancelled: polled; once true, Cancelled is raised, and what was handed on is worth nothing.
        """
        n_optimizers, (dimension, n_particles) = len(self.competitors), self.starts.shape
        width = row_length(n_particles)
        positions = _RECORDINGS.empty((n_optimizers, len(steps), dimension, width))
        losses = _RECORDINGS.empty((n_optimizers, len(steps), width))
        streams = writes_past_caches(width, positions.nbytes + losses.nbytes)
        outcomes = np.empty((n_optimizers, n_particles), dtype=np.uint8)
        jobs = cut(n_optimizers, n_particles, n_threads)
        parts = [WHOLE_RACE] * n_optimizers if handovers is None else handovers
        settings = [
            competitor.settings(self.scene, range(part.first_step, int(steps[-1])))
            for competitor, part in zip(self.competitors, parts, strict=True)
        ]
        asked = np.zeros((len(jobs), len(steps)), dtype=np.int64)  # a row each, for no two threads share a counter

        def run_job(job: RaceJob, number: int, signals: NDArray[np.int64]) -> None:
            k = job.optimizer
            race(
                self.competitors[k],
                self.scene,
                self.surface,
                self.starts,
                (job.begin, job.end),
                Records(steps, positions[k], losses[k], outcomes[k], asked[number], streams),
                signals,
                settings=with_workspace(settings[k]),
                numbers=self.numbers,
                handover=parts[k],
            )

        run_jobs(jobs, run_job, n_threads, progress=progress, cancelled=cancelled)
        probed = np.zeros((n_optimizers, len(steps)), dtype=np.int64)
        for job, counts in zip(jobs, asked, strict=True):
            probed[job.optimizer] += counts
        return Recording(steps, positions[..., :n_particles], losses[..., :n_particles], outcomes, probed)


def compile_updates(
    surface: Surface,
    competitors: Iterable[Competitor],
    *,
    n_particles: int,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Compile machine code for the surface, and for the updates of optimizers on it, unless that has been done.

    It is fit for any number of particles, and fastest for about ``n_particles``. ``cancelled`` is polled between two
    optimizers; once true, Cancelled is raised.
    """
    surface.compile_native()
    for competitor in competitors:
        if cancelled is not None and cancelled():
            raise Cancelled
        competitor.compile_native(surface, n_particles=n_particles)


def prepare_race(
    scene: Scene,
    particles: NDArray[np.int64],
    per_particle: Mapping[int, PerParticle] | None = None,
    *,
    n_threads: int = 1,
) -> PreparedRace:
    """Return the race of some ``particles``, int64 numbers, of a scene that has passed ``check_scene``."""
    surface = compile_surface(scene.surface)
    varied = per_particle or {}
    starts = start_positions(scene.starts, scene.domain, scene.seed, n_threads=n_threads)
    if len(particles) < len(starts):
        starts = starts[particles]
    return PreparedRace(
        scene=scene,
        surface=surface,
        competitors=tuple(
            prepare(entry, surface.dimension, varied.get(k, NONE)) for k, entry in enumerate(scene.racing)
        ),
        numbers=particles,
        starts=np.ascontiguousarray(starts.T),
    )
