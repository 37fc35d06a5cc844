"""Formulas set as mathematics: drawn off the GUI thread, in the theme's colour, as wide as there is room."""

from __future__ import annotations

import itertools
import threading

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gradsim.core.formula.latex import formula_lines
from gradsim.core.gallery import GALLERY
from gradsim.ui.theme import current_theme
from gradsim.ui.widgets.mathematics import TEXT_PIXELS, MathView
from gradsim.ui.widgets.type_setting import paint_formulas, set_formula

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


def test_many_views_share_one_worker_and_each_gets_its_latest_formula(qtbot: QtBot, dressed: QApplication) -> None:
    views = [MathView() for _ in range(12)]
    for view in views:
        qtbot.addWidget(view)
        view.show_lines(("a",), "a")
    for n, view in enumerate(views):
        view.show_lines(("a" * (2 * n + 2),), "later")
    widths = [paint_formulas(("a" * (2 * n + 2),), TEXT_PIXELS, "#FFFFFF").width() for n in range(12)]
    qtbot.waitUntil(lambda: [view.sizeHint().width() for view in views] == widths)
    assert sum(thread.name == "gradsim formulas" for thread in threading.enumerate()) == 1


def test_a_stopped_view_keeps_its_formula(qtbot: QtBot, dressed: QApplication) -> None:
    stopped, other = MathView(), MathView()
    for view in (stopped, other):
        qtbot.addWidget(view)
        view.show_lines(("x",), "x")
    qtbot.waitUntil(lambda: stopped.is_set and other.is_set)
    width = stopped.sizeHint().width()
    stopped.stop()
    for view in (stopped, other):
        view.show_lines(("x + y + z",), "sum")
    qtbot.waitUntil(lambda: other.sizeHint().width() > width)
    assert stopped.sizeHint().width() == width


def test_a_view_that_is_gone_while_its_formula_is_set_harms_nobody(qtbot: QtBot, dressed: QApplication) -> None:
    gone, other = MathView(), MathView()
    qtbot.addWidget(other)
    gone.show_lines(("g",), "g")
    gone.deleteLater()
    other.show_lines(("o",), "o")
    qtbot.waitUntil(lambda: other.is_set)


def test_the_bars_of_a_norm_are_as_high_as_what_is_in_them() -> None:
    """Beside a fraction they were as high as the fraction, and broken."""
    image = paint_formulas((r"\lVert g \rVert + \frac{\frac{a}{b}}{\frac{c}{d}}",), 20.0, "#FFFFFF")
    bar = [y for y in range(image.height()) for x in range(7) if image.pixelColor(x, y).alpha() > 100]
    assert 10 < max(bar) - min(bar) < 0.6 * image.height()


def test_a_formula_that_is_too_wide_takes_no_more_height_than_it_is_drawn_with(qtbot: QtBot) -> None:
    panel = QWidget()
    qtbot.addWidget(panel)
    view, below = MathView(), QLabel("below")
    layout = QVBoxLayout(panel)
    layout.addWidget(view)
    layout.addWidget(below)
    layout.addStretch(1)
    view.show_lines((r"x \leftarrow x - \eta \frac{m}{\sqrt{v} + \varepsilon} + \lambda x",) * 5, "Adam")
    qtbot.waitUntil(lambda: view.is_set)
    whole = view.sizeHint()
    panel.resize(whole.width() // 2, 3 * whole.height())
    panel.show()
    qtbot.waitUntil(lambda: 0 < view.height() <= view.drawn_height(view.width()))
    assert view.height() < 0.6 * whole.height()


@pytest.mark.parametrize("share", [1.0, 0.8, 0.45])
def test_a_formula_that_shrinks_is_painted_at_the_size_at_which_it_is_shown(
    qtbot: QtBot, dressed: QApplication, share: float
) -> None:
    view = MathView()
    qtbot.addWidget(view)
    view.show_lines(ADAM, "Adam")
    qtbot.waitUntil(lambda: view.is_set)
    whole = view.sizeHint()
    view.resize(round(share * whole.width()), whole.height())
    view.show()
    qtbot.waitUntil(lambda: view.grab() is not None and view.is_sharp)
    assert view.sizeHint() == whole, "nothing moves because a formula is painted once more"
    shown, ratio = view.grab().toImage(), view.devicePixelRatioF()
    pixels = paint_formulas(ADAM, TEXT_PIXELS, current_theme().text, share * ratio)
    background = shown.pixelColor(shown.width() - 1, 0)
    rows = [y for y in range(shown.height()) if any(shown.pixelColor(x, y) != background for x in range(shown.width()))]
    inked = [y for y in range(pixels.height()) if any(pixels.pixelColor(x, y).alpha() for x in range(pixels.width()))]
    assert abs(len(rows) - len(inked)) <= 1, "drawn between two pixels, every line would be blurred over one more"
    assert contrast(shown) > 0.9 * contrast(over(pixels, background.name()))


def test_a_formula_that_has_no_height_yet_is_not_painted_anew(qtbot: QtBot, dressed: QApplication) -> None:
    view = MathView()
    qtbot.addWidget(view)
    view.show_lines(ADAM, "Adam")
    qtbot.waitUntil(lambda: view.is_set)
    whole = view.sizeHint()
    view.resize(whole.width(), whole.height() // 4)
    view.grab()
    assert not view._press.awaits(view._key)
    view.setMaximumHeight(whole.height() // 2)  # for good
    view.resize(whole.width(), whole.height() // 2)
    qtbot.waitUntil(lambda: view.grab() is not None and view.is_sharp)


def over(image: QImage, background: str) -> QImage:
    """``image`` on a plain ground."""
    ground = QImage(image.size(), QImage.Format.Format_RGB32)
    ground.fill(QColor(background))
    painter = QPainter(ground)
    image.setDevicePixelRatio(1.0)
    painter.drawImage(0, 0, image)
    painter.end()
    return ground


def contrast(image: QImage) -> float:
    """How much lightness changes from a pixel to the one to its right, squared: a blurred picture has less of it."""
    lightness = [[image.pixelColor(x, y).lightness() for x in range(image.width())] for y in range(image.height())]
    return sum((a - b) ** 2 for row in lightness for a, b in itertools.pairwise(row))
