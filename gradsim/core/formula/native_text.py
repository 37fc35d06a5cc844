"""Writes a tape as LLVM code: one loop over the particles in place of one for every instruction.

The loop does the very operations of the tape in the same order, and LLVM may not contract or reorder them, so that its
results have the same bits; a test holds it to that.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradsim.core.formula.native_functions import BINARY_FUNCTIONS, UNARY_FUNCTIONS
from gradsim.core.formula.program_kernel import NOT_FINITE, UNUSUAL
from gradsim.core.formula.tape import Tape
from gradsim.core.formula.tape_layout import BLOCK, OPCODES
from gradsim.core.formula.trigonometry import SHORT_REDUCTION_LIMIT

ENTRY = "run_native"
MAX_RESULTS = 64  # numbers that a function called by the loop may return
_NAMES = {code: name for name, code in OPCODES.items()}
_ARITHMETIC = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}
_COMPARISONS = {"min": "olt", "max": "ogt", "less": "olt"}
_WITH_LIMIT = ("sin", "cos", "tan")
EXPONENT_MASK = 0x7FF0000000000000


def write_loop(tape: Tape, dimension: int) -> tuple[str, frozenset[str]]:
    """Return LLVM code of ``int64 run_native(float64 *rows, float64 *scalars, int64 n)``, and what functions it calls.

    ``rows`` are those of ``tape_kernel.run_tape``, of which only coordinates are read and only outputs are written.
    It answers as ``program_kernel`` says; f and ∇f, the first 1 + D outputs, are what has to be finite.
    """
    return _SurfaceWriter(tape, dimension).write()


class BodyWriter:
    """Holds the code of a loop's body, which is for one particle, and where the value of every row stands."""

    def __init__(self, tape: Tape, dimension: int) -> None:
        self.tape = tape
        self.dimension = dimension
        self.preamble: list[str] = []
        self.body: list[str] = []
        self.values: dict[int, str] = {}
        self.scalars: dict[int, str] = {}
        self.functions: set[str] = set()
        self.has_to_be_finite: list[str] = []
        self.is_unusual: list[str] = []
        self.arguments_with_limit: set[str] = set()
        self.n_values = self.n_calls = 0

    def run_tape(self, coordinates: str) -> None:
        """Load the coordinates from the first rows of the array ``coordinates``, and follow the tape from there."""
        for axis in range(self.dimension):
            self.values[axis] = self.load(coordinates, axis)
        for instruction in self.tape.code.tolist():
            self._translate(*instruction)
        for row in range(self.dimension, self.dimension + min(self.tape.n_outputs, 1 + self.dimension)):
            self.has_to_be_finite.append(self.values[row])

    def load(self, array: str, row: int) -> str:
        """Return the number of this particle in a row of ``array``."""
        return self.set(f"load double, ptr {self._place(array, row)}, align 8, !llvm.access.group !0")

    def store(self, value: str, array: str, row: int) -> None:
        self.body.append(f"store double {value}, ptr {self._place(array, row)}, align 8, !llvm.access.group !0")

    def not_finite(self) -> str:
        """Return a number whose exponent bits are set where anything is infinite that has to be finite."""
        # The sum is finite unless a number is not, or all are next to the largest there are: then a block is raced anew
        # for nothing. A finite sum less itself is zero; any other gives NaN, which has exponent bits.
        total, *others = self.has_to_be_finite
        for value in others:
            total = self.set(f"fadd double {total}, {value}")
        return self.set(f"bitcast double {self.set(f'fsub double {total}, {total}')} to i64")

    def unusual(self, unusual: str) -> str:
        """Return whether an argument is outside the range of its function, or ``unusual`` holds."""
        for condition in self.is_unusual:
            unusual = self.set(f"or i1 {unusual}, {condition}")
        return unusual

    def _translate(self, opcode: int, target: int, a: int, b: int, c: int) -> None:
        """Set the row ``target`` to what the instruction makes of its operands."""
        name, _, kinds = _NAMES[opcode].partition("_")
        if kinds:
            first, second = (self._operand(kind, row) for kind, row in zip(kinds, (a, b), strict=True))
            self.values[target] = self._binary(name, first, second)
        elif name == "fill":
            self.values[target] = self._operand("s", a)
        elif name == "where":
            condition = self.set(f"fcmp une double {self.values[a]}, 0.0")
            self.values[target] = self._select(condition, self.values[b], self.values[c])
        else:
            self.values[target] = self._unary(name, self.values[a])

    def _unary(self, name: str, x: str) -> str:
        if name in UNARY_FUNCTIONS:
            if name in _WITH_LIMIT:
                self._note_limit(x)
            return self._call(name, x)
        match name:
            case "copy":
                return x
            case "neg":
                return self.set(f"fneg double {x}")
            case "sign":
                positive, negative = (self.set(f"fcmp {test} double {x}, 0.0") for test in ("ogt", "olt"))
                return self._select(positive, "1.0", self._select(negative, "-1.0", x))
            case _:
                return self.set(f"call double @llvm.{'fabs' if name == 'abs' else name}.f64(double {x})")

    def _binary(self, name: str, x: str, y: str) -> str:
        if name in _ARITHMETIC:
            return self.set(f"{_ARITHMETIC[name]} double {x}, {y}")
        if name in BINARY_FUNCTIONS:
            return self._call(name, x, y)
        holds = self.set(f"fcmp {_COMPARISONS[name]} double {x}, {y}")
        if name == "less":
            return self._select(holds, "1.0", "0.0")
        is_nan = self.set(f"fcmp uno double {x}, {x}")
        return self._select(self.set(f"or i1 {holds}, {is_nan}"), x, y)

    def _call(self, name: str, *arguments: str) -> str:
        self.functions.add(name)
        self.n_calls += 1
        return self.call(name, arguments, 1)[0]

    def call(self, name: str, arguments: Iterable[str], n_results: int) -> list[str]:
        """Return what the function ``name``, as numba compiles it, makes of numbers: ``n_results`` of them."""
        listed = "".join(f", double {argument}" for argument in arguments)
        self.set(f"call i32 @{name}(ptr %result, ptr null{listed})")
        places = [self.set(f"getelementptr double, ptr %result, i64 {k}") for k in range(n_results)]
        return [self.set(f"load double, ptr {place}, align 8") for place in places]

    def _note_limit(self, x: str) -> None:
        if x not in self.arguments_with_limit:
            self.arguments_with_limit.add(x)
            magnitude = self.set(f"call double @llvm.fabs.f64(double {x})")
            self.is_unusual.append(self.set(f"fcmp uge double {magnitude}, {SHORT_REDUCTION_LIMIT:e}"))

    def _select(self, condition: str, yes: str, no: str) -> str:
        return self.set(f"select i1 {condition}, double {yes}, double {no}")

    def _operand(self, kind: str, place: int) -> str:
        """The value of a row ("v"), or of a scalar ("s"), which is loaded once for all particles."""
        if kind == "v":
            return self.values[place]
        if place not in self.scalars:
            name = self.scalars[place] = f"%s{place}"
            self.preamble.append(f"{name}p = getelementptr double, ptr %scalars, i64 {place}")
            self.preamble.append(f"{name} = load double, ptr {name}p, align 8")
        return self.scalars[place]

    def _place(self, array: str, row: int) -> str:
        start = self.set(f"getelementptr inbounds double, ptr {array}, i64 {row * BLOCK}")
        return self.set(f"getelementptr inbounds double, ptr {start}, i64 %i")

    def set(self, expression: str) -> str:
        self.n_values += 1
        self.body.append(f"%v{self.n_values} = {expression}")
        return f"%v{self.n_values}"


class _SurfaceWriter(BodyWriter):
    """Writes the outputs of the tape to their rows, for any number of particles."""

    def write(self) -> tuple[str, frozenset[str]]:
        self.run_tape("%rows")
        for row in range(self.dimension, self.dimension + self.tape.n_outputs):
            self.store(self.values[row], "%rows", row)
        bits = self.set(f"or i64 %bits, {self.not_finite()}")
        unusual = self.unusual("%unusual")
        code = (
            *begin_function(("ptr noalias align 64 %rows", "ptr noalias %scalars", "i64 %n")),
            *self.preamble,
            "br label %loop",
            "loop:",
            "%i = phi i64 [0, %entry], [%next, %loop]",
            f"%bits = phi i64 [0, %entry], [{bits}, %loop]",
            f"%unusual = phi i1 [0, %entry], [{unusual}, %loop]",
            *self.body,
            "%next = add nuw nsw i64 %i, 1",
            "%more = icmp ult i64 %next, %n",
            "br i1 %more, label %loop, label %exit, !llvm.loop !1",
            "exit:",
            *answer(bits, unusual),
            *loop_hints(),
        )
        return "\n".join(code), frozenset(self.functions)


def begin_function(parameters: Iterable[str]) -> tuple[str, ...]:
    return (
        # Or vectors that registers have no room for may straddle a page of the stack: half the speed is lost.
        f"define i64 @{ENTRY}({', '.join(parameters)}) alignstack(64) {{",
        "entry:",
        f"%result = alloca [{MAX_RESULTS} x double], align 8",
    )


def answer(bits: str, unusual: str) -> tuple[str, ...]:
    """Code that returns NOT_FINITE if exponent bits are set in ``bits``, or-ed with UNUSUAL if ``unusual`` holds."""
    return (
        f"%exponent = and i64 {bits}, {EXPONENT_MASK}",
        "%is_finite = icmp eq i64 %exponent, 0",
        f"%answer = select i1 %is_finite, i64 0, i64 {NOT_FINITE}",
        f"%usual = select i1 {unusual}, i64 {UNUSUAL}, i64 0",
        "%both = or i64 %answer, %usual",
        "ret i64 %both",
        "}",
    )


def loop_hints(n_under_way: int = 2) -> tuple[str, ...]:
    """What LLVM is told of a loop with the metadata !1: that it is to become one over vectors, and how.

    Functions are long chains of operations that wait for each other: with two vectors under way, a race on Rastrigin is
    a fifth faster.
    """
    return (
        "!0 = distinct !{}",
        "!1 = distinct !{!1, !2, !3, !4, !5}",
        '!2 = !{!"llvm.loop.parallel_accesses", !0}',
        '!3 = !{!"llvm.loop.vectorize.enable", i1 true}',
        f'!4 = !{{!"llvm.loop.interleave.count", i32 {n_under_way}}}',
        '!5 = !{!"llvm.loop.unroll.disable"}',  # in place of vectors, as of a short loop
        "",
    )
