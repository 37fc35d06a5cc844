"""Which scenes can be raced: names, ranges, dimensions and sizes, each refusal naming its place."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from msgspec.structs import replace

from gradsim.core.errors import FormulaError, SceneError, did_you_mean, shown
from gradsim.core.formula.graph import Formula, build_formula
from gradsim.core.number_checks import (
    MAX_MAGNITUDE,
    check_box,
    check_count,
    check_length,
    check_number,
    check_point,
    check_range,
)
from gradsim.core.optimizers import HYPERPARAMETERS, OPTIMIZERS
from gradsim.core.scene import (
    MAX_OPTIMIZERS,
    SCHEMA_VERSION,
    AccumulatedGradient,
    Domain,
    GaussianStarts,
    GradientSequence,
    GridStarts,
    LineStarts,
    MinibatchGradient,
    NoisyGradient,
    OptimizerEntry,
    PointStarts,
    RingStarts,
    Scene,
    Schedule,
    Starts,
    Surface,
    UniformStarts,
    View,
)
from gradsim.core.scene_mismatch import below, convert, plain_data, unknown_key
from gradsim.core.scene_schedules import SCHEDULE_RANGES

MAX_STEPS = 10_000_000
MAX_TEXT = 200
MAX_PARAGRAPHS = 4000  # characters

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
# Control characters, line and paragraph separators, and lone surrogates, which UTF-8 cannot hold.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def check_scene(scene: Scene) -> None:
    """Refuse a scene that cannot be raced, drawn, or saved and loaded again.

    Raises SceneError that names the place, the value and the remedy; a mistake in the formula is one at
    ``$.surface.formula``, with the FormulaError as its cause. Takes below a millisecond, unless the starts are a long
    list of points.
    """
    _check_types(scene)
    if scene.schema != SCHEMA_VERSION:
        raise SceneError("$.schema", f"expected {SCHEMA_VERSION}, got {shown(scene.schema)}")
    _check_text(scene.title, "$.title")
    _check_paragraphs(scene.description, "$.description")
    formula = build_surface_formula(scene.surface)
    _check_parameters(scene.surface, formula)
    _check_domain(scene.domain, formula)
    _check_optimizers(scene.optimizers, formula.dimension)
    _check_starts(scene.starts, formula.dimension, "$.starts")
    for axis in ("x", "y"):
        if (shown_range := getattr(scene.view, axis)) is not None:
            check_range(shown_range, f"$.view.{axis}")
    _check_sliders(scene.view)
    check_number(scene.playback.speed, "$.playback.speed", low=1 / MAX_MAGNITUDE, high=MAX_MAGNITUDE)
    if (played := scene.playback.range) is not None and not played[0] < played[1]:
        raise SceneError("$.playback.range", f"the first step must be below the last; got {played[0]} and {played[1]}")


def check_edit(scene: Scene, checked: Scene) -> None:
    """Check ``scene`` as ``check_scene`` does, knowing that ``checked`` has passed.

    Points that both share are not looked at again: a hundred thousand would take a tenth of a second at every edit.
    """
    if scene.starts is checked.starts and scene.domain.dimension == checked.domain.dimension:
        check_scene(replace(scene, starts=UniformStarts(n=1)))
    else:
        check_scene(scene)


def build_surface_formula(surface: Surface) -> Formula:
    """Return the graph of ``surface``. Raises SceneError at ``$.surface.formula``, caused by a FormulaError."""
    try:
        return build_formula(surface.formula)
    except FormulaError as error:
        raise SceneError("$.surface.formula", str(error)) from error


def _check_types(scene: Scene) -> None:
    """Scenes made in Python have not been through the decoder: hold them to the same types, and to finite numbers."""
    plain = plain_data(scene)
    convert(plain, Scene, "$")
    if isinstance(scene.starts, PointStarts) and all(map(math.isfinite, chain.from_iterable(scene.starts.points))):
        del plain["starts"]  # may be a million points: one by one they would take a second
    for path, number in _numbers(plain, "$"):
        if not math.isfinite(number):
            raise SceneError(path, f"every number must be finite, got {shown(number)}")


def _numbers(plain: object, path: str) -> Iterator[tuple[str, float]]:
    if isinstance(plain, float):
        yield path, plain
    elif isinstance(plain, dict):
        for key, item in plain.items():
            yield from _numbers(item, below(path, key))
    elif isinstance(plain, list | tuple):
        for index, item in enumerate(plain):
            yield from _numbers(item, below(path, index))


def _check_text(text: str, path: str) -> None:
    if len(text) > MAX_TEXT:
        raise SceneError(path, f"{len(text):,} characters are too long; at most {MAX_TEXT} are shown")
    if found := _UNPRINTABLE.search(text):
        raise SceneError(path, f"must be one line of printable text; it holds {found.group()!a} at {found.start() + 1}")


def _check_paragraphs(text: str, path: str) -> None:
    if len(text) > MAX_PARAGRAPHS:
        raise SceneError(path, f"{len(text):,} characters are too long; at most {MAX_PARAGRAPHS:,} are shown")
    if found := _UNPRINTABLE.search(text.replace("\n", " ")):
        raise SceneError(path, f"must be printable text; it holds {found.group()!a} at {found.start() + 1}")


def _check_parameters(surface: Surface, formula: Formula) -> None:
    for name, value in surface.parameters.items():
        path = below("$.surface.parameters", name)
        if name not in formula.parameters:
            known = did_you_mean(name[:MAX_TEXT], formula.parameters) if formula.parameters else "; it has none"
            raise SceneError(path, f"the formula has no parameter {shown(name)}{known}")
        check_number(value, path, low=-MAX_MAGNITUDE, high=MAX_MAGNITUDE)


def _check_domain(domain: Domain, formula: Formula) -> None:
    if domain.dimension != formula.dimension:
        remedy = "the formula has no y: leave it out" if domain.y else "is missing: the formula has a y"
        raise SceneError("$.domain.y", remedy)
    for axis, axis_range in zip("xy", domain.axes, strict=False):
        check_range(axis_range, f"$.domain.{axis}")


def _check_sliders(view: View) -> None:
    for name, slider in view.sliders.items():
        check_range((slider.low, slider.high), below("$.view.sliders", name))


def _check_optimizers(entries: Sequence[OptimizerEntry], dimension: int) -> None:
    if len(entries) > MAX_OPTIMIZERS:
        raise SceneError("$.optimizers", f"{len(entries):,} are too many; at most {MAX_OPTIMIZERS} can race")
    for index, entry in enumerate(entries):
        path = f"$.optimizers[{index}]"
        _check_hyperparameters(entry, path)
        _check_schedule(entry.schedule, f"{path}.schedule")
        _check_gradient(entry, dimension, path)
        if entry.label is not None:
            _check_text(entry.label, f"{path}.label")
        if isinstance(entry.color, str) and not _COLOR.fullmatch(entry.color):
            reason = f"expected a palette slot 0 to 11 or '#RRGGBB', got {shown(entry.color)}"
            raise SceneError(f"{path}.color", reason)


def _check_gradient(entry: OptimizerEntry, dimension: int, path: str) -> None:
    gradient = entry.gradient
    if isinstance(gradient, NoisyGradient):
        check_number(gradient.std, f"{path}.gradient.std", low=0, high=MAX_MAGNITUDE)
    elif isinstance(gradient, GradientSequence):
        for index, value in enumerate(gradient.values):
            check_number(value, f"{path}.gradient.values[{index}]", low=-MAX_MAGNITUDE, high=MAX_MAGNITUDE)
    elif isinstance(gradient, MinibatchGradient):
        reason = "a mini-batch needs a surface made from data, and this one is a formula; use 'exact' or 'noise'"
        raise SceneError(f"{path}.gradient.kind", reason)
    elif isinstance(gradient, AccumulatedGradient) and OPTIMIZERS[entry.name].rule(entry.convention).probe is not None:
        reason = f"{entry.name} takes several gradients in one update, which cannot be told apart in a sum; use 'exact'"
        raise SceneError(f"{path}.gradient.kind", reason)
    if entry.clip is not None:
        check_number(entry.clip.limit, f"{path}.clip.limit", low=0, high=MAX_MAGNITUDE)
    check_box(entry.box, dimension, f"{path}.box")


def _check_hyperparameters(entry: OptimizerEntry, path: str) -> None:
    optimizer = OPTIMIZERS.get(entry.name)
    if optimizer is None:
        raise SceneError(f"{path}.name", f"unknown optimizer {_unknown_word(entry.name, OPTIMIZERS)}")
    if entry.convention is not None and entry.convention not in optimizer.conventions:
        reason = f"unknown convention {_unknown_word(entry.convention, optimizer.conventions)}"
        raise SceneError(f"{path}.convention", f"{reason} (of {entry.name})")
    known = optimizer.rule(entry.convention).defaults
    for name, value in entry.hyperparameters.items():
        if name not in known:
            raise unknown_key(f"{path}.hyperparameters", name, known)
        if not HYPERPARAMETERS[name].accepts(value):
            reason = f"must be {HYPERPARAMETERS[name].range_text}, got {shown(value)}"
            raise SceneError(f"{path}.hyperparameters.{name}", reason)


def _check_schedule(schedule: Schedule, path: str) -> None:
    if schedule.unit == "epoch":
        reason = "an exact gradient has no epochs, and there are no surfaces with data yet; use 'step'"
        raise SceneError(f"{path}.unit", reason)
    for name, (low, high) in SCHEDULE_RANGES.items():
        if (value := getattr(schedule, name, None)) is not None:
            check_number(value, f"{path}.{name}", low=low, high=high)


def _check_starts(starts: Starts, dimension: int, path: str) -> None:
    match starts:
        case PointStarts(points=points):
            check_count(len(points), f"{path}.points")
            if set(map(len, points)) != {dimension} or max(map(abs, chain.from_iterable(points))) > MAX_MAGNITUDE:
                for index, point in enumerate(points):
                    check_point(point, dimension, f"{path}.points[{index}]")
        case GridStarts(n=n, box=box):
            check_length(n, dimension, f"{path}.n", "[nx]", "[nx, ny]")
            check_count(math.prod(n), f"{path}.n")
            check_box(box, dimension, f"{path}.box")
        case UniformStarts(box=box):
            check_box(box, dimension, f"{path}.box")
        case RingStarts(center=center, radius=radius):
            if dimension == 1:
                raise SceneError(path, "a ring needs a surface in x and y; use 'line' or 'uniform'")
            check_point(center, dimension, f"{path}.center")
            check_number(radius, f"{path}.radius", low=0, high=MAX_MAGNITUDE)
        case LineStarts(start=start, end=end):
            check_point(start, dimension, f"{path}.from")
            check_point(end, dimension, f"{path}.to")
        case GaussianStarts(center=center, std=std):
            check_point(center, dimension, f"{path}.center")
            check_number(std, f"{path}.std", low=0, high=MAX_MAGNITUDE)


def _unknown_word(word: str, known: Iterable[str]) -> str:
    return shown(word) + did_you_mean(word[:MAX_TEXT], known)
