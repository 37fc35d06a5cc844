"""Lifts a textbook rule onto blocks of particles: one piece of code for every optimizer.

``lift`` writes the few lines that loop over a block and call the rule, and compiles them. The lines are compiled as if
they stood in the rule's own file, because numba's disk cache needs a file to watch: a closure would be compiled anew
at every start.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba
from numba import types
from numba.extending import overload

from gradsim.core.compiled import OPTIONS, kernel
from gradsim.core.formula.tape_kernel import MATRIX, VECTOR
from gradsim.core.optimizers.base import Rule, solve_symmetric

RULE_KERNEL = types.void(MATRIX, MATRIX, VECTOR, types.int64)


@overload(solve_symmetric)
def _overload_solve_symmetric(matrix, vector):  # type: ignore[no-untyped-def]
    def solve_1(matrix, vector):  # type: ignore[no-untyped-def]
        return (vector[0] / matrix[0],)

    def solve_2(matrix, vector):  # type: ignore[no-untyped-def]
        determinant = matrix[0] * matrix[2] - matrix[1] * matrix[1]
        return (
            (matrix[2] * vector[0] - matrix[1] * vector[1]) / determinant,
            (matrix[0] * vector[1] - matrix[1] * vector[0]) / determinant,
        )

    return solve_1 if len(vector) == 1 else solve_2


@dataclass(frozen=True)
class LiftedRule:
    """A rule compiled for blocks of D-dimensional particles.

    Attributes:
        update: kernel (state, rows, factors, n); state rows are the D coordinates, then D rows for each state variable;
            rows are a surface's outputs behind its coordinates; factors as ``factor_names`` says.
        look_ahead: kernel of the same signature that writes the points at which the gradient is wanted into rows 0 …
        D−1.
        factor_names: hyperparameters in factors[2:].
    """

    update: Any
    look_ahead: Any | None
    factor_names: tuple[str, ...]


def lift(rule: Rule, dimension: int) -> LiftedRule:
    """Compile ``rule`` for ``dimension`` coordinates, or load it from the cache."""
    return LiftedRule(
        update=_compile(rule, rule.update, dimension, _update_source),
        look_ahead=rule.look_ahead and _compile(rule, rule.look_ahead, dimension, _look_ahead_source),
        factor_names=factor_names(rule),
    )


def factor_names(rule: Rule) -> tuple[str, ...]:
    """Return the names of the hyperparameters behind the two leading factors."""
    return tuple(name for name in rule.defaults if name != "learning_rate")


def _compile(rule: Rule, function: Callable[..., Any], dimension: int, source: Callable[..., str]) -> Any:
    return _compile_body(function, source(rule, inspect.signature(function).parameters, dimension), dimension)


@functools.cache
def _compile_body(function: Callable[..., Any], body: str, dimension: int) -> Any:
    """Compile a loop around ``function``; kept in memory, because even loading from the disk cache takes 2 ms."""
    # numba keys its cache by name and bytecode but not by constants: the name must tell different texts apart.
    name = f"{function.__name__}_{dimension}d_{hashlib.sha256(body.encode()).hexdigest()[:8]}"
    text = f"def {name}(state, rows, factors, n):\n{body}"
    namespace = {"__name__": function.__module__, "rule": numba.njit(**OPTIONS)(function)}
    exec(compile(text, function.__code__.co_filename, "exec"), namespace)  # our own text: no user's formula comes here
    return kernel(RULE_KERNEL)(namespace[name])


def _factor_lines(rule: Rule) -> list[str]:
    names = ["learning_rate", "step", *factor_names(rule)]
    return [f"    {name} = factors[{index}]" for index, name in enumerate(names)]


def _update_source(rule: Rule, parameters: Any, dimension: int) -> str:
    if rule.whole_vector:
        return "\n".join([*_factor_lines(rule), *_whole_vector_loop(rule, parameters, dimension)])
    lines = _factor_lines(rule)
    for axis in range(dimension):
        entries = _entries(rule, axis, dimension) | {"gradient": f"rows[{dimension + 1 + axis}, i]"}
        results = ", ".join(entries[name] for name in ("position", *rule.state))
        lines += _loop(results, parameters, entries)
    return "\n".join(lines)


def _look_ahead_source(rule: Rule, parameters: Any, dimension: int) -> str:
    lines = _factor_lines(rule)
    for axis in range(dimension):
        lines += _loop(f"rows[{axis}, i]", parameters, _entries(rule, axis, dimension))
    return "\n".join(lines)


def _entries(rule: Rule, axis: int, dimension: int) -> dict[str, str]:
    """Where one coordinate's position and state stand, without views, which would be reference-counted."""
    rows = {"position": axis} | {name: dimension * (k + 1) + axis for k, name in enumerate(rule.state)}
    return {name: f"state[{row}, i]" for name, row in rows.items()}


def _loop(results: str, parameters: Any, entries: dict[str, str]) -> list[str]:
    arguments = ", ".join(entries.get(name, name) for name in parameters)
    return ["    for i in range(n):", f"        {results} = rule({arguments})"]


def _whole_vector_loop(rule: Rule, parameters: Any, dimension: int) -> list[str]:
    n_second = dimension * (dimension + 1) // 2

    def entries(array: str, first: int, count: int) -> str:
        return "(" + "".join(f"{array}[{first + k}, i], " for k in range(count)) + ")"

    vectors = {
        "position": entries("state", 0, dimension),
        "gradient": entries("rows", dimension + 1, dimension),
        "hessian": entries("rows", 2 * dimension + 1, n_second),
    }
    vectors |= {state: entries("state", dimension * (k + 1), dimension) for k, state in enumerate(rule.state)}
    arguments = ", ".join(vectors.get(p, p) for p in parameters)
    targets = [vectors[p] for p in ("position", *rule.state)]
    return ["    for i in range(n):", f"        {', '.join(targets)} = rule({arguments})"]
