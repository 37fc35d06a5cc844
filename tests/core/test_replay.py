"""Races too large to be recorded: what is replayed is what would have been recorded, at every step, in any order."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gradsim.core.errors import BudgetError, Cancelled
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.race import checkpoints as checkpoints_module
from gradsim.core.race.checkpoints import LEAST_PART, LEAST_SPACING, Checkpoints
from gradsim.core.race.prepared_race import PreparedRace
from gradsim.core.replay import SAMPLE_SIZE, race_all, race_or_sample, sample_particles
from gradsim.core.run import DIVERGED, Run
from gradsim.core.scene import (
    MAX_OPTIMIZERS,
    AccumulatedGradient,
    Domain,
    FormulaSurface,
    NoisyGradient,
    OptimizerEntry,
    Scene,
    UniformStarts,
)
from gradsim.core.scene_schedules import CosineSchedule
from gradsim.core.simulate import simulate

HIMMELBLAU = "(x^2 + y - 11)^2 + (x + y^2 - 7)^2"
STEPS = 5 * LEAST_SPACING + 3
ENTRIES = [
    OptimizerEntry(name=name, convention=convention, gradient=NoisyGradient(std=0.3), schedule=CosineSchedule(warmup=3))
    for name, optimizer in OPTIMIZERS.items()
    for convention in optimizer.conventions
] + [OptimizerEntry(name=name, gradient=AccumulatedGradient()) for name in ("momentum", "adam", "lamb")]
PARTS = [ENTRIES[at : at + MAX_OPTIMIZERS] for at in range(0, len(ENTRIES), MAX_OPTIMIZERS)]


@pytest.fixture(autouse=True, scope="module")
def short_parts() -> Iterator[None]:
    """Checkpoints lie close together, as those of many particles do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints_module, "LEAST_PART", 1)
        yield


def make_scene(entries: list[OptimizerEntry], *, n: int = 600, steps: int = STEPS) -> Scene:
    return Scene(
        surface=FormulaSurface(formula=HIMMELBLAU),
        domain=Domain(x=(-6.0, 6.0), y=(-6.0, 6.0)),
        optimizers=tuple(entries),
        starts=UniformStarts(n=n),
        steps=steps,
        seed=5,
    )


def descent(learning_rate: float = 0.01) -> OptimizerEntry:
    return OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": learning_rate})


def replayed(scene: Scene, memory_budget: int = 2**26) -> Run:
    """Return the race of ``scene`` with checkpoints every few steps, as if it were too large to be recorded."""
    checkpoints = Checkpoints(scene, memory_budget=memory_budget)
    checkpoints.race()
    particles = sample_particles(checkpoints.n_particles)
    return dataclasses.replace(simulate(scene, 7, particles=particles), replay=checkpoints)


@pytest.mark.parametrize("entries", PARTS, ids=range(len(PARTS)))
def test_frames_are_those_of_the_recorded_race_bit_for_bit(entries: list[OptimizerEntry]) -> None:
    scene = make_scene(entries)
    recorded, run = simulate(scene), replayed(scene)
    assert isinstance(run.replay, Checkpoints)
    assert run.replay.spacing < STEPS // 2
    for step in (0, 1, LEAST_SPACING, LEAST_SPACING + 5.25, STEPS - 0.5, STEPS, 40.5, 2):
        ours, theirs = run.frame_at(step), recorded.frame_at(step)
        np.testing.assert_array_equal(ours.positions, theirs.positions)
        np.testing.assert_array_equal(ours.losses, theirs.losses)
    positions, outcomes = run.ends
    np.testing.assert_array_equal(positions, recorded.positions[:, -1])
    np.testing.assert_array_equal(outcomes, recorded.outcomes)


def test_who_has_diverged_stays_where_it_was_beyond_a_checkpoint() -> None:
    scene = make_scene([descent(0.03), descent(1e-4)], n=700)
    recorded, run = simulate(scene), replayed(scene)
    assert 0.1 < (recorded.outcomes == DIVERGED).mean() < 0.9
    for step in (3 * LEAST_SPACING, STEPS):
        np.testing.assert_array_equal(run.frame_at(step).positions, recorded.frame_at(step).positions)
        np.testing.assert_array_equal(run.frame_at(step).losses, recorded.frame_at(step).losses)


@pytest.fixture(scope="module")
def pair() -> tuple[Run, Run]:
    scene = make_scene([descent(), OptimizerEntry(name="adam"), OptimizerEntry(name="lbfgs")], n=520)
    return simulate(scene), replayed(scene)


@given(st.lists(st.tuples(st.floats(0.0, STEPS), st.sampled_from([0.0, 0.5, 3.0, 40.0])), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_steps_may_be_asked_for_in_any_order(pair: tuple[Run, Run], asked: list[tuple[float, float]]) -> None:
    recorded, run = pair
    for step, n_steps in asked:
        window = run.window_at(step, n_steps)
        np.testing.assert_array_equal(window.frame.positions, recorded.frame_at(step).positions)
        assert window.steps[0] <= max(0.0, step - n_steps)
        assert window.steps[-1] >= step
        np.testing.assert_array_equal(window.positions, recorded.positions[:, window.steps])
        np.testing.assert_array_equal(window.losses, recorded.losses[:, window.steps])


def test_the_sample_is_a_part_of_the_race() -> None:
    scene = make_scene([replace(descent(), gradient=NoisyGradient(std=0.5))], n=3 * SAMPLE_SIZE)
    run = race_or_sample(scene, memory_budget=2**22)
    assert run.replay is not None
    assert run.n_particles == SAMPLE_SIZE
    assert run.n_raced == 3 * SAMPLE_SIZE
    assert not run.shows_all(1.0)
    np.testing.assert_array_equal(run.frame_at(STEPS).positions, run.positions[:, -1])  # until all have been raced
    run = race_all(run)
    assert run.shows_all(STEPS)
    np.testing.assert_array_equal(run.frame_at(STEPS).positions[:, run.particles], run.positions[:, -1])
    np.testing.assert_array_equal(run.ends[1][:, run.particles], run.outcomes)


def test_few_particles_are_all_in_the_sample() -> None:
    assert sample_particles(SAMPLE_SIZE).tolist() == list(range(SAMPLE_SIZE))
    some = sample_particles(100 * SAMPLE_SIZE)
    assert len(np.unique(some)) == SAMPLE_SIZE
    assert some[0] >= 0
    assert some[-1] < 100 * SAMPLE_SIZE
    assert (np.diff(some) > 0).all()


def test_what_fits_is_recorded_whole() -> None:
    run = race_or_sample(make_scene([descent()], n=10))
    assert run.replay is None
    assert len(run.steps) == STEPS + 1


def test_frames_can_be_asked_for_while_the_race_is_under_way() -> None:
    scene = make_scene([descent(), OptimizerEntry(name="adam")], n=2_000, steps=3_000)
    recorded = simulate(scene, 100)
    run = race_or_sample(scene, memory_budget=2**25)
    checkpoints = run.replay
    assert isinstance(checkpoints, Checkpoints)
    racing = threading.Thread(target=checkpoints.race)
    racing.start()
    seen = 0
    while racing.is_alive():
        step = checkpoints.reached // 100 * 100
        assert run.shows_all(step)
        np.testing.assert_array_equal(run.frame_at(step).positions, recorded.frame_at(step).positions)
        seen += 1
    racing.join()
    assert seen > 0
    assert checkpoints.reached == 3_000


def test_a_race_can_be_cancelled_and_tells_how_far_it_is() -> None:
    checkpoints = Checkpoints(make_scene([descent()], n=2_000, steps=100_000))
    told: list[float] = []
    with pytest.raises(Cancelled):
        checkpoints.race(progress=told.append, cancelled=lambda: len(told) > 2)
    assert 0 <= told[0] <= told[-1] < 1
    assert checkpoints.ends is None


FEW = [
    OptimizerEntry(name=name, gradient=NoisyGradient(std=0.3), schedule=CosineSchedule(warmup=3))
    for name in ("gradient_descent", "adam", "lbfgs", "line_search", "sam")
] + [descent(0.03)]  # of which some diverge


@pytest.mark.parametrize(("share", "record_every"), [(1.0, 1), (1 / 8, 4), (1e-9, 900)])
def test_few_particles_are_raced_once_for_their_records_and_all_checkpoints(
    monkeypatch: pytest.MonkeyPatch, share: float, record_every: int
) -> None:
    scene = make_scene(FEW, n=500, steps=900)
    n_made = []
    run_part = PreparedRace.run

    def count(self, steps, n_threads, *, handovers=None, **others):  # type: ignore[no-untyped-def]
        n_made.append(int(steps[-1]) - (handovers[0].first_step if handovers else 0))
        return run_part(self, steps, n_threads, handovers=handovers, **others)

    monkeypatch.setattr(PreparedRace, "run", count)
    monkeypatch.setattr("gradsim.core.replay.RECORDED_SHARE", 0.0)
    monkeypatch.setattr("gradsim.core.replay.SAMPLE_SHARE", share)
    run = race_all(race_or_sample(scene, memory_budget=2**27))
    assert n_made == [LEAST_SPACING] * (900 // LEAST_SPACING) + [900 % LEAST_SPACING]
    assert run.steps[1] == record_every
    assert run.replay is not None
    assert run.shows_all(scene.steps)
    recorded = simulate(scene)
    for ours, theirs in (
        (run.positions, recorded.positions[:, run.steps]),
        (run.losses, recorded.losses[:, run.steps]),
        (run.evaluations, recorded.evaluations[:, run.steps]),
        (run.outcomes, recorded.outcomes),
        (run.ends[0], recorded.positions[:, -1]),
        (run.ends[1], recorded.outcomes),
    ):
        np.testing.assert_array_equal(ours, theirs)
    assert (run.outcomes == DIVERGED).any()
    for step in (0.0, 77.5, 450.0):
        np.testing.assert_array_equal(run.frame_at(step).positions, recorded.frame_at(step).positions)


def test_checkpoints_of_few_particles_are_as_far_apart_as_racing_between_them_is_quick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checkpoints_module, "LEAST_PART", LEAST_PART)
    assert Checkpoints(make_scene([descent(), descent()], n=50, steps=10**6)).spacing == LEAST_PART // 100
    assert Checkpoints(make_scene([descent()], n=10**6, steps=100)).spacing == LEAST_SPACING


def test_too_many_particles_are_refused_with_their_size_and_a_budget_that_would_do() -> None:
    scene = make_scene([descent(), descent()], n=200_000)
    with pytest.raises(
        BudgetError, match=r"2 × 200,000 particles take .* GiB, over the budget .* use fewer"
    ) as refused:
        race_or_sample(scene, memory_budget=2**24)
    assert str(refused.value).endswith("; use fewer particles, or in Python memory_budget=1 * 2**30")
    assert refused.value.least_budget > 2**24
    run = race_or_sample(scene, memory_budget=refused.value.least_budget)
    assert run.scene is scene
