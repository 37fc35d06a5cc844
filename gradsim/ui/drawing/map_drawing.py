"""The maps of a picture without what is written on them: the renderer's pixels with the marks below the particles."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter

from gradsim.core.render.look import MapLook
from gradsim.core.render.palette import Theme
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Scene
from gradsim.ui.drawing.competitors import Standing
from gradsim.ui.drawing.drawn_map import DrawnMap, as_image
from gradsim.ui.drawing.overlay import Overlay
from gradsim.ui.drawing.picture_cache import PictureCache
from gradsim.ui.drawing.picture_layout import PictureLayout

if TYPE_CHECKING:
    from gradsim.core.run import Run
    from gradsim.core.surface import Surface

_FEWER_CONTOURS = 0.75  # of the size of marks on a map


class MapDrawing:
    """Draws the maps of a picture that has this ``layout`` and these ``overlays``, at any step of ``run``."""

    def __init__(
        self,
        scene: Scene,
        run: Run | None,
        surface: Surface | None,
        theme: Theme,
        layout: PictureLayout,
        viewport: Viewport,
        overlays: tuple[Overlay, ...],
        pixel_ratio: float,
        cache: PictureCache,
    ) -> None:
        self._scene = scene
        self._run = run
        self._surface = surface
        self._theme = theme
        self._layout = layout
        self._viewport = viewport
        self._overlays = overlays
        self._pixel_ratio = pixel_ratio
        self._cache = cache

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Says all that the maps show but the moment: where keys are equal, so are the maps of a step."""
        shown = tuple(overlay.optimizers for overlay in self._overlays)
        return (
            self._surface,
            self._scene.domain,
            self._theme,
            self._run,
            self._viewport,
            self._layout.is_grid,
            shown,
            self._look,
            self._overlays[0].marks_key,
        )

    def draw(self, step: float, standings: tuple[Standing | None, ...]) -> DrawnMap:
        """Return the maps at ``step``, where those of panels have these ``standings``; the surface has to be known."""
        assert self._surface is not None
        from gradsim.core.render.map_renderer import EVERYONE, window_to_show

        renderer = self._cache.renderer(self._surface, self._scene.domain, self._theme)
        shown = [_slice(overlay.optimizers) for overlay in self._overlays] if self._layout.is_grid else [EVERYONE]
        marks = self._cache.marks.image(
            "marks",
            self._overlays[0].marks_key,
            QSize(self._viewport.width, self._viewport.height),
            self._paint_marks,
        )

        def paint_marks(pixels: np.ndarray) -> None:
            image = as_image(pixels)
            painter = QPainter(image)
            painter.drawImage(0, 0, marks)
            painter.end()

        window = None if self._run is None else window_to_show(self._run, step, self._look)
        pixels = renderer.render_each(
            self._run, window, self._viewport, look=self._look, shown=shown, paint_marks=paint_marks
        )
        frame = None if window is None else window.frame
        return DrawnMap(pixels, self._viewport, step, self._scene.domain.dimension, standings, frame)

    @cached_property
    def _look(self) -> MapLook:
        scale = self._layout.mark_scale
        look = MapLook.of(self._scene, self._pixel_ratio, keep_free=self._overlays[0].rects_to_keep_free)
        # On small panels every second contour is enough.
        contours = look.contours // 2 if scale < _FEWER_CONTOURS else look.contours
        return replace(look, head_scale=scale, contours=contours)

    def _paint_marks(self, painter: QPainter) -> None:
        painter.translate(-self._overlays[0].layout.area.topLeft())
        self._overlays[0].draw_marks(painter)


def _slice(indices: tuple[int, ...]) -> slice:
    """Return the slice of one index, or of none."""
    return slice(indices[0], indices[0] + 1) if indices else slice(0)
