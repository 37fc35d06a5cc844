"""How a map looks: what the scene's view and the screen ask of the renderer, in one frozen object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradsim.core.scene import View


@dataclass(frozen=True, kw_only=True)
class MapLook:
    """What a map shows and how, whatever moment of whatever race is on it.

    Attributes:
        trail: length of the trails in steps; 0 for none.
        contours: number of contour lines over the domain's range of values; 0 for none.
        contour_scale: whether contours and colours are evenly spaced in log f or in f.
        colors: name of the colour map.
        dimming: 0 shows the colours at their full strength, 1 lets them vanish in the background.
        letters: whether few heads are large enough to carry the letter of their optimizer.
        pixel_ratio: device pixels per logical pixel: widths of lines and sizes of heads grow with it.
    """

    trail: int = View().trail
    contours: int = View().contours
    contour_scale: Literal["log", "linear"] = View().contour_scale
    colors: str = View().colors
    dimming: float = View().dimming
    letters: bool = View().letters
    pixel_ratio: float = 1.0

    @classmethod
    def of(cls, view: View, pixel_ratio: float) -> MapLook:
        """Return the look that a scene's ``view`` asks for."""
        return cls(
            trail=view.trail,
            contours=view.contours,
            contour_scale=view.contour_scale,
            colors=view.colors,
            dimming=view.dimming,
            letters=view.letters,
            pixel_ratio=pixel_ratio,
        )
