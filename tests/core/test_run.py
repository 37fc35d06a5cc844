"""A run's frames: records as they are, straight lines between them."""

from __future__ import annotations

import numpy as np
import pytest

from gradsim.core.run import Run
from gradsim.core.scene import Domain, FormulaSurface, PointStarts, Scene


@pytest.fixture
def run() -> Run:
    scene = Scene(
        surface=FormulaSurface(formula="x"), domain=Domain(x=(0.0, 9.0)), starts=PointStarts(points=((0.0,),)), steps=10
    )
    positions = np.array([0.0, 4.0, 6.0])[None, :, None, None]
    losses = np.array([0.0, 4.0, np.inf])[None, :, None]
    return Run(
        scene,
        ("descent",),
        np.array([0, 4, 10]),
        positions,
        losses,
        np.zeros((1, 1), np.uint8),
        np.array([[0.0, 4.0, 10.0]]),
        np.arange(1),
    )


@pytest.mark.parametrize(("step", "position"), [(0, 0.0), (1, 1.0), (2.5, 2.5), (4, 4.0), (7, 5.0), (10, 6.0)])
def test_frame_lies_on_the_line_between_records(run: Run, step: float, position: float) -> None:
    frame = run.frame_at(step)
    assert frame.step == step
    assert frame.positions.shape == (1, 1, 1)
    assert frame.positions[0, 0, 0] == pytest.approx(position)


@pytest.mark.parametrize(("step", "clipped"), [(-3.0, 0.0), (99.0, 10.0)])
def test_steps_outside_the_run_are_clipped(run: Run, step: float, clipped: float) -> None:
    assert run.frame_at(step).step == clipped


def test_loss_is_not_interpolated_towards_infinity(run: Run) -> None:
    assert run.frame_at(2.0).losses[0, 0] == pytest.approx(2.0)
    assert run.frame_at(7.0).losses[0, 0] == 4.0
    assert run.frame_at(10.0).losses[0, 0] == np.inf


@pytest.mark.parametrize(("step", "index"), [(0, 0), (3.9, 0), (4, 1), (9, 1), (10, 2), (50, 2), (-1, 0)])
def test_record_index_is_the_last_record_not_after_the_step(run: Run, step: float, index: int) -> None:
    assert run.record_index(step) == index
