"""Selecting a particle in the window opens its anatomy, which steps with the race."""

from __future__ import annotations

import numpy as np
import pytest
from hands import click, is_up_to_date
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QPlainTextEdit
from small_races import two_wells, valley
from waiting import RUN_TIMEOUT_MS

from gradsim.ui.playback import Playback
from gradsim.ui.selection import ParticlePlace
from gradsim.ui.session import Session
from gradsim.ui.window.main_window import MainWindow


@pytest.fixture
def window(qtbot, dressed) -> MainWindow:
    session, playback = Session(valley(2)), Playback()
    window = MainWindow(session, playback)
    window.session, window.playback = session, playback
    window.map_view.playback = playback
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    with qtbot.waitSignal(session.run_changed, timeout=RUN_TIMEOUT_MS):
        session.start()
    yield window
    window.stop()


def test_a_particle_is_selected_taken_apart_and_stepped(qtbot, window) -> None:
    view, session = window.map_view, window.session
    qtbot.waitUntil(lambda: is_up_to_date(view), timeout=RUN_TIMEOUT_MS)
    assert not window.docks.docks["update"].isVisible()
    qtbot.keyClick(window, Qt.Key.Key_P)
    assert view.mouse.tool_name == "select"
    place = view.picture.overlays[0].place(np.array([[0.5, 0.5]]))[0]
    click(qtbot, view, QPointF(*place.tolist()).toPoint())
    qtbot.waitUntil(lambda: session.selection.anatomy is not None, timeout=RUN_TIMEOUT_MS)
    assert window.docks.docks["update"].isVisible()
    panel = window.panel("update")
    assert panel.step.text() == "step 0 → 1"
    qtbot.keyClick(window, Qt.Key.Key_Period)
    qtbot.waitUntil(lambda: panel.step.text() == "step 1 → 2")
    assert np.array_equal(session.selection.anatomy.position, session.run.positions[0, 1, 0])
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert session.selection.particle is None


def test_a_letter_typed_into_a_field_chooses_no_tool(qtbot, window) -> None:
    field = window.panel("surface").findChild(QPlainTextEdit)
    field.setFocus()
    qtbot.keyClicks(field, "MZ")
    assert "MZ" in field.toPlainText()
    assert window.map_view.mouse.tool_name == "move"


def test_a_new_scene_ends_the_anatomy(qtbot, window) -> None:
    window.session.selection.select_particle(ParticlePlace(0, 0))
    window.session.open(two_wells())
    assert window.session.selection.particle is None


def test_when_the_anatomy_ends_the_optimizers_come_back(qtbot, window) -> None:
    def in_front(name: str) -> bool:
        return not window.docks.docks[name].visibleRegion().isEmpty()

    selection = window.session.selection
    selection.select_particle(ParticlePlace(0, 0))
    qtbot.waitUntil(lambda: in_front("update") and not in_front("optimizers"))
    selection.select_particle(None)
    qtbot.waitUntil(lambda: in_front("optimizers") and not in_front("update"))


def test_in_a_presentation_the_numbers_are_on_the_map(qtbot, window) -> None:
    view, card = window.map_view, window.map_view.anatomy_card
    window.session.selection.select_particle(ParticlePlace(0, 0))
    qtbot.waitUntil(lambda: window.session.selection.anatomy is not None, timeout=RUN_TIMEOUT_MS)
    view.grab()
    assert card.rects == ()
    window.presentation.show_active(True)
    qtbot.waitUntil(lambda: (view.grab(), bool(card.rects))[1], timeout=RUN_TIMEOUT_MS)
    (rect,) = card.rects
    assert view.picture.overlays[0].layout.area.toRectF().contains(rect)
    window.presentation.show_active(False)
    view.grab()
    assert card.rects == ()
