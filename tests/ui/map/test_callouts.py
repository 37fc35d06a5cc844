"""The card of a critical point: it hides no other point where there is room, and a line leads to it from afar."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from gradsim.core.critical_points import find_critical_points
from gradsim.core.gallery import GALLERY
from gradsim.core.render.palette import THEMES
from gradsim.core.scene import FormulaSurface, Scene
from gradsim.core.surface import compile_surface
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.edits import with_surface
from gradsim.ui.map.callouts import Callout
from gradsim.ui.window.scene_files import opening_scene

DARK = THEMES["dark"]


def have_lines(scene: Scene) -> list[bool]:
    """Whether there is something half-way from each critical point to its card."""
    surface = compile_surface(scene.surface)
    points = find_critical_points(surface, scene.domain)
    overlay = FramePicture(scene, None, surface, points, DARK, 715, 460).overlay
    lines = []
    for point in points:
        callout = Callout(overlay, point)
        rect, center = callout.rect, callout.center
        edge = QPointF(min(max(center.x(), rect.left()), rect.right()), min(max(center.y(), rect.top()), rect.bottom()))
        image = QImage(715, 460, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        painter = QPainter(image)
        callout.draw_card(painter, DARK)
        painter.end()
        half_way = ((center + edge) / 2).toPoint()
        near = [(half_way.x() + i, half_way.y() + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        lines.append(any(image.pixelColor(*pixel).alpha() for pixel in near))
    return lines


@pytest.mark.usefixtures("qapp")
def test_a_line_leads_to_a_card_that_lies_away_from_its_point_and_none_to_one_beside_it() -> None:
    crowded = opening_scene()
    assert any(have_lines(crowded))
    assert have_lines(replace(crowded, surface=FormulaSurface(formula="(x - 1)^2 + 2*y^2"))) == [False]


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", ["himmelblau", "six_hump_camel", "beale", "styblinski_tang"])
def test_on_the_map_of_a_small_window_no_card_hides_another_point(name: str) -> None:
    preset = GALLERY[name]
    surface = FormulaSurface(formula=preset.formula)
    scene = with_surface(opening_scene(), surface, preset.domain, preset.start, preset.title)
    compiled = compile_surface(surface)
    points = find_critical_points(compiled, scene.domain)
    overlay = FramePicture(scene, None, compiled, points, DARK, 715, 460).overlay
    callouts = [Callout(overlay, point) for point in points]
    assert len([callout for callout in callouts if callout.is_shown]) > 2
    for callout in callouts:
        if callout.is_shown:
            assert not callout.rect.contains(callout.center)
            assert overlay.obstacles.n_places_under(callout.rect) == 0
            assert (callout.rect & overlay.cards.legend_rect).isEmpty()
