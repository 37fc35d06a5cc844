"""What Qt draws on a map, by the thread that shades it: on the background once for a view, and at the heads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PySide6.QtGui import QImage, QPainter

from gradsim.core.render.few_heads import shows_letters
from gradsim.core.render.map_renderer import Ground, Moment
from gradsim.core.render.palette import optimizer_letter, resolve_color
from gradsim.core.run import Run
from gradsim.ui.drawing.axes import draw_grid
from gradsim.ui.drawing.cards import BASE_TEXT_PIXELS
from gradsim.ui.drawing.contour_labels import draw_contour_labels, write_labels
from gradsim.ui.drawing.head_letters import draw_head_letters
from gradsim.ui.drawing.optimizer_boxes import draw_boxes
from gradsim.ui.drawing.tangents import MOST_TANGENTS, draw_tangents, next_updates
from gradsim.ui.drawing.vector_field import draw_vector_field


class MapDecorations:
    """Draws labels, arrows, grid lines, boxes, tangents and letters."""

    def draw_on_ground(self, picture: np.ndarray, ground: Ground) -> None:
        """Draw the grid of a 1-D curve, or the vector field and the values of contours."""
        surface, look, viewport, theme = ground.surface, ground.look, ground.viewport, ground.theme
        with painting(picture) as painter:
            if surface.dimension == 1:
                draw_grid(painter, viewport, theme, BASE_TEXT_PIXELS * look.pixel_ratio)
                return
            levels = ground.levels
            labels = write_labels(surface, viewport, levels=levels, look=look) if look.contour_labels else []
            if look.vector_field:
                written = [label.rect for label in labels]
                draw_vector_field(painter, surface, viewport, levels=levels, theme=theme, look=look, keep_free=written)
            draw_contour_labels(painter, labels, theme=theme, look=look)

    def draw_below_trails(self, picture: np.ndarray, ground: Ground, run: Run, optimizers: slice) -> None:
        """Draw the boxes that optimizers are kept inside."""
        entries, places = run.scene.optimizers, run.scene.racing_places[optimizers]
        boxed = {place: box for place in places if (box := entries[place].box) is not None}
        if not boxed:
            return
        with painting(picture) as painter:
            draw_boxes(
                painter,
                ground.viewport,
                boxes=tuple(boxed.values()),
                inks=[resolve_color(entries[place].color, place, ground.theme) for place in boxed],
                theme=ground.theme,
                em=BASE_TEXT_PIXELS * ground.look.pixel_ratio,
            )

    def draw_below_heads(self, picture: np.ndarray, ground: Ground, moment: Moment) -> None:
        """Draw the tangents of a few balls on a curve."""
        look, run = ground.look, moment.run
        if not look.tangents or run.dimension != 1 or run.n_optimizers * run.n_raced > MOST_TANGENTS:
            return
        shown = _heads_on_map(picture, moment)
        _, colors = _letters_and_colors(ground, moment)
        with painting(picture) as painter:
            draw_tangents(
                painter,
                ground.surface,
                ground.viewport,
                x=moment.frame.positions[moment.optimizers, :, 0][shown],
                pixels=moment.pixels[shown],
                updates=next_updates(run, moment.frame.step)[moment.optimizers][shown],
                colors=[colors[optimizer] for optimizer in np.nonzero(shown)[0].tolist()],
                radius=moment.radius,
                em=BASE_TEXT_PIXELS * look.pixel_ratio,
            )

    def draw_on_heads(self, picture: np.ndarray, ground: Ground, moment: Moment) -> None:
        """Draw the letters of a few heads."""
        if not ground.look.letters or not shows_letters(*moment.frame.losses.shape):
            return
        letters, colors = _letters_and_colors(ground, moment)
        with painting(picture) as painter:
            draw_head_letters(
                painter,
                moment.pixels,
                _heads_on_map(picture, moment),
                letters=letters,
                colors=colors,
                radius=moment.radius,
                theme=ground.theme,
            )


def _heads_on_map(picture: np.ndarray, moment: Moment) -> np.ndarray:
    """Return which heads are alive and at least partly on the map, bool (optimizers, particles)."""
    height, width = picture.shape[:2]
    reach = moment.radius
    with np.errstate(invalid="ignore"):
        inside = (moment.pixels > -reach) & (moment.pixels < np.array([width, height]) + reach)
    return moment.alive & inside.all(axis=-1)


def _letters_and_colors(ground: Ground, moment: Moment) -> tuple[list[str], list[str]]:
    """Return the letters and the colours of the optimizers on this map."""
    entries = moment.run.scene.optimizers
    places = moment.run.scene.racing_places[moment.optimizers]
    colors = [resolve_color(entries[place].color, place, ground.theme) for place in places]
    return [optimizer_letter(place) for place in places], colors


@contextmanager
def painting(pixels: np.ndarray) -> Iterator[QPainter]:
    """A painter on ``pixels``, uint8 (H, W, 4) BGRX, C-contiguous."""
    height, width = pixels.shape[:2]
    image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    try:
        yield painter
    finally:
        painter.end()
