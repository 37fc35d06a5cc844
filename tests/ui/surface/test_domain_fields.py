"""The domain by numbers, from the map, and back to its preset's."""

from __future__ import annotations

import math

import pytest
from hands import enter_number
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gradsim.core.gallery import GALLERY
from gradsim.core.scene import Domain, FormulaSurface
from gradsim.ui.session import Session
from gradsim.ui.surface.domain_fields import DomainFields
from gradsim.ui.widgets.number_field import parse_number


@pytest.fixture
def fields(qtbot: QtBot, session: Session) -> DomainFields:
    fields = DomainFields(session)
    qtbot.addWidget(fields)
    fields.show()
    return fields


@pytest.mark.parametrize(
    ("text", "value"),
    [("1/3", 1 / 3), ("2*pi", 2 * math.pi), ("1e-3", 1e-3), ("−2", -2.0), ("1,500", 1500.0), ("sqrt(2)", math.sqrt(2))],
)
def test_numbers_may_be_calculated(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize("text", ["", "x", "1/0", "1e999", "nan", "2,5", "a*2", "import os", "9^9^9", "sqrt(-1)"])
def test_what_is_no_number_gets_one_line_that_names_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"no number|no finite value") as caught:
        parse_number(text)
    assert (text or "nothing") in str(caught.value)


def test_a_calculated_end_stays_as_it_was_typed(qtbot: QtBot, fields: DomainFields, session: Session) -> None:
    field = fields.fields["x", 1]
    enter_number(qtbot, field, "2*pi")
    assert session.scene.domain.x[1] == 2 * math.pi
    assert field.text() == "2*pi"
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert session.scene.domain.x[1] == pytest.approx(2 * math.pi + 0.001)


def test_what_the_map_shows_becomes_the_domain(qtbot: QtBot, fields: DomainFields, session: Session) -> None:
    assert not fields.take_view.isEnabled()
    view = replace(session.scene.view, x=(-1.23456, 2.34567), y=(0.1, 0.9))
    session.edit(replace(session.scene, view=view))
    qtbot.mouseClick(fields.take_view, Qt.MouseButton.LeftButton)
    assert session.scene.domain == Domain(x=(-1.235, 2.346), y=(0.1, 0.9))
    assert session.scene.view.x is None
    assert not fields.take_view.isEnabled()
    session.undo()
    assert session.scene.domain.x == (-3.0, 3.0)


def test_in_one_dimension_the_map_gives_x_alone(qtbot: QtBot, fields: DomainFields, session: Session) -> None:
    scene = replace(
        session.scene,
        surface=FormulaSurface(formula="x^2"),
        domain=Domain(x=(-3.0, 3.0)),
        starts=replace(session.scene.starts, points=((1.0,),)),
    )
    session.edit(scene, "change formula")
    session.edit(replace(scene, view=replace(scene.view, x=(-1.0, 2.0), y=(-5.0, 5.0))))
    qtbot.mouseClick(fields.take_view, Qt.MouseButton.LeftButton)
    assert session.scene.domain == Domain(x=(-1.0, 2.0))


def test_a_preset_gets_its_own_domain_back(qtbot: QtBot, fields: DomainFields, session: Session) -> None:
    assert not fields.reset.isVisible()
    preset = GALLERY["rosenbrock"]
    session.edit(replace(session.scene, surface=preset.surface, domain=preset.domain), "choose Rosenbrock")
    assert not fields.reset.isVisible()
    enter_number(qtbot, fields.fields["y", 0], "-4")
    assert fields.reset.isVisible()
    qtbot.mouseClick(fields.reset, Qt.MouseButton.LeftButton)
    assert session.scene.domain == preset.domain
    assert session.undo_name == "change domain"
