"""What does not change is painted once, however many pictures show it."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from small_races import valley

from gradsim.core.critical_points import find_critical_points
from gradsim.core.render.palette import THEMES
from gradsim.core.scene import Scene, View
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface
from gradsim.ui.drawing.margins import Margins
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.drawing.picture_cache import LayerCache, PictureCache

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def painted(monkeypatch) -> list[str]:
    """What has been painted anew, in order."""
    names: list[str] = []
    for owner, method in ((Margins, "draw_still"), (Overlay, "draw_marks")):
        monkeypatch.setattr(owner, method, _counted(getattr(owner, method), method, names))
    import gradsim.ui.drawing.overlay as module

    for method in ("draw_legend", "draw_key"):
        monkeypatch.setattr(module, method, _counted(getattr(module, method), method, names))
    return names


def _counted(paint, name: str, names: list[str]):
    def counted(*arguments):
        names.append(name)
        return paint(*arguments)

    return counted


def show(scene: Scene, cache: PictureCache, *, critical_points=None, step: float = 9.0, width: int = 800) -> QImage:
    surface = compile_surface(scene.surface)
    points = critical_points or find_critical_points(surface, scene.domain)
    return FramePicture(
        scene, simulate(scene), surface, points, THEMES["dark"], width, 560, cache=cache, corners=None
    ).image(step)


def with_learning_rate(scene: Scene, value: float) -> Scene:
    first, *others = scene.optimizers
    return replace(scene, optimizers=(replace(first, hyperparameters={"learning_rate": value}), *others))


def test_a_playing_race_paints_nothing_anew(painted: list[str]) -> None:
    cache, scene = PictureCache(), valley(3)
    show(scene, cache, step=1.0)
    assert sorted(painted) == ["draw_key", "draw_legend", "draw_marks", "draw_still"]
    for step in (2.0, 3.5, 40.0):
        show(scene, cache, step=step)
    assert len(painted) == 4


@pytest.mark.parametrize(("layout", "anew"), [("map", ["draw_legend"]), ("panels", [])])
def test_dragging_a_learning_rate_paints_only_where_it_is_written(painted: list[str], layout: str, anew) -> None:
    cache, scene = PictureCache(), valley(3, view=View(layout=layout))
    show(scene, cache)
    painted.clear()
    show(with_learning_rate(scene, 0.0031), cache)
    assert painted == anew


def test_another_size_paints_all_anew(painted: list[str]) -> None:
    cache, scene = PictureCache(), valley(3)
    show(scene, cache)
    painted.clear()
    show(scene, cache, width=801)
    assert {"draw_still", "draw_marks"} <= set(painted)


def test_the_ranges_of_the_axes_are_painted_anew_when_they_change(painted: list[str]) -> None:
    cache, scene = PictureCache(), valley(3)
    before = show(scene, cache)
    painted.clear()
    after = show(replace(scene, view=View(x=(0.0, 3.0), y=(0.0, 3.0))), cache)
    assert {"draw_still", "draw_marks"} <= set(painted)
    assert before != after


def test_an_image_over_a_rectangle_looks_as_if_painted_there() -> None:
    rect = QRectF(10.3, 20.6, 40.2, 15.5)

    def paint(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, QColor(200, 100, 50))

    images = []
    for draw in (paint, lambda painter: LayerCache().draw_rect(painter, "card", "key", rect, paint)):
        image = QImage(80, 60, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        draw(painter)
        painter.end()
        images.append(np.frombuffer(image.constBits(), np.uint8).astype(int))
    assert np.abs(images[0] - images[1]).max() <= 1


def test_a_layer_is_kept_until_its_key_or_size_changes() -> None:
    layers, calls = LayerCache(), []
    for key, size in (("a", 5), ("a", 5), ("b", 5), ("b", 6), ("b", 6)):
        image = layers.image("layer", key, QSize(size, size), calls.append)
        assert image.width() == size
    assert len(calls) == 3
