"""How a map looks: what the scene's view and the screen ask of the renderer, in one frozen object."""

from __future__ import annotations

from dataclasses import dataclass

from gradsim.core.scene import View


@dataclass(frozen=True, kw_only=True)
class MapLook:
    """What a map shows and how, whatever moment of whatever race is on it.

    Attributes:
        trail: length of the trails in steps; 0 for none.
        contours: number of contour lines over the domain's range of values; 0 for none.
        pixel_ratio: device pixels per logical pixel: widths of lines and sizes of heads grow with it.
    """

    trail: int = View().trail
    contours: int = View().contours
    pixel_ratio: float = 1.0

    @classmethod
    def of(cls, view: View, pixel_ratio: float) -> MapLook:
        """Return the look that a scene's ``view`` asks for."""
        return cls(trail=view.trail, contours=view.contours, pixel_ratio=pixel_ratio)
