"""Whether an optimizer goes where its twin goes, and where the library goes that its convention is named after."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradsim.core.conformance.agreement import TOLERANCE, Agreement, agreement, errors, within
from gradsim.core.conformance.findings import Finding, measured, not_applicable, refuted
from gradsim.core.conformance.problems import CASES, LATER, PROBLEMS, STEPS, Problem, hyperparameters
from gradsim.core.conformance.races import Method, race, rule_of
from gradsim.core.conformance.references import Reference, references
from gradsim.core.conformance.twins import TWINS
from gradsim.core.run import Run
from gradsim.core.scene import ConstantSchedule, ExponentialSchedule

MOVED = 0.01
FALL = 0.03
"""Of the learning rate in each step of the twins' second race."""


def twin(method: Method) -> Finding:
    """Goes where an independent program in plain NumPy goes, which was written from the paper."""
    if method not in TWINS:
        return refuted(None, TOLERANCE, "has no twin")
    defaults = rule_of(method).defaults
    found = []
    for (problem_name, variant), fall in zip(CASES, (0.0, FALL), strict=True):
        problem = PROBLEMS[problem_name]
        settings = hyperparameters(*method, defaults, problem, variant)
        schedule = ExponentialSchedule(rate=fall) if fall else ConstantSchedule()
        run = race(method, problem.formula, [problem.start], steps=STEPS, hyperparameters=settings, schedule=schedule)
        if np.abs(run.positions[0, -1, 0] - problem.start).max() < MOVED:
            return refuted(None, TOLERANCE, f"hardly moves on {problem_name}, which proves nothing")
        rates = settings["learning_rate"] * np.exp(-fall * np.arange(STEPS))
        found.append(_beside_twin(method, problem, {**settings, "learning_rate": rates}, run))
    return _worst(found)


def _beside_twin(method: Method, problem: Problem, settings: dict[str, Any], run: Run) -> Agreement:
    def theirs(seen: Problem) -> Any:
        return TWINS[method](seen, problem.start, settings, STEPS)

    return agreement(run.positions[0, :, 0], theirs, problem)


def library(method: Method) -> Finding:
    """Goes where the library goes that it is named after, for the first 100 steps."""
    recorded = _recorded(method)
    if not recorded:
        return not_applicable("no library is the reference")
    apart = [
        errors(_retraced(method, problem, reference, STEPS).positions[0, :, 0], reference.path).max()
        for problem, reference in recorded
    ]
    return measured(float(max(apart)), TOLERANCE)


def later(method: Method) -> Finding:
    """Strays later from the library by no more than its own last digit makes the library stray."""
    recorded = _recorded(method)
    if not recorded:
        return not_applicable("no library is the reference")
    found = []
    for problem, reference in recorded:
        run = _retraced(method, problem, reference, LATER[-1])
        apart = errors(run.positions[0, list(LATER), 0], reference.later)
        found.append(within(apart, reference.spread))
    return _worst(found)


def _recorded(method: Method) -> list[tuple[Problem, Reference]]:
    name, convention = method
    known = references(convention)
    keys = [(problem, f"{name}/{problem}/{variant}") for problem, variant in CASES]
    return [(PROBLEMS[problem], known[key]) for problem, key in keys if key in known]


def _retraced(method: Method, problem: Problem, reference: Reference, steps: int) -> Run:
    return race(method, problem.formula, [problem.start], steps=steps, hyperparameters=reference.hyperparameters)


def _worst(found: list[Agreement]) -> Finding:
    broken = [each for each in found if not each.error <= each.limit]
    worst = max(broken or found, key=lambda each: each.error)
    return measured(worst.error, worst.limit, "chaotic" if worst.error > TOLERANCE else "")
