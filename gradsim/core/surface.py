"""A surface: a loss function with its exact gradient and Hessian, evaluated on any number of points at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gradsim.core import scene
from gradsim.core.formula.evaluation import evaluate
from gradsim.core.formula.graph import Formula, build_formula
from gradsim.core.formula.native import NativeCode, compile_native
from gradsim.core.formula.tape import Tape, compile_tape, scalar_values
from gradsim.core.formula.tape_layout import scratch

Floats = NDArray[np.float64]


class _Code:
    """A tape, and the machine code that has been compiled for it; None of what cannot be compiled."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.native: dict[Hashable, NativeCode | None] = {}
        self.compiling = threading.Lock()

    def address(self, key: Hashable) -> int:
        code = self.native.get(key)
        return 0 if code is None else code.address


@dataclass(frozen=True)
class Program:
    """A tape with its scalar operands filled in: what a kernel needs to evaluate a surface.

    The addresses of machine code are 0 while it has not been compiled; it stays there as long as this object.
    """

    scalars: Floats
    _code: _Code

    @property
    def tape(self) -> Tape:
        return self._code.tape

    @property
    def native_address(self) -> int:
        """Where the machine code of the surface begins."""
        return self.code_address(None)

    def compile_native(self, dimension: int) -> None:
        """Compile the surface, unless that has been done."""
        self.compile(None, lambda tape: compile_native(tape, dimension))

    def code_address(self, key: Hashable) -> int:
        """Where the machine code begins that was compiled under ``key``."""
        return self._code.address(key)

    def compile(self, key: Hashable, compile_tape: Callable[[Tape], NativeCode | None]) -> None:
        """Keep what ``compile_tape`` makes of the tape, alone or with what comes behind it, unless there is such code.

        ``key`` says what that is: surfaces of the same formula share the code.
        """
        with self._code.compiling:  # a second one would take the place of code that another thread is running
            if key not in self._code.native:
                self._code.native[key] = compile_tape(self._code.tape)

    def scratch(self) -> Floats:
        """A workspace of its own for one thread."""
        return scratch(self.tape.n_rows)


@dataclass(frozen=True, eq=False)
class Surface:
    """A formula with its parameters set. Thread-safe: every evaluation has a workspace of its own.

    Attributes:
        formula: the graph of value, gradient and Hessian.
        parameters: float64, in the order of ``formula.parameters``.
    """

    formula: Formula
    parameters: Floats
    _codes: dict[tuple[int, ...], _Code] = field(default_factory=dict, repr=False)

    @property
    def dimension(self) -> int:
        return self.formula.dimension

    def value(self, points: ArrayLike) -> Floats:
        """Return f at ``points`` (..., D) as float64 (...). Raises ValueError when the last axis is not D long."""
        return self._evaluate(self.value_program, points)[0]

    def gradient(self, points: ArrayLike) -> Floats:
        """Return ∇f at ``points`` (..., D) as float64 (..., D)."""
        return np.moveaxis(self._evaluate(self.gradient_program, points), 0, -1)

    def hessian(self, points: ArrayLike) -> Floats:
        """Return the Hessian at ``points`` (..., D) as float64 (..., D, D)."""
        triangle = self._evaluate(self.hessian_program, points)
        full = np.empty((*triangle.shape[1:], self.dimension, self.dimension))
        for entry, (i, j) in zip(triangle, zip(*np.triu_indices(self.dimension), strict=True), strict=True):
            full[..., i, j] = full[..., j, i] = entry
        return full

    def values_on_rows(self, x: Floats, y: Floats | None = None) -> Floats:
        """Return f at N points whose coordinates come as separate float64 (N,) arrays, for rasterisers."""
        return self._run(self.value_program, np.stack([x] if y is None else [x, y]))[0]

    def with_parameters(self, values: dict[str, float]) -> Surface:
        """Return the same formula with other parameter values; names left out are 1.0. Nothing is compiled."""
        parameters = np.array([values.get(name, 1.0) for name in self.formula.parameters], dtype=np.float64)
        return Surface(self.formula, parameters, self._codes)

    def compile_native(self) -> None:
        """Compile f and its gradient to machine code, with the same results bit for bit.

        Takes 20 to 100 ms, most of it beside other threads; without it, and until it is done, tapes are run. Surfaces
        of the same formula share the code, whatever their parameters.
        """
        for program in (self.value_program, self.first_order_program):
            program.compile_native(self.dimension)

    @cached_property
    def value_program(self) -> Program:
        """Output: f."""
        return self._program([self.formula.value])

    @cached_property
    def gradient_program(self) -> Program:
        """Outputs: the D partial derivatives."""
        return self._program(self.formula.gradient)

    @cached_property
    def hessian_program(self) -> Program:
        """Outputs: the upper triangle of the Hessian, row by row."""
        return self._program(self.formula.hessian)

    @cached_property
    def first_order_program(self) -> Program:
        """Outputs: f, then the gradient."""
        return self._program([self.formula.value, *self.formula.gradient])

    @cached_property
    def second_order_program(self) -> Program:
        """Outputs: f, the gradient, then the upper triangle of the Hessian."""
        return self._program([self.formula.value, *self.formula.gradient, *self.formula.hessian])

    @cached_property
    def _scalar_values(self) -> dict[int, float]:
        return scalar_values(self.formula.nodes, self.parameters.tolist())

    def _program(self, outputs: Sequence[int]) -> Program:
        key = tuple(outputs)
        code = self._codes.get(key)
        if code is None:  # of two threads that compile it at the same time, both take the first one's
            code = self._codes.setdefault(key, _Code(compile_tape(self.formula.nodes, key, self.dimension)))
        return Program(code.tape.scalars(self._scalar_values), code)

    def _evaluate(self, program: Program, points: ArrayLike) -> Floats:
        array = np.asarray(points, dtype=np.float64)
        if array.ndim == 0 or array.shape[-1] != self.dimension:
            raise ValueError(f"points must have shape (..., {self.dimension}), not {array.shape}")
        columns = np.require(array.reshape(-1, self.dimension).T, requirements=("C", "A", "W"))  # as the kernel's are
        return self._run(program, columns).reshape(program.tape.n_outputs, *array.shape[:-1])

    def _run(self, program: Program, columns: Floats) -> Floats:
        outputs = np.empty((program.tape.n_outputs, columns.shape[1]))
        tape, native = program.tape, program.native_address
        evaluate(native, tape.code, program.scalars, program.scratch(), columns, outputs, self.dimension)
        return outputs


_READING = threading.Lock()
"""Map and race ask for the same formula at the same time: they are to share its machine code."""


@lru_cache(maxsize=16)
def _without_parameters(source: str) -> Surface:
    """Remembered, because a slider re-simulates the same formula sixty times a second."""
    return Surface(build_formula(source), np.empty(0))


def _compile_formula(surface: scene.FormulaSurface) -> Surface:
    with _READING:
        plain = _without_parameters(surface.formula)
    return plain.with_parameters(surface.parameters)


SURFACE_KINDS: dict[type, Callable[..., Surface]] = {scene.FormulaSurface: _compile_formula}


def compile_surface(surface: scene.Surface) -> Surface:
    """Return the surface that a scene describes. Raises FormulaError where the formula cannot be read."""
    return SURFACE_KINDS[type(surface)](surface)
