"""Side by side in the window: linked panels that zoom and pan together and keep the moment."""

from __future__ import annotations

import pytest
from hands import is_up_to_date, pixel_of, wheel
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from small_races import two_wells, valley
from waiting import RUN_TIMEOUT_MS

from gradsim.core.scene import Scene
from gradsim.ui.map.map_view import MapView


def side_by_side(scene: Scene) -> Scene:
    return replace(scene, view=replace(scene.view, layout="panels"))


@pytest.fixture
def show(qtbot, show):
    """Show a scene on a map with room for several panels."""

    def build(scene: Scene) -> MapView:
        view = show(scene)
        view.resize(800, 560)
        qtbot.waitUntil(lambda: is_up_to_date(view))
        return view

    return build


def test_the_wheel_zooms_every_panel_about_the_place_under_the_mouse(show) -> None:
    view = show(side_by_side(valley(6)))
    before = view.picture.viewport
    for panel in (2, 5):
        pixel = pixel_of(view, 3.0, 2.0, panel=panel)
        wheel(view, pixel, 3)
        assert view.picture.overlay_at(QPointF(pixel)) is view.picture.overlays[panel]
        assert view.picture.to_data(QPointF(pixel)) == pytest.approx((3.0, 2.0), abs=0.1)
    assert all(overlay.viewport == view.picture.viewport for overlay in view.picture.overlays)
    assert view.picture.viewport.scale[0] < 0.5 * before.scale[0]


def test_dragging_in_one_panel_pans_all(qtbot, show) -> None:
    view = show(side_by_side(valley(6)))
    before = view.picture.viewport
    start = pixel_of(view, -4.0, -1.0, panel=4)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for way in (QPoint(10, 5), QPoint(30, -20)):
        qtbot.mouseMove(view, start + way)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(30, -20))
    after = view.picture.viewport
    assert after.x[0] - before.x[0] == pytest.approx(-30 * before.scale[0])
    assert after.y[0] - before.y[0] == pytest.approx(-20 * before.scale[1])
    assert view.session.scene.view.x == pytest.approx(after.x)


def test_a_start_can_be_dragged_in_any_panel(qtbot, show) -> None:
    view = show(side_by_side(valley(6)))
    start, goal = pixel_of(view, 0.5, 0.5, panel=3), pixel_of(view, -2.0, 3.0, panel=3)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view, goal)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=goal)
    (point,) = view.session.scene.starts.points
    assert point == pytest.approx((-2.0, 3.0), abs=2 * view.picture.viewport.scale[0])


def test_the_readout_of_a_small_panel_lies_within_the_picture_and_clear_of_the_mouse(qtbot, show) -> None:
    view = show(side_by_side(valley(12)))
    pixel = pixel_of(view, -5.0, 0.5, panel=11)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the frame that shows it would come whenever the window is activated
    view.clearFocus()
    before = view.grab().toImage()
    qtbot.mouseMove(view, pixel)
    qtbot.waitUntil(lambda: bool(view.readout.lines))
    shown = view.grab().toImage()
    changed = [
        QPoint(x, y)
        for x in range(0, view.width(), 4)
        for y in range(0, view.height(), 4)
        if shown.pixelColor(x, y) != before.pixelColor(x, y)
    ]
    width = max(place.x() for place in changed) - min(place.x() for place in changed)
    panel = view.picture.overlays[11].layout.area
    assert width > panel.width()  # so that all of it can be read
    assert all(view.picture.layout.area.contains(place) for place in changed)
    assert min((place - pixel).manhattanLength() for place in changed) > 12


@pytest.mark.parametrize("scene", [valley(6), two_wells(optimizers=valley(6).optimizers)], ids=["2-D", "1-D"])
def test_switching_keeps_the_moment_and_is_not_undone(qtbot, show, scene: Scene) -> None:
    view = show(scene)
    view.playback.seek(17.0)
    qtbot.waitUntil(lambda: is_up_to_date(view), timeout=RUN_TIMEOUT_MS)
    for layout, n_maps in (("panels", 6), ("map", 1)):
        shown = view.session.scene
        view.session.edit(replace(shown, view=replace(shown.view, layout=layout)), "change layout")
        qtbot.waitUntil(lambda: is_up_to_date(view), timeout=RUN_TIMEOUT_MS)
        assert len(view._worker.map.pixels) == n_maps
        assert view._worker.map.step == view.playback.step == 17.0
    assert view.session.undo_name is None
    assert view.session.scene.view.x is None


def test_the_window_shows_the_picture_that_would_be_exported(qtbot, show) -> None:
    view = show(side_by_side(valley(4)))
    view.playback.seek(11.0)
    qtbot.waitUntil(lambda: is_up_to_date(view), timeout=RUN_TIMEOUT_MS)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the frame that shows it would come whenever the window is activated
    view.clearFocus()
    shown, wanted = view.grab().toImage(), view.picture.image(11.0)
    for overlay in view.picture.overlays:
        for corner in (overlay.layout.area.topLeft(), overlay.layout.area.bottomRight()):
            assert shown.pixelColor(corner) == wanted.pixelColor(corner)
    for place in view.picture.layout.places:
        header = place.header
        for x in range(header.x(), header.x() + header.width(), 3):
            for y in range(header.y(), header.y() + header.height(), 2):
                assert shown.pixelColor(x, y) == wanted.pixelColor(x, y)
