"""The line from a card to its place begins at the card, ends before the place, and runs between the marks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from gradsim.ui.drawing.leaders import leader

CARD = QRectF(300, 200, 120, 60)
NOWHERE = np.empty((0, 2))


@given(st.floats(0, 800), st.floats(0, 600))
def test_a_line_leads_from_the_edge_to_just_before_the_place_and_never_over_the_card(x: float, y: float) -> None:
    about = QPointF(x, y)
    if CARD.adjusted(-20, -20, 20, 20).contains(about):
        return
    line = leader(CARD, about, NOWHERE, gap=10.0, clearance=5.0)
    assert np.hypot(*(line.p2() - about).toTuple()) == pytest.approx(10.0)
    assert CARD.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(line.p1())
    assert not CARD.adjusted(1e-6, 1e-6, -1e-6, -1e-6).contains(line.pointAt(0.02))


def test_a_line_runs_between_marks_where_it_can() -> None:
    about = QPointF(360.0, 500.0)
    straight = leader(CARD, about, NOWHERE, gap=10.0, clearance=5.0)
    assert straight.x1() == straight.x2() == 360.0
    below = np.array([[360.0, 300.0 + 30 * i] for i in range(5)] + [[360.0, 500.0], [np.nan, 0.0]])
    line = leader(CARD, about, below, gap=10.0, clearance=5.0)
    for x, y in below[:5].tolist():
        share = (y - line.y1()) / line.dy()
        assert abs(line.pointAt(share).x() - x) > 5.0


def test_a_line_goes_through_a_mark_rather_than_far_around() -> None:
    wall = np.array([[x, 400.0] for x in range(0, 800, 4)], dtype=np.float64)
    line = leader(CARD, QPointF(360.0, 500.0), wall, gap=10.0, clearance=5.0)
    assert line.length() == pytest.approx(230.0, abs=5.0)
