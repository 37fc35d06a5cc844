"""The map panel, driven with keys and mouse: every control changes the view, is saved with it, and is never undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hands import enter_number, save_session
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradsim.core.scene import Domain, FormulaSurface, PointStarts, View
from gradsim.core.scene_file import load_scene
from gradsim.ui.map.map_options import COLOR_MAP_NAMES, SWITCHES, MapOptions
from gradsim.ui.session import Session
from gradsim.ui.theme import apply_theme

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def options(qtbot: QtBot, session: Session) -> MapOptions:
    options = MapOptions(session)
    qtbot.addWidget(options)
    options.show()
    return options


def flatten(session: Session) -> None:
    """Show a 1-D surface instead."""
    scene = replace(
        session.scene,
        surface=FormulaSurface(formula="x^4 - x^2"),
        domain=Domain(x=(-2.0, 2.0)),
        starts=PointStarts(points=((1.0,),)),
    )
    session.edit(scene, "change formula")


@pytest.mark.parametrize("name", COLOR_MAP_NAMES)
def test_a_swatch_chooses_its_colors(qtbot: QtBot, options: MapOptions, session: Session, name: str) -> None:
    qtbot.mouseClick(options.colors[name], LEFT)
    assert session.scene.view.colors == name
    assert options.colors[name].isChecked()
    assert options.color_name.text() == COLOR_MAP_NAMES[name][0]


def test_a_swatch_shows_the_colors_as_they_are_on_the_map(options: MapOptions, session: Session) -> None:
    bright, dim = [], []
    for dimming, found in ((0.0, bright), (1.0, dim)):
        session.try_edit(replace(session.scene, view=replace(session.scene.view, dimming=dimming)))
        image = options.colors["viridis"].grab().toImage()
        found += [image.pixelColor(image.width() * k // 10, image.height() // 2).getRgb()[:3] for k in (3, 5, 7)]
    assert len(set(bright)) == len(set(dim)) == 3  # dim, but to be told apart
    assert all(sum(dimmed) < sum(plain) for dimmed, plain in zip(dim, bright, strict=True))


@pytest.mark.parametrize("field", [row[0] for row in SWITCHES])
def test_a_switch_turns_its_part_of_the_view(qtbot: QtBot, options: MapOptions, session: Session, field: str) -> None:
    if not options.lines[field].isVisible():
        flatten(session)
    before = getattr(session.scene.view, field)
    qtbot.mouseClick(options.switches[field], LEFT)
    assert getattr(session.scene.view, field) is not before
    options.switches[field].setFocus()
    qtbot.keyClick(options.switches[field], Qt.Key.Key_Space)
    assert getattr(session.scene.view, field) is before


def test_numbers_words_and_refusals(qtbot: QtBot, options: MapOptions, session: Session) -> None:
    enter_number(qtbot, options.contours.field, "7")
    enter_number(qtbot, options.dimming.field, "1/4")
    qtbot.mouseClick(options.spacing.buttons["linear"], LEFT)
    view = session.scene.view
    assert (view.contours, view.dimming, view.contour_scale) == (7, 0.25, "linear")
    enter_number(qtbot, options.contours.field, "7.5")
    assert options.error.isVisible()
    assert session.scene.view.contours == 7
    enter_number(qtbot, options.contours.field, "60")
    assert not options.error.isVisible()
    assert session.scene.view.contours == 60


def test_what_the_map_shows_is_saved_and_never_undone(
    qtbot: QtBot, options: MapOptions, session: Session, tmp_path: Path
) -> None:
    qtbot.mouseClick(options.colors["magma"], LEFT)
    qtbot.mouseClick(options.switches["vector_field"], LEFT)
    enter_number(qtbot, options.dimming.field, "0.3")
    assert session.undo_name is None
    save_session(session, tmp_path / "race.gradsim")
    assert load_scene(tmp_path / "race.gradsim").view == View(colors="magma", vector_field=True, dimming=0.3)


def test_each_dimension_has_the_controls_that_change_something(options: MapOptions, session: Session) -> None:
    assert options.contours.isVisible()
    flatten(session)
    assert not options.contours.isVisible()
    assert not options.spacing.isVisible()
    for field, _, _, dimensions in SWITCHES:
        assert options.lines[field].isVisible() == (1 in dimensions), field


@pytest.mark.parametrize("scale", [0.8, 1.0, 2.0])
def test_the_panel_fits_the_column_at_every_scale(
    qtbot: QtBot, dressed: QApplication, options: MapOptions, scale: float
) -> None:
    try:
        apply_theme(dressed, "dark", scale)
        assert options.minimumSizeHint().width() <= 246 * scale
    finally:
        apply_theme(dressed, "dark")
