"""Who is who in a race on show: badges, standings, and which optimizer of an older run is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from small_races import cloud, competitors, valley

from gradsim.core.render.palette import THEMES
from gradsim.core.run import Run
from gradsim.core.scene import OptimizerEntry, Scene, View
from gradsim.core.simulate import simulate
from gradsim.ui.drawing.competitors import Standing, badges, ordinal, run_indices, same_optimizers, standings_at
from gradsim.ui.line_up import with_copy, with_moved, with_optimizer, without_optimizer

DARK = THEMES["dark"]


def test_badges_keep_colour_and_letter_when_an_optimizer_is_off() -> None:
    scene = valley(3, view=View(letters=True))
    first, *others = scene.optimizers
    scene = replace(scene, optimizers=(replace(first, enabled=False), *others))
    assert [(badge.letter, badge.color, badge.label) for badge in badges(scene, DARK)] == [
        ("B", DARK.optimizer_colors[1], "Racer 1"),
        ("C", DARK.optimizer_colors[2], "Racer 2"),
    ]


def test_letters_are_shown_where_the_view_asks_for_them() -> None:
    assert [badge.letter for badge in badges(valley(2), DARK)] == ["", ""]


def run_of(scene) -> Run:
    return simulate(scene)


def test_without_a_run_no_optimizer_has_run() -> None:
    assert run_indices(valley(3), None) == (None, None, None)


def test_an_optimizer_that_is_changed_is_the_one_in_its_place() -> None:
    scene = valley(3)
    first, second, third = scene.optimizers
    changed = replace(scene, optimizers=(first, replace(second, hyperparameters={"learning_rate": 0.3}), third))
    assert run_indices(changed, run_of(scene)) == (0, 1, 2)


def test_optimizers_are_found_again_after_reordering() -> None:
    scene = valley(3)
    first, second, third = scene.optimizers
    assert run_indices(replace(scene, optimizers=(third, first, second)), run_of(scene)) == (2, 0, 1)


def test_a_new_optimizer_has_not_run() -> None:
    scene = valley(2)
    first, second = scene.optimizers
    more = replace(scene, optimizers=(first, competitors(3)[2], second))
    assert run_indices(more, run_of(scene)) == (0, None, 1)
    assert run_indices(scene, run_of(more)) == (0, 2)


@given(st.lists(st.sampled_from(competitors(4)), max_size=6), st.lists(st.sampled_from(competitors(4)), max_size=6))
def test_no_two_panels_show_the_same_optimizer_of_a_run(shown: list, raced: list) -> None:
    run = simulate(valley(optimizers=tuple(raced), steps=1))
    found = run_indices(valley(optimizers=tuple(shown)), run)
    assert len(found) == len(shown)
    taken = [index for index in found if index is not None]
    assert len(taken) == len(set(taken))
    assert all(0 <= index < len(raced) for index in taken)
    assert all(raced[index].name == entry.name for index, entry in zip(found, shown, strict=True) if index is not None)


def test_standings_are_the_median_losses_at_the_step() -> None:
    run = run_of(cloud())
    middles = [sorted(losses[12])[599:601] for losses in run.losses]
    assert [standing.loss for standing in standings_at(run, 12.7)] == pytest.approx([sum(two) / 2 for two in middles])


def test_the_lower_median_loss_leads() -> None:
    standings = standings_at(run_of(valley(3)), 20)
    ordered = sorted(standings, key=lambda standing: standing.loss)
    assert [standing.rank for standing in ordered] == [1, 2, 3]
    assert [standing.rank_text for standing in ordered] == ["1st", "2nd", "3rd"]


def test_where_the_highest_wins_it_leads() -> None:
    first, second = standings_at(run_of(valley(2, goal="maximize", steps=3)), 3)
    assert first.loss != second.loss
    assert (first.rank < second.rank) == (first.loss > second.loss)


def test_while_all_are_level_nobody_leads() -> None:
    standings = standings_at(run_of(valley(3)), 0)
    assert [(standing.rank, standing.rank_text) for standing in standings] == [(None, "")] * 3


def test_a_diverged_optimizer_is_told_so() -> None:
    assert Standing(float("inf"), 2).loss_text == "diverged"
    assert Standing(0.012345, 1).loss_text == "0.0123"


@pytest.mark.parametrize(
    ("n", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (22, "22nd")],
)
def test_ranks_are_ordinals(n: int, text: str) -> None:
    assert ordinal(n) == text


def test_every_edit_recognises_who_stayed() -> None:
    scene = valley(4)

    def found(edited: Scene) -> list[int | None]:
        return same_optimizers(scene, edited)

    assert found(scene) == [0, 1, 2, 3]
    assert found(with_moved(scene, 0, 2)) == [1, 2, 0, 3]
    assert found(without_optimizer(scene, 1)) == [0, 2, 3]
    assert found(with_optimizer(scene, "adam")) == [0, 1, 2, 3, None]
    assert found(with_copy(scene, 1)) == [0, 1, None, 2, 3]
    recolored = replace(scene.optimizers[2], color="#123456")
    assert found(replace(scene, optimizers=(*scene.optimizers[:2], recolored, scene.optimizers[3]))) == [0, 1, 2, 3]
    assert found(replace(scene, optimizers=(OptimizerEntry(name="newton"),))) == [None]
    assert same_optimizers(with_copy(scene, 1), scene) == [0, 1, 3, 4]


def test_competitors_of_one_method_are_told_apart_by_color() -> None:
    scene = valley(3, optimizers=competitors(3))
    assert same_optimizers(scene, without_optimizer(scene, 0)) == [1, 2]
