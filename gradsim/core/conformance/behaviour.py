"""Whether an optimizer does what it declares: on a bowl, at rest, at a huge learning rate, on a steeper surface."""

from __future__ import annotations

import warnings

import numpy as np

from gradsim.core.conformance.agreement import errors
from gradsim.core.conformance.findings import Finding, measured, not_applicable, refuted
from gradsim.core.conformance.problems import BOWL, PROBLEMS, learning_rate
from gradsim.core.conformance.races import Method, race, rule_of
from gradsim.core.run import DIVERGED, Run
from gradsim.core.scene import PointStarts

SETTLED = 1e-6
BOWL_STEPS, BOWL_TAIL = 10_000, 1000
HUGE_RATE = 1e12
OVERFLOWING_RATES = (1e30, 1e300)
FAR = 1e3  # on a bowl where the races begin about 3 from the minimum
STEEPNESSES = (1e8, 1e10)  # so steep that any usual ε is as good as none
UNSCALED, SCALED = 1e-3, 1e-6


def bowl(method: Method) -> Finding:
    """Stays at the minimum of a bowl in the end, or as near as it declares, at a constant learning rate."""
    rule, eta = rule_of(method), learning_rate(*method, BOWL)
    settings = {"learning_rate": eta} | {h: 0.0 for h in ("weight_decay", "lambd") if h in rule.defaults}
    run = race(method, BOWL.formula, [BOWL.start], steps=BOWL_STEPS, hyperparameters=settings)
    distance = float(np.abs(run.positions[0, -BOWL_TAIL:, 0] - (1.0, -0.5)).max())
    if rule.ends_within == 0.0:
        return measured(distance, SETTLED)
    limit = rule.ends_within * eta
    if distance <= SETTLED:
        return refuted(distance, limit, "settles at the minimum, and declares that it does not")
    return measured(distance, limit, f"within {rule.ends_within:g} η")


def zero_gradient(method: Method) -> Finding:
    """Does not move from a fresh state where the slope is zero, but by what it declares; 0/0 is no move."""
    rule = rule_of(method)
    mover = rule.leaves_rest_by
    stilled = {mover: 0.0} if mover in rule.defaults else {}
    moved = max(_moved_on_a_plain(method, stilled), _moved_without_epsilon(method))
    if mover == "curvature":
        if _at_a_saddle(method, {}).losses[0, -1, 0] >= 0.0:
            return refuted(moved, 0.0, "stays at a saddle, or climbs")
        return measured(moved, 0.0, "but by curvature")
    moved = max(moved, _moved(_at_a_saddle(method, stilled)))
    if mover and _moved_on_a_plain(method, {}) == 0.0:
        return refuted(moved, 0.0, f"is not moved by {mover}, and declares that it is")
    return measured(moved, 0.0, f"but by {mover}" if mover else "")


def _moved_on_a_plain(method: Method, settings: dict[str, float]) -> float:
    return _moved(race(method, "0*x + 0*y", [(1.5, -0.7)], steps=5, hyperparameters=settings))


def _at_a_saddle(method: Method, settings: dict[str, float]) -> Run:
    return race(method, "x^2 - 2*y^2", [(0.0, 0.0)], steps=5, hyperparameters=settings)


def _moved_without_epsilon(method: Method) -> float:
    """How far it moves along the floor of a valley that runs along the other axis, without what avoids 0/0."""
    epsilons = ("epsilon", "epsilon_root", "initial_accumulator")
    settings = {h: 0.0 for h in epsilons if h in rule_of(method).defaults}
    run = race(method, "(x^2 + 100*y^2)/2", [(1.0, 0.0)], steps=20, hyperparameters=settings)
    return np.inf if DIVERGED in run.outcomes else float(np.abs(run.positions[..., 1]).max())


def _moved(run: Run) -> float:
    """The farthest from the start in any coordinate; inf where 0/0 became no number."""
    return np.inf if DIVERGED in run.outcomes else float(np.abs(run.positions - run.positions[:, :1]).max())


def huge_rate(method: Method) -> Finding:
    """Comes to its declared outcome at a learning rate of 10¹², and raises nothing at 10³⁰⁰."""
    starts = PointStarts(points=(BOWL.start, (2.0, -2.0)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = race(method, BOWL.formula, starts, steps=200, hyperparameters={"learning_rate": HUGE_RATE})
        for rate in OVERFLOWING_RATES:
            for formula in (BOWL.formula, PROBLEMS["himmelblau"].formula):
                wild = race(method, formula, starts, steps=50, hyperparameters={"learning_rate": rate})
                if not np.isfinite(wild.positions).all():
                    return refuted(None, None, f"has a position that is no number at {rate:g}")
    farthest = float(np.abs(run.positions).max())
    if (run.outcomes == DIVERGED).all():
        found = "diverges"
    else:
        found = "jumps" if farthest > FAR else "holds"
    declared = rule_of(method).huge_rate
    if found != declared:
        return refuted(farthest, None, f"{found}, and declares that it {declared}")
    return Finding(farthest, None, True, found)


def scale(method: Method) -> Finding:
    """Goes the same way on a surface that is a hundred times as steep, if it declares so, where ε plays no part."""
    problem, rule = PROBLEMS["himmelblau"], rule_of(method)
    settings = {"learning_rate": learning_rate(*method, problem)}
    formula = f"c*({problem.formula})"
    paths = [
        race(method, formula, [problem.start], steps=25, hyperparameters=settings, parameters={"c": c}).positions
        for c in STEEPNESSES
    ]
    apart = float(errors(*(path[0, :, 0] for path in paths)).max())
    moved = float(np.abs(paths[0] - problem.start).max())
    if rule.scale_invariant:
        return measured(apart, SCALED) if moved > UNSCALED else refuted(apart, SCALED, "hardly moves")
    if apart <= UNSCALED < moved:
        return refuted(apart, None, "is scale-invariant, and declares that it is not")
    return not_applicable("feels the scale of the loss")
