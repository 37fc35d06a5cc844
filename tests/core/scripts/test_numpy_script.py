"""The NumPy program of a race ends where the engine ends, to the last digit."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from programs import assert_same_digits, ends_printed, ends_simulated, names_of, printed_by

import gradsim
from gradsim.core.errors import GradsimError
from gradsim.core.formula.vocabulary import FUNCTIONS
from gradsim.core.gallery import GALLERY
from gradsim.core.optimizers import HYPERPARAMETERS, OPTIMIZERS
from gradsim.core.race.schedules import learning_rates
from gradsim.core.race.starts import start_positions
from gradsim.core.scene import (
    AccumulatedGradient,
    Clip,
    CosineSchedule,
    Domain,
    ExponentialSchedule,
    FormulaSurface,
    GaussianStarts,
    GradientSequence,
    GridStarts,
    InverseTimeSchedule,
    LineStarts,
    NoisyGradient,
    OneCycleSchedule,
    OptimizerEntry,
    PointStarts,
    RingStarts,
    Scene,
    Schedule,
    StepSchedule,
    UniformStarts,
    WsdSchedule,
)
from gradsim.core.scripts.formula_source import has_functions
from gradsim.core.scripts.schedule_source import schedule_source
from gradsim.core.surface import compile_surface

METHODS = [(name, convention) for name, optimizer in OPTIMIZERS.items() for convention in optimizer.conventions]
HALF = len(METHODS) // 2 + 1
BANANA = "(0.4 - x)^2/2 + 2*(y - x^2)^2"
BOX = Domain(x=(-2.0, 2.0), y=(-2.0, 2.0))
STARTS = PointStarts(points=((-0.5, 0.3), (0.7, 1.1)))
# One of each kind: coordinate by coordinate, looking ahead, asking elsewhere, with the Hessian, with a matrix.
KINDS = ("adam", "nesterov", "sam", "newton", "bfgs")


def unusual(name: str, default: float) -> float:
    """A value far from the default, where the range allows it."""
    value = 0.8 * default + 0.03
    return value if HYPERPARAMETERS[name].accepts(value) else default


def scene_of(*entries: OptimizerEntry, formula: str = BANANA, **others: object) -> Scene:
    domain = BOX if "y" in formula else Domain(x=(-2.0, 2.0))
    starts = STARTS if "y" in formula else PointStarts(points=((-0.5,), (0.7,)))
    told = {"surface": FormulaSurface(formula=formula), "domain": domain, "starts": starts, "steps": 30}
    return Scene(optimizers=entries, **{**told, **others})  # type: ignore[arg-type]


def one_of_each_kind(**settings: object) -> tuple[OptimizerEntry, ...]:
    return tuple(
        OptimizerEntry(name=name, convention="classical" if name == "nesterov" else None, **settings)  # type: ignore[arg-type]
        for name in KINDS
    )


@cache
def ends_of_all(half: int) -> tuple[np.ndarray, np.ndarray]:
    """A scene holds no more optimizers than half of all."""
    entries = [
        OptimizerEntry(
            name=name,
            convention=convention,
            hyperparameters={
                each: unusual(each, value) for each, value in OPTIMIZERS[name].rule(convention).defaults.items()
            },
        )
        for name, convention in METHODS[half * HALF : (half + 1) * HALF]
    ]
    scene = scene_of(*entries)
    return ends_printed(printed_by(gradsim.write_code(scene, "numpy")), scene), ends_simulated(scene)


@pytest.mark.parametrize(("name", "convention"), METHODS)
def test_every_optimizer_ends_at_the_same_bits(name: str, convention: str) -> None:
    half, index = divmod(METHODS.index((name, convention)), HALF)
    ours, theirs = ends_of_all(half)
    np.testing.assert_array_equal(ours[index], theirs[index])
    assert not np.array_equal(theirs[index, :, :2], STARTS.points), "it has moved"


def test_a_surface_of_one_variable_ends_at_the_same_bits() -> None:
    assert_same_digits(scene_of(*one_of_each_kind(clip=Clip(by="norm", limit=0.5)), formula="(x^2 - 1.2)^2 + 0.3*x"))


@pytest.mark.parametrize("goal", ["minimize", "maximize"])
@pytest.mark.parametrize(
    "settings",
    [
        {"gradient": GradientSequence(values=(1.0, -0.5, 0.25, *(0.01 * number for number in range(25))))},
        {"clip": Clip(by="norm", limit=0.3)},
        {"clip": Clip(by="value", limit=0.2)},
        {"box": ((-0.6, 0.5), (0.2, 1.0))},
    ],
    ids=["given", "clipped by norm", "clipped by value", "in a box"],
)
def test_what_stands_between_surface_and_rule_leaves_the_same_bits(settings: dict[str, object], goal: str) -> None:
    assert_same_digits(scene_of(*one_of_each_kind(**settings), goal=goal))


def test_accumulated_gradients_end_at_the_same_bits_also_clipped() -> None:
    accumulated = AccumulatedGradient()
    entries = (
        OptimizerEntry(name="momentum", gradient=accumulated, hyperparameters={"weight_decay": 0.1}),
        OptimizerEntry(name="adam", gradient=accumulated, clip=Clip(by="value", limit=0.1)),
    )
    assert_same_digits(scene_of(*entries))


def test_noise_is_that_of_the_engine() -> None:
    assert_same_digits(scene_of(*one_of_each_kind(gradient=NoisyGradient(std=0.2)), seed=2**62 + 5), 1e-12)


@pytest.mark.parametrize("warmup", [0, 7, 60])
@pytest.mark.parametrize("kind", get_args(Schedule), ids=lambda kind: kind.__struct_config__.tag)
def test_every_schedule_has_the_learning_rates_of_the_engine(kind: type[Schedule], warmup: int) -> None:
    needed = {ExponentialSchedule: {"rate": 0.1}, InverseTimeSchedule: {"rate": 0.2}, StepSchedule: {"every": 9}}
    schedules = [kind(warmup=warmup, **needed.get(kind, {}))]  # type: ignore[arg-type]
    schedules += [kind(warmup=warmup, min=0.003)] if hasattr(schedules[0], "min") else []  # type: ignore[call-arg]
    schedules += [kind(warmup=warmup, period_factor=1.0)] if hasattr(schedules[0], "period_factor") else []  # type: ignore[call-arg]
    for schedule in schedules:
        for module in ("np", "math"):
            parameter, body = schedule_source(schedule, 0.07, 50, module=module)
            rate = names_of("\n".join(["import math", "import numpy as np", f"def rate({parameter}):", *body]))["rate"]
            ours = [rate(update) for update in range(50)]
            np.testing.assert_allclose(ours, learning_rates(schedule, 0.07, 50), rtol=1e-15, atol=1e-17)


@pytest.mark.parametrize(
    "schedule",
    [WsdSchedule(shape="linear"), OneCycleSchedule(warm_share=0.0, period=1), OneCycleSchedule(warm_share=1.0)],
    ids=str,
)
def test_schedules_without_a_rise_or_a_fall(schedule: Schedule) -> None:
    assert_same_digits(scene_of(OptimizerEntry(name="gradient_descent", schedule=schedule)), 1e-15)


def test_optimizers_race_by_their_schedules() -> None:
    assert_same_digits(scene_of(*one_of_each_kind(schedule=CosineSchedule(warmup=4))), 1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_its_value_and_derivatives(name: str) -> None:
    inner = ", ".join(["0.7*x + 1.3", "y^2 + 0.2", "x*y"][: FUNCTIONS[name].n_arguments])
    assert_derivatives_agree(FormulaSurface(formula=f"a*{name}({inner}) + y^3/(x + 3)", parameters={"a": 0.3}))


@pytest.mark.parametrize("name", GALLERY)
def test_every_surface_of_the_gallery_has_its_value_and_derivatives(name: str) -> None:
    assert_derivatives_agree(FormulaSurface(formula=GALLERY[name].formula, parameters=dict(GALLERY[name].parameters)))


def test_brackets_keep_the_order_of_rounding() -> None:
    for formula in (
        "x - (y - (a + x)) - -y",
        "x/(y/(a/x))*(y*(x*a))",
        "-(x + y)^2*-(x*y)/(-a)",
        "min(x, y - x)*max(-x, a)",
    ):
        assert_derivatives_agree(FormulaSurface(formula=formula, parameters={"a": 0.3}))


def test_derivatives_that_are_the_same_everywhere_are_written_as_numbers() -> None:
    program = gradsim.write_code(scene_of(OptimizerEntry(name="newton"), formula="x^2 + 3*y"), "numpy")
    assert "gradient = (2.0 * x, np.float64(3.0))\n" in program
    assert "hessian = (np.float64(2.0), np.float64(0.0), np.float64(0.0))\n" in program


def assert_derivatives_agree(surface: FormulaSurface) -> None:
    """At some points, to 1e-12 of the largest, and to the last bit where there are no elementary functions."""
    compiled = compile_surface(surface)
    dimension = compiled.dimension
    domain = BOX if dimension == 2 else Domain(x=BOX.x)
    points = np.random.default_rng(1).uniform(-1.5, 1.5, (8, dimension))
    starts = PointStarts(points=tuple(map(tuple, points.tolist())))
    newton = OptimizerEntry(name="newton")
    program = gradsim.write_code(
        Scene(surface=surface, domain=domain, starts=starts, optimizers=(newton,), steps=1), "numpy"
    )
    look = names_of(program)["loss_gradient_and_hessian"]
    upper = np.triu_indices(dimension)
    ours = np.array([np.hstack(look(tuple(point))) for point in points])
    hessian = compiled.hessian(points)[:, *upper]
    theirs = np.column_stack((compiled.value(points), compiled.gradient(points), hessian))
    tolerance = 1e-12 * np.abs(theirs).max() if has_functions(compiled.formula) else 0.0
    np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=tolerance)


@pytest.mark.parametrize(
    "starts",
    [
        GridStarts(n=(3, 2)),
        GridStarts(n=(1, 4), box=((-1.0, 2.0), (0.0, 0.3))),
        RingStarts(center=(0.1, -0.2), radius=0.7, n=5),
        LineStarts(start=(-1.0, 0.3), end=(0.7, 2.0), n=7),
        GaussianStarts(center=(0.3, 0.1), std=0.2, n=6),
        UniformStarts(n=4),
        GridStarts(n=(5,)),
        UniformStarts(n=3, box=((0.2, 0.4),)),
    ],
    ids=str,
)
def test_particles_start_at_the_same_bits(starts: object) -> None:
    flat = len(getattr(starts, "n", ())) == 1 if isinstance(starts, GridStarts) else bool(getattr(starts, "box", None))
    scene = scene_of(OptimizerEntry(name="gradient_descent"), formula="x^2" if flat else BANANA, starts=starts, seed=11)
    placed = names_of(gradsim.write_code(scene, "numpy"))["STARTS"]
    np.testing.assert_array_equal(placed, start_positions(scene.starts, scene.domain, scene.seed))


def test_of_many_particles_the_first_are_printed_and_the_means_of_all() -> None:
    scene = scene_of(OptimizerEntry(name="adam"), starts=GaussianStarts(center=(0.3, 0.1), std=0.2, n=40))
    printed = ends_printed(printed_by(gradsim.write_code(scene, "numpy")), scene)[0]
    simulated = ends_simulated(scene)[0]
    np.testing.assert_array_equal(printed[:5], simulated[:5])
    np.testing.assert_allclose(printed[5:], [simulated.mean(axis=0)], rtol=1e-14)


@pytest.mark.parametrize("formula", ["x^4 - y^4 + x*y", "1/(x + 0.5) + y^2/(y - 1.1)", "log(x) + sqrt(y)", "a*x + 0*y"])
def test_what_diverges_stays_where_it_was_last(formula: str) -> None:
    entries = [
        OptimizerEntry(name=name, hyperparameters={"learning_rate": rate})
        for name in ("gradient_descent", "adadelta", "line_search", "newton", "trust_region", "polyak")
        for rate in (1e200, 1.0)
    ]
    assert_same_digits(scene_of(*entries, formula=formula), 1e-12 if "log" in formula else 0.0)


@pytest.mark.parametrize("half", [0, 1])
def test_a_surface_that_divides_by_the_bound_of_a_box_ends_no_program(half: int) -> None:
    methods = METHODS[half * HALF : (half + 1) * HALF]
    entries = [
        OptimizerEntry(name=name, convention=convention, box=((0.0, 1.0), (0.0, 1.0))) for name, convention in methods
    ]
    assert_same_digits(scene_of(*entries, formula="1/x + y^2", starts=PointStarts(points=((-1.0, 0.5),)), steps=3))


def test_a_program_prints_the_digits_of_the_engine_in_a_process_of_its_own(tmp_path: Path) -> None:
    scene = scene_of(OptimizerEntry(name="adam", label="η = 0.1"), OptimizerEntry(name="lbfgs", convention="paper"))
    program = tmp_path / "race.py"
    program.write_text(gradsim.write_code(scene, "numpy"), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-X", "utf8", "-W", "error", str(program)], capture_output=True, encoding="utf-8", check=True
    )
    np.testing.assert_array_equal(ends_printed(ended.stdout, scene), ends_simulated(scene))
    assert ended.stdout.startswith("η = 0.1\n    x = ")


def test_equal_loops_are_written_once_and_different_ones_have_names_of_their_own() -> None:
    rates = [OptimizerEntry(name="adam", hyperparameters={"learning_rate": rate}) for rate in (0.1, 0.2, 0.3)]
    program = gradsim.write_code(scene_of(*rates, OptimizerEntry(name="adam", box=((-1.0, 1.0),) * 2)), "numpy")
    assert [program.count(f"\ndef {name}(") for name in ("adam", "race_adam", "race_adam_2")] == [1, 1, 1]
    assert program.count("race_adam(tuple(start)") == 3


def test_more_points_than_a_program_should_hold_are_refused() -> None:
    scene = scene_of(OptimizerEntry(name="adam"), starts=PointStarts(points=((0.5, 0.5),) * 10_001))
    with pytest.raises(GradsimError, match=r"10,001 points are too many .* use at most 10,000"):
        gradsim.write_code(scene, "numpy")


def test_a_race_without_optimizers_is_refused() -> None:
    with pytest.raises(GradsimError, match="no optimizer is switched on"):
        gradsim.write_code(scene_of(OptimizerEntry(name="adam", enabled=False)), "numpy")


def test_an_unknown_library_is_named_with_the_nearest() -> None:
    scene = scene_of(OptimizerEntry(name="adam"))
    with pytest.raises(GradsimError, match="'torch'; did you mean 'pytorch'"):
        gradsim.write_code(scene, "torch")
