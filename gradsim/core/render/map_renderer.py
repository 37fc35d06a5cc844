"""The map of a race at one moment: the shaded surface with its contours, trails and heads, as one picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gradsim.core.render.curve import draw_curve
from gradsim.core.render.domain_edge import draw_domain_edge
from gradsim.core.render.few_heads import FEW_HEADS, shows_letters
from gradsim.core.render.levels import Levels, LevelScale, LinearScale, choose_levels, choose_linear_levels
from gradsim.core.render.look import MapLook
from gradsim.core.render.palette import Theme, resolve_color, rgb
from gradsim.core.render.particles import MAX_HEADS, Heads, Trails, draw_particles, head_radius
from gradsim.core.render.shade import shade_map
from gradsim.core.render.trails import Layer
from gradsim.core.render.viewport import Viewport
from gradsim.core.run import Frame, Run, Window
from gradsim.core.scene import Domain, Scene
from gradsim.core.surface import Surface

Picture = NDArray[np.uint8]
EVERYONE = slice(None)


@dataclass(frozen=True)
class Ground:
    """What a map's background shows."""

    surface: Surface
    viewport: Viewport
    levels: Levels
    theme: Theme
    look: MapLook


@dataclass(frozen=True)
class Moment:
    """What a map shows of a run.

    Attributes:
        frame: of all the run's optimizers.
        optimizers: which of them are on this map.
        pixels: their heads, float64 (optimizers, particles, 2) in pixels of the map; ``alive`` (optimizers, particles).
        radius: of a head, in pixels.
    """

    run: Run
    frame: Frame
    optimizers: slice
    pixels: NDArray[np.float64]
    alive: NDArray[np.bool_]
    radius: float


class Decorations(Protocol):
    """Draws what a look asks for beyond colours, lines and particles into a picture, uint8 (H, W, 4) BGRX."""

    def draw_on_ground(self, picture: Picture, ground: Ground) -> None:
        """Draw into a fresh background."""

    def draw_below_trails(self, picture: Picture, ground: Ground, run: Run, optimizers: slice) -> None:
        """Draw over the background what belongs to these optimizers of ``run`` at any moment."""

    def draw_below_heads(self, picture: Picture, ground: Ground, moment: Moment) -> None:
        """Draw over the trails of a few particles."""

    def draw_on_heads(self, picture: Picture, ground: Ground, moment: Moment) -> None:
        """Draw over the heads of a few particles."""


class MapRenderer:
    """Draws the races on one surface. Not thread-safe: one thread at a time may draw.

    The same arguments always give the same pixels. The background is kept until the viewport or the look (its trails
    apart) changes, therefore a playing race only pays for its particles.

    Args:
        surface: 1-D or 2-D.
        domain: its edge is drawn, and contour levels are chosen from it, so that panning and zooming leave them in
            place.
        theme: colours of the map and of the optimizers.
        decorations: None for none, whatever the look asks for.
    """

    def __init__(
        self, surface: Surface, domain: Domain, theme: Theme, *, decorations: Decorations | None = None
    ) -> None:
        self.surface = surface
        self.domain = domain
        self.theme = theme
        self._decorations = decorations
        self._log_levels: LevelScale | None = None
        self._linear_levels: LinearScale | None = None
        self._shaded: Picture | None = None
        self._shaded_key: tuple[Viewport, MapLook] | None = None
        self._background: Picture | None = None
        self._background_key: tuple[Viewport, MapLook] | None = None
        self._layer: Layer | None = None

    def render(self, run: Run | None, step: float, viewport: Viewport, *, look: MapLook) -> Picture:
        """Return the picture of ``run`` at ``step``, uint8 (viewport.height, viewport.width, 4) BGRX, C-contiguous.

        The array is new at every call and belongs to the caller; its fourth byte is 255. In 1-D particles are at
        (x, f(x)).

        Args:
            run: None draws the surface alone.
            step: real-valued; clipped to the run.
            viewport: in device pixels; its y is the range of f in 1-D.
        """
        window = None if run is None else window_to_show(run, step, look)
        return self.render_each(run, window, viewport, look=look, shown=(EVERYONE,))[0]

    def render_each(
        self,
        run: Run | None,
        window: Window | None,
        viewport: Viewport,
        *,
        look: MapLook,
        shown: Sequence[slice],
        paint_marks: Callable[[Picture], None] | None = None,
    ) -> Picture:
        """Return a picture like that of ``render`` for each of ``shown``, uint8 (maps, height, width, 4).

        Args:
            window: of ``run``, what ``window_to_show`` gives; None draws the surface alone.
            shown: for each picture, which of the run's optimizers are on it. The background is shaded once, and heads
                and trails are drawn as where all optimizers share one map: the pictures together cost about as much.
            paint_marks: paints what marks the surface, below the heads of a few particles and above a crowd.
        """
        paint_marks = paint_marks or _paint_nothing
        background = self._background_for(viewport, look)
        pictures = np.empty((len(shown), *background.shape), dtype=np.uint8)
        pictures[:] = background
        if run is None or window is None:
            for picture in pictures:
                paint_marks(picture)
            return pictures
        frame = window.frame
        scale_x, scale_y = viewport.scale
        colors = optimizer_colors(run.scene, self.theme)
        alive = np.isfinite(frame.losses)
        x, trail_x = frame.positions[..., 0], window.positions[..., 0]
        # Between two records a ball rolls on the curve, not along the chord.
        y = frame.positions[..., 1] if run.dimension == 2 else self.surface.value(frame.positions)
        trail_y = window.positions[..., 1] if run.dimension == 2 else window.losses
        lettered = look.letters and shows_letters(*x.shape)
        few = x.size <= FEW_HEADS
        ground = self._ground(viewport, look)
        for picture, some in zip(pictures, shown, strict=True):
            heads = Heads(x=x[some], y=y[some], alive=alive[some], colors=colors[some])
            moment = below_heads = None
            if self._decorations is not None:
                self._decorations.draw_below_trails(picture, ground, run, some)
            if few:
                moment = Moment(
                    run=run,
                    frame=frame,
                    optimizers=some,
                    pixels=viewport.to_pixels(np.stack([heads.x, heads.y], axis=-1)),
                    alive=heads.alive,
                    radius=head_radius(x.size, lettered=lettered) * look.pixel_ratio * look.head_scale,
                )
                below_heads = partial(self._draw_below_heads, picture, ground, moment, paint_marks)
            draw_particles(
                picture,
                self._layer_for(viewport),
                heads=heads,
                trails=Trails(
                    x=trail_x[some], y=trail_y[some], steps=window.steps, step=frame.step, n_steps=float(look.trail)
                )
                if look.trail > 0
                else None,
                transform=(1.0 / scale_x, viewport.x[0], -1.0 / scale_y, viewport.y[1]),
                rim=self.theme.rim,
                pixel_ratio=look.pixel_ratio * look.head_scale,
                n_altogether=x.size,
                lettered=lettered,
                below_heads=below_heads,
            )
            if moment is None:
                paint_marks(picture)
            elif self._decorations is not None:
                self._decorations.draw_on_heads(picture, ground, moment)
        return pictures

    def _draw_below_heads(
        self, picture: Picture, ground: Ground, moment: Moment, paint_marks: Callable[[Picture], None]
    ) -> None:
        paint_marks(picture)
        if self._decorations is not None:
            self._decorations.draw_below_heads(picture, ground, moment)

    def _ground(self, viewport: Viewport, look: MapLook) -> Ground:
        return Ground(self.surface, viewport, self._levels_for(look), self.theme, look)

    def _background_for(self, viewport: Viewport, look: MapLook) -> Picture:
        look = look.without_race
        key = (viewport, look)
        if self._background is None or key != self._background_key:
            shaded = self._shaded_for(viewport, look.undecorated)
            if self._decorations is not None and (self.surface.dimension == 1 or look != look.undecorated):
                self._background = shaded.copy()
                self._decorations.draw_on_ground(self._background, self._ground(viewport, look))
            else:
                self._background = shaded
            self._background_key = key
        return self._background

    def _shaded_for(self, viewport: Viewport, look: MapLook) -> Picture:
        """Kept apart: labels move aside for a card more often than the map changes."""
        key = (viewport, look)
        if self._shaded is None or key != self._shaded_key:
            draw = draw_curve if self.surface.dimension == 1 else shade_map
            levels = self._levels_for(look)
            self._shaded = draw(self.surface, viewport, levels=levels, theme=self.theme, look=look)
            draw_domain_edge(self._shaded, viewport, self.domain, theme=self.theme, pixel_ratio=look.pixel_ratio)
            self._shaded_key = key
        return self._shaded

    def _levels_for(self, look: MapLook) -> Levels:
        if look.contour_scale == "log":
            if self._log_levels is None:
                self._log_levels = choose_levels(self.surface, self.domain)
            return self._log_levels
        if self._linear_levels is None:
            self._linear_levels = choose_linear_levels(self.surface, self.domain)
        return self._linear_levels.with_round_contours(look.contours)

    def _layer_for(self, viewport: Viewport) -> Layer:
        if self._layer is None or self._layer.sums.shape[:2] != (viewport.height, viewport.width):
            self._layer = Layer.empty(viewport.width, viewport.height)
        return self._layer


def window_to_show(run: Run, step: float, look: MapLook) -> Window:
    """Return what a map with ``look`` shows of ``run`` at ``step``; a density has no trails to look back for."""
    return run.window_at(step, look.trail if run.n_optimizers * run.n_raced <= MAX_HEADS else 0.0)


def _paint_nothing(picture: Picture) -> None:
    """A surface without marks."""


def optimizer_colors(scene: Scene, theme: Theme) -> NDArray[np.float32]:
    """Return the colours of the racing optimizers, float32 (optimizers, 3): blue, green, red, 0…255.

    An optimizer without a colour of its own takes the slot of its place among all, so that switching one off does not
    recolour the others.
    """
    colors = [
        rgb(resolve_color(entry.color, index, theme))[::-1]
        for index, entry in enumerate(scene.optimizers)
        if entry.enabled
    ]
    return np.array(colors, dtype=np.float32).reshape(-1, 3)
