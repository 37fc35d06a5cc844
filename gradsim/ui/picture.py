"""Pictures of a race: the map drawn by the renderer with the overlay on it, for any size and any moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from gradsim.core.render.look import MapLook
from gradsim.core.render.palette import Theme
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Domain, Scene
from gradsim.ui.cards import BASE_TEXT_PIXELS, color
from gradsim.ui.overlay import Overlay, PictureLayout, lay_out_picture

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoints
    from gradsim.core.render.map_renderer import MapRenderer
    from gradsim.core.run import Run
    from gradsim.core.surface import Surface

# A thread of a map helps nobody: axes share their scale unless one is this many times as long as the other.
MAX_EQUAL_ASPECT = 12.0
# A video's height holds about forty lines of text, which the last row of a lecture hall can read.
_REFERENCE_HEIGHT = 500.0
SAME_PLACE_PIXELS = 0.05


def video_pixel_ratio(width: int, height: int) -> float:
    """Return the pixel ratio of a picture for a projector: text that the last row can read, whatever the resolution."""
    return max(0.5, min(height, width * 9 / 16) / _REFERENCE_HEIGHT)


def fit_viewport(scene: Scene, surface: Surface | None, layout: PictureLayout) -> Viewport:
    """Return the viewport that shows the scene's view, or its domain where the view leaves it open."""
    domain, view = scene.domain, scene.view
    x = view.x or domain.x
    width, height = layout.area.width(), layout.area.height()
    if domain.y is None:
        y = view.y or _curve_range(surface, domain)
        return Viewport.fit(x, y, width, height, equal_scale=False)
    return Viewport.fit(x, view.y or domain.y, width, height, equal_scale=_shares_scale(domain.x, domain.y))


def _curve_range(surface: Surface | None, domain: Domain) -> tuple[float, float]:
    if surface is None or surface.dimension != 1:
        return 0.0, 1.0
    from gradsim.core.render.curve import curve_range  # loads the engine, which must not delay the first paint

    return curve_range(surface, domain)


def _shares_scale(x: tuple[float, float], y: tuple[float, float]) -> bool:
    aspect = (x[1] - x[0]) / (y[1] - y[0])
    return 1 / MAX_EQUAL_ASPECT <= aspect <= MAX_EQUAL_ASPECT


class PictureCache:
    """What one picture hands on to the next: the renderer, whose levels and background are worth keeping."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._renderer: MapRenderer | None = None

    def renderer(self, surface: Surface, domain: Domain, theme: Theme) -> MapRenderer:
        """Return the renderer of ``surface`` over ``domain`` in the colours of ``theme``."""
        from gradsim.core.render.map_renderer import MapRenderer
        from gradsim.ui.map_decoration import decorate_map

        key = (surface, domain, theme)
        if self._renderer is None or key != self._key:
            renderer = MapRenderer(surface, domain, theme, decorate=decorate_map)
            self._renderer, self._key = renderer, key
        return self._renderer


@dataclass(frozen=True)
class DrawnMap:
    """The maps of a picture without what is written over them, as a worker hands them over.

    Attributes:
        pixels: uint8 (maps, H, W, 4) BGRX.
        viewport, step, dimension: what they show.
    """

    pixels: np.ndarray
    viewport: Viewport
    step: float
    dimension: int


class FramePicture:
    """The pictures of one run in one view, at one size.

    Args:
        scene: says what is shown and how; ``run`` may be that of a slightly older scene while a slider is dragged.
        run, surface, critical_points: None while they are not known.
        width, height: device pixels.
        pixel_ratio: device pixels per logical pixel; sizes of text, lines and heads grow with it.
        viewport: the map's view; by default that of the scene.
        cache: of the picture that came before, when it was drawn and written by the same threads.
        legend_corner: where the legend stays, such as ``"top left"``; by default where it hides the least.

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
        legend_corner: str | None = None,
    ) -> None:
        self.scene = scene
        self.run = run
        self.theme = theme
        self.pixel_ratio = pixel_ratio
        self._surface = surface
        self._still: QImage | None = None  # what stays while the race plays, painted once
        self._cache = cache or PictureCache()
        self.layout = lay_out_picture(width, height, BASE_TEXT_PIXELS * pixel_ratio, scene.domain.dimension)
        self.viewport = viewport or fit_viewport(scene, surface, self.layout)
        self.overlay = Overlay(
            scene, run, surface, critical_points, theme, self.layout, self.viewport, legend_corner=legend_corner
        )

    @property
    def is_ready(self) -> bool:
        """Whether the map can be drawn: its surface is known and fits the scene."""
        return self._surface is not None and self._surface.dimension == self.scene.domain.dimension

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """The maps of this picture, each with its own place in it; all show the same part of the plane."""
        return (self.overlay,)

    def overlay_at(self, pixel: QPointF) -> Overlay | None:
        """Return the map under ``pixel`` of the picture, None beside them."""
        return next((overlay for overlay in self.overlays if QRectF(overlay.layout.area).contains(pixel)), None)

    def to_data(self, pixel: QPointF) -> tuple[float, float]:
        """Return the place in the plane, (x, y), under ``pixel`` of the picture."""
        about = pixel - QPointF(self.layout.area.topLeft())
        x, y = self.viewport.to_data((about.x(), about.y())).tolist()
        return x, y

    def draw_map(self, step: float) -> DrawnMap:
        """Return the maps at ``step``, without overlay."""
        assert self._surface is not None
        from gradsim.core.render.map_renderer import EVERYONE

        renderer = self._cache.renderer(self._surface, self.scene.domain, self.theme)
        look = MapLook.of(self.scene, self.pixel_ratio, keep_free=self.overlay.rects_to_keep_free)
        pixels = renderer.render_each(self.run, step, self.viewport, look=look, shown=(EVERYONE,))
        return DrawnMap(pixels, self.viewport, step, self.scene.domain.dimension)

    def paint_map(self, painter: QPainter, drawn: DrawnMap) -> None:
        """Paint a map where it belongs in this picture: moved and scaled when it shows another view."""
        if drawn.dimension != self.scene.domain.dimension:
            return
        width, height = self.viewport.width, self.viewport.height
        corners = [(drawn.viewport.x[0], drawn.viewport.y[1]), (drawn.viewport.x[1], drawn.viewport.y[0])]
        (left, top), (right, bottom) = self.viewport.to_pixels(corners).tolist()
        in_place = max(abs(left), abs(top), abs(right - width), abs(bottom - height)) < SAME_PLACE_PIXELS
        # After a change of layout there may be fewer maps than places for a moment.
        for index, overlay in enumerate(self.overlays):
            area = overlay.layout.area
            image = as_image(drawn.pixels[min(index, len(drawn.pixels) - 1)])
            if in_place:
                painter.drawImage(area.topLeft(), image)
                continue
            painter.save()
            painter.setClipRect(area)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(left, top, right - left, bottom - top).translated(QPointF(area.topLeft())), image)
            painter.restore()

    def draw_overlay(self, painter: QPainter, step: float) -> None:
        """Write the overlay at ``step`` with a painter in device pixels of the picture."""
        if self._still is None:
            self._still = QImage(self.layout.width, self.layout.height, QImage.Format.Format_ARGB32_Premultiplied)
            self._still.fill(0)
            still_painter = QPainter(self._still)
            self.overlay.draw_still(still_painter)
            still_painter.end()
        painter.drawImage(0, 0, self._still)
        self.overlay.draw_moment(painter, step)

    def draw_into(self, pixels: np.ndarray, step: float) -> None:
        """Draw the whole picture at ``step`` into ``pixels``, uint8 (height, width, 4) BGRX, C-contiguous."""
        self._draw(as_image(pixels), step)

    def image(self, step: float) -> QImage:
        """Return the whole picture at ``step``."""
        image = QImage(self.layout.width, self.layout.height, QImage.Format.Format_RGB32)
        self._draw(image, step)
        return image

    def _draw(self, image: QImage, step: float) -> None:
        if not self.is_ready:
            image.fill(color(self.theme.panel))
        painter = QPainter(image)
        try:
            if self.is_ready:
                self.paint_map(painter, self.draw_map(step))
            self.draw_overlay(painter, step)
        finally:
            painter.end()


def as_image(pixels: np.ndarray) -> QImage:
    """Return an image over the memory of ``pixels`` (H, W, 4) BGRX, which must outlive it."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)
