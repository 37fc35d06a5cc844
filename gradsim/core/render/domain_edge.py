"""Where the domain ends: beyond a thin line the map is fainter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gradsim.core.render.colormaps import pack
from gradsim.core.render.palette import Color, Theme, rgb
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Domain

# As shifts of a byte: a quarter of the panel's colour beyond the edge, and of the contours' on it.
_BEYOND, _EDGE = 2, 2


def draw_domain_edge(
    picture: NDArray[np.uint8], viewport: Viewport, domain: Domain, *, theme: Theme, pixel_ratio: float
) -> None:
    """Draw the edge of ``domain`` and make fainter what lies beyond, in place.

    Args:
        picture: uint8 (viewport.height, viewport.width, 4) BGRX, C-contiguous.
        domain: of a 1-D surface, which has no edge above or below.
        pixel_ratio: device pixels per logical pixel; the edge is one of these wide.
    """
    words = picture.view(np.uint32)[..., 0]
    height, width = words.shape
    line = max(1, round(pixel_ratio))
    # Beyond the picture every place is as good as one whose line is not to be seen; integers have no infinity.
    y = (-np.inf, np.inf) if domain.y is None else domain.y
    corners = viewport.to_pixels([(domain.x[0], y[1]), (domain.x[1], y[0])])
    corners = np.rint(corners.clip(-line, (width + line, height + line))).astype(int)
    (left, top), (right, bottom) = corners.tolist()
    _mix(words, (left, top, right, bottom), rgb(theme.panel), _BEYOND)
    edge = (left - line, top - line, right + line, bottom + line)
    inside = words[_span(edge[1], edge[3]), _span(edge[0], edge[2])]
    origin = max(0, edge[0]), max(0, edge[1])
    _mix(inside, (left - origin[0], top - origin[1], right - origin[0], bottom - origin[1]), theme.contour, _EDGE)


def _mix(words: NDArray[np.uint32], spared: tuple[int, int, int, int], color: Color, shift: int) -> None:
    """Mix 1/2**shift of ``color`` into the pixels outside of the rectangle (left, top, right, bottom) ``spared``."""
    left, top, right, bottom = spared
    # All three channels at once: a part of each byte, so that none reaches into its neighbour.
    parts = np.uint32((0xFF >> shift) * 0x010101)
    paint = (pack(np.array(color, dtype=np.float64)) >> np.uint32(shift)) & parts
    rows = _span(top, bottom)
    for outside in (
        words[: rows.start],
        words[rows.stop :],
        words[rows, : max(0, left)],
        words[rows, max(0, right) :],
    ):
        outside -= (outside >> np.uint32(shift)) & parts
        outside += paint


def _span(start: int, stop: int) -> slice:
    """Pixels from ``start`` on up to ``stop``; a negative number does not count from the end."""
    return slice(max(0, start), max(0, stop))
