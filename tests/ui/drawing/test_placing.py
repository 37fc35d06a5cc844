"""A card lies inside the map, beside its place, and clear of what matters where there is room."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from gradsim.ui.drawing.corners import Obstacles
from gradsim.ui.drawing.placing import place_clear

AREA = QRectF(0, 0, 800, 600)
NOWHERE = np.empty((0, 2))
share = st.floats(0.0, 1.0)


@given(share, share, st.floats(20, 300), st.floats(20, 200))
def test_a_card_lies_inside_and_leaves_its_place_free(x: float, y: float, width: float, height: float) -> None:
    about = QPointF(x * 800, y * 600)
    rect = place_clear((width, height), about, AREA, 12.0)
    assert AREA.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(rect)
    assert not rect.contains(about)


def test_a_card_goes_to_the_side_where_no_other_card_is() -> None:
    about, size = QPointF(400, 300), (100, 60)
    right = place_clear(size, about, AREA, 12.0)
    assert right.left() > 400
    assert place_clear(size, about, AREA, 12.0, cards=[right]).intersected(right).isEmpty()


def test_a_card_hides_no_place_where_another_side_is_free() -> None:
    about, size = QPointF(400, 300), (100, 60)
    taken = Obstacles(np.array([[430.0, 300.0], [370.0, 300.0], [400.0, 330.0]]), NOWHERE)
    rect = place_clear(size, about, AREA, 12.0, obstacles=taken)
    assert not any(rect.contains(QPointF(*place)) for place in taken.places.tolist())


def test_a_card_with_reach_goes_between_sides_and_farther_away_only_to_hide_less() -> None:
    about, size = QPointF(400, 300), (100.0, 60.0)
    assert place_clear(size, about, AREA, 12.0, reach=60.0) == place_clear(size, about, AREA, 12.0)
    all_around = [[400.0 + 40 * x, 300.0 + 30 * y] for x in range(-2, 3) for y in range(-2, 3) if (x, y) != (0, 0)]
    taken = Obstacles(np.array(all_around), NOWHERE)

    def n_hidden(reach: float) -> int:
        rect = place_clear(size, about, AREA, 12.0, obstacles=taken, reach=reach)
        assert not rect.contains(about)
        return sum(rect.contains(QPointF(*place)) for place in taken.places.tolist())

    assert n_hidden(0.0) >= 4
    assert n_hidden(60.0) == 0


def test_a_card_that_may_goes_elsewhere_only_where_it_would_hide_something() -> None:
    about, size = QPointF(400, 300), (100.0, 60.0)
    here = place_clear(size, about, AREA, 12.0)
    assert place_clear(size, about, AREA, 12.0, elsewhere=True) == here
    crowd = np.stack(np.meshgrid(np.arange(250.0, 560.0, 30.0), np.arange(200.0, 410.0, 30.0)), axis=-1).reshape(-1, 2)
    taken = Obstacles(np.concatenate([crowd, [[np.nan, np.nan]]]), NOWHERE)
    assert taken.n_places_under(place_clear(size, about, AREA, 12.0, obstacles=taken, reach=60.0)) > 0
    legend = QRectF(0, 0, 250, 600)
    rect = place_clear(size, about, AREA, 12.0, cards=[legend], obstacles=taken, reach=60.0, elsewhere=True)
    assert AREA.contains(rect)
    assert taken.n_places_under(rect) == 0
    assert (rect & legend).isEmpty()
    assert 100 < rect.bottom() <= 200 or 380 <= rect.top() < 480  # beside the crowd, above it or below: no farther
    everywhere = np.stack(np.meshgrid(np.arange(0.0, 800.0, 30.0), np.arange(0.0, 600.0, 30.0)), axis=-1)
    crowded = Obstacles(everywhere.reshape(-1, 2), NOWHERE)
    near = place_clear(size, about, AREA, 12.0, obstacles=crowded, reach=60.0)
    assert place_clear(size, about, AREA, 12.0, obstacles=crowded, reach=60.0, elsewhere=True) == near


def test_a_card_goes_on_in_the_direction_of_a_line() -> None:
    rect = place_clear((100, 60), QPointF(400, 300), AREA, 12.0, away_from=QPointF(600, 300))
    assert rect.right() < 400
