"""Large recordings, which are written past the caches, hold what small ones hold."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from gradsim.core.race_records import LARGE_RECORDING
from gradsim.core.scene import Domain, FormulaSurface, OptimizerEntry, Scene, UniformStarts
from gradsim.core.simulate import compile_race, simulate

STEPS = 400


@pytest.mark.parametrize("formula", ["(1 - x)^2 + 4.5*(y - x^2)^2", "0.4*x^4 - x^2 + y^2 + 0*sin(1e12*x)"])
@pytest.mark.parametrize("n", [3000, 3003])  # whole cache lines, and not
def test_a_large_recording_is_that_of_its_parts(formula: str, n: int) -> None:
    scene = Scene(
        surface=FormulaSurface(formula=formula),
        domain=Domain(x=(-2.0, 2.0), y=(-1.0, 3.0)),
        optimizers=(OptimizerEntry(name="momentum"),),
        starts=UniformStarts(n=n),
        steps=STEPS,
    )
    for _ in range(2):  # by kernels, then by machine code
        whole = simulate(scene)
        assert whole.losses.size > LARGE_RECORDING
        thinned = simulate(scene, 5)
        assert thinned.losses.size < LARGE_RECORDING
        np.testing.assert_array_equal(whole.positions[:, ::5], thinned.positions)
        np.testing.assert_array_equal(whole.losses[:, ::5], thinned.losses)
        half = simulate(replace(scene, steps=STEPS // 2))
        np.testing.assert_array_equal(whole.positions[:, : STEPS // 2 + 1], half.positions)
        compile_race(scene)
