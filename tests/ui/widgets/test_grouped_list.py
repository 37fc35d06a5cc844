"""Lines between the groups of a drop-down list are seen, in both themes and at any size."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gradsim.ui.theme import apply_theme, current_theme
from gradsim.ui.widgets.forms import ComboBox
from gradsim.ui.widgets.grouped_list import ROOM, GroupedList


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_line_stands_between_groups(qtbot: QtBot, dressed: QApplication, theme: str, scale: float) -> None:
    box = ComboBox("Fruit", "What to eat.")
    qtbot.addWidget(box)
    GroupedList(box)
    box.addItems(["apple", "pear"])
    box.insertSeparator(2)
    box.addItem("plum")
    try:
        apply_theme(dressed, theme, scale)
        box.resize(200, 40)
        box.show()
        box.showPopup()
        QApplication.processEvents()
        view, model = box.view(), box.model()
        rows = [view.visualRect(model.index(place, 0)) for place in range(4)]
        assert rows[2].height() == round(ROOM * scale)
        assert min(rows[place].height() for place in (0, 1, 3)) > 1.5 * rows[2].height()
        drawn: QImage = view.viewport().grab().toImage()
        middle = [drawn.pixelColor(rows[2].center().x(), y).name() for y in range(rows[2].top(), rows[2].bottom() + 1)]
        line = QColor(current_theme().border).name()
        assert middle.count(line) == 1
        assert line != middle[0]  # it is seen
        box.hidePopup()
    finally:
        apply_theme(dressed, "dark", 1.0)
