"""Which part of the plane the maps of a picture show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Domain, Scene
from gradsim.ui.drawing.picture_layout import PictureLayout

if TYPE_CHECKING:
    from gradsim.core.surface import Surface

# A thread of a map helps nobody: axes share their scale unless one is this many times as long as the other.
MAX_EQUAL_ASPECT = 12.0


def fit_viewport(scene: Scene, surface: Surface | None, layout: PictureLayout) -> Viewport:
    """Return the viewport that shows the scene's view, or its domain where the view leaves it open."""
    domain, view = scene.domain, scene.view
    y = view.y or domain.y or _curve_range(surface, domain)
    return Viewport.fit(view.x or domain.x, y, *layout.map_size, equal_scale=shared_aspect(domain) is not None)


def shared_aspect(domain: Domain) -> float | None:
    """Return the width of the domain by its height where its axes share their scale, else None."""
    if domain.y is None:
        return None
    aspect = (domain.x[1] - domain.x[0]) / (domain.y[1] - domain.y[0])
    return aspect if 1 / MAX_EQUAL_ASPECT <= aspect <= MAX_EQUAL_ASPECT else None


def _curve_range(surface: Surface | None, domain: Domain) -> tuple[float, float]:
    if surface is None or surface.dimension != 1:
        return 0.0, 1.0
    from gradsim.core.render.curve import curve_range  # loads the engine, which must not delay the first paint

    return curve_range(surface, domain)


def resized_viewport(viewport: Viewport, scene: Scene, layout: PictureLayout) -> Viewport:
    """Return ``viewport`` for the size that a map has in ``layout``."""
    if (viewport.width, viewport.height) == layout.map_size:
        return viewport
    equal_scale = shared_aspect(scene.domain) is not None
    return Viewport.fit(viewport.x, viewport.y, *layout.map_size, equal_scale=equal_scale)
