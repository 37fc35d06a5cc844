"""Do all contenders run the same race? Checked before anything is timed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tests.benchmarks.peers.contender import Contender, Task

TOLERANCE = 1e-9
N_STEPS, N_PARTICLES = 10, 1000


def check_agreement(contenders: Sequence[Contender], task: Task) -> float:
    """Race ``task`` for a few steps; return the largest difference from the first contender.

    Raises RuntimeError when a contender's positions or losses differ by more than TOLERANCE, relative to 1 or, if that
    is greater, to the value.
    """
    short = replace(task, n_steps=N_STEPS, n_particles=min(task.n_particles, N_PARTICLES))
    expected = _arrays(contenders[0].prepare(short)())
    worst = 0.0
    for contender in contenders[1:]:
        found = _arrays(contender.prepare(short)())
        for a, b in zip(found, expected, strict=True):
            if a.shape != b.shape:
                raise RuntimeError(f"{contender.name} gave {a.shape} where {contenders[0].name} gave {b.shape}")
            difference = float(np.max(np.abs(a - b) / np.maximum(1.0, np.abs(b))))
            if not difference <= TOLERANCE:
                race = f"{short.surface.name}, {short.method.title}"
                raise RuntimeError(f"{contender.name} is {difference:.1e} off {contenders[0].name} ({race})")
            worst = max(worst, difference)
    return worst


def _arrays(result: Any) -> list[Any]:
    return [np.array(part) for part in (result if isinstance(result, tuple) else (result,))]
