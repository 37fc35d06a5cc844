"""Large recordings, which are written past the caches, hold what small ones hold."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from gradsim.core.race import recording
from gradsim.core.race.recording import LARGE_BYTES, recorded_bytes
from gradsim.core.scene import Domain, ExponentialSchedule, FormulaSurface, OptimizerEntry, Scene, UniformStarts
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
        assert recorded_bytes(scene, 1) > LARGE_BYTES
        thinned = simulate(scene, 20)
        assert recorded_bytes(scene, 20) < LARGE_BYTES
        np.testing.assert_array_equal(whole.positions[:, ::20], thinned.positions)
        np.testing.assert_array_equal(whole.losses[:, ::20], thinned.losses)
        half = simulate(replace(scene, steps=STEPS // 2))
        np.testing.assert_array_equal(whole.positions[:, : STEPS // 2 + 1], half.positions)
        compile_race(scene)


@pytest.mark.parametrize("is_compiled", [False, True])
@pytest.mark.parametrize("record_every", [1, 2])
@pytest.mark.parametrize(
    "formula", ["x^2", "x^2 + 3*y^2", "sin(x)*sin(2*y) + exp(cos(x + y))"]
)  # long strips: the last
@pytest.mark.parametrize("n_particles", [63, 64, 65, 97, 511, 513, 1003, 1024])
def test_past_the_caches_the_same_is_written(
    n_particles: int, formula: str, record_every: int, is_compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(
        surface=FormulaSurface(formula=formula),
        domain=Domain(x=(-1.0, 1.0), y=(-1.0, 1.0) if "y" in formula else None),
        optimizers=(OptimizerEntry(name="adam"), OptimizerEntry(name="lion", schedule=ExponentialSchedule(rate=0.01))),
        starts=UniformStarts(n=n_particles),
        steps=150,
    )
    if is_compiled:
        compile_race(scene)
    monkeypatch.setattr(recording, "LARGE_BYTES", 2**62)
    expected = simulate(scene, record_every, n_threads=1)
    monkeypatch.setattr(recording, "LARGE_BYTES", 0)
    streamed = simulate(scene, record_every, n_threads=2)
    np.testing.assert_array_equal(streamed.positions, expected.positions)
    np.testing.assert_array_equal(streamed.losses, expected.losses)
