"""Events of a race: against slow loops that say what each one means, and against the numbers of the lessons."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from gradsim.core import events as events_module
from gradsim.core.critical_points import CriticalPoints, find_critical_points
from gradsim.core.errors import Cancelled
from gradsim.core.events import RaceEvent, find_events, settling_distance
from gradsim.core.run import CONVERGED, Run
from gradsim.core.scene import (
    Domain,
    FormulaSurface,
    GaussianStarts,
    GridStarts,
    NoisyGradient,
    OptimizerEntry,
    PointStarts,
    Scene,
)
from gradsim.core.scene_file import load_scene
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface

LESSONS = Path(__file__).parents[2] / "assets" / "lessons"


def entry(name: str, learning_rate: float, **more: float) -> OptimizerEntry:
    return OptimizerEntry(name=name, hyperparameters={"learning_rate": learning_rate, **more})


def himmelblau(**changes: object) -> Scene:
    fields = {
        "surface": FormulaSurface(formula="(x**2 + y - 11)**2 + (x + y**2 - 7)**2"),
        "domain": Domain(x=(-6.0, 6.0), y=(-6.0, 6.0)),
        "optimizers": (
            entry("gradient_descent", 0.01),
            entry("gradient_descent", 0.05),
            entry("momentum", 0.004),
            entry("adam", 0.3),
        ),
        "starts": PointStarts(points=((0.5, 0.5),)),
        "steps": 300,
    }
    return Scene(**{**fields, **changes})


def found(scene: Scene, record_every: int = 1) -> tuple[Run, CriticalPoints, tuple[RaceEvent, ...]]:
    run = simulate(scene, record_every)
    surface = compile_surface(scene.surface)
    points = find_critical_points(surface, scene.domain)
    return run, points, find_events(run, surface, points)


@np.errstate(over="ignore")
def slow_events(run: Run, points: CriticalPoints) -> set[tuple[int, str, int]]:
    """(optimizer, kind, step) by the words of ``RaceEvent``, one particle and one record at a time."""
    surface = compile_surface(run.scene.surface)
    tolerance = settling_distance(run.scene.domain)
    n_records, n_particles = len(run.steps), run.n_particles
    half = -(-n_particles // 2)
    events = set()
    for optimizer in range(run.n_optimizers):
        settled, inside, lost = [], [], []
        for particle in range(n_particles):
            path, losses = run.positions[optimizer, :, particle], run.losses[optimizer, :, particle]
            inside.append(
                [
                    all(low <= x <= high for x, (low, high) in zip(point, run.scene.domain.axes, strict=True))
                    for point in path
                ]
            )
            lost.append(next((r for r in range(n_records) if not np.isfinite(losses[r])), None))
            stays = []
            for point in points:
                first = n_records
                while first and np.linalg.norm(path[first - 1] - point.position) <= tolerance:
                    first -= 1
                if n_records - 1 - first >= 5 and run.steps[-1] - run.steps[first] >= 0.01 * run.steps[-1]:
                    stays.append(first)
            if stays and np.isfinite(losses[-1]):
                settled.append(min(stays))
        if len(settled) >= half:
            events.add((optimizer, "settled", int(run.steps[sorted(settled)[half - 1]])))
        for r in range(1, n_records):
            if 2 * sum(not p[r] for p in inside) >= n_particles > 2 * sum(not p[r - 1] for p in inside):
                events.add((optimizer, "left", int(run.steps[r])))
                break
        if any(r is not None for r in lost):
            events.add((optimizer, "diverged", int(run.steps[min(r for r in lost if r is not None)])))
        if n_particles == 1 and lost[0] is None:
            flat = [np.linalg.norm(surface.gradient(x)) <= 1e-8 for x in run.positions[optimizer, :, 0]]
            first = n_records
            while first and flat[first - 1]:
                first -= 1
            if first < n_records:
                events.add((optimizer, "converged", int(run.steps[first])))
    return events


SCENES = {
    "one ball": himmelblau(),
    "out and lost": himmelblau(starts=PointStarts(points=((5.9, 5.9),)), steps=60),
    "from outside": himmelblau(starts=PointStarts(points=((7.0, 0.0),))),
    "noise": himmelblau(optimizers=(replace(entry("gradient_descent", 0.01), gradient=NoisyGradient(std=1.0)),)),
    "two balls": himmelblau(starts=PointStarts(points=((0.5, 0.5), (-3.0, -3.0)))),
    "three balls": himmelblau(starts=PointStarts(points=((0.5, 0.5), (-3.0, -3.0), (5.9, 5.9)))),
    "a small cloud": himmelblau(starts=GaussianStarts(center=(1.0, 1.0), std=2.5, n=15), steps=120),
    "a grid": himmelblau(starts=GridStarts(n=(4, 4)), steps=120),
    "uphill": himmelblau(goal="maximize", optimizers=(entry("gradient_descent", 0.001),), steps=400),
    "one dimension": Scene(
        surface=FormulaSurface(formula="(x^2 - 1)^2 - 0.3*x"),
        domain=Domain(x=(-1.8, 1.8)),
        optimizers=(entry("momentum", 0.02, momentum=0.9), entry("gradient_descent", 0.08)),
        starts=PointStarts(points=((-1.6,),)),
        steps=400,
    ),
}


@pytest.mark.parametrize("record_every", [1, 7])
@pytest.mark.parametrize("name", SCENES)
def test_events_are_what_their_words_say(name: str, record_every: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_module, "CHUNK_NUMBERS", 100)  # so that the races are looked through in many parts
    run, points, events = found(SCENES[name], record_every)
    assert {(event.optimizer, event.kind, event.step) for event in events} == slow_events(run, points)
    assert all(event.is_exact == (event.step == 0 or record_every == 1) for event in events)


def test_the_scenes_of_that_test_have_events_of_every_kind() -> None:
    seen = {(event.kind, event.is_cloud) for scene in SCENES.values() for event in found(scene)[2]}
    kinds = ("settled", "left", "diverged")
    assert seen == {(kind, cloud) for kind in kinds for cloud in (False, True)} | {("converged", False)}


@pytest.mark.parametrize("name", ["one ball", "from outside", "uphill", "one dimension"])
def test_who_has_converged_is_who_the_outcomes_say(name: str) -> None:
    run, _, events = found(SCENES[name])
    converged = {event.optimizer for event in events if event.kind == "converged"}
    assert converged == set(np.flatnonzero(run.outcomes[:, 0] == CONVERGED))


def test_the_ravine_settles_at_the_steps_of_its_lesson() -> None:
    run, _, events = found(load_scene(LESSONS / "05-ravine.gradsim"))
    settled = {run.scene.racing[event.optimizer].name: event for event in events if event.kind == "settled"}
    assert {name: event.step for name, event in settled.items()} == {
        "gradient_descent": 395,
        "momentum": 152,
        "nesterov": 129,
    }
    for event in settled.values():
        assert event.point == pytest.approx((0.0, 0.0), abs=1e-12)
        assert event.point_kind == "minimum"
        assert event.is_exact


def test_the_saddle_race_is_left_in_the_order_of_its_lesson() -> None:
    scene = load_scene(LESSONS / "06-saddle-race.gradsim")
    # The lesson counts who is first beyond y = 1, where its map ends.
    run, _, events = found(scene)
    assert [(run.scene.racing[event.optimizer].name, event.step) for event in events if event.kind == "left"] == [
        ("adagrad", 17),
        ("rmsprop", 29),
        ("adadelta", 31),
        ("nesterov", 68),
        ("momentum", 72),
        ("gradient_descent", 349),
    ]


def test_a_ball_on_a_saddle_stays_there_from_the_first_step() -> None:
    _, _, events = found(load_scene(LESSONS / "07-saddle-stuck.gradsim"))
    assert [(event.kind, event.step, event.point_kind) for event in events] == [
        ("settled", 0, "saddle"),
        ("converged", 0, ""),
    ]


def test_a_ball_that_never_rests_has_no_events() -> None:
    assert found(load_scene(LESSONS / "09-no-friction.gradsim"))[2] == ()


def test_a_ball_that_passes_a_minimum_as_the_race_ends_has_not_settled() -> None:
    scene = Scene(
        surface=FormulaSurface(formula="x^2 / 2"),
        domain=Domain(x=(-2.0, 2.0)),
        optimizers=(entry("momentum", 1e-4, momentum=1.0),),
        starts=PointStarts(points=((1.0,),)),
        steps=157,  # a quarter of its period of 2π/√η steps
    )
    run, points, events = found(scene)
    assert abs(run.positions[0, -1, 0, 0]) < 10 * settling_distance(scene.domain)
    assert len(points) == 1
    assert events == ()


@pytest.mark.parametrize(
    ("width", "distance"), [(1.0, 1e-3), (3.6, 1e-3), (9.99, 1e-3), (10.0, 1e-2), (0.5, 1e-4), (1e6, 1e3)]
)
def test_settling_distance_is_a_power_of_ten_below_a_thousandth_of_the_narrowest_width(
    width: float, distance: float
) -> None:
    domain = Domain(x=(-1e9, 1e9), y=(0.0, width))
    assert settling_distance(domain) == pytest.approx(distance, rel=1e-14)


def test_the_search_can_be_cancelled() -> None:
    run = simulate(himmelblau())
    with pytest.raises(Cancelled):
        find_events(run, compile_surface(run.scene.surface), cancelled=lambda: True)
