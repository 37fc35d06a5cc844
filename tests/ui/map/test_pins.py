"""A click pins what is said of a critical point; it stays until the surface loses the point."""

from __future__ import annotations

import pytest
from hands import click, is_up_to_date, pixel_of
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from small_races import two_wells, valley

from gradsim.core.critical_points import find_critical_points
from gradsim.core.scene import Domain, FormulaSurface
from gradsim.core.surface import compile_surface
from gradsim.ui.map.pins import same_point

SCENES = {"2-D": valley(), "1-D": two_wells()}


def points_of(formula: str, domain: Domain):
    return find_critical_points(compile_surface(FormulaSurface(formula=formula)), domain)


def pin(qtbot, view, index: int):
    point = view.picture.overlay.critical_points[index]
    click(qtbot, view, QPointF(*view.picture.overlay.critical_pixels[index].tolist()).toPoint())
    return point


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_click_pins_and_another_unpins(qtbot, show, scene) -> None:
    view = show(scene)
    point = pin(qtbot, view, 1)
    assert view.session.selection.point is point
    (callout,) = view.pins.callouts(view.picture)
    view.grab()
    assert view.picture.layout.area.toRectF().contains(callout.rect)
    assert not callout.rect.contains(callout.center)
    pin(qtbot, view, 1)
    assert view.session.selection.point is None
    assert view.pins.callouts(view.picture) == ()


def test_a_click_on_the_card_or_escape_unpins(qtbot, show) -> None:
    view = show(valley())
    pin(qtbot, view, 0)
    click(qtbot, view, view.pins.callouts(view.picture)[0].rect.center().toPoint())
    assert view.session.selection.point is None
    pin(qtbot, view, 0)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.session.selection.point is None


def test_another_point_takes_the_pin(qtbot, show) -> None:
    view = show(valley())
    pin(qtbot, view, 0)
    assert pin(qtbot, view, 4) is view.session.selection.point


def test_a_pinned_callout_stays_while_the_race_plays_and_the_mouse_is_elsewhere(qtbot, show) -> None:
    view = show(valley())
    pin(qtbot, view, 2)
    qtbot.mouseMove(view, pixel_of(view, -5.0, 0.0))
    view.playback.seek(20.0)
    qtbot.waitUntil(lambda: is_up_to_date(view))
    (callout,) = view.pins.callouts(view.picture)
    shown = view.grab().toImage()
    card = shown.pixelColor(callout.rect.bottomLeft().toPoint() + QPoint(8, -6))
    assert card.lightness() < 40


def test_the_callout_keeps_clear_of_legend_and_key(show, qtbot) -> None:
    view = show(valley(6))
    cards = view.picture.overlay.cards
    for index in range(len(view.picture.overlay.critical_points)):
        view.session.selection.pin_point(view.picture.overlay.critical_points[index])
        (callout,) = view.pins.callouts(view.picture)
        for rect in (cards.legend_rect, cards.key_rect):
            common = rect.intersected(callout.rect)
            assert common.width() * common.height() < 0.2 * rect.width() * rect.height()


def test_the_pin_follows_the_same_point_of_a_changed_surface_and_drops_a_lost_one(qtbot, show) -> None:
    view = show(valley())
    session = view.session
    point = pin(qtbot, view, 0)
    moved = points_of("(x**2 + y - 11.1)**2 + (x + y**2 - 7)**2", session.scene.domain)
    session.results._show_critical_points(None)
    assert session.selection.point is point
    session.results._show_critical_points(moved)
    assert session.selection.point in list(moved)
    assert session.selection.point.kind == point.kind
    session.results._show_critical_points(points_of("x^2 + y^2", session.scene.domain))
    assert session.selection.point is None


def test_another_scene_has_nothing_pinned(qtbot, show) -> None:
    view = show(valley())
    pin(qtbot, view, 0)
    view.session.open(replace(two_wells(), title="another"))
    assert view.session.selection.point is None


def test_a_point_of_another_kind_or_dimension_is_not_the_same() -> None:
    domain = Domain(x=(-3.0, 3.0))
    (bowl,) = points_of("x^2", domain)
    assert same_point(bowl, points_of("-x^2", domain), domain) is None
    assert same_point(bowl, points_of("x^2 + 0.01*x", domain), domain) is not None
    assert (
        same_point(
            bowl, points_of("x^2 + y^2", Domain(x=(-1.0, 1.0), y=(-1.0, 1.0))), Domain(x=(-1.0, 1.0), y=(-1.0, 1.0))
        )
        is None
    )
