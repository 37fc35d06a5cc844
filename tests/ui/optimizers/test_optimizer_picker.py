"""The optimizer panel: cards for what races, edited by slider, number, switch and menu."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hands import enter_number
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from waiting import RUN_TIMEOUT_MS

from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.render.palette import resolve_color
from gradsim.core.scene import ExactGradient, NoisyGradient, OptimizerEntry
from gradsim.ui.optimizers import card_list
from gradsim.ui.optimizers.optimizer_picker import OptimizerPicker
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import current_theme
from gradsim.ui.widgets.number_field import number_text


@pytest.fixture
def follows_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a card be followed until its formula has been set, however late that is."""
    monkeypatch.setattr(card_list, "FOLLOW_MS", RUN_TIMEOUT_MS)


@pytest.fixture
def picker(qtbot: QtBot, session: Session, playback: Playback) -> Iterator[OptimizerPicker]:
    picker = OptimizerPicker(session, playback)
    qtbot.addWidget(picker)
    picker.resize(280, 700)
    picker.show()
    yield picker
    picker.stop()


def learning_rate(session: Session, index: int = 0) -> float:
    return session.scene.optimizers[index].hyperparameters["learning_rate"]


def colors(session: Session) -> list[str]:
    entries = enumerate(session.scene.optimizers)
    return [resolve_color(entry.color, index, current_theme()) for index, entry in entries]


def test_there_is_a_card_for_every_optimizer(picker: OptimizerPicker) -> None:
    assert [card.title for card in picker.cards] == ["Gradient descent", "Momentum", "Adam"]


@pytest.mark.parametrize(("text", "value"), [("1e-3", 1e-3), ("1/3", 1 / 3), ("0.25", 0.25), (" .5 ", 0.5)])
def test_the_learning_rate_takes_exact_numbers(
    qtbot: QtBot, picker: OptimizerPicker, session: Session, text: str, value: float
) -> None:
    field = picker.cards[0].rows["learning_rate"].field
    enter_number(qtbot, field, text)
    assert learning_rate(session) == value
    assert field.text() == ("1/3" if "/" in text else number_text(value))


@pytest.mark.parametrize("text", ["-1", "fast", "1/0", "inf", "", "1e999"])
def test_what_is_no_learning_rate_shows_one_line_and_keeps_the_last(
    qtbot: QtBot, picker: OptimizerPicker, session: Session, text: str
) -> None:
    card = picker.cards[0]
    field = card.rows["learning_rate"].field
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    enter_number(qtbot, field, text)
    assert learning_rate(session) == 0.05
    assert card.error.isVisible()
    assert card.error.text()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert not card.error.isVisible()
    assert field.text() == "0.05"


def test_dragging_the_slider_edits_all_the_way_and_is_one_undo(
    qtbot: QtBot, picker: OptimizerPicker, session: Session
) -> None:
    slider = picker.cards[0].rows["learning_rate"].slider
    seen = []
    session.scene_changed.connect(lambda _, scene: seen.append(learning_rate(session)))
    middle = slider.height() // 2
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(20, middle))
    for x in range(24, slider.width() - 10, 8):
        qtbot.mouseMove(slider, QPoint(x, middle))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 10, middle))
    assert len(seen) > 5
    assert seen == sorted(seen)
    session.undo()
    assert learning_rate(session) == 0.05


def test_two_drags_are_two_undos(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    slider = picker.cards[0].rows["learning_rate"].slider
    for x in (20, 60):
        qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(x, slider.height() // 2))
    first = learning_rate(session)
    session.undo()
    assert learning_rate(session) not in (first, 0.05)
    session.undo()
    assert learning_rate(session) == 0.05


def test_switching_off_takes_it_out_of_the_race(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    qtbot.mouseClick(picker.cards[1].head.switch, Qt.MouseButton.LeftButton)
    assert [entry.name for entry in session.scene.racing] == ["gradient_descent", "adam"]


def test_all_can_be_switched_off_and_removed(
    qtbot: QtBot, run_session: Session, picker: OptimizerPicker, playback: Playback
) -> None:
    for card in picker.cards:
        qtbot.mouseClick(card.head.switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: run_session.run.n_optimizers == 0)
    picker.show_live()
    for card in list(picker.cards):
        card.menu.remove.trigger()
    assert run_session.scene.optimizers == ()
    assert picker.cards == []


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_every_optimizer_can_be_added_and_shows_all_its_settings(
    qtbot: QtBot, picker: OptimizerPicker, session: Session, name: str
) -> None:
    picker.add_button.click()
    qtbot.keyClicks(picker.popup.search, OPTIMIZERS[name].title)
    qtbot.keyClick(picker.popup.search, Qt.Key.Key_Return)
    assert picker.popup.isHidden()
    assert session.scene.optimizers[-1].name == name
    picker.cards[-1].head.fold.click()
    assert list(picker.cards[-1].rows) == list(OPTIMIZERS[name].rule().defaults)


def test_a_race_without_optimizers_says_how_to_go_on(picker: OptimizerPicker) -> None:
    assert not picker.hint.isVisible()
    while picker.cards:
        picker.cards[0].menu.remove.trigger()
    assert picker.hint.isVisible()
    assert picker.add_button.text() in picker.hint.text()
    picker.add("adam")
    assert not picker.hint.isVisible()


def test_a_new_card_comes_into_view(picker: OptimizerPicker) -> None:
    picker.resize(280, 300)
    for name in ("newton", "adam"):
        picker.add(name)
        card = picker.cards[-1]
        assert card.visibleRegion().boundingRect().height() == card.height()


@pytest.mark.usefixtures("follows_for_long")
def test_unfolded_settings_come_into_view(qtbot: QtBot, picker: OptimizerPicker) -> None:
    picker.resize(280, 900)
    card = picker.cards[-1]
    card.head.fold.click()
    qtbot.waitUntil(lambda: card.details.formula.is_set)
    qtbot.waitUntil(lambda: card.visibleRegion().boundingRect().bottom() == card.rect().bottom())
    picker.resize(280, 300)  # too low for all of it: then from its head
    card.head.fold.click()
    card.head.fold.click()
    assert card.visibleRegion().boundingRect().top() == 0


@pytest.mark.usefixtures("follows_for_long")
def test_a_card_in_use_stays_in_view_when_it_grows_and_when_it_moves(qtbot: QtBot, picker: OptimizerPicker) -> None:
    def bottom_is_visible() -> bool:
        return card.visibleRegion().boundingRect().bottom() == card.rect().bottom()

    picker.resize(280, 900)
    card = picker.cards[-1]
    card.head.fold.click()
    qtbot.waitUntil(lambda: card.details.formula.is_set and bottom_is_visible())
    picker.list._forget_followed()
    card.rows["learning_rate"].field.setFocus()
    kind = card.details.schedule.kind
    kind.setCurrentIndex(kind.findText("cosine"))
    height = card.height()
    kind.activated.emit(kind.currentIndex())
    qtbot.waitUntil(lambda: card.height() > height and bottom_is_visible())
    picker.list._forget_followed()
    picker.resize(280, 300)
    card.menu.move_up.trigger()
    assert card.index == 1
    qtbot.waitUntil(lambda: card.visibleRegion().boundingRect().top() == 0)


def test_a_new_card_takes_a_free_colour(picker: OptimizerPicker, session: Session) -> None:
    picker.add("newton")
    assert len(set(colors(session))) == 4


def test_removing_one_keeps_the_colours_of_the_others(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    before = colors(session)
    picker.cards[0].menu.remove.trigger()
    assert colors(session) == before[1:]
    assert [card.title for card in picker.cards] == ["Momentum", "Adam"]
    session.undo()
    assert colors(session) == before
    assert [card.index for card in picker.cards] == [0, 1, 2]


@pytest.mark.parametrize("convention", list(OPTIMIZERS["momentum"].conventions))
def test_another_convention_shows_its_rule(picker: OptimizerPicker, session: Session, convention: str) -> None:
    card = picker.cards[1]
    card.head.fold.click()
    box = card.details.convention
    box.activated.emit(box.findData(convention))
    assert session.scene.optimizers[1].convention == convention
    rule = OPTIMIZERS["momentum"].conventions[convention]
    assert card.details.formula.accessibleName() == rule.formula
    assert rule.reference in box.toolTip().replace("\n", " ")
    assert card.details.reference.text() == rule.reference


def test_other_settings_are_behind_the_fold(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    card = picker.cards[2]
    assert "beta1" not in card.rows
    qtbot.mouseClick(card.head.fold, Qt.MouseButton.LeftButton)
    assert card.rows["beta1"].isVisible()
    enter_number(qtbot, card.rows["beta1"].field, "0.5")
    assert session.scene.optimizers[2].hyperparameters["beta1"] == 0.5


def test_gradient_noise_and_none(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    picker.cards[0].head.fold.click()
    source = picker.cards[0].details.gradient
    assert not source.std.isVisible()
    source.kind.activated.emit(source.kind.findText("noisy"))
    assert session.scene.optimizers[0].gradient == NoisyGradient(std=0.1)
    enter_number(qtbot, source.std.field, "0.3")
    assert session.scene.optimizers[0].gradient == NoisyGradient(std=0.3)
    source.kind.activated.emit(source.kind.findText("exact"))
    assert session.scene.optimizers[0].gradient == ExactGradient()
    source.kind.activated.emit(source.kind.findText("noisy"))  # comes back as it was
    assert session.scene.optimizers[0].gradient == NoisyGradient(std=0.3)


def test_reset_gives_the_defaults(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    picker.cards[2].menu.reset.trigger()
    assert session.scene.optimizers[2].hyperparameters == {}
    default = OPTIMIZERS["adam"].rule().defaults["learning_rate"]
    assert picker.cards[2].rows["learning_rate"].value == default


def test_cards_show_the_loss_at_the_playhead(
    qtbot: QtBot, run_session: Session, picker: OptimizerPicker, playback: Playback
) -> None:
    playback.set_last_step(run_session.run.last_step)
    picker.show_live()
    assert picker.cards[0].standing.loss == "15.2"  # 2.5² + 4·1.5² = 15.25
    playback.seek(60)
    picker.show_live()
    assert picker.cards[0].standing.loss != "15.2"


def test_a_diverged_optimizer_says_so(
    qtbot: QtBot, run_session: Session, picker: OptimizerPicker, playback: Playback
) -> None:
    with qtbot.waitSignal(run_session.run_changed):
        enter_number(qtbot, picker.cards[0].rows["learning_rate"].field, "1e9")
    playback.set_last_step(60)
    playback.seek(60)
    picker.show_live()
    assert picker.cards[0].standing.loss == "diverged"


def test_another_scene_gets_cards_of_its_own(picker: OptimizerPicker, session: Session) -> None:
    entries = tuple(OptimizerEntry(name=name) for name in ("newton", "adam", "rmsprop", "adagrad"))
    session.open(replace(session.scene, optimizers=entries))
    assert [card.name for card in picker.cards] == [entry.name for entry in entries]
    assert "Newton" in picker.cards[0].head.switch.accessibleName()


def test_a_label_that_names_the_old_value_goes_when_the_value_changes(
    qtbot: QtBot, picker: OptimizerPicker, session: Session
) -> None:
    first = replace(session.scene.optimizers[0], label="η = 0.05 settles")
    session.edit(replace(session.scene, optimizers=(first, *session.scene.optimizers[1:])), "label")
    card = picker.cards[0]
    assert card.title == "η = 0.05 settles"
    enter_number(qtbot, card.rows["learning_rate"].field, "0.1")
    assert card.title == "Gradient descent"
    assert picker.cards[0] is card


def test_no_card_is_called_sgd() -> None:
    assert all("SGD" not in optimizer.title for optimizer in OPTIMIZERS.values())


def test_every_control_has_a_tool_tip_and_an_accessible_name(picker: OptimizerPicker) -> None:
    n_checked = 0
    for card in picker.cards:
        card.head.fold.click()
        for control in card.findChildren(QWidget):
            if control.focusPolicy() & Qt.FocusPolicy.TabFocus and control.window() is picker.window():
                assert control.toolTip(), control
                assert control.accessibleName(), control
                n_checked += 1
    assert n_checked > 60


def test_tab_walks_through_the_cards_from_top_to_bottom(qtbot: QtBot, picker: OptimizerPicker) -> None:
    picker.resize(280, 2400)
    picker.cards[2].menu.move_to(0)
    picker.cards[1].head.fold.click()
    QApplication.processEvents()
    visited = [picker.cards[0].head.fold]
    while (after := visited[-1].nextInFocusChain()) is not visited[0]:
        if after.isVisible() and after.focusPolicy() & Qt.FocusPolicy.TabFocus and after.window() is picker:
            visited.append(after)
        else:
            visited[-1:] = [visited[-1]]
            while not (after.isVisible() and after.focusPolicy() & Qt.FocusPolicy.TabFocus):
                after = after.nextInFocusChain()
            if after in visited:
                break
            visited.append(after)
    heights = [each.mapTo(picker, each.rect().center()).y() for each in visited if each is not picker.add_button]
    assert len(heights) > 20
    assert all(later > sooner - 8 for sooner, later in pairwise(heights))
