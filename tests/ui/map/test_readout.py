"""Readings are those of the surface, in words and figures that a student can follow."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter
from small_races import valley

from gradsim.core.render.palette import THEMES
from gradsim.core.scene import FormulaSurface, PointStarts
from gradsim.core.surface import compile_surface
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.map.readout import draw_surface_readout, surface_lines


def test_readings_are_those_of_the_surface() -> None:
    surface = compile_surface(valley().surface)
    readings = {line.label: line.text for line in surface_lines(surface, (3.0, 2.0))}
    assert readings["position"] == "(3, 2)"
    assert readings["f"] == "0"
    assert readings["gradient"] == "(0, 0)"
    assert readings["its norm"] == "0"
    assert readings["eigenvalues"] == "25.72, 82.28"


def test_readings_where_the_surface_has_no_value() -> None:
    surface = compile_surface(FormulaSurface(formula="log(x) + y"))
    readings = {line.label: line.text for line in surface_lines(surface, (-1.0, 0.0))}
    assert readings["f"] == "undefined"


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("corner", [(0.92, 0.08), (0.92, 0.92), (0.08, 0.08), (0.08, 0.92)])
def test_readings_hide_no_start_where_another_corner_is_free(corner: tuple[float, float]) -> None:
    start = tuple(low + share * (high - low) for share, (low, high) in zip(corner, valley().domain.axes, strict=True))
    scene = replace(valley(), starts=PointStarts(points=(start,)))
    surface = compile_surface(scene.surface)
    overlay = FramePicture(scene, None, surface, None, THEMES["dark"], 900, 600).overlay
    image = QImage(900, 600, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    middle = QPointF(overlay.layout.area.center())
    draw_surface_readout(painter, overlay, surface_lines(surface, (0.0, 0.0)), middle, THEMES["dark"])
    painter.end()
    (pixel,) = overlay.start_pixels.tolist()
    assert image.pixelColor(QPointF(*pixel).toPoint()).alpha() == 0
