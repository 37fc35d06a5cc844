"""The list of presets, driven with keys and mouse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from waiting import RUN_TIMEOUT_MS

from gradsim.core.gallery import GALLERY
from gradsim.ui.surface.preset_button import OWN_FORMULA, PresetButton
from gradsim.ui.surface.preset_list import NAME_ROLE, PresetList
from gradsim.ui.surface.surface_pictures import SurfacePictures


@pytest.fixture
def button(qtbot: QtBot, dressed: QApplication) -> Iterator[PresetButton]:
    pictures = SurfacePictures()
    button = PresetButton(pictures)
    qtbot.addWidget(button)
    button.show_preset("himmelblau")
    button.show()
    yield button
    button.list.hide()
    pictures.stop()


def shown_names(presets: PresetList) -> list[str]:
    items = [presets.list.item(place) for place in range(presets.list.count())]
    return [item.data(NAME_ROLE) for item in items if not item.isHidden()]


def test_the_button_names_the_surface_in_use(button: PresetButton) -> None:
    assert button.text() == "Himmelblau"
    button.show_preset(None)
    assert button.text() == OWN_FORMULA
    assert OWN_FORMULA in button.accessibleName()


def test_a_click_opens_the_list_with_the_surface_in_use_marked(qtbot: QtBot, button: PresetButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.list.isVisible()
    assert shown_names(button.list) == list(GALLERY)
    assert button.list.list.currentItem().data(NAME_ROLE) == "himmelblau"


def test_arrows_move_and_enter_chooses(qtbot: QtBot, button: PresetButton) -> None:
    qtbot.keyClick(button, Qt.Key.Key_Down)
    for _ in range(2):
        qtbot.keyClick(button.list.search, Qt.Key.Key_Down)
    with qtbot.waitSignal(button.chosen) as chosen:
        qtbot.keyClick(button.list.search, Qt.Key.Key_Return)
    assert chosen.args == [list(GALLERY)[2]]
    assert not button.list.isVisible()


@pytest.mark.parametrize(
    ("words", "names"),
    [("rav", ["ravine"]), ("CAMEL", ["six_hump_camel"]), ("2*pi", ["rastrigin", "ackley"]), ("nothing like it", [])],
)
def test_typing_finds_titles_lessons_and_formulas(
    qtbot: QtBot, button: PresetButton, words: str, names: list[str]
) -> None:
    button.open()
    qtbot.keyClicks(button.list.search, words)
    assert shown_names(button.list) == names
    assert button.list.nothing.isVisible() == (not names)
    with qtbot.assertNotEmitted(button.chosen) if not names else qtbot.waitSignal(button.chosen):
        qtbot.keyClick(button.list.search, Qt.Key.Key_Return)


def test_a_click_chooses(qtbot: QtBot, button: PresetButton) -> None:
    button.open()
    place = button.list.list.visualItemRect(button.list.list.item(1)).center()
    with qtbot.waitSignal(button.chosen) as chosen:
        qtbot.mouseClick(button.list.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["rosenbrock"]


def test_the_list_stays_on_the_screen_and_shows_pictures(qtbot: QtBot, button: PresetButton) -> None:
    screen = button.screen().availableGeometry()
    button.move(screen.bottomRight())
    button.open()
    assert screen.contains(button.list.geometry())
    names = [item.data(NAME_ROLE) for item in map(button.list.list.item, range(3))]
    qtbot.waitUntil(lambda: all(count_shades(button.list, name) > 40 for name in names), timeout=RUN_TIMEOUT_MS)


def count_shades(presets: PresetList, name: str) -> int:
    """How many colours there are where the picture of surface ``name`` is, marked or not."""
    items = [presets.list.item(place) for place in range(presets.list.count())]
    row = presets.list.visualItemRect(next(item for item in items if item.data(NAME_ROLE) == name))
    image = presets.list.viewport().grab().toImage()
    middle = row.top() + row.height() // 2
    return len({image.pixel(x, y) for x in range(20, 90) for y in range(middle - 20, middle + 20)})
