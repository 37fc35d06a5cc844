"""A field for one number under mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradsim.ui.widgets.number_field import NumberField


@pytest.mark.parametrize("value", [0.0008, -2.5, 1.5e-8])
def test_a_double_click_selects_the_whole_number(qtbot: QtBot, dressed: QApplication, value: float) -> None:
    field = NumberField("learning rate", "Changes it.")
    qtbot.addWidget(field)
    field.resize(120, 26)
    field.show()
    field.show_value(value)
    end = QPoint(field.cursorRect().left() + field.fontMetrics().horizontalAdvance(field.text()) - 4, 13)
    qtbot.mouseClick(field, Qt.MouseButton.LeftButton, pos=end)
    qtbot.mouseDClick(field, Qt.MouseButton.LeftButton, pos=end)
    qtbot.keyClicks(field, "0.02")
    assert field.text() == "0.02"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.value == 0.02
