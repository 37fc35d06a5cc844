"""The box that an optimizer is kept inside, switched on and typed in its card."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hands import enter_number
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from waiting import RUN_TIMEOUT_MS

from gradsim.core.gallery import GALLERY
from gradsim.core.scene import Domain, FormulaSurface
from gradsim.ui.edits import with_formula, with_surface
from gradsim.ui.optimizers import card_list
from gradsim.ui.optimizers.box_fields import BoxFields
from gradsim.ui.optimizers.optimizer_picker import OptimizerPicker
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session

DOMAIN_BOX = ((-3.0, 3.0), (-2.0, 2.0))


@pytest.fixture
def picker(qtbot: QtBot, session: Session, playback: Playback) -> Iterator[OptimizerPicker]:
    picker = OptimizerPicker(session, playback)
    qtbot.addWidget(picker)
    picker.resize(288, 420)
    picker.show()
    picker.activateWindow()
    picker.cards[0].head.fold.click()
    QApplication.processEvents()
    yield picker
    picker.stop()


@pytest.fixture
def fields(picker: OptimizerPicker) -> BoxFields:
    return picker.cards[0].details.box


def box_of(session: Session) -> object:
    return session.scene.optimizers[0].box


def test_a_switch_keeps_inside_the_domain_and_takes_that_back(fields: BoxFields, session: Session) -> None:
    assert not any(field.isVisible() for field in fields.fields.values())
    fields.switch.click()
    assert box_of(session) == DOMAIN_BOX
    assert session.undo_name == "keep Gradient descent inside a box"
    assert [field.value for field in fields.fields.values()] == [-3.0, 3.0, -2.0, 2.0]
    assert all(field.isVisible() for field in fields.fields.values())
    fields.switch.click()
    assert box_of(session) is None
    assert session.undo_name == "remove box"
    assert fields.switch.accessibleName() == "Keep Gradient descent inside a box"


def test_the_ends_are_typed(qtbot: QtBot, fields: BoxFields, session: Session) -> None:
    fields.switch.click()
    enter_number(qtbot, fields.fields["x", 0], "-1/2")
    enter_number(qtbot, fields.fields["y", 1], "-2")  # no wider than a line
    assert box_of(session) == ((-0.5, 3.0), (-2.0, -2.0))
    assert session.undo_name == "change box"
    session.undo()
    assert fields.fields["y", 1].value == 2.0


def test_an_end_beyond_the_other_waits_for_it(qtbot: QtBot, fields: BoxFields, session: Session) -> None:
    fields.switch.click()
    low, high = fields.fields["x", 0], fields.fields["x", 1]
    enter_number(qtbot, low, "5")
    assert fields.error.text() == "5 is above 3: the box would have no inside"
    assert fields.error.isVisible()
    assert box_of(session) == DOMAIN_BOX
    enter_number(qtbot, fields.fields["y", 0], "-1")  # what is typed about another axis changes nothing about it
    assert (low.text(), low.property("invalid")) == ("5", True)
    enter_number(qtbot, high, "8")
    assert box_of(session) == ((5.0, 8.0), (-1.0, 2.0))
    assert not fields.error.isVisible()
    enter_number(qtbot, high, "1e101")
    assert "go up to 1e+100" in fields.error.text()
    qtbot.keyClick(high, Qt.Key.Key_Escape)
    assert (high.value, fields.error.isVisible()) == (8.0, False)


def test_a_number_half_typed_goes_with_the_box(qtbot: QtBot, fields: BoxFields, session: Session) -> None:
    fields.switch.click()
    field = fields.fields["x", 0]
    for text in ("-1", "50"):
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, text)
        fields.switch.click()
        assert box_of(session) is None
        assert not fields.error.isVisible()
        fields.switch.click()
        assert box_of(session) == DOMAIN_BOX
        assert (field.text(), bool(field.property("invalid"))) == ("-3", False)


def test_a_box_follows_the_formula_into_its_dimension(fields: BoxFields, session: Session) -> None:
    fields.switch.click()
    session.edit(with_formula(session.scene, "x^2"), "change formula")
    assert box_of(session) == (DOMAIN_BOX[0],)
    assert not fields.fields["y", 0].isVisible()
    session.edit(with_formula(session.scene, "x^2 + y^4"), "change formula")
    assert box_of(session) == (DOMAIN_BOX[0], session.scene.domain.y)
    assert fields.fields["y", 0].isVisible()


@pytest.mark.parametrize("name", list(GALLERY))
def test_a_box_around_the_domain_follows_a_preset_and_another_stays(session: Session, name: str) -> None:
    preset = GALLERY[name]
    first, second, third = session.scene.optimizers
    own = ((-1.0, 0.5), (0.0, 1.0))
    session.edit(replace(session.scene, optimizers=(replace(first, box=DOMAIN_BOX), replace(second, box=own), third)))
    surface = FormulaSurface(formula=preset.formula)
    session.edit(with_surface(session.scene, surface, preset.domain, preset.start, preset.title), "choose")
    assert [entry.box for entry in session.scene.optimizers] == [
        preset.domain.axes,
        own[: preset.domain.dimension],
        None,
    ]


def test_a_wider_domain_leaves_the_box(fields: BoxFields, session: Session) -> None:
    fields.switch.click()
    session.edit(replace(session.scene, domain=Domain(x=(-9.0, 9.0), y=(-9.0, 9.0))), "change domain")
    assert box_of(session) == DOMAIN_BOX


def test_what_opens_below_comes_into_view(
    qtbot: QtBot, picker: OptimizerPicker, fields: BoxFields, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card_list, "FOLLOW_MS", RUN_TIMEOUT_MS)  # until all is laid out, however late that is
    fields.switch.click()
    view = picker.list.viewport()

    def is_in_view() -> bool:
        field = fields.fields["y", 1]
        return view.rect().contains(field.mapTo(view, field.rect().bottomLeft()))

    qtbot.waitUntil(is_in_view)
