"""The programs for PyTorch and optax print the engine's digits; run where these libraries are installed."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from msgspec.structs import replace
from programs import ends_printed, ends_simulated, printed_by

import gradsim
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.scene import (
    AccumulatedGradient,
    Clip,
    CosineSchedule,
    Domain,
    FormulaSurface,
    GradientSequence,
    NoisyGradient,
    OptimizerEntry,
    PointStarts,
    Scene,
)
from gradsim.core.scripts.library_calls import OPTAX, TORCH

LIBRARIES = [
    pytest.param(library, table, marks=pytest.mark.skipif(not found, reason=f"{library} is not installed"))
    for library, table, found in (
        ("pytorch", TORCH, importlib.util.find_spec("torch")),
        ("optax", OPTAX, importlib.util.find_spec("optax")),
    )
]
SCENE = Scene(
    surface=FormulaSurface(formula="(0.4 - x)^2/2 + a*(y - x^2)^2 + 0.1*sin(x*y)", parameters={"a": 2.0}),
    domain=Domain(x=(-2.0, 2.0), y=(-2.0, 2.0)),
    starts=PointStarts(points=((-0.5, 0.3), (0.7, 1.1))),
    steps=100,
)
SETTINGS = {
    "plain": {},
    "schedule": {"schedule": CosineSchedule(warmup=5)},
    "noise": {"gradient": NoisyGradient(std=0.1)},
    "accumulated": {"gradient": AccumulatedGradient()},
    "accumulated and clipped": {"gradient": AccumulatedGradient(), "clip": Clip(by="norm", limit=0.3)},
    "sequence": {"gradient": GradientSequence(values=(1.0, -0.5, 0.25))},
    "norm": {"clip": Clip(by="norm", limit=0.3)},
    "value": {"clip": Clip(by="value", limit=0.2)},
    "box": {"box": ((-0.6, 0.5), (0.2, 1.0))},
}


def assert_same_digits(scene: Scene, library: str) -> None:
    printed = ends_printed(printed_by(gradsim.write_code(scene, library)), scene)
    np.testing.assert_allclose(printed, ends_simulated(scene), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("library", "table"), LIBRARIES)
def test_every_method_of_a_library_ends_where_the_engine_does(library: str, table: dict[tuple[str, str], str]) -> None:
    # Slower than by default: who bounces between the walls of a ravine multiplies the last digit.
    entries = tuple(
        OptimizerEntry(
            name=name,
            convention=convention,
            hyperparameters={"learning_rate": 0.2 * OPTIMIZERS[name].rule(convention).defaults["learning_rate"]},
        )
        for name, convention in table
    )
    assert_same_digits(replace(SCENE, optimizers=entries), library)


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize(("library", "table"), LIBRARIES)
def test_gradients_schedules_and_boxes_are_those_of_the_engine(
    library: str, table: dict[tuple[str, str], str], settings: dict[str, object]
) -> None:
    slow = {"learning_rate": 0.003}  # nobody runs away, which would blow up the last digit
    names = ("adam", "momentum", "qhm")
    entries = tuple(OptimizerEntry(name=name, hyperparameters=slow, **settings) for name in names)  # type: ignore[arg-type]
    for goal in ("minimize", "maximize"):
        assert_same_digits(replace(SCENE, optimizers=entries, goal=goal, steps=20), library)


@pytest.mark.parametrize(("library", "table"), LIBRARIES)
def test_particles_that_race_one_after_the_other_have_noise_of_their_own(
    library: str, table: dict[tuple[str, str], str]
) -> None:
    convention = next(convention for name, convention in table if name == "lbfgs")
    slow = {"learning_rate": 0.01}
    noisy = OptimizerEntry(name="lbfgs", convention=convention, hyperparameters=slow, gradient=NoisyGradient(std=0.1))
    assert_same_digits(replace(SCENE, optimizers=(noisy,), steps=10), library)


@pytest.mark.parametrize(("library", "table"), LIBRARIES)
def test_what_diverges_stays_where_it_was_last(library: str, table: dict[tuple[str, str], str]) -> None:
    wild = OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 3.0})
    assert_same_digits(replace(SCENE, optimizers=(wild,), steps=30), library)


@pytest.mark.parametrize("formula", ["(x^2 - 1.2)^2 + 0.3*x", "min(x, 2*x, 3)*x + max(sin(1), x) + e^x + e^2", "3"])
@pytest.mark.parametrize(("library", "table"), LIBRARIES)
def test_surfaces_of_one_variable(library: str, table: dict[tuple[str, str], str], formula: str) -> None:
    starts = PointStarts(points=((-0.5,), (0.7,)))
    entries = (OptimizerEntry(name="adam"), OptimizerEntry(name="damped_newton"))
    surface, domain = FormulaSurface(formula=formula), Domain(x=(-2.0, 2.0))
    scene = Scene(surface=surface, domain=domain, starts=starts, optimizers=entries, steps=30)
    assert_same_digits(scene, library)
