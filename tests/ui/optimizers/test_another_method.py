"""Another method in the place of one: chosen from the name on a card, it keeps what both know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from waiting import RUN_TIMEOUT_MS

from gradsim.core.checks import check_scene
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.scene import AccumulatedGradient, CosineSchedule, ExactGradient, OptimizerEntry, Scene
from gradsim.ui.line_up import with_entry
from gradsim.ui.optimizers.entry_edits import with_method
from gradsim.ui.optimizers.optimizer_card import OptimizerCard
from gradsim.ui.optimizers.optimizer_picker import OptimizerPicker
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def picker(qtbot: QtBot, session: Session, playback: Playback) -> Iterator[OptimizerPicker]:
    picker = OptimizerPicker(session, playback)
    qtbot.addWidget(picker)
    picker.resize(288, 700)
    picker.show()
    QApplication.processEvents()
    yield picker
    picker.stop()


def name_of(card: OptimizerCard) -> QPoint:
    """Where the name is on the head of ``card``."""
    return card.head.title.geometry().topLeft() + QPoint(12, card.head.title.height() // 2)


def names(session: Session) -> list[str]:
    return [entry.name for entry in session.scene.optimizers]


def test_a_click_on_the_name_chooses_another_method_in_its_place(
    qtbot: QtBot, picker: OptimizerPicker, session: Session
) -> None:
    color = picker.cards[1].head.swatch.color
    qtbot.mouseClick(picker.cards[1].head, LEFT, pos=name_of(picker.cards[1]))
    assert picker.popup.isVisible()
    assert picker.popup.highlighted == "momentum"
    qtbot.keyClicks(picker.popup.search, "rmsprop")
    qtbot.keyClick(picker.popup.search, Qt.Key.Key_Return)
    assert names(session) == ["gradient_descent", "rmsprop", "adam"]
    assert session.scene.optimizers[1].hyperparameters == {"learning_rate": 0.02}
    assert picker.cards[1].head.title.full_text == "RMSProp"
    assert picker.cards[1].head.swatch.color == color
    assert session.undo_name == "change Momentum to RMSProp"
    session.undo()
    assert session.undo_name is None
    assert names(session) == ["gradient_descent", "momentum", "adam"]
    picker.add_button.click()  # and the same list goes on adding
    qtbot.keyClick(picker.popup.search, Qt.Key.Key_Return)
    assert len(session.scene.optimizers) == 4


def test_the_same_method_is_no_edit(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    picker.cards[2].menu.method.trigger()
    qtbot.keyClick(picker.popup.search, Qt.Key.Key_Return)
    assert not picker.popup.isVisible()
    assert session.undo_name is None


def test_beside_the_name_a_card_is_only_dragged(qtbot: QtBot, picker: OptimizerPicker) -> None:
    head = picker.cards[2].head
    qtbot.mouseClick(head, LEFT, pos=QPoint(head.title.geometry().right() - 2, head.height() // 2))
    assert picker._popup is None
    qtbot.mousePress(head, LEFT, pos=name_of(picker.cards[2]))
    qtbot.mouseMove(head, name_of(picker.cards[2]) + QPoint(0, 60))
    qtbot.mouseRelease(head, LEFT, pos=name_of(picker.cards[2]))
    assert picker._popup is None


def test_the_arrow_gives_way_to_a_long_name(picker: OptimizerPicker, session: Session) -> None:
    picker.cards[0].change_method("adam")
    assert picker.cards[0].head.title.shows_arrow
    session.edit(with_entry(session.scene, 0, replace(session.scene.optimizers[0], label="x" * 60)))
    title = picker.cards[0].head.title
    assert not title.shows_arrow
    assert title.fontMetrics().horizontalAdvance(title.text()) > 0.9 * title.width()


def test_two_quick_clicks_rename(qtbot: QtBot, picker: OptimizerPicker, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a desktop sends them: the list that the first has opened has the mouse, and gets the second."""
    monkeypatch.setattr(QApplication, "doubleClickInterval", lambda: RUN_TIMEOUT_MS)
    card = picker.cards[0]
    qtbot.mouseClick(card.head, LEFT, pos=name_of(card))
    at = picker.popup.mapFromGlobal(card.head.mapToGlobal(name_of(card)))
    qtbot.mousePress(picker.popup, LEFT, pos=at)
    assert card.head.editor.isVisible()
    assert not picker.popup.isVisible()


def test_a_late_second_click_only_closes_the_list(
    qtbot: QtBot, picker: OptimizerPicker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QApplication, "doubleClickInterval", lambda: 5)
    card = picker.cards[0]
    qtbot.mouseClick(card.head, LEFT, pos=name_of(card))
    qtbot.waitUntil(lambda: picker.popup.shown_for_ms > 5)
    at = picker.popup.mapFromGlobal(card.head.mapToGlobal(name_of(card)))
    qtbot.mousePress(picker.popup, LEFT, pos=at)
    assert not card.head.editor.isVisible()
    assert not picker.popup.isVisible()


def test_an_unfolded_card_stays_unfolded(picker: OptimizerPicker, session: Session) -> None:
    picker.cards[1].head.fold.click()
    picker.cards[1].change_method("adamw")
    assert [card.head.fold.isChecked() for card in picker.cards] == [False, True, False]
    assert list(picker.cards[1].rows) == list(OPTIMIZERS["adamw"].rule().defaults)
    session.undo()
    assert [card.head.fold.isChecked() for card in picker.cards] == [False, True, False]


@pytest.mark.parametrize("before", list(OPTIMIZERS))
def test_every_method_can_take_the_place_of_every_other(scene: Scene, before: str) -> None:
    rule = OPTIMIZERS[before].rule()
    gradient = ExactGradient() if rule.probe is not None else AccumulatedGradient()
    values = {name: value * 0.875 if value <= 1 else value for name, value in rule.defaults.items()}
    entry = OptimizerEntry(
        name=before, hyperparameters=values, gradient=gradient, schedule=CosineSchedule(), color="#123456", label="mine"
    )
    for after in OPTIMIZERS:
        changed = with_method(entry, after)
        check_scene(with_entry(scene, 0, changed))
        assert changed.name == after
        assert (changed.schedule, changed.color, changed.label) == (entry.schedule, entry.color, entry.label)
        shared = set(values) & set(OPTIMIZERS[after].rule().defaults) - {"learning_rate"}
        assert {name: changed.hyperparameters[name] for name in shared} == {name: values[name] for name in shared}


def test_a_learning_rate_goes_along_where_it_means_the_same() -> None:
    entry = OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.0008})
    assert with_method(entry, "adam").hyperparameters == {"learning_rate": 0.0008}
    assert with_method(entry, "newton").hyperparameters == {}  # a thousandth of Newton's step goes nowhere
    whole = OptimizerEntry(name="newton", hyperparameters={"learning_rate": 0.5})
    assert with_method(whole, "bfgs").hyperparameters == {"learning_rate": 0.5}
    assert with_method(whole, "momentum").hyperparameters == {}


def test_a_convention_goes_along_where_there_is_one_of_that_name() -> None:
    entry = OptimizerEntry(name="momentum", convention="ema")
    assert with_method(entry, "nesterov").convention is None
    assert with_method(replace(entry, convention="optax"), "nesterov").convention == "optax"


@pytest.mark.parametrize(
    ("label", "after", "expected"),
    [
        ("the quick one", "adamw", "the quick one"),
        ("Adam, β₁ = 0.5", "adamw", "AdamW, β₁ = 0.5"),
        ("β₁ = 0.5", "adamw", "β₁ = 0.5"),
        ("β₁ = 0.5", "momentum", None),
        ("Adamant", "momentum", "Adamant"),
        ("my Adam", "momentum", "my Momentum"),
        ("AdamW", "adamw", None),
    ],
)
def test_a_label_follows_the_method_and_the_value_that_it_names(label: str, after: str, expected: str | None) -> None:
    entry = OptimizerEntry(name="adam", label=label, hyperparameters={"beta1": 0.5})
    assert with_method(entry, after).label == expected


def test_the_right_button_opens_the_menu_of_a_card(picker: OptimizerPicker) -> None:
    card = picker.cards[1]
    at = card.standing.geometry().center()
    target = card.childAt(at)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, target.mapFrom(card, at), card.mapToGlobal(at))
    QApplication.sendEvent(target, event)
    assert card.menu.isVisible()
    card.menu.close()


@pytest.mark.parametrize("library", ["numpy", "pytorch", "optax"])
def test_the_menu_of_a_card_asks_for_its_race_alone_as_code(
    picker: OptimizerPicker, session: Session, library: str
) -> None:
    picker.cards[1].head.switch.click()  # one that does not take part is copied as well
    asked = []
    session.code_asked.connect(lambda scene, library: asked.append((scene, library)))
    titles = {"numpy": "NumPy", "pytorch": "PyTorch", "optax": "optax"}
    next(action for action in picker.cards[1].menu.code.actions() if action.text() == titles[library]).trigger()
    entry = replace(session.scene.optimizers[1], enabled=True)
    assert asked == [(replace(session.scene, optimizers=(entry,)), library)]
