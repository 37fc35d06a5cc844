"""Taking an update apart gives the very numbers of the race, for every rule there is."""

from __future__ import annotations

import inspect
from functools import cache

import numpy as np
import pytest

from gradsim.core.anatomy import Anatomy, dissect
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.run import Run
from gradsim.core.scene import (
    MAX_OPTIMIZERS,
    CosineSchedule,
    Domain,
    ExactGradient,
    ExponentialSchedule,
    FormulaSurface,
    NoisyGradient,
    OptimizerEntry,
    PointStarts,
    Scene,
    StepSchedule,
    UniformStarts,
)
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface

METHODS = [(name, convention) for name, optimizer in OPTIMIZERS.items() for convention in optimizer.conventions]
SLOW = {name for name, optimizer in OPTIMIZERS.items() if optimizer.rule().defaults["learning_rate"] <= 0.01}
HASTE = {"prodigy": {"initial_distance": 0.03}}  # its first steps would be of a millionth
IN_A_RACE = MAX_OPTIMIZERS // 3 * 3  # so that the schedules go on in turn
STEPS = 40
FORMULAS = {1: "x^4/4 - x^2 + 0.3*x", 2: "(1 - x)^2 + 3*(y - x^2)^2"}
DOMAINS = {1: Domain(x=(-3.0, 3.0)), 2: Domain(x=(-3.0, 3.0), y=(-3.0, 3.0))}
STARTS = {1: ((1.7,), (-0.4,)), 2: ((-1.2, 1.0), (0.7, -0.3))}
SCHEDULES = [
    ExponentialSchedule(rate=0.05),
    StepSchedule(every=7, warmup=5),
    CosineSchedule(min=0.001),
]


def scene_of(dimension: int, gradient=None, part: int = 0, **changes: object) -> Scene:
    """As many methods in one race as a scene may have, each with one of three schedules."""
    entries = tuple(
        OptimizerEntry(
            name=name,
            convention=convention,
            hyperparameters={"learning_rate": 0.01 if name in SLOW else 0.3, **HASTE.get(name, {})},
            schedule=SCHEDULES[index % len(SCHEDULES)],
            gradient=gradient or ExactGradient(),
        )
        for index, (name, convention) in enumerate(METHODS[part * IN_A_RACE : (part + 1) * IN_A_RACE])
    )
    fields = {
        "surface": FormulaSurface(formula=FORMULAS[dimension]),
        "domain": DOMAINS[dimension],
        "optimizers": entries,
        "starts": PointStarts(points=STARTS[dimension]),
        "steps": STEPS,
        "seed": 7,
    }
    return Scene(**{**fields, **changes})


RACES = {
    "2-D": lambda part: scene_of(2, part=part),
    "1-D": lambda part: scene_of(1, part=part),
    "noise": lambda part: scene_of(2, NoisyGradient(std=0.3), part),
    "maximise": lambda part: scene_of(2, NoisyGradient(std=0.3), part, goal="maximize", steps=8),
}


@cache
def run_of(race: str, part: int = 0) -> Run:
    return simulate(RACES[race](part))


def run_with(race: str, name: str, convention: str) -> tuple[Run, int]:
    """A race in which the method takes part, and which of its optimizers it is."""
    part, index = divmod(METHODS.index((name, convention)), IN_A_RACE)
    return run_of(race, part), index


def anatomy_of(run: Run, optimizer: int, particle: int, step: int) -> Anatomy:
    return dissect(run, compile_surface(run.scene.surface), optimizer, particle=particle, step=step)


@pytest.mark.parametrize("race", RACES)
@pytest.mark.parametrize(("name", "convention"), METHODS)
def test_the_update_leads_where_the_race_went(name: str, convention: str, race: str) -> None:
    run, index = run_with(race, name, convention)
    moved = 0.0
    for particle in (0, 1):
        path = run.positions[index, :, particle]
        for step in (0, 1, 2, 5, run.last_step - 1):
            anatomy = anatomy_of(run, index, particle, step)
            assert anatomy.step == step
            assert np.array_equal(anatomy.position, path[step])
            if anatomy.diverged:
                break
            if anatomy.update.diverges:
                assert run.losses[index, step + 1, particle] == np.inf
                break
            assert np.array_equal(anatomy.update.position, path[step + 1])
            assert anatomy.position + anatomy.movement == pytest.approx(path[step + 1], rel=1e-12, abs=1e-15)
            assert anatomy.loss == run.losses[index, step, particle]
            assert (anatomy.last_position is None) == (step == 0)
            if step:
                assert np.array_equal(anatomy.last_position, path[step - 1])
            moved += float(np.abs(anatomy.movement).sum())
    assert moved > 1e-3


@pytest.mark.parametrize("race", RACES)
@pytest.mark.parametrize(("name", "convention"), METHODS)
def test_the_rule_in_plain_python_makes_the_same_of_the_same_numbers(name: str, convention: str, race: str) -> None:
    run, index = run_with(race, name, convention)
    rule = OPTIMIZERS[name].rule(convention)
    wanted = inspect.signature(rule.update).parameters
    for step in (0, 1, 6):
        anatomy = anatomy_of(run, index, 1, step)
        if anatomy.diverged:  # where there is no top to climb to, a search runs away
            break
        update = anatomy.update
        known = {**update.hyperparameters, "step": step + 1.0}
        if rule.whole_vector:
            seen = {"position": anatomy.position, "gradient": update.gradient, "hessian": update.hessian}
            # Python's own numbers: where a race runs away, NumPy's would warn.
            known |= {name: None if values is None else tuple(values.tolist()) for name, values in seen.items()}
            known["loss"] = update.loss
            for state, values in update.remembered.items():
                known[state] = float(values[0]) if rule.shapes.get(state) == "scalar" else tuple(values.tolist())
            answer = rule.update(**{p: known[p] for p in wanted})
            columns = [np.atleast_1d(each) for each in (answer if rule.state else (answer,))]
        else:
            answers = []
            for axis in range(run.dimension):
                column = {name: values[axis] for name, values in update.remembered.items()}
                column |= (
                    known
                    | {"loss": update.loss}
                    | {"position": anatomy.position[axis], "gradient": update.gradient[axis]}
                )
                answers.append(np.atleast_1d(rule.update(**{p: column[p] for p in wanted})))
            columns = np.array(answers).T
        assert columns[0] == pytest.approx(update.position, rel=1e-12, abs=1e-15)
        for values, name_of_state in zip(columns[1:], rule.state, strict=True):
            assert values == pytest.approx(update.state[name_of_state], rel=1e-12, abs=1e-15)


def test_the_state_of_one_update_is_where_the_next_begins() -> None:
    run, index = run_with("noise", "adam", "pytorch")
    for step in range(5):
        first, second = (anatomy_of(run, index, 0, k) for k in (step, step + 1))
        for name in ("m", "v"):
            assert np.array_equal(first.update.state[name], second.state[name])


@pytest.mark.parametrize(("name", "convention"), METHODS)
def test_the_learning_rate_is_that_of_the_schedule(name: str, convention: str) -> None:
    run, index = run_with("2-D", name, convention)
    base = run.scene.racing[index].hyperparameters["learning_rate"]
    rates = [anatomy_of(run, index, 0, step).update.hyperparameters["learning_rate"] for step in (0, 9)]
    expected = (
        (base, base * np.exp(-0.05 * 9)),
        (base / 5, base),
        (base, 0.001 + (base - 0.001) * (1 + np.cos(np.pi * 9 / STEPS)) / 2),
    )[index % 3]
    assert rates == pytest.approx(expected, rel=1e-12)


def test_look_ahead_takes_the_gradient_where_the_velocity_leads() -> None:
    run, index = run_with("2-D", "nesterov", "classical")
    anatomy = anatomy_of(run, index, 0, 5)
    point = anatomy.position - 0.9 * anatomy.state["velocity"]
    assert anatomy.update.gradient_point == pytest.approx(point, rel=1e-12)
    surface = compile_surface(run.scene.surface)
    assert np.array_equal(anatomy.update.gradient, surface.gradient(anatomy.update.gradient_point))
    assert np.array_equal(anatomy.gradient, surface.gradient(anatomy.position))


GRADIENT_FACTORS = {  # what multiplies −η∇f in the movement, from the formula of each rule; 0.9 is the momentum
    ("gradient_descent", "paper"): 1.0,
    ("momentum", "pytorch"): 1.0,
    ("momentum", "classical"): 1.0,
    ("momentum", "ema"): 0.1,
    ("nesterov", "pytorch"): 1.9,
    ("nesterov", "classical"): 1.0,
}


@pytest.mark.parametrize("race", RACES)
@pytest.mark.parametrize(("name", "convention"), METHODS)
def test_the_part_of_the_gradient_is_told_where_the_parts_add(name: str, convention: str, race: str) -> None:
    run, index = run_with(race, name, convention)
    for step in (1, 6):
        update = anatomy_of(run, index, 0, step).update
        factor = GRADIENT_FACTORS.get((name, convention))
        if factor is not None:
            expected = -factor * update.hyperparameters["learning_rate"] * update.gradient
            assert update.gradient_part == pytest.approx(expected, rel=1e-6)
        elif name in ("adam", "adamw", "rmsprop", "adagrad", "adadelta"):
            # Close to a minimum what is remembered hardly feels the gradient, and then the two do add.
            assert update.gradient_part is None or np.max(np.abs(update.gradient)) < 1e-4


def test_noise_is_told_from_the_gradient() -> None:
    run, surface = run_of("noise"), compile_surface(FormulaSurface(formula=FORMULAS[2]))
    anatomies = [anatomy_of(run, 0, 0, step) for step in range(STEPS)]
    noise = np.array([a.update.gradient - a.update.exact_gradient for a in anatomies])
    assert 0.2 < noise.std() < 0.4
    assert np.array_equal(anatomies[3].update.exact_gradient, surface.gradient(anatomies[3].position))


def test_to_maximise_the_rule_sees_the_gradient_negated() -> None:
    run = simulate(scene_of(2, goal="maximize", steps=3))
    anatomy = anatomy_of(run, 0, 0, 1)
    assert np.array_equal(anatomy.update.gradient, -anatomy.gradient)
    assert np.array_equal(
        anatomy_of(run_of("2-D"), 0, 0, 1).update.gradient, anatomy_of(run_of("2-D"), 0, 0, 1).gradient
    )


def test_there_is_no_update_after_the_last_step() -> None:
    anatomy = anatomy_of(run_of("2-D"), 0, 0, STEPS)
    assert anatomy.update is None
    assert anatomy.movement is None
    assert np.array_equal(anatomy.last_position, run_of("2-D").positions[0, -2, 0])
    assert anatomy_of(run_of("2-D"), 0, 0, STEPS + 10).step == STEPS


@pytest.mark.parametrize("formula", ["x^4", "exp(x*x)", "log(x)"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_particle_that_diverges_stays_where_the_race_has_it(name: str, formula: str) -> None:
    entry = OptimizerEntry(name=name, hyperparameters={"learning_rate": 40.0})
    scene = Scene(
        surface=FormulaSurface(formula=formula),
        domain=Domain(x=(-2.0, 2.0)),
        optimizers=(entry,),
        starts=PointStarts(points=((1.0,),)),
        steps=30,
    )
    run = simulate(scene)
    for step in range(30):
        anatomy = anatomy_of(run, 0, 0, step)
        assert np.array_equal(anatomy.position, run.positions[0, step, 0])
        assert anatomy.diverged == np.isinf(run.losses[0, step, 0])
        if anatomy.diverged:
            assert anatomy.update is None
        else:
            assert anatomy.position + anatomy.movement == pytest.approx(run.positions[0, step + 1, 0], rel=1e-12)
    if name == "gradient_descent":
        assert anatomy.diverged


def test_a_thinned_run_is_taken_apart_between_its_records() -> None:
    scene = scene_of(2, NoisyGradient(std=0.3))
    whole, thinned = run_of("noise"), simulate(scene, record_every=16)
    for step in (0, 5, 16, 17, STEPS - 1):
        for index in (0, 10, 40):
            anatomy = anatomy_of(thinned, index, 1, step)
            assert np.array_equal(anatomy.position, whole.positions[index, step, 1])
            assert np.array_equal(anatomy.update.position, whole.positions[index, step + 1, 1])


def test_a_particle_that_is_not_recorded_is_taken_apart_by_its_number() -> None:
    scene = scene_of(2, NoisyGradient(std=0.3), starts=UniformStarts(n=5))
    whole, sample = simulate(scene), simulate(scene, particles=np.array([1, 3]))
    for particle in range(5):
        anatomy = anatomy_of(sample, 10, particle, 5)
        assert anatomy.particle == particle
        assert np.array_equal(anatomy.position, whole.positions[10, 5, particle])
        assert np.array_equal(anatomy.update.position, whole.positions[10, 6, particle])


def test_what_is_not_in_the_race_is_refused() -> None:
    for optimizer, particle in ((MAX_OPTIMIZERS, 0), (0, 2), (-1, 0)):
        with pytest.raises(IndexError, match="no particle"):
            anatomy_of(run_of("2-D"), optimizer, particle, 0)
