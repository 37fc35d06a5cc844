"""Races the rules as the plain Python functions that they are, without the engine."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradsim.core.conformance.problems import Problem
from gradsim.core.optimizers import Rule


def follow(rule: Rule, problem: Problem, start: Any, hyperparameters: Mapping[str, Any], steps: int) -> np.ndarray:
    """Return the positions (steps + 1, D) that ``rule`` visits.

    ``learning_rate`` may be one number for each step; what ``hyperparameters`` leaves out takes its default.
    """
    hyperparameters = {**rule.defaults, **hyperparameters}
    rates = np.broadcast_to(np.asarray(hyperparameters["learning_rate"], dtype=float), (steps,))
    position = tuple(float(value) for value in start)
    state = {name: _initial(rule, name, position, hyperparameters) for name in rule.state}
    decay = hyperparameters["weight_decay"] if rule.couples_weight_decay else 0.0
    path = [position]
    for step, rate in enumerate(rates, start=1):
        known: dict[str, Any] = {**hyperparameters, "learning_rate": float(rate), "step": float(step)}
        seen = _look(problem, _look_ahead(rule, position, state, known), decay)
        for probes in range(rule.max_probes):
            asks, place, *values = _call(
                rule.probe, {**known, **state, **seen, "position": position, "probes": float(probes)}
            )
            state = dict(zip(rule.state, values, strict=True))
            if not asks:
                break
            seen = _look(problem, place, decay)
        position, state = _update(rule, position, state, {**known, **seen})
        path.append(position)
    return np.array(path)


def _initial(rule: Rule, name: str, start: tuple[float, ...], hyperparameters: Mapping[str, Any]) -> Any:
    source = rule.initial_state.get(name)
    if source == "position":
        return start
    value = float(hyperparameters[source]) if source else 0.0
    sizes = {"scalar": 0, "vector": len(start), "triangle": len(start) * (len(start) + 1) // 2}
    size = sizes[rule.shapes.get(name, "vector")]
    return (value,) * size if size else value


def _look(problem: Problem, place: tuple[float, ...], decay: float) -> dict[str, Any]:
    """What a rule sees at ``place``."""
    point = np.array(place)
    gradient = tuple(float(value) for value in problem.gradient(point) + decay * point)
    upper = tuple(float(value) for value in problem.hessian(point)[np.triu_indices(len(place))])
    return {"loss": float(problem.value(*place)), "gradient": gradient, "hessian": upper}


def _look_ahead(rule: Rule, position: tuple[float, ...], state: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
    if rule.look_ahead is None:
        return position
    return tuple(_call(rule.look_ahead, column) for column in _columns(position, state, known))


def _update(rule: Rule, position: tuple[float, ...], state: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
    """Return the new position and state."""
    if rule.whole_vector:
        answer = _call(rule.update, {**known, **state, "position": position})
        position, *values = answer if rule.state else (answer,)
        return position, dict(zip(rule.state, values, strict=True))
    columns = _columns(position, state, known)
    answers = [
        _call(rule.update, {**column, "gradient": g}) for column, g in zip(columns, known["gradient"], strict=True)
    ]
    rows = [answer if rule.state else (answer,) for answer in answers]
    return tuple(row[0] for row in rows), {
        name: tuple(row[k] for row in rows) for k, name in enumerate(rule.state, start=1)
    }


def _columns(position: tuple[float, ...], state: Mapping[str, Any], known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is known of each coordinate."""
    return [
        {**known, "position": position[d], **{name: values[d] for name, values in state.items()}}
        for d in range(len(position))
    ]


def _call(function: Any, known: Mapping[str, Any]) -> Any:
    return function(**{name: known[name] for name in inspect.signature(function).parameters})
