"""Every convention of every optimizer passes every check of the conformance table, and what is false does not pass."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradsim.core.conformance.checks import CHECKS, Method, methods
from gradsim.core.conformance.problems import CASES, LATER, PROBLEMS, STEPS, UNUSUAL
from gradsim.core.conformance.races import race
from gradsim.core.conformance.references import LIBRARIES, recorded_with, references
from gradsim.core.conformance.twins import TWINS
from gradsim.core.optimizers import HYPERPARAMETERS, OPTIMIZERS
from gradsim.core.run import DIVERGED

METHODS = methods()
OF_LIBRARIES = [(name, convention) for name, convention in METHODS if convention in LIBRARIES]
every_method = pytest.mark.parametrize("method", METHODS, ids="-".join)


@pytest.mark.parametrize("check", CHECKS)
@every_method
def test_method_passes(check: str, method: Method) -> None:
    finding = CHECKS[check].measure(method)
    assert finding.holds, finding


def test_there_is_a_twin_for_every_convention_and_for_nothing_else() -> None:
    assert set(TWINS) == set(METHODS)


def test_every_library_convention_is_recorded_and_nothing_else() -> None:
    recorded = {(key.split("/")[0], library) for library in LIBRARIES for key in references(library)}
    assert recorded == set(OF_LIBRARIES)


@pytest.mark.parametrize("method", OF_LIBRARIES, ids="-".join)
def test_left_out_hyperparameters_take_the_defaults_of_the_library(method: Method) -> None:
    name, library = method
    theirs = references(library)[f"{name}/rosenbrock/default"].hyperparameters
    ours = OPTIMIZERS[name].rule(library).defaults
    assert {**theirs, "learning_rate": None} == {**ours, "learning_rate": None}


@pytest.mark.parametrize("library", LIBRARIES)
def test_references_are_of_today_s_problems(library: str) -> None:
    today = {name: {"formula": PROBLEMS[name].formula, "start": list(PROBLEMS[name].start)} for name, _ in CASES}
    assert all(metadata["problems"] == today for metadata in recorded_with(library))
    for reference in references(library).values():
        assert reference.path.shape == (STEPS + 1, 2)
        assert reference.later.shape == (len(LATER), 2)
        assert np.abs(reference.path[-1] - reference.path[0]).max() > 0.01  # the library did move
    used = [reference.hyperparameters for reference in references(library).values()]
    assert {k: v for each in used for k, v in each.items() if v == UNUSUAL.get(k)}


def declare(method: Method, monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """Let the table say something else of ``method``."""
    name, convention = method
    optimizer = OPTIMIZERS[name]
    rule = replace(optimizer.rule(convention), **changes)
    monkeypatch.setitem(OPTIMIZERS, name, replace(optimizer, conventions={**optimizer.conventions, convention: rule}))


@pytest.mark.parametrize(
    ("method", "check", "declaration"),
    [
        (("sign_descent", "paper"), "bowl", {"ends_within": 0.0}),
        (("sign_descent", "paper"), "bowl", {"ends_within": 0.5}),
        (("momentum", "paper"), "bowl", {"ends_within": 1.0}),
        (("adamw", "pytorch"), "zero_gradient", {"leaves_rest_by": ""}),
        (("adam", "pytorch"), "zero_gradient", {"leaves_rest_by": "weight_decay"}),
        (("negative_curvature", "paper"), "zero_gradient", {"leaves_rest_by": ""}),
        (("newton", "paper"), "zero_gradient", {"leaves_rest_by": "curvature"}),
        (("momentum", "paper"), "huge_rate", {"huge_rate": "jumps"}),
        (("adam", "pytorch"), "huge_rate", {"huge_rate": "diverges"}),
        (("line_search", "paper"), "huge_rate", {"huge_rate": "jumps"}),
        (("adam", "pytorch"), "scale", {"scale_invariant": False}),
        (("momentum", "paper"), "scale", {"scale_invariant": True}),
    ],
)
def test_a_false_declaration_does_not_pass(
    method: Method, check: str, declaration: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(method, monkeypatch, **declaration)
    assert not CHECKS[check].measure(method).holds


def adam_one_power_late(position, gradient, m, v, learning_rate, beta1, beta2, epsilon, step):
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    scale = math.sqrt(v / (1.0 - beta2 ** (step + 1.0))) + epsilon
    return position - learning_rate * m / (1.0 - beta1**step) / scale, m, v


def adam_with_epsilon_inside(position, gradient, m, v, learning_rate, beta1, beta2, epsilon, step):
    m = beta1 * m + (1.0 - beta1) * gradient
    v = beta2 * v + (1.0 - beta2) * gradient * gradient
    scale = math.sqrt(v / (1.0 - beta2**step) + epsilon)
    return position - learning_rate * m / (1.0 - beta1**step) / scale, m, v


@pytest.mark.parametrize("rule", [adam_one_power_late, adam_with_epsilon_inside])
def test_a_wrong_rule_agrees_neither_with_its_twin_nor_with_the_library(
    rule: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = ("adam", "optax")
    declare(method, monkeypatch, update=rule)
    assert not CHECKS["twin"].measure(method).holds
    assert not CHECKS["library"].measure(method).holds


def half_momentum(position, gradient, velocity, learning_rate, momentum):
    velocity = momentum * velocity + (1.0 - momentum) * gradient
    return position - learning_rate * 0.5 * (gradient + velocity), velocity


def test_a_new_optimizer_joins_by_existing_and_lacks_only_its_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    method = ("half_momentum", "paper")
    rule = replace(OPTIMIZERS["momentum"].rule("ema"), update=half_momentum)
    row = replace(OPTIMIZERS["momentum"], name="half_momentum", conventions={"paper": rule})
    monkeypatch.setitem(OPTIMIZERS, "half_momentum", row)
    assert method in methods()
    assert [name for name, check in CHECKS.items() if not check.measure(method).holds] == ["twin"]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_hyperparameters_lead_to_an_outcome(data: st.DataObject) -> None:
    method = data.draw(st.sampled_from(METHODS))
    values = {}
    for name in OPTIMIZERS[method[0]].rule(method[1]).defaults:
        row = HYPERPARAMETERS[name]
        low, high = max(row.low, -1e300), min(row.high, 1e300)
        values[name] = data.draw(st.floats(low, high, exclude_max=row.high_open), label=name)
    places = st.floats(-5.0, 5.0)
    start = data.draw(st.tuples(places, places))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = race(method, PROBLEMS["himmelblau"].formula, [start], steps=20, hyperparameters=values)
    assert np.isfinite(run.positions).all()
    assert tuple(run.positions[0, 0, 0]) == start
    assert (run.outcomes == DIVERGED).any() == np.isinf(run.losses).any()
