"""The walls that an optimizer is kept inside can be seen on its map, in its colour."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from small_races import cloud, finished_session, two_wells, valley

from gradsim.core.render.palette import THEMES, rgb
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Box, Scene
from gradsim.ui.drawing.optimizer_boxes import box_sides
from gradsim.ui.drawing.picture import FramePicture

BOX: Box = ((-2.0, 3.5), (-1.0, 4.0))
SIZE = (900, 640)
NEAR = 2.5


def kept_inside(scene: Scene, *boxes: Box | None) -> Scene:
    entries = [replace(entry, box=box) for entry, box in zip(scene.optimizers, boxes, strict=True)]
    return replace(scene, optimizers=tuple(entries))


def pixels_of(scene: Scene, theme: str = "dark") -> tuple[np.ndarray, Viewport]:
    session = finished_session(scene)
    picture = FramePicture(scene, session.run, session.surface, session.critical_points, THEMES[theme], *SIZE)
    return picture.draw_map(0.0).pixels[..., :3].astype(int), picture.viewport


def near_sides(box: Box, viewport: Viewport) -> np.ndarray:
    """Which pixels are near the sides of ``box``, bool (H, W)."""
    rows, columns = np.mgrid[: viewport.height, : viewport.width] + 0.5
    near = np.zeros(rows.shape, dtype=bool)
    for side in box_sides(box, viewport):
        across = (side.x1() - NEAR < columns) & (columns < side.x2() + NEAR)
        near |= across & (side.y1() - NEAR < rows) & (rows < side.y2() + NEAR)
    return near


def share_of(ink: str, pixels: np.ndarray) -> float:
    """How many of ``pixels`` (n, 3), BGR, are close to ``ink``."""
    return float((np.abs(pixels - np.array(rgb(ink))[::-1]).max(axis=1) < 60).mean())


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("race", [valley, cloud])
def test_a_box_is_drawn_in_the_colour_of_its_optimizer_and_nowhere_else(
    dressed: QApplication, race, theme: str
) -> None:
    inside = kept_inside(race(), BOX, None)
    shown, viewport = pixels_of(inside, theme)
    plain, _ = pixels_of(kept_inside(race(), None, None), theme)
    changed = np.abs(shown[0] - plain[0]).max(axis=2) > 8
    near = near_sides(BOX, viewport)
    if race is valley:  # a cloud that begins outside is put inside, and shades the map otherwise
        assert not changed[~near].any()
    assert changed[near].mean() > 0.3
    first, second = THEMES[theme].optimizer_colors[:2]
    assert share_of(first, shown[0][near]) > 0.1
    assert share_of(second, shown[0][near]) < 0.03


def test_optimizers_in_one_box_share_its_sides(dressed: QApplication) -> None:
    shown, viewport = pixels_of(kept_inside(valley(), BOX, BOX))
    near = near_sides(BOX, viewport)
    for ink in THEMES["dark"].optimizer_colors[:2]:
        assert share_of(ink, shown[0][near]) > 0.05


def test_side_by_side_each_map_has_the_box_of_its_own_optimizer(dressed: QApplication) -> None:
    scene = valley()
    beside = replace(scene, view=replace(scene.view, layout="panels"))
    with_box, _ = pixels_of(kept_inside(beside, None, BOX))
    plain, _ = pixels_of(kept_inside(beside, None, None))
    changed = (np.abs(with_box - plain).max(axis=3) > 8).mean(axis=(1, 2))
    assert changed[0] == 0.0
    assert changed[1] > 0.002


def test_on_a_curve_the_two_ends_of_a_box_are_drawn(dressed: QApplication) -> None:
    box: Box = ((-1.0, 2.1),)
    shown, viewport = pixels_of(kept_inside(two_wells(), box, None))
    sides = box_sides(box, viewport)
    assert [(side.y1(), side.y2()) for side in sides] == [(0.0, viewport.height)] * 2
    assert share_of(THEMES["dark"].optimizer_colors[0], shown[0][near_sides(box, viewport)]) > 0.1


def test_of_a_box_around_or_beside_the_map_nothing_is_drawn() -> None:
    viewport = Viewport((0.0, 1.0), (0.0, 1.0), 100, 80)
    for box in (((-9.0, 9.0), (-9.0, 9.0)), ((2.0, 3.0), (0.0, 1.0)), ((0.2, 0.5), (7.0, 8.0))):
        assert not box_sides(box, viewport)
    ((x_1, y_1, x_2, y_2),) = [side.toTuple() for side in box_sides(((0.5, 1e9), (-1e9, 1e9)), viewport)]
    assert (x_1, y_1, x_2, y_2) == (50.0, 0.0, 50.0, 80.0)
