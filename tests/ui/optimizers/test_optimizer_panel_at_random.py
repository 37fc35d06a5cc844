"""The optimizer panel under random hands: it always shows the scene, and undoing everything brings back the first."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradsim.core.checks import check_scene
from gradsim.core.optimizers import OPTIMIZERS, label_of
from gradsim.core.render.palette import optimizer_letter, resolve_color
from gradsim.ui.optimizers.entry_edits import value_of
from gradsim.ui.optimizers.fan_out import FanOutDialog
from gradsim.ui.optimizers.optimizer_card import OptimizerCard
from gradsim.ui.optimizers.optimizer_picker import OptimizerPicker
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import current_theme

N_ACTIONS = 60


class Hands:
    """Does something to a panel, as a user would."""

    def __init__(self, qtbot: QtBot, picker: OptimizerPicker, session: Session, seed: int) -> None:
        self.qtbot, self.picker, self.session = qtbot, picker, session
        self.random = random.Random(seed)

    def act(self) -> None:
        cards = self.picker.cards
        if not cards or self.random.random() < 0.1:
            self.picker.add(self.random.choice(list(OPTIMIZERS)))
            return
        self.random.choice(
            (self.fold, self.fold, self.switch, self.menu, self.slide, self.type, self.choose, self.drag, self.fan_out)
        )(self.random.choice(cards))

    def fold(self, card: OptimizerCard) -> None:
        card.head.fold.click()

    def switch(self, card: OptimizerCard) -> None:
        card.head.switch.click()

    def menu(self, card: OptimizerCard) -> None:
        menu = card.menu
        menu.show_state()
        actions = (menu.duplicate, menu.reset, menu.move_up, menu.move_down, menu.remove, menu.rename)
        self.random.choice([action for action in actions if action.isEnabled()]).trigger()
        if card.head.editor.isVisible():
            self.qtbot.keyClicks(card.head.editor, self.random.choice(("Zoe", " ", "b")))
            self.qtbot.keyClick(card.head.editor, self.random.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape)))

    def slide(self, card: OptimizerCard) -> None:
        slider = self.random.choice(list(card.rows.values())).slider
        slider.setValue(self.random.randint(0, slider.maximum()))

    def type(self, card: OptimizerCard) -> None:
        field = self.random.choice(list(card.rows.values())).field
        field.selectAll()
        self.qtbot.keyClicks(field, self.random.choice(("1/3", "1e-3", "-1", "two", "0.999")))
        self.qtbot.keyClick(field, Qt.Key.Key_Return)
        self.qtbot.keyClick(field, Qt.Key.Key_Escape)

    def choose(self, card: OptimizerCard) -> None:
        if card.details is None:
            return
        details = card.details
        boxes = (details.convention, details.schedule.kind, details.gradient.kind, details.clip.way)
        chosen = self.random.choice((*boxes, details.box.switch))
        if chosen is details.box.switch:
            chosen.click()
        else:
            chosen.activated.emit(self.random.randrange(chosen.count()))

    def drag(self, card: OptimizerCard) -> None:
        way = QPoint(0, self.random.randint(-400, 400))
        self.qtbot.mousePress(card.head, Qt.MouseButton.LeftButton, pos=QPoint(90, 10))
        self.qtbot.mouseMove(card.head, QPoint(90, 10) + way / 2)
        self.qtbot.mouseMove(card.head, QPoint(90, 10) + way)
        self.qtbot.mouseRelease(card.head, Qt.MouseButton.LeftButton, pos=QPoint(90, 10) + way)

    def fan_out(self, card: OptimizerCard) -> None:
        if len(self.picker.cards) > 12:
            card.menu.remove.trigger()
            return
        dialog = FanOutDialog(self.session, card.index, self.picker)
        dialog.choice.setCurrentIndex(self.random.randrange(dialog.choice.count()))
        dialog.accept()


def assert_shows_scene(picker: OptimizerPicker, session: Session) -> None:
    entries = session.scene.optimizers
    assert len(picker.cards) == len(entries)
    for index, (card, entry) in enumerate(zip(picker.cards, entries, strict=True)):
        assert (card.index, card.name, card.title) == (index, entry.name, label_of(entry))
        assert card.head.switch.isChecked() == entry.enabled
        assert card.head.swatch.letter == optimizer_letter(index)
        assert card.head.swatch.color == resolve_color(entry.color, index, current_theme())
        for name, row in card.rows.items():
            assert row.value == value_of(entry, name)
        if card.details is not None:
            assert card.details.schedule.kind.currentData() is type(entry.schedule)
            assert card.details.gradient.kind.currentData() is type(entry.gradient)
            assert card.details.clip.way.currentData() == (entry.clip and entry.clip.by)
            assert card.details.box.switch.isChecked() == (entry.box is not None)
    assert [picker.list._layout.itemAt(index).widget() for index in range(len(entries))] == picker.cards


@pytest.mark.parametrize("seed", [2])
def test_whatever_is_done_the_cards_show_the_scene_and_undo_brings_back_the_first(
    qtbot: QtBot, session: Session, playback: Playback, seed: int
) -> None:
    picker = OptimizerPicker(session, playback)
    qtbot.addWidget(picker)
    picker.resize(288, 700)
    picker.show()
    first = session.scene
    hands = Hands(qtbot, picker, session, seed)
    for _ in range(N_ACTIONS):
        hands.act()
        QApplication.processEvents()
        assert_shows_scene(picker, session)
    check_scene(session.scene)
    n_undone = 0
    while session.undo_name is not None:
        session.undo()
        n_undone += 1
    assert n_undone > 15
    assert session.scene == first
    assert_shows_scene(picker, session)
    while session.redo_name is not None:
        session.redo()
    assert_shows_scene(picker, session)
    picker.stop()
