"""One card: its head, its menu, its place in the list, its standing and its schedule."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hands import let_all_be_laid_out
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot
from small_races import cloud, finished_session, valley

from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.render.palette import resolve_color
from gradsim.core.scene import (
    ConstantSchedule,
    CosineRestartsSchedule,
    CosineSchedule,
    ExponentialSchedule,
    InverseTimeSchedule,
    OneCycleSchedule,
    OptimizerEntry,
    PointStarts,
    Schedule,
    StepSchedule,
    WsdSchedule,
)
from gradsim.ui.optimizers.card_details import convention_note
from gradsim.ui.optimizers.color_chooser import ColorChooser
from gradsim.ui.optimizers.optimizer_card import OptimizerCard
from gradsim.ui.optimizers.optimizer_picker import OptimizerPicker
from gradsim.ui.optimizers.schedule_preview import MAX_POINTS
from gradsim.ui.optimizers.schedule_table import KINDS
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import apply_theme, current_theme
from gradsim.ui.widgets.forms import NamedControl
from gradsim.ui.widgets.sliders import SliderRow

HEAD = QPoint(90, 10)


def made(qtbot: QtBot, session: Session, playback: Playback) -> OptimizerPicker:
    picker = OptimizerPicker(session, playback)
    qtbot.addWidget(picker)
    picker.resize(288, 700)
    picker.show()
    QApplication.processEvents()
    return picker


@pytest.fixture
def picker(qtbot: QtBot, session: Session, playback: Playback) -> Iterator[OptimizerPicker]:
    picker = made(qtbot, session, playback)
    yield picker
    picker.stop()


def choose(card: OptimizerCard, kind: type[Schedule]) -> None:
    """Take ``kind`` from the list of schedules, as a click on it does."""
    box = card.details.schedule.kind
    box.activated.emit(box.findData(kind))


def names(session: Session) -> list[str]:
    return [entry.name for entry in session.scene.optimizers]


def drag(qtbot: QtBot, card: OptimizerCard, down: int, *, drop: bool = True) -> None:
    """Press the head of ``card``, move by ``down`` pixels, and let go."""
    qtbot.mousePress(card.head, Qt.MouseButton.LeftButton, pos=HEAD)
    for step in range(1, 6):
        qtbot.mouseMove(card.head, HEAD + QPoint(0, down * step // 5))
    if drop:
        qtbot.mouseRelease(card.head, Qt.MouseButton.LeftButton, pos=HEAD + QPoint(0, down))


def test_a_card_is_dragged_to_another_place_and_keeps_its_colour(
    qtbot: QtBot, picker: OptimizerPicker, session: Session
) -> None:
    first = picker.cards[0]
    color = first.head.swatch.color
    first.head.fold.click()
    first.head.fold.click()
    drag(qtbot, first, 1000)
    assert names(session) == ["momentum", "adam", "gradient_descent"]
    assert picker.cards[2] is first
    assert (first.head.swatch.color, first.head.swatch.letter) == (color, "C")
    assert session.undo_name == "move Gradient descent"
    session.undo()
    assert names(session) == ["gradient_descent", "momentum", "adam"]
    assert picker.cards[0] is first


def test_a_line_says_where_a_dragged_card_would_land(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    line = picker.list.drop_line
    drag(qtbot, picker.cards[0], picker.cards[2].y() - picker.cards[0].y(), drop=False)
    assert line.isVisible()
    assert picker.cards[1].geometry().bottom() < line.geometry().center().y() < picker.cards[2].y()
    qtbot.keyClick(picker.cards[0].head, Qt.Key.Key_Escape)
    assert not line.isVisible()
    qtbot.mouseRelease(picker.cards[0].head, Qt.MouseButton.LeftButton)
    assert names(session) == ["gradient_descent", "momentum", "adam"]
    assert session.undo_name is None


def test_a_short_pull_moves_nothing(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    drag(qtbot, picker.cards[1], 12)
    assert session.undo_name is None


def test_alt_and_arrows_move_the_card_with_the_focus(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    card = picker.cards[1]
    picker.activateWindow()
    card.rows["learning_rate"].field.setFocus()
    qtbot.waitUntil(lambda: card.rows["learning_rate"].field.hasFocus())
    QTest.keyClick(card.rows["learning_rate"].field, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(session) == ["momentum", "gradient_descent", "adam"]
    assert card.rows["learning_rate"].field.hasFocus()
    for _ in range(3):  # at the end it stays
        QTest.keyClick(card.rows["learning_rate"].field, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert names(session) == ["gradient_descent", "adam", "momentum"]


def test_the_menu_duplicates_and_removes(picker: OptimizerPicker, session: Session) -> None:
    picker.cards[0].menu.duplicate.trigger()
    assert names(session) == ["gradient_descent", "gradient_descent", "momentum", "adam"]
    assert session.scene.optimizers[1].hyperparameters == {"learning_rate": 0.05}
    assert len({card.head.swatch.color for card in picker.cards}) == 4
    assert [card.head.swatch.letter for card in picker.cards] == list("ABCD")
    picker.cards[1].menu.remove.trigger()
    assert names(session) == ["gradient_descent", "momentum", "adam"]
    assert session.undo_name == "remove Gradient descent"


def test_a_double_click_renames_and_an_empty_name_brings_the_methods_back(
    qtbot: QtBot, picker: OptimizerPicker, session: Session
) -> None:
    head = picker.cards[2].head
    qtbot.mouseDClick(head, Qt.MouseButton.LeftButton, pos=head.title.geometry().center())
    assert head.editor.isVisible()
    qtbot.keyClicks(head.editor, "Quick one")
    qtbot.keyClick(head.editor, Qt.Key.Key_Return)
    assert session.scene.optimizers[2].label == "Quick one"
    assert session.undo_name == "rename Adam"
    assert picker.cards[2].standing.note == "Adam"
    picker.cards[2].menu.rename.trigger()
    qtbot.keyClicks(head.editor, "thrown away")
    qtbot.keyClick(head.editor, Qt.Key.Key_Escape)
    assert session.scene.optimizers[2].label == "Quick one"
    picker.cards[2].menu.rename.trigger()
    qtbot.keyClick(head.editor, Qt.Key.Key_Delete)
    qtbot.keyClick(head.editor, Qt.Key.Key_Return)
    assert session.scene.optimizers[2].label is None
    assert picker.cards[2].standing.note == ""


@pytest.mark.parametrize("name", ["", "Descent, "])
def test_a_label_that_ends_in_a_value_goes_on_being_called_after_it(
    qtbot: QtBot, picker: OptimizerPicker, session: Session, name: str
) -> None:
    entry = replace(session.scene.optimizers[0], label=f"{name}η = 0.05")
    session.edit(replace(session.scene, optimizers=(entry,)))
    field = picker.cards[0].rows["learning_rate"].field
    field.selectAll()
    qtbot.keyClicks(field, "2/101")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.scene.optimizers[0].label == f"{name}η = 2/101"


def test_a_value_that_is_not_the_default_has_a_way_back(
    qtbot: QtBot, picker: OptimizerPicker, session: Session
) -> None:
    row = picker.cards[0].rows["learning_rate"]
    assert row.reset.isVisible()
    assert "0.01" in row.reset.toolTip()
    assert "0.01" in row.field.toolTip()
    slider = row.slider.geometry()
    row.reset.setFocus()
    qtbot.keyClick(row.reset, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not row.reset.isVisible())
    assert session.scene.optimizers[0].hyperparameters == {}
    assert session.undo_name == "reset learning rate"
    assert row.value == 0.01
    assert row.slider.geometry() == slider


def test_what_is_wrong_with_a_number_is_not_said_of_the_next_convention(
    qtbot: QtBot, picker: OptimizerPicker, session: Session
) -> None:
    card = picker.cards[0]
    card.head.fold.click()
    rate = card.rows["learning_rate"].field
    qtbot.mouseClick(rate, Qt.MouseButton.LeftButton)
    rate.selectAll()
    qtbot.keyClicks(rate, "abc")
    qtbot.keyClick(rate, Qt.Key.Key_Return)
    assert "abc is no number" in card.error.text()
    assert card.error.isVisible()
    convention = card.details.convention
    convention.activated.emit(convention.findData("paper"))
    assert session.scene.optimizers[0].convention == "paper"
    assert not card.error.isVisible()


def test_what_is_wrong_with_a_schedules_number_is_said_below_it_while_the_schedule_has_it(
    qtbot: QtBot, picker: OptimizerPicker
) -> None:
    card = picker.cards[0]
    card.head.fold.click()
    editor = card.details.schedule
    choose(card, CosineSchedule)
    least = editor.rows["min"].field
    least.selectAll()
    qtbot.keyClicks(least, "abc")
    qtbot.keyClick(least, Qt.Key.Key_Return)
    assert "abc is no number" in editor.error.text()
    assert editor.error.isVisible()
    assert editor.error.geometry().top() > editor.rows["min"].geometry().bottom()
    choose(card, ConstantSchedule)
    assert not editor.error.isVisible()


@pytest.mark.parametrize("value", [2 / 101, 0.123456789, 1e-8, 0.000123, 12345.678])
@pytest.mark.parametrize("scale", [0.8, 1.0, 2.0])
def test_every_digit_of_a_number_can_be_read(
    qtbot: QtBot, dressed: QApplication, session: Session, playback: Playback, value: float, scale: float
) -> None:
    try:
        apply_theme(dressed, "dark", scale)
        entry = replace(session.scene.optimizers[0], hyperparameters={"learning_rate": value})
        session.edit(replace(session.scene, optimizers=(entry,)))
        picker = made(qtbot, session, playback)
        picker.resize(round(288 * scale), 400)
        QApplication.processEvents()
        field = picker.cards[0].rows["learning_rate"].field
        needed = field.fontMetrics().horizontalAdvance(field.text())
        assert field.width() >= needed + 10 * scale
        assert picker.cards[0].rows["learning_rate"].slider.width() > 30
        picker.stop()
    finally:
        apply_theme(dressed, "dark", 1.0)


@pytest.mark.parametrize("kind", [OneCycleSchedule, CosineRestartsSchedule, WsdSchedule])
@pytest.mark.parametrize("scale", [0.8, 1.0, 2.0])
def test_nothing_is_clipped_in_the_width_of_the_panel(
    qtbot: QtBot, dressed: QApplication, session: Session, playback: Playback, scale: float, kind: type[Schedule]
) -> None:
    picker = made(qtbot, session, playback)
    for card in picker.cards:
        card.head.fold.click()
        choose(card, kind)
        card.details.gradient.kind.activated.emit(1)
        card.details.clip.way.activated.emit(2)
        card.details.box.switch.click()
    try:
        apply_theme(dressed, "dark", scale)  # follows while it is on show
        picker.resize(round(288 * scale), round(2400 * scale))
        let_all_be_laid_out()
        for card in picker.cards:
            assert card.geometry().right() <= picker.list.viewport().width()
            assert card.minimumSizeHint().width() <= card.width()
            named = (*card.findChildren(SliderRow), *card.findChildren(NamedControl))
            assert len(named) > 6
            for row in named:
                if row.isVisible():
                    assert row.name_label.sizeHint().width() <= row.name_label.width()
    finally:
        apply_theme(dressed, "dark", 1.0)
        picker.stop()


def test_the_swatch_chooses_a_slot_of_the_palette(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    qtbot.mouseClick(picker.cards[1].head.swatch, Qt.MouseButton.LeftButton)
    chooser = picker.cards[1].findChild(ColorChooser)
    assert [slot.letter for slot in chooser.slots[:4]] == ["A", "B", "C", ""]
    chooser.slots[7].click()
    assert session.scene.optimizers[1].color == 7
    assert [resolve_color(entry.color, i, current_theme()) for i, entry in enumerate(session.scene.optimizers)] == [
        card.head.swatch.color for card in picker.cards
    ]
    assert session.undo_name == "change colour"


def test_the_swatch_chooses_any_colour(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    card = picker.cards[1]
    qtbot.mouseClick(card.head.swatch, Qt.MouseButton.LeftButton)
    chooser = card.findChild(ColorChooser)
    field = chooser.field
    qtbot.mousePress(field, Qt.MouseButton.LeftButton, pos=QPoint(5, 40))
    for x in range(10, field.width(), 30):
        qtbot.mouseMove(field, QPoint(x, 40))
    qtbot.mouseRelease(field, Qt.MouseButton.LeftButton, pos=QPoint(100, 40))
    assert session.scene.optimizers[1].color == chooser.hex.text() == card.head.swatch.color
    session.undo()  # a drag is one edit
    assert session.undo_name is None
    chooser.hex.setText("blue")
    qtbot.keyClick(chooser.hex, Qt.Key.Key_Return)
    assert "blue is no colour" in chooser.error.text()
    chooser.hex.setText("5b9dff")
    qtbot.keyClick(chooser.hex, Qt.Key.Key_Return)
    assert session.scene.optimizers[1].color == "#5B9DFF"
    assert not chooser.isVisible()


def test_arrow_keys_choose_a_colour(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    picker.cards[0].head.swatch.click()
    field = picker.cards[0].findChild(ColorChooser).field
    before = session.scene.optimizers[0].color
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(field, key)
        assert session.scene.optimizers[0].color != before
        before = session.scene.optimizers[0].color
    session.undo()
    assert session.undo_name == "change colour"  # each key an edit of its own


def test_place_loss_and_outcomes_appear_without_telling_the_end_early(
    qtbot: QtBot, dressed: QApplication, playback: Playback
) -> None:
    entries = (
        OptimizerEntry(name="newton"),
        OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 10.0}),
        OptimizerEntry(name="adam", enabled=False),
        OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.001}),
    )
    session = finished_session(cloud(optimizers=entries))
    playback.set_last_step(session.run.last_step)
    picker = made(qtbot, session, playback)
    picker.show_live()
    assert [card.standing.place for card in picker.cards] == ["", "", "", ""]  # all are level
    playback.seek(39)
    picker.show_live()
    assert [card.standing.place for card in picker.cards] == ["1st", "3rd", "", "2nd"]
    assert [card.standing.loss for card in picker.cards][1:3] == ["diverged", ""]
    assert all(card.outcomes.shares is None for card in picker.cards)
    playback.seek(40)
    picker.show_live()
    shares = session.run.outcomes
    for card, outcomes in zip((picker.cards[0], picker.cards[1], picker.cards[3]), shares, strict=True):
        assert card.outcomes.shares == pytest.approx([(outcomes == each).mean() for each in range(4)])
    assert "100 % diverged" in picker.cards[1].outcomes.toolTip()
    assert picker.cards[2].outcomes.shares is None
    playback.seek(39)
    picker.show_live()
    assert picker.cards[0].outcomes.shares is None
    picker.stop()
    session.stop()


def test_great_clouds_are_measured_by_a_worker_to_the_same_numbers(
    qtbot: QtBot, dressed: QApplication, playback: Playback, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = finished_session(cloud())
    playback.set_last_step(session.run.last_step)
    playback.seek(40)
    picker = made(qtbot, session, playback)
    picker.show_live()
    at_once = [(card.standing.place, card.standing.loss, card.outcomes.shares) for card in picker.cards]
    for card in picker.cards:
        card.show_standing(None, None)
    monkeypatch.setattr("gradsim.ui.optimizers.optimizer_picker.MOST_AT_ONCE", 0)
    picker.show_live()
    assert picker.cards[0].standing.loss == ""
    qtbot.waitUntil(lambda: picker.cards[0].standing.loss != "")
    assert [(c.standing.place, c.standing.loss, c.outcomes.shares) for c in picker.cards] == at_once
    picker.stop()
    session.stop()


def test_a_single_particle_has_no_shares(qtbot: QtBot, dressed: QApplication, playback: Playback) -> None:
    session = finished_session(valley(2, starts=PointStarts(points=((0.5, 0.5),))))
    playback.set_last_step(session.run.last_step)
    playback.seek(40)
    picker = made(qtbot, session, playback)
    picker.show_live()
    assert [card.outcomes.shares for card in picker.cards] == [None, None]
    assert picker.cards[0].standing.loss
    picker.stop()
    session.stop()


def test_a_schedule_is_edited_with_its_numbers(qtbot: QtBot, picker: OptimizerPicker, session: Session) -> None:
    card = picker.cards[0]
    card.head.fold.click()
    editor = card.details.schedule
    expected = [
        ConstantSchedule(),
        ExponentialSchedule(rate=0.05),
        replace(ExponentialSchedule(rate=0.05), warmup=7),
    ]
    choose(card, ExponentialSchedule)
    assert session.scene.optimizers[0].schedule == expected[1]
    warmup = editor.rows["warmup"].field
    warmup.selectAll()
    qtbot.keyClicks(warmup, "7")
    qtbot.keyClick(warmup, Qt.Key.Key_Return)
    assert session.scene.optimizers[0].schedule == expected[2]
    assert session.undo_name == "change schedule"
    choose(card, StepSchedule)
    assert session.scene.optimizers[0].schedule == StepSchedule(every=15, warmup=7)
    assert [name for name, row in editor.rows.items() if row.isVisible()] == ["every", "factor", "warmup"]
    for field, text, reason in (("factor", "2", "must be 0 to 1"), ("every", "2.5", "whole number")):
        row = editor.rows[field].field
        row.selectAll()
        qtbot.keyClicks(row, text)
        qtbot.keyClick(row, Qt.Key.Key_Return)
        assert reason in editor.error.text()
        qtbot.keyClick(row, Qt.Key.Key_Escape)
    choose(card, CosineSchedule)
    assert session.scene.optimizers[0].schedule == CosineSchedule(warmup=7)
    assert editor.rows["period"].value == 53  # the rest of the race
    editor.rows["period"].slider.setValue(editor.rows["period"].slider.maximum() // 2)
    assert session.scene.optimizers[0].schedule.period == 30
    editor.rows["period"].slider.setValue(editor.rows["period"].slider.maximum())
    assert session.scene.optimizers[0].schedule.period is None


def test_the_preview_shows_the_rate_of_the_step_on_show(
    qtbot: QtBot, run_session: Session, picker: OptimizerPicker, playback: Playback
) -> None:
    playback.set_last_step(60)
    card = picker.cards[0]
    card.head.fold.click()
    assert not card.details.schedule.preview.isVisible()  # a straight line tells nothing
    choose(card, StepSchedule)  # halved every 15 steps
    preview = card.details.schedule.preview
    assert preview.isVisible()
    for step, rate in ((0, 0.05), (14.9, 0.05), (15, 0.025), (59, 0.00625), (60, 0.00625)):
        playback.seek(step)
        picker.show_live()
        assert preview.rate == rate


def test_the_list_of_schedules_has_room_for_every_title(picker: OptimizerPicker) -> None:
    card = picker.cards[0]
    card.head.fold.click()
    QApplication.processEvents()
    box, option = card.details.schedule.kind, QStyleOptionComboBox()
    option.initFrom(box)
    room = box.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box
    )
    widths = [box.fontMetrics().horizontalAdvance(kind.title) for kind in KINDS.values()]
    assert 50 < max(widths) <= room.width()


def test_a_race_of_ten_million_steps_is_previewed_by_a_few_hundred(
    qtbot: QtBot, picker: OptimizerPicker, session: Session
) -> None:
    session.edit(replace(session.scene, steps=10_000_000))
    card = picker.cards[0]
    card.head.fold.click()
    choose(card, InverseTimeSchedule)
    preview = card.details.schedule.preview
    assert len(preview._rates) <= MAX_POINTS
    assert not preview.grab().isNull()


def test_conventions_say_in_what_they_differ(picker: OptimizerPicker) -> None:
    card = picker.cards[1]
    card.head.fold.click()
    box = card.details.convention
    tips = [box.itemData(place, Qt.ItemDataRole.ToolTipRole) for place in range(box.count())]
    assert "The default." in tips[0]
    assert "Its formula differs: v ← μv + g,  x ← x − ηv" in tips[1]  # optax has no weight decay there
    assert "Its formula differs: v ← μv + ηg,  x ← x − v" in tips[2]
    assert "Its defaults differ: η = 0.1 instead of 0.01." in tips[4]
    assert "The same as paper." in convention_note(OPTIMIZERS["signum"], "optax")


def test_what_is_off_is_small_and_can_still_be_unfolded(picker: OptimizerPicker) -> None:
    card = picker.cards[0]
    full = card.sizeHint().height()
    card.head.switch.click()
    assert card.sizeHint().height() < full / 1.5
    card.head.fold.click()
    assert card.rows["learning_rate"].isVisible()
