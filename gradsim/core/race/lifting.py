"""Lifts a textbook rule onto blocks of particles: one piece of code for every optimizer.

``lift`` writes the few lines that loop over a block and call the rule, and compiles them. The lines are compiled as if
they stood in the rule's own file, because numba's disk cache needs a file to watch: a closure would be compiled anew
at every start.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numba
from numba import types

from gradsim.core.compiled import OPTIONS, kernel
from gradsim.core.formula.tape_layout import MATRIX
from gradsim.core.optimizers.base import Rule
from gradsim.core.race import lifted_vectors  # noqa: F401  (tells numba what the vector functions of rules mean)
from gradsim.core.race.finiteness import not_finite

INTEGERS = types.int64[::1]
UPDATE_KERNEL = types.int64(MATRIX, MATRIX, MATRIX, types.int64)
PROBE_KERNEL = types.int64(MATRIX, MATRIX, MATRIX, types.int64, INTEGERS, types.float64)


@dataclass(frozen=True)
class LiftedRule:
    """A rule compiled for blocks of D-dimensional particles.

    All kernels take state, rows, factors and n: the rows of ``state`` are the D coordinates, then the state variables
    as ``Rule.state_rows`` says; ``rows`` are a surface's outputs behind its coordinates; ``factors`` (n_factors, BLOCK)
    are the learning rate, the step, and ``factor_names``. Of a factor that all particles share, only the first is read.

    Attributes:
        update: kernel that returns how many coordinates of ``state`` are not finite behind it.
        look_ahead: kernel that writes the points at which the gradient is wanted into rows 0 … D−1.
        probe: kernel that takes also flags ``asking`` and the number of probes made so far: for each particle that is
            asking it calls the probe, writes the place to rows 0 … D−1, and clears the flag when it asks no more; it
            returns how many still ask.
        factor_names: hyperparameters in factors[2:].
    """

    update: Any
    look_ahead: Any | None
    probe: Any | None
    factor_names: tuple[str, ...]


def lift(rule: Rule, dimension: int, *, varied: Collection[str] = ()) -> LiftedRule:
    """Compile ``rule`` for ``dimension`` coordinates, or load it from the cache.

    ``varied`` names the hyperparameters that differ from particle to particle.
    """
    return _lift(rule, dimension, frozenset(varied))


@functools.cache
def _lift(rule: Rule, dimension: int, varied: frozenset[str]) -> LiftedRule:
    def compiled(function: Callable[..., Any] | None, write: Callable[[_Writer], list[str]]) -> Any:
        if function is None:
            return None
        writer = _Writer(rule, function, dimension, varied)
        signature = PROBE_KERNEL if function is rule.probe else UPDATE_KERNEL
        return _compile_body(function, "\n".join(write(writer)), dimension, signature)

    return LiftedRule(
        update=compiled(rule.update, _Writer.update),
        look_ahead=compiled(rule.look_ahead, _Writer.look_ahead),
        probe=compiled(rule.probe, _Writer.probe),
        factor_names=factor_names(rule),
    )


def factor_names(rule: Rule) -> tuple[str, ...]:
    """Return the names of the hyperparameters behind the two leading factors."""
    return tuple(name for name in rule.defaults if name != "learning_rate" and name in rule.reads)


@functools.cache
def _compile_body(function: Callable[..., Any], body: str, dimension: int, signature: Any) -> Any:
    """Compile a loop around ``function``; kept in memory, because even loading from the disk cache takes 2 ms."""
    # numba keys its cache by name and bytecode but not by constants: the name must tell different texts apart.
    name = f"{function.__name__}_{dimension}d_{hashlib.sha256(body.encode()).hexdigest()[:8]}"
    extra = ", asking, probes" if signature is PROBE_KERNEL else ""
    text = f"def {name}(state, rows, factors, n{extra}):\n{body}"
    rule = numba.njit(**OPTIONS)(function)
    namespace = {"__name__": function.__module__, "rule": rule, "not_finite": not_finite}
    exec(compile(text, function.__code__.co_filename, "exec"), namespace)  # our own text: no user's formula comes here
    return kernel(signature)(namespace[name])


class _Writer:
    """Writes the lines of a kernel that calls one function of a rule for every particle of a block.

    They index the arrays rather than take views of them, which would be reference-counted.
    """

    def __init__(self, rule: Rule, function: Callable[..., Any], dimension: int, varied: frozenset[str]) -> None:
        self.rule = rule
        self.dimension = dimension
        self.parameters = tuple(inspect.signature(function).parameters)
        self.rows = {"position": range(dimension), **rule.state_rows(dimension)}
        names = ("learning_rate", "step", *factor_names(rule))
        self.shared = [f"    {name} = factors[{k}, 0]" for k, name in enumerate(names) if name not in varied]
        self.varied = [f"        {name} = factors[{k}, i]" for k, name in enumerate(names) if name in varied]

    def update(self) -> list[str]:
        lines = [*self.shared, "    n_bad = 0"]
        for known, results in self._calls():
            lines += [*self._loop(), f"        {results} = {self._call(known)}", *self._count_bad(results)]
        return [*lines, "    return n_bad"]

    def look_ahead(self) -> list[str]:
        lines = list(self.shared)
        for axis in range(self.dimension):
            lines += [*self._loop(), f"        rows[{axis}, i] = {self._call(self._coordinate(axis))}"]
        return [*lines, "    return 0"]

    def probe(self) -> list[str]:
        place = "(" + "".join(f"place_{axis}, " for axis in range(self.dimension)) + ")"
        results = ", ".join(["asks", place, *map(self._vector, self.rule.state)])
        asks = [f"            rows[{axis}, i] = place_{axis}" for axis in range(self.dimension)]
        return [
            *self.shared,
            "    n_asking = 0",
            "    for i in range(n):",
            "        if asking[i] == 0:",
            "            continue",
            *self.varied,
            f"        {results} = {self._call(self._whole())}",
            "        if asks:",
            *asks,
            "            n_asking += 1",
            "        else:",
            "            asking[i] = 0",
            "    return n_asking",
        ]

    def _calls(self) -> list[tuple[Mapping[str, str], str]]:
        """What the update reads, and what it writes: once for the whole vector, or once for each coordinate."""
        if self.rule.whole_vector:
            return [(self._whole(), ", ".join(map(self._vector, ("position", *self.rule.state))))]
        coordinates = [self._coordinate(axis) for axis in range(self.dimension)]
        return [(known, ", ".join(known[name] for name in ("position", *self.rule.state))) for known in coordinates]

    def _loop(self) -> list[str]:
        return ["    for i in range(n):", *self.varied]

    def _call(self, known: Mapping[str, str]) -> str:
        return f"rule({', '.join(known.get(name, name) for name in self.parameters)})"

    def _count_bad(self, results: str) -> list[str]:
        written = [f"state[{axis}, i]" for axis in range(self.dimension)]
        return [f"        n_bad += not_finite({each})" for each in written if each in results]

    def _coordinate(self, axis: int) -> dict[str, str]:
        known = {name: f"state[{rows[axis]}, i]" for name, rows in self.rows.items()}
        return known | {"gradient": f"rows[{self.dimension + 1 + axis}, i]", "loss": f"rows[{self.dimension}, i]"}

    def _whole(self) -> dict[str, str]:
        first = 2 * self.dimension + 1
        return {name: self._vector(name) for name in self.rows} | {
            "gradient": _tuple("rows", range(self.dimension + 1, first)),
            "hessian": _tuple("rows", range(first, first + self.dimension * (self.dimension + 1) // 2)),
            "loss": f"rows[{self.dimension}, i]",
        }

    def _vector(self, name: str) -> str:
        rows = self.rows[name]
        is_number = self.rule.shapes.get(name) == "scalar"
        return f"state[{rows[0]}, i]" if is_number else _tuple("state", rows)


def _tuple(array: str, rows: range) -> str:
    return "(" + "".join(f"{array}[{row}, i], " for row in rows) + ")"
