"""Compiles a surface and a rule to one loop of machine code that makes a whole update, with the same bits.

Between the surface and the rule nothing is then written to memory: a plain race, in which the rule takes the surface's
gradient as it is, runs up to three times as fast.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterator

from numba import types

from gradsim.core.formula.native import MAX_INSTRUCTIONS, NativeCode, compile_loop
from gradsim.core.formula.native_functions import calls_unknown, function_text
from gradsim.core.formula.native_text import MAX_RESULTS, LoopWriter
from gradsim.core.formula.tape import Tape
from gradsim.core.formula.tape_layout import BLOCK
from gradsim.core.optimizers.base import Rule
from gradsim.core.race.lifting import factor_names

_RULE = "rule"


def compile_step(tape: Tape, rule: Rule, dimension: int, *, varied: Collection[str] = ()) -> NativeCode | None:
    """Return the update of ``rule`` on the surface of ``tape`` as machine code; None where that cannot be done.

    ``varied`` names the hyperparameters that differ from particle to particle.

    The code is ``int64 (float64 *state, *rows, *scalars, *factors, *rates, int64 n, step, n_steps, first_rate,
    rate_stride)``: it replaces the state of ``n`` particles, in the rows that ``LiftedRule`` describes, by that after
    ``n_steps`` updates. The first of them is number ``step``, counted from 0, and takes the learning rate
    ``rates[first_rate]``, the next the one ``rate_stride`` behind it; one that is varied stands in ``factors``. The
    losses before the last update are written to row D of ``rows``. It answers as ``program_kernel`` says, of every f,
    ∇f, and new position; unless it answers 0, the state is worth nothing.
    """
    if len(tape.code) > MAX_INSTRUCTIONS or rule.look_ahead is not None or rule.probe is not None:
        return None
    if rule.n_rows(dimension) > MAX_RESULTS:
        return None
    text = function_text(_RULE, rule.update, _signature(rule, dimension))
    if calls_unknown(text):
        return None
    writer = _StepWriter(tape, dimension, rule, varied)
    return compile_loop(*writer.write(), more=text)


def _signature(rule: Rule, dimension: int) -> types.Type:
    """Return the numba signature of the update function: numbers, or tuples of them for a rule of the whole vector."""

    def kind(name: str) -> types.Type:
        sizes = _sizes(rule, dimension)
        return types.UniTuple(types.float64, sizes[name]) if sizes.get(name) else types.float64

    results = [kind(name) for name in ("position", *rule.state)]
    arguments = [kind(name) for name in inspect.signature(rule.update).parameters]
    return (results[0] if len(results) == 1 else types.Tuple(results))(*arguments)


def _sizes(rule: Rule, dimension: int) -> dict[str, int]:
    """Lengths of the tuples that a rule of the whole vector takes, by their names; empty for a rule of coordinates."""
    if not rule.whole_vector:
        return {}
    states = {n: len(rows) for n, rows in rule.state_rows(dimension).items() if rule.shapes.get(n) != "scalar"}
    return {"position": dimension, "gradient": dimension, "hessian": dimension * (dimension + 1) // 2, **states}


class _StepWriter(LoopWriter):
    """Calls the rule with what the tape has calculated, and writes the new state."""

    parameters = (
        "ptr noalias align 64 %state",
        "ptr noalias align 64 %rows",
        "ptr noalias %scalars",
        "ptr noalias %factors",
        "ptr noalias %rates",
        *(f"i64 %{name}" for name in ("n", "step", "n_steps", "first_rate", "rate_stride")),
    )
    before = (
        "br label %update",
        "update:",
        "%u = phi i64 [0, %entry], [%next_u, %updated]",
        "%bits_u = phi i64 [0, %entry], [%bits_made, %updated]",
        "%unusual_u = phi i1 [0, %entry], [%unusual_made, %updated]",
        "%way = mul i64 %u, %rate_stride",
        "%rate = add i64 %first_rate, %way",
        "%factor0p = getelementptr double, ptr %rates, i64 %rate",
        "%factor0 = load double, ptr %factor0p, align 8",
        "%made = add i64 %step, %u",
        "%number = add i64 %made, 1",
        "%factor1 = sitofp i64 %number to double",
        "br label %loop",
    )
    entered_from = "update"
    bits_before, unusual_before = "%bits_u", "%unusual_u"
    left_to = "updated"

    def __init__(self, tape: Tape, dimension: int, rule: Rule, varied: Collection[str]) -> None:
        super().__init__(tape, dimension)
        self.rule = rule
        self.rows = {"position": range(dimension), **rule.state_rows(dimension)}
        names = ("learning_rate", "step", *factor_names(rule))
        self.factors = {name: f"%factor{k}" for k, name in enumerate(names)}
        for k, name in enumerate(names):
            if name in varied:
                self.factors[name] = self.load("%factors", k)
            elif k >= 2:
                self.preamble.append(f"%factor{k}p = getelementptr double, ptr %factors, i64 {k * BLOCK}")
                self.preamble.append(f"%factor{k} = load double, ptr %factor{k}p, align 8")

    def behind(self, bits: str, unusual: str) -> tuple[str, ...]:
        return (
            "updated:",
            f"%bits_made = or i64 {bits}, 0",
            f"%unusual_made = or i1 {unusual}, 0",
            "%next_u = add nuw nsw i64 %u, 1",
            "%again = icmp ult i64 %next_u, %n_steps",
            "br i1 %again, label %update, label %exit",
        )

    def write(self) -> tuple[str, frozenset[str]]:
        self.run_tape("%state")
        self.store(self.values[self.dimension], "%rows", self.dimension)
        for known, targets in self._calls():
            arguments = [value for name in inspect.signature(self.rule.update).parameters for value in known[name]]
            for row, value in zip(targets, self.call(_RULE, arguments, len(targets)), strict=True):
                self.store(value, "%state", row)
                if row < self.dimension:
                    self.has_to_be_finite.append(value)
        return self.finish()

    def _calls(self) -> Iterator[tuple[dict[str, list[str]], list[int]]]:
        """Values of all that the update may read, and the rows that it writes: once, or once for each coordinate."""
        d = self.dimension
        gradient = [self.values[d + 1 + axis] for axis in range(d)]
        shared = {name: [value] for name, value in self.factors.items()} | {"loss": [self.values[d]]}
        loaded = {name: [self._loaded(row) for row in rows] for name, rows in self.rows.items()}
        if self.rule.whole_vector:
            hessian = [self.values[row] for row in range(2 * d + 1, d + self.tape.n_outputs)]
            yield (
                {**shared, **loaded, "gradient": gradient, "hessian": hessian},
                [r for rows in self.rows.values() for r in rows],
            )
            return
        for axis in range(d):
            known = {name: [values[axis]] for name, values in loaded.items()}
            yield {**shared, **known, "gradient": [gradient[axis]]}, [rows[axis] for rows in self.rows.values()]

    def _loaded(self, row: int) -> str:
        return self.values[row] if row < self.dimension else self.load("%state", row)
