"""Letters on heads: the optimizer's own, on heads with room for one, and side by side where heads meet."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from small_races import cloud, competitors, finished_session, valley

from gradsim.core.render.palette import THEMES, rgb
from gradsim.core.scene import PointStarts, Scene
from gradsim.ui.drawing.head_letters import letter_groups
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.drawing.swatch import letter_ink

themes = pytest.mark.parametrize("theme", THEMES)


def drawn(scene: Scene, step: float, theme: str = "dark", **view: object) -> np.ndarray:
    scene = replace(scene, view=replace(scene.view, trail=0, **view))
    session = finished_session(scene)
    picture = FramePicture(scene, session.run, session.surface, None, THEMES[theme], 900, 640)
    return picture.draw_map(step).pixels[0, ..., 2::-1].astype(int)


def luminance(color: str) -> float:
    share = np.array(rgb(color)) / 255
    return float(np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])


@themes
def test_letters_are_legible_on_every_color(theme: str) -> None:
    for head in THEMES[theme].optimizer_colors:
        low, high = sorted((luminance(head), luminance(letter_ink(head))))
        assert (high + 0.05) / (low + 0.05) >= 4.5, head


def test_heads_are_grouped_over_neighbours() -> None:
    pixels = np.array([[0, 0], [5, 0], [10, 0], [40, 0], [43, 4], [90, 0], [1, 1]], dtype=float)
    shown = np.array([True, True, True, True, True, True, False])
    assert letter_groups(pixels, shown, 6.0) == [[0, 1, 2], [3, 4], [5]]
    assert letter_groups(pixels, np.zeros(7, dtype=bool), 6.0) == []


def test_a_lone_head_carries_the_letter_of_its_place_among_all(dressed: QApplication) -> None:
    entries = competitors(3)
    off = (replace(entries[0], enabled=False), *entries[1:])
    alone = (replace(entries[2], color=5),)
    other_place = (*(replace(entry, enabled=False) for entry in entries[:2]), *alone)
    images = [drawn(valley(optimizers=these), 0.0, letters=True) for these in (alone, other_place)]
    assert (images[0] != images[1]).any()  # A and C in the same colour at the same place
    assert (drawn(valley(optimizers=off), 5.0, letters=True) != drawn(valley(optimizers=entries), 5.0)).any()


@themes
def test_heads_that_meet_show_all_their_letters_beside_them(dressed: QApplication, theme: str) -> None:
    scene = valley(5)
    plain, lettered = (drawn(scene, 0.0, theme, letters=letters) for letters in (False, True))
    changed = (np.abs(plain - lettered).max(axis=2) > 0).nonzero()
    for color in THEMES[theme].optimizer_colors[:5]:
        above = lettered[changed[0].min() : changed[0].min() + 14]
        assert (np.abs(above - np.array(rgb(color))).max(axis=2) < 30).sum() > 3, color


def test_crowds_have_no_letters(dressed: QApplication) -> None:
    for scene in (cloud(), valley(6, starts=PointStarts(points=tuple((0.1 * k, 0.0) for k in range(11))))):
        assert (drawn(scene, 2.0, letters=True) == drawn(scene, 2.0, letters=False)).all()


def test_heads_at_every_edge_and_gone_heads_are_no_trouble(dressed: QApplication) -> None:
    scene = valley(3, starts=PointStarts(points=((-5.9, 5.9), (5.9, -5.9), (40.0, 0.0))))
    for step in (0.0, 0.7, 40.0):
        drawn(scene, step, letters=True)
