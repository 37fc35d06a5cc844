"""Small pictures of the gallery's surfaces, drawn by the renderer on a worker, in the colours of the theme."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from gradsim.core.gallery import GALLERY
from gradsim.core.render.palette import Theme
from gradsim.ui.engine_calls import load_engine
from gradsim.ui.jobs import LatestJob
from gradsim.ui.theme import theme_hub

PICTURE_WIDTH, PICTURE_HEIGHT = 96, 64
N_CONTOURS = 9
LINE_SHARE = 0.75
"""Lines are thinner than on the map, which is ten times as wide."""


@dataclass(frozen=True)
class PictureKey:
    """What a picture depends on; ``ratio`` is device pixels per logical pixel of an interface at 100 %."""

    name: str
    theme: Theme
    ratio: float


def draw_surface_picture(key: PictureKey) -> tuple[PictureKey, QImage]:
    """Draw the surface ``key.name`` of the gallery over its domain; takes about 10 ms. Loads the engine."""
    load_engine()
    from gradsim.core.render.curve import curve_range
    from gradsim.core.render.look import MapLook
    from gradsim.core.render.map_renderer import MapRenderer
    from gradsim.core.render.viewport import Viewport
    from gradsim.core.surface import compile_surface
    from gradsim.ui.drawing.drawn_map import as_image

    preset = GALLERY[key.name]
    surface, domain = compile_surface(preset.surface), preset.domain
    size = ceil(PICTURE_WIDTH * key.ratio), ceil(PICTURE_HEIGHT * key.ratio)
    y = domain.y if domain.y is not None else curve_range(surface, domain)
    viewport = Viewport.fit(domain.x, y, *size, equal_scale=domain.y is not None)
    look = MapLook(trail=0, contours=N_CONTOURS, pixel_ratio=LINE_SHARE * key.ratio)
    pixels = MapRenderer(surface, domain, key.theme).render(None, 0.0, viewport, look=look)
    return key, as_image(pixels).copy()


class SurfacePictures(QObject):
    """Draws pictures that are asked for, one after the other, and keeps them.

    Nothing is drawn before ``start``: drawing loads the engine, which must not delay the window's first paint.
    ``drawn`` carries the name of a surface whose picture has arrived. ``stop`` must be called before the application
    ends.
    """

    drawn = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures: dict[PictureKey, QImage] = {}
        self._wanted: deque[PictureKey] = deque()
        self._job = LatestJob(self, name="gradsim pictures", grace_s=60.0)
        self._job.finished.connect(self._take)
        self._job.failed.connect(self._go_on_after)
        self._started = False

    def start(self) -> None:
        """Begin to draw what has been asked for."""
        if not self._started:
            self._started = True
            self._draw_next()

    def picture(self, name: str, pixel_ratio: float) -> QImage | None:
        """The picture of surface ``name`` on a screen of ``pixel_ratio``; None, and ``drawn`` later, until it is there.

        It is ``PICTURE_WIDTH`` × ``PICTURE_HEIGHT`` logical pixels times the interface's size.
        """
        hub = theme_hub()
        key = PictureKey(name, hub.theme, pixel_ratio * hub.scale)
        if key not in self._pictures and key not in self._wanted:
            self._wanted.append(key)
            if self._started and not self._job.busy:
                self._draw_next()
        return self._pictures.get(key)

    def stop(self) -> None:
        """Draw nothing more, and wait for the worker to end."""
        self._wanted.clear()
        self._job.stop()

    def _draw_next(self) -> None:
        if self._wanted:
            self._job.submit(draw_surface_picture, self._wanted[0])

    def _take(self, result: tuple[PictureKey, QImage]) -> None:
        key, image = result
        self._pictures[key] = image
        self._wanted.popleft()
        self._draw_next()
        self.drawn.emit(key.name)

    def _go_on_after(self, error: Exception) -> None:
        self._wanted.popleft()  # it is tried again when it is asked for again
        self._draw_next()
        raise error
