"""What all scripts have in common: how they begin, how their parts follow each other, and what they print."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence

from gradsim.core.checks import build_surface_formula
from gradsim.core.formula.graph import Formula
from gradsim.core.race.starts import count_particles
from gradsim.core.scene import Scene
from gradsim.core.scripts.formula_source import has_functions, parameters_source
from gradsim.core.scripts.gradient_source import NOISE, is_noisy
from gradsim.core.scripts.source_text import comment, free_names, names_in
from gradsim.core.scripts.starts_source import starts_source

N_SHOWN = 5
"""How many particles are printed one by one; of more, the means follow."""


def header(scene: Scene, formula: Formula, library: str, notes: Sequence[str] = ()) -> list[str]:
    """Return the first lines of a script; the user's words are comments, and not in the first two lines, where they
    could declare an encoding."""
    lines = [
        f'"""A race of gradient-based optimizers, as gradsim runs it, in {library}."""',
        "",
        *(comment(scene.title) if scene.title else ()),
        *comment(f"f = {textwrap.shorten(formula.source, 300, placeholder=' ...')}"),
    ]
    for note in notes:
        lines += comment(note)
    return lines


def with_free_names(scene: Scene, write: Callable[[Scene, Formula, Mapping[str, str]], str]) -> str:
    """Return what ``write`` makes of a scene, its formula, and names for the parameters that nothing else has there."""
    formula = build_surface_formula(scene.surface)
    others = write(scene, formula, {name: f"parameter_{index}" for index, name in enumerate(formula.parameters)})
    return write(scene, formula, free_names(formula.parameters, others))


def constants_source(
    scene: Scene, formula: Formula, names: Mapping[str, str], constants: Mapping[str, float], *, wrap: str = ""
) -> list[str]:
    """Return the assignments that a script begins with: steps, starts, what rules name, and the formula's parameters,
    each in the call ``wrap`` if there is one."""
    return [
        f"STEPS = {scene.steps}",
        *starts_source(scene.starts, scene.domain, scene.seed),
        *([f"SEED = {scene.seed}"] if any(map(is_noisy, scene.racing)) else []),
        *(f"{name} = {value!r}" for name, value in constants.items()),
        *parameters_source(formula, scene.surface.parameters, names, wrap),
    ]


def noise_source(scene: Scene) -> list[list[str]]:
    """Return the functions that noise is drawn with, if any optimizer wants it."""
    return [NOISE.split("\n")] if any(map(is_noisy, scene.racing)) else []


def digits_note(formula: Formula) -> list[str]:
    """Say how far digits agree where elementary functions are rounded in one way here and in another there."""
    if not has_functions(formula):
        return []
    return ["The elementary functions of libraries differ in the last digit, and so do the races."]


def report_source(scene: Scene, *, plain: bool) -> list[str]:
    """Return the function that prints where the particles of one optimizer have ended.

    Their numbers are Python's own if ``plain``, else NumPy's, which print themselves with their type.
    """
    axes = ("x",) if scene.domain.dimension == 1 else ("x", "y")
    many = count_particles(scene.starts) > N_SHOWN
    unpacked = "(x,)" if len(axes) == 1 else f"({', '.join(axes)})"
    shown = ", ".join(f"{name} = {{{each if plain else f'float({each})'}!r}}" for name, each in _named(axes))
    first = f" of the first {N_SHOWN} particles, and the means of all" if many else ""
    lines = [
        "def report(label, ends):",
        f'    """Print position and loss{first}."""',
        "    print(label)",
        f"    for {unpacked}, loss in ends{f'[:{N_SHOWN}]' if many else ''}:",
        f'        print(f"    {shown}")',
    ]
    if many:
        means = ", ".join(f"{name} = {{means[{index}]!r}}" for index, (name, _) in enumerate(_named(axes)))
        lines += [
            "    columns = zip(*((*position, loss) for position, loss in ends))",
            "    means = [math.fsum(column) / len(ends) for column in columns]",
            f'    print(f"    mean of {{len(ends)}}: {means}")',
        ]
    return lines


def _named(axes: Sequence[str]) -> list[tuple[str, str]]:
    return [*((axis, axis) for axis in axes), ("f", "loss")]


def script(head: Sequence[str], imports: Sequence[str], parts: Iterable[Sequence[str]]) -> str:
    """Return the text of a script: its ``head``, those imports that are needed, ``math`` too, and its parts.

    Two empty lines stand around functions, one between other parts.
    """
    body, was_function = "", False
    for part in filter(None, parts):
        is_function = part[0].startswith("def ")
        if body:
            body += "\n\n" if is_function or was_function else "\n"
        body += "\n".join(part) + "\n"
        was_function = is_function
    used = names_in(body)
    modules = [line for line in imports if line.split()[-1] in used]
    standard = ["import math", ""] if "math" in used else []
    return "\n".join([*head, "", *standard, *modules, "", body])
