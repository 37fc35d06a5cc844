"""What a user's hand does in a field and on a map, and where things lie under it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gradsim.core.scene_file import save_scene
from gradsim.ui.map.map_view import MapView
from gradsim.ui.session import Session
from gradsim.ui.widgets.mathematics import formula_press
from gradsim.ui.widgets.number_field import NumberField

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
FAR_AWAY = QPoint(-10_000, -10_000)


def let_go_of_the_mouse() -> None:
    """Release all buttons, which Qt's test library goes on holding down, and leave all windows."""
    nowhere = QWidget()
    for button in (LEFT, MIDDLE, RIGHT):
        QTest.mouseRelease(nowhere, button)
    QCursor.setPos(FAR_AWAY)
    QApplication.processEvents()


def is_up_to_date(view: MapView) -> bool:
    drawn = view._worker.map
    return (
        drawn is not None
        and not view._request_timer.isActive()
        and not view._worker.busy
        and drawn.step == view.playback.step
        and drawn.viewport == view.picture.viewport
        and len(drawn.pixels) == len(view.picture.overlays)
    )


def is_finished(session: Session) -> bool:
    """Whether the workers have handed over everything that they make of a new scene, so that nothing changes later."""
    results = session.results
    working = results.busy or results._surface_job.busy or results._points_job.busy
    return not working and None not in (results.surface, results.run, results.critical_points)


def let_all_be_laid_out() -> None:
    """Wait until every formula has been set, which changes heights, and layouts have followed each other."""
    n_quiet = 0
    while n_quiet < 20:
        QTest.qWait(1)
        n_quiet = 0 if formula_press()._job.busy else n_quiet + 1


def pixel_of(view: MapView, *place: float, panel: int = 0) -> QPoint:
    (pixel,) = view.picture.overlays[panel].to_picture(np.array([place])).tolist()
    return QPointF(*pixel).toPoint()


def wheel(view: MapView, pixel: QPoint, notches: int) -> None:
    position = QPointF(pixel)
    event = QWheelEvent(
        position,
        view.mapToGlobal(position),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def drag(qtbot, view: MapView, start: QPoint, *way: QPoint, button=LEFT, modifiers=NONE) -> None:
    qtbot.mousePress(view, button, modifiers, pos=start)
    for place in way:
        qtbot.mouseMove(view, place)
        qtbot.wait(5)
    qtbot.mouseRelease(view, button, modifiers, pos=way[-1])


def click(qtbot, view: MapView, place: QPoint, *, button=LEFT, modifiers=NONE) -> None:
    qtbot.mouseMove(view, place)
    qtbot.mouseClick(view, button, modifiers, pos=place)


def enter_number(qtbot, field: NumberField, text: str) -> None:
    """Type ``text`` in place of what ``field`` shows, and press Enter."""
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def save_session(session: Session, path: Path) -> None:
    """Write the scene on show to ``path``, its file from now on."""
    save_scene(session.scene, path)
    session.mark_saved(session.scene, path)
