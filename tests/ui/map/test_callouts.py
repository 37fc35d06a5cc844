"""The card of a critical point: it hides no other point where there is room, and a line leads to it from afar."""

from __future__ import annotations

import math

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from gradsim.core.critical_points import CriticalPoint, find_critical_points
from gradsim.core.gallery import GALLERY
from gradsim.core.render.palette import THEMES
from gradsim.core.scene import FormulaSurface, Scene
from gradsim.core.surface import compile_surface
from gradsim.ui.drawing.cards import caption_width
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.edits import with_surface
from gradsim.ui.map.callouts import Callout, caption_lines
from gradsim.ui.window.scene_files import opening_scene

DARK = THEMES["dark"]


def overlay_of(name: str, width: int, height: int) -> Overlay:
    """The map of a surface of the gallery on a picture of that size."""
    preset = GALLERY[name]
    surface = FormulaSurface(formula=preset.formula)
    scene = with_surface(opening_scene(), surface, preset.domain, preset.start, preset.title)
    compiled = compile_surface(surface)
    points = find_critical_points(compiled, scene.domain)
    return FramePicture(scene, None, compiled, points, DARK, width, height).overlay


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
    overlay = overlay_of(name, 715, 460)
    callouts = [Callout(overlay, point) for point in overlay.critical_points]
    assert len([callout for callout in callouts if callout.is_shown]) > 2
    for callout in callouts:
        if callout.is_shown:
            assert not callout.rect.contains(callout.center)
            assert overlay.obstacles.n_places_under(callout.rect) == 0
            assert (callout.rect & overlay.cards.legend_rect).isEmpty()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", ["rastrigin", "ackley"])
@pytest.mark.parametrize(("width", "height"), [(715, 460), (1340, 730)])
def test_where_marks_are_everywhere_neither_pinned_nor_hovered_card_hides_one(
    name: str, width: int, height: int
) -> None:
    overlay = overlay_of(name, width, height)
    points = overlay.critical_points
    assert len(points) >= 441
    pinned = Callout(overlay, points[0])
    shown = [pinned, *(Callout(overlay, point, (pinned.rect,)) for point in points[5::37])]
    assert width > 715 or any(callout.is_caption for callout in shown)
    picture = QRectF(0, 0, width, height)
    for callout in shown:
        assert callout.is_shown
        assert picture.contains(callout.rect)
        assert overlay.obstacles.n_places_under(callout.rect) == 0
        for card in (overlay.cards.legend_rect, overlay.cards.key_rect, pinned.rect):
            assert callout is pinned or not callout.rect.intersects(card)
        assert callout.is_caption == (not overlay.room.intersects(callout.rect))


@pytest.mark.usefixtures("qapp")
def test_a_caption_says_as_much_as_there_is_room_for_and_always_what_it_is() -> None:
    for width in (500, 620, 715):
        overlay = overlay_of("rastrigin", width, 460)
        em = overlay.layout.em
        callout = next(each for each in (Callout(overlay, p) for p in overlay.critical_points[200:]) if each.is_caption)
        assert caption_width(callout.name, callout.lines, em) <= callout.rect.width()
        assert callout.name.startswith(("Minimum", "Saddle", "Maximum"))
        assert callout.lines[0].label == "position"
    few_words = caption_lines(overlay.critical_points[0])
    assert [len(words) for words in few_words] == sorted((len(words) for words in few_words), reverse=True)


@pytest.mark.usefixtures("qapp")
def test_the_cross_of_a_point_in_a_crowd_covers_no_neighbour_that_it_can_spare() -> None:
    crowded = overlay_of("rastrigin", 1340, 730)
    middle = min(crowded.critical_points, key=lambda point: point.value)
    assert longest_arm(crowded, middle) < 2.5 * crowded.mark_em
    alone = overlay_of("rosenbrock", 1340, 730)
    assert longest_arm(alone, alone.critical_points[0]) == pytest.approx(5.0 * alone.mark_em)


def longest_arm(overlay: Overlay, point: CriticalPoint) -> float:
    return max(math.hypot(*arm.toTuple()) for arm in Callout(overlay, point).arms)


@pytest.mark.usefixtures("qapp")
def test_a_point_without_curvature_has_no_cross_and_a_place_of_its_own() -> None:
    overlay = overlay_of("ackley", 715, 460)
    (kink,) = (point for point in overlay.critical_points if point.kind == "nonsmooth")
    callout = Callout(overlay, kink)
    assert callout.arms == []
    assert all(math.isfinite(side) for rect in callout.rects for side in rect.getCoords())
    assert Callout(overlay, overlay.critical_points[294], callout.rects).is_caption


@pytest.mark.usefixtures("qapp")
def test_on_a_panel_too_small_for_a_card_the_readings_stand_above_all_panels() -> None:
    preset = GALLERY["himmelblau"]
    surface = FormulaSurface(formula=preset.formula)
    scene = with_surface(opening_scene(), surface, preset.domain, preset.start, preset.title)
    scene = replace(scene, view=replace(scene.view, layout="panels"))
    compiled = compile_surface(surface)
    points = find_critical_points(compiled, scene.domain)
    picture = FramePicture(scene, None, compiled, points, DARK, 700, 440)
    assert len(picture.overlays) == 6
    for overlay in picture.overlays:
        rect = Callout(overlay, points[4]).rect
        assert QRectF(0, 0, 700, 440).contains(rect)
        assert not any(rect.intersects(QRectF(other.layout.area)) for other in picture.overlays)
        assert not any(rect.intersects(QRectF(place.header)) for place in picture.layout.places)
