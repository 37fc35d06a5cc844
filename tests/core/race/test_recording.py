"""How often a race is recorded so that it fits into memory: no oftener, and no more seldom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradsim.core.race.recording import least_record_every, record_steps, recorded_bytes
from gradsim.core.scene import Domain, FormulaSurface, OptimizerEntry, PointStarts, Scene, UniformStarts
from gradsim.core.simulate import simulate


def race(n_optimizers: int, n_particles: int, steps: int, *, plane: bool) -> Scene:
    return Scene(
        surface=FormulaSurface(formula="x^2 + y^2" if plane else "x^2"),
        domain=Domain(x=(-1.0, 1.0), y=(-1.0, 1.0) if plane else None),
        optimizers=(OptimizerEntry(name="adam"),) * n_optimizers,
        starts=UniformStarts(n=n_particles),
        steps=steps,
    )


@pytest.mark.parametrize(
    ("n_steps", "every", "expected"), [(10, 5, [0, 5, 10]), (10, 4, [0, 4, 8, 10]), (3, 9, [0, 3])]
)
def test_start_and_last_step_are_always_recorded(n_steps: int, every: int, expected: list[int]) -> None:
    assert record_steps(n_steps, every).tolist() == expected


@given(
    st.builds(
        race,
        st.integers(0, 5),
        st.integers(1, 200),
        st.integers(1, 400),
        plane=st.booleans(),
    ),
    st.integers(1, 500_000),
)
def test_the_interval_fits_the_budget_and_one_less_does_not(scene: Scene, budget: int) -> None:
    every = least_record_every(scene, budget)
    if every is None:
        assert recorded_bytes(scene, scene.steps) > budget
        return
    assert 1 <= every <= scene.steps
    assert recorded_bytes(scene, every) <= budget
    assert every == 1 or recorded_bytes(scene, every - 1) > budget


@given(st.integers(1, 300), st.integers(1, 400), st.integers(1, 200))
def test_the_bytes_are_those_of_the_records(steps: int, every: int, n_particles: int) -> None:
    scene = race(2, n_particles, steps, plane=True)
    run = simulate(scene, every, n_threads=1)
    rows = [run.positions.transpose(0, 1, 3, 2), run.losses]
    assert recorded_bytes(scene, every) == sum(rows_of.shape[0] * rows_of.strides[0] for rows_of in rows)


def test_a_switched_off_optimizer_takes_no_memory() -> None:
    scene = race(1, 1, 10, plane=False)
    other = Scene(
        surface=scene.surface,
        domain=scene.domain,
        optimizers=(*scene.optimizers, OptimizerEntry(name="adam", enabled=False)),
        starts=PointStarts(points=((0.5,),)),
        steps=10,
    )
    assert recorded_bytes(other, 1) == recorded_bytes(scene, 1)
