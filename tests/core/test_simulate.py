"""The driver: what is recorded, how particles end, and that nothing but the scene decides the result."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from msgspec.structs import replace
from numba.core.event import install_recorder

from gradsim.core.errors import Cancelled, SimulationError
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.race.kernel import race_blocks
from gradsim.core.run import CONVERGED, DIVERGED, LEFT_DOMAIN, RUNNING, Run
from gradsim.core.scene import (
    MAX_OPTIMIZERS,
    Domain,
    ExponentialSchedule,
    FormulaSurface,
    NoisyGradient,
    OptimizerEntry,
    PointStarts,
    Scene,
    UniformStarts,
)
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface

HIMMELBLAU = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"


def make_scene(formula: str = HIMMELBLAU, **changes: object) -> Scene:
    one_dimensional = "y" not in formula
    scene = Scene(
        surface=FormulaSurface(formula=formula),
        domain=Domain(x=(-6.0, 6.0), y=None if one_dimensional else (-6.0, 6.0)),
        optimizers=(OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.01}),),
        starts=PointStarts(points=((1.0,) if one_dimensional else (1.0, 1.5),)),
        steps=50,
    )
    return replace(scene, **changes)


def every_optimizer() -> tuple[OptimizerEntry, ...]:
    return tuple(
        OptimizerEntry(name=name, convention=convention)
        for name, optimizer in OPTIMIZERS.items()
        for convention in optimizer.conventions
    )


PARTS = [every_optimizer()[at : at + MAX_OPTIMIZERS] for at in range(0, len(every_optimizer()), MAX_OPTIMIZERS)]
every_part = pytest.mark.parametrize("entries", PARTS, ids=range(len(PARTS)))
"""Every optimizer, as many in one race as a scene may have."""


def test_record_zero_is_the_start_and_there_are_steps_plus_one_records() -> None:
    run = simulate(make_scene())
    assert run.positions.shape == (1, 51, 1, 2)
    assert run.losses.shape == (1, 51, 1)
    assert run.steps.tolist() == list(range(51))
    assert run.positions[0, 0, 0].tolist() == [1.0, 1.5]


@every_part
def test_losses_are_the_surface_at_the_positions(entries: tuple[OptimizerEntry, ...]) -> None:
    scene = make_scene(optimizers=entries, starts=UniformStarts(n=7))
    run = simulate(scene)
    values = compile_surface(scene.surface).value(run.positions)
    alive = np.isfinite(run.losses)
    assert alive.mean() > 0.9
    np.testing.assert_array_equal(run.losses[alive], values[alive])


@every_part
def test_thinned_recording_is_a_part_of_the_full_one(entries: tuple[OptimizerEntry, ...]) -> None:
    scene = make_scene(optimizers=entries, starts=UniformStarts(n=600))
    full, thin = simulate(scene), simulate(scene, record_every=7)
    np.testing.assert_array_equal(thin.positions, full.positions[:, thin.steps])
    np.testing.assert_array_equal(thin.losses, full.losses[:, thin.steps])
    np.testing.assert_array_equal(thin.outcomes, full.outcomes)


@every_part
def test_result_is_bit_identical_for_any_number_of_threads(entries: tuple[OptimizerEntry, ...]) -> None:
    noisy = tuple(replace(entry, gradient=NoisyGradient(std=0.3)) for entry in entries)
    scene = make_scene(optimizers=noisy, starts=UniformStarts(n=1300), seed=3)
    reference, run = simulate(scene, n_threads=1), simulate(scene, n_threads=5)
    assert np.array_equal(run.positions, reference.positions)
    assert np.array_equal(run.losses, reference.losses)


def test_optimizers_that_are_switched_off_do_not_race() -> None:
    entries = every_optimizer()[:3]
    entries = (entries[0], replace(entries[1], enabled=False), entries[2])
    run = simulate(make_scene(optimizers=entries))
    assert run.n_optimizers == 2
    assert run.labels == tuple(OPTIMIZERS[entries[index].name].title for index in (0, 2))


def test_no_optimizers_is_an_empty_run() -> None:
    run = simulate(make_scene(optimizers=()))
    assert run.positions.shape == (0, 51, 1, 2)


# Of those that see the whole vector, only these treat the coordinates of a separable surface apart.
SEPARABLE = [
    entry
    for entry in every_optimizer()
    if not OPTIMIZERS[entry.name].rule(entry.convention).whole_vector or entry.name in ("newton", "gradient_flow")
]


@pytest.mark.parametrize("entry", SEPARABLE, ids=lambda entry: f"{entry.name}-{entry.convention}")
def test_one_dimension_is_the_first_coordinate_of_a_separable_surface(entry: OptimizerEntry) -> None:
    flat = simulate(make_scene("(x^2 - 1)^2 - 0.3*x", optimizers=(entry,)))
    deep = simulate(make_scene("(x^2 - 1)^2 - 0.3*x + y^2", optimizers=(entry,)))
    np.testing.assert_array_equal(flat.positions[..., 0], deep.positions[..., 0])


def outcome(formula: str, learning_rate: float, *, start: float = 1.0, steps: int = 400) -> tuple[int, Run]:
    entry = OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": learning_rate})
    run = simulate(make_scene(formula, optimizers=(entry,), steps=steps, starts=PointStarts(points=((start,),))))
    return int(run.outcomes[0, 0]), run


def test_outcomes_are_told_apart() -> None:
    assert outcome("x^2", 0.3)[0] == CONVERGED
    assert outcome("x^2", 0.001)[0] == RUNNING
    assert outcome("-x^2", 0.01)[0] == LEFT_DOMAIN
    assert outcome("x^4", 1.0, start=3.0)[0] == DIVERGED


def test_a_flat_tail_outside_the_domain_is_not_called_converged() -> None:
    assert outcome("-exp(-x^2)", 0.1, start=40.0)[0] == LEFT_DOMAIN


def test_a_diverged_particle_keeps_its_last_finite_position_and_its_loss_is_inf() -> None:
    code, run = outcome("x^4", 1.0, start=3.0, steps=30)
    assert code == DIVERGED
    first = int(np.flatnonzero(np.isinf(run.losses[0, :, 0]))[0])
    assert np.isfinite(run.positions).all()
    assert np.isinf(run.losses[0, first:, 0]).all()
    assert np.isfinite(run.losses[0, :first, 0]).all()
    assert (run.positions[0, first:, 0, 0] == run.positions[0, first, 0, 0]).all()


def test_a_start_where_the_surface_is_undefined_stops_at_once() -> None:
    code, run = outcome("log(x)", 0.1, start=-1.0, steps=5)
    assert code == DIVERGED
    assert run.positions[0, :, 0, 0].tolist() == [-1.0] * 6
    assert np.isinf(run.losses).all()


def test_a_diverging_particle_does_not_disturb_its_block() -> None:
    starts = PointStarts(points=tuple((x,) for x in (0.2, 3.0, 0.3)))
    entry = OptimizerEntry(name="adam", hyperparameters={"learning_rate": 0.05})
    descent = OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.2})
    run = simulate(make_scene("x^4", optimizers=(entry, descent), starts=starts))
    assert run.outcomes[1].tolist() == [RUNNING, DIVERGED, RUNNING]
    calm = simulate(make_scene("x^4", optimizers=(entry, descent), starts=PointStarts(points=((0.2,), (0.3,)))))
    np.testing.assert_array_equal(run.positions[:, :, [0, 2]], calm.positions)


@every_part
def test_maximising_is_minimising_the_negative(entries: tuple[OptimizerEntry, ...]) -> None:
    up = simulate(make_scene("sin(x) + y^2", optimizers=entries, goal="maximize"))
    down = simulate(make_scene("-(sin(x) + y^2)", optimizers=entries))
    np.testing.assert_array_equal(up.positions, down.positions)
    np.testing.assert_array_equal(up.losses, -down.losses)


def test_noise_is_the_same_for_every_optimizer_and_differs_by_seed() -> None:
    entry = OptimizerEntry(
        name="gradient_descent", hyperparameters={"learning_rate": 0.01}, gradient=NoisyGradient(std=1.0)
    )
    scene = make_scene("x + y", optimizers=(entry, entry), starts=UniformStarts(n=3000), steps=40)
    run = simulate(scene)
    np.testing.assert_array_equal(run.positions[0], run.positions[1])
    other = simulate(replace(scene, seed=1, starts=UniformStarts(n=3000)))
    assert not np.array_equal(np.diff(other.positions, axis=1), np.diff(run.positions, axis=1))


def test_noise_is_standard_normal_and_uncorrelated() -> None:
    entry = OptimizerEntry(
        name="gradient_descent", hyperparameters={"learning_rate": 1.0}, gradient=NoisyGradient(std=2.0)
    )
    run = simulate(make_scene("0*x + 0*y", optimizers=(entry,), starts=UniformStarts(n=5000), steps=40))
    draws = -np.diff(run.positions[0], axis=0) / 2.0
    n = draws.size
    assert abs(draws.mean()) < 5 / math.sqrt(n)
    assert abs(draws.var() - 1.0) < 5 * math.sqrt(2 / n)
    assert abs((draws**4).mean() - 3.0) < 5 * math.sqrt(96 / n)
    for a, b in ((draws[:-1], draws[1:]), (draws[:, :-1], draws[:, 1:]), (draws[..., 0], draws[..., 1])):
        assert abs((a * b).mean()) < 5 / math.sqrt(a.size)


def test_a_schedule_changes_the_steps_from_the_second_on() -> None:
    entry = OptimizerEntry(
        name="gradient_descent", hyperparameters={"learning_rate": 0.5}, schedule=ExponentialSchedule(rate=0.1)
    )
    run = simulate(make_scene("x", optimizers=(entry,), steps=20))
    steps = -np.diff(run.positions[0, :, 0, 0])
    np.testing.assert_allclose(steps, 0.5 * np.exp(-0.1 * np.arange(20)), rtol=1e-13)


@every_part
def test_moving_a_slider_compiles_nothing(entries: tuple[OptimizerEntry, ...]) -> None:
    scene = make_scene("a*x^2 + b*y^2 + sin(x)", optimizers=entries, starts=UniformStarts(n=5))
    simulate(scene)
    moved = tuple(replace(entry, hyperparameters={"learning_rate": 0.003}) for entry in entries)
    parameters = FormulaSurface(formula=scene.surface.formula, parameters={"a": 0.5, "b": 2.5})
    with install_recorder("numba:compile") as compilations:
        simulate(replace(scene, optimizers=moved))
        simulate(replace(scene, surface=parameters))
    assert compilations.buffer == []


def test_a_recording_over_the_budget_names_its_size_and_the_remedy() -> None:
    scene = make_scene(starts=UniformStarts(n=1000), steps=1000)
    with pytest.raises(SimulationError, match=r"GiB.*record_every=24 \(--every 24\) fits") as caught:
        simulate(scene, memory_budget=2**20)
    assert "\n" not in str(caught.value)
    assert simulate(scene, 24, memory_budget=2**20).steps[-1] == 1000


def test_too_many_particles_are_told_before_any_is_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "gradsim.core.race.prepared_race.start_positions", lambda *_: pytest.fail("placed the particles")
    )
    with pytest.raises(SimulationError, match=r"takes 11\.4 GiB"):
        simulate(make_scene(starts=UniformStarts(n=10**7)))


def test_the_size_of_start_and_end_alone_is_that_of_two_records() -> None:
    scene = make_scene(starts=UniformStarts(n=10**7), optimizers=every_optimizer()[:1] * 64)
    with pytest.raises(SimulationError, match=r"start and end of 10,000,000 particles alone takes 28\.6 GiB"):
        simulate(scene)


@pytest.mark.parametrize("record_every", [0, -1, 1.5, 2.0, math.nan, "1", None])
def test_record_every_is_a_whole_number_of_at_least_1(record_every: object) -> None:
    with pytest.raises(SimulationError, match="record_every must be a whole number of at least 1, got"):
        simulate(make_scene(), record_every)  # type: ignore[arg-type]


def test_progress_grows_to_one() -> None:
    shares: list[float] = []
    simulate(make_scene(starts=UniformStarts(n=20_000), steps=300), progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_cancelling_stops_a_long_run_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = make_scene(starts=UniformStarts(n=100_000), steps=1_000_000)
    polls, racing, begun = 0, set[int](), set[int]()

    def note(*arguments: object) -> int:
        number = id(arguments[-1])  # the job's signals
        racing.add(number)
        begun.add(number)
        answer = race_blocks(*arguments)
        racing.remove(number)
        return answer

    monkeypatch.setattr("gradsim.core.race.competitors.race_blocks", note)

    def cancelled() -> bool:
        nonlocal polls
        polls += 1
        return polls > 3

    with pytest.raises(Cancelled):
        simulate(scene, record_every=1_000_000, cancelled=cancelled, n_threads=2)
    assert polls == 4
    assert begun
    assert not racing  # the recording's memory is free to be used again


def test_cancelling_spares_the_optimizers_that_wait_for_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []

    def begin(*arguments: object) -> int:
        begun.append(1)
        return race_blocks(*arguments)

    monkeypatch.setattr("gradsim.core.race.competitors.race_blocks", begin)
    scene = make_scene(optimizers=(every_optimizer() * 2)[:MAX_OPTIMIZERS], steps=5_000_000)
    with pytest.raises(Cancelled):
        simulate(scene, 5_000_000, cancelled=lambda: True, n_threads=1)
    assert len(begun) <= 2


def test_many_long_races_take_little_memory_when_little_is_recorded() -> None:
    scene = make_scene(optimizers=every_optimizer()[:1] * 40, steps=100_000)  # learning rates: 0.8 MB for each
    tracemalloc.start()
    try:
        simulate(scene, 100_000, n_threads=1)
        assert tracemalloc.get_traced_memory()[1] < 8e6
    finally:
        tracemalloc.stop()
