"""Heads of a few particles: where they overlap, every pixel shows the nearest, so that no head hides another."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gradsim.core.compiled import kernel
from gradsim.core.render.palette import Color

FEW_HEADS = 60
MAX_LETTERED_PARTICLES = 12
LETTER_RADIUS = 8.5  # logical pixels of a head that carries a letter
_FAN = 0.5  # logical pixels by which heads at the same place step aside, when it is decided whose a pixel is
_SPLIT_FROM, _SPLIT_FULL = 3.0, 8.0  # logical pixels between two heads at which a line between them appears


def shows_letters(n_optimizers: int, n_particles: int) -> bool:
    """Return whether heads are few enough for letters: at most 12 of each optimizer and 60 in all."""
    return 0 < n_particles <= MAX_LETTERED_PARTICLES and n_optimizers * n_particles <= FEW_HEADS


def draw_few_heads(
    picture: NDArray[np.uint8],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    colors: NDArray[np.float32],
    rim: Color,
    radius: float,
    rim_width: float,
    pixel_ratio: float,
) -> None:
    """Draw rimmed discs into ``picture``, uint8 (height, width, 4) BGRX; those at the same place become a pie.

    Args:
        x, y: device pixels, float64 (optimizers, particles); what is not finite is not drawn.
        colors: float32 (optimizers, 3): blue, green, red, 0…255.
        radius, rim_width: device pixels.
    """
    n_optimizers, n_particles = x.shape
    turns = (np.arange(n_optimizers)[:, np.newaxis] + np.arange(n_particles) / n_particles) / max(1, n_optimizers)
    angles = math.pi + 2.0 * math.pi * turns
    aside = _FAN * pixel_ratio
    centers = np.stack([x, y], axis=-1).reshape(-1, 2)
    seats = centers + aside * np.stack([np.cos(angles), np.sin(angles)], axis=-1).reshape(-1, 2)
    height, width = picture.shape[:2]
    reach = radius + rim_width + 1.0
    with np.errstate(invalid="ignore"):
        seen = ((centers > -reach) & (centers < np.array([width, height]) + reach)).all(axis=1)
    paint_shared_heads(
        picture,
        np.ascontiguousarray(centers[seen]),
        np.ascontiguousarray(seats[seen]),
        np.ascontiguousarray(np.repeat(colors, n_particles, axis=0)[seen]),
        np.array(rim[::-1], dtype=np.float32),
        radius,
        rim_width,
        _SPLIT_FROM * pixel_ratio,
        1.0 / ((_SPLIT_FULL - _SPLIT_FROM) * pixel_ratio),
    )


@kernel(
    "void(uint8[:, :, ::1], float64[:, ::1], float64[:, ::1], float32[:, ::1], float32[::1],"
    "float64, float64, float64, float64)"
)
def paint_shared_heads(picture, centers, seats, colors, rim, radius, rim_width, split_from, per_split):  # type: ignore[no-untyped-def]
    """Paint discs about ``centers``; a pixel of several belongs to the one whose seat is nearest."""
    height, width = picture.shape[0], picture.shape[1]
    n = centers.shape[0]
    reach = radius + rim_width + 0.5
    near = np.empty(n, dtype=np.int64)
    for h in range(n):
        cx, cy = centers[h, 0], centers[h, 1]
        n_near = 0
        for k in range(n):
            if k != h and abs(centers[k, 0] - cx) < 2.0 * reach and abs(centers[k, 1] - cy) < 2.0 * reach:
                near[n_near] = k
                n_near += 1
        for iy in range(max(0, int(np.floor(cy - reach))), min(height - 1, int(np.floor(cy + reach))) + 1):
            for ix in range(max(0, int(np.floor(cx - reach))), min(width - 1, int(np.floor(cx + reach))) + 1):
                px, py = ix + 0.5, iy + 0.5
                nearest = np.sqrt((px - cx) ** 2 + (py - cy) ** 2)
                if nearest >= reach:
                    continue
                own = (px - seats[h, 0]) ** 2 + (py - seats[h, 1]) ** 2
                edge, gap, neighbour, is_own = 1e9, 0.0, h, True
                for k in near[:n_near]:
                    distance = np.sqrt((px - centers[k, 0]) ** 2 + (py - centers[k, 1]) ** 2)
                    if distance >= reach:
                        continue
                    other = (px - seats[k, 0]) ** 2 + (py - seats[k, 1]) ** 2
                    if other < own or (other == own and k < h):
                        is_own = False
                        break
                    nearest = min(nearest, distance)
                    between = np.sqrt((seats[h, 0] - seats[k, 0]) ** 2 + (seats[h, 1] - seats[k, 1]) ** 2)
                    to_edge = (other - own) / (2.0 * between) if between > 0.0 else 1e9
                    if to_edge < edge:
                        edge, gap, neighbour = to_edge, between, k
                if not is_own:
                    continue
                inside = min(1.0, max(0.0, radius + 0.5 - nearest))
                cover = min(1.0, reach - nearest)
                share = min(1.0, 0.5 + edge)
                line = min(1.0, max(0.0, (gap - split_from) * per_split))
                line *= min(1.0, max(0.0, 0.5 + 0.35 * rim_width - edge))
                inside *= 1.0 - line
                for c in range(3):
                    disc = colors[h, c] * share + colors[neighbour, c] * (1.0 - share)
                    color = rim[c] + (disc - rim[c]) * inside
                    below = float(picture[iy, ix, c])
                    picture[iy, ix, c] = np.uint8(below + (color - below) * cover + 0.5)
