"""What lies over one map of a picture: marks of starts and critical points, the legend, and the key to the marks."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from gradsim.core.race.starts import count_particles, start_positions
from gradsim.core.render.palette import Theme
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Scene
from gradsim.ui.drawing.corners import Obstacles
from gradsim.ui.drawing.legend import draw_legend, legend_entries
from gradsim.ui.drawing.map_cards import CardCorners, Cards, place_cards
from gradsim.ui.drawing.margins import caption_strips
from gradsim.ui.drawing.marks import (
    N_CROSSED_STARTS,
    draw_critical_point_marks,
    draw_key,
    draw_start_marks,
    found_text,
    key_parts,
    pixels_within,
)
from gradsim.ui.drawing.picture_cache import LayerCache
from gradsim.ui.drawing.picture_layout import MapPlace, PictureLayout
from gradsim.ui.drawing.start_handles import start_handles
from gradsim.ui.drawing.start_shapes import draw_start_outline, start_outline

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoints
    from gradsim.core.run import Run
    from gradsim.core.surface import Surface

_N_CURVE_SAMPLES = 256
_N_PATH_RECORDS = 48
_N_PATH_PARTICLES = 12
_SAME_VALUE = 1e-9  # of the range of values
_MOST_BEST = 4
_N_MARKS_KEPT_FREE, _N_MARKS_IN_THE_OPEN = 800, 60


def plane_points(positions: np.ndarray, surface: Surface) -> np.ndarray:
    """Return where ``positions`` (n, D) lie in the picture's plane, (n, 2): a 1-D surface is shown as (x, f(x))."""
    if positions.shape[-1] == 2:
        return positions
    with np.errstate(all="ignore"):
        return np.stack([positions[:, 0], surface.value(positions)], axis=-1)


class Overlay:
    """What is written over one of the maps of a picture.

    ``draw_marks`` paints what belongs to the surface and is drawn into the map; ``draw_cards`` paints what lies over
    it. ``surface`` may be None while it is being compiled, ``critical_points`` while they are searched; a 1-D scene
    without its surface shows no marks.

    Attributes:
        layout: that of the picture, with ``area`` the one of this map.
        optimizers: which of the run's optimizers are shown here, by their place in it.
        room: where cards that read this map out may lie: all maps of the picture, as a panel may be small.
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
        place: MapPlace,
        optimizers: tuple[int, ...],
        corners: CardCorners | None = None,
    ) -> None:
        self.scene = scene
        self.theme = theme
        self.layout = replace(layout, area=place.area)
        self.room = QRectF(layout.area)
        self._picture_layout = layout
        self.viewport = viewport
        self.optimizers = optimizers
        self._held_corners = corners
        ready = surface is not None and surface.dimension == scene.domain.dimension
        self._surface = surface if ready else None
        self._run = run if run is not None and run.dimension == scene.domain.dimension else None
        self.critical_points = critical_points if ready and scene.view.critical_points else None

    def draw_marks(self, painter: QPainter) -> None:
        """Paint critical points and starts, with a painter in pixels of the picture that is clipped to the map."""
        em, area = self.mark_em, QRectF(self.layout.area)
        if self.critical_points is not None and len(self.critical_points):
            shown = pixels_within(self.critical_pixels, area, em)
            kinds = [point.kind for point, inside in zip(self.critical_points, shown, strict=True) if inside]
            best = self.are_best[shown].tolist()
            draw_critical_point_marks(painter, kinds, self.critical_pixels[shown], best, self.theme, em)
        if len(self.outline_pixels):
            draw_start_outline(painter, self.outline_pixels, self.theme, em)
        draw_start_marks(painter, self.start_pixels, self.theme, em)

    @property
    def mark_em(self) -> float:
        """What the sizes of marks and handles are measured in: the text's, less on a small panel."""
        return self.layout.em * self.layout.mark_scale

    @property
    def marks_key(self) -> tuple[object, ...]:
        """What ``draw_marks`` paints, apart from where the map lies: equal keys give equal marks."""
        origin = np.array([self.layout.area.x(), self.layout.area.y()])
        kinds = tuple(point.kind for point in self.critical_points or ())
        marks = (self.critical_pixels, self.start_pixels, self.outline_pixels)
        best = self.are_best.tobytes()
        return kinds, best, self.theme, self.mark_em, *((pixels - origin).tobytes() for pixels in marks)

    def draw_cards(self, painter: QPainter, layers: LayerCache) -> None:
        """Paint the legend and the key over a map that has the picture to itself."""
        cards, theme, em, points = self.cards, self.theme, self.layout.em, self.critical_points
        legend = cards.legend
        if legend is not None:
            rect = cards.legend_rect
            key = (legend, theme)
            layers.draw_rect(painter, "legend", key, rect, lambda kept: draw_legend(kept, rect, legend, theme))
        if points is not None and not cards.key_rect.isEmpty():
            rect = cards.key_rect
            key = (tuple(key_parts(points)), found_text(points), theme, em)
            layers.draw_rect(painter, "key", key, rect, lambda kept: draw_key(kept, rect, points, theme, em))

    @cached_property
    def caption_strips(self) -> tuple[QRectF, ...]:
        """Where a line of text hides nothing of any map: in the margins of the picture."""
        return caption_strips(self.scene, self._picture_layout)

    @cached_property
    def are_best(self) -> np.ndarray:
        """Which of the critical points a race had best end in, bool (n,): none where they are no exception."""
        sign = 1.0 if self.scene.goal == "minimize" else -1.0
        values = sign * np.array([point.value for point in self.critical_points or ()], dtype=np.float64)
        finite = values[np.isfinite(values)]
        if not len(finite):
            return np.zeros(len(values), dtype=bool)
        best = values <= finite.min() + _SAME_VALUE * np.ptp(finite)
        return best if np.count_nonzero(best) <= _MOST_BEST else np.zeros(len(values), dtype=bool)

    @cached_property
    def cards(self) -> Cards:
        """The legend and the key, in the corners where they hide the least; panels have neither."""
        if self.layout.is_grid or not self.layout.has_margins:
            return Cards(None, QRectF(), QRectF(), CardCorners())
        return place_cards(
            legend_entries(self.scene, self.theme),
            self.critical_points,
            QRectF(self.layout.area),
            self.layout.em,
            obstacles=self.obstacles,
            held=self._held_corners or CardCorners(),
        )

    @cached_property
    def rects_to_keep_free(self) -> tuple[tuple[float, float, float, float], ...]:
        """Where the map itself carries no text, (left, top, right, bottom) in its pixels: cards and marks.

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
            reach = em if len(marks) <= _N_MARKS_IN_THE_OPEN else 0.5 * em
            free += [(x - reach, y - reach, x + reach, y + reach) for x, y in marks.tolist() if math.isfinite(x + y)]
        return tuple(free)

    @cached_property
    def critical_pixels(self) -> np.ndarray:
        """The picture's pixels (n, 2) of the critical points."""
        points = self.critical_points or ()
        return self.place(np.array([point.position for point in points], dtype=np.float64))

    @cached_property
    def start_pixels(self) -> np.ndarray:
        """The picture's pixels (n, 2) of the starts on this map that have a mark."""
        if count_particles(self.scene.starts) > N_CROSSED_STARTS:
            return np.empty((0, 2))
        pixels = self.place(start_positions(self.scene.starts, self.scene.domain, self.scene.seed))
        return pixels[pixels_within(pixels, QRectF(self.layout.area), 2 * self.layout.em)]

    @cached_property
    def outline_pixels(self) -> np.ndarray:
        """The picture's pixels (n, 2) of the path around the starts: a line, a ring, a box; none in 1-D."""
        return self.place(start_outline(self.scene.starts, self.scene.domain))

    @cached_property
    def handle_pixels(self) -> np.ndarray:
        """The picture's pixels (n, 2) of the starts that can be dragged."""
        return self.place(np.array(start_handles(self.scene.starts), dtype=np.float64))

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
        """What a card had better not hide: starts, critical points, a 1-D surface's curve, where the race passes."""
        paths = [np.empty((0, 2))]
        if self._surface is not None and self._surface.dimension == 1:
            x = np.linspace(*self.viewport.x, _N_CURVE_SAMPLES)[:, None]
            paths.append(self.to_picture(plane_points(x, self._surface)))
        if self._run is not None:
            paths.append(self.to_picture(_path_samples(self._run)))
        places = np.concatenate([self.start_pixels, self.handle_pixels, self.critical_pixels])
        return Obstacles(places, np.concatenate(paths))


def _path_samples(run: Run) -> np.ndarray:
    """Return some of the places that the race passes, float64 (n, 2)."""
    records = np.linspace(0, len(run.steps) - 1, _N_PATH_RECORDS).astype(int)[:, None]
    particles = np.linspace(0, run.n_particles - 1, min(_N_PATH_PARTICLES, run.n_particles)).astype(int)
    places = run.positions[:, records, particles]
    if run.dimension == 1:
        places = np.stack([places[..., 0], run.losses[:, records, particles]], axis=-1)
    return places.reshape(-1, 2)
