"""The engine moves every particle as the twins and the libraries do: rule, lifting, tape and schedule together."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from problems import PROBLEMS, STEPS, TOLERANCE, VARIANTS, agree, hyperparameters, relative_error
from stored_references import stored_references
from twins import TWINS

import gradsim
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.run import Run
from gradsim.core.scene import (
    MAX_OPTIMIZERS,
    ConstantSchedule,
    Domain,
    ExponentialSchedule,
    FormulaSurface,
    OptimizerEntry,
    PointStarts,
    Scene,
)

RATE = 0.03
SCHEDULES = {"constant": ConstantSchedule(), "falling": ExponentialSchedule(rate=RATE)}
LIBRARIES = ("pytorch", "optax", "centered")
METHODS = [(name, convention) for name, optimizer in OPTIMIZERS.items() for convention in optimizer.conventions]


def start_points(problem_name: str) -> tuple[tuple[float, float], ...]:
    """Three starts side by side, so that particles which share state by mistake would show."""
    x, y = PROBLEMS[problem_name].start
    return ((x, y), (x + 0.01, y), (x, y - 0.02))


def simulated(name: str, convention: str, problem_name: str, variant: str, schedule: str) -> tuple[Run, int]:
    """A race of many methods, and which of them this one is."""
    part, index = divmod(METHODS.index((name, convention)), MAX_OPTIMIZERS)
    return race_of(part, problem_name, variant, schedule), index


@cache
def race_of(part: int, problem_name: str, variant: str, schedule: str) -> Run:
    """As many methods in one race as a scene may have."""
    problem = PROBLEMS[problem_name]
    entries = tuple(
        OptimizerEntry(
            name=name,
            convention=convention,
            hyperparameters=hyperparameters(
                name, convention, OPTIMIZERS[name].rule(convention).defaults, problem, variant
            ),
            schedule=SCHEDULES[schedule],
        )
        for name, convention in METHODS[part * MAX_OPTIMIZERS : (part + 1) * MAX_OPTIMIZERS]
    )
    return gradsim.simulate(
        Scene(
            surface=FormulaSurface(formula=problem.formula),
            domain=Domain(x=(-5.0, 5.0), y=(-5.0, 5.0)),
            optimizers=entries,
            starts=PointStarts(points=start_points(problem_name)),
            steps=STEPS,
        )
    )


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("problem_name", PROBLEMS)
@pytest.mark.parametrize(("name", "convention"), METHODS)
def test_engine_equals_the_twin(name: str, convention: str, problem_name: str, variant: str, schedule: str) -> None:
    run, index = simulated(name, convention, problem_name, variant, schedule)
    problem = PROBLEMS[problem_name]
    h = dict(run.scene.racing[index].hyperparameters)
    if schedule == "falling":
        h["learning_rate"] = h["learning_rate"] * np.exp(-RATE * np.arange(STEPS))
    for particle, start in enumerate(start_points(problem_name)):
        theirs = TWINS[name, convention](problem, start, h, STEPS)
        assert np.abs(theirs[-1] - theirs[0]).max() > 0.01
        ours = run.positions[index, :, particle]
        assert agree(ours, theirs, lambda start: TWINS[name, convention](problem, start, h, STEPS))


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("problem_name", PROBLEMS)
@pytest.mark.parametrize(("name", "convention"), [m for m in METHODS if m[1] in LIBRARIES])
def test_engine_retraces_the_library(name: str, convention: str, problem_name: str, variant: str) -> None:
    key = f"{name}/{problem_name}/{variant}"
    references = stored_references(convention)
    theirs, h = references.paths[key], references.hyperparameters[key]
    run, index = simulated(name, convention, problem_name, variant, "constant")
    assert run.scene.racing[index].hyperparameters == h
    assert relative_error(run.positions[index, :, 0], theirs) <= TOLERANCE
