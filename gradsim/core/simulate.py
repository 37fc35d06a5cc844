"""The one driver: simulates every optimizer of a scene from every start, and records what happens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gradsim.core.buffers import BufferPool
from gradsim.core.checks import check_scene
from gradsim.core.competitors import NONE, Competitor, PerParticle, prepare, race
from gradsim.core.errors import Cancelled, SimulationError, did_you_mean, shown
from gradsim.core.formula.tape_kernel import BLOCK
from gradsim.core.optimizers import HYPERPARAMETERS, OPTIMIZERS, label_of
from gradsim.core.race_arguments import Records
from gradsim.core.recording import least_record_every, record_steps, recorded_bytes
from gradsim.core.run import Run
from gradsim.core.scene import Scene
from gradsim.core.starts import count_particles, start_positions
from gradsim.core.surface import Surface, compile_surface

MEMORY_BUDGET = 2**30  # bytes
POLL_INTERVAL_S = 0.02
WORTH_COMPILING = 10**8  # updates of one optimizer, which take a tape a few times as long as compiling does
_RECORDINGS = BufferPool()


def simulate(
    scene: Scene,
    record_every: int = 1,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    memory_budget: int = MEMORY_BUDGET,
    n_threads: int | None = None,
    per_particle: Mapping[int, PerParticle] | None = None,
) -> Run:
    """Simulate ``scene`` and return its run.

    Args:
        record_every: updates between two records; the start and the last step are always recorded.
        progress: called with the share done, 0 … 1, from the calling thread.
        cancelled: polled; once true, Cancelled is raised.
        memory_budget: bytes that the recording may take.
        n_threads: None uses every core. The result is bit-identical for any number.
        per_particle: for the number of an optimizer in ``scene.racing``, hyperparameters that differ among particles:
            float64 (particles,) each, by their names. A whole map of learning rate × momentum is one run.

    Raises:
        SceneError, FormulaError: the scene cannot be raced.
        SimulationError: the recording would not fit into the memory budget, or ``record_every`` is no whole number ≥ 1.
        Cancelled: on request.
    """
    check_scene(scene)
    if not isinstance(record_every, int | np.integer) or record_every < 1:
        raise SimulationError(f"record_every must be a whole number of at least 1, got {shown(record_every)}")
    _check_budget(scene, record_every=int(record_every), memory_budget=memory_budget)
    surface = compile_surface(scene.surface)
    starts = np.ascontiguousarray(start_positions(scene.starts, scene.domain, scene.seed).T)
    varied = _checked(per_particle or {}, scene, starts.shape[1])
    competitors = [prepare(entry, surface.dimension, varied.get(k, NONE)) for k, entry in enumerate(scene.racing)]
    if starts.shape[1] * scene.steps >= WORTH_COMPILING:
        _compile(competitors, surface)
    recording = _allocate(len(competitors), starts.shape, record_steps(scene.steps, record_every))
    evaluations = _race(
        scene, surface, starts, competitors, recording, n_threads or os.cpu_count() or 1, progress, cancelled
    )
    return Run(
        scene=scene,
        labels=tuple(label_of(entry) for entry in scene.racing),
        steps=recording.steps,
        positions=recording.positions.transpose(0, 1, 3, 2),
        losses=recording.losses,
        outcomes=recording.outcomes,
        evaluations=evaluations,
    )


def compile_race(scene: Scene) -> None:
    """Compile machine code for the surface of ``scene`` and for the updates of its optimizers, unless that is done.

    Races and maps then run up to three times as fast, with the same results bit for bit. Takes 20 to 100 ms for each
    optimizer, mostly beside other threads; ``simulate`` does it by itself where the race is long enough.

    Raises FormulaError or SceneError where the scene cannot be raced.
    """
    check_scene(scene)
    surface = compile_surface(scene.surface)
    _compile([prepare(entry, surface.dimension) for entry in scene.racing], surface)


def _compile(competitors: Iterable[Competitor], surface: Surface) -> None:
    surface.compile_native()
    for competitor in competitors:
        competitor.compile_native(surface)


def _checked(per_particle: Mapping[int, PerParticle], scene: Scene, n_particles: int) -> dict[int, PerParticle]:
    """Return ``per_particle`` as contiguous float64. Raises SimulationError where it does not fit the scene."""
    checked: dict[int, PerParticle] = {}
    for optimizer, arrays in per_particle.items():
        if not 0 <= optimizer < len(scene.racing):
            raise SimulationError(f"per_particle names optimizer {optimizer}, but {len(scene.racing)} race")
        entry = scene.racing[optimizer]
        rule = OPTIMIZERS[entry.name].rule(entry.convention)
        known = [name for name in rule.defaults if name == "learning_rate" or name in rule.reads]
        for name, values in arrays.items():
            place = f"per_particle[{optimizer}]"
            if name not in known:
                raise SimulationError(
                    f"{place}: {entry.name} has no hyperparameter {shown(name)}{did_you_mean(name, known)}"
                )
            if np.shape(values) != (n_particles,):
                raise SimulationError(f"{place}[{name!r}] must have shape ({n_particles},), got {np.shape(values)}")
            wrong = [value for value in np.unique(values).tolist() if not HYPERPARAMETERS[name].accepts(value)]
            if wrong:
                raise SimulationError(f"{place}[{name!r}] must be {HYPERPARAMETERS[name].range_text}, got {wrong[0]!r}")
        checked[optimizer] = {name: np.ascontiguousarray(values, dtype=np.float64) for name, values in arrays.items()}
    return checked


def _check_budget(scene: Scene, *, record_every: int, memory_budget: int) -> None:
    size = recorded_bytes(scene, record_every)
    if size <= memory_budget:
        return
    fitting = least_record_every(scene, memory_budget)
    if fitting is None:
        least_size = recorded_bytes(scene, scene.steps)
        raise SimulationError(
            f"recording the start and end of {count_particles(scene.starts):,} particles alone takes "
            f"{least_size / 2**30:.1f} GiB, over the budget of {memory_budget / 2**30:g} GiB; use fewer particles"
        )
    raise SimulationError(
        f"recording every {record_every} steps takes {size / 2**30:.1f} GiB, over the budget of "
        f"{memory_budget / 2**30:g} GiB; record_every={fitting} (--every {fitting}) fits"
    )


@dataclass(frozen=True)
class _Recording:
    """The arrays of all optimizers that the kernel fills, particles last, so that a record of a block is one copy."""

    steps: NDArray[np.int64]
    positions: NDArray[np.float64]
    losses: NDArray[np.float64]
    outcomes: NDArray[np.uint8]

    def of(self, optimizer: int) -> Records:
        """The arrays of one optimizer, shared with this, with counters of its own."""
        return Records(
            steps=self.steps,
            positions=self.positions[optimizer],
            losses=self.losses[optimizer],
            outcomes=self.outcomes[optimizer],
            evaluations=np.zeros(len(self.steps), dtype=np.int64),
        )


def _allocate(n_optimizers: int, starts_shape: tuple[int, ...], steps: NDArray[np.int64]) -> _Recording:
    dimension, n_particles = starts_shape
    return _Recording(
        steps=steps,
        positions=_RECORDINGS.empty((n_optimizers, len(steps), dimension, n_particles)),
        losses=_RECORDINGS.empty((n_optimizers, len(steps), n_particles)),
        outcomes=np.empty((n_optimizers, n_particles), dtype=np.uint8),
    )


def _chunks(n_particles: int, n_threads: int, n_optimizers: int) -> Iterator[tuple[int, int]]:
    """Split the particles at block boundaries, into enough chunks to keep every thread busy: each costs 0.1 ms."""
    n_blocks = -(-n_particles // BLOCK)
    n_chunks = min(n_blocks, max(1, -(-4 * n_threads // n_optimizers))) if n_threads > 1 else 1
    bounds = np.linspace(0, n_blocks, n_chunks + 1).astype(int) * BLOCK
    yield from ((int(a), min(int(b), n_particles)) for a, b in pairwise(bounds))


def _race(
    scene: Scene,
    surface: Surface,
    starts: NDArray[np.float64],
    competitors: list[Competitor],
    recording: _Recording,
    n_threads: int,
    progress: Callable[[float], None] | None,
    cancelled: Callable[[], bool] | None,
) -> NDArray[np.float64]:
    """Fill ``recording``; return how many gradients a particle has taken on average, float64 (optimizers, records)."""
    n_particles = starts.shape[1]
    jobs = [
        (index, begin, end)
        for index in range(len(competitors))
        for begin, end in _chunks(n_particles, n_threads, len(competitors))
    ]
    records = [recording.of(index) for index, _, _ in jobs]
    signals = np.zeros((len(jobs), 2), dtype=np.int64)  # a row each, so that no two threads write to one counter

    def run_job(job: int) -> None:
        index, begin, end = jobs[job]
        race(competitors[index], scene, surface, starts, (begin, end), records[job], signals[job])

    if n_threads == 1 and progress is None and cancelled is None:
        for job in range(len(jobs)):
            run_job(job)
        return _mean_evaluations(recording, jobs, records)
    total = len(competitors) * n_particles * (scene.steps + 1)
    with ThreadPoolExecutor(n_threads, thread_name_prefix="race") as pool:
        pending = {pool.submit(run_job, job) for job in range(len(jobs))}
        try:
            while pending:
                done, pending = wait(pending, timeout=POLL_INTERVAL_S if progress or cancelled else None)
                if cancelled is not None and cancelled():
                    raise Cancelled
                for future in done:
                    future.result()
                if progress is not None and total:
                    progress(float(signals[:, 1].sum()) / total)
        except BaseException:  # an interrupt from the keyboard too: the pool waits for its kernels before it lets go
            signals[:, 0] = 1
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return _mean_evaluations(recording, jobs, records)


def _mean_evaluations(
    recording: _Recording, jobs: Sequence[tuple[int, int, int]], records: Sequence[Records]
) -> NDArray[np.float64]:
    """Return one for each update, and what the probes of all jobs have asked for, as ``Run.evaluations``."""
    n_optimizers, n_particles = recording.outcomes.shape
    asked = np.zeros((n_optimizers, len(recording.steps)), dtype=np.int64)
    for (index, _, _), filled in zip(jobs, records, strict=True):
        asked[index] += filled.evaluations
    return recording.steps + asked / n_particles
