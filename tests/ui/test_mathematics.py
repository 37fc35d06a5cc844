"""Formulas set as mathematics: drawn off the GUI thread, in the theme's colour, as wide as there is room."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradsim.core.formula.latex import formula_lines
from gradsim.core.gallery import GALLERY
from gradsim.ui.mathematics import MathView, paint_formulas, set_formula

ADAM = (
    r"m \leftarrow \beta_1 m + (1 - \beta_1) g",
    r"x \leftarrow x - \eta \frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
)


def count_inked(image: object) -> int:
    return sum(image.pixelColor(x, y).alpha() > 128 for x in range(image.width()) for y in range(image.height()))


def test_letters_are_drawn_not_only_lines(dressed: QApplication) -> None:
    assert count_inked(paint_formulas(("x",), 20.0, "#FFFFFF")) > 20


@pytest.mark.parametrize("name", GALLERY)
def test_every_gallery_formula_is_type_set(name: str) -> None:
    for line in formula_lines(GALLERY[name].formula, width=36.0):
        assert set_formula(line, 14.0, "#FFFFFF").startswith(b"<svg")


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_formula_has_as_many_pixels_as_the_screen(dressed: QApplication, ratio: float) -> None:
    plain, image = paint_formulas(ADAM, 14.0, "#FFFFFF"), paint_formulas(ADAM, 14.0, "#FFFFFF", ratio)
    assert image.width() == pytest.approx(ratio * plain.width(), abs=ratio)


def test_a_view_takes_the_height_of_its_lines_and_says_them(qtbot: QtBot, dressed: QApplication) -> None:
    view = MathView()
    qtbot.addWidget(view)
    view.show_lines(ADAM[:1], "m ← β₁m + (1 − β₁)g")
    qtbot.waitUntil(lambda: view.is_set)
    one_line = view.sizeHint().height()
    view.show_lines(ADAM, "Adam")
    qtbot.waitUntil(lambda: view.sizeHint().height() > 1.8 * one_line)
    view.resize(60, 80)  # too narrow: it shrinks instead of being cut
    assert view.grab().width() == round(60 * view.devicePixelRatioF())
    assert view.accessibleName() == "Adam"
    view.stop()
