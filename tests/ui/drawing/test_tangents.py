"""Tangents on a 1-D curve: the exact slope on the screen, and arrows as long as the next update."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from small_races import finished_session, two_wells, valley

from gradsim.core.race.checkpoints import Checkpoints
from gradsim.core.render.palette import THEMES
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import FormulaSurface, GridStarts, OptimizerEntry, PointStarts, Scene
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.drawing.tangents import next_updates, tangent_directions


def drawn(scene: Scene, step: float, **view: object) -> np.ndarray:
    scene = replace(scene, view=replace(scene.view, **view))
    session = finished_session(scene)
    picture = FramePicture(scene, session.run, session.surface, None, THEMES["dark"], 900, 640)
    return picture.draw_map(step).pixels[0, ..., :3].astype(int)


@pytest.mark.parametrize("formula", ["x**4 - 3*x**2 + x", "exp(x)", "0.3*x + 2"])
def test_tangents_have_the_slope_of_the_curve_on_the_screen(formula: str) -> None:
    surface = compile_surface(FormulaSurface(formula=formula))
    viewport = Viewport((-2.2, 2.2), (-7.0, 9.0), 800, 300)
    x = np.linspace(-2, 2, 41)
    directions = tangent_directions(surface, x, viewport)
    h = 1e-6
    ends = [np.stack([at, surface.value(at[:, None])], axis=-1) for at in (x - h, x + h)]
    secants = (viewport.to_pixels(ends[1]) - viewport.to_pixels(ends[0])) / (2 * h)
    assert directions == pytest.approx(secants, rel=1e-6, abs=1e-5)


def test_an_arrow_is_the_update_that_follows() -> None:
    run = simulate(two_wells())
    x = run.positions[..., 0]
    assert next_updates(run, 3.0) == pytest.approx(x[:, 4] - x[:, 3])
    halfway = 0.5 * (x[:, 4] - x[:, 3]) + 0.5 * (x[:, 5] - x[:, 4])
    assert next_updates(run, 3.5) == pytest.approx(halfway)
    assert np.isnan(next_updates(run, float(run.last_step))).all()
    assert np.isfinite(next_updates(run, run.last_step - 0.5)).all()
    sparse = simulate(two_wells(), record_every=4)
    assert np.isnan(next_updates(sparse, 4.0)).all()


def test_arrows_of_a_race_that_is_replayed_are_there_as_far_as_it_has_been_raced() -> None:
    scene = two_wells(steps=20_000)
    recorded = simulate(scene)
    replay = Checkpoints(scene, memory_budget=2**20)
    run = dataclasses.replace(simulate(scene, 500), replay=replay)
    assert np.isnan(next_updates(run, 3.0)).all()
    replay.race()
    for step in (0.0, 3.0, 7.25, 499.5, 20_000 - 1.0, 20_000 - 0.5):
        np.testing.assert_array_equal(next_updates(run, step), next_updates(recorded, step))
    assert np.isnan(next_updates(run, 20_000.0)).all()


def test_the_arrow_ends_above_or_below_the_next_place(dressed: QApplication) -> None:
    entry = OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.3})
    scene = two_wells(optimizers=(entry,), starts=PointStarts(points=((0.6,),)))
    run, surface = simulate(scene), compile_surface(scene.surface)
    plain, marked = (drawn(scene, 0.0, tangents=on, trail=0, dimming=1.0) for on in (False, True))
    rows, columns = np.nonzero(np.abs(marked - plain).max(axis=2) > 90)
    picture = FramePicture(scene, run, surface, None, THEMES["dark"], 900, 640)
    here = picture.viewport.to_pixels((0.6, float(surface.value([0.6]))))
    there = picture.viewport.to_pixels((float(run.positions[0, 1, 0, 0]), 0.0))[0]
    assert there > here[0] + 60  # beyond the tangent's own end
    slope = -float(surface.gradient([0.6])[0]) * picture.viewport.scale[0] / picture.viewport.scale[1]
    beside = np.abs(rows + 0.5 - here[1] - slope * (columns + 0.5 - here[0])) / np.hypot(1, slope)
    assert (beside < 7).mean() > 0.8
    assert columns[beside < 1.5].max() == pytest.approx(there, abs=2.5)


def test_only_a_few_balls_on_a_curve_have_tangents(dressed: QApplication) -> None:
    crowd = two_wells(starts=GridStarts(n=(7,)))
    for scene in (crowd, valley()):
        assert (drawn(scene, 3.0, tangents=True) == drawn(scene, 3.0, tangents=False)).all()
    few = two_wells(starts=GridStarts(n=(6,)))
    assert (drawn(few, 3.0, tangents=True) != drawn(few, 3.0, tangents=False)).any()


@pytest.mark.parametrize("formula", ["abs(x)", "sqrt(x)", "1/x", "log(x)", "x**63*1e50"])
def test_any_slope_can_be_drawn(dressed: QApplication, formula: str) -> None:
    scene = two_wells(surface=FormulaSurface(formula=formula), starts=PointStarts(points=((0.0,), (1.5,), (2.2,))))
    for step in (0.0, 0.5, 40.0):
        drawn(scene, step, tangents=True)
