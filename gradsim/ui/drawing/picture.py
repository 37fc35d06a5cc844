"""Pictures of a race: the map drawn by the renderer with the overlay on it, for any size and any moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from gradsim.core.render.palette import Theme
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Scene
from gradsim.ui.drawing.cards import BASE_TEXT_PIXELS, color
from gradsim.ui.drawing.competitors import Badge, Standing, badges, run_indices, standings_at
from gradsim.ui.drawing.drawn_map import DrawnMap, as_image
from gradsim.ui.drawing.map_cards import CardCorners
from gradsim.ui.drawing.map_drawing import MapDrawing
from gradsim.ui.drawing.map_viewport import fit_viewport, resized_viewport, shared_aspect
from gradsim.ui.drawing.margins import Margins, header_widths
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.picture_cache import PictureCache
from gradsim.ui.drawing.picture_layout import MAX_PANELS, PictureLayout, lay_out_picture

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoints
    from gradsim.core.run import Run
    from gradsim.core.surface import Surface

# A video's height holds about forty lines of text, which the last row of a lecture hall can read.
_REFERENCE_HEIGHT = 500.0


def video_pixel_ratio(width: int, height: int) -> float:
    """Return the pixel ratio of a picture for a projector: text that the last row can read, whatever the resolution."""
    return max(0.5, min(height, width * 9 / 16) / _REFERENCE_HEIGHT)


class FramePicture:
    """The pictures of one run in one view, at one size: one map, or a panel for each optimizer.

    Args:
        scene: says what is shown and how; ``run`` may be that of a slightly older scene while a slider is dragged.
        run, surface, critical_points: None while they are not known.
        width, height: device pixels.
        pixel_ratio: device pixels per logical pixel; sizes of text, lines and heads grow with it.
        viewport: the view of all maps; by default that of the scene.
        cache: of the picture that came before, when it was drawn and written by the same threads.
        corners: where legend and key stay; by default where they hide the least.

    Making one is cheap. Each method may be called on any thread, but not by two at a time,
    except that one may call ``draw_map`` while another writes the overlay.
    """

    def __init__(
        self,
        scene: Scene,
        run: Run | None,
        surface: Surface | None,
        critical_points: CriticalPoints | None,
        theme: Theme,
        width: int,
        height: int,
        pixel_ratio: float = 1.0,
        *,
        viewport: Viewport | None = None,
        cache: PictureCache | None = None,
        corners: CardCorners | None = None,
    ) -> None:
        self.scene = scene
        self.run = run
        self.theme = theme
        self.pixel_ratio = pixel_ratio
        self._surface = surface
        self._cache = cache or PictureCache()
        panels = _panel_badges(scene, theme)
        self.layout = _lay_out(scene, panels, width, height, BASE_TEXT_PIXELS * pixel_ratio)
        self.viewport = (
            resized_viewport(viewport, scene, self.layout) if viewport else fit_viewport(scene, surface, self.layout)
        )
        self._run_indices = run_indices(scene, run)
        self.overlays = tuple(
            Overlay(
                scene,
                run,
                surface,
                critical_points,
                theme,
                self.layout,
                self.viewport,
                place=place,
                optimizers=self._shown_at(index),
                corners=corners,
            )
            for index, place in enumerate(self.layout.places)
        )
        self._maps = MapDrawing(
            scene, run, surface, theme, self.layout, self.viewport, self.overlays, pixel_ratio, self._cache
        )
        self._margins = Margins.of(
            scene,
            theme,
            self.layout,
            self.viewport,
            badges=panels if self.layout.is_grid else (),
            points=self.overlay.critical_points if self.layout.is_grid else None,
        )

    @property
    def is_ready(self) -> bool:
        """Whether the map can be drawn: its surface is known and fits the scene."""
        return self._surface is not None and self._surface.dimension == self.scene.domain.dimension

    @property
    def overlay(self) -> Overlay:
        """The map, or the first of the panels, which all show the same part of the plane."""
        return self.overlays[0]

    def overlay_at(self, pixel: QPointF) -> Overlay | None:
        """Return the map under ``pixel`` of the picture, None beside them."""
        return next((overlay for overlay in self.overlays if QRectF(overlay.layout.area).contains(pixel)), None)

    def to_data(self, pixel: QPointF) -> tuple[float, float]:
        """Return the place in the plane, (x, y), under ``pixel`` of the picture; beside the maps, as on the first."""
        return (self.overlay_at(pixel) or self.overlay).to_data(pixel)

    @property
    def map_key(self) -> tuple[object, ...]:
        """Says all that the maps show but the moment: where keys are equal, so are the maps of a step."""
        return self._maps.key

    def draw_map(self, step: float) -> DrawnMap:
        """Return the maps at ``step`` with their marks, without what is written over and around them."""
        return self._maps.draw(step, self.standings(step))

    def shows_all(self, step: float) -> bool:
        """Whether the map at ``step`` shows all particles: those of a large race are still being raced at first."""
        return self.run is None or self.run.shows_all(step)

    def standings(self, step: float) -> tuple[Standing | None, ...]:
        """Return where the optimizer of each panel stands at ``step``, None where it has not run; empty for a map."""
        if not self.layout.is_grid:
            return ()
        if self.run is None:
            return (None,) * len(self.layout.places)
        standings = standings_at(self.run, step)
        return tuple(standings[overlay.optimizers[0]] if overlay.optimizers else None for overlay in self.overlays)

    def _shown_at(self, index: int) -> tuple[int, ...]:
        """Return which of the run's optimizers are on the map in place ``index``."""
        if self.run is None:
            return ()
        if not self.layout.is_grid:
            return tuple(range(self.run.n_optimizers))
        shown = self._run_indices[index]
        return () if shown is None else (shown,)

    def paint_map(self, painter: QPainter, drawn: DrawnMap | None) -> None:
        """Paint a map where it belongs in this picture; where there is none yet, or it does not reach, it is bare."""
        areas = [overlay.layout.area for overlay in self.overlays]
        ground = color(self.theme.panel)
        if drawn is None or drawn.dimension != self.scene.domain.dimension:
            for area in areas:
                painter.fillRect(area, ground)
        else:
            drawn.paint(painter, areas, self.viewport, ground)

    def draw_overlay(self, painter: QPainter, step: float, drawn: DrawnMap | None = None) -> None:
        """Write the overlay at ``step`` with a painter in device pixels of the picture.

        ``drawn`` is the map it is written over: what that knows takes a while to find among many particles.
        """
        layers, layout = self._cache.written, self.layout
        size = QSize(layout.width, layout.height)
        margins = layers.image("margins", self._margins, size, self._margins.draw_still, opaque=True)
        for rect in layout.around_maps():
            painter.drawImage(rect.topLeft(), margins, rect)
        self.overlay.draw_cards(painter, layers)
        standings = self.standings(step) if drawn is None else drawn.standings
        n_shown = None if drawn is None or drawn.frame is None else drawn.frame.losses.shape[1]
        self._margins.draw_moment(painter, step, standings, n_shown=n_shown)

    def draw_into(self, pixels: np.ndarray, step: float) -> None:
        """Draw the whole picture at ``step`` into ``pixels``, uint8 (height, width, 4) BGRX, C-contiguous."""
        self._draw(as_image(pixels), step)

    def image(self, step: float) -> QImage:
        """Return the whole picture at ``step``."""
        image = QImage(self.layout.width, self.layout.height, QImage.Format.Format_RGB32)
        self._draw(image, step)
        return image

    def _draw(self, image: QImage, step: float) -> None:
        painter = QPainter(image)
        try:
            drawn = self.draw_map(step) if self.is_ready else None
            self.paint_map(painter, drawn)
            self.draw_overlay(painter, step, drawn)
        finally:
            painter.end()


def _panel_badges(scene: Scene, theme: Theme) -> tuple[Badge, ...]:
    """Return the badges of the optimizers that get a panel; none where there is one map."""
    if scene.view.layout == "map" or len(scene.racing) < 2:
        return ()
    return badges(scene, theme)[:MAX_PANELS]


def _lay_out(scene: Scene, panels: tuple[Badge, ...], width: int, height: int, em: float) -> PictureLayout:
    return lay_out_picture(
        width,
        height,
        em,
        scene.domain.dimension,
        n_maps=max(1, len(panels)),
        aspect=shared_aspect(scene.domain),
        header_widths=header_widths(panels, em),
        has_footer=scene.view.critical_points or len(scene.racing) > len(panels),
    )
