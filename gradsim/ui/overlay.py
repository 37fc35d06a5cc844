"""Everything written over and around a map, painted the same way in the window and in an exported picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter

from gradsim.core.render.palette import Theme
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Scene
from gradsim.core.starts import count_particles, start_positions
from gradsim.ui.axes import axis_names, draw_axes
from gradsim.ui.cards import color, draw_text, elided, text_font, text_width
from gradsim.ui.corners import CARD_GAP_EM, CORNERS, Obstacles, corner_rect, freest_corner
from gradsim.ui.legend import Legend, draw_legend, lay_out_legend, legend_entries
from gradsim.ui.marks import (
    N_CROSSED_STARTS,
    draw_critical_point_marks,
    draw_key,
    draw_start_marks,
    key_size,
    pixels_within,
)
from gradsim.ui.numbers import format_count
from gradsim.ui.start_handles import start_handles
from gradsim.ui.start_shapes import draw_start_outline

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoints
    from gradsim.core.run import Run
    from gradsim.core.surface import Surface

_N_CURVE_SAMPLES = 256
_N_PATH_RECORDS = 48
_N_PATH_PARTICLES = 12
_N_MARKS_KEPT_FREE = 60


@dataclass(frozen=True)
class PictureLayout:
    """Where things lie in a picture, in device pixels.

    Attributes:
        width, height: of the picture.
        em: size of its text.
        area: the map; axes, title and counter lie in the margins around it.
    """

    width: int
    height: int
    em: float
    area: QRect

    @property
    def has_margins(self) -> bool:
        """Whether there is room for anything but the map."""
        return self.area.width() < self.width


@dataclass(frozen=True)
class Cards:
    """Where the cards on the map lie, in pixels of the picture; empty rectangles where there is no room for one."""

    legend: Legend | None
    legend_corner: str | None
    legend_rect: QRectF
    key_rect: QRectF


def lay_out_picture(width: int, height: int, em: float, dimension: int) -> PictureLayout:
    """Return the layout of a picture of ``width`` × ``height``; one too small to be read is all map."""
    left, top = round((5.2 if dimension == 1 else 4.2) * em), round(2.3 * em)
    right, bottom = round(1.1 * em), round(2.2 * em)
    area = QRect(left, top, width - left - right, height - top - bottom)
    if area.width() < 10 * em or area.height() < 6 * em:
        area = QRect(0, 0, max(1, width), max(1, height))
    return PictureLayout(width, height, em, area)


def plane_points(positions: np.ndarray, surface: Surface) -> np.ndarray:
    """Return where ``positions`` (n, D) lie in the picture's plane, (n, 2): a 1-D surface is shown as (x, f(x))."""
    if positions.shape[-1] == 2:
        return positions
    with np.errstate(all="ignore"):
        return np.stack([positions[:, 0], surface.value(positions)], axis=-1)


class Overlay:
    """What is written over one view of a scene.

    ``draw_still`` paints what stays while the race plays, ``draw_moment`` what changes with the step. Both take a
    painter in device pixels of the picture. ``surface`` may be None while it is being compiled, ``critical_points``
    while they are searched; a 1-D scene without its surface shows no marks.
    """

    def __init__(
        self,
        scene: Scene,
        run: Run | None,
        surface: Surface | None,
        critical_points: CriticalPoints | None,
        theme: Theme,
        layout: PictureLayout,
        viewport: Viewport,
        *,
        legend_corner: str | None = None,
    ) -> None:
        self.scene = scene
        self.theme = theme
        self.layout = layout
        self.viewport = viewport
        self._legend_corner = legend_corner
        ready = surface is not None and surface.dimension == scene.domain.dimension
        self._surface = surface if ready else None
        self.optimizers: tuple[int, ...] = tuple(range(len(scene.racing)))
        """Which of the run's optimizers are shown here, by their place in it."""
        self._run = run if run is not None and run.dimension == scene.domain.dimension else None
        self.critical_points = critical_points if ready and scene.view.critical_points else None
        self.critical_pixels = self._critical_pixels()
        self.n_particles = count_particles(scene.starts)
        self.start_pixels = self._start_pixels()
        self.handle_pixels = self.place(np.array(start_handles(scene.starts), dtype=np.float64))

    def draw_still(self, painter: QPainter) -> None:
        """Paint margins, axes, title, marks, legend and key."""
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        layout, em, theme = self.layout, self.layout.em, self.theme
        area = QRectF(layout.area)
        painter.save()
        painter.setClipRect(area)
        self._draw_marks(painter, area)
        cards = self.cards
        if cards.legend is not None:
            draw_legend(painter, cards.legend_rect, cards.legend, theme)
        if not cards.key_rect.isEmpty() and self.critical_points is not None:
            draw_key(painter, cards.key_rect, self.critical_points, theme, em)
        painter.restore()
        if not layout.has_margins:
            return
        self._fill_margins(painter)
        names = axis_names(self.scene.domain.dimension)
        draw_axes(painter, area, self.viewport, theme, em, names=names, left=area.left())
        title = self.scene.title or self.scene.surface.formula
        font = text_font(1.08 * em, bold=True)
        room = area.width() - text_width(self._counter(self.scene.steps), text_font(0.95 * em, mono=True)) - 2 * em
        draw_text(painter, area.left(), 1.2 * em, elided(title, font, max(0.0, room)), font, color(theme.text))

    def draw_moment(self, painter: QPainter, step: float) -> None:
        """Paint the step counter."""
        if not self.layout.has_margins:
            return
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        em, area = self.layout.em, self.layout.area
        font, text = text_font(0.95 * em, mono=True), self._counter(step)
        left = area.left() + area.width() - text_width(text, font)
        draw_text(painter, left, 1.2 * em, text, font, color(self.theme.text))

    def _counter(self, step: float) -> str:
        text = f"step {format_count(math.floor(step))} / {format_count(self.scene.steps)}"
        if self.n_particles == 1:
            return text
        return f"{len(self.scene.racing)} × {format_count(self.n_particles)} particles · {text}"

    def _fill_margins(self, painter: QPainter) -> None:
        area, layout = self.layout.area, self.layout
        ink = color(self.theme.window)
        right, bottom = area.x() + area.width(), area.y() + area.height()
        painter.fillRect(QRect(0, 0, layout.width, area.y()), ink)
        painter.fillRect(QRect(0, bottom, layout.width, layout.height - bottom), ink)
        painter.fillRect(QRect(0, area.y(), area.x(), area.height()), ink)
        painter.fillRect(QRect(right, area.y(), layout.width - right, area.height()), ink)

    def _draw_marks(self, painter: QPainter, area: QRectF) -> None:
        em = self.layout.em
        if self.critical_points is not None and len(self.critical_points):
            shown = pixels_within(self.critical_pixels, area, em)
            kinds = [point.kind for point, inside in zip(self.critical_points, shown, strict=True) if inside]
            draw_critical_point_marks(painter, kinds, self.critical_pixels[shown], self.theme, em)
        draw_start_outline(painter, self.scene.starts, self.scene.domain, self.to_picture, self.theme, em)
        draw_start_marks(painter, self.start_pixels, self.theme, em)

    @cached_property
    def cards(self) -> Cards:
        """The legend and the key, in the corners where they hide the least."""
        em, area, busy = self.layout.em, QRectF(self.layout.area), self.obstacles
        if not self.layout.has_margins:
            return Cards(None, None, QRectF(), QRectF())
        corners, gap, legend_rect, key_rect = CORNERS, CARD_GAP_EM * em, QRectF(), QRectF()
        corner = None
        legend = lay_out_legend(legend_entries(self.scene, self.theme), area, em)
        if legend is not None:
            corner = self._legend_corner or freest_corner(corners, legend.size, area, gap, busy)
            legend_rect = corner_rect(corner, legend.size, area, gap)
            corners = tuple(other for other in corners if other.split()[1] != corner.split()[1])
        if self.critical_points is not None:
            size = key_size(self.critical_points, em)
            if size[0] + legend_rect.width() < area.width() - 3 * gap and size[1] < 0.3 * area.height():
                key_rect = corner_rect(freest_corner(corners[::-1], size, area, gap, busy), size, area, gap)
        return Cards(legend, corner, legend_rect, key_rect)

    @cached_property
    def rects_to_keep_free(self) -> tuple[tuple[float, float, float, float], ...]:
        """Where the map itself carries no text, (left, top, right, bottom) in its pixels: cards, and a few marks.

        Coarse, so that text stays where it is when a card grows by a digit.
        """
        em, area = self.layout.em, self.layout.area
        step = 2.0 * em
        free = []
        for rect in (self.cards.legend_rect, self.cards.key_rect):
            if not rect.isEmpty():
                left, top, right, bottom = rect.translated(-area.x(), -area.y()).getCoords()
                free.append(
                    (left // step * step, top // step * step, -(-right // step) * step, -(-bottom // step) * step)
                )
        marks = np.concatenate([self.critical_pixels, self.start_pixels]) - (area.x(), area.y())
        if len(marks) <= _N_MARKS_KEPT_FREE:
            free += [(x - em, y - em, x + em, y + em) for x, y in marks.tolist() if math.isfinite(x + y)]
        return tuple(free)

    def _critical_pixels(self) -> np.ndarray:
        points = self.critical_points or ()
        return self.place(np.array([point.position for point in points], dtype=np.float64))

    def _start_pixels(self) -> np.ndarray:
        if self.n_particles > N_CROSSED_STARTS:
            return np.empty((0, 2))
        pixels = self.place(start_positions(self.scene.starts, self.scene.domain, self.scene.seed))
        return pixels[pixels_within(pixels, QRectF(self.layout.area), 2 * self.layout.em)]

    def place(self, positions: np.ndarray) -> np.ndarray:
        """Return the picture's pixels (n, 2) of ``positions`` (n, D), none while the surface is not known."""
        if self._surface is None or len(positions) == 0:
            return np.empty((0, 2))
        return self.to_picture(plane_points(positions, self._surface))

    def to_picture(self, points: np.ndarray) -> np.ndarray:
        """Return the picture's pixels (n, 2) of ``points`` (n, 2) of the plane; undefined ones are NaN."""
        with np.errstate(all="ignore"):
            return self.viewport.to_pixels(points) + np.array([self.layout.area.x(), self.layout.area.y()])

    def to_data(self, pixel: QPointF) -> tuple[float, float]:
        """Return the place in the plane, (x, y), under ``pixel`` of the picture."""
        x, y = self.viewport.to_data((pixel.x() - self.layout.area.x(), pixel.y() - self.layout.area.y())).tolist()
        return x, y

    @cached_property
    def obstacles(self) -> Obstacles:
        """What a card had better not hide: starts, critical points, the curve of a 1-D surface, the race's paths."""
        paths = [np.empty((0, 2))]
        if self._surface is not None and self._surface.dimension == 1:
            x = np.linspace(*self.viewport.x, _N_CURVE_SAMPLES)[:, None]
            paths.append(self.to_picture(plane_points(x, self._surface)))
        if self._run is not None:
            paths.append(self.to_picture(_path_samples(self._run)))
        return Obstacles(np.concatenate([self.start_pixels, self.critical_pixels]), np.concatenate(paths))


def _path_samples(run: Run) -> np.ndarray:
    """Return some of the places that the race passes, float64 (n, 2)."""
    records = np.linspace(0, len(run.steps) - 1, _N_PATH_RECORDS).astype(int)[:, None]
    particles = np.linspace(0, run.n_particles - 1, min(_N_PATH_PARTICLES, run.n_particles)).astype(int)
    places = run.positions[:, records, particles]
    if run.dimension == 1:
        places = np.stack([places[..., 0], run.losses[:, records, particles]], axis=-1)
    return places.reshape(-1, 2)
