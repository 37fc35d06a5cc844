"""Where the vector field of a surface is shown: arrows on a lattice, along −∇f or ∇f as the eye sees it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gradsim.core.render.look import Rect, touches
from gradsim.core.render.viewport import Viewport

MAX_ARROWS = 560
SPACING = 40.0  # logical pixels between arrows, more on a map that would hold too many
LONGEST = 0.8  # of the spacing
_MARGIN = 3.5  # logical pixels around an arrow's line for its head
_FLAT = 1e-9  # of the usual length of a gradient, below which there is no direction


class SlopedSurface(Protocol):
    """What the field asks of a 2-D surface."""

    def gradient(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return ∇f (..., 2) at points (..., 2)."""
        ...


@dataclass(frozen=True)
class FieldArrows:
    """Arrows in pixels of the map.

    Attributes:
        middles: float64 (n, 2).
        along: from tail to head, float64 (n, 2); (0, 0) where the gradient vanishes.
    """

    middles: NDArray[np.float64]
    along: NDArray[np.float64]


def place_arrows(
    surface: SlopedSurface, viewport: Viewport, *, sign: int, pixel_ratio: float, keep_free: Sequence[Rect] = ()
) -> FieldArrows:
    """Return the arrows of ``sign`` × ∇f in view; none where the gradient is undefined.

    Each points where a small step along the field moves on the screen, also where the axes have different scales. The
    length grows with that of the gradient, ever more slowly: one of the usual length in view has half the longest. The
    lattice belongs to the plane, so that arrows go with the map while it is panned.

    Args:
        sign: −1 for where minimisers go, 1 for where maximisers go.
        pixel_ratio: device pixels per logical pixel.
        keep_free: rectangles of the map that no arrow may touch.
    """
    spacing = max(SPACING * pixel_ratio, math.sqrt(viewport.width * viewport.height / MAX_ARROWS))
    axes = []
    for (low, high), scale in zip((viewport.x, viewport.y), viewport.scale, strict=True):
        cell = spacing * scale
        first = math.ceil(low / cell - 0.5)
        axes.append((first + 0.5 + np.arange(max(1, math.ceil((high - low) / cell)))) * cell)
    x, y = np.meshgrid(*axes)
    points = np.stack([x.ravel(), y.ravel()], axis=-1)
    gradient = surface.gradient(points)
    known = np.isfinite(gradient).all(axis=1)
    points, gradient = points[known], gradient[known]
    scale_x, scale_y = viewport.scale
    # Dividing by the largest keeps squares of huge and of tiny gradients finite.
    largest = float(np.abs(gradient).max(initial=0.0)) or 1.0
    gradient = gradient / largest
    length = np.hypot(*gradient.T)
    sloped = length > 0.0
    usual = float(np.median(length[sloped])) if sloped.any() else 1.0
    share = np.sqrt(length) / (np.sqrt(length) + math.sqrt(usual))
    on_screen = sign * gradient * np.array([1.0 / scale_x, -1.0 / scale_y]) * min(scale_x, scale_y)
    on_screen_length = np.hypot(*on_screen.T)
    sloped &= (length > _FLAT * usual) & (on_screen_length > 0.0)
    along = np.zeros_like(on_screen)
    per_length = LONGEST * spacing * share[sloped] / on_screen_length[sloped]
    along[sloped] = on_screen[sloped] * per_length[:, np.newaxis]
    middles = viewport.to_pixels(points)
    reach = 0.5 * np.abs(along) + _MARGIN * pixel_ratio
    free = ~touches(middles, reach, keep_free)
    return FieldArrows(middles[free], along[free])
