"""Edits of the line-up: which optimizers race, in what order, in which colours, and one fanned out over values."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from gradsim.core.optimizers import HYPERPARAMETERS
from gradsim.core.render.oklab import distinct_color, ramp
from gradsim.core.render.palette import N_OPTIMIZER_COLORS, THEMES, resolve_color
from gradsim.core.scene import OptimizerEntry, Scene
from gradsim.ui.drawing.competitors import own_color
from gradsim.ui.numbers import format_number
from gradsim.ui.widgets.number_field import number_text


def with_entry(scene: Scene, index: int, entry: OptimizerEntry) -> Scene:
    """The scene with another entry in place ``index``."""
    return _with_entries(scene, (*scene.optimizers[:index], entry, *scene.optimizers[index + 1 :]))


def with_optimizer(scene: Scene, name: str) -> Scene:
    """The scene with one more optimizer, in a colour that is free."""
    entries = with_own_colors(scene).optimizers
    return _with_entries(scene, (*entries, OptimizerEntry(name=name, color=free_color(entries))))


def with_copy(scene: Scene, index: int) -> Scene:
    """The scene with the optimizer in place ``index`` once more behind it, in a colour that is free."""
    entries = with_own_colors(scene).optimizers
    copy = replace(entries[index], color=free_color(entries))
    return _with_entries(scene, (*entries[: index + 1], copy, *entries[index + 1 :]))


def without_optimizer(scene: Scene, index: int) -> Scene:
    """The scene without the optimizer in place ``index``; the others keep their colours."""
    entries = with_own_colors(scene).optimizers
    return _with_entries(scene, (*entries[:index], *entries[index + 1 :]))


def with_only(scene: Scene, index: int) -> Scene:
    """The scene with nothing but the optimizer in place ``index``, which takes part."""
    return _with_entries(scene, (replace(scene.optimizers[index], enabled=True),))


def with_moved(scene: Scene, index: int, place: int) -> Scene:
    """The scene with the optimizer in place ``index`` moved to ``place``, with the colours that they all had."""
    if place == index:
        return scene
    entries = list(with_own_colors(scene).optimizers)
    entries.insert(place, entries.pop(index))
    return _with_entries(scene, tuple(entries))


def fanned_out(scene: Scene, index: int, hyperparameter: str, values: Sequence[float]) -> Scene:
    """The scene with one optimizer for each of ``values`` of a hyperparameter in place of the one in place ``index``.

    Each is labelled with its value; their colours are a ramp about the hue of the one they came from.
    """
    entries = with_own_colors(scene).optimizers
    entry = entries[index]
    fan = (
        replace(
            entry,
            hyperparameters={**entry.hyperparameters, hyperparameter: value},
            label=value_label(hyperparameter, value),
            color=color,
        )
        for value, color in zip(values, fan_colors(scene, index, len(values)), strict=True)
    )
    return _with_entries(scene, (*entries[:index], *fan, *entries[index + 1 :]))


def fan_colors(scene: Scene, index: int, n: int) -> tuple[str, ...]:
    """The colours of ``fanned_out``, from the first value to the last."""
    return ramp(resolve_color(scene.optimizers[index].color, index, THEMES["dark"]), n)


def value_label(hyperparameter: str, value: float) -> str:
    """What an optimizer of a fan is called: ``β₁ = 0.9``."""
    return f"{HYPERPARAMETERS[hyperparameter].symbol} = {value_text(value)}"


def value_text(value: float) -> str:
    """The whole of ``value`` as people write it: ``0.99``, ``2/101``, ``10⁻⁸``."""
    text = number_text(value)
    return text if "/" in text else format_number(value, digits=12)


def free_color(entries: Sequence[OptimizerEntry]) -> int | str:
    """A slot of the palette that no entry has; beyond the palette the colour farthest from all others, ``#RRGGBB``."""
    taken = {entry.color for entry in entries}
    if (slot := next((slot for slot in range(N_OPTIMIZER_COLORS) if slot not in taken), None)) is not None:
        return slot
    return distinct_color(
        resolve_color(entry.color, index, theme) for theme in THEMES.values() for index, entry in enumerate(entries)
    )


def with_own_colors(scene: Scene) -> Scene:
    """The scene with every colour that came from the place in the list written down."""
    entries = (
        entry if entry.color is not None else replace(entry, color=own_color(entry, index))
        for index, entry in enumerate(scene.optimizers)
    )
    return _with_entries(scene, tuple(entries))


def _with_entries(scene: Scene, entries: tuple[OptimizerEntry, ...]) -> Scene:
    return replace(scene, optimizers=entries)
