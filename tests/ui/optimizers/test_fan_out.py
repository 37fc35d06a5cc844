"""Fanning out one optimizer over several values, and the list that adds one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gradsim.core.optimizers import HYPERPARAMETERS, OPTIMIZERS, Optimizer
from gradsim.core.scene import MAX_OPTIMIZERS, OptimizerEntry
from gradsim.ui.optimizers.fan_out import FanOutDialog, suggested_values
from gradsim.ui.optimizers.hyperparameter_row import hyperparameter_scale
from gradsim.ui.optimizers.method_popup import MethodPopup
from gradsim.ui.optimizers.optimizer_picker import OptimizerPicker
from gradsim.ui.optimizers.value_list import parse_values
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session


@pytest.fixture
def picker(qtbot: QtBot, session: Session, playback: Playback) -> Iterator[OptimizerPicker]:
    picker = OptimizerPicker(session, playback)
    qtbot.addWidget(picker)
    picker.resize(288, 700)
    picker.show()
    yield picker
    picker.stop()


def dialog_of(picker: OptimizerPicker, place: int) -> FanOutDialog:
    picker.cards[place].menu.fan_out.trigger()
    return picker.window().findChild(FanOutDialog)


def test_one_becomes_one_for_each_value_in_one_undo(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    before = session.scene
    dialog = dialog_of(picker, 2)
    dialog.choice.setCurrentIndex(dialog.choice.findData("beta1"))
    assert dialog.text.text() == "0, 0.5, 0.9, 0.99"
    dialog.text.selectAll()
    qtbot.keyClicks(dialog.text, "0, .5, .9, .99, 0.999")
    assert dialog.preview.text().count("β₁") == 5
    qtbot.keyClick(dialog.text, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    fan = session.scene.optimizers[2:]
    assert [entry.hyperparameters["beta1"] for entry in fan] == [0.0, 0.5, 0.9, 0.99, 0.999]
    assert [entry.label for entry in fan] == ["β₁ = 0", "β₁ = 0.5", "β₁ = 0.9", "β₁ = 0.99", "β₁ = 0.999"]
    assert all(entry.hyperparameters["learning_rate"] == 0.1 for entry in fan)
    assert [card.title for card in picker.cards[2:]] == [entry.label for entry in fan]
    assert all(card.standing.note == "Adam" for card in picker.cards[2:])
    assert session.undo_name == "fan out β₁"
    session.undo()
    assert session.scene == before
    assert [card.title for card in picker.cards] == ["Gradient descent", "Momentum", "Adam"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1", "1 is out of range: β₁ must be in [0, 1)"),
        ("fast", "is no number"),
        ("0…0.99 × 63", "a scene has at most 64 optimizers, and it has 2 others"),
        ("", "write values"),
    ],
)
def test_what_cannot_race_is_said_and_changes_nothing(
    qtbot: QtBot, picker: OptimizerPicker, session: Session, text: str, reason: str
) -> None:
    before = session.scene
    dialog = dialog_of(picker, 2)
    dialog.choice.setCurrentIndex(dialog.choice.findData("beta1"))
    dialog.text.setText(text)
    assert reason in dialog.error.text()
    assert not dialog.accept_button.isEnabled()
    qtbot.keyClick(dialog.text, Qt.Key.Key_Return)
    assert session.scene == before
    dialog.reject()


def test_it_closes_when_another_scene_takes_its_optimizer_away(picker: OptimizerPicker, session: Session) -> None:
    dialog = dialog_of(picker, 2)
    session.edit(replace(session.scene, steps=77))
    assert dialog.isVisible()
    session.open(replace(session.scene, optimizers=session.scene.optimizers[:1]))
    assert not dialog.isVisible()


def test_suggestions_are_values_that_race() -> None:
    n_checked = 0
    for optimizer in OPTIMIZERS.values():
        for rule in optimizer.conventions.values():
            for name, default in rule.defaults.items():
                hyperparameter = HYPERPARAMETERS[name]
                values = parse_values(suggested_values(name, default), hyperparameter_scale(hyperparameter).kind)
                assert len(values) > 1
                assert all(map(hyperparameter.accepts, values))
                n_checked += 1
    assert n_checked > 40


def test_a_full_race_takes_no_more(picker: OptimizerPicker, session: Session) -> None:
    session.edit(replace(session.scene, optimizers=(OptimizerEntry(name="adam"),) * MAX_OPTIMIZERS))
    assert not picker.add_button.isEnabled()
    assert "at most 64" in picker.add_button.toolTip()
    menu = picker.cards[0].menu
    menu.show_state()
    assert not menu.duplicate.isEnabled()
    assert not menu.fan_out.isEnabled()
    menu.remove.trigger()
    assert picker.add_button.isEnabled()


@pytest.fixture
def popup(qtbot: QtBot, picker: OptimizerPicker) -> MethodPopup:
    picker.add_button.click()
    return picker.popup


def shown(popup: MethodPopup) -> list[str]:
    items = (popup.list.item(row) for row in range(popup.list.count()))
    return [item.text() for item in items if not item.isHidden()]


def test_the_list_has_every_optimizer_in_its_group(popup: MethodPopup) -> None:
    groups = dict.fromkeys(optimizer.group for optimizer in OPTIMIZERS.values())
    assert list(groups) == ["First order", "Adaptive", "Curvature"]
    assert set(shown(popup)) == {optimizer.title for optimizer in OPTIMIZERS.values()} | set(groups)


def under_headings(optimizers: Iterable[Optimizer]) -> list[str]:
    """The titles of ``optimizers``, each group behind its heading."""
    by_group: dict[str, list[str]] = {optimizer.group: [] for optimizer in OPTIMIZERS.values()}
    for optimizer in optimizers:
        by_group[optimizer.group].append(optimizer.title)
    return [text for group, titles in by_group.items() if titles for text in (group, *titles)]


@pytest.mark.parametrize("text", ["ADA", "Newton", "polyak"])
def test_typing_filters_by_name(qtbot: QtBot, popup: MethodPopup, text: str) -> None:
    qtbot.keyClicks(popup.search, text)
    found = [each for each in OPTIMIZERS.values() if text.lower() in each.title.lower()]
    assert found
    assert shown(popup) == under_headings(found)
    assert not popup.nothing.isVisible()
    assert popup.highlighted == min(found, key=lambda each: list(under_headings(found)).index(each.title)).name


def test_typing_filters_by_description_where_no_name_fits(qtbot: QtBot, popup: MethodPopup) -> None:
    qtbot.keyClicks(popup.search, "heavy ball")
    found = [each for each in OPTIMIZERS.values() if "heavy ball" in each.character.lower()]
    assert {"momentum", "nesterov"} <= {each.name for each in found}
    assert shown(popup) == under_headings(found)


def test_the_longest_formula_is_shown_whole(qtbot: QtBot, popup: MethodPopup) -> None:
    longest = max(OPTIMIZERS.values(), key=lambda each: len(each.rule().latex))
    qtbot.keyClicks(popup.search, longest.title)
    room = popup.formula.parentWidget()
    qtbot.waitUntil(lambda: popup.formula.height() > 0.8 * room.height())  # set, and laid out
    assert room.rect().contains(popup.formula.geometry())


@pytest.mark.parametrize("text", ["gradient_descent", "xyz"])
def test_what_nothing_fits_is_said(qtbot: QtBot, popup: MethodPopup, text: str) -> None:
    assert popup.formula.isVisible()
    qtbot.keyClicks(popup.search, text)
    assert shown(popup) == []
    assert popup.nothing.isVisible()
    assert popup.highlighted is None
    assert not popup.formula.isVisible()  # it would be that of a method which is not in the list
    popup.search.clear()
    assert popup.formula.isVisible()


def test_arrows_walk_over_headings_and_enter_adds(
    qtbot: QtBot, popup: MethodPopup, picker: OptimizerPicker, session: Session
) -> None:
    titles = {optimizer.title: name for name, optimizer in OPTIMIZERS.items()}
    order = [titles[text] for text in shown(popup) if text in titles]
    n_first = sum(optimizer.group == "First order" for optimizer in OPTIMIZERS.values())
    for _ in range(n_first):
        qtbot.keyClick(popup.search, Qt.Key.Key_Down)
    assert popup.highlighted == order[n_first] == "adagrad"
    assert popup.character.text().startswith(OPTIMIZERS["adagrad"].character)
    assert OPTIMIZERS["adagrad"].rule().formula == popup.formula.accessibleName()
    qtbot.keyClick(popup.search, Qt.Key.Key_Up)
    last = order[n_first - 1]
    assert popup.highlighted == last
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert session.scene.optimizers[-1].name == last
    picker.add_button.click()
    assert popup.search.text() == ""
    assert popup.highlighted == last  # where it was left
    for _ in order:
        qtbot.keyClick(popup.search, Qt.Key.Key_PageDown)
    assert popup.highlighted == order[-1]


def test_a_mouse_that_rests_on_the_list_does_not_keep_the_arrows_from_walking(qtbot: QtBot, popup: MethodPopup) -> None:
    lowest = popup.list.viewport().rect().bottomLeft() + QPoint(20, -5)
    qtbot.mouseMove(popup.list.viewport(), lowest - QPoint(0, 40))
    qtbot.mouseMove(popup.list.viewport(), lowest)
    titles = {optimizer.title: name for name, optimizer in OPTIMIZERS.items()}
    order = [titles[text] for text in shown(popup) if text in titles]
    place = order.index(popup.highlighted)
    assert place > 2, "the mouse highlights"
    for _ in range(8):
        qtbot.keyClick(popup.search, Qt.Key.Key_Down)
        qtbot.wait(1)
    assert popup.highlighted == order[place + 8]


def test_nothing_is_added_where_nothing_is_found(qtbot: QtBot, popup: MethodPopup, session: Session) -> None:
    before = session.scene
    qtbot.keyClicks(popup.search, "xyz")
    qtbot.keyClick(popup.search, Qt.Key.Key_Return)
    assert session.scene == before
    assert popup.isVisible()
