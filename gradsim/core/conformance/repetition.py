"""Whether nothing but the scene decides where a particle goes: not the threads, not the other particles."""

from __future__ import annotations

import numpy as np

from gradsim.core.conformance.findings import Finding, measured
from gradsim.core.conformance.problems import PROBLEMS, learning_rate
from gradsim.core.conformance.races import Method, digests, race
from gradsim.core.scene import NoisyGradient, UniformStarts

CROWD = UniformStarts(n=600)
"""Two blocks of the engine."""
CROWD_STEPS = 40


def deterministic(method: Method) -> Finding:
    """Does the same to the last bit once more, on any number of threads."""
    problem = PROBLEMS["himmelblau"]
    hashes = [
        digests(
            race(
                method,
                problem.formula,
                CROWD,
                steps=CROWD_STEPS,
                hyperparameters={"learning_rate": learning_rate(*method, problem)},
                gradient=NoisyGradient(std=0.3),
                n_threads=n_threads,
            )
        )
        for n_threads in (1, 2)
    ]
    return measured(float(np.sum(np.array(hashes[0]) != np.array(hashes[1]))), 0.0)


def company(method: Method) -> Finding:
    """Moves a particle in a crowd as it moves the particle alone, to the last bit."""
    problem = PROBLEMS["himmelblau"]
    settings = {"learning_rate": learning_rate(*method, problem)}
    crowd = race(method, problem.formula, CROWD, steps=CROWD_STEPS, hyperparameters=settings)
    hashes, changed = digests(crowd), 0
    for particle in (0, 511, 512, CROWD.n - 1):  # at the edges of blocks
        x, y = crowd.positions[0, 0, particle].tolist()
        alone = race(method, problem.formula, [(x, y)], steps=CROWD_STEPS, hyperparameters=settings)
        changed += digests(alone) != [hashes[particle]]
    return measured(float(changed), 0.0)
