"""Readings are those of the surface, in words and figures that a student can follow."""

from __future__ import annotations

from small_races import valley

from gradsim.core.scene import FormulaSurface
from gradsim.core.surface import compile_surface
from gradsim.ui.map.readout import surface_lines


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
