r"""The LaTeX in which rules are written down, read so that it can be said in plain text, worked out and filled in.

An equation is a line such as ``m \leftarrow \beta_1 m + (1 - \beta_1) g``. ``\leftarrow`` updates a variable, ``=``
defines one that lines below it use, and words in front (``\text{at first }``) say when it holds. So does a condition,
as in ``\text{if } s > 0\text{: } a \leftarrow b``; with ``while`` it is made again and again. On the right may stand
sums, products, ``\frac``, ``\sqrt``, powers, brackets, magnitudes ``\lvert v \rvert``, norms ``\lVert g \rVert`` and
``\lVert s \rVert_1``, inner products ``\langle g, x \rangle``, ``\max(a, b)``, ``\min(a, b)``, ``\operatorname{sign}``,
and the loss ``f(…)`` and its gradient ``\nabla f(…)`` somewhere else. A symbol is a letter, perhaps with an index or an
accent: ``\hat v``, ``\bar g``, ``\beta_1``, ``f_{*}``.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

GRADIENT = r"\nabla f"
LOSS = "f"
LOSS_ELSEWHERE = r"f(\cdot)"
"""Under which ``evaluate`` finds the loss as a function; the loss at the position is a number under ``f``."""
_GREEK = "alpha beta gamma delta eta theta kappa lambda mu nu xi rho sigma tau varphi psi omega Delta"
_LETTERS = {
    **{rf"\{name}": letter for name, letter in zip(_GREEK.split(), "αβγδηθκλμνξρστφψωΔ", strict=True)},
    r"\varepsilon": "ε",
    r"\infty": "∞",
    GRADIENT: "∇f",
}
_ACCENTS = {r"\hat": "\u0302", r"\bar": "\u0304"}
_RAISED = str.maketrans("0123456789+-tT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵗᵀ")
_LOWERED = str.maketrans("0123456789+-aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_TOKEN = re.compile(r"\\nabla f|\\text\{[^}]*\}|\\operatorname\{\w+\}|\\[A-Za-z]+|\\,|\d+(?:\.\d+)?|\S")
_BARS = {r"\lvert": (r"\rvert", "|"), r"\lVert": (r"\rVert", "‖")}
_RELATIONS: Mapping[str, tuple[str, Callable[[float, float], bool]]] = {
    "<": ("<", operator.lt),
    ">": (">", operator.gt),
    "=": ("=", operator.eq),
    r"\le": ("≤", operator.le),
    r"\ge": ("≥", operator.ge),
}
_COLON = r"\text{: }"
_AND = r"\text{ and }"
_ENDS_OF_TERM = (
    *(None, "+", "-", ")", "}", ",", r"\rangle", _COLON, _AND),
    *_RELATIONS,
    *(closing for closing, _ in _BARS.values()),
)
# They say in a word what no single line can.
_UNKNOWN = (r"\operatorname{argmin}", r"\operatorname{bisect}", r"\operatorname{BFGS}", r"\operatorname{last5}")
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    r"\max": max,
    r"\min": min,
    **dict.fromkeys(_UNKNOWN, lambda *_: math.nan),
    r"\operatorname{clip}": lambda value, limit: max(-limit, min(value, limit)),
    r"\operatorname{diag}": lambda value: value,
    r"\operatorname{mod}": lambda value, divisor: value % divisor,
    r"\operatorname{sign}": lambda value: math.copysign(1.0, value) if value else 0.0,
}

Values = Mapping[str, "float | Callable[[float], float]"]


@dataclass(frozen=True)
class Expression:
    """A node of a formula.

    ``kind`` is ``number``, ``symbol`` (``text`` is its LaTeX), ``sum`` (``signs`` go with the parts), ``product``,
    ``fraction``, ``root``, ``power``, ``magnitude`` (``text`` is the opening bar, ``index`` says which norm), ``inner``
    (product), ``call`` (``text`` is the function's LaTeX).
    """

    kind: str
    text: str = ""
    parts: tuple[Expression, ...] = ()
    signs: tuple[str, ...] = ()
    index: str = ""


@dataclass(frozen=True)
class Condition:
    """When a line is made: ``word`` is "if", "while" or "within"; ``comparisons`` are relations between expressions."""

    word: str
    comparisons: tuple[tuple[Expression, str, Expression], ...]

    def holds(self, values: Values) -> bool:
        return all(
            _RELATIONS[relation][1](_evaluate(left, values), _evaluate(right, values))
            for left, relation, right in self.comparisons
        )

    @property
    def plain_text(self) -> str:
        texts = (f"{_plain(left)} {_RELATIONS[sign][0]} {_plain(right)}" for left, sign, right in self.comparisons)
        return f"{self.word} {' and '.join(texts)}: "


@dataclass(frozen=True)
class Equation:
    """One line of a rule: ``target`` is the LaTeX of a symbol; ``words`` or a condition may stand in front."""

    target: Expression
    relation: str
    expression: Expression
    words: str = ""
    condition: Condition | None = None

    def applies(self, values: Values) -> bool:
        """Whether its condition holds, if it has one."""
        return self.condition is None or self.condition.holds(values)

    @property
    def repeats(self) -> bool:
        """Whether it is made as long as it applies, instead of once."""
        return self.condition is not None and self.condition.word == "while"

    def evaluate(self, values: Values) -> float:
        r"""Return the right-hand side for ``values`` by LaTeX symbol; that of ``\nabla f`` is a function."""
        return _evaluate(self.expression, values)

    def fill(self, texts: Mapping[str, str]) -> str:
        """Return the right-hand side as LaTeX with ``texts`` in place of the symbols that it names."""
        return _latex(self.expression, texts)

    @property
    def plain_text(self) -> str:
        arrow = "←" if self.relation == r"\leftarrow" else "="
        before = self.condition.plain_text if self.condition is not None else self.words
        return f"{before}{_plain(self.target)} {arrow} {_plain(self.expression)}"


@lru_cache(maxsize=512)
def parse_equation(latex: str) -> Equation:
    """Read one line. Raises ValueError for what is not in the notation."""
    reader = _Reader(latex)
    words = reader.take()[6:-1] if (reader.next or "").startswith(r"\text{") else ""
    condition = reader.read_condition(words.strip()) if words in ("if ", "while ", "within ") else None
    target, relation = reader.read_factor(), reader.take()
    if target.kind != "symbol" or relation not in ("=", r"\leftarrow"):
        raise ValueError(f"{latex!r} does not begin with a symbol and an arrow or an equals sign")
    return Equation(target, relation, reader.read_all(), "" if condition else words, condition)


@lru_cache(maxsize=512)
def plain_symbol(latex: str) -> str:
    r"""Return a symbol in plain text: ``β₁`` for ``\beta_1``."""
    return _plain(_Reader(latex).read_all())


class _Reader:
    """Reads LaTeX by recursive descent."""

    def __init__(self, latex: str) -> None:
        self._latex = latex
        self._tokens = [token for token in _TOKEN.findall(latex) if token not in (r"\,", r"\left", r"\right")]
        self._at = 0

    @property
    def next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def take(self, expected: str | None = None) -> str:
        token = self.next
        if token is None or expected not in (None, token):
            raise ValueError(f"{self._latex!r}: expected {expected or 'more'} at token {self._at}, got {token}")
        self._at += 1
        return token

    def read_all(self) -> Expression:
        result = self._read_sum()
        if self.next is not None:
            raise ValueError(f"{self._latex!r}: did not expect {self.next}")
        return result

    def read_condition(self, word: str) -> Condition:
        comparisons: list[tuple[Expression, str, Expression]] = []
        while not comparisons or self.next == _AND:
            if comparisons:
                self.take()
            left, relation, right = self._read_sum(), self.take(), self._read_sum()
            if relation not in _RELATIONS:
                raise ValueError(f"{self._latex!r}: expected a relation, got {relation}")
            comparisons.append((left, relation, right))
        self.take(_COLON)
        return Condition(word, tuple(comparisons))

    def _read_sum(self) -> Expression:
        signs = [self.take() if self.next == "-" else "+"]
        terms = [self._read_product()]
        while self.next in ("+", "-"):
            signs.append(self.take())
            terms.append(self._read_product())
        return terms[0] if signs == ["+"] else Expression("sum", parts=tuple(terms), signs=tuple(signs))

    def _read_product(self) -> Expression:
        factors = [self.read_factor()]
        while self.next not in _ENDS_OF_TERM:
            factors.append(self.read_factor())
        return factors[0] if len(factors) == 1 else Expression("product", parts=tuple(factors))

    def read_factor(self) -> Expression:
        base = self._read_atom()
        if self.next != "^":
            return base
        self.take()
        exponent = self._read_group() if self.next == "{" else self._read_atom()
        return Expression("power", parts=(base, exponent))

    def _read_group(self, opening: str = "{", closing: str = "}") -> Expression:
        self.take(opening)
        inside = self._read_sum()
        self.take(closing)
        return inside

    def _read_atom(self) -> Expression:
        if self.next == "(":
            return self._read_group("(", ")")
        token = self.take()
        if token[0].isdigit():
            return Expression("number", token)
        if token == r"\frac":
            return Expression("fraction", parts=(self._read_group(), self._read_group()))
        if token == r"\sqrt":
            return Expression("root", parts=(self._read_group(),))
        if token == GRADIENT or token in _FUNCTIONS or (token == LOSS and self.next == "("):
            return Expression("call", token, self._read_arguments())
        if token in _BARS:
            inside = self._read_sum()
            self.take(_BARS[token][0])
            return Expression("magnitude", token, (inside,), index=self._read_index_if_any())
        if token == r"\langle":
            left = self._read_sum()
            self.take(",")
            right = self._read_sum()
            self.take(r"\rangle")
            return Expression("inner", parts=(left, right))
        if token in _ACCENTS:
            return Expression("symbol", f"{token} {self.take()}")
        if not token[-1].isalpha():
            raise ValueError(f"{self._latex!r}: did not expect {token}")
        return Expression("symbol", token + self._read_index_if_any())

    def _read_index_if_any(self) -> str:
        if self.next != "_":
            return ""
        return self.take() + self._read_index()

    def _read_index(self) -> str:
        if self.next != "{":
            return self.take()
        index = ""
        while not index.endswith("}"):
            index += self.take()
        return index

    def _read_arguments(self) -> tuple[Expression, ...]:
        self.take("(")
        arguments = [self._read_sum()]
        while self.next == ",":
            self.take()
            arguments.append(self._read_sum())
        self.take(")")
        return tuple(arguments)


def _plain(node: Expression) -> str:
    parts = node.parts
    match node.kind:
        case "number":
            return node.text
        case "symbol":
            accent, _, below = node.text.partition(" ")
            if accent in _ACCENTS:
                return _LETTERS.get(below, below) + _ACCENTS[accent]
            letter, _, index = node.text.partition("_")
            index = index.strip("{}")
            return _LETTERS.get(letter, letter) + _LETTERS.get(index, index).translate(_LOWERED)
        case "sum":
            return _joined(node, map(_plain, parts), "−")
        case "product":
            return _plain_product(parts)
        case "fraction":
            return f"{_bracketed(parts[0], 'sum')}/{_bracketed(parts[1], 'sum', 'product', 'fraction')}"
        case "root":
            return "√" + _bracketed(parts[0], "sum", "product", "fraction", "power", "root")
        case "power":
            base = _bracketed(parts[0], "sum", "product", "fraction", "power", "root")
            exponent = _plain(parts[1]).replace("−", "-").replace(" ", "")
            raised = exponent.translate(_RAISED)
            return base + (f"^({exponent})" if set(raised) & set(exponent) else raised)
        case "magnitude":
            bar = _BARS[node.text][1]
            return f"{bar}{_plain(parts[0])}{bar}{node.index.strip('_{}').translate(_LOWERED)}"
        case "inner":
            return f"⟨{_plain(parts[0])}, {_plain(parts[1])}⟩"
        case _:
            return f"{_function_name(node.text)}({', '.join(map(_plain, parts))})"


def _plain_product(factors: tuple[Expression, ...]) -> str:
    result = ""
    for before, factor in zip((None, *factors), factors, strict=False):
        # What would run together or seem to stand below a fraction's bar is held apart.
        apart = before is not None and (
            {"fraction", "root"} & {before.kind, factor.kind}
            or (factor.kind == "call" and factor.text not in (GRADIENT, LOSS))
            or factor.kind == "number"
        )
        result += ("·" if apart else "") + _bracketed(factor, "sum")
    return result


def _bracketed(node: Expression, *kinds: str) -> str:
    return f"({_plain(node)})" if node.kind in kinds else _plain(node)


def _function_name(text: str) -> str:
    return _LETTERS.get(text) or text.removeprefix(r"\operatorname{").removesuffix("}").removeprefix("\\")


def _joined(node: Expression, texts: object, minus: str) -> str:
    first, *others = zip(node.signs, texts, strict=True)  # type: ignore[call-overload]
    return (
        (minus if first[0] == "-" else "") + first[1] + "".join(f" {s if s == '+' else minus} {t}" for s, t in others)
    )


def _evaluate(node: Expression, values: Values) -> float:
    def number(part: Expression) -> float:
        return _evaluate(part, values)

    match node.kind:
        case "number":
            return float(node.text)
        case "symbol":
            return values[node.text]  # type: ignore[return-value]
        case "sum":
            return sum(
                -number(part) if sign == "-" else number(part)
                for sign, part in zip(node.signs, node.parts, strict=True)
            )
        case "product":
            return math.prod(map(number, node.parts))
        case "fraction":
            return number(node.parts[0]) / number(node.parts[1])
        case "root":
            return math.sqrt(number(node.parts[0]))
        case "power":
            return float(number(node.parts[0]) ** number(node.parts[1]))
        case "magnitude":
            return abs(number(node.parts[0]))
        case "inner":
            return number(node.parts[0]) * number(node.parts[1])
        case _:
            function = _FUNCTIONS.get(node.text) or values[GRADIENT if node.text == GRADIENT else LOSS_ELSEWHERE]
            return function(*map(number, node.parts))  # type: ignore[operator]


def _latex(node: Expression, texts: Mapping[str, str]) -> str:
    """LaTeX with ``texts`` in place of symbols; numbers that would run together or carry a sign are held apart."""

    def write(part: Expression, *bracketed: str) -> str:
        text = _latex(part, texts)
        signed = text.startswith("-") and part.kind == "symbol"
        return rf"\left({text}\right)" if signed or part.kind in bracketed else text

    parts = node.parts
    match node.kind:
        case "number":
            return node.text
        case "symbol":
            return texts.get(node.text, node.text)
        case "sum":
            first = (
                _latex(parts[0], texts) if node.signs[0] == "+" else write(parts[0])
            )  # nothing stands before its sign
            return _joined(node, (first, *(write(part) for part in parts[1:])), "-")
        case "product":
            return r" \cdot ".join(write(part, "sum") for part in parts)
        case "fraction":
            return rf"\frac{{{_latex(parts[0], texts)}}}{{{_latex(parts[1], texts)}}}"
        case "root":
            return rf"\sqrt{{{_latex(parts[0], texts)}}}"
        case "power":
            base = write(parts[0], "sum", "product", "fraction", "power")
            if r"\cdot" in base and not base.startswith(r"\left"):  # a symbol filled with a power of ten
                base = rf"\left({base}\right)"
            return f"{base}^{{{_latex(parts[1], texts)}}}"
        case "magnitude":
            return rf"\left{node.text}{_latex(parts[0], texts)}\right{_BARS[node.text][0]}{node.index}"
        case "inner":
            return rf"\left\langle {_latex(parts[0], texts)}, {_latex(parts[1], texts)} \right\rangle"
        case _:
            return rf"{node.text}\left({', '.join(_latex(part, texts) for part in parts)}\right)"
