"""Reads a formula into postfix instructions, by operator precedence and without recursion."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from gradsim.core.errors import FormulaError, nearest
from gradsim.core.formula.tokens import Token, shorten, tokenize
from gradsim.core.formula.vocabulary import CONSTANTS, FUNCTIONS, VARIABLES

MAX_NODES = 2_000
MAX_DEPTH = 200

_OPERATIONS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "^": "pow"}
_PRECEDENCE = {"add": 1, "sub": 1, "mul": 2, "div": 2, "neg": 3, "plus": 3, "pow": 4}
# Chains of these are one node: a sum of 1,500 terms is long, not deep.
_CHAINS = {"add": "sum", "sub": "sum", "mul": "product", "div": "product"}


class Instruction(NamedTuple):
    """One step of a formula in postfix order: pops ``n_operands`` results and pushes its own.

    ``operation`` is "constant" (``value`` its number), "variable" or "parameter" (``value`` its index), "neg", "add",
    "sub", "mul", "div", "pow" or the operation of a function. ``source[start:end]`` is the whole subexpression.
    """

    operation: str
    n_operands: int
    value: float
    start: int
    end: int


@dataclass(frozen=True)
class Expression:
    """A formula that was read: postfix ``instructions`` and the parameters' names in order of first appearance.

    ``dimension`` is 2 if ``y`` occurs, otherwise 1.
    """

    source: str
    instructions: tuple[Instruction, ...]
    parameters: tuple[str, ...]
    dimension: int


def parse(source: str) -> Expression:
    """Read ``source``; ``^`` and ``**`` are powers, names other than x, y, pi, e and functions are parameters.

    Raises FormulaError with the place of the first mistake, or when the formula is longer than 10,000 characters, has
    more than 2,000 nodes or is nested more than 200 deep, sums and products counting as one node each.
    """
    reader = _Reader(source)
    tokens = tokenize(source)
    for token, following in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
        if reader.expects_operand:
            reader.read_operand(token, following)
        else:
            reader.read_operator(token)
        reader.previous = token
    return Expression(source, tuple(reader.instructions), tuple(reader.parameters), 2 if reader.uses_y else 1)


class _Operand(NamedTuple):
    """A finished subexpression: its place in the source, its depth, and which chain ("sum", "product") it is."""

    start: int
    end: int
    depth: int
    chain: str = ""


@dataclass
class _Pending:
    """An operator or bracket whose right-hand side is still being read; brackets have precedence 0."""

    operation: str
    token: Token
    precedence: int = 0
    function: str = ""
    n_arguments: int = 1


@dataclass
class _Reader:
    source: str
    instructions: list[Instruction] = field(default_factory=list)
    parameters: dict[str, int] = field(default_factory=dict)
    uses_y: bool = False
    expects_operand: bool = True
    previous: Token | None = None
    _operands: list[_Operand] = field(default_factory=list)
    _pending: list[_Pending] = field(default_factory=list)
    _n_brackets: int = 0
    _n_nodes: int = 0

    def read_operand(self, token: Token, following: Token) -> None:
        if token.kind == "number":
            self._push_leaf("constant", float(token.text), token)
        elif token.kind == "name" and following.text == "(":
            self._check_function(token)
        elif token.kind == "name":
            self._push_name(token, following)
        elif token.text == "(":
            is_call = self.previous is not None and self.previous.kind == "name"
            function = self.previous.text if is_call and self.previous else ""
            self._open(self.previous if is_call and self.previous else token, function)
        elif token.text in ("+", "-"):
            operation = "neg" if token.text == "-" else "plus"
            self._pending.append(_Pending(operation, token, _PRECEDENCE[operation]))
        else:
            raise self._missing_operand(token)

    def read_operator(self, token: Token) -> None:
        if token.kind == "end":
            self._reduce(1)
            if self._pending:
                bracket = self._pending[-1].token
                text = self.source[bracket.start : bracket.end]
                what = f"the bracket after {text}" if bracket.kind == "name" else "'('"
                raise FormulaError(f"{what} is never closed: add )", start=bracket.start, end=bracket.end)
        elif token.text == ")":
            self._close(token)
        elif token.text == ",":
            self._next_argument(token)
        elif token.text in _OPERATIONS:
            operation = _OPERATIONS[token.text]
            # A power groups from the right, so an equal one that is pending stays pending.
            self._reduce(_PRECEDENCE[operation] + (operation == "pow"))
            self._pending.append(_Pending(operation, token, _PRECEDENCE[operation]))
            self.expects_operand = True
        else:
            raise self._missing_operator(token)

    def _push_name(self, token: Token, following: Token) -> None:
        name = token.text
        if name in FUNCTIONS:
            end, argument = token.end, "x, y" if FUNCTIONS[name].n_arguments == 2 else "x"
            if following.kind in ("number", "name") and following.text not in FUNCTIONS:
                end, argument = following.end, following.text
            call = f"{name}({argument})"
            reason = f"{name} needs an argument in brackets: write {call}"
            raise FormulaError(reason, start=token.start, end=end, suggestion=call)
        if name in VARIABLES:
            self.uses_y = self.uses_y or name == "y"
            self._push_leaf("variable", VARIABLES.index(name), token)
        elif name in CONSTANTS:
            self._push_leaf("constant", CONSTANTS[name], token)
        else:
            index = self.parameters.setdefault(name, len(self.parameters))
            self._push_leaf("parameter", index, token)

    def _check_function(self, token: Token) -> None:
        name = token.text
        if name in FUNCTIONS:
            return
        match = nearest(name.lower(), FUNCTIONS)
        if name not in VARIABLES and name not in CONSTANTS and name not in self.parameters and match:
            reason = f"unknown function {name!r}; did you mean {match!r}?"
            raise FormulaError(reason, start=token.start, end=token.end, suggestion=match)
        if name in VARIABLES or name in CONSTANTS or name in self.parameters or len(name) == 1:
            reason = f"{name!r} is not a function: to multiply write {name}*(…)"
        else:
            reason = f"unknown function {name!r}: to multiply write {name}*(…); functions are {', '.join(FUNCTIONS)}"
        raise FormulaError(reason, start=token.start, end=token.end, suggestion=f"{name}*")

    def _push_leaf(self, operation: str, value: float, token: Token) -> None:
        self._emit(operation, value, 0, token.start, token.end)
        self.expects_operand = False

    def _open(self, token: Token, function: str) -> None:
        self._n_brackets += 1
        if self._n_brackets > MAX_DEPTH:
            raise _too_deep(token.start, token.end)
        self._pending.append(_Pending("call" if function else "(", token, function=function))

    def _close(self, token: Token) -> None:
        self._reduce(1)
        if not self._pending:
            raise FormulaError("')' closes no bracket: remove it", start=token.start, end=token.end)
        opened = self._pending.pop()
        self._n_brackets -= 1
        if opened.operation == "call":
            self._call(opened, token.end)
        else:  # the brackets belong to the place of what they hold
            self._operands[-1] = self._operands[-1]._replace(start=opened.token.start, end=token.end)

    def _call(self, opened: _Pending, end: int) -> None:
        function, n_given, start = FUNCTIONS[opened.function], opened.n_arguments, opened.token.start
        if n_given < function.n_arguments or (n_given > function.n_arguments and not function.variadic):
            raise _wrong_count(opened.function, n_given, start, end)
        self._emit(function.operation, 0.0, n_given, start, end)

    def _next_argument(self, token: Token) -> None:
        self._reduce(1)
        if not self._pending or self._pending[-1].operation != "call":
            reason = "',' only separates the arguments of a function: write decimals with a point, as in 0.5"
            raise FormulaError(reason, start=token.start, end=token.end, suggestion=".")
        self._pending[-1].n_arguments += 1
        self.expects_operand = True

    def _reduce(self, precedence: int) -> None:
        """Finish the pending operators that bind at least as tightly as ``precedence``."""
        while self._pending and self._pending[-1].precedence >= precedence:
            pending = self._pending.pop()
            right = self._operands[-1]
            if pending.operation in ("neg", "plus"):
                self._emit(pending.operation, 0.0, 1, pending.token.start, right.end)
            else:
                self._emit(pending.operation, 0.0, 2, self._operands[-2].start, right.end)

    def _emit(self, operation: str, value: float, n_operands: int, start: int, end: int) -> None:
        operands = self._operands[len(self._operands) - n_operands :]
        chain = _CHAINS.get(operation, "")
        absorbed = [chain != "" and operand.chain == chain for operand in operands]
        depth = max((o.depth + (not same) for o, same in zip(operands, absorbed, strict=True)), default=1)
        self._n_nodes += 1 - sum(absorbed)
        if depth > MAX_DEPTH:
            raise _too_deep(start, end)
        if self._n_nodes > MAX_NODES:
            raise FormulaError(
                f"the formula is too large: at most {MAX_NODES:,} nodes are allowed", start=start, end=end
            )
        del self._operands[len(self._operands) - n_operands :]
        self._operands.append(_Operand(start, end, depth, chain))
        if operation != "plus":
            self.instructions.append(Instruction(operation, n_operands, value, start, end))

    def _missing_operand(self, token: Token) -> FormulaError:
        if token.text == ")" and self.previous and self.previous.text == "(":
            opened = self._pending[-1]
            if opened.operation == "call":
                return _wrong_count(opened.function, 0, opened.token.start, token.end)
            return FormulaError("the brackets are empty", start=self.previous.start, end=token.end)
        where = f"before {token.text!r}" if token.kind == "operator" else "at the end"
        return FormulaError(f"a number, a name or a bracket is missing {where}", start=token.start, end=token.end)

    def _missing_operator(self, token: Token) -> FormulaError:
        left = self.previous or token
        typed, right = self.source[left.start : left.end], self.source[token.start : token.end]
        if left.kind == token.kind == "number":
            reason = f"an operator is missing between {shorten(typed)} and {shorten(right)}"
            return FormulaError(reason, start=left.start, end=token.end)
        product = f"{typed}*{right}"
        reason = f"an operator is missing: to multiply write {shorten(product)}"
        return FormulaError(reason, start=left.start, end=token.end, suggestion=product)


def _too_deep(start: int, end: int) -> FormulaError:
    return FormulaError(
        f"the formula is nested too deeply: at most {MAX_DEPTH} levels are allowed", start=start, end=end
    )


def _wrong_count(name: str, n_given: int, start: int, end: int) -> FormulaError:
    function = FUNCTIONS[name]
    count = f"{'at least ' if function.variadic else ''}{('one', 'two')[function.n_arguments - 1]}"
    noun = "argument" if function.n_arguments == 1 else "arguments"
    example = f"{name}({'x' if function.n_arguments == 1 else 'x, y'})"
    reason = f"{name} takes {count} {noun}, not {n_given}: write for example {example}"
    return FormulaError(reason, start=start, end=end, suggestion=example if n_given == 0 else None)
