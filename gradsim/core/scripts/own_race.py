"""An optimizer's race as a loop around its rule as it is written in gradsim, for one particle after the other."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from gradsim.core.optimizers import OPTIMIZERS, Rule, label_of
from gradsim.core.optimizers.base import DECAYED_GRADIENT
from gradsim.core.scene import OptimizerEntry, Scene
from gradsim.core.scripts.formula_source import derivatives_name
from gradsim.core.scripts.gradient_source import (
    accumulates,
    changed_gradient,
    given_source,
    gradient_arguments,
    is_noisy,
)
from gradsim.core.scripts.schedule_source import add_schedule
from gradsim.core.scripts.source_text import (
    INDENT,
    Functions,
    broken,
    call,
    comprehension,
    docstring,
    indented,
    literal,
    number,
)

IS_FINITE = [
    "def is_finite(*numbers):",
    '    """Return whether none of them is infinite or no number at all."""',
    "    return all(map(math.isfinite, numbers))",
]
"""Which every loop calls."""


def own_race(scene: Scene, entry: OptimizerEntry, functions: Functions) -> list[str]:
    """Return the lines that race an optimizer and report its ends; its loop joins ``functions``.

    The script has the rule's own functions, ``IS_FINITE``, that of ``derivatives_name``, ``STEPS`` and ``STARTS``.
    """
    rule = OPTIMIZERS[entry.name].rule(entry.convention)
    arguments = _arguments(scene, entry, rule, functions)
    parameters = ["position", *(["particle"] if is_noisy(entry) else []), *arguments]
    name = functions.add(f"race_{rule.update.__name__}", parameters, _body(scene, entry, rule, set(arguments)))
    each = "for particle, start in enumerate(STARTS)" if is_noisy(entry) else "for start in STARTS"
    told = ["tuple(start)", *(["particle"] if is_noisy(entry) else [])]
    told += [f"{argument}={value}" for argument, value in arguments.items()]
    ends = comprehension("ends = [", call(name, told, depth=1), each, "]")
    return [*given_source(entry), *ends, f"report({literal(label_of(entry))}, ends)"]


def _decays(entry: OptimizerEntry, rule: Rule) -> bool:
    return rule.couples_weight_decay and {**rule.defaults, **entry.hyperparameters}["weight_decay"] > 0.0


def _arguments(scene: Scene, entry: OptimizerEntry, rule: Rule, functions: Functions) -> dict[str, str]:
    """Return the numbers that a race is called with; a schedule joins ``functions``."""
    values = {**rule.defaults, **entry.hyperparameters}
    used = rule.reads | set(rule.initial_state.values()) | ({"weight_decay"} if _decays(entry, rule) else set())
    arguments = {name: number(value) for name, value in values.items() if name in used}
    schedule = add_schedule(scene, entry, functions, module="np")
    if schedule is not None:
        del arguments["learning_rate"]
        arguments = {"schedule": schedule, **arguments}
    return arguments | gradient_arguments(entry)


def _body(scene: Scene, entry: OptimizerEntry, rule: Rule, arguments: Collection[str]) -> list[str]:
    """Return the lines of the function that races one particle."""
    dimension = scene.domain.dimension
    hessian = "hessian" in rule.reads
    seen = f"loss, gradient{', hessian' if hessian else ''}"
    look = derivatives_name(hessian=hessian)
    body = [
        f"{seen} = {look}(position)",
        "if not is_finite(loss, *gradient):",
        f"{INDENT}return position, math.inf  # it has diverged",
        "if update == STEPS:",
        f"{INDENT}return position, loss",
        *(["learning_rate = schedule(update)"] if "schedule" in arguments else []),
        *(["step = np.float64(update + 1)"] if "step" in rule.reads else []),
    ]
    changed = changed_gradient(
        entry, dimension, hessian=hessian, climbs=scene.goal == "maximize", decays=_decays(entry, rule)
    )
    if rule.look_ahead is not None:
        body += _for_each_coordinate("place", rule.look_ahead, ["position", *rule.state], dimension)
        body.append(f"{seen} = {look}(place)")
    elif any("place" in line for line in changed):
        body.append("place = position")
    body += changed
    if rule.probe is not None:
        asked = ", ".join(["asks", "place", *rule.state])
        body += [
            f"for probe in range({rule.max_probes}):",
            *indented(_assigned(asked, rule.probe, depth=3)),
            f"{INDENT}if not asks:",
            f"{INDENT * 2}break",
            *indented([f"{seen} = {look}(place)", *changed]),
        ]
    moved = ", ".join(["moved", *rule.state])
    if rule.whole_vector:
        body += _assigned(moved, rule.update, depth=2)
    else:
        body += _for_each_coordinate(moved, rule.update, ["position", "gradient", *rule.state], dimension)
    if entry.box is not None:
        body.append("moved = tuple(np.float64(min(max(x, a), b)) for x, a, b in zip(moved, low, high))")
    body += ["if not is_finite(*moved):", f"{INDENT}return position, math.inf", "position = moved"]
    total = [f"total = {_tuple(['0.0'] * dimension)}"] if accumulates(entry) else []
    return [
        *_description(entry, rule),
        *indented([*_states(rule, dimension), *total, "for update in range(STEPS + 1):"]),
        *indented(body, 2),
    ]


def _description(entry: OptimizerEntry, rule: Rule) -> list[str]:
    """Return the docstring of a race: the method, its formula, and whose it is."""
    optimizer = OPTIMIZERS[entry.name]
    convention = entry.convention or optimizer.default_convention
    named = docstring(f"Race one particle by {optimizer.title}, convention {convention}: {rule.reference}.\n\n…")
    lines = zip(rule.latex, rule.equations, strict=True)
    shown = [each.plain_text for latex, each in lines if latex != DECAYED_GRADIENT or _decays(entry, rule)]
    return [*named[:-2], *indented(shown, 2), "", f"{INDENT}Returns where it ends, and f there.", f'{INDENT}"""']


def _parameters(function: Callable[..., Any]) -> list[str]:
    """What a function of a rule is called with: variables of the loop that have the same names."""
    names = inspect.signature(function).parameters
    return ["float(probe)" if name == "probes" else name for name in names]


def _assigned(results: str, function: Callable[..., Any], *, depth: int) -> list[str]:
    """Return the lines that assign what ``function`` returns; those of many variables have a line of their own."""
    if len(results) <= 60:
        return call(f"{results} = {function.__name__}", _parameters(function), depth=depth)
    answer = call(f"answer = {function.__name__}", _parameters(function), depth=depth)
    return [*answer, *(line[4 * depth :] for line in broken(f"{INDENT * depth}{results} = answer"))]


def _for_each_coordinate(
    results: str, function: Callable[..., Any], vectors: Iterable[str], dimension: int
) -> list[str]:
    """Return the lines that call ``function`` for every coordinate, and assign the tuples of what it returns."""
    of_coordinates = set(vectors)
    told = [f"{name}[i]" if name in of_coordinates else name for name in _parameters(function)]
    opened, closed = ("zip(*(", "))") if ", " in results else ("tuple(", ")")
    lines = call(function.__name__, told, depth=3)
    return comprehension(f"{results} = {opened}", lines, f"for i in range({dimension})", closed, depth=2)


def _states(rule: Rule, dimension: int) -> list[str]:
    """Return the lines that begin the state of a rule; variables that begin alike share a line."""
    sizes = {"vector": dimension, "triangle": dimension * (dimension + 1) // 2}
    begins: dict[str, list[str]] = {}
    for name in rule.state:
        source, shape = rule.initial_state.get(name, "0.0"), rule.shapes.get(name, "vector")
        if source != "position" and shape != "scalar":
            source = _tuple([source] * sizes[shape])
        begins.setdefault(source, []).append(name)
    return [f"{' = '.join(names)} = {source}" for source, names in begins.items()]


def _tuple(parts: Sequence[str]) -> str:
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
