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

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from gradsim.core.optimizers.notation_reader import Reader
from gradsim.core.optimizers.notation_texts import filled_latex, plain
from gradsim.core.optimizers.notation_tree import GRADIENT as GRADIENT
from gradsim.core.optimizers.notation_tree import LOSS_ELSEWHERE as LOSS_ELSEWHERE
from gradsim.core.optimizers.notation_tree import RELATIONS, Values, evaluate
from gradsim.core.optimizers.notation_tree import Expression as Expression


@dataclass(frozen=True)
class Condition:
    """When a line is made: ``word`` is "if", "while" or "within"; ``comparisons`` are relations between expressions."""

    word: str
    comparisons: tuple[tuple[Expression, str, Expression], ...]

    def holds(self, values: Values) -> bool:
        return all(
            RELATIONS[relation][1](evaluate(left, values), evaluate(right, values))
            for left, relation, right in self.comparisons
        )

    @property
    def plain_text(self) -> str:
        texts = (f"{plain(left)} {RELATIONS[sign][0]} {plain(right)}" for left, sign, right in self.comparisons)
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
        return evaluate(self.expression, values)

    def fill(self, texts: Mapping[str, str]) -> str:
        """Return the right-hand side as LaTeX with ``texts`` in place of the symbols that it names."""
        return filled_latex(self.expression, texts)

    @property
    def plain_text(self) -> str:
        arrow = "←" if self.relation == r"\leftarrow" else "="
        before = self.condition.plain_text if self.condition is not None else self.words
        return f"{before}{plain(self.target)} {arrow} {plain(self.expression)}"


@lru_cache(maxsize=512)
def parse_equation(latex: str) -> Equation:
    """Read one line. Raises ValueError for what is not in the notation."""
    reader = Reader(latex)
    words = reader.take()[6:-1] if (reader.next or "").startswith(r"\text{") else ""
    condition = None
    if words in ("if ", "while ", "within "):
        condition, words = Condition(words.strip(), reader.read_comparisons()), ""
    target, relation = reader.read_factor(), reader.take()
    if target.kind != "symbol" or relation not in ("=", r"\leftarrow"):
        raise ValueError(f"{latex!r} does not begin with a symbol and an arrow or an equals sign")
    return Equation(target, relation, reader.read_all(), words, condition)


@lru_cache(maxsize=512)
def plain_symbol(latex: str) -> str:
    r"""Return a symbol in plain text: ``β₁`` for ``\beta_1``."""
    return plain(Reader(latex).read_all())
