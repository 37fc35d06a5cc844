"""Where particles are on the map at a moment, and which of them is meant by a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from gradsim.ui.drawing.marks import pixels_within
from gradsim.ui.selection import ParticlePlace

if TYPE_CHECKING:
    from gradsim.core.run import Frame, Run
    from gradsim.ui.drawing.overlay import Overlay

REACH_EM = 1.5
SAME_PLACE_EM = 0.2
"""Heads this close to each other lie on top of each other; another click goes on to the next of them."""


def has_particle(run: Run | None, place: ParticlePlace | None) -> bool:
    """Whether ``place`` is a particle of the race that ``run`` is of."""
    return (
        run is not None
        and place is not None
        and 0 <= place.optimizer < run.n_optimizers
        and 0 <= place.particle < run.n_raced
    )


def shown_particles(run: Run, frame: Frame) -> np.ndarray:
    """Return the numbers of the particles in a ``frame`` of ``run``, int64, ascending: all, or those of the sample."""
    n_shown = frame.positions.shape[1]
    return run.particles if n_shown == run.n_particles else np.arange(n_shown)


def particle_pixel(overlay: Overlay, run: Run, place: ParticlePlace, frame: Frame) -> QPointF | None:
    """Return the pixel of one particle of ``run`` on ``overlay`` at ``frame``; None where it is not shown there."""
    if place.optimizer not in overlay.optimizers or place.optimizer >= len(frame.positions):
        return None
    positions = frame.positions[place.optimizer]
    numbers = shown_particles(run, frame)
    index = int(np.searchsorted(numbers, place.particle))
    if index == len(numbers) or numbers[index] != place.particle:  # all particles are still being raced
        return None
    if positions.shape[1] != run.dimension:  # the map is of an earlier run
        return None
    pixels = overlay.place(positions[index][np.newaxis])
    area = QRectF(overlay.layout.area)
    shown = pixels[pixels_within(pixels, area, 2 * overlay.layout.em)]
    return QPointF(*shown[0].tolist()) if len(shown) else None


def pick_particle(
    overlay: Overlay, run: Run, step: float, pixel: QPointF, selected: ParticlePlace | None
) -> ParticlePlace | None:
    """Return the particle whose head is nearest to ``pixel``, None where there is none within reach.

    Of heads on top of each other, the one after ``selected`` is picked, else the nearest. A replay takes a while: call
    it on a worker.
    """
    frame = run.frame_at(step)
    numbers = shown_particles(run, frame)
    positions = frame.positions[list(overlay.optimizers)]
    _, n_particles, dimension = positions.shape
    pixels = overlay.place(positions.reshape(-1, dimension))
    if not len(pixels):
        return None
    with np.errstate(all="ignore"):
        distances = np.hypot(pixels[:, 0] - pixel.x(), pixels[:, 1] - pixel.y())
    distances[~np.isfinite(distances)] = np.inf
    nearest = float(distances.min())
    em = overlay.layout.em
    if nearest > REACH_EM * em:
        return None
    together = np.flatnonzero(distances <= nearest + SAME_PLACE_EM * em)
    together = together[np.argsort(distances[together], kind="stable")]
    places = [
        ParticlePlace(overlay.optimizers[index // n_particles], int(numbers[index % n_particles]))
        for index in together.tolist()
    ]
    return places[(places.index(selected) + 1) % len(places)] if selected in places else places[0]
