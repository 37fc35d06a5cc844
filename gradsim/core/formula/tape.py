"""Compiles chosen nodes of a formula's graph into a tape for ``tape_kernel``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradsim.core.formula.graph import Node
from gradsim.core.formula.tape_layout import OPCODES

COMMUTATIVE = {"add", "mul", "min", "max"}


@dataclass(frozen=True)
class Tape:
    """Instructions over the rows of a workspace: coordinates first, then the outputs in order, then scratch.

    Attributes:
        code: int32 (n_instructions, 5), as ``tape_kernel.run_tape`` reads it.
        scalar_nodes: nodes whose values are the scalar operands, in order.
        n_outputs: how many rows after the coordinates hold results.
        n_rows: rows that the workspace must have.
    """

    code: NDArray[np.int32]
    scalar_nodes: tuple[int, ...]
    n_outputs: int
    n_rows: int

    def scalars(self, values: dict[int, float]) -> NDArray[np.float64]:
        """Return the scalar operands, float64 (n,), from the values of all scalar nodes."""
        return np.array([values[node] for node in self.scalar_nodes], dtype=np.float64)


def scalar_values(nodes: Sequence[Node], parameters: Sequence[float]) -> dict[int, float]:
    """Evaluate every node that depends on no variable, with IEEE results instead of exceptions."""
    values: dict[int, float] = {}
    with np.errstate(all="ignore"):
        for index, node in enumerate(nodes):
            if node.operation == "constant":
                values[index] = node.value
            elif node.operation == "parameter":
                values[index] = float(parameters[int(node.value)])
            elif node.operation != "variable" and all(operand in values for operand in node.operands):
                operands = (np.float64(values[operand]) for operand in node.operands)
                values[index] = float(_SCALAR_OPERATIONS[node.operation](*operands))
    return values


def compile_tape(nodes: Sequence[Node], outputs: Sequence[int], dimension: int) -> Tape:
    """Compile the nodes ``outputs`` of a graph over ``dimension`` variables; dead nodes cost nothing."""
    return _Assembler(nodes, outputs, dimension).assemble()


_SCALAR_OPERATIONS: dict[str, Callable[..., Any]] = {
    "neg": np.negative,
    "abs": np.abs,
    "sign": np.sign,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "atan": np.arctan,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "min": np.minimum,
    "max": np.maximum,
    "less": np.less,
    "where": lambda condition, a, b: a if condition != 0 else b,
}


class _Assembler:
    """Turns live nodes into instructions and gives each result a row, reusing rows after their last reading."""

    def __init__(self, nodes: Sequence[Node], outputs: Sequence[int], dimension: int) -> None:
        self.nodes = nodes
        self.outputs = outputs
        self.varying = self._find_varying()
        self.code: list[tuple[int, int, int, int, int]] = []
        self.scalar_slots: dict[int, int] = {}
        self.free_rows: list[int] = []
        self.n_rows = dimension + len(outputs)
        self.output_rows: dict[int, int] = {}
        for position, node in enumerate(outputs):
            self.output_rows.setdefault(node, dimension + position)
        self.row_of: dict[int, int] = {}
        self.dimension = dimension

    def assemble(self) -> Tape:
        live = self._find_live()
        last_use = {operand: index for index in live for operand in self.nodes[index].operands}
        for index in live:
            node = self.nodes[index]
            if node.operation == "variable":
                self.row_of[index] = int(node.value)
                continue
            temporary_rows: list[int] = []
            name, operands = self._instruction(node, temporary_rows)
            target = self.output_rows.get(index)
            if target is None:
                target = self._new_row()
            self._emit(name, target, operands)
            self.row_of[index] = target
            self.free_rows += temporary_rows
            for operand in set(node.operands) & self.varying:
                if last_use[operand] == index and self.row_of[operand] >= self.dimension + len(self.outputs):
                    self.free_rows.append(self.row_of[operand])
        self._fill_remaining_outputs()
        code = np.array(self.code, dtype=np.int32).reshape(-1, 5)
        return Tape(code, scalar_nodes=tuple(self.scalar_slots), n_outputs=len(self.outputs), n_rows=self.n_rows)

    def _find_varying(self) -> set[int]:
        varying: set[int] = set()
        for index, node in enumerate(self.nodes):
            if node.operation == "variable" or any(operand in varying for operand in node.operands):
                varying.add(index)
        return varying

    def _find_live(self) -> list[int]:
        live: set[int] = set()
        waiting = [node for node in self.outputs if node in self.varying]
        while waiting:
            index = waiting.pop()
            if index not in live:
                live.add(index)
                waiting += [operand for operand in self.nodes[index].operands if operand in self.varying]
        return sorted(live)

    def _instruction(self, node: Node, temporary_rows: list[int]) -> tuple[str, list[int]]:
        """Return the instruction's name and operands; where there is no scalar form, a scalar gets a filled row."""
        operation, operands = node.operation, list(node.operands)
        if len(operands) == 2:
            if operation in COMMUTATIVE and operands[0] not in self.varying:
                operands.reverse()
            kinds = "".join("v" if operand in self.varying else "s" for operand in operands)
            return f"{operation}_{kinds}", [self._operand(operand) for operand in operands]
        rows = []
        for operand in operands:
            if operand in self.varying:
                rows.append(self.row_of[operand])
            else:
                row = self._new_row()
                self._emit("fill", row, [self._scalar(operand)])
                temporary_rows.append(row)
                rows.append(row)
        return operation, rows

    def _operand(self, node: int) -> int:
        return self.row_of[node] if node in self.varying else self._scalar(node)

    def _scalar(self, node: int) -> int:
        return self.scalar_slots.setdefault(node, len(self.scalar_slots))

    def _new_row(self) -> int:
        if self.free_rows:
            return self.free_rows.pop()
        self.n_rows += 1
        return self.n_rows - 1

    def _emit(self, name: str, target: int, operands: list[int]) -> None:
        a, b, c = (*operands, 0, 0, 0)[:3]
        self.code.append((OPCODES[name], target, a, b, c))

    def _fill_remaining_outputs(self) -> None:
        """Outputs that are a scalar, a variable or a repetition of another output are copied."""
        for position, node in enumerate(self.outputs):
            row = self.dimension + position
            if node not in self.varying:
                self._emit("fill", row, [self._scalar(node)])
            elif self.row_of[node] != row:
                self._emit("copy", row, [self.row_of[node]])
