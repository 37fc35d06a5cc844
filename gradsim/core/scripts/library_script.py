"""What the programs for PyTorch and optax have in common: the library's own optimizers, and beside them the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gradsim.core.formula.graph import Formula
from gradsim.core.optimizers import OPTIMIZERS, label_of
from gradsim.core.scene import OptimizerEntry, Scene
from gradsim.core.scripts.layout import (
    constants_source,
    header,
    noise_source,
    report_source,
    script,
    with_free_names,
)
from gradsim.core.scripts.own_race import IS_FINITE, own_race
from gradsim.core.scripts.rule_source import RuleSource
from gradsim.core.scripts.source_text import Functions, literal


@dataclass(frozen=True)
class Library:
    """How races are written for a library that differentiates the loss itself.

    Attributes:
        title: what it calls itself.
        optimizers: where its optimizers are found.
        imports, setup: lines that a program begins with.
        number: what parameters of the formula are wrapped in.
        loss: gives the function of points, from a formula and the names of its parameters.
        derivatives: gives the functions that own races look at the surface with, from the dimension and for the
            gradient alone, with the Hessian, or for both.
        constructor: gives the text that makes the optimizer of an entry, or None where the library has none that does
            the same.
        race: gives the lines that race an entry with its constructor and assign ``ends``; its loop joins the functions.
    """

    title: str
    optimizers: str
    imports: tuple[str, ...]
    setup: str
    number: str
    loss: Callable[[Formula, Mapping[str, str]], list[str]]
    derivatives: Callable[[int, Sequence[bool]], list[list[str]]]
    constructor: Callable[[OptimizerEntry], str | None]
    race: Callable[[Scene, OptimizerEntry, str, Functions], list[str]]


def write_library(scene: Scene, library: Library) -> str:
    """Return a script that races the optimizers of ``scene`` that are switched on, and prints where they end.

    What the library does not have follows its own rule, on the gradients of the library. Raises GradsimError for starts
    that cannot be written down.
    """

    def write(scene: Scene, formula: Formula, names: Mapping[str, str]) -> str:
        return _write(scene, library, formula, names)

    return with_free_names(scene, write)


def _write(scene: Scene, library: Library, formula: Formula, names: Mapping[str, str]) -> str:
    functions, calls = Functions(), list[str]()
    own: list[OptimizerEntry] = []
    for entry in scene.racing:
        constructor = library.constructor(entry)
        if constructor is None:
            own.append(entry)
            calls += own_race(scene, entry, functions)
        else:
            calls += library.race(scene, entry, constructor, functions)
            calls.append(f"report({literal(label_of(entry))}, ends)")
    rules = [OPTIMIZERS[entry.name].rule(entry.convention) for entry in own]
    source = RuleSource(rules)
    hessians = sorted({"hessian" in rule.reads for rule in rules})
    return script(
        header(scene, formula, library.title, _notes(library, own)),
        library.imports,
        [
            [library.setup, *(['np.seterr(all="ignore")  # what diverges is noticed below'] if own else [])],
            constants_source(scene, formula, names, source.constants, wrap=library.number),
            library.loss(formula, names),
            *(library.derivatives(scene.domain.dimension, hessians) if own else []),
            *noise_source(scene),
            *([IS_FINITE] if own else []),
            *source.functions.values(),
            *functions.sources,
            report_source(scene, plain=not own),
            calls,
        ],
    )


def _notes(library: Library, own: Sequence[OptimizerEntry]) -> list[str]:
    """Say which optimizers follow their own rules because the library does not have them as they are."""
    titles = ", ".join(dict.fromkeys(OPTIMIZERS[entry.name].title for entry in own))
    if not titles:
        return []
    return [f"Not in {library.optimizers} as they are raced here, and so by the rules as gradsim has them: {titles}."]
