"""How a map looks: what the scene's view and the screen ask of the renderer, in one frozen object."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gradsim.core.scene import Scene, View

Rect = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class MapLook:
    """What a map shows and how, whatever moment of whatever race is on it.

    Attributes:
        trail: length of the trails in steps; 0 for none.
        contours: number of contour lines over the domain's range of values; 0 for none.
        contour_scale: whether contours and colours are evenly spaced in log f or in f.
        contour_labels: whether the values of contours are written on them.
        vector_field: −1 for arrows along −∇f, 1 for arrows along ∇f, 0 for none.
        keep_free: rectangles (left, top, right, bottom), in device pixels of the map, without labels and arrows.
        colors: name of the colour map.
        dimming: 0 shows the colours at their full strength, 1 lets them vanish in the background.
        letters: whether few heads are large enough to carry the letter of their optimizer.
        tangents: whether a few balls on a 1-D curve carry their tangent and an arrow to where they go next.
        pixel_ratio: device pixels per logical pixel: widths of lines and sizes of heads grow with it.
        head_scale: size of heads and trails, 1 on a map; on a small panel they would cover too much of it.
    """

    trail: int = View().trail
    contours: int = View().contours
    contour_scale: Literal["log", "linear"] = View().contour_scale
    contour_labels: bool = View().contour_labels
    vector_field: Literal[-1, 0, 1] = 0
    keep_free: tuple[Rect, ...] = ()
    colors: str = View().colors
    dimming: float = View().dimming
    letters: bool = View().letters
    tangents: bool = View().tangents
    pixel_ratio: float = 1.0
    head_scale: float = 1.0

    @classmethod
    def of(cls, scene: Scene, pixel_ratio: float, *, keep_free: Iterable[Rect] = ()) -> MapLook:
        """Return the look that the view of ``scene`` asks for."""
        view = scene.view
        along: Literal[-1, 1] = -1 if scene.goal == "minimize" else 1
        return cls(
            trail=view.trail,
            contours=view.contours,
            contour_scale=view.contour_scale,
            contour_labels=view.contour_labels,
            vector_field=along if view.vector_field else 0,
            keep_free=tuple(keep_free) if view.contour_labels or view.vector_field else (),
            colors=view.colors,
            dimming=view.dimming,
            letters=view.letters,
            tangents=view.tangents,
            pixel_ratio=pixel_ratio,
        )

    @property
    def undecorated(self) -> MapLook:
        """This look without labels and arrows: what the shader draws."""
        return replace(self.without_race, contour_labels=False, keep_free=(), vector_field=0)

    @property
    def without_race(self) -> MapLook:
        """This look apart from how heads and trails are drawn: that of the background."""
        return replace(self, trail=0, letters=False, tangents=False, head_scale=1.0)


def touches(middles: NDArray[np.float64], reach: NDArray[np.float64], rects: Sequence[Rect]) -> NDArray[np.bool_]:
    """Return which of the boxes ``middles`` ± ``reach``, both (n, 2), overlap any of ``rects``, bool (n,)."""
    if not len(rects):
        return np.zeros(len(middles), dtype=np.bool_)
    corners = np.array(rects, dtype=np.float64)
    apart = ((middles + reach)[:, np.newaxis] < corners[:, :2]) | ((middles - reach)[:, np.newaxis] > corners[:, 2:])
    overlapping: NDArray[np.bool_] = np.any(~apart.any(axis=-1), axis=-1)
    return overlapping
