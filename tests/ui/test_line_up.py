"""Edits of the line-up as pure functions of scenes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_races import valley

from gradsim.core.checks import check_scene
from gradsim.core.render.oklab import distance
from gradsim.core.render.palette import THEMES, resolve_color
from gradsim.core.scene import Scene
from gradsim.ui.line_up import (
    fanned_out,
    value_label,
    with_copy,
    with_moved,
    with_optimizer,
)


def shown_colors(scene: Scene, theme: str = "dark") -> list[str]:
    return [resolve_color(entry.color, i, THEMES[theme]) for i, entry in enumerate(scene.optimizers)]


@given(st.integers(1, 8), st.data())
def test_a_move_keeps_the_others_in_order_and_everyone_their_color(n: int, data: st.DataObject) -> None:
    scene = valley(n)
    index, place = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    moved = with_moved(scene, index, place)
    labels = [entry.label for entry in scene.optimizers]
    colors = dict(zip(labels, shown_colors(scene), strict=True))
    assert moved.optimizers[place].label == labels[index]
    assert dict(zip([entry.label for entry in moved.optimizers], shown_colors(moved), strict=True)) == colors
    rest = [entry.label for entry in moved.optimizers if entry.label != labels[index]]
    assert rest == labels[:index] + labels[index + 1 :]


def test_a_fan_takes_the_place_of_one_and_is_labelled_by_its_values() -> None:
    scene = valley(3)
    fan = fanned_out(scene, 1, "learning_rate", (0.001, 2 / 101, 1e-8))
    check_scene(fan)
    assert [entry.label for entry in fan.optimizers] == [
        "Racer 0",
        "η = 0.001",
        "η = 2/101",
        "η = 10⁻⁸",
        "Racer 2",
    ]
    assert [entry.hyperparameters["learning_rate"] for entry in fan.optimizers[1:4]] == [0.001, 2 / 101, 1e-8]
    assert shown_colors(fan)[0] == shown_colors(scene)[0]
    assert shown_colors(fan)[-1] == shown_colors(scene)[-1]
    for theme in THEMES:
        colors = shown_colors(fan, theme)
        assert len(set(colors)) == len(colors)


def test_new_ones_take_free_slots_and_beyond_the_palette_colors_of_their_own() -> None:
    scene = valley(1)
    for _ in range(23):
        scene = with_optimizer(scene, "adam")
    check_scene(scene)
    for theme in THEMES:
        colors = shown_colors(scene, theme)
        assert len(set(colors)) == len(colors)
        assert min(distance(a, b) for i, a in enumerate(colors) for b in colors[:i]) > 0.03


def test_a_copy_follows_its_original_in_a_color_of_its_own() -> None:
    scene = with_copy(valley(3), 0)
    assert [entry.label for entry in scene.optimizers] == ["Racer 0", "Racer 0", "Racer 1", "Racer 2"]
    assert len(set(shown_colors(scene))) == 4


@pytest.mark.parametrize("value", [0.0, 0.9, 0.999, 1e-8, 12345.0])
def test_labels_say_symbol_and_value(value: float) -> None:
    assert value_label("beta1", value).startswith("β₁ = ")
