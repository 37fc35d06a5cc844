"""Whole updates as machine code lead where the kernels lead, to the last bit."""

from __future__ import annotations

import hashlib
import threading
import time

import numpy as np
import pytest
from msgspec.structs import replace

from gradsim.core.competitors import prepare
from gradsim.core.formula.native import NativeCode, compile_native
from gradsim.core.formula.tape import Tape
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.run import DIVERGED, Run
from gradsim.core.scene import (
    Domain,
    ExponentialSchedule,
    FormulaSurface,
    GridStarts,
    OptimizerEntry,
    Scene,
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


def step_address(surface: Surface, entry: OptimizerEntry) -> int:
    competitor = prepare(entry, surface.dimension)
    return competitor.program(surface).step_address(competitor.rule)


def test_plain_rules_become_one_loop_and_those_that_look_elsewhere_do_not() -> None:
    entries = [OptimizerEntry(name=name) for name in ("gradient_descent", "adam", "newton", "sam")]
    scene = scene_of("(1.5 - x)^2 + 7*(y - x^2)^2", optimizers=tuple(entries))
    surface = compile_surface(scene.surface)
    assert [step_address(surface, entry) for entry in entries] == [0, 0, 0, 0]
    compile_race(scene)
    assert [step_address(surface, entry) != 0 for entry in entries] == [True, True, True, False]


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
    threads = [threading.Thread(target=program.compile_native, args=(None, 2)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert compiled == [2]
    assert program.native_address != 0
