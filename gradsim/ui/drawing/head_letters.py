"""Writes the letter of its optimizer on every head, and where heads meet, their letters side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from gradsim.core.render.palette import Theme
from gradsim.ui.drawing.cards import color, text_font, text_width
from gradsim.ui.drawing.swatch import letter_ink

MEETING = 1.2  # head radii between the middles of two heads, below which a letter has no room
TAG_COLUMNS = 6


def letter_groups(pixels: np.ndarray, shown: np.ndarray, distance: float) -> list[list[int]]:
    """Return the indices of heads that lie within ``distance`` of each other, directly or over others between them.

    Args:
        pixels: of the heads, (n, 2).
        shown: bool (n,); the others belong to no group.
    """
    left = set(np.flatnonzero(shown).tolist())
    groups = []
    while left:
        group, border = [], [min(left)]
        left -= set(border)
        while border:
            here = border.pop()
            group.append(here)
            near = [other for other in left if np.hypot(*(pixels[other] - pixels[here])) < distance]
            left -= set(near)
            border += near
        groups.append(sorted(group))
    return groups


def draw_head_letters(
    painter: QPainter,
    pixels: np.ndarray,
    shown: np.ndarray,
    *,
    letters: Sequence[str],
    colors: Sequence[str],
    radius: float,
    theme: Theme,
) -> None:
    """Write a letter on each head that has room for it, and a tag of letters beside heads that meet.

    Args:
        pixels: of the heads, (optimizers, particles, 2); ``shown`` says which of them are on the map and alive.
        letters, colors: of the optimizers.
        radius: of a head, in pixels.
    """
    n_particles = pixels.shape[1]
    places, on_map = pixels.reshape(-1, 2), shown.reshape(-1)
    for group in letter_groups(places, on_map, MEETING * radius):
        optimizers = sorted({index // n_particles for index in group})
        if len(group) == 1:
            _write_on_head(painter, places[group[0]], letters[optimizers[0]], colors[optimizers[0]], radius)
        else:
            _write_tag(painter, places[group], [(letters[o], colors[o]) for o in optimizers], radius, theme)


def _write_on_head(painter: QPainter, at: np.ndarray, letter: str, head: str, radius: float) -> None:
    font = text_font((1.25 if len(letter) == 1 else 0.9) * radius, bold=True)
    painter.fillPath(_letter_path(letter, font, at[0], at[1]), color(letter_ink(head)))


def _write_tag(
    painter: QPainter, places: np.ndarray, letters: Sequence[tuple[str, str]], radius: float, theme: Theme
) -> None:
    font = text_font(1.4 * radius, bold=True)
    gap, line = 0.4 * radius, 1.6 * radius
    rows = [letters[first : first + TAG_COLUMNS] for first in range(0, len(letters), TAG_COLUMNS)]
    middle, top, bottom = places[:, 0].mean(), places[:, 1].min(), places[:, 1].max()
    first = top - 2.4 * radius - line * (len(rows) - 1)
    if first < 1.0 * radius:
        first = bottom + 2.4 * radius
    halo = QPen(color(theme.overlay, 0.85), 0.42 * radius)
    halo.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    for line_number, row in enumerate(rows):
        widths = [text_width(letter, font) for letter, _ in row]
        left = middle - 0.5 * (sum(widths) + gap * (len(row) - 1))
        for (letter, ink), width in zip(row, widths, strict=True):
            path = _letter_path(letter, font, left + width / 2, first + line_number * line)
            left += width + gap
            painter.strokePath(path, halo)
            painter.fillPath(path, color(ink))


def _letter_path(letter: str, font: QFont, x: float, y: float) -> QPainterPath:
    """Return the outline of ``letter`` centred on (x, y)."""
    path = QPainterPath()
    path.addText(QPointF(x - text_width(letter, font) / 2, y + QFontMetricsF(font).capHeight() / 2), font, letter)
    return path
