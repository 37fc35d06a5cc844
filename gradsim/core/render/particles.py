"""Particles on the map: rimmed discs, one-pixel heads or a density, whichever their number asks for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradsim.core.compiled import inlined, kernel
from gradsim.core.render.few_heads import FEW_HEADS, LETTER_RADIUS, draw_few_heads
from gradsim.core.render.lines import add_to_pixel
from gradsim.core.render.palette import Color
from gradsim.core.render.trails import Layer, add_trails

MAX_DISCS = 12_000
CROWD = 2_000  # more particles than this share thinner and shorter trails
MAX_HEADS = 100_000
TRAIL_WIDTH = 1.6  # logical pixels
JOINED_WIDTH = 2.0  # pixels: wider trails of few particles show how their pieces are joined
MAX_JOINED = 64
TRAIL_WEIGHT = 2.8  # of one trail against the map below it
RIM_WIDTH = 1.2  # logical pixels around a large head
MAX_TRAIL_RECORDS = 800_000  # read per frame, all particles together
MAX_TRAIL_PIXELS = 3_000_000.0  # drawn per frame, all particles together
MAX_CROWD_TRAIL_PIXELS = 300_000.0  # the same for a crowd
DOT_WIDTH = 1.5  # logical pixels of the heads of a crowd
DOT_OPACITY = 0.92
SPLAT_WEIGHT = 1.4  # of one particle of a density


@dataclass(frozen=True)
class Trails:
    """Recorded positions to draw trails from.

    Attributes:
        x, y: float64 (optimizers, records, particles), any strides.
        steps: int64 (records,).
        step, n_steps: the trail covers ``n_steps`` steps up to the real-valued ``step``.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    steps: NDArray[np.int64]
    step: float
    n_steps: float


@dataclass(frozen=True)
class Heads:
    """Where particles are now.

    Attributes:
        x, y: float64 (optimizers, particles), any strides; values that are not finite are not drawn.
        alive: bool (optimizers, particles); particles that have diverged leave a faint ring, or nothing in a crowd.
        colors: float32 (optimizers, 3): blue, green, red, 0…255.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    alive: NDArray[np.bool_]
    colors: NDArray[np.float32]


def draw_particles(
    picture: NDArray[np.uint8],
    layer: Layer,
    *,
    heads: Heads,
    trails: Trails | None,
    transform: tuple[float, float, float, float],
    rim: Color,
    pixel_ratio: float,
    n_altogether: int | None = None,
    lettered: bool = False,
    below_heads: Callable[[], None] | None = None,
) -> None:
    """Draw trails and heads into ``picture``, uint8 (height, width, 4) BGRX.

    Args:
        layer: of the picture's size; it is left empty.
        transform: pixels per unit of x, x of the left edge, pixels per unit of y (negative), y of the top edge.
        n_altogether: particles on this picture and on others beside it, which are drawn alike and share the work that
            one picture may cost; by default those of ``heads``.
        lettered: whether heads are large enough to carry a letter.
        below_heads: draws what lies between the trails and rimmed heads.
    """
    n_particles = heads.x.size if n_altogether is None else n_altogether
    to_pixels = np.array([transform[0], transform[1], transform[2], transform[3]])
    if n_particles > MAX_HEADS:
        # A logical pixel has more device pixels to cover at a high resolution.
        weight = SPLAT_WEIGHT * pixel_ratio
        layer.touched[:] = 1
        add_splats(layer.sums, heads.x, heads.y, heads.alive, to_pixels, heads.colors, weight)
        layer.blend(picture)
        return
    crowded = n_particles > CROWD
    if trails is not None and trails.n_steps > 0 and n_particles > 0:
        # Each of many trails is fainter, so that a thousand do not paint the map over.
        weight = TRAIL_WEIGHT * min(1.0, (150.0 / n_particles) ** 0.5)
        n_records = 1 + int(
            np.searchsorted(trails.steps, trails.step) - np.searchsorted(trails.steps, trails.step - trails.n_steps)
        )
        line_width = (1.0 if crowded else TRAIL_WIDTH) * pixel_ratio
        stride = max(1, round(n_records * n_particles / MAX_TRAIL_RECORDS))
        add_trails(
            layer.sums,
            layer.touched,
            trails.x,
            trails.y,
            trails.steps,
            heads.x,
            heads.y,
            trails.step,
            trails.n_steps,
            to_pixels,
            heads.colors,
            line_width,
            weight,
            stride,
            (MAX_CROWD_TRAIL_PIXELS if crowded else MAX_TRAIL_PIXELS) * pixel_ratio / n_particles,
            line_width > JOINED_WIDTH and n_particles <= MAX_JOINED,
        )
        layer.blend(picture)
    if n_particles > MAX_DISCS:
        width = DOT_WIDTH * pixel_ratio
        add_dots(picture, heads.x, heads.y, heads.alive, to_pixels, heads.colors, width, DOT_OPACITY)
        return
    if below_heads is not None:
        below_heads()
    radius = head_radius(n_particles, lettered=lettered) * pixel_ratio
    rim_width = min(RIM_WIDTH * pixel_ratio, 0.45 * radius)
    gone, x, y = ~heads.alive, heads.x, heads.y
    if n_particles <= FEW_HEADS:
        per_x, left, per_y, top = transform
        with np.errstate(over="ignore", invalid="ignore"):
            pixels_x, pixels_y = (x - left) * per_x, (y - top) * per_y
        pixels_x[gone] = np.nan
        draw_few_heads(
            picture,
            pixels_x,
            pixels_y,
            colors=heads.colors,
            rim=rim,
            radius=radius,
            rim_width=rim_width,
            pixel_ratio=pixel_ratio,
        )
        if not gone.any():
            return
        x = np.where(gone, x, np.nan)
    rim_color = np.array(rim[::-1], dtype=np.float32)
    add_heads(picture, x, y, heads.alive, to_pixels, heads.colors, rim_color, radius, rim_width)


def head_radius(n_particles: int, *, lettered: bool = False) -> float:
    """Return the radius of a head in logical pixels: 6.5 for a few, less for many, so that a crowd stays legible."""
    return LETTER_RADIUS if lettered else min(6.5, max(1.8, 6.5 * math.pow(8.0 / max(1, n_particles), 0.22)))


@inlined
def _is_near(px, py, reach, width, height):  # type: ignore[no-untyped-def]
    """Whether a point (false for nan) may colour a pixel; only then may it become an integer."""
    return px > -reach and py > -reach and px < width + reach and py < height + reach


@kernel(
    "void(uint8[:, :, ::1], float64[:, :], float64[:, :], boolean[:, ::1], float64[::1], float32[:, ::1], float32[::1],"
    "float64, float64)"
)
def add_heads(picture, x, y, alive, transform, colors, rim, radius, rim_width):  # type: ignore[no-untyped-def]
    """Draw discs over the picture, in turns over the optimizers so that no colour hides the others.

    All rims lie below all discs: where particles are dense, rims would else hide every colour.
    """
    height, width = picture.shape[0], picture.shape[1]
    n_optimizers, n_particles = x.shape
    for layer in range(2):
        reach = radius + 0.5 + (rim_width if layer == 0 else 0.0)
        for p in range(n_particles):
            for turn in range(n_optimizers):
                o = (turn + p) % n_optimizers
                px = (x[o, p] - transform[1]) * transform[0]
                py = (y[o, p] - transform[3]) * transform[2]
                if not _is_near(px, py, reach, width, height) or (layer == 1 and not alive[o, p]):
                    continue
                for iy in range(max(0, int(np.floor(py - reach))), min(height - 1, int(np.floor(py + reach))) + 1):
                    dy = iy + 0.5 - py
                    for ix in range(max(0, int(np.floor(px - reach))), min(width - 1, int(np.floor(px + reach))) + 1):
                        dx = ix + 0.5 - px
                        distance = np.sqrt(dx * dx + dy * dy)
                        if distance >= reach:
                            continue
                        cover = min(1.0, reach - distance)
                        if not alive[o, p]:  # a faint ring of its colour
                            cover = 0.75 * min(1.0, max(0.0, 0.5 + 0.5 * rim_width - abs(distance - radius)))
                        for c in range(3):
                            color = rim[c] if layer == 0 and alive[o, p] else colors[o, c]
                            below = float(picture[iy, ix, c])
                            picture[iy, ix, c] = np.uint8(below + (color - below) * cover + 0.5)


@kernel(
    "void(uint8[:, :, ::1], float64[:, :], float64[:, :], boolean[:, ::1], float64[::1], float32[:, ::1],"
    "float64, float64)"
)
def add_dots(picture, x, y, alive, transform, colors, dot_width, opacity):  # type: ignore[no-untyped-def]
    """Draw small antialiased squares for the living, in turns over the optimizers."""
    height, width = picture.shape[0], picture.shape[1]
    n_optimizers, n_particles = x.shape
    half = 0.5 * dot_width
    for p in range(n_particles):
        for turn in range(n_optimizers):
            o = (turn + p) % n_optimizers
            px = (x[o, p] - transform[1]) * transform[0]
            py = (y[o, p] - transform[3]) * transform[2]
            if not (_is_near(px, py, half, width, height) and alive[o, p]):
                continue
            left, right, top, bottom = px - half, px + half, py - half, py + half
            for iy in range(max(0, int(np.floor(top))), min(height, int(np.ceil(bottom)))):
                tall = (min(bottom, iy + 1.0) - max(top, float(iy))) * opacity
                for ix in range(max(0, int(np.floor(left))), min(width, int(np.ceil(right)))):
                    cover = np.float32((min(right, ix + 1.0) - max(left, float(ix))) * tall)
                    for c in range(3):
                        below = np.float32(picture[iy, ix, c])
                        picture[iy, ix, c] = np.uint8(below + (colors[o, c] - below) * cover + np.float32(0.5))


@kernel(
    "void(float32[:, :, ::1], float64[:, :], float64[:, :], boolean[:, ::1], float64[::1], float32[:, ::1], float64)"
)
def add_splats(sums, x, y, alive, transform, colors, weight):  # type: ignore[no-untyped-def]
    """Share every living particle between the four pixels around it."""
    height, width = sums.shape[0], sums.shape[1]
    flat_sums = sums.reshape(-1)
    for o in range(x.shape[0]):
        blue, green, red = colors[o, 0], colors[o, 1], colors[o, 2]
        for p in range(x.shape[1]):
            px = (x[o, p] - transform[1]) * transform[0] - 0.5
            py = (y[o, p] - transform[3]) * transform[2] - 0.5
            if not (px >= 0.0 and py >= 0.0 and px < width - 1 and py < height - 1 and alive[o, p]):
                continue
            ix = int(px)
            iy = int(py)
            fx = np.float32(px - ix)
            fy = np.float32(py - iy)
            one = np.float32(1.0)
            w = np.float32(weight)
            pixel = iy * width + ix
            add_to_pixel(flat_sums, pixel, w * (one - fx) * (one - fy), blue, green, red)
            add_to_pixel(flat_sums, pixel + 1, w * fx * (one - fy), blue, green, red)
            add_to_pixel(flat_sums, pixel + width, w * (one - fx) * fy, blue, green, red)
            add_to_pixel(flat_sums, pixel + width + 1, w * fx * fy, blue, green, red)
