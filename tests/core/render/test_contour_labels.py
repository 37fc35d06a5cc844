"""Labels of contours: on their line, true, upright, apart from each other and from cards, and still while panning."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradsim.core.gallery import GALLERY
from gradsim.core.render.contour_labels import MAX_LABELS, ContourLabel, Rect, place_labels
from gradsim.core.render.levels import Levels, choose_levels, choose_linear_levels
from gradsim.core.render.shade import contour_spacing
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Domain, FormulaSurface
from gradsim.core.surface import Surface, compile_surface

HEIGHT = 10.0
SURFACES = {name: GALLERY[name] for name in ("himmelblau", "rosenbrock", "beale", "rastrigin")}


def width_of(value: float, digits: int) -> float:
    return 6.0 * (digits + 1)


def labels_of(
    surface: Surface, viewport: Viewport, levels: Levels, *, contours: int = 18, keep_free: tuple[Rect, ...] = ()
) -> list[ContourLabel]:
    return place_labels(
        surface,
        viewport,
        levels=levels,
        spacing=contour_spacing(surface, viewport, levels=levels, contours=contours),
        height=HEIGHT,
        width_of=width_of,
        keep_free=keep_free,
    )


def prepared(name: str, scale: str = "log") -> tuple[Surface, Viewport, Levels]:
    entry = SURFACES[name]
    surface = compile_surface(entry.surface)
    choose = choose_levels if scale == "log" else choose_linear_levels
    viewport = Viewport.fit(entry.domain.x, entry.domain.y, 1200, 760)
    return surface, viewport, choose(surface, entry.domain)


def corners(label: ContourLabel, margin: float = 0.0) -> np.ndarray:
    half = np.array([0.5 * width_of(label.value, label.digits), 0.5 * HEIGHT]) + margin
    along = np.array([math.cos(label.angle), math.sin(label.angle)])
    across = np.array([-along[1], along[0]])
    return np.array(
        [[label.x, label.y] + sx * half[0] * along + sy * half[1] * across for sx in (-1, 1) for sy in (-1, 1)]
    )


@pytest.mark.parametrize("scale", ["log", "linear"])
@pytest.mark.parametrize("name", SURFACES)
def test_a_label_says_the_value_of_f_along_it(name: str, scale: str) -> None:
    surface, viewport, levels = prepared(name, scale)
    labels = labels_of(surface, viewport, levels)
    assert len(labels) >= (0 if name == "rastrigin" else 8)
    for label in labels:
        written = float(f"{label.value:.{label.digits - 1}e}")
        place = viewport.to_data(np.array([label.x, label.y]))
        value, gradient = float(surface.value(place)), surface.gradient(place)
        per_pixel = float(np.hypot(*(gradient * viewport.scale)))
        assert abs(value - label.value) < 0.3 * per_pixel  # less than a third of a pixel beside its line
        assert abs(written - value) < 1.0 * per_pixel  # what is written is true within a pixel
        along = viewport.scale[0] * math.cos(label.angle), -viewport.scale[1] * math.sin(label.angle)
        assert abs(gradient @ along) < 0.12 * per_pixel  # the text runs along the contour


@pytest.mark.parametrize("name", SURFACES)
def test_labels_are_upright_apart_few_and_whole(name: str) -> None:
    surface, viewport, levels = prepared(name)
    labels = labels_of(surface, viewport, levels)
    assert len(labels) <= MAX_LABELS
    for i, label in enumerate(labels):
        right, down = math.cos(label.angle), math.sin(label.angle)
        assert right > 0.29 or down < 0  # to the right, or upwards on a steep line
        assert right > -0.31
        assert (corners(label) > 0).all()
        assert (corners(label) < [viewport.width, viewport.height]).all()
        for other in labels[:i]:
            between = math.hypot(label.x - other.x, label.y - other.y)
            widths = width_of(label.value, label.digits) + width_of(other.value, other.digits)
            assert between > 0.5 * widths + 0.5 * HEIGHT
            if label.level == other.level:
                assert between > 10 * HEIGHT


def test_nothing_is_written_where_it_must_stay_free() -> None:
    surface, viewport, levels = prepared("himmelblau")
    free = [(label.x - 5, label.y - 5, label.x + 5, label.y + 5) for label in labels_of(surface, viewport, levels)]
    free.append((0.0, 0.0, 400.0, 300.0))
    labels = labels_of(surface, viewport, levels, keep_free=tuple(free))
    assert len(labels) > 5
    for label in labels:
        box = corners(label)
        for left, top, right, bottom in free:
            outside = (box.max(axis=0) < [left, top]) | (box.min(axis=0) > [right, bottom])
            assert outside.any()


def test_labels_go_with_the_map_while_it_is_panned() -> None:
    surface, viewport, levels = prepared("himmelblau")
    before = {(round(label.x), round(label.y)) for label in labels_of(surface, viewport, levels)}
    moved = {(round(label.x - 7), round(label.y - 4)) for label in labels_of(surface, viewport.panned(7, 4), levels)}
    assert len(before & moved) >= 0.8 * len(before)


def test_no_labels_without_contours_on_plateaus_and_where_nothing_is_defined() -> None:
    square = Domain(x=(-2.0, 2.0), y=(-2.0, 2.0))
    viewport = Viewport((-2, 2), (-2, 2), 400, 400)
    for formula in ("x**2 + y**2", "5 + 0*x*y", "sqrt(0 - 1 - x**2 - y**2)"):
        surface = compile_surface(FormulaSurface(formula=formula))
        contours = 0 if formula == "x**2 + y**2" else 18
        assert labels_of(surface, viewport, choose_levels(surface, square), contours=contours) == []


def test_labels_stay_off_undefined_regions() -> None:
    surface = compile_surface(FormulaSurface(formula="log(x)*y + y**2"))
    domain = Domain(x=(-2.0, 6.0), y=(-4.0, 4.0))
    viewport = Viewport((-2, 6), (-4, 4), 800, 800)
    labels = labels_of(surface, viewport, choose_levels(surface, domain))
    assert len(labels) > 4
    for label in labels:
        assert np.isfinite(surface.value(viewport.to_data(corners(label)[[0, 3]]).mean(axis=0)))
        assert viewport.to_data(corners(label))[:, 0].min() > 0


@pytest.mark.parametrize("deep", [1e-3, 1e-6])
def test_fine_contours_are_labelled_with_digits_that_tell_them_apart(deep: float) -> None:
    surface, _, levels = prepared("himmelblau")
    viewport = Viewport.fit((1.0, 1.0 + deep), (0.5, 0.5 + deep), 900, 600)
    labels = labels_of(surface, viewport, levels)
    assert labels
    texts = {label.level: f"{label.value:.{label.digits - 1}e}" for label in labels}
    assert len(set(texts.values())) == len(texts)
