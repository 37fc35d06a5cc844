"""Races too large to be recorded: raced once for checkpoints, and replayed from them at whatever step is asked for.

A sample of the particles is recorded as always, so that curves, events and ranks of the whole race are there at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gradsim.core.checks import check_scene
from gradsim.core.race.checkpoints import Checkpoints
from gradsim.core.race.recording import MEMORY_BUDGET, least_record_every, recorded_bytes
from gradsim.core.race.starts import count_particles
from gradsim.core.run import Run
from gradsim.core.scene import Scene
from gradsim.core.simulate import run_of, simulate

SAMPLE_SIZE = 1_000
RECORDED_SHARE = 3 / 8
"""Of the memory budget, for what is recorded whole: while a slider is dragged, there are two or three runs."""
SAMPLE_SHARE = 1 / 8


def race_or_sample(
    scene: Scene,
    *,
    memory_budget: int = MEMORY_BUDGET,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    n_threads: int | None = None,
) -> Run:
    """Simulate ``scene`` with every step recorded; where that takes too much memory, a sample of its particles.

    The others follow by ``race_all``, unless there are so few that all of them are in the sample: then one pass gives
    both the sample and the checkpoints.

    Args:
        memory_budget: bytes. What is recorded takes at most three eighths of it, a sample an eighth.

    Raises:
        SceneError, FormulaError: the scene cannot be raced.
        SimulationError: there are too many particles even for checkpoints.
        Cancelled: on request.
    """
    check_scene(scene)
    n_particles = count_particles(scene.starts)
    if recorded_bytes(scene, 1) <= RECORDED_SHARE * memory_budget:
        return simulate(scene, memory_budget=memory_budget, progress=progress, cancelled=cancelled, n_threads=n_threads)
    checkpoints = Checkpoints(scene, memory_budget=memory_budget, n_threads=n_threads)
    sample = sample_particles(n_particles)
    record_every = least_record_every(scene, int(SAMPLE_SHARE * memory_budget), len(sample)) or scene.steps
    if len(sample) == n_particles:
        recording = checkpoints.race(record_every, progress=progress, cancelled=cancelled)
        return replace(run_of(recording, checkpoints.prepared), replay=checkpoints)
    run = simulate(
        scene,
        record_every,
        particles=sample,
        memory_budget=memory_budget,
        progress=progress,
        cancelled=cancelled,
        n_threads=n_threads,
    )
    return replace(run, replay=checkpoints)


def race_all(
    run: Run,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    n_threads: int | None = None,
) -> Run:
    """Race all particles of a race of which ``run`` has a sample; return it as a run of its own.

    ``run`` itself where nothing is left to race. Raises Cancelled on request.
    """
    if run.shows_all(run.last_step):
        return run
    assert isinstance(run.replay, Checkpoints)
    run.replay.race(progress=progress, cancelled=cancelled, n_threads=n_threads)
    return replace(run)


def sample_particles(n_particles: int) -> NDArray[np.int64]:
    """Return the numbers of the particles that stand for all of them, ascending: 1,000 drawn at random, always alike.

    An even choice would take whole columns of a grid and leave others out.
    """
    if n_particles <= SAMPLE_SIZE:
        return np.arange(n_particles)
    return np.sort(np.random.default_rng(0).choice(n_particles, SAMPLE_SIZE, replace=False)).astype(np.int64)
