"""What a picture hands on to the next: its renderer, and images that are painted once while they stay the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from gradsim.core.render.palette import Theme
from gradsim.core.scene import Domain

if TYPE_CHECKING:
    from gradsim.core.render.map_renderer import MapRenderer
    from gradsim.core.surface import Surface

Paint = Callable[[QPainter], None]


class LayerCache:
    """Keeps the last image of each name; for one thread."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, QImage]] = {}

    def image(self, name: str, key: object, size: QSize, paint: Paint, *, opaque: bool = False) -> QImage:
        """Return the image of ``name``, painted anew where ``key``, which says all that it shows, has changed."""
        kept = self._kept.get(name)
        if kept is not None and kept[0] == key and kept[1].size() == size:
            return kept[1]
        image = QImage(size, QImage.Format.Format_RGB32 if opaque else QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        painter = QPainter(image)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        try:
            paint(painter)
        finally:
            painter.end()
        self._kept[name] = key, image
        return image

    def draw_rect(self, painter: QPainter, name: str, key: object, rect: QRectF, paint: Paint) -> None:
        """Draw the image of ``name`` over ``rect``; ``paint`` writes into ``rect`` with its painter."""
        origin = QPoint(math.floor(rect.left()) - 1, math.floor(rect.top()) - 1)
        offset = rect.topLeft() - QPointF(origin)
        size = QSize(math.ceil(offset.x() + rect.width()) + 1, math.ceil(offset.y() + rect.height()) + 1)

        def paint_moved(kept_painter: QPainter) -> None:
            kept_painter.translate(-origin)
            paint(kept_painter)

        painter.drawImage(origin, self.image(name, (key, offset, rect.size()), size, paint_moved))


class PictureCache:
    """What one picture hands on to the next.

    Attributes:
        marks: layers of the thread that draws maps, which also keeps the renderer with its levels and background.
        written: layers of the thread that writes over them.
    """

    def __init__(self) -> None:
        self.marks, self.written = LayerCache(), LayerCache()
        self._key: tuple[object, ...] = ()
        self._renderer: MapRenderer | None = None

    def renderer(self, surface: Surface, domain: Domain, theme: Theme) -> MapRenderer:
        """Return the renderer of ``surface`` over ``domain`` in the colours of ``theme``."""
        from gradsim.core.render.map_renderer import MapRenderer
        from gradsim.ui.drawing.map_decoration import MapDecorations

        key = (surface, domain, theme)
        if self._renderer is None or key != self._key:
            renderer = MapRenderer(surface, domain, theme, decorations=MapDecorations())
            self._renderer, self._key = renderer, key
        return self._renderer
