"""When two trajectories are the same but for rounding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gradsim.core.conformance.problems import Problem

Floats = NDArray[np.float64]

TOLERANCE = 1e-12
N_SHAKEN = 8
ROUNDINGS = 10.0
"""In how many places an update rounds, of which a shaken gradient stands for one."""


@dataclass(frozen=True)
class Agreement:
    """Where two trajectories are farthest apart, or disagree most: how far that is, and how far it may be there."""

    error: float
    limit: float


def errors(ours: Floats, theirs: Floats) -> Floats:
    """Return max |ours − theirs| / max(1, |theirs|) over the coordinates, of paths (steps, D), for each step."""
    worst: Floats = np.max(np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs)), axis=1)
    return np.where(np.isnan(worst), np.inf, worst)


def agreement(ours: Floats, race: Callable[[Problem], Floats], problem: Problem) -> Agreement:
    """Compare a path (steps + 1, D) with that of ``race`` on ``problem``.

    Where the last digit of the places at which gradients are taken leads elsewhere, the last digits of nobody's path
    mean anything, and from there on ours may be as far away.
    """
    theirs = race(problem)
    apart = errors(ours, theirs)
    if apart.max() <= TOLERANCE:
        return Agreement(float(apart.max()), TOLERANCE)
    with np.errstate(all="ignore"):  # some lead into the void where the true one just does not
        shaken = [errors(race(_shaken(problem, seed)), theirs) for seed in range(N_SHAKEN)]
    return within(apart, np.maximum.accumulate(np.max(shaken, axis=0)))


def within(apart: Floats, spread: Floats) -> Agreement:
    """Return the worst of errors (steps,), each of which may be as large as what the last digit has led to."""
    limits = np.maximum(TOLERANCE, ROUNDINGS * spread)
    worst = int(np.argmax(apart if np.all(apart <= limits) else apart / limits))
    return Agreement(float(apart[worst]), float(limits[worst]))


def _shaken(problem: Problem, seed: int) -> Problem:
    """Return ``problem`` seen from places that are up to one unit in the last place aside."""
    generator = np.random.default_rng(seed)

    def aside(place: Floats) -> Floats:
        return place * (1.0 + generator.integers(-1, 2, len(place)) * np.finfo(float).eps)

    return replace(
        problem,
        value=lambda *place: problem.value(*aside(np.array(place))),
        gradient=lambda place: problem.gradient(aside(place)),
        hessian=lambda place: problem.hessian(aside(place)),
    )
