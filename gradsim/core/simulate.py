"""The one driver: simulates every optimizer of a scene from every start, and records what happens."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from gradsim.core.checks import check_scene
from gradsim.core.errors import BudgetError, SimulationError, did_you_mean, shown
from gradsim.core.optimizers import HYPERPARAMETERS, OPTIMIZERS, label_of
from gradsim.core.race.competitors import PerParticle, prepare
from gradsim.core.race.prepared_race import PreparedRace, Recording, compile_updates, prepare_race
from gradsim.core.race.recording import MEMORY_BUDGET, least_record_every, record_steps, recorded_bytes
from gradsim.core.race.starts import count_particles
from gradsim.core.run import Run
from gradsim.core.scene import Scene
from gradsim.core.surface import compile_surface


def simulate(
    scene: Scene,
    record_every: int = 1,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    memory_budget: int = MEMORY_BUDGET,
    n_threads: int | None = None,
    per_particle: Mapping[int, PerParticle] | None = None,
    particles: NDArray[np.int64] | None = None,
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
        particles: int64, numbers of the particles that race, ascending; None for all of the scene's. What becomes of
            them does not depend on the others.

    Raises:
        SceneError, FormulaError: the scene cannot be raced.
        SimulationError: the recording would not fit into the memory budget, or ``record_every`` is no whole number ≥ 1.
        Cancelled: on request.
    """
    check_scene(scene)
    if not isinstance(record_every, int | np.integer) or record_every < 1:
        raise SimulationError(f"record_every must be a whole number of at least 1, got {shown(record_every)}")
    numbers = _numbers(particles, count_particles(scene.starts))
    _check_budget(scene, len(numbers), record_every=int(record_every), memory_budget=memory_budget)
    n_threads = n_threads or os.cpu_count() or 1
    race = prepare_race(scene, numbers, _checked(per_particle or {}, scene, len(numbers)), n_threads=n_threads)
    race.compile_where_worth_it(cancelled)
    total = max(1, len(scene.racing) * len(numbers) * (scene.steps + 1))
    recording = race.run(
        record_steps(scene.steps, record_every),
        n_threads,
        progress=None if progress is None else lambda made: progress(made / total),
        cancelled=cancelled,
    )
    return run_of(recording, race)


def _numbers(particles: NDArray[np.int64] | None, n_particles: int) -> NDArray[np.int64]:
    """Return the numbers of those that race, C-contiguous. Raises SimulationError for one that the scene has not."""
    if particles is None:
        return np.arange(n_particles)
    numbers = np.ascontiguousarray(particles, dtype=np.int64)
    if len(numbers) and not (numbers.min() >= 0 and numbers.max() < n_particles):
        raise SimulationError(f"particles must be numbers from 0 to {n_particles - 1:,}, got {shown(particles)}")
    return numbers


def run_of(recording: Recording, race: PreparedRace) -> Run:
    """Return what has been recorded of a whole ``race`` as a run."""
    return Run(
        scene=race.scene,
        labels=tuple(label_of(entry) for entry in race.scene.racing),
        steps=recording.steps,
        positions=recording.positions.transpose(0, 1, 3, 2),
        losses=recording.losses,
        outcomes=recording.outcomes,
        evaluations=recording.steps + recording.n_probed / race.n_particles,
        particles=race.numbers,
    )


def compile_race(scene: Scene, *, cancelled: Callable[[], bool] | None = None) -> None:
    """Compile machine code for the surface of ``scene`` and for the updates of its optimizers, unless that is done.

    Races and maps then run up to three times as fast, with the same results bit for bit. Takes 20 to 100 ms for each
    optimizer, mostly beside other threads; ``simulate`` does it by itself where the race is long enough.

    Raises FormulaError or SceneError where the scene cannot be raced, and Cancelled once ``cancelled()``, which is
    polled between two optimizers.
    """
    check_scene(scene)
    surface = compile_surface(scene.surface)
    competitors = [prepare(entry, surface.dimension) for entry in scene.racing]
    compile_updates(surface, competitors, n_particles=count_particles(scene.starts), cancelled=cancelled)


def _checked(per_particle: Mapping[int, PerParticle], scene: Scene, n_particles: int) -> dict[int, PerParticle]:
    """Return ``per_particle`` as contiguous float64. Raises SimulationError where it does not fit the scene."""
    checked: dict[int, PerParticle] = {}
    for optimizer, arrays in per_particle.items():
        if not 0 <= optimizer < len(scene.racing):
            raise SimulationError(f"per_particle names optimizer {optimizer}, but {len(scene.racing)} race")
        entry = scene.racing[optimizer]
        rule = OPTIMIZERS[entry.name].rule(entry.convention)
        known = [
            name
            for name in rule.defaults
            if name == "learning_rate" or name in rule.reads or (name == "weight_decay" and rule.couples_weight_decay)
        ]
        for name, values in arrays.items():
            place = f"per_particle[{optimizer}]"
            if name not in known:
                raise SimulationError(
                    f"{place}: {entry.name} has no hyperparameter {shown(name)}{did_you_mean(name, known)}"
                )
            if np.shape(values) != (n_particles,):
                raise SimulationError(f"{place}[{name!r}] must have shape ({n_particles},), got {np.shape(values)}")
            extremes = [float(np.min(values)), float(np.max(values))] if n_particles else []
            wrong = [value for value in extremes if not HYPERPARAMETERS[name].accepts(value)]
            if wrong:
                raise SimulationError(f"{place}[{name!r}] must be {HYPERPARAMETERS[name].range_text}, got {wrong[0]!r}")
        checked[optimizer] = {name: np.ascontiguousarray(values, dtype=np.float64) for name, values in arrays.items()}
    return checked


def _check_budget(scene: Scene, n_particles: int, *, record_every: int, memory_budget: int) -> None:
    size = recorded_bytes(scene, record_every, n_particles)
    if size <= memory_budget:
        return
    fitting = least_record_every(scene, memory_budget, n_particles)
    if fitting is None:
        least_size = recorded_bytes(scene, scene.steps, n_particles)
        raise BudgetError(
            f"recording the start and end of {n_particles:,} particles alone takes "
            f"{least_size / 2**30:.1f} GiB, over the budget of {memory_budget / 2**30:g} GiB",
            least_budget=least_size,
        )
    raise SimulationError(
        f"recording every {record_every} steps takes {size / 2**30:.1f} GiB, over the budget of "
        f"{memory_budget / 2**30:g} GiB; record_every={fitting} (--every {fitting}) fits"
    )
