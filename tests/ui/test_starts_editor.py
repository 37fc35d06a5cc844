"""The starts and race settings, driven as a user does."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gradsim.core.scene import GaussianStarts, GridStarts, PointStarts, UniformStarts
from gradsim.core.starts import count_particles
from gradsim.ui.edits import CLOUD_SIZE, with_formula
from gradsim.ui.number_field import NumberField
from gradsim.ui.session import Session
from gradsim.ui.starts_editor import KINDS, StartsEditor, settings_of


@pytest.fixture
def editor(qtbot: QtBot, session: Session) -> StartsEditor:
    editor = StartsEditor(session)
    qtbot.addWidget(editor)
    editor.show()
    return editor


def choose(editor: StartsEditor, kind: type) -> None:
    place = editor.kind.findData(kind)
    assert place >= 0
    editor.kind.setCurrentIndex(place)
    editor.kind.activated.emit(place)


def enter_number(qtbot: QtBot, field: NumberField, text: str) -> None:
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_can_be_chosen_and_gives_that_kind(editor: StartsEditor, session: Session, kind: type) -> None:
    choose(editor, kind)
    assert type(session.scene.starts) is kind


@pytest.mark.parametrize("kind", [UniformStarts, GaussianStarts, GridStarts])
def test_a_cloud_has_about_a_thousand_particles(editor: StartsEditor, session: Session, kind: type) -> None:
    choose(editor, kind)
    assert count_particles(session.scene.starts) == pytest.approx(CLOUD_SIZE, rel=0.05)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not PointStarts])
def test_every_number_of_every_kind_can_be_typed(
    qtbot: QtBot, editor: StartsEditor, session: Session, kind: type
) -> None:
    choose(editor, kind)
    settings = settings_of(session.scene.starts, 2)
    assert settings
    for number, setting in enumerate(settings, start=2):
        enter_number(qtbot, editor.fields[setting.name], str(number))
        assert setting.read(session.scene.starts) == number


def test_the_start_can_be_typed(qtbot: QtBot, editor: StartsEditor, session: Session) -> None:
    enter_number(qtbot, editor.fields["y0"], "-1/4")
    assert session.scene.starts.points == ((-2.5, -0.25),)


def test_starts_are_added_and_removed(qtbot: QtBot, editor: StartsEditor, session: Session) -> None:
    qtbot.mouseClick(editor.add_point, Qt.MouseButton.LeftButton)
    assert len(session.scene.starts.points) == 2
    session.undo()
    assert len(session.scene.starts.points) == 1


def test_one_dimensional_starts_have_one_number(editor: StartsEditor, session: Session) -> None:
    session.edit(with_formula(session.scene, "x^2"), "change formula")
    assert list(editor.fields) == ["x0"]


def test_steps_seed_and_goal_are_taken(qtbot: QtBot, editor: StartsEditor, session: Session) -> None:
    enter_number(qtbot, editor.steps, "123")
    enter_number(qtbot, editor.seed, "7")
    editor.goal.activated.emit(editor.goal.findData("maximize"))
    scene = session.scene
    assert (scene.steps, scene.seed, scene.goal) == (123, 7, "maximize")


@pytest.mark.parametrize("text", ["0", "1e9", "2.5", "-3", "many"])
def test_steps_that_cannot_be_made_are_refused_in_one_line(
    qtbot: QtBot, editor: StartsEditor, session: Session, text: str
) -> None:
    enter_number(qtbot, editor.steps, text)
    assert session.scene.steps == 60
    editor.steps.editingFinished.emit()  # once more, as the focus leaves
    assert editor.race_error.isVisible()
    assert editor.race_error.text()
    assert "\n" not in editor.race_error.text()


def test_many_points_are_shown_as_a_few_and_a_count(editor: StartsEditor, session: Session) -> None:
    points = tuple((float(x), 0.0) for x in range(20))
    session.edit(replace(session.scene, starts=PointStarts(points=points)), "change starts")
    assert "x5" in editor.fields
    assert "x6" not in editor.fields
    assert not editor.add_point.isVisible()
