"""Whole updates as machine code lead where the kernels lead, to the last bit."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
import time

import numpy as np
import pytest
from msgspec.structs import replace

from gradsim.core.errors import Cancelled
from gradsim.core.formula.native import NativeCode, compile_native
from gradsim.core.formula.tape import Tape
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.race.arguments import WHOLE_RACE
from gradsim.core.race.competitors import PerParticle, prepare
from gradsim.core.race.prepared_race import PreparedRace, compile_updates
from gradsim.core.race.recording import record_steps
from gradsim.core.race.starts import start_positions
from gradsim.core.run import DIVERGED, Run
from gradsim.core.scene import (
    ConstantSchedule,
    Domain,
    ExponentialSchedule,
    FormulaSurface,
    GridStarts,
    LineStarts,
    OptimizerEntry,
    Scene,
    Schedule,
    UniformStarts,
)
from gradsim.core.simulate import compile_race, simulate
from gradsim.core.surface import Surface, compile_surface

METHODS = [(name, convention) for name, optimizer in OPTIMIZERS.items() for convention in optimizer.conventions]


def scene_of(formula: str, *, n: int = 700, steps: int = 40, **changes: object) -> Scene:
    """A race on a surface that no other test has compiled: its formula is written with a number of its own."""
    plane = "y" in formula
    fields = {
        "surface": FormulaSurface(formula=formula),
        "domain": Domain(x=(-2.0, 2.0), y=(-1.0, 3.0) if plane else None),
        "starts": UniformStarts(n=n),
        "steps": steps,
    }
    return Scene(**{**fields, **changes})


def same(ours: Run, theirs: Run) -> bool:
    arrays = ("positions", "losses", "outcomes", "evaluations")
    return all(np.array_equal(getattr(ours, name), getattr(theirs, name)) for name in arrays)


@pytest.mark.parametrize(("name", "convention"), METHODS)
@pytest.mark.parametrize("dimension", [1, 2])
def test_every_rule_leads_to_the_same_bits(name: str, convention: str, dimension: int) -> None:
    number = 1.0 + 1e-6 * METHODS.index((name, convention))
    formula = f"{number}*(1 - x)^2 + 3*(cos(2*y) - x^2)^2" if dimension == 2 else f"{number}*x^4 - 3*x^2 + sin(x)"
    entry = OptimizerEntry(name=name, convention=convention, schedule=ExponentialSchedule(rate=0.02))
    scene = scene_of(formula, optimizers=(entry,))
    before = simulate(scene, 3)
    compile_race(scene)
    assert same(simulate(scene, 3), before)
    assert same(simulate(scene, 3, n_threads=1), before)


def step_address(surface: Surface, entry: OptimizerEntry, *, n_particles: int = 700) -> int:
    return prepare(entry, surface.dimension).step_address(surface, n_particles=n_particles)


def test_plain_rules_become_one_loop_and_those_that_look_elsewhere_do_not() -> None:
    entries = [OptimizerEntry(name=name) for name in ("gradient_descent", "adam", "newton", "sam")]
    scene = scene_of("(1.5 - x)^2 + 7*(y - x^2)^2", optimizers=tuple(entries))
    surface = compile_surface(scene.surface)
    assert [step_address(surface, entry) for entry in entries] == [0, 0, 0, 0]
    compile_race(scene)
    assert [step_address(surface, entry) != 0 for entry in entries] == [True, True, True, False]


def test_a_rule_becomes_one_loop_behind_another_that_updates_alike_but_looks_ahead() -> None:
    entries = [OptimizerEntry(name=name, convention="paper") for name in ("nesterov", "momentum")]
    scene = scene_of("(1.5 - x)^2 + 7.25*(y - x^2)^2", optimizers=tuple(entries))
    surface = compile_surface(scene.surface)
    ahead, plain = (prepare(entry, 2).rule for entry in entries)
    assert ahead.update is plain.update
    compile_race(scene)
    assert [step_address(surface, entry) != 0 for entry in entries] == [False, True]


def test_few_particles_have_code_of_their_own_which_stands_in_for_that_of_many() -> None:
    entry = OptimizerEntry(name="adam")
    scene = scene_of("(1.5 - x)^2 + 7.5*(y - x^2)^2", n=1, optimizers=(entry,))
    surface = compile_surface(scene.surface)
    compile_race(scene)
    few = step_address(surface, entry, n_particles=8)
    assert few == step_address(surface, entry, n_particles=9) != 0
    compile_race(replace(scene, starts=UniformStarts(n=9)))
    assert step_address(surface, entry, n_particles=8) == few
    assert step_address(surface, entry, n_particles=9) not in (0, few)


@pytest.mark.parametrize("compiled_for", [1, 40])
@pytest.mark.parametrize("formula", ["x^2 + y^2 - 3*cos(2*x)*exp(-y^2)", "cos(x)*cos(2*y)*exp(sin(x + y))"])
def test_a_particle_is_raced_alike_in_any_company(formula: str, compiled_for: int) -> None:
    """In strips, short or long, of which it fills more or less."""
    entry = OptimizerEntry(name="adam")
    scene = scene_of(f"{formula} + {compiled_for}*x", n=40, steps=50, optimizers=(entry,))
    together = simulate(scene)
    compile_race(replace(scene, starts=UniformStarts(n=compiled_for)))
    for n in range(1, 41):
        fewer = simulate(replace(scene, starts=UniformStarts(n=n)))
        np.testing.assert_array_equal(fewer.positions, together.positions[:, :, :n])
        np.testing.assert_array_equal(fewer.losses, together.losses[:, :, :n])


def test_who_needs_the_code_no_more_gets_that_of_the_surface_alone() -> None:
    scene = scene_of("x^2 + 2.375*y^2", optimizers=(OptimizerEntry(name="adam"), OptimizerEntry(name="lion")))
    with pytest.raises(Cancelled):
        compile_race(scene, cancelled=lambda: True)
    surface = compile_surface(scene.surface)
    assert surface.first_order_program.native_address
    assert not any(step_address(surface, entry) for entry in scene.optimizers)


@pytest.mark.parametrize("record_every", [1, 7, 200])
def test_a_block_in_which_one_particle_diverges_is_raced_anew(record_every: int) -> None:
    entry = OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.12})
    scene = scene_of("x^4 - 1.25*x^2 + y^2", n=2000, steps=200, optimizers=(entry,))
    wide = replace(scene, starts=UniformStarts(n=2000, box=((-3.0, 3.0), (-1.0, 1.0))))
    before = simulate(wide, record_every)
    assert 0 < np.count_nonzero(before.outcomes == DIVERGED) < 2000
    compile_race(wide)
    assert same(simulate(wide, record_every), before)


def test_huge_arguments_are_left_to_the_tape() -> None:
    entry = OptimizerEntry(name="sign_descent" if "sign_descent" in OPTIMIZERS else "adam")
    scene = scene_of("sin(1e12*x) + cos(y)/3", optimizers=(entry,))
    before = simulate(scene)
    compile_race(scene)
    assert same(simulate(scene), before)


def test_progress_ends_at_all_of_it() -> None:
    scene = scene_of("(1.25 - x)^2 + 7*(y - x^2)^2", n=5000, steps=3000, optimizers=(OptimizerEntry(name="adam"),))
    compile_race(scene)
    shares: list[float] = []
    simulate(scene, 1000, progress=shares.append)
    assert shares == sorted(shares)
    assert 0.99 < shares[-1] <= 1.0


def test_trajectories_are_what_they_have_always_been() -> None:
    """Guards against changes of the last digits that nobody intended; sums and products alone, so on any processor."""
    entry = OptimizerEntry(name="momentum", convention="pytorch")
    scene = scene_of("(1 - x)^2 + 5*(y - x^2)^2", optimizers=(entry,), starts=GridStarts(n=(3, 3)))
    digest = hashlib.sha256(np.ascontiguousarray(simulate(scene).positions).tobytes()).hexdigest()
    compile_race(scene)
    again = hashlib.sha256(np.ascontiguousarray(simulate(scene).positions).tobytes()).hexdigest()
    assert digest == again == "9fedd42f1e445b487baa3fdd06364b09b033433fa53edb69af28bde9ecfd950a"


def test_threads_that_compile_the_same_share_one_piece_of_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second piece would take the place of the first, which may be running."""
    compiled: list[int] = []

    def compile_slowly(tape: Tape, dimension: int) -> NativeCode | None:
        compiled.append(dimension)
        time.sleep(0.05)
        return compile_native(tape, dimension)

    monkeypatch.setattr("gradsim.core.surface.compile_native", compile_slowly)
    program = compile_surface(FormulaSurface(formula="x^2 + 1.0625*y^2")).first_order_program
    threads = [threading.Thread(target=program.compile_native, args=(2,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert compiled == [2]
    assert program.native_address != 0


def varied_by(entry: OptimizerEntry, n: int, *names: str) -> PerParticle:
    """Values around those of ``entry``'s rule, in no order, some of which let particles diverge."""
    defaults = OPTIMIZERS[entry.name].rule(entry.convention).defaults
    shares = np.random.default_rng(1).permutation(np.linspace(0.1, 1.0, n))
    return {name: shares * (0.3 if name == "learning_rate" else defaults[name]) for name in names}


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("gradient_descent", ("learning_rate",)),
        ("momentum", ("momentum",)),
        ("momentum", ("learning_rate", "momentum")),
        ("adam", ("learning_rate", "beta1", "epsilon")),
        ("newton", ("learning_rate",)),
    ],
)
@pytest.mark.parametrize("schedule", [ConstantSchedule(), ExponentialSchedule(rate=0.02)])
@pytest.mark.parametrize("record_every", [1, 50])
def test_hyperparameters_of_their_own_lead_to_the_same_bits(
    name: str, names: tuple[str, ...], schedule: Schedule, record_every: int
) -> None:
    entry = OptimizerEntry(name=name, schedule=schedule, hyperparameters={"learning_rate": 0.3})
    scene = scene_of("x^4/4 - 1.375*x^2 + (y - 1)^4 - x*y/8", n=1100, steps=150, optimizers=(entry,))
    varied = {0: varied_by(entry, 1100, *names)}
    surface, competitor = compile_surface(scene.surface), prepare(entry, 2, varied[0])
    surface = Surface(surface.formula, surface.parameters)  # that nothing has been compiled for
    starts, numbers = np.ascontiguousarray(start_positions(scene.starts, scene.domain, 0).T), np.arange(1100)
    race = PreparedRace(scene=scene, surface=surface, competitors=(competitor,), numbers=numbers, starts=starts)
    steps = record_steps(scene.steps, record_every)
    before = race.run(steps, 1)
    compile_updates(surface, [competitor], n_particles=1100)
    assert competitor.step_address(surface, n_particles=1100) != 0
    after = race.run(steps, 2)
    np.testing.assert_array_equal(after.positions, before.positions)
    np.testing.assert_array_equal(after.losses, before.losses)
    np.testing.assert_array_equal(after.outcomes, before.outcomes)


@pytest.mark.parametrize("is_stopped", [False, True])
def test_copies_of_a_particle_take_its_learning_rate(is_stopped: bool) -> None:
    """Those behind the last particle and in place of a stopped one: else they diverge, and kernels race the block.

    Kernels are given the rule of another method, so that it shows whether they have made an update.
    """
    n, steps = 520, record_steps(150, 5)
    rates, stopped = np.full(n, 0.1), np.zeros(n, dtype=np.uint8)
    rates[0], stopped[0] = 1e6, is_stopped
    entry = OptimizerEntry(name="gradient_descent", schedule=ExponentialSchedule(rate=0.001))
    scene = scene_of(f"x^4/4 + {1.1875 + is_stopped}*y^2", n=n, steps=150, optimizers=(entry,))
    surface = compile_surface(scene.surface)
    competitor = prepare(entry, 2, {"learning_rate": rates})
    starts = np.array(start_positions(scene.starts, scene.domain, 0).T, order="C")
    starts[:, 0] = 0.0  # where no learning rate moves it
    handovers = [WHOLE_RACE._replace(before=starts, stopped_before=stopped)]
    race = PreparedRace(scene=scene, surface=surface, competitors=(competitor,), numbers=np.arange(n), starts=starts)
    before = race.run(steps, 1, handovers=handovers)
    compile_updates(surface, [competitor], n_particles=n)
    other = dataclasses.replace(competitor, lifted=prepare(OptimizerEntry(name="sign_descent"), 2).lifted)
    after = dataclasses.replace(race, competitors=(other,)).run(steps, 1, handovers=handovers)
    np.testing.assert_array_equal(after.positions, before.positions)
    np.testing.assert_array_equal(after.losses, before.losses)


@pytest.mark.parametrize("record_every", [1, 7, 300])
@pytest.mark.parametrize("name", ["gradient_descent", "momentum", "adam", "adagrad"])
def test_whoever_diverges_at_whatever_step_is_raced_to_the_same_bits(name: str, record_every: int) -> None:
    """From many places, early, late, or never; in one block all of them."""
    entry = OptimizerEntry(name=name, hyperparameters={"learning_rate": 0.05})
    scene = scene_of(
        f"x^2*{1.0 + METHODS.index((name, 'pytorch')) / 64} + 1e-3*exp(y^2/60) + log(1 + y + x^2)",
        optimizers=(entry,),
        n=1500,
        steps=300,
        starts=LineStarts(start=(3.0, 400.0), end=(0.1, -1.2), n=1500),
    )
    before = simulate(scene, record_every, n_threads=1)
    n_diverged = np.count_nonzero(before.outcomes == DIVERGED)
    assert 100 < n_diverged < 1500
    assert (before.outcomes[0, :512] == DIVERGED).all()
    compile_race(scene)
    assert same(simulate(scene, record_every, n_threads=1), before)
    assert same(simulate(scene, record_every, n_threads=2), before)
