"""The table row of every convention of every optimizer is complete and consistent."""

from __future__ import annotations

import pytest
from interpreted import follow

from gradsim.core.conformance.agreement import TOLERANCE, errors
from gradsim.core.conformance.problems import PROBLEMS, STEPS, hyperparameters, unusual
from gradsim.core.optimizers import HYPERPARAMETERS, OPTIMIZERS

METHODS = [(name, convention) for name, optimizer in OPTIMIZERS.items() for convention in optimizer.conventions]
every_method = pytest.mark.parametrize(("name", "convention"), METHODS)


@every_method
def test_every_hyperparameter_but_the_rate_changes_the_path(name: str, convention: str) -> None:
    rule, problem = OPTIMIZERS[name].rule(convention), PROBLEMS["himmelblau"]
    usual = hyperparameters(name, convention, rule.defaults, problem, "default")
    path = follow(rule, problem, problem.start, usual, STEPS)
    for hyperparameter in set(rule.defaults) - {"learning_rate"}:
        other = follow(rule, problem, problem.start, {**usual, hyperparameter: unusual(name, hyperparameter)}, STEPS)
        assert errors(other, path).max() > 1e3 * TOLERANCE, hyperparameter


@every_method
def test_rule_names_only_what_it_declares(name: str, convention: str) -> None:
    rule = OPTIMIZERS[name].rule(convention)
    wanted = set(rule.reads) | ({"weight_decay"} if rule.couples_weight_decay else set())
    declared = {"position", "gradient", "loss", "step", *rule.state, *rule.defaults}
    declared |= {"hessian"} if rule.whole_vector else set()
    declared |= {"probes"} if rule.probe is not None else set()
    assert wanted <= declared
    assert set(rule.state) <= wanted
    assert set(rule.defaults) <= wanted | set(rule.initial_state.values())
    assert set(rule.initial_state) <= set(rule.state)
    assert set(rule.initial_state.values()) <= {*rule.defaults, "position"}
    assert set(rule.shapes) <= set(rule.state)
    assert rule.whole_vector or not (rule.shapes or rule.probe)
    assert (rule.max_probes > 0) == (rule.probe is not None)


@every_method
def test_formula_is_one_line_with_a_reference(name: str, convention: str) -> None:
    rule = OPTIMIZERS[name].rule(convention)
    assert rule.reference
    assert rule.formula
    assert "\n" not in rule.formula


@every_method
def test_defaults_are_accepted_and_fit_their_sliders(name: str, convention: str) -> None:
    for hyperparameter, value in OPTIMIZERS[name].rule(convention).defaults.items():
        row = HYPERPARAMETERS[hyperparameter]
        low, high = row.slider
        assert row.accepts(value)
        assert low <= value <= high or (value == 0.0 and row.logarithmic)  # 0 is off, at the slider's left end
        assert row.accepts(low)
        assert row.accepts(high)
        assert low > 0 or not row.logarithmic


def test_tables_are_keyed_by_name() -> None:
    assert all(name == optimizer.name for name, optimizer in OPTIMIZERS.items())
    assert all(name == hyperparameter.name for name, hyperparameter in HYPERPARAMETERS.items())
    assert set(HYPERPARAMETERS) == {n for o in OPTIMIZERS.values() for r in o.conventions.values() for n in r.defaults}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_pytorch_is_the_default_convention_where_it_exists(name: str) -> None:
    optimizer = OPTIMIZERS[name]
    assert optimizer.default_convention == ("pytorch" if "pytorch" in optimizer.conventions else "paper")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_exact_gradient_descent_is_never_labelled_sgd(name: str) -> None:
    optimizer = OPTIMIZERS[name]
    known_as = "" if name == "asgd" else name  # PyTorch's name of it, under which it is looked for in scenes
    shown = f"{known_as} {optimizer.title} {optimizer.group} {optimizer.character}".lower()
    assert "sgd" not in shown
    assert "stochastic" not in shown


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("learning_rate", (0.0, 1e6), (-1e-9, float("inf"), float("nan"))),
        ("momentum", (0.0, 1.0), (-0.1, 1.01)),
        ("beta1", (0.0, 0.9999), (-0.1, 1.0)),
        ("beta2", (0.0, 0.9999), (-0.1, 1.0)),
        ("momentum_decay", (0.0, 2.0), (-1e-12,)),
        ("decay", (0.0, 0.9999), (-0.1, 1.0)),
        ("epsilon", (0.0, 1.0), (-1e-12,)),
        ("epsilon_root", (0.0, 1.0), (-1e-12,)),
        ("weight_decay", (0.0, 2.0), (-1e-12,)),
        ("initial_accumulator", (0.0, 2.0), (-1e-12,)),
        ("radius", (0.0, 2.0), (-1e-12,)),
        ("damping", (0.0, 1e6), (-1e-9,)),
        ("initial_radius", (0.0, 2.0), (-1e-12,)),
        ("gamma", (0.0, 2.0), (-1e-12,)),
        ("interval", (1.0, 2.5, 1e6), (0.0, 0.99)),
        ("lowest_loss", (-1e9, 1e9), (float("inf"), float("-inf"))),
        ("nu", (0.0, 1.0), (-0.1, 1.1)),
        ("eta_minus", (0.0, 0.99), (-0.1, 1.0)),
        ("eta_plus", (1.0, 3.0), (0.99,)),
        ("min_step_size", (0.0, 1.0), (-1e-12,)),
        ("max_step_size", (0.0, 100.0), (-1e-12,)),
        ("contraction", (0.0, 0.99), (-0.1, 1.0)),
        ("sufficient_decrease", (0.0, 0.99), (-0.1, 1.0)),
        ("lambd", (0.0, 1.0), (-1e-12,)),
        ("power", (0.0, 2.0), (-0.1,)),
        ("trust_coefficient", (0.0, 1.0), (-1e-12,)),
        ("beta3", (0.0, 0.9999), (-0.1, 1.0)),
        ("alpha", (0.0, 50.0), (-0.1,)),
        ("nu1", (0.0, 1.0), (-0.1, 1.01)),
        ("nu2", (0.0, 1.0), (-0.1, 1.01)),
        ("interpolation", (0.0, 1.0), (-0.1, 1.01)),
        ("initial_distance", (0.0, 10.0), (-1e-12,)),
    ],
)
def test_ranges(name: str, inside: tuple[float, ...], outside: tuple[float, ...]) -> None:
    assert all(HYPERPARAMETERS[name].accepts(value) for value in inside)
    assert not any(HYPERPARAMETERS[name].accepts(value) for value in outside)
