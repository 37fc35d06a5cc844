"""Races the rules as the plain Python functions that they are, without the engine."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
from problems import Problem

from gradsim.core.optimizers import Rule


def follow(rule: Rule, problem: Problem, start: Any, hyperparameters: Mapping[str, Any], steps: int) -> np.ndarray:
    """Return the positions (steps + 1, D) that ``rule`` visits; ``learning_rate`` may be one number for each step."""
    rates = np.broadcast_to(np.asarray(hyperparameters["learning_rate"], dtype=float), (steps,))
    position = tuple(float(value) for value in start)
    state = {
        name: [float(hyperparameters.get(rule.initial_state.get(name), 0.0))] * len(position) for name in rule.state
    }
    path = [position]
    for step, rate in enumerate(rates, start=1):
        known: dict[str, Any] = {**hyperparameters, "learning_rate": float(rate), "step": float(step)}
        columns = [
            {**known, "position": position[d], **{name: values[d] for name, values in state.items()}}
            for d in range(len(position))
        ]
        wanted = position if rule.look_ahead is None else tuple(_call(rule.look_ahead, column) for column in columns)
        gradient = tuple(float(value) for value in problem.gradient(np.array(wanted)))
        if rule.whole_vector:
            hessian = problem.hessian(np.array(wanted))
            upper = tuple(float(value) for value in hessian[np.triu_indices(len(position))])
            position = _call(rule.update, {**known, "position": position, "gradient": gradient, "hessian": upper})
        else:
            answers = [
                _call(rule.update, {**column, "gradient": g}) for column, g in zip(columns, gradient, strict=True)
            ]
            rows = [answer if rule.state else (answer,) for answer in answers]
            position = tuple(row[0] for row in rows)
            state = {name: [row[k] for row in rows] for k, name in enumerate(rule.state, start=1)}
        path.append(position)
    return np.array(path)


def _call(function: Any, known: Mapping[str, Any]) -> Any:
    return function(**{name: known[name] for name in inspect.signature(function).parameters})
