"""What stands between the surface and the rule: given, summed, clipped and decayed gradients, and boxes."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from gradsim.core.anatomy import dissect
from gradsim.core.errors import SceneError, SimulationError
from gradsim.core.scene import (
    AccumulatedGradient,
    Clip,
    Domain,
    ExponentialSchedule,
    FormulaSurface,
    GradientSequence,
    OptimizerEntry,
    PointStarts,
    Scene,
    UniformStarts,
)
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface

ETA = 0.01
STARTS = ((-1.0, 2.0), (1.5, -0.5))


def scene_of(**entry: object) -> Scene:
    fields = {"name": "gradient_descent", "hyperparameters": {"learning_rate": ETA}}
    return Scene(
        surface=FormulaSurface(formula="(1 - x)^2 + 3*(y - x^2)^2"),
        domain=Domain(x=(-3.0, 3.0), y=(-3.0, 3.0)),
        optimizers=(OptimizerEntry(**{**fields, **entry}),),
        starts=PointStarts(points=STARTS),
        steps=30,
    )


def gradient(points: np.ndarray) -> np.ndarray:
    x, y = points[..., 0], points[..., 1]
    return np.stack([-2 * (1 - x) - 12 * x * (y - x * x), 6 * (y - x * x)], axis=-1)


def descend(see, steps: int = 30) -> np.ndarray:
    """Gradient descent in plain NumPy with the gradient that ``see`` makes of the positions."""
    path = [np.array(STARTS)]
    for _ in range(steps):
        path.append(path[-1] - ETA * see(path[-1]))
    return np.array(path)


def test_accumulated_gradients_are_summed_since_the_start() -> None:
    total = np.zeros((2, 2))

    def see(points: np.ndarray) -> np.ndarray:
        nonlocal total
        total = total + gradient(points)
        return total

    run = simulate(scene_of(gradient=AccumulatedGradient()))
    np.testing.assert_allclose(run.positions[0], descend(see), rtol=1e-12)


def test_a_sequence_takes_the_place_of_the_gradient_and_repeats() -> None:
    run = simulate(scene_of(gradient=GradientSequence(values=(1010.0, -10.0, -10.0))))
    given = np.tile([1010.0, -10.0, -10.0], 10)
    expected = np.array(STARTS) - ETA * np.concatenate([[0.0], np.cumsum(given)])[:, None, None]
    np.testing.assert_allclose(run.positions[0], expected, rtol=1e-12, atol=1e-12)


def test_clipping_by_value_bounds_every_coordinate() -> None:
    run = simulate(scene_of(clip=Clip(by="value", limit=0.7)))
    np.testing.assert_allclose(run.positions[0], descend(lambda p: np.clip(gradient(p), -0.7, 0.7)), rtol=1e-12)


def test_clipping_by_norm_keeps_the_direction() -> None:
    def see(points: np.ndarray) -> np.ndarray:
        g = gradient(points)
        return g * np.minimum(1.0, 0.7 / np.linalg.norm(g, axis=-1, keepdims=True))

    run = simulate(scene_of(clip=Clip(by="norm", limit=0.7)))
    np.testing.assert_allclose(run.positions[0], descend(see), rtol=1e-12)


def test_updates_are_projected_into_the_box() -> None:
    run = simulate(scene_of(box=((-1.0, 0.5), (0.0, 2.0))))
    free = simulate(scene_of())
    x, y = run.positions[0, 1:, :, 0], run.positions[0, 1:, :, 1]
    assert x.max() == 0.5
    assert (x.min(), y.min(), y.max()) >= (-1.0, 0.0, 0.0)
    assert y.max() <= 2.0
    assert free.positions[0, :, :, 0].max() > 0.5
    assert np.array_equal(run.positions[0, 0], STARTS)  # a start may lie outside


@pytest.mark.parametrize(
    "options",
    [
        {"gradient": AccumulatedGradient()},
        {"gradient": GradientSequence(values=(3.0, -1.0))},
        {"clip": Clip(by="norm", limit=0.7)},
        {"box": ((-1.0, 0.5), (0.0, 2.0))},
    ],
    ids=["accumulated", "sequence", "clip", "box"],
)
def test_a_single_update_taken_apart_leads_where_the_race_went(options: dict[str, object]) -> None:
    scene = scene_of(**options)
    run, surface = simulate(scene), compile_surface(scene.surface)
    for step in (0, 1, 7, 29):
        anatomy = dissect(run, surface, 0, particle=1, step=step)
        np.testing.assert_array_equal(anatomy.update.position, run.positions[0, step + 1, 1])


def test_a_sum_of_gradients_is_refused_where_they_cannot_be_told_apart() -> None:
    with pytest.raises(SceneError, match=r"\$.optimizers\[0\].gradient.kind: sam takes several"):
        simulate(scene_of(name="sam", gradient=AccumulatedGradient()))


@pytest.mark.parametrize(
    ("name", "per_update"), [("gradient_descent", 1), ("nesterov", 1), ("sam", 2), ("gradient_flow", 4)]
)
def test_gradients_are_counted(name: str, per_update: int) -> None:
    run = simulate(scene_of(name=name), 7)
    np.testing.assert_array_equal(run.evaluations[0], per_update * run.steps)


@pytest.mark.parametrize(
    ("name", "other", "values"),
    [
        ("momentum", "momentum", (0.5, 0.8)),
        ("adam", "beta1", (0.5, 0.8)),
        ("sam", "radius", (0.5, 0.8)),
        ("momentum", "weight_decay", (0.0, 0.1)),  # through the gradient
        ("adamw", "weight_decay", (0.0, 0.1)),  # beside it
    ],
)
def test_a_map_of_hyperparameters_is_the_runs_of_each(name: str, other: str, values: tuple[float, float]) -> None:
    grid = {"learning_rate": np.repeat([0.001, 0.01, 0.02], 2), other: np.tile(values, 3)}
    scene = scene_of(name=name, hyperparameters={})
    point = PointStarts(points=(STARTS[0],) * 6)
    together = simulate(replace(scene, starts=point), per_particle={0: grid})
    for k in range(6):
        own = {key: float(array[k]) for key, array in grid.items()}
        alone = simulate(replace(scene_of(name=name, hyperparameters=own), starts=PointStarts(points=(STARTS[0],))))
        np.testing.assert_array_equal(together.positions[0, :, k], alone.positions[0, :, 0])


def test_a_map_of_learning_rates_follows_the_schedule() -> None:
    scene = scene_of(schedule=ExponentialSchedule(rate=0.1))
    rates = np.array([0.01, 0.02])
    together = simulate(scene, per_particle={0: {"learning_rate": rates}})
    for k, rate in enumerate(rates.tolist()):
        alone = simulate(scene_of(hyperparameters={"learning_rate": rate}, schedule=ExponentialSchedule(rate=0.1)))
        np.testing.assert_array_equal(together.positions[0, :, k], alone.positions[0, :, k])


@pytest.mark.parametrize(
    ("per_particle", "words"),
    [
        ({1: {"learning_rate": np.ones(2)}}, "optimizer 1, but 1 race"),
        ({0: {"lerning_rate": np.ones(2)}}, "learning_rate"),
        ({0: {"learning_rate": np.ones(3)}}, r"shape \(2,\), got \(3,\)"),
        ({0: {"learning_rate": np.array([0.1, -0.1])}}, "≥ 0, got -0.1"),
    ],
)
def test_a_map_that_does_not_fit_is_refused(per_particle, words: str) -> None:
    with pytest.raises(SimulationError, match=words):
        simulate(scene_of(), per_particle=per_particle)


@pytest.mark.parametrize("hyperparameter", ["learning_rate", "weight_decay"])
def test_many_particles_with_values_of_their_own_are_raced_in_blocks(hyperparameter: str) -> None:
    scene = replace(scene_of(), starts=UniformStarts(n=1300))
    values = np.linspace(0.001, 0.02, 1300)
    together = simulate(scene, per_particle={0: {hyperparameter: values}})
    for k in (0, 511, 512, 1299):
        own = {"learning_rate": ETA, hyperparameter: float(values[k])}
        alone = simulate(replace(scene_of(hyperparameters=own), starts=scene.starts))
        np.testing.assert_array_equal(together.positions[0, :, k], alone.positions[0, :, k])
