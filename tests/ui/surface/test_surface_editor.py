"""The surface panel, driven with keys and mouse: presets, formulas, mistakes, parameters, domain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hands import enter_number
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat
from pytestqt.qtbot import QtBot

from gradsim.core.gallery import GALLERY
from gradsim.core.scene import FormulaSurface, UniformStarts
from gradsim.ui.session import Session
from gradsim.ui.surface.formula_edit import COMPILE_DELAY_MS
from gradsim.ui.surface.preset_button import OWN_FORMULA
from gradsim.ui.surface.surface_editor import SurfaceEditor


@pytest.fixture
def editor(qtbot: QtBot, session: Session) -> Iterator[SurfaceEditor]:
    editor = SurfaceEditor(session)
    qtbot.addWidget(editor)
    editor.show()
    yield editor
    editor.stop()


def type_formula(qtbot: QtBot, editor: SurfaceEditor, text: str) -> None:
    field = editor.formula.text
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)


def marked(editor: SurfaceEditor) -> str | None:
    """The text that is underlined as a mistake."""
    wave = QTextCharFormat.UnderlineStyle.WaveUnderline
    selections = editor.formula.text.extraSelections()
    return next((each.cursor.selectedText() for each in selections if each.format.underlineStyle() == wave), None)


def test_a_typed_formula_is_used_a_moment_after_the_last_key(
    qtbot: QtBot, editor: SurfaceEditor, session: Session
) -> None:
    type_formula(qtbot, editor, "x^2 + 3*y^2")
    assert session.scene.surface.formula == "x^2 + a*y^2"
    qtbot.waitUntil(lambda: session.scene.surface.formula == "x^2 + 3*y^2")
    assert editor.preset.text() == OWN_FORMULA


def test_enter_uses_the_formula_at_once(qtbot: QtBot, editor: SurfaceEditor, session: Session) -> None:
    type_formula(qtbot, editor, "cos(x)*y^2")
    qtbot.keyClick(editor.formula.text, Qt.Key.Key_Return)
    assert session.scene.surface.formula == "cos(x)*y^2"


def test_a_mistake_is_marked_at_its_place_and_the_last_good_surface_stays(
    qtbot: QtBot, editor: SurfaceEditor, session: Session
) -> None:
    before = session.scene
    type_formula(qtbot, editor, "x^2 + sni(y)")
    qtbot.keyClick(editor.formula.text, Qt.Key.Key_Return)
    assert marked(editor) == "sni"
    assert "sin" in editor.formula.status.text()
    assert session.scene is before


def test_the_suggestion_repairs_the_mistake(qtbot: QtBot, editor: SurfaceEditor, session: Session) -> None:
    type_formula(qtbot, editor, "x^2 + sni(y)")
    qtbot.keyClick(editor.formula.text, Qt.Key.Key_Return)
    qtbot.mouseClick(editor.formula.suggestion, Qt.MouseButton.LeftButton)
    assert session.scene.surface.formula == "x^2 + sin(y)"
    assert marked(editor) is None
    assert not editor.formula.suggestion.isVisible()


def test_a_mistake_that_is_being_typed_outlives_other_edits(
    qtbot: QtBot, editor: SurfaceEditor, session: Session
) -> None:
    type_formula(qtbot, editor, "x^2 + y^")
    qtbot.keyClick(editor.formula.text, Qt.Key.Key_Return)
    session.edit(replace(session.scene, steps=61), "change steps")
    assert editor.formula.text.toPlainText() == "x^2 + y^"


@pytest.mark.parametrize("formula", ["", "   ", "9**9**9", "x.__class__", "(" * 5000, "x" * 20_000, "𝔁 + y", "x +"])
def test_hostile_formulas_get_one_line(qtbot: QtBot, editor: SurfaceEditor, session: Session, formula: str) -> None:
    before = session.scene
    editor.formula.text.setPlainText(formula)
    editor.formula.compile()
    assert session.scene is before
    assert editor.formula.status.objectName() == "error"
    assert editor.formula.status.text()
    assert "\n" not in editor.formula.status.text()


@pytest.mark.parametrize("name", list(GALLERY))
def test_a_preset_sets_formula_domain_and_start(editor: SurfaceEditor, session: Session, name: str) -> None:
    preset = GALLERY[name]
    editor.preset.chosen.emit(name)
    scene = session.scene
    assert scene.surface.formula == preset.formula
    assert scene.domain == preset.domain
    assert scene.starts.points == (preset.start,)
    assert editor.formula.text.toPlainText() == preset.formula


def test_a_preset_keeps_the_kind_and_size_of_a_cloud(editor: SurfaceEditor, session: Session) -> None:
    session.edit(replace(session.scene, starts=UniformStarts(n=321)), "change starts")
    editor.preset.chosen.emit("himmelblau")
    assert session.scene.starts == UniformStarts(n=321)


def test_losing_y_leaves_a_one_dimensional_scene_and_y_comes_back(
    qtbot: QtBot, editor: SurfaceEditor, session: Session
) -> None:
    type_formula(qtbot, editor, "x^4 - x")
    qtbot.keyClick(editor.formula.text, Qt.Key.Key_Return)
    assert session.scene.domain.dimension == 1
    assert session.scene.starts.points == ((-2.5,),)
    assert not editor.domain.fields["y", 0].isVisible()
    type_formula(qtbot, editor, "x^4 - x + y^2")
    qtbot.keyClick(editor.formula.text, Qt.Key.Key_Return)
    assert session.scene.domain.dimension == 2
    assert editor.domain.fields["y", 0].isVisible()


def test_a_long_formula_is_seen_as_a_whole(qtbot: QtBot, editor: SurfaceEditor) -> None:
    editor.resize(220, 700)
    text = editor.formula.text
    for preset in ("saddle", "ackley"):
        editor.preset.chosen.emit(preset)
        qtbot.waitUntil(lambda: not text.verticalScrollBar().isVisible())


def test_a_parameter_has_a_slider_and_a_number(qtbot: QtBot, editor: SurfaceEditor, session: Session) -> None:
    (name,) = editor.parameters.rows
    row = editor.parameters.rows[name].row
    enter_number(qtbot, row.field, "1/3")
    assert session.scene.surface.parameters[name] == pytest.approx(1 / 3)
    row.slider.setValue(0)
    assert session.scene.surface.parameters[name] == row.slider.scale.low


def test_a_parameter_that_is_no_longer_in_the_formula_loses_its_row(
    qtbot: QtBot, editor: SurfaceEditor, session: Session
) -> None:
    type_formula(qtbot, editor, "x^2 + b*y^2 + c")
    qtbot.keyClick(editor.formula.text, Qt.Key.Key_Return)
    assert list(editor.parameters.rows) == ["b", "c"]
    assert session.scene.surface.parameters == {}


def test_domain_numbers_are_taken(qtbot: QtBot, editor: SurfaceEditor, session: Session) -> None:
    enter_number(qtbot, editor.domain.fields["x", 1], "1e1")
    assert session.scene.domain.x == (-3.0, 10.0)


def test_a_domain_upside_down_is_refused_in_one_line(qtbot: QtBot, editor: SurfaceEditor, session: Session) -> None:
    field = editor.domain.fields["x", 1]
    enter_number(qtbot, field, "-7")
    assert session.scene.domain.x == (-3.0, 3.0)
    assert field.value == 3.0
    field.editingFinished.emit()  # once more, as the focus leaves
    assert editor.domain.error.isVisible()
    assert editor.domain.error.text()
    enter_number(qtbot, field, "7")
    assert not editor.domain.error.isVisible()


def test_typing_a_formula_is_one_undo(qtbot: QtBot, editor: SurfaceEditor, session: Session) -> None:
    first = session.scene
    for text in ("x^2 + y^2", "x^2 + y^2 + x", "x^2 + y^2 + x*y"):
        type_formula(qtbot, editor, text)
        editor.formula.compile()
    session.undo()
    assert session.scene.surface == first.surface
    assert editor.formula.text.toPlainText() == first.surface.formula


def test_the_scene_takes_the_name_of_the_preset_and_loses_it_with_the_formula(
    editor: SurfaceEditor, session: Session
) -> None:
    editor.preset.chosen.emit("rosenbrock")
    assert session.scene.title == GALLERY["rosenbrock"].title
    editor.formula.text.setPlainText("x^2 + y^2")
    editor.formula.compile()
    assert session.scene.title == ""


def test_a_formula_surface_with_its_default_parameter_shows_one(editor: SurfaceEditor, session: Session) -> None:
    session.edit(replace(session.scene, surface=FormulaSurface(formula="x^2 + k*y^2")), "change formula")
    assert editor.parameters.rows["k"].row.value == 1.0


def test_a_preset_brings_the_ranges_of_its_sliders(editor: SurfaceEditor, session: Session) -> None:
    editor.preset.chosen.emit("ravine")
    assert editor.parameters.rows["k"].slider == GALLERY["ravine"].sliders["k"]
    assert session.scene.view.sliders == {}


def test_the_formula_in_use_is_set_as_mathematics_and_a_click_edits_it(
    qtbot: QtBot, editor: SurfaceEditor, session: Session
) -> None:
    mathematics = editor.formula.mathematics
    type_formula(qtbot, editor, "x^2/2 + y^2")
    qtbot.keyClick(editor.formula.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: mathematics.view.is_set)
    assert "x^2/2 + y^2" in mathematics.view.accessibleName()
    type_formula(qtbot, editor, "x^2 + (")
    qtbot.keyClick(editor.formula.text, Qt.Key.Key_Return)
    assert "x^2/2 + y^2" in mathematics.view.accessibleName()  # the one in use stays
    editor.preset.setFocus()
    qtbot.mouseClick(mathematics.viewport(), Qt.MouseButton.LeftButton)
    assert editor.formula.text.hasFocus() or editor.focusWidget() is editor.formula.text


def test_a_formula_of_a_thousand_characters_is_not_set(editor: SurfaceEditor, session: Session) -> None:
    editor.formula.text.setPlainText("+".join(f"x^{i}*y" for i in range(2, 150)))
    editor.formula.compile()
    assert not editor.formula.mathematics.isVisible()
    editor.formula.text.setPlainText("x + y")
    editor.formula.compile()
    assert editor.formula.mathematics.isVisible()


def test_a_mistake_is_told_later_than_a_good_formula_is_used(
    qtbot: QtBot, editor: SurfaceEditor, session: Session
) -> None:
    type_formula(qtbot, editor, "x^2 +")
    qtbot.waitUntil(lambda: not editor.formula._timer.isActive())
    # Where the machine stood still meanwhile, the complaint is due as well.
    assert editor.formula.status.objectName() == "note" or not editor.formula._complaint.isActive()
    qtbot.waitUntil(lambda: editor.formula.status.objectName() == "error")


def test_a_word_on_offer_does_not_flash_up_as_a_parameter(
    qtbot: QtBot, editor: SurfaceEditor, session: Session
) -> None:
    editor.activateWindow()
    editor.formula.text.setFocus()
    type_formula(qtbot, editor, "x^2 + y + si")
    qtbot.wait(2 * COMPILE_DELAY_MS)
    assert "si" not in editor.parameters.rows
    qtbot.keyClick(editor.formula.text.completer.popup(), Qt.Key.Key_Return)
    qtbot.keyClicks(editor.formula.text, "x")
    qtbot.waitUntil(lambda: session.scene.surface.formula == "x^2 + y + sin(x)")
