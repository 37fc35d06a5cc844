"""Compiles a surface and a rule to one loop of machine code that makes a whole update, with the same bits.

Between the surface and the rule nothing is then written to memory: a plain race, in which the rule takes the surface's
gradient as it is, runs up to three times as fast.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Iterator

from numba import types

from gradsim.core.formula.native import MAX_INSTRUCTIONS, NativeCode, compile_loop
from gradsim.core.formula.native_functions import calls_unknown, function_text
from gradsim.core.formula.native_text import (
    EXPONENT_MASK,
    MAX_RESULTS,
    BodyWriter,
    answer,
    begin_function,
    loop_hints,
)
from gradsim.core.formula.tape import Tape
from gradsim.core.formula.tape_layout import BLOCK, MAX_STRIP
from gradsim.core.optimizers.base import Rule
from gradsim.core.race.lifting import factor_names
from gradsim.core.race.streaming import LANES, LINE_BYTES

FEW_CALLS = 4
"""Surfaces that call more functions race 5 % faster with four vectors under way, others with two."""

FEW_PARTICLES = LANES
"""Races of so many have code of their own, with one vector under way: it takes half the time on Ackley's function."""

_RULE = "rule"
_PARAMETERS = (
    "ptr noalias align 64 %state",
    "ptr noalias align 64 %rows",
    "ptr noalias %scalars",
    "ptr noalias %factors",
    "ptr noalias %rates",
    *(f"i64 %{name}" for name in ("n", "step", "n_steps", "first_rate", "rate_stride")),
    *(f"i64 %{name}" for name in ("positions", "losses", "row_length")),
)
_LINE = f"<{LANES} x double>"
_PAST_CACHES = 9  # the number of a metadata node


def compile_step(
    tape: Tape, rule: Rule, dimension: int, *, varied: Collection[str] = (), is_few: bool = False
) -> NativeCode | None:
    """Return the update of ``rule`` on the surface of ``tape`` as machine code; None where that cannot be done.

    ``varied`` names the hyperparameters that differ from particle to particle. ``is_few`` makes it fast for
    ``FEW_PARTICLES``; it takes any number.

    The code is ``int64 (float64 *state, *rows, *scalars, *factors, *rates, int64 n, step, n_steps, first_rate,
    rate_stride, positions, losses, row_length)``: it replaces the state of ``n`` particles, in the rows that
    ``LiftedRule`` describes, by that after ``n_steps`` updates. The first of them is number ``step``, counted from 0,
    and takes the learning rate ``rates[first_rate]``, the next the one ``rate_stride`` behind it; one that is varied
    stands in ``factors``. The losses before the last update are written to row D of ``rows``. It answers as
    ``program_kernel`` says, of every f, ∇f, and new position; unless it answers 0, the state is worth nothing.

    Particles are raced in strips of up to ``MAX_STRIP``; what stands behind the last of them in its strip is raced as
    well. Unless ``positions`` is 0, positions and losses before each update are written past the caches, from the
    addresses ``positions`` and ``losses`` on, in rows of ``row_length``, up to the end of the last particle's line.
    """
    if len(tape.code) > MAX_INSTRUCTIONS or rule.look_ahead is not None or rule.probe is not None:
        return None
    if rule.n_rows(dimension) > MAX_RESULTS:
        return None
    text = function_text(_RULE, rule.update, _signature(rule, dimension))
    if calls_unknown(text):
        return None
    writer = _StepWriter(tape, dimension, rule, varied)
    return compile_loop(*writer.write(is_few), more=text)


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


class _StepWriter(BodyWriter):
    """Calls the rule with what the tape has calculated, and writes the new state.

    Particles are raced strip by strip: a loop over as many as are under way at once becomes a piece of code without
    loops or remainders, beside which records can be written while it runs.
    """

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

    def write(self, is_few: bool) -> tuple[str, frozenset[str]]:
        self.run_tape("%state")
        self.store(self.values[self.dimension], "%rows", self.dimension)
        for known, targets in self._calls():
            arguments = [value for name in inspect.signature(self.rule.update).parameters for value in known[name]]
            for row, value in zip(targets, self.call(_RULE, arguments, len(targets)), strict=True):
                self.store(value, "%state", row)
                if row < self.dimension:
                    self.has_to_be_finite.append(value)
        self._note_what_is_seen()
        n_under_way = 1 if is_few else 2 if self.n_calls <= FEW_CALLS else MAX_STRIP // LANES
        return self._update(n_under_way), frozenset(self.functions)

    def _note_what_is_seen(self) -> None:
        """Keep for each place in a strip what has not been finite in it, and in the lowest bit what was unusual."""
        place = self.set("getelementptr inbounds i64, ptr %seen, i64 %k")
        seen = self.set(f"load i64, ptr {place}, align 8, !llvm.access.group !0")
        for sign in (
            self.set(f"and i64 {self.not_finite()}, {EXPONENT_MASK}"),
            self.set(f"zext i1 {self.unusual('false')} to i64"),
        ):
            seen = self.set(f"or i64 {seen}, {sign}")
        self.body.append(f"store i64 {seen}, ptr {place}, align 8, !llvm.access.group !0")

    def _update(self, n_under_way: int) -> str:
        n_strip, rows = n_under_way * LANES, range(self.dimension)
        code = (
            *begin_function(_PARAMETERS),
            f"%seen = alloca <{n_strip} x i64>, align 64",
            f"store <{n_strip} x i64> zeroinitializer, ptr %seen, align 64",
            "%is_recorded = icmp ne i64 %positions, 0",
            f"%record_length = mul i64 %row_length, {self.dimension}",
            *self.preamble,
            "br label %update",
            "update:",
            "%u = phi i64 [0, %entry], [%next_u, %updated]",
            "%way = mul i64 %u, %rate_stride",
            "%rate = add i64 %first_rate, %way",
            "%factor0p = getelementptr double, ptr %rates, i64 %rate",
            "%factor0 = load double, ptr %factor0p, align 8",
            "%made = add i64 %step, %u",
            "%number = add i64 %made, 1",
            "%factor1 = sitofp i64 %number to double",
            "%position_place = mul i64 %u, %record_length",
            "%loss_place = mul i64 %u, %row_length",
            "br label %strip",
            "strip:",
            "%s = phi i64 [0, %update], [%end_s, %raced]",
            f"%end_s = add nuw nsw i64 %s, {n_strip}",
            "%is_last = icmp uge i64 %end_s, %n",
            "%line_end = select i1 %is_last, i64 %n, i64 %end_s",
            "br i1 %is_recorded, label %place, label %race",
            *_stream("place", "strip", "race", [("%state", axis, "%positions", "%position_place") for axis in rows]),
            "race:",
            "br label %loop",
            "loop:",
            "%k = phi i64 [0, %race], [%next, %loop]",
            "%i = add nuw nsw i64 %s, %k",
            *self.body,
            "%next = add nuw nsw i64 %k, 1",
            f"%more = icmp ult i64 %next, {n_strip}",
            "br i1 %more, label %loop, label %looped, !llvm.loop !1",
            "looped:",
            "br i1 %is_recorded, label %loss, label %raced",
            *_stream("loss", "looped", "raced", [("%rows", self.dimension, "%losses", "%loss_place")]),
            "raced:",
            "br i1 %is_last, label %updated, label %strip",
            "updated:",
            "%next_u = add nuw nsw i64 %u, 1",
            "%again = icmp ult i64 %next_u, %n_steps",
            "br i1 %again, label %update, label %exit",
            "exit:",
            f"%all_seen = load <{n_strip} x i64>, ptr %seen, align 64",
            f"%bits = call i64 @llvm.vector.reduce.or.v{n_strip}i64(<{n_strip} x i64> %all_seen)",
            "%is_unusual = trunc i64 %bits to i1",
            *answer("%bits", "%is_unusual"),
            *loop_hints(n_under_way),
            f"!{_PAST_CACHES} = !{{i32 1}}",
            "",
        )
        return "\n".join(code)

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


def _stream(name: str, before: str, behind: str, rows: Iterable[tuple[str, int, str, str]]) -> Iterator[str]:
    """Yield code that copies the particles of a strip to records, past the caches.

    Args:
        name: of the block of code, which is entered from ``before`` and leads to ``behind``.
        rows: for each the array and the number of its row, the address of the records and the place of this one.
    """
    yield f"{name}:"
    yield f"%{name}_i = phi i64 [%s, %{before}], [%{name}_next, %{name}]"
    for k, (array, row, records, place) in enumerate(rows):
        this = f"%{name}{k}"
        yield f"{this}_row = getelementptr inbounds double, ptr {array}, i64 {row * BLOCK}"
        yield f"{this}_from = getelementptr inbounds double, ptr {this}_row, i64 %{name}_i"
        yield f"{this}_line = load {_LINE}, ptr {this}_from, align {LINE_BYTES}"
        yield f"{this}_records = inttoptr i64 {records} to ptr"
        yield f"{this}_record = getelementptr inbounds double, ptr {this}_records, i64 {place}"
        yield f"{this}_offset = mul i64 %row_length, {k}"
        yield f"{this}_begin = getelementptr inbounds double, ptr {this}_record, i64 {this}_offset"
        yield f"{this}_to = getelementptr inbounds double, ptr {this}_begin, i64 %{name}_i"
        yield f"store {_LINE} {this}_line, ptr {this}_to, align {LINE_BYTES}, !nontemporal !{_PAST_CACHES}"
    yield f"%{name}_next = add nuw nsw i64 %{name}_i, {LANES}"
    yield f"%{name}_more = icmp ult i64 %{name}_next, %line_end"
    yield f"br i1 %{name}_more, label %{name}, label %{behind}"
