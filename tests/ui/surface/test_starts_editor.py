"""The starts and race settings, driven as a user does."""

from __future__ import annotations

import math

import pytest
from hands import enter_number
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gradsim.core.race.starts import count_particles
from gradsim.core.scene import Domain, PointStarts
from gradsim.ui.edits import CLOUD_SIZE, starts_center, with_formula
from gradsim.ui.session import Session
from gradsim.ui.surface.points_dialog import PointsDialog, points_text, read_points
from gradsim.ui.surface.race_editor import RaceEditor
from gradsim.ui.surface.start_kinds import START_KINDS, kind_of
from gradsim.ui.surface.start_settings import setting_rows
from gradsim.ui.surface.starts_editor import StartsEditor

finite = st.floats(-1e6, 1e6)


@pytest.fixture
def editor(qtbot: QtBot, session: Session) -> StartsEditor:
    editor = StartsEditor(session)
    qtbot.addWidget(editor)
    editor.show()
    return editor


@pytest.fixture
def race(qtbot: QtBot, session: Session) -> RaceEditor:
    editor = RaceEditor(session)
    qtbot.addWidget(editor)
    editor.show()
    return editor


def choose(qtbot: QtBot, editor: StartsEditor, kind: str) -> None:
    qtbot.mouseClick(editor.kinds[kind], Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("formula", ["x^2 + y^2", "x^2"])
@pytest.mark.parametrize("kind", START_KINDS)
def test_every_kind_can_be_chosen_and_gives_that_kind(
    qtbot: QtBot, editor: StartsEditor, session: Session, kind: str, formula: str
) -> None:
    session.edit(with_formula(session.scene, formula), "change formula")
    if session.scene.domain.dimension not in START_KINDS[kind].dimensions:
        assert not editor.kinds[kind].isVisible()
        return
    choose(qtbot, editor, kind)
    assert kind_of(session.scene.starts).name == kind
    assert [name for name, button in editor.kinds.items() if button.isChecked()] == [kind]


@pytest.mark.parametrize("kind", ["uniform", "gaussian", "grid", "box", "line", "ring"])
def test_a_cloud_has_about_a_thousand_particles(
    qtbot: QtBot, editor: StartsEditor, session: Session, kind: str
) -> None:
    choose(qtbot, editor, kind)
    assert count_particles(session.scene.starts) == pytest.approx(CLOUD_SIZE, rel=0.05)


def test_changing_the_kind_keeps_the_size_of_a_cloud(qtbot: QtBot, editor: StartsEditor, session: Session) -> None:
    choose(qtbot, editor, "ring")
    enter_number(qtbot, editor.fields["particles"], "64")
    choose(qtbot, editor, "line")
    assert session.scene.starts.n == 64


@pytest.mark.parametrize("kind", [name for name in START_KINDS if not name.startswith("point")])
def test_every_number_of_every_kind_can_be_typed(
    qtbot: QtBot, editor: StartsEditor, session: Session, kind: str
) -> None:
    choose(qtbot, editor, kind)
    rows = setting_rows(session.scene.starts, session.scene.domain)
    assert rows
    for number, setting in enumerate((setting for row in rows for setting in row.settings), start=2):
        value = number if setting.whole or not setting.name.endswith("from") else -number
        enter_number(qtbot, editor.fields[setting.name], str(value))
        assert setting.read(session.scene.starts) == value
        assert not editor.error.isVisible()


def test_a_grid_covers_the_whole_domain_or_a_box(qtbot: QtBot, editor: StartsEditor, session: Session) -> None:
    choose(qtbot, editor, "grid")
    assert session.scene.starts.box is None
    qtbot.mouseClick(editor.whole_domain, Qt.MouseButton.LeftButton)
    assert session.scene.starts.box == ((-1.5, 1.5), (-1.0, 1.0))
    assert editor.fields["x from"].value == -1.5
    qtbot.mouseClick(editor.whole_domain, Qt.MouseButton.LeftButton)
    assert session.scene.starts.box is None
    assert "x from" not in editor.fields


def test_a_box_that_is_upside_down_is_refused_in_one_line(qtbot: QtBot, editor: StartsEditor, session: Session) -> None:
    choose(qtbot, editor, "box")
    before = session.scene.starts
    enter_number(qtbot, editor.fields["y from"], "5")
    assert session.scene.starts == before
    assert editor.error.isVisible()
    assert "\n" not in editor.error.text()
    assert editor.fields["y from"].value == -1.0


def test_starts_are_edited_as_text(qtbot: QtBot, editor: StartsEditor, session: Session) -> None:
    qtbot.mouseClick(editor.edit_points, Qt.MouseButton.LeftButton)
    dialog = editor.findChild(PointsDialog)
    assert read_points(dialog.text.toPlainText(), 2) == session.scene.starts.points
    dialog.text.setPlainText("1/2 2\n\n(-1, 1e-1)\n3;4")
    dialog.accept_button.click()
    assert session.scene.starts.points == ((0.5, 2.0), (-1.0, 0.1), (3.0, 4.0))
    assert session.undo_name == "change starts"


@pytest.mark.parametrize(
    ("text", "word"), [("1, 2\n3", "line 2"), ("1, 2, 3", "line 1"), ("a, b", "line 1"), ("", "at least one")]
)
def test_text_that_is_no_list_of_starts_keeps_the_dialog_open(
    qtbot: QtBot, editor: StartsEditor, session: Session, text: str, word: str
) -> None:
    before = session.scene
    qtbot.mouseClick(editor.edit_points, Qt.MouseButton.LeftButton)
    dialog = editor.findChild(PointsDialog)
    dialog.text.setPlainText(text)
    dialog.accept_button.click()
    assert word in dialog.error.text()
    assert dialog.isVisible()
    assert session.scene == before
    dialog.reject()


@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=20))
def test_points_survive_being_written_as_text(points: list[tuple[float, float]]) -> None:
    assert read_points(points_text(tuple(points)), 2) == tuple(points)


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


def test_steps_seed_and_goal_are_taken(qtbot: QtBot, race: RaceEditor, session: Session) -> None:
    enter_number(qtbot, race.steps, "123")
    enter_number(qtbot, race.seed, "7")
    race.goal.activated.emit(race.goal.findData("maximize"))
    scene = session.scene
    assert (scene.steps, scene.seed, scene.goal) == (123, 7, "maximize")


@pytest.mark.parametrize("text", ["0", "1e9", "2.5", "-3", "many"])
def test_steps_that_cannot_be_made_are_refused_in_one_line(
    qtbot: QtBot, race: RaceEditor, session: Session, text: str
) -> None:
    enter_number(qtbot, race.steps, text)
    assert session.scene.steps == 60
    race.steps.editingFinished.emit()  # once more, as the focus leaves
    assert race.error.isVisible()
    assert race.error.text()
    assert "\n" not in race.error.text()


def test_another_seed_is_drawn(qtbot: QtBot, race: RaceEditor, session: Session) -> None:
    before = session.scene.seed
    qtbot.mouseClick(race.other_seed, Qt.MouseButton.LeftButton)
    assert session.scene.seed != before
    assert race.seed.value == session.scene.seed


def test_many_points_are_shown_as_a_few_and_a_count(editor: StartsEditor, session: Session) -> None:
    points = tuple((float(x), 0.0) for x in range(20))
    session.edit(replace(session.scene, starts=PointStarts(points=points)), "change starts")
    assert "x5" in editor.fields
    assert "x6" not in editor.fields
    assert not editor.add_point.isVisible()


def test_snapping_is_switched_on_and_kept_in_the_scene(qtbot: QtBot, editor: StartsEditor, session: Session) -> None:
    qtbot.mouseClick(editor.snap, Qt.MouseButton.LeftButton)
    assert session.scene.view.snap
    assert session.undo_name is None  # how a scene is edited is no edit


@pytest.mark.parametrize("before", START_KINDS)
@pytest.mark.parametrize("kind", START_KINDS)
def test_another_kind_lies_in_an_odd_domain_in_numbers_that_can_be_read(
    qtbot: QtBot, editor: StartsEditor, session: Session, before: str, kind: str
) -> None:
    domain = Domain(x=(-2 * math.pi, 1 / 3), y=(-6.0, 6.0))
    session.edit(replace(session.scene, domain=domain), "change domain")
    choose(qtbot, editor, before)
    choose(qtbot, editor, kind)
    texts = [field.text() for field in editor.fields.values()]
    assert texts
    assert [text for text in texts if len(text) > 6] == []
    (left, right), _ = domain.axes
    center = starts_center(session.scene.starts, domain)
    assert left + 0.05 < center[0] < right - 0.05
