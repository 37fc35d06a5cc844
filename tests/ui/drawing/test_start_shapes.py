"""The outline of a cloud's starts is on the map, where the particles begin."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from small_races import finished_session, valley

from gradsim.core.race.starts import start_positions
from gradsim.core.render.palette import THEMES
from gradsim.core.scene import Domain, GaussianStarts, GridStarts, LineStarts, RingStarts, Starts, UniformStarts
from gradsim.ui.drawing.picture import FramePicture
from gradsim.ui.drawing.start_shapes import start_outline

BOX = ((-2.0, 1.0), (0.0, 3.0))
OUTLINED: list[Starts] = [
    LineStarts(start=(-3.0, -2.0), end=(4.0, 3.0), n=700),
    RingStarts(center=(0.5, -1.0), radius=2.0, n=700),
    UniformStarts(n=700, box=BOX),
    GridStarts(n=(27, 26), box=BOX),
]
DOMAIN = Domain(x=(-6.0, 6.0), y=(-6.0, 6.0))


@pytest.mark.parametrize("starts", OUTLINED, ids=lambda starts: type(starts).__name__)
def test_the_outline_bounds_the_particles(starts: Starts) -> None:
    outline, particles = start_outline(starts, DOMAIN), start_positions(starts, DOMAIN, 0)
    assert np.all(particles.min(axis=0) >= outline.min(axis=0) - 1e-9)
    assert np.all(particles.max(axis=0) <= outline.max(axis=0) + 1e-9)
    assert np.allclose(np.ptp(particles, axis=0), np.ptp(outline, axis=0), rtol=0.05)


def test_the_ring_of_a_gaussian_holds_the_share_within_one_standard_deviation() -> None:
    starts = GaussianStarts(center=(1.0, -1.0), std=0.7, n=20_000)
    radii = np.hypot(*(start_positions(starts, DOMAIN, 3) - starts.center).T)
    reach = np.hypot(*(start_outline(starts, DOMAIN) - starts.center).T)
    assert np.allclose(reach, 0.7)
    assert np.mean(radii <= reach[0]) == pytest.approx(1 - np.exp(-0.5), abs=0.01)


@pytest.mark.parametrize("starts", OUTLINED, ids=lambda starts: type(starts).__name__)
def test_the_outline_is_drawn(dressed: QApplication, starts: Starts) -> None:
    scene = valley(starts=starts)
    session = finished_session(scene)

    def picture() -> FramePicture:
        return FramePicture(scene, session.run, session.surface, session.critical_points, THEMES["dark"], 700, 500)

    outlined, plain = picture(), picture()
    plain.overlay.outline_pixels = np.empty((0, 2))
    origin = outlined.layout.area.topLeft()
    x, y = (outlined.overlay.outline_pixels[0] - (origin.x(), origin.y())).round().astype(int)
    near = np.s_[0, y - 3 : y + 4, x - 3 : x + 4, :3]
    difference = [each.draw_map(float(scene.steps)).pixels[near].astype(int) for each in (outlined, plain)]
    assert np.abs(difference[0] - difference[1]).max() > 40
