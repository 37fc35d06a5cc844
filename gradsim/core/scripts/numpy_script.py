"""A race as a program that needs nothing but NumPy: the rules as they are written here, and one loop around each."""

from __future__ import annotations

from collections.abc import Mapping

from gradsim.core.formula.graph import Formula
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.scene import Scene
from gradsim.core.scripts.formula_source import derivatives_source
from gradsim.core.scripts.layout import (
    constants_source,
    digits_note,
    header,
    noise_source,
    report_source,
    script,
    with_free_names,
)
from gradsim.core.scripts.own_race import IS_FINITE, own_race
from gradsim.core.scripts.rule_source import RuleSource
from gradsim.core.scripts.source_text import Functions


def write_numpy(scene: Scene) -> str:
    """Return a script that races the optimizers of ``scene`` that are switched on, and prints where they end.

    It makes the same operations in the same order as the engine, so that the digits are the same wherever nothing but
    + − × ÷ √ occurs. Raises GradsimError for starts that cannot be written down.
    """
    return with_free_names(scene, _write)


def _write(scene: Scene, formula: Formula, names: Mapping[str, str]) -> str:
    rules = [OPTIMIZERS[entry.name].rule(entry.convention) for entry in scene.racing]
    source, functions = RuleSource(rules), Functions()
    calls = [line for entry in scene.racing for line in own_race(scene, entry, functions)]
    return script(
        header(scene, formula, "NumPy", digits_note(formula)),
        ["import numpy as np"],
        [
            ['np.seterr(all="ignore")  # what diverges is noticed below'],
            constants_source(scene, formula, names, source.constants),
            *(
                derivatives_source(formula, names, hessian=hessian)
                for hessian in sorted({"hessian" in rule.reads for rule in rules})
            ),
            *noise_source(scene),
            IS_FINITE,
            *source.functions.values(),
            *functions.sources,
            report_source(scene, plain=False),
            calls,
        ],
    )
