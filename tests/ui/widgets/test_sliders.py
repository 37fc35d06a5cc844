"""Sliders under the mouse: a click jumps, a drag follows, Shift makes it fine."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradsim.ui.widgets.sliders import Scale, ScaleSlider

SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def slider(qtbot: QtBot, dressed: QApplication) -> ScaleSlider:
    slider = ScaleSlider(Scale(1e-6, 1e2, "logarithmic"), "learning rate", "Changes it.")
    qtbot.addWidget(slider)
    slider.resize(130, 24)
    slider.show()
    slider.show_value(0.0135)
    return slider


def handle_middle(slider: ScaleSlider) -> QPoint:
    _, handle = slider._rects()
    return handle.center()


def drag(slider: ScaleSlider, by: list[float], modifiers: Qt.KeyboardModifier) -> list[float]:
    """Press the handle, move through the offsets ``by`` in pixels, release; return the values on the way."""
    values: list[float] = []
    slider.moved.connect(values.append)
    start = handle_middle(slider)
    press = QMouseEvent.Type.MouseButtonPress
    for kind, x in ((press, 0.0), *((QMouseEvent.Type.MouseMove, x) for x in by)):
        place = QPointF(start) + QPointF(x, 0.0)
        button = LEFT if kind == press else Qt.MouseButton.NoButton
        QApplication.sendEvent(slider, QMouseEvent(kind, place, slider.mapToGlobal(place), button, LEFT, modifiers))
    place = QPointF(start) + QPointF(by[-1], 0.0)
    QApplication.sendEvent(
        slider,
        QMouseEvent(
            QMouseEvent.Type.MouseButtonRelease, place, slider.mapToGlobal(place), LEFT, Qt.MouseButton.NoButton, NONE
        ),
    )
    slider.moved.disconnect(values.append)
    return values


def test_with_shift_a_drag_goes_through_all_values_about_a_limit(slider: ScaleSlider) -> None:
    """The limit of the lesson is 0.0136: a plain drag jumps across it by a fifth."""
    values = drag(slider, [float(x) for x in range(1, 8)], SHIFT)
    assert all(0.0134 < value < 0.0148 for value in values)
    assert {0.0136, 0.0137} & set(values)
    assert values == sorted(values)


def test_a_plain_drag_follows_the_mouse_and_takes_hold_where_it_was_pressed(slider: ScaleSlider) -> None:
    assert drag(slider, [0.0], NONE) == []
    values = drag(slider, [10.0, 20.0, 30.0], NONE)
    assert values == sorted(values)
    assert values[-1] / 0.0135 > 50
    assert drag(slider, [-500.0], NONE)[-1] == 1e-6
    assert drag(slider, [900.0], NONE)[-1] == 1e2


def test_a_click_beside_the_handle_jumps_to_the_mouse(qtbot: QtBot, slider: ScaleSlider) -> None:
    place = handle_middle(slider) + QPoint(30, 0)
    qtbot.mouseClick(slider, LEFT, pos=place)
    assert abs(handle_middle(slider).x() - place.x()) <= 1
