"""What is written over the map is complete, readable and in nobody's way."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from small_races import cloud, competitors, two_wells, valley

from gradsim.core.critical_points import CriticalPoint, CriticalPoints, find_critical_points
from gradsim.core.critical_points.search import EVERY_POINT
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.render.palette import THEMES, rgb
from gradsim.core.scene import Domain, FormulaSurface, GridStarts, LineStarts, OptimizerEntry, PointStarts, View
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface
from gradsim.ui.drawing.cards import text_font, text_width
from gradsim.ui.drawing.corners import CARD_GAP_EM, CORNERS, Obstacles, corner_rect
from gradsim.ui.drawing.eigenvector_cross import eigenvector_arms
from gradsim.ui.drawing.legend import lay_out_legend, legend_entries
from gradsim.ui.drawing.marks import CRITICAL_POINT_MARKS, draw_critical_point_marks, found_text, key_parts
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.window.scene_files import opening_scene

pytestmark = pytest.mark.usefixtures("qapp")
DARK = THEMES["dark"]


def overlay_of(scene, width=900, height=600, ratio=1.0) -> Overlay:
    surface = compile_surface(scene.surface)
    points = find_critical_points(surface, scene.domain)
    return FramePicture(scene, simulate(scene), surface, points, DARK, width, height, ratio).overlay


@pytest.mark.parametrize("n", [1, 2, 6, 7, 12, 13, 40, 64])
@pytest.mark.parametrize(("width", "height"), [(900, 600), (500, 320), (300, 220), (1300, 380)])
def test_legend_covers_at_most_two_fifths_of_the_width_and_loses_no_one(n: int, width: int, height: int) -> None:
    entries = legend_entries(valley(n), DARK)
    legend = lay_out_legend(entries, (width, height), 13.0)
    assert legend is not None
    assert legend.size[0] <= 0.4 * width
    assert legend.size[1] <= height
    assert len(legend.entries) + legend.n_more == n
    assert len(legend.entries) >= 1


@pytest.mark.parametrize("n", [2, 6, 8, 12])
@pytest.mark.parametrize("size", [(630, 370), (1000, 640), (1840, 980)])
def test_legend_of_up_to_twelve_tells_all_learning_rates_on_a_seventh_of_the_map(n: int, size: tuple[int, int]) -> None:
    legend = lay_out_legend(legend_entries(valley(n), DARK), size, 12.0)
    assert legend is not None
    assert (len(legend.entries), legend.n_more) == (n, 0)
    assert legend.setting_width > 0
    assert legend.size[0] * legend.size[1] <= size[0] * size[1] / 7


def test_a_legend_of_all_optimizers_takes_two_columns_before_it_leaves_most_of_them_out() -> None:
    legend = lay_out_legend(legend_entries(valley(43), DARK), (622, 431), 12.0)
    assert legend is not None
    assert legend.n_columns == 2
    assert len(legend.entries) > 30
    assert legend.size[0] <= 0.4 * 622


def test_legend_gives_letters_where_the_view_asks_for_them() -> None:
    plain, lettered = (legend_entries(valley(2, view=View(letters=letters)), DARK) for letters in (False, True))
    assert [entry.letter for entry in plain] == ["", ""]
    assert [entry.letter for entry in lettered] == ["A", "B"]


def test_legend_gives_label_colour_and_learning_rate() -> None:
    entry, other = legend_entries(valley(2), DARK)
    assert (entry.label, entry.setting, entry.color) == ("Racer 0", "η = 0.001", DARK.optimizer_colors[0])
    assert (other.label, other.setting, other.color) == ("Racer 1", "η = 0.002", DARK.optimizer_colors[1])


def test_legend_does_not_repeat_a_learning_rate_that_the_label_tells() -> None:
    entry = OptimizerEntry(name="adam", label="Adam, η = 2/101", hyperparameters={"learning_rate": 2 / 101})
    (line,) = legend_entries(valley(optimizers=(entry,)), DARK)
    assert (line.label, line.setting) == ("Adam, η = 2/101", "")


def test_legend_keeps_the_colours_when_an_optimizer_is_off() -> None:
    first, second = competitors(2)
    (entry,) = legend_entries(valley(optimizers=(replace(first, enabled=False), second)), DARK)
    assert entry.color == DARK.optimizer_colors[1]


def test_legend_tells_a_simple_fraction_as_one() -> None:
    entry = OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 2 / 101})
    (line,) = legend_entries(valley(optimizers=(entry,)), DARK)
    assert line.setting == "η = 2/101"


def test_legend_names_an_optimizer_without_label_and_its_default_learning_rate() -> None:
    for name, optimizer in OPTIMIZERS.items():
        (entry,) = legend_entries(valley(optimizers=(OptimizerEntry(name=name),)), DARK)
        assert entry.label == optimizer.title
        assert entry.setting.startswith("η = ") == ("learning_rate" in optimizer.rule().defaults)


@pytest.mark.parametrize("size", [(700, 460), (1340, 740), (1920, 1080)])
def test_cards_of_the_opening_race_hide_nothing(size: tuple[int, int]) -> None:
    overlay = overlay_of(opening_scene(), *size)
    for rect in (overlay.cards.legend_rect, overlay.cards.key_rect):
        assert not rect.isEmpty()
        assert overlay.obstacles.hidden_by(rect, 6.0) == 0


def test_a_card_that_hides_a_place_is_worse_than_one_that_is_only_close_to_it() -> None:
    obstacles = Obstacles(np.array([[50.0, 50.0], [112.0, 150.0]]), np.empty((0, 2)))
    above, below, free = (QRectF(0.0, top, 100.0, 60.0) for top in (10.0, 120.0, 300.0))
    assert obstacles.hidden_by(above, 18.0) > obstacles.hidden_by(below, 18.0) > obstacles.hidden_by(free, 18.0) == 0


def test_a_map_too_small_for_a_legend_has_none() -> None:
    assert lay_out_legend(legend_entries(valley(6), DARK), (60, 40), 13.0) is None


def test_every_kind_of_critical_point_has_a_shape_of_its_own() -> None:
    documented = CriticalPoint.__doc__ or ""
    assert set(CRITICAL_POINT_MARKS) == {"minimum", "saddle", "maximum", "degenerate", "nonsmooth"}
    assert all(kind in documented for kind in CRITICAL_POINT_MARKS)
    shapes = [shape(10.0) for shape, _, _ in CRITICAL_POINT_MARKS.values()]
    assert all(first != second for first, second in itertools.combinations(shapes, 2))
    assert not any(shape.isEmpty() for shape in shapes)


def test_key_counts_the_kinds_and_says_whether_all_were_found() -> None:
    overlay = overlay_of(valley())
    assert key_parts(overlay.critical_points) == [
        ("minimum", "4 minima"),
        ("saddle", "4 saddles"),
        ("maximum", "1 maximum"),
    ]
    nine, everything, nothing = tuple(overlay.critical_points), np.array([[[-6.0, 6.0]] * 2]), np.empty((0, 2, 2))
    assert found_text(CriticalPoints(nine, nothing)) == "all 9 critical points found (proven)"
    assert found_text(CriticalPoints(nine, everything)) == "at least 9 critical points found"
    assert found_text(CriticalPoints(nine[:1], nothing)) == "the only critical point found (proven)"
    assert found_text(CriticalPoints((), nothing)) == "no critical points (proven)"
    assert found_text(CriticalPoints((), everything)) == "no critical points found"


def test_the_key_of_a_constant_surface_says_that_every_point_is_critical() -> None:
    points = overlay_of(valley(surface=FormulaSurface(formula="3 + 0*x*y"))).critical_points
    assert (key_parts(points), found_text(points)) == ([], EVERY_POINT)


@pytest.mark.parametrize("scene", [valley(6), two_wells(), cloud(), valley(64)], ids=["2-D", "1-D", "cloud", "many"])
@pytest.mark.parametrize(("width", "height", "ratio"), [(700, 460, 1.0), (1280, 800, 1.0), (1920, 1080, 2.0)])
def test_cards_lie_on_the_map_and_apart(scene, width: int, height: int, ratio: float) -> None:
    overlay = overlay_of(scene, width, height, ratio)
    cards = overlay.cards
    assert cards.legend is not None
    assert QRectF(overlay.layout.area).contains(cards.legend_rect)
    assert QRectF(overlay.layout.area).contains(cards.key_rect)
    assert not cards.legend_rect.intersects(cards.key_rect)


def test_cards_move_out_of_the_way_of_starts() -> None:
    taken = overlay_of(valley()).cards.legend_rect
    scene = valley()
    overlay = overlay_of(scene)
    middle = overlay.viewport.to_data(
        (taken.center().x() - overlay.layout.area.x(), taken.center().y() - overlay.layout.area.y())
    )
    moved = overlay_of(valley(starts=PointStarts(points=(tuple(middle.tolist()),))))
    place = moved.start_pixels[0]
    assert not moved.cards.legend_rect.contains(*place.tolist())


@pytest.mark.parametrize("corner", [(-1.0, 1.0), (1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)])
def test_cards_do_not_lie_over_the_handles_of_a_cloud(corner: tuple[float, float]) -> None:
    scene = valley()
    end = tuple(0.9 * edge * max(axis) for edge, axis in zip(corner, scene.domain.axes, strict=True))
    line = LineStarts(start=(0.0, 0.0), end=end, n=1000)
    overlay = overlay_of(replace(scene, starts=line), 700, 640)
    for x, y in overlay.handle_pixels.tolist():
        assert not overlay.cards.legend_rect.contains(x, y)
        assert not overlay.cards.key_rect.contains(x, y)


def test_start_marks_are_at_the_starts() -> None:
    overlay = overlay_of(valley())
    assert overlay.start_pixels == pytest.approx(overlay.to_picture(np.array([[0.5, 0.5]])))


def test_marks_of_a_curve_lie_on_the_curve() -> None:
    scene = two_wells()
    overlay = overlay_of(scene)
    surface = compile_surface(scene.surface)
    places = np.array([[*point.position, point.value] for point in overlay.critical_points])
    assert len(places) == 3
    assert overlay.critical_pixels == pytest.approx(overlay.to_picture(places))
    start = np.array([[2.0, float(surface.value([2.0]))]])
    assert overlay.start_pixels == pytest.approx(overlay.to_picture(start))


def test_critical_points_can_be_hidden() -> None:
    assert overlay_of(valley(view=View(critical_points=False))).critical_points is None


def test_eigenvector_arms_are_perpendicular_and_longer_for_more_curvature() -> None:
    overlay = overlay_of(valley())
    for point in overlay.critical_points:
        first, second = eigenvector_arms(point, overlay.viewport, 13.0)
        dot = first.x() * second.x() + first.y() * second.y()
        lengths = [np.hypot(arm.x(), arm.y()) for arm in (first, second)]
        assert abs(dot) < 1e-6 * lengths[0] * lengths[1]
        assert (lengths[0] < lengths[1]) == bool(abs(point.eigenvalues[0]) < abs(point.eigenvalues[1]))


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_on_cards_is_readable_over_any_map(theme) -> None:
    behind = [color for _, color in theme.map_stops] + [rgb(color) for color in theme.optimizer_colors]
    alpha = max(0.8, theme.overlay_alpha)
    for color in behind:
        card = tuple(alpha * top + (1 - alpha) * below for top, below in zip(rgb(theme.overlay), color, strict=True))
        assert contrast(rgb(theme.text), card) >= 7.0
        assert contrast(rgb(theme.dim_text), card) >= 3.0


def contrast(first, second) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(color) -> float:
        channels = [value / 255 for value in color]
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_digits_of_the_counter_have_one_width() -> None:
    font = text_font(13.0)
    assert text_width("111111", font) == pytest.approx(text_width("888888", font))


def test_the_legend_rather_crowds_a_mark_than_hides_one() -> None:
    cards = overlay_of(opening_scene(), 680, 440)
    rect, marks = cards.cards.legend_rect, np.concatenate([cards.critical_pixels, cards.start_pixels])
    assert not any(rect.contains(x, y) for x, y in marks.tolist())


def test_the_legend_rather_cuts_its_labels_than_hides_a_mark() -> None:
    overlay = overlay_of(opening_scene(), 640, 400, 2.0)
    cards, area = overlay.cards, overlay.layout.area
    usual = lay_out_legend(legend_entries(overlay.scene, DARK), (area.width(), area.height()), overlay.layout.em)
    assert usual is not None
    gap = CARD_GAP_EM * overlay.layout.em
    rects = [corner_rect(corner, usual.size, QRectF(area), gap) for corner in CORNERS]
    assert all(overlay.obstacles.n_places_under(rect) for rect in rects), "it would hide some in every corner"
    assert len(cards.legend.entries) == len(usual.entries)
    assert cards.legend_rect.width() < usual.size[0]
    assert overlay.obstacles.n_places_under(cards.legend_rect) == 0


def test_large_text_on_a_small_map_is_smaller_in_the_legend_rather_than_leaving_anyone_out() -> None:
    legend = overlay_of(opening_scene(), 680, 420, 2.0).cards.legend
    assert legend is not None
    assert (len(legend.entries), legend.n_more) == (6, 0)
    longest = max(text_width(entry.label, text_font(legend.em)) for entry in legend.entries)
    assert legend.label_width > 0.8 * longest


def test_a_legend_is_not_cut_in_vain_where_starts_are_everywhere() -> None:
    crowded = replace(opening_scene(), starts=GridStarts(n=(12, 12)))
    overlay = overlay_of(crowded, 700, 410, 2.0)
    assert overlay.obstacles.n_places_under(overlay.cards.legend_rect)
    assert overlay.cards.corners.legend_share is None


def test_among_hundreds_of_marks_the_best_points_stand_out_and_where_all_are_alike_none() -> None:
    def best_values(formula: str, goal: str) -> list[float]:
        domain = Domain(x=(-5.0, 5.0), y=(-5.0, 5.0))
        scene = valley(surface=FormulaSurface(formula=formula), domain=domain, goal=goal)
        surface = compile_surface(scene.surface)
        points = find_critical_points(surface, scene.domain)
        overlay = FramePicture(scene, None, surface, points, DARK, 900, 600).overlay
        return [point.value for point, best in zip(points, overlay.are_best, strict=True) if best]

    rastrigin = "20 + x^2 + y^2 - 10*(cos(2*pi*x) + cos(2*pi*y))"
    assert best_values(rastrigin, "minimize") == pytest.approx([0.0], abs=1e-9)
    assert len(best_values(rastrigin, "maximize")) == 4
    assert min(best_values(rastrigin, "maximize")) > 60.0
    assert best_values("sin(2*x)*sin(2*y)", "minimize") == []


def test_the_best_of_many_marks_is_larger_than_the_others() -> None:
    scene = valley(surface=FormulaSurface(formula="20 + x^2 + y^2 - 10*(cos(2*pi*x) + cos(2*pi*y))"))
    overlay = overlay_of(replace(scene, domain=Domain(x=(-5.0, 5.0), y=(-5.0, 5.0))))
    image = QImage(900, 600, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    kinds, pixels = ["minimum"] * 400, np.full((400, 2), -100.0)
    pixels[:2] = [[100.0, 100.0], [200.0, 100.0]]
    draw_critical_point_marks(painter, kinds, pixels, [True] + [False] * 399, DARK, overlay.mark_em)
    painter.end()
    best, other = (
        sum(image.pixelColor(x + i, 90 + j).alpha() > 128 for i in range(-20, 20) for j in range(-20, 20))
        for x in (100, 200)
    )
    assert best > 1.5 * other > 0
