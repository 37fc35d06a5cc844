"""Each tool on the map does one thing with a press, and says which."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hands import MIDDLE, RIGHT, click, drag, is_up_to_date, pixel_of
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QWidget
from small_races import cloud, two_wells, valley
from waiting import RUN_TIMEOUT_MS

from gradsim.core.replay import SAMPLE_SIZE, race_all, race_or_sample
from gradsim.core.scene import GridStarts, LineStarts, PointStarts, RingStarts, UniformStarts
from gradsim.ui.drawing.start_handles import put_starts
from gradsim.ui.map.map_keys import MAP_KEYS
from gradsim.ui.map.map_tools import MAP_TOOLS
from gradsim.ui.map.tool_strip import ToolStrip
from gradsim.ui.selection import ParticlePlace
from gradsim.ui.timeline.playback_keys import PLAYBACK_KEYS

SCENES = {"2-D": valley(), "1-D": two_wells()}


def press(qtbot, view, key: str) -> None:
    qtbot.keyClick(view, getattr(Qt.Key, f"Key_{key}"))


def end(view) -> tuple[float, ...]:
    """Where the first particle of the first optimizer is now."""
    return tuple(view.session.run.frame_at(view.playback.step).positions[0, 0].tolist())


@pytest.mark.parametrize("row", MAP_TOOLS, ids=lambda row: row.name)
def test_every_tool_has_a_key_a_button_and_a_cursor_of_its_own(qtbot, show, row) -> None:
    view = show(valley())
    strip = ToolStrip(view)
    qtbot.addWidget(strip)
    button = strip.buttons[row.name]
    assert button.toolTip().startswith(f"{row.title} ({row.key})")
    assert button.accessibleName()
    press(qtbot, view, row.key)
    assert view.mouse.tool_name == row.name
    assert [name for name, each in strip.buttons.items() if each.isChecked()] == [row.name]
    for place in ((-3.0, -2.0), (-3.0, -1.0)):
        qtbot.mouseMove(view, pixel_of(view, *place))
    assert view.cursor().shape() != Qt.CursorShape.ArrowCursor
    other = next(each for each in MAP_TOOLS if each is not row)
    strip.buttons[other.name].click()
    assert view.mouse.tool_name == other.name


def test_no_key_of_the_map_is_one_of_the_playback() -> None:
    keys = [key for entry in MAP_KEYS if not entry.focused for key in entry.keys]
    taken = {key for entry in PLAYBACK_KEYS for key in entry.keys}
    assert len(keys) == len(set(keys)) > len(MAP_TOOLS)
    assert not taken & set(keys)


@pytest.mark.parametrize("row", MAP_TOOLS, ids=lambda row: row.name)
def test_escape_goes_back_to_move(qtbot, show, row) -> None:
    view = show(valley())
    view.mouse.choose(row.name)
    press(qtbot, view, "Escape")
    assert view.mouse.tool_name == "move"


@pytest.mark.parametrize("row", MAP_TOOLS, ids=lambda row: row.name)
def test_the_middle_button_pans_with_every_tool_and_edits_nothing(qtbot, show, row) -> None:
    view = show(valley())
    view.mouse.choose(row.name)
    before = view.picture.viewport
    start = pixel_of(view, 0.5, 0.5)  # on the handle
    drag(qtbot, view, start, start + QPoint(40, 0), start + QPoint(60, -40), button=MIDDLE)
    after = view.picture.viewport
    assert after.x[0] - before.x[0] == pytest.approx(-60 * before.scale[0])
    assert view.session.scene.starts == valley().starts
    assert view.session.selection.particle is None


@pytest.mark.parametrize("name", ["select", "zoom", "measure"])
def test_starts_cannot_be_dragged_by_accident_with_other_tools(qtbot, show, name: str) -> None:
    view = show(valley())
    view.mouse.choose(name)
    drag(qtbot, view, pixel_of(view, 0.5, 0.5), pixel_of(view, 2.0, 2.0))
    assert view.session.scene.starts == valley().starts


def test_a_click_with_move_changes_nothing(qtbot, show) -> None:
    view = show(valley())
    before = view.session.scene
    click(qtbot, view, pixel_of(view, -1.0, -4.0))
    assert view.session.scene == before


# Start


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_start_puts_the_start_where_one_clicks(qtbot, show, scene) -> None:
    view = show(scene)
    press(qtbot, view, "S")
    click(qtbot, view, pixel_of(view, -1.0, 1.5))
    (place,) = view.session.scene.starts.points
    assert place == pytest.approx((-1.0, 1.5)[: len(place)], abs=2 * max(view.picture.viewport.scale))
    assert view.session.undo_name == "put start"
    view.session.undo()
    assert view.session.scene.starts == scene.starts


def test_start_adds_with_shift_and_drags_handles(qtbot, show) -> None:
    view = show(valley())
    press(qtbot, view, "S")
    click(qtbot, view, pixel_of(view, -1.0, 2.0), modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert len(view.session.scene.starts.points) == 2
    assert view.session.undo_name == "add start"
    drag(qtbot, view, pixel_of(view, -1.0, 2.0), pixel_of(view, 0.0, 0.0), pixel_of(view, 4.0, 4.0))
    assert view.session.scene.starts.points[1] == pytest.approx((4.0, 4.0), abs=0.1)
    assert view.session.undo_name == "move start"


def test_start_beside_a_handle_pans_when_dragged(qtbot, show) -> None:
    view = show(valley())
    press(qtbot, view, "S")
    start = pixel_of(view, -3.0, -1.0)
    drag(qtbot, view, start, start + QPoint(30, 0), start + QPoint(60, 0))
    assert view.session.scene.starts == valley().starts
    assert view.session.scene.view.x is not None


@pytest.mark.parametrize("modifiers", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier])
def test_start_says_why_a_grid_over_the_domain_cannot_be_put_elsewhere(qtbot, show, modifiers) -> None:
    view = show(cloud())
    press(qtbot, view, "S")
    with qtbot.waitSignal(view.session.message) as said:
        click(qtbot, view, pixel_of(view, -1.0, 2.0), modifiers=modifiers)
    assert "choose" in said.args[0]
    assert view.session.scene.starts == cloud().starts


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        (PointStarts(points=((0.0, 0.0), (1.0, 1.0))), PointStarts(points=((4.0, 5.0),))),
        (LineStarts(start=(0.0, 0.0), end=(2.0, 0.0), n=3), LineStarts(start=(3.0, 5.0), end=(5.0, 5.0), n=3)),
        (RingStarts(center=(0.0, 1.0), radius=2.0, n=8), RingStarts(center=(4.0, 5.0), radius=2.0, n=8)),
        (GridStarts(n=(2, 2), box=((0.0, 2.0), (0.0, 4.0))), GridStarts(n=(2, 2), box=((3.0, 5.0), (3.0, 7.0)))),
        (UniformStarts(n=9), None),
    ],
)
def test_starts_keep_their_shape_where_they_are_put(starts, expected) -> None:
    assert put_starts(starts, (4.0, 5.0)) == expected


# Select


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
@pytest.mark.parametrize("step", [0.0, 12.5, 40.0])
def test_select_picks_the_particle_under_the_mouse_and_a_click_elsewhere_lets_it_go(qtbot, show, scene, step) -> None:
    view = show(scene)
    view.playback.seek(step)
    press(qtbot, view, "P")
    place = view.picture.overlay.place(np.array([end(view)]))[0]
    click(qtbot, view, QPointF(*place).toPoint())
    qtbot.waitUntil(lambda: view.session.selection.particle is not None)
    assert view.session.selection.particle == ParticlePlace(0, 0)
    view.grab()
    corner = view.picture.layout.area.bottomRight() - QPoint(12, 12)
    click(qtbot, view, corner)
    qtbot.waitUntil(lambda: view.session.selection.particle is None)


def test_another_click_goes_on_to_the_particle_below(qtbot, show) -> None:
    view = show(valley(3))
    press(qtbot, view, "P")
    picked = []
    for _ in range(4):
        with qtbot.waitSignal(view.session.selection.changed):
            click(qtbot, view, pixel_of(view, 0.5, 0.5))
        picked.append(view.session.selection.particle.optimizer)
    assert picked == [0, 1, 2, 0]


def test_select_finds_its_particle_in_a_cloud(qtbot, show) -> None:
    view = show(cloud())
    view.playback.seek(30.0)
    press(qtbot, view, "P")
    wanted = ParticlePlace(1, 777)
    position = view.session.run.frame_at(30.0).positions[1, 777]
    with qtbot.waitSignal(view.session.selection.changed):
        click(qtbot, view, pixel_of(view, *position))
    found = view.session.selection.particle
    there = view.session.run.frame_at(30.0).positions[found]
    assert math.dist(there, position) <= 2 * view.picture.viewport.scale[0], (found, wanted)


def test_select_picks_any_particle_of_a_race_too_large_to_be_recorded_and_takes_it_apart(qtbot, show) -> None:
    scene = valley(starts=UniformStarts(n=3 * SAMPLE_SIZE), steps=60)
    view = show(scene)
    session, recorded = view.session, view.session.run
    session.results.run = run = race_all(race_or_sample(scene, memory_budget=2**22))
    session.run_changed.emit(run)
    view.playback.seek(30.0)
    qtbot.waitUntil(lambda: is_up_to_date(view))
    press(qtbot, view, "P")
    positions = recorded.frame_at(30.0).positions[1]
    inside = (np.abs(positions) < 5.5).all(axis=1)
    numbers = np.setdiff1d(np.flatnonzero(inside), run.particles)
    n_unrecorded = 0
    for number in numbers[:: len(numbers) // 8].tolist():
        session.selection.select_particle(None)
        click(qtbot, view, pixel_of(view, *positions[number]))
        qtbot.waitUntil(lambda: session.selection.anatomy is not None, timeout=RUN_TIMEOUT_MS)
        found, anatomy = session.selection.particle, session.selection.anatomy
        assert (anatomy.optimizer, anatomy.particle) == found
        there = recorded.positions[found.optimizer, 30, found.particle]
        assert math.dist(there, positions[number]) <= 2 * view.picture.viewport.scale[0]
        np.testing.assert_array_equal(anatomy.position, there)
        np.testing.assert_array_equal(
            anatomy.position + anatomy.movement, recorded.positions[found.optimizer, 31, found.particle]
        )
        view.grab()
        ring = pixel_of(view, *there)
        assert any((rect.center() - ring).manhattanLength() < 2 for rect in view._anatomy_marks.rects)
        n_unrecorded += found.particle not in run.particles
    assert n_unrecorded > 4


# Zoom


def test_a_dragged_box_becomes_the_view(qtbot, show) -> None:
    view = show(valley())
    press(qtbot, view, "Z")
    drag(qtbot, view, pixel_of(view, 1.0, 3.0), pixel_of(view, 2.0, 2.5), pixel_of(view, 5.0, 1.0))
    viewport = view.picture.viewport
    assert viewport.x[0] <= 1.02
    assert viewport.x[1] >= 4.98
    assert viewport.y[0] <= 1.02
    assert viewport.y[1] >= 2.98
    assert min(viewport.x[1] - viewport.x[0] - 4.0, viewport.y[1] - viewport.y[0] - 2.0) < 0.1
    assert viewport.scale[0] == pytest.approx(viewport.scale[1])
    assert view.session.scene.view.x == pytest.approx(viewport.x)


@pytest.mark.parametrize(
    ("button", "modifiers", "factor"),
    [
        (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, 0.5),
        (RIGHT, Qt.KeyboardModifier.NoModifier, 2.0),
        (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, 2.0),
    ],
)
def test_a_click_zooms_in_and_alt_or_the_right_button_out(qtbot, show, button, modifiers, factor: float) -> None:
    view = show(valley())
    press(qtbot, view, "Z")
    before, pixel = view.picture.viewport, pixel_of(view, 3.0, 2.0)
    click(qtbot, view, pixel, button=button, modifiers=modifiers)
    after = view.picture.viewport
    assert after.scale[0] == pytest.approx(factor * before.scale[0])
    assert view.picture.to_data(QPointF(pixel)) == pytest.approx((3.0, 2.0), abs=0.05)


def test_escape_drops_a_box(qtbot, show) -> None:
    view = show(valley())
    press(qtbot, view, "Z")
    before = view.picture.viewport
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=pixel_of(view, 1.0, 3.0))
    qtbot.mouseMove(view, pixel_of(view, 4.0, 1.0))
    view.grab()
    press(qtbot, view, "Escape")
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=pixel_of(view, 4.0, 1.0))
    assert view.picture.viewport == before
    assert view.mouse.tool_name == "zoom"


# Measure


def test_measure_reads_the_way_that_is_dragged(qtbot, show) -> None:
    view = show(valley())
    press(qtbot, view, "M")
    drag(qtbot, view, pixel_of(view, 0.0, 0.0), pixel_of(view, 1.0, 1.0), pixel_of(view, 3.0, 2.0))
    measurement = view.mouse.tools["measure"].measurement
    tolerance = 2 * view.picture.viewport.scale[0]
    assert measurement.distance == pytest.approx(math.sqrt(13), abs=tolerance)
    surface = view.session.surface
    change = float(surface.value(np.array(measurement.end)) - surface.value(np.array(measurement.start)))
    assert measurement.change == pytest.approx(change)
    readings = [line.label for line in measurement.lines()]
    assert readings == ["distance", "Δx", "Δy", "Δf", "mean slope"]
    view.grab()
    press(qtbot, view, "Escape")
    assert view.mouse.tools["measure"].measurement is None
    assert view.mouse.tool_name == "measure"


def test_measure_on_a_curve_gives_the_slope_of_the_secant(qtbot, show) -> None:
    view = show(two_wells())
    press(qtbot, view, "M")
    drag(qtbot, view, pixel_of(view, 0.0, 0.0), pixel_of(view, 1.0, 3.0))
    readings = {line.label: line.text for line in view.mouse.tools["measure"].measurement.lines()}
    assert list(readings) == ["Δx", "Δf", "slope"]
    assert float(readings["slope"].replace("−", "-")) == pytest.approx(-1.0, abs=0.05)  # (−1 − 0)/(1 − 0)
    view.grab()


def test_a_measured_line_stays_at_its_place_when_the_map_moves(qtbot, show) -> None:
    view = show(valley())
    press(qtbot, view, "M")
    drag(qtbot, view, pixel_of(view, 0.0, 0.0), pixel_of(view, 3.0, 2.0))
    before = view.mouse.tools["measure"].measurement
    view.gestures.zoom_by(3.0, QPointF(pixel_of(view, 1.0, 1.0)), view.picture.overlay)
    assert view.mouse.tools["measure"].measurement == before


# Keys


def test_the_map_is_moved_by_keys_when_it_has_the_focus(qtbot, show) -> None:
    view = show(valley())
    view.setFocus()
    before = view.picture.viewport
    press(qtbot, view, "Right")
    assert view.picture.viewport.x[0] > before.x[0]
    press(qtbot, view, "Up")
    assert view.picture.viewport.y[0] > before.y[0]
    press(qtbot, view, "Plus")
    assert view.picture.viewport.scale[0] < before.scale[0]
    press(qtbot, view, "Minus")
    press(qtbot, view, "F")
    assert view.picture.viewport == before
    assert view.session.scene.view.x is None


def test_a_click_on_the_map_leaves_the_arrow_keys_to_the_playback(qtbot, show) -> None:
    view = show(valley())
    window = QWidget()
    qtbot.addWidget(window)
    view.setParent(window)
    window.show()
    view.setFocus()
    click(qtbot, view, pixel_of(view, -3.0, 1.0))
    assert not view.hasFocus()
    view.setParent(None)


def test_a_double_click_with_another_tool_does_not_fit(qtbot, show) -> None:
    view = show(replace(valley(), view=replace(valley().view, x=(0.0, 4.0), y=(0.0, 4.0))))
    press(qtbot, view, "P")
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=pixel_of(view, 1.0, 1.0))
    assert view.session.scene.view.x == (0.0, 4.0)
