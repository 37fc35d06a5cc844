"""The map in the window shows the race, and the mouse moves it, moves starts and reads it out."""

from __future__ import annotations

import numpy as np
import pytest
from hands import drag, is_up_to_date, pixel_of, wheel
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from small_races import cloud, two_wells, valley
from waiting import RUN_TIMEOUT_MS

from gradsim.core.render.palette import THEMES
from gradsim.core.scene import Domain, FormulaSurface, PointStarts
from gradsim.core.simulate import simulate
from gradsim.ui.map import map_worker
from gradsim.ui.map.callouts import critical_point_lines
from gradsim.ui.map.map_view import MapView
from gradsim.ui.map.readout import surface_lines
from gradsim.ui.session import Session
from gradsim.ui.theme import apply_theme


@pytest.mark.parametrize("scene", [valley(), two_wells(), cloud()], ids=["2-D", "1-D", "cloud"])
def test_the_map_follows_the_playback(qtbot, show, scene) -> None:
    view = show(scene)
    before = view._worker.map.pixels
    view.playback.seek(20.0)
    qtbot.waitUntil(lambda: is_up_to_date(view))
    assert not np.array_equal(view._worker.map.pixels, before)


def test_the_window_shows_what_the_picture_says(qtbot, show) -> None:
    view = show(valley())
    view.playback.seek(11.0)
    qtbot.waitUntil(lambda: is_up_to_date(view))
    shown = view.grab().toImage()
    wanted = view.picture.image(11.0)
    corner = view.picture.layout.area.bottomLeft() + QPoint(30, -30)
    assert shown.pixelColor(corner) == wanted.pixelColor(corner)
    assert shown.pixelColor(2, 2) == wanted.pixelColor(2, 2)


def test_the_gaps_between_maps_do_not_cut_what_is_said_before_the_first_start(qapp, qtbot, dressed, playback) -> None:
    apply_theme(qapp, "light")
    scene = valley(2)
    session = Session(replace(scene, view=replace(scene.view, layout="panels")))  # has not started: there is no engine
    view = MapView(session, playback)
    qtbot.addWidget(view)
    view.resize(700, 420)
    view.show()
    qtbot.waitUntil(lambda: not view._patience.isActive())
    areas = [overlay.layout.area for overlay in view.picture.overlays]
    assert areas[0].right() + 2 < areas[1].left()
    middle = QPoint((areas[0].right() + areas[1].left()) // 2, view.picture.layout.area.center().y())
    shown = view.grab().toImage()
    edges = THEMES["light"].window, THEMES["light"].overlay
    assert shown.pixelColor(middle.x(), areas[0].top() + 20).name() == edges[0].lower()
    # Of the card that lies over the gap, at a height that has no letters.
    at_gap = {shown.pixelColor(middle.x(), middle.y() + shift).name() for shift in range(-30, 31)}
    assert edges[1].lower() in at_gap
    view.stop()
    session.stop()
    apply_theme(qapp, "dark")


def test_only_one_map_is_drawn_at_a_time_and_the_last_moment_wins(qtbot, show) -> None:
    view = show(valley())
    submitted = []
    original = view._worker._job.submit
    view._worker._job.submit = lambda *arguments: (submitted.append(arguments), original(*arguments))
    for step in range(1, 30):
        view.playback.seek(step)
    assert len(submitted) == 1
    qtbot.waitUntil(lambda: is_up_to_date(view))
    assert view._worker.map.step == 29
    assert len(submitted) == 2


def test_no_map_is_drawn_for_an_edit_that_shows_only_after_the_race(qtbot, show) -> None:
    view = show(valley())
    submitted = []
    original = view._worker._job.submit
    view._worker._job.submit = lambda *arguments: (submitted.append(arguments), original(*arguments))
    scene = view.session.scene
    first, *others = scene.optimizers
    slower = replace(first, hyperparameters={"learning_rate": 0.0123})
    raced_anew = replace(scene, optimizers=(slower, *others))
    view.session.edit(raced_anew)
    qtbot.waitUntil(lambda: is_up_to_date(view))
    assert not submitted
    view.session.results.run = simulate(raced_anew)
    view.session.run_changed.emit(view.session.run)
    qtbot.waitUntil(lambda: is_up_to_date(view))
    assert len(submitted) == 1
    view.session.edit(replace(view.session.scene, view=replace(scene.view, contours=3)))
    qtbot.waitUntil(lambda: is_up_to_date(view))
    assert len(submitted) == 2


def test_the_worker_rests_between_maps_while_others_need_the_processors(qtbot, show, monkeypatch) -> None:
    monkeypatch.setattr(map_worker, "SHORT_MS", -1)
    view = show(valley())
    worker = view._worker
    monkeypatch.setattr(worker, "_gives_way", lambda: True)
    drawn = []
    worker.drawn.connect(lambda: drawn.append((worker.map.step, worker._rest.isActive())))
    view.playback.seek(3.0)
    view.playback.seek(4.0)
    qtbot.waitUntil(lambda: len(drawn) == 2)
    assert drawn == [(3.0, True), (4.0, True)]


def test_the_wheel_zooms_about_the_mouse_and_the_scene_keeps_the_view(qtbot, show) -> None:
    view = show(valley())
    pixel = pixel_of(view, 3.0, 2.0)
    width = view.picture.viewport.x[1] - view.picture.viewport.x[0]
    wheel(view, pixel, 3)
    viewport = view.picture.viewport
    assert viewport.x[1] - viewport.x[0] < 0.7 * width
    assert view.picture.to_data(QPointF(pixel)) == pytest.approx((3.0, 2.0), abs=0.05)
    qtbot.waitUntil(lambda: view.session.scene.view.x is not None)
    assert view.session.scene.view.x == pytest.approx(viewport.x)
    assert view.picture.viewport.x == pytest.approx(viewport.x)
    assert view.session.undo_name is None


def test_zooming_out_and_in_again_shows_the_same(qtbot, show) -> None:
    view = show(valley())
    before = view.picture.viewport
    pixel = pixel_of(view, 3.0, 2.0)
    for notches in (-4, 7, -3):
        wheel(view, pixel, notches)
    assert view.picture.viewport.x == pytest.approx(before.x)


def test_dragging_pans(qtbot, show) -> None:
    view = show(valley())
    before = view.picture.viewport
    start = pixel_of(view, -3.0, -1.0)
    drag(qtbot, view, start, start + QPoint(20, 10), start + QPoint(60, -40))
    after = view.picture.viewport
    assert after.x[0] - before.x[0] == pytest.approx(-60 * before.scale[0])
    assert after.y[0] - before.y[0] == pytest.approx(-40 * before.scale[1])
    assert view.session.scene.view.x == pytest.approx(after.x)
    assert view.session.scene.starts == valley().starts


def test_a_double_click_shows_the_whole_domain(qtbot, show) -> None:
    view = show(valley())
    fitted = view.picture.viewport
    pixel = pixel_of(view, 3.0, 2.0)
    wheel(view, pixel, 5)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=pixel)
    assert view.session.scene.view.x is None
    assert view.picture.viewport == fitted


def test_another_domain_is_shown_at_once(qtbot, show) -> None:
    view = show(valley())
    view.session.edit(replace(view.session.scene, domain=Domain(x=(0.0, 4.0), y=(0.0, 4.0))), "change domain")
    assert view.picture.viewport.y == pytest.approx((0.0, 4.0))


@pytest.mark.parametrize("scene", [valley(), two_wells()], ids=["2-D", "1-D"])
def test_the_start_is_dragged_as_one_edit(qtbot, show, scene) -> None:
    view = show(scene)
    (place,) = view.picture.overlay.handle_pixels.tolist()
    start = QPointF(*place).toPoint()
    goal = pixel_of(view, -1.0, -2.0)
    drag(qtbot, view, start, (start + goal) / 2, goal)
    ((x, *rest),) = view.session.scene.starts.points
    tolerance = 2 * view.picture.viewport.scale[0]
    assert x == pytest.approx(-1.0, abs=tolerance)
    assert not rest or rest[0] == pytest.approx(-2.0, abs=tolerance)
    assert view.session.scene.view.x is None
    assert view.session.undo_name == "move start"
    view.session.undo()
    assert view.session.scene.starts == scene.starts
    assert view.session.undo_name is None


def test_the_legend_stays_while_something_is_dragged_and_then_makes_room(qtbot, show) -> None:
    view = show(valley(6))
    view._hold_timer.setInterval(RUN_TIMEOUT_MS)
    before = view.picture.overlay.cards
    place = before.legend_rect.center()
    (start,) = view.picture.overlay.handle_pixels.tolist()
    drag(qtbot, view, QPointF(*start).toPoint(), place.toPoint())
    assert view.picture.overlay.cards.legend_rect == before.legend_rect
    view._hold_timer.start(0)  # the time is over
    qtbot.waitUntil(lambda: not view.picture.overlay.cards.legend_rect.contains(place))


def test_two_drags_are_two_edits(qtbot, show) -> None:
    view = show(valley())
    for goal in ((1.0, 1.0), (2.0, 2.0)):
        (place,) = view.picture.overlay.handle_pixels.tolist()
        drag(qtbot, view, QPointF(*place).toPoint(), pixel_of(view, *goal))
    view.session.undo()
    assert view.session.scene.starts.points[0] == pytest.approx((1.0, 1.0), abs=0.05)


def test_the_cursor_says_what_a_press_does(qtbot, show) -> None:
    view = show(valley())
    qtbot.mouseMove(view, pixel_of(view, 0.5, 0.5))
    assert view.cursor().shape() == Qt.CursorShape.SizeAllCursor
    qtbot.mouseMove(view, pixel_of(view, -3.0, -1.0))
    assert view.cursor().shape() == Qt.CursorShape.OpenHandCursor
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=pixel_of(view, -3.0, -1.0))
    qtbot.mouseMove(view, pixel_of(view, -2.0, -1.0))
    assert view.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=pixel_of(view, -3.0, -1.0))
    qtbot.mouseMove(view, QPoint(3, 3))
    assert view.cursor().shape() == Qt.CursorShape.ArrowCursor


@pytest.mark.parametrize("scene", [valley(), two_wells()], ids=["2-D", "1-D"])
def test_the_surface_is_read_out_under_the_mouse_until_it_leaves(qtbot, show, scene) -> None:
    view = show(scene)
    pixel = view.picture.layout.area.center() + QPoint(40, 90)
    qtbot.mouseMove(view, pixel)
    qtbot.waitUntil(lambda: bool(view.readout.lines))
    place = view.picture.to_data(QPointF(pixel))[: scene.domain.dimension]
    assert view.readout.lines == surface_lines(view.session.surface, place)
    view.grab()
    qtbot.mouseMove(view, QPoint(2, 2))
    qtbot.waitUntil(lambda: not view.readout.lines)


@pytest.mark.parametrize("formula", ["log(x)", "1/x", "exp(400*x)", "0*x", "1e90*x**3"])
def test_a_surface_without_a_value_everywhere_is_shown_and_read(qtbot, show, formula: str) -> None:
    starts = PointStarts(points=((-1.0,), (0.0,), (1.0,)))
    view = show(two_wells(surface=FormulaSurface(formula=formula), starts=starts))
    area = view.picture.layout.area
    for share in (0.1, 0.5, 0.9):
        qtbot.mouseMove(view, QPoint(round(area.left() + share * area.width()), area.center().y()))
        qtbot.waitUntil(lambda: bool(view.readout.lines or view.readout.point))
        view.grab()


@pytest.mark.parametrize("scene", [valley(), two_wells()], ids=["2-D", "1-D"])
def test_pointing_at_a_critical_point_reads_it_out(qtbot, show, scene) -> None:
    view = show(scene)
    overlay = view.picture.overlay
    for point, place in zip(overlay.critical_points, overlay.critical_pixels.tolist(), strict=True):
        qtbot.mouseMove(view, QPointF(*place).toPoint() + QPoint(4, 3))
        qtbot.waitUntil(lambda point=point: view.readout.point is point)
        view.grab()
        labels = [line.label for line in critical_point_lines(point)]
        assert labels == ["position", "‖∇f‖", *(["λ₁, v₁", "λ₂, v₂"] if scene.domain.dimension == 2 else ["f″"])]


def test_the_theme_changes_the_map(qtbot, show, qapp) -> None:
    view = show(valley())
    apply_theme(qapp, "light")
    qtbot.waitUntil(lambda: is_up_to_date(view))
    assert view.picture.theme == THEMES["light"]
    assert view._worker.map.pixels[..., :3].mean() > 128
    apply_theme(qapp, "dark")


def test_resizing_redraws_at_the_new_size(qtbot, show) -> None:
    view = show(valley())
    view.resize(900, 420)
    view.grab()
    qtbot.waitUntil(lambda: is_up_to_date(view))
    area = view.picture.layout.area
    assert view._worker.map.pixels.shape[1:3] == (area.height(), area.width())


def test_text_and_heads_grow_with_a_large_map_and_stay_legible_on_a_small_one(show) -> None:
    view = show(two_wells())
    sizes = {}
    for size in ((500, 400), (900, 600), (1800, 1200), (1800, 600)):
        view.resize(*size)
        sizes[size] = (view.picture.layout.em, view.picture.pixel_ratio)
    assert sizes[500, 400] == sizes[900, 600] == sizes[1800, 600]
    assert sizes[1800, 1200] == pytest.approx([2 * value for value in sizes[900, 600]])


def test_a_start_that_snaps_goes_exactly_to_a_critical_point_or_to_a_round_place(qtbot, show) -> None:
    scene = replace(valley(), surface=FormulaSurface(formula="x^2 - y^2 + pi*x/10"))
    view = show(replace(scene, view=replace(scene.view, snap=True)))
    start = pixel_of(view, *scene.starts.points[0])
    saddle = next(point for point in view.session.critical_points if point.kind == "saddle")
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(view, pixel_of(view, *saddle.position) + QPoint(3, -2))
    assert view.session.scene.starts.points == (tuple(saddle.position.tolist()),)
    qtbot.mouseMove(view, pixel_of(view, 0.71, 1.28))
    x, y = view.session.scene.starts.points[0]
    assert (round(x, 1), round(y, 1)) == (x, y)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start)


def test_an_edit_lays_the_map_out_once(qtbot, show, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scene, surface and critical points change together: pictures take milliseconds of the GUI thread."""
    view = show(valley())
    qtbot.waitUntil(lambda: is_up_to_date(view))
    built = []
    build = view._build_picture
    monkeypatch.setattr(view, "_build_picture", lambda: built.append(1) or build())
    for _ in range(3):
        view.rebuild()
    assert built == []
    qtbot.waitUntil(lambda: is_up_to_date(view))
    assert built == [1]
