"""The formula as mathematics finds its height at every width."""

from __future__ import annotations

import pytest

from gradsim.core.gallery import GALLERY
from gradsim.ui.surface import formula_mathematics
from gradsim.ui.surface.formula_mathematics import FormulaMathematics


@pytest.mark.parametrize("name", ["six_hump_camel", "two_wells", "ackley", "beale"])
def test_a_change_of_width_sets_the_formula_once(qtbot, monkeypatch, name: str) -> None:
    area = FormulaMathematics()
    qtbot.addWidget(area)
    area.resize(400, 60)
    area.show()
    area.show_formula(GALLERY[name].formula + " + 0.000000001*x")
    qtbot.waitUntil(lambda: area.view.drawn_height(300) > 1)
    n_set = 0
    original = formula_mathematics.formula_lines

    def counted(*arguments: object, **more: object) -> object:
        nonlocal n_set
        n_set += 1
        return original(*arguments, **more)

    monkeypatch.setattr(formula_mathematics, "formula_lines", counted)
    widths = range(380, 140, -3)
    for width in widths:
        area.resize(width, area.height())
        qtbot.wait(1)
    assert n_set == len(widths)
    area.stop()
