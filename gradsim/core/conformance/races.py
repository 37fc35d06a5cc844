"""One optimizer raced by the engine, from a scene as everyone else's, for the checks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradsim.core.optimizers import OPTIMIZERS, Rule
from gradsim.core.run import Run
from gradsim.core.scene import Domain, FormulaSurface, OptimizerEntry, Point, PointStarts, Scene, Starts
from gradsim.core.simulate import simulate

Method = tuple[str, str]
"""The name of an optimizer and one of its conventions."""

DOMAIN = Domain(x=(-5.0, 5.0), y=(-5.0, 5.0))


def rule_of(method: Method) -> Rule:
    """Return the rule that the table has for ``method``."""
    name, convention = method
    return OPTIMIZERS[name].rule(convention)


def race(
    method: Method,
    formula: str,
    starts: Starts | Sequence[Point],
    *,
    steps: int,
    hyperparameters: Mapping[str, float] | None = None,
    parameters: Mapping[str, float] | None = None,
    n_threads: int = 1,
    **entry: Any,
) -> Run:
    """Race the optimizer and convention ``method`` on ``formula``, and record every step.

    What ``hyperparameters`` leaves out takes its default; ``entry`` says more about it, such as its schedule.
    """
    name, convention = method
    scene = Scene(
        surface=FormulaSurface(formula=formula, parameters=dict(parameters or {})),
        domain=DOMAIN,
        optimizers=(
            OptimizerEntry(name=name, convention=convention, hyperparameters=dict(hyperparameters or {}), **entry),
        ),
        starts=PointStarts(points=tuple(starts)) if isinstance(starts, Sequence) else starts,
        steps=steps,
    )
    return simulate(scene, n_threads=n_threads)


def digests(run: Run) -> list[str]:
    """Return a hash for each particle of all that was recorded of it."""
    texts = []
    for particle in range(run.n_particles):
        recorded = (run.positions[:, :, particle], run.losses[:, :, particle], run.outcomes[:, particle])
        texts.append(hashlib.sha256(b"".join(np.ascontiguousarray(each).tobytes() for each in recorded)).hexdigest())
    return texts
