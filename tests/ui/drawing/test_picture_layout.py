"""Maps, headers and margins of a picture lie apart, for any number of panels at any size."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from gradsim.ui.drawing.picture_layout import MAX_PANELS, PictureLayout, lay_out_picture

SIZES = st.integers(1, 4000)
ASPECTS = st.none() | st.floats(1 / 12, 12)


def lay_out(n_maps: int, width: int, height: int, *, em: float = 12.0, dimension: int = 2, **options) -> PictureLayout:
    return lay_out_picture(width, height, em, dimension, n_maps=n_maps, **options)


@given(
    n_maps=st.integers(1, MAX_PANELS),
    width=SIZES,
    height=SIZES,
    em=st.floats(6, 60),
    dimension=st.sampled_from([1, 2]),
    aspect=ASPECTS,
    header_widths=st.tuples(st.floats(0, 900), st.floats(0, 400)),
    has_footer=st.booleans(),
)
def test_everything_lies_in_the_picture_and_apart(
    n_maps: int,
    width: int,
    height: int,
    em: float,
    dimension: int,
    aspect: float | None,
    header_widths: tuple[float, float],
    has_footer: bool,
) -> None:
    layout = lay_out_picture(
        width,
        height,
        em,
        dimension,
        n_maps=n_maps,
        aspect=aspect,
        header_widths=header_widths,
        has_footer=has_footer,
    )
    assert len(layout.places) in (1, n_maps)
    whole = QRect(0, 0, width, height)
    boxes = [box for place in layout.places for box in (place.area, place.header) if not box.isEmpty()]
    if not layout.footer.isEmpty():
        boxes.append(layout.footer)
    assert all(whole.contains(box) for box in boxes)
    assert not any(one.intersects(other) for one, other in combinations(boxes, 2))
    assert len({(place.area.width(), place.area.height()) for place in layout.places}) == 1
    assert all(layout.area.contains(place.area) for place in layout.places)


@given(st.integers(1, MAX_PANELS), SIZES, SIZES, ASPECTS)
def test_what_is_around_the_maps_and_the_maps_are_the_whole_picture(
    n_maps: int, width: int, height: int, aspect
) -> None:
    layout = lay_out(n_maps, width, height, aspect=aspect)
    around = list(layout.around_maps())
    assert not any(rect.isEmpty() for rect in around)
    boxes = around + [place.area for place in layout.places]
    assert sum(box.width() * box.height() for box in boxes) == width * height
    assert not any(one.intersects(other) for one, other in combinations(boxes, 2))


@given(st.integers(2, MAX_PANELS), st.integers(600, 4000), st.integers(400, 2400), ASPECTS)
def test_axes_are_written_on_the_outer_edge_only(n_maps: int, width: int, height: int, aspect) -> None:
    layout = lay_out(n_maps, width, height, aspect=aspect)
    assert layout.has_margins
    areas = [place.area for place in layout.places]
    for place in layout.places:
        at_left = not any(other.y() == place.area.y() and other.x() < place.area.x() for other in areas)
        at_bottom = not any(other.x() == place.area.x() and other.y() > place.area.y() for other in areas)
        assert (place.labels_left, place.labels_below) == (at_left, at_bottom)


@pytest.mark.parametrize(
    ("n_maps", "size", "n_columns"),
    [(2, (1000, 500), 2), (2, (400, 900), 1), (4, (900, 800), 2), (6, (1000, 700), 3), (12, (1400, 900), 4)],
)
def test_the_grid_suits_the_picture(n_maps: int, size: tuple[int, int], n_columns: int) -> None:
    layout = lay_out(n_maps, *size, aspect=1.0)
    assert len({place.area.x() for place in layout.places}) == n_columns


def test_a_wide_domain_is_stacked() -> None:
    layout = lay_out(2, 1000, 700, aspect=4.0)
    assert len({place.area.x() for place in layout.places}) == 1


def test_names_that_do_not_fit_into_one_line_get_two() -> None:
    short, long = (lay_out(6, 900, 600, header_widths=widths) for widths in ((100.0, 60.0), (600.0, 200.0)))
    assert (short.header_lines, long.header_lines) == (1, 2)
    assert long.places[0].header.height() > short.places[0].header.height()


def test_names_that_would_be_cut_get_wider_panels() -> None:
    narrow, wide = (lay_out(12, 700, 430, aspect=1.0, header_widths=(900.0, width)) for width in (0.0, 150.0))
    assert wide.map_size[0] > narrow.map_size[0]


def test_a_picture_too_small_to_be_read_is_all_maps() -> None:
    layout = lay_out(6, 150, 90)
    assert not layout.has_margins
    assert len(layout.places) == 6
    assert layout.map_size[0] * layout.map_size[1] * 6 > 0.8 * 150 * 90


def test_marks_shrink_with_the_panels_but_not_on_a_map() -> None:
    assert lay_out(1, 300, 250).mark_scale == 1.0
    scales = [lay_out(n_maps, 800, 500, aspect=1.0).mark_scale for n_maps in (2, 4, 12)]
    assert scales == sorted(scales, reverse=True)
    assert scales[-1] < 0.8


def test_text_around_many_panels_is_smaller_before_it_goes() -> None:
    few, many = lay_out(2, 590, 395, em=15.0), lay_out(12, 590, 395, em=15.0, header_widths=(300.0, 150.0))
    assert few.em == 15.0
    assert 10.0 <= many.em < 15.0
    assert many.has_margins
    assert many.header_lines == 2
