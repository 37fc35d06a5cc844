"""Derivatives and elementary functions are as exact as ``gradsim verify`` demands, and its reference is right."""

from __future__ import annotations

import numpy as np
import pytest

from gradsim.core.conformance import numerics
from gradsim.core.conformance.jets import jet_of
from gradsim.core.formula.vocabulary import FUNCTIONS
from gradsim.core.gallery import GALLERY


def test_every_surface_of_the_gallery_is_measured_and_holds() -> None:
    rows = list(numerics.surfaces())
    assert {name for name, _, _ in rows} == set(GALLERY)
    assert [row for row in rows if not row[2].holds] == []
    assert sum(check == "eigenvalues" for _, check, _ in rows) >= 10


def test_every_smooth_function_is_measured_and_holds() -> None:
    rows = list(numerics.functions())
    rounded = {f.operation for f in FUNCTIONS.values() if f.n_arguments == 1} - {"abs"}
    assert {name for name, _, _ in rows} == rounded
    assert [row for row in rows if not row[2].holds] == []


def test_a_value_that_is_slightly_off_does_not_hold() -> None:
    exact = np.array([[1.0, 2.0, 4.0]], dtype=np.longdouble)
    assert numerics._relative(np.array([[1.0, 2.0, 4.0]]), exact) == 0.0
    assert numerics._relative(np.array([[1.0, 2.0, 4.0 + 8e-12]]), exact) == pytest.approx(2e-12, rel=1e-3)


def test_jets_by_hand() -> None:
    points = np.array([[2.0, 3.0]])
    jet = jet_of("a*x^3*y/2 - exp(-y)", {"a": 4.0}, points)
    decay = np.exp(-3.0)
    assert jet.value == pytest.approx(48.0 - decay)
    assert jet.gradient[:, 0] == pytest.approx([72.0, 16.0 + decay])
    assert jet.hessian[..., 0] == pytest.approx(np.array([[72.0, 24.0], [24.0, -decay]]))
