"""What lies on the background of a map: labels, arrows and grid lines, drawn once and below the race."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from small_races import finished_session, two_wells, valley

from gradsim.core.render.levels import choose_levels
from gradsim.core.render.look import MapLook
from gradsim.core.render.palette import THEMES
from gradsim.core.scene import Scene
from gradsim.ui.drawing.contour_labels import label_text, write_labels
from gradsim.ui.drawing.picture import FramePicture, PictureCache

themes = pytest.mark.parametrize("theme", THEMES)


def picture_of(scene: Scene, theme: str = "dark", cache: PictureCache | None = None) -> FramePicture:
    session = finished_session(scene)
    return FramePicture(
        scene, session.run, session.surface, session.critical_points, THEMES[theme], 900, 640, cache=cache
    )


def shown(scene: Scene, **view: object) -> Scene:
    return replace(scene, view=replace(scene.view, **view))


def drawn(scene: Scene, theme: str = "dark") -> np.ndarray:
    return picture_of(scene, theme).draw_map(0.0).pixels[0, ..., :3].astype(int)


@themes
def test_labels_and_arrows_touch_nothing_but_their_places(dressed: QApplication, theme: str) -> None:
    scene = valley()
    plain = drawn(scene, theme)
    for view in ({"contour_labels": True}, {"vector_field": True}, {"contour_labels": True, "vector_field": True}):
        changed = np.abs(drawn(shown(scene, **view), theme) - plain).max(axis=2) > 4
        assert 0.004 < changed.mean() < 0.12
    picture = picture_of(shown(scene, contour_labels=True, vector_field=True), theme)
    rects = picture.overlay.rects_to_keep_free
    assert len(rects) >= 2 + 9
    for left, top, right, bottom in rects:
        inside = changed[round(max(0, top)) : round(max(0, bottom)), round(max(0, left)) : round(max(0, right))]
        assert not inside.any()


def test_arrows_follow_the_goal(dressed: QApplication) -> None:
    down, up = (drawn(replace(shown(valley(), vector_field=True), goal=goal)) for goal in ("minimize", "maximize"))
    assert (down != up).any()


def test_a_label_is_written_as_it_is_read() -> None:
    assert label_text(0.0, 2) == "0"
    assert label_text(57.91, 3) == "57.9"
    assert label_text(15926.0, 3) == "15900"
    assert label_text(-0.083, 2) == "−0.083"
    assert label_text(2.34e-7, 3) == "2.34×10⁻⁷"


def test_labels_on_show_are_the_values_there(dressed: QApplication) -> None:
    session = finished_session(valley())
    picture = picture_of(valley())
    levels = choose_levels(session.surface, session.scene.domain)
    labels = write_labels(session.surface, picture.viewport, levels=levels, look=MapLook())
    assert len(labels) > 10
    for label in labels:
        value = float(session.surface.value(picture.viewport.to_data((label.place.x, label.place.y))))
        assert float(label.text.replace("−", "-")) == pytest.approx(value, rel=0.04)
        left, top, right, bottom = label.rect
        assert max(right - left, bottom - top) >= label.width * 0.7


def test_labels_stay_while_the_race_plays_and_are_made_once(
    dressed: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gradsim.ui.drawing.map_decoration as decoration

    made = []
    original = decoration.write_labels
    monkeypatch.setattr(decoration, "write_labels", lambda *a, **k: made.append(1) or original(*a, **k))
    picture = picture_of(shown(valley(), contour_labels=True, trail=0))
    for step in (0.0, 3.5, 17.0):
        picture.draw_map(step)
    assert len(made) == 1


@themes
def test_a_curve_lies_on_a_grid_at_the_ticks(dressed: QApplication, theme: str) -> None:
    pixels = drawn(shown(two_wells(), dimming=1.0), theme)
    picture = picture_of(two_wells(), theme)
    column = round(float(picture.viewport.to_pixels((1.0, 0.0))[0]))
    beside = pixels[5:60, column - 12 : column + 12].astype(int).sum(axis=2)
    assert np.abs(beside - np.median(beside)).max(axis=0).argmax() in (11, 12, 13)
    assert 2 < np.abs(beside - np.median(beside)).max() < 90
