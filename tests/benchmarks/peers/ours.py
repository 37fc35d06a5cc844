"""gradsim, called as its users call it."""

from __future__ import annotations

from typing import Any

import gradsim
from gradsim.core.scene import Domain, FormulaSurface, OptimizerEntry, Scene, UniformStarts
from gradsim.core.simulate import compile_race
from tests.benchmarks.peers.contender import SEED, Contender, Race, Task, as_records
from tests.benchmarks.peers.problems import DOMAIN

NAME = "gradsim"
TWO_THREADS = "gradsim, 2 threads"
UNRECORDED = "gradsim, unrecorded"


def scene_of(task: Task) -> Scene:
    return Scene(
        surface=FormulaSurface(formula=task.surface.formula),
        domain=Domain(x=DOMAIN[0], y=DOMAIN[1]),
        optimizers=(OptimizerEntry(name=task.method.name, hyperparameters=task.method.hyperparameters),),
        starts=UniformStarts(n=task.n_particles),
        steps=task.n_steps,
        seed=SEED,
    )


def _prepare(task: Task, *, n_threads: int, recorded: bool) -> Race:
    scene = scene_of(task)
    compile_race(scene)

    def race_to_the_end() -> Any:
        run = gradsim.simulate(scene, record_every=task.n_steps, n_threads=n_threads)
        return run.positions[0, -1].T

    def race_recorded() -> Any:
        run = gradsim.simulate(scene, record_every=1, n_threads=n_threads)
        return as_records(run.positions[0].swapaxes(1, 2), run.losses[0])

    return race_recorded if recorded else race_to_the_end


def contenders() -> tuple[Contender, ...]:
    return (
        Contender(NAME, lambda task: _prepare(task, n_threads=1, recorded=task.recorded)),
        Contender(TWO_THREADS, lambda task: _prepare(task, n_threads=2, recorded=task.recorded), n_cores=2),
        Contender(UNRECORDED, lambda task: _prepare(task, n_threads=1, recorded=False)),
    )


def version() -> str:
    return f"gradsim {gradsim.__version__}"
