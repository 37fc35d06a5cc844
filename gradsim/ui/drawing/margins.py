"""What is written around the maps of a picture: title and counter, axes, and the headers of panels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QFont, QPainter

from gradsim.core.race.starts import count_particles
from gradsim.core.render.palette import Theme
from gradsim.core.render.viewport import Viewport
from gradsim.core.scene import Scene
from gradsim.ui.drawing.axes import axis_names, draw_axes
from gradsim.ui.drawing.cards import color, draw_text, elided, text_font, text_width
from gradsim.ui.drawing.competitors import Badge, Standing
from gradsim.ui.drawing.marks import draw_key_line, found_text, key_parts
from gradsim.ui.drawing.picture_layout import MapPlace, PictureLayout
from gradsim.ui.drawing.swatch import draw_swatch, swatch_width
from gradsim.ui.numbers import format_count

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoints

_LONGEST_LOSS = "−1.23×10⁻¹²"
_LONGEST_RANK = "12th"
_TITLE_MIDDLE_EM = 1.2
CAPTION_EM = 1.9
_LONGEST_LABEL_EM = 11.0  # longer ones are cut where there is no room for them


def header_widths(badges: Sequence[Badge], em: float) -> tuple[float, float]:
    """Return how many pixels the widest header of a panel takes in one line, and in two."""
    label = max((text_width(badge.label, _label_font(em)) for badge in badges), default=0.0)
    label = _label_left(badges, em) + min(label, _LONGEST_LABEL_EM * em)
    return label + 0.8 * em + _reading_width(em), max(label, _reading_width(em))


def _label_font(em: float) -> QFont:
    return text_font(em, bold=True)


def _label_left(badges: Sequence[Badge], em: float) -> float:
    return max((swatch_width(badge.letter, em) for badge in badges), default=0.0) + 0.5 * em


def _reading_width(em: float) -> float:
    return _fixed_width(_LONGEST_LOSS, 0.95 * em) + 0.7 * em + _fixed_width(_LONGEST_RANK, 0.95 * em)


@lru_cache(maxsize=32)
def _fixed_width(text: str, pixels: float) -> float:
    """Return the width of a text that is measured for every panel of every frame."""
    return text_width(text, text_font(pixels))


def _counter_text(step: float, n_steps: int, n_optimizers: int, n_particles: int, n_shown: int | None) -> str:
    text = f"step {format_count(math.floor(step))} / {format_count(n_steps)}"
    if n_particles == 1:
        return text
    particles = f"{format_count(n_particles)} particles"
    if n_shown is not None and n_shown < n_particles:
        particles = f"{format_count(n_shown)} of {particles}"
    return f"{n_optimizers} × {particles} · {text}"


def _title_room(layout: PictureLayout, counter: str) -> float:
    """How many pixels the counter leaves to the title."""
    em = layout.em
    return max(0.0, layout.area.width() - text_width(counter, text_font(0.95 * em, mono=True)) - 2 * em)


def caption_strips(scene: Scene, layout: PictureLayout) -> tuple[QRectF, ...]:
    """Return where a line of text may cover margins for a while: the title, or else the labels of the axis below."""
    if not layout.has_margins:
        return ()
    em, area, height = layout.em, QRectF(layout.area), CAPTION_EM * layout.em
    counter = _counter_text(scene.steps, scene.steps, len(scene.racing), count_particles(scene.starts), None)
    above = QRectF(area.left(), _TITLE_MIDDLE_EM * em - height / 2, _title_room(layout, counter) + em, height)
    below = QRectF(area.left(), layout.height - 0.15 * em - height, area.width(), height)
    return above, below


@dataclass(frozen=True)
class Margins:
    """What is written around the maps of one picture.

    ``draw_still`` paints what stays while the race plays, ``draw_moment`` what changes with the step; both take a
    painter in device pixels of the picture. Margins that are equal look alike.

    Attributes:
        badges: of the panels, one for each place of a grid.
        n_hidden: optimizers that race but have no panel.
        key, found: below panels, what the marks of critical points mean, and whether all were found; may be empty.
    """

    layout: PictureLayout
    viewport: Viewport
    theme: Theme
    title: str
    dimension: int
    n_steps: int
    n_optimizers: int
    n_particles: int
    badges: tuple[Badge, ...]
    n_hidden: int
    key: tuple[tuple[str, str], ...]
    found: str

    @classmethod
    def of(
        cls,
        scene: Scene,
        theme: Theme,
        layout: PictureLayout,
        viewport: Viewport,
        *,
        badges: tuple[Badge, ...] = (),
        points: CriticalPoints | None = None,
    ) -> Margins:
        """Return the margins of a picture of ``scene``; ``badges`` are those of its panels."""
        n_racing = len(scene.racing)
        return cls(
            layout=layout,
            viewport=viewport,
            theme=theme,
            title=scene.title or scene.surface.formula,
            dimension=scene.domain.dimension,
            n_steps=scene.steps,
            n_optimizers=n_racing,
            n_particles=count_particles(scene.starts),
            badges=badges,
            n_hidden=n_racing - len(badges) if badges else 0,
            key=tuple(key_parts(points)) if points is not None else (),
            found=found_text(points) if points is not None else "",
        )

    def draw_still(self, painter: QPainter) -> None:
        """Paint everything but what is on the maps and what changes with the step."""
        layout, em, theme = self.layout, self.layout.em, self.theme
        painter.fillRect(QRect(0, 0, layout.width, layout.height), color(theme.window))
        if not layout.has_margins:
            return
        names = axis_names(self.dimension)
        for place in layout.places:
            draw_axes(
                painter,
                QRectF(place.area),
                self.viewport,
                theme,
                em,
                names=names,
                left=float(layout.area.x()),
                labels_left=place.labels_left,
                labels_below=place.labels_below,
            )
        font = text_font(1.08 * em, bold=True)
        room = _title_room(layout, self._counter(self.n_steps))
        title = elided(self.title, font, room)
        draw_text(painter, layout.area.x(), _TITLE_MIDDLE_EM * em, title, font, color(theme.text))
        for place, badge in zip(layout.places, self.badges, strict=False):
            self._draw_header(painter, place, badge)
        self._draw_footer(painter)

    def draw_moment(
        self, painter: QPainter, step: float, standings: Sequence[Standing | None], *, n_shown: int | None = None
    ) -> None:
        """Paint the step counter, and in every header where its optimizer stands.

        ``n_shown`` of the particles of each optimizer are on the map; None for all of them.
        """
        layout, em = self.layout, self.layout.em
        if not layout.has_margins:
            return
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        font, text = text_font(0.95 * em, mono=True), self._counter(step, n_shown)
        right = layout.area.x() + layout.area.width()
        draw_text(painter, right - text_width(text, font), _TITLE_MIDDLE_EM * em, text, font, color(self.theme.text))
        for place, standing in zip(layout.places, standings, strict=False):
            if standing is not None and self.badges:
                self._draw_standing(painter, place, standing)

    def _counter(self, step: float, n_shown: int | None = None) -> str:
        return _counter_text(step, self.n_steps, self.n_optimizers, self.n_particles, n_shown)

    def _line_middles(self, place: MapPlace) -> tuple[float, float]:
        """Return the heights of a header's line with the name, and of that with loss and rank."""
        top, em = place.header.y(), self.layout.em
        if self.layout.header_lines == 2:
            return top + 0.8 * em, top + 2.1 * em
        return top + 0.85 * em, top + 0.85 * em

    def _draw_header(self, painter: QPainter, place: MapPlace, badge: Badge) -> None:
        em, theme = self.layout.em, self.theme
        middle, _ = self._line_middles(place)
        left, right = place.header.x() + _label_left(self.badges, em), place.header.x() + place.header.width()
        draw_swatch(painter, place.header.x(), middle, badge.color, badge.letter, em)
        if self.layout.header_lines == 1:
            right -= 0.8 * em + _reading_width(em)
        room = max(0.0, right - left)
        size = em * min(1.0, max(0.8, room / max(1.0, text_width(badge.label, _label_font(em)))))
        label = elided(badge.label, _label_font(size), room)
        draw_text(painter, left, middle, label, _label_font(size), color(theme.text))

    def _draw_standing(self, painter: QPainter, place: MapPlace, standing: Standing) -> None:
        em, theme = self.layout.em, self.theme
        _, middle = self._line_middles(place)
        left, right = place.header.x(), place.header.x() + place.header.width()
        leads = standing.rank == 1
        font = text_font(0.95 * em, bold=leads)
        rank_left = right - text_width(standing.rank_text, font)
        ink = color(theme.text if leads else theme.dim_text)
        draw_text(painter, rank_left, middle, standing.rank_text, font, ink)
        font, text = text_font(0.95 * em), standing.loss_text
        width = text_width(text, font)
        if self.layout.header_lines == 1:
            left = right - _fixed_width(_LONGEST_RANK, 0.95 * em) - 0.7 * em - width
        elif self.n_particles > 1 and left + width + _fixed_width("median ", 0.95 * em) + 0.7 * em < rank_left:
            text = f"median {text}"
        draw_text(painter, left, middle, text, font, color(theme.text))

    def _draw_footer(self, painter: QPainter) -> None:
        footer, em = QRectF(self.layout.footer), 0.9 * self.layout.em
        if footer.isEmpty():
            return
        middle, right = footer.top() + 0.4 * footer.height(), footer.right()
        if self.n_hidden:
            n_shown = len(self.badges)
            note = f"the first {n_shown} of {n_shown + self.n_hidden} optimizers"
            font = text_font(em)
            right -= text_width(note, font)
            draw_text(painter, right, middle, note, font, color(self.theme.dim_text))
        if self.found:
            room = right - 2 * em - footer.left()
            draw_key_line(painter, footer.left(), middle, room, self.key, self.found, self.theme, em)
