"""What an optimizer is given as its gradient, chosen and typed in its card: kinds and lists of numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.scene import (
    AccumulatedGradient,
    ExactGradient,
    Gradient,
    GradientSequence,
    MinibatchGradient,
    NoisyGradient,
    OptimizerEntry,
)
from gradsim.ui.optimizers.card_details import CardDetails
from gradsim.ui.optimizers.gradient_source import FIRST_VALUES, KINDS
from gradsim.ui.optimizers.optimizer_picker import OptimizerPicker
from gradsim.ui.optimizers.sequence_field import MOST_SHOWN
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.widgets.forms import ComboBox, Switch
from gradsim.ui.widgets.sliders import ScaleSlider

PROBING = [name for name, optimizer in OPTIMIZERS.items() if optimizer.rule().probe is not None]


@pytest.fixture
def picker(qtbot: QtBot, session: Session, playback: Playback) -> Iterator[OptimizerPicker]:
    picker = OptimizerPicker(session, playback)
    qtbot.addWidget(picker)
    picker.resize(288, 700)
    picker.show()
    picker.activateWindow()
    picker.cards[0].head.fold.click()
    QApplication.processEvents()
    yield picker
    picker.stop()


@pytest.fixture
def details(picker: OptimizerPicker) -> CardDetails:
    return picker.cards[0].details


def choose(details: CardDetails, kind: type[Gradient]) -> None:
    details.gradient.kind.activated.emit(details.gradient.kind.findData(kind))


def clip(details: CardDetails, by: str | None) -> None:
    details.clip.way.activated.emit(details.clip.way.findData(by))


def write(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    field.selectAll()
    qtbot.keyClicks(field, text)


def enter(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    write(qtbot, field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def let_probe(monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the last convention of gradient descent be SAM's, and return its name: no method has one that probes, yet."""
    method = OPTIMIZERS["gradient_descent"]
    name = list(method.conventions)[-1]
    monkeypatch.setitem(method.conventions, name, OPTIMIZERS["sam"].rule())
    return name


def test_the_list_has_every_kind_of_gradient_that_a_formula_can_have_and_says_what_it_is(
    details: CardDetails, session: Session
) -> None:
    box = details.gradient.kind
    assert {kind for kind, _, _ in KINDS} == {*Gradient.__args__} - {MinibatchGradient}  # type: ignore[attr-defined]
    for place in range(box.count()):
        box.activated.emit(place)
        assert type(session.scene.optimizers[0].gradient) is box.itemData(place) is box.currentData()
        tip = box.itemData(place, Qt.ItemDataRole.ToolTipRole)
        assert (tip[-1], tip.count(".")) == (".", 1)
        assert details.gradient.std.isVisible() == (box.currentData() is NoisyGradient)
        assert details.gradient.values.isVisible() == (box.currentData() is GradientSequence)
    assert session.undo_name == "change gradient"
    assert details.gradient.values.accessibleName() == "gradient sequence of Gradient descent"


@pytest.mark.parametrize("leave", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_list_of_numbers_is_typed(qtbot: QtBot, details: CardDetails, session: Session, leave: Qt.Key) -> None:
    choose(details, GradientSequence)
    assert session.scene.optimizers[0].gradient == GradientSequence(values=FIRST_VALUES)
    field = details.gradient.values
    assert field.text() == "1010, -10 ×100"
    field.setFocus()
    write(qtbot, field, "3, -1 x2, 1/2")
    qtbot.keyClick(field, leave)
    assert session.scene.optimizers[0].gradient == GradientSequence(values=(3.0, -1.0, -1.0, 0.5))
    assert field.text() == "3, -1, -1, 0.5"  # as it was understood
    session.undo()
    assert field.text() == "1010, -10 ×100"
    session.redo()
    assert field.values == (3.0, -1.0, -1.0, 0.5)


def test_what_is_no_list_stays_as_typed_with_one_line_about_it(
    qtbot: QtBot, details: CardDetails, session: Session
) -> None:
    choose(details, GradientSequence)
    before = session.scene
    source, field = details.gradient, details.gradient.values
    for text, reason in (("1, two", "two is no number"), ("", "write values"), ("1 ×200000", "too many values")):
        enter(qtbot, field, text) if text else (field.clear(), qtbot.keyClick(field, Qt.Key.Key_Return))
        assert reason in source.error.text()
        assert source.error.isVisible()
        assert "\n" not in source.error.text()
        assert field.text() == text
        assert field.property("invalid")
        assert session.scene is before
    choose(details, ExactGradient)
    assert not source.error.isVisible()
    choose(details, GradientSequence)
    assert source.error.isVisible()  # it still is no list
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), field.property("invalid")) == ("1010, -10 ×100", False)
    assert not source.error.isVisible()


def test_what_was_typed_before_another_kind_is_chosen_comes_back_with_the_kind(
    qtbot: QtBot, details: CardDetails, session: Session
) -> None:
    choose(details, GradientSequence)
    details.gradient.values.setFocus()
    write(qtbot, details.gradient.values, "1, 2, 3")
    choose(details, ExactGradient)
    assert session.scene.optimizers[0].gradient == ExactGradient()
    choose(details, GradientSequence)
    assert session.scene.optimizers[0].gradient == GradientSequence(values=(1.0, 2.0, 3.0))


def test_an_undo_while_a_list_is_typed_is_not_undone_by_it(
    qtbot: QtBot, details: CardDetails, session: Session
) -> None:
    choose(details, GradientSequence)
    details.gradient.values.setFocus()
    write(qtbot, details.gradient.values, "1, 2, 3")
    session.undo()
    assert session.scene.optimizers[0].gradient == ExactGradient()
    session.redo()
    assert details.gradient.values.text() == "1010, -10 ×100"


def test_a_list_too_long_to_be_read_is_counted_and_kept(qtbot: QtBot, details: CardDetails, session: Session) -> None:
    values = tuple(step / 7 for step in range(MOST_SHOWN + 1))
    entry = replace(session.scene.optimizers[0], gradient=GradientSequence(values=values))
    session.edit(replace(session.scene, optimizers=(entry, *session.scene.optimizers[1:])))
    field = details.gradient.values
    assert (field.text(), field.placeholderText()) == ("", "1,001 values")
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.scene.optimizers[0].gradient.values == values
    enter(qtbot, field, "1, 2")
    assert session.scene.optimizers[0].gradient.values == (1.0, 2.0)


@pytest.mark.parametrize("name", PROBING)
def test_a_method_that_probes_refuses_a_sum_of_gradients_in_one_line(
    picker: OptimizerPicker, session: Session, name: str
) -> None:
    picker.add(name)
    card = picker.cards[-1]
    card.head.fold.click()
    before = session.scene
    choose(card.details, AccumulatedGradient)
    error = card.details.gradient.error
    assert error.isVisible()
    assert error.text().startswith(f"{name} takes several gradients in one update")
    assert "$" not in error.text()
    assert session.scene is before
    assert card.details.gradient.kind.currentData() is ExactGradient
    choose(card.details, NoisyGradient)
    assert not error.isVisible()
    assert isinstance(session.scene.optimizers[-1].gradient, NoisyGradient)


def test_a_convention_that_is_refused_says_so_and_leaves_the_entry(
    picker: OptimizerPicker, details: CardDetails, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(details, AccumulatedGradient)
    probing = let_probe(monkeypatch)
    before = session.scene
    details.convention.activated.emit(details.convention.findData(probing))
    assert session.scene is before
    assert details.convention.currentData() != probing
    assert "takes several gradients" in details._refusal.text()
    assert details._refusal.isVisible()
    choose(details, ExactGradient)
    assert not details._refusal.isVisible()
    details.convention.activated.emit(details.convention.findData(probing))
    assert session.scene.optimizers[0].convention == probing


def test_every_control_has_a_name_of_its_own_and_says_in_a_sentence_what_it_does(details: CardDetails) -> None:
    names = []
    for part in (details.gradient, details.clip, details.box):
        for kind in (ComboBox, QLineEdit, ScaleSlider, Switch):
            for control in part.findChildren(kind):
                names.append(control.accessibleName())
                assert control.toolTip()[0].isupper()
                assert re.search(r"\.( |$)", control.toolTip().replace("\n", " "))
    assert len(names) == 12
    assert all(names)
    assert len(set(names)) == len(names)


def test_the_tab_key_walks_from_top_to_bottom(qtbot: QtBot, details: CardDetails) -> None:
    choose(details, GradientSequence)
    clip(details, "norm")
    details.box.switch.click()
    clipping, box = details.clip, details.box
    expected = [
        details.gradient.kind,
        details.gradient.values,
        clipping.way,
        clipping.limit.slider,
        clipping.limit.field,
    ]
    expected += [box.switch, *box.fields.values()]
    expected[0].setFocus()
    for control in expected:
        assert QApplication.focusWidget() is control
        qtbot.keyClick(control, Qt.Key.Key_Tab)


def test_reset_takes_back_the_gradient_the_clipping_and_the_box(
    picker: OptimizerPicker, details: CardDetails, session: Session
) -> None:
    choose(details, AccumulatedGradient)
    clip(details, "norm")
    details.box.switch.click()
    picker.cards[0].menu.reset.trigger()
    assert session.scene.optimizers[0] == OptimizerEntry(name="gradient_descent")
    assert details.gradient.kind.currentData() is ExactGradient
