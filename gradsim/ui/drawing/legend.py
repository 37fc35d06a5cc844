"""The legend: each competitor's colour, label and learning rate, on a card in a corner of the map."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.render.palette import Theme
from gradsim.core.scene import OptimizerEntry, Scene
from gradsim.ui.drawing.cards import color, draw_card, draw_text, elided, text_font, text_width
from gradsim.ui.drawing.competitors import badges
from gradsim.ui.drawing.swatch import draw_swatch, swatch_width
from gradsim.ui.numbers import format_number
from gradsim.ui.widgets.number_field import number_text

MAX_WIDTH_FRACTION = 0.4
MAX_HEIGHT_FRACTION = 0.62
NARROWER_SHARES = (0.3, 0.22)
"""Of the map's width, for legends that would otherwise hide marks."""
_SMALL, _SMALLEST = 0.85, 0.7
COMFORTABLE_SHARE = 1 / 7
MANY = 7
ROW_EM = 1.5


@dataclass(frozen=True)
class LegendEntry:
    """One line of the legend.

    Attributes:
        color: ``#RRGGBB``.
        letter: on the swatch; empty where letters are not shown.
        setting: such as ``η = 0.01``, or empty.
    """

    color: str
    letter: str
    label: str
    setting: str


def legend_entries(scene: Scene, theme: Theme) -> tuple[LegendEntry, ...]:
    """Return an entry for every optimizer that is switched on."""
    return tuple(
        LegendEntry(badge.color, badge.letter, badge.label, _learning_rate(entry))
        for badge, entry in zip(badges(scene, theme), scene.racing, strict=True)
    )


def _learning_rate(entry: OptimizerEntry) -> str:
    """Return ``η = 0.01`` or ``η = 2/101``, nothing where there is none or the label tells it."""
    if "η" in (entry.label or ""):
        return ""
    defaults = OPTIMIZERS[entry.name].rule(entry.convention).defaults
    value = entry.hyperparameters.get("learning_rate", defaults.get("learning_rate"))
    if value is None:
        return ""
    text = number_text(value)
    return f"η = {text if '/' in text else format_number(value, digits=3)}"


@dataclass(frozen=True)
class Legend:
    """A legend laid out for one map: what is shown of it, and where.

    Attributes:
        entries: the entries that fit; ``n_more`` others are only counted.
        n_columns: 1 or 2.
        label_left: pixels from the left of a column to its labels.
        label_width, setting_width: pixels in each column, 0 where settings had to go.
        size: (width, height) of the card in pixels.
        em: text size in pixels, smaller than the map's where the map is small.
    """

    entries: tuple[LegendEntry, ...]
    n_more: int
    n_columns: int
    label_left: float
    label_width: float
    setting_width: float
    size: tuple[float, float]
    em: float


@lru_cache(maxsize=16)
def lay_out_legend(
    entries: tuple[LegendEntry, ...], map_size: tuple[float, float], em: float, share: float | None = None
) -> Legend | None:
    """Return the legend that covers at most two fifths of the map's width, or None where there is no room for any.

    Where it would cover more than a seventh of the map, text shrinks and learning rates go, with two columns for many
    entries; where even that does not fit, labels are cut, and what is left over is counted as "+ 12 more". With a
    ``share`` it has no learning rates, and its labels are cut so that it takes no more of the map's width.
    """
    if not entries:
        return None
    widest, tallest = MAX_WIDTH_FRACTION * map_size[0], MAX_HEIGHT_FRACTION * map_size[1]
    if share is not None:
        return _limited(entries, share * map_size[0], tallest, em)
    fitting = [
        legend
        for size, with_settings in ((1.0, True), (_SMALL, True), (_SMALL, False), (_SMALLEST, False))
        for n_columns in ((2, 1) if len(entries) >= MANY else (1, 2))
        if _fits(legend := _try(entries, n_columns, em * size, with_settings=with_settings), widest, tallest)
    ]
    if not fitting:
        return _limited(entries, widest, tallest, em)
    small = COMFORTABLE_SHARE * map_size[0] * map_size[1]
    return next((legend for legend in fitting if legend.size[0] * legend.size[1] <= small), fitting[-1])


def _fits(legend: Legend, widest: float, tallest: float) -> bool:
    return legend.size[0] <= widest and legend.size[1] <= tallest


def _try(entries: tuple[LegendEntry, ...], n_columns: int, em: float, *, with_settings: bool) -> Legend:
    label_font, setting_font = text_font(em), text_font(0.92 * em)
    label_left = _label_left(entries, em)
    label_width = max(text_width(entry.label, label_font) for entry in entries)
    setting_width = max(text_width(entry.setting, setting_font) for entry in entries) if with_settings else 0.0
    size = _size(len(entries), n_columns, label_left + label_width, setting_width, em)
    return Legend(entries, 0, n_columns, label_left, label_width, setting_width, size, em)


def _limited(entries: tuple[LegendEntry, ...], widest: float, tallest: float, em: float) -> Legend | None:
    """The legend in smaller text, in the smallest only where labels or entries would have to be cut otherwise."""
    small = _try(entries, 1, _SMALL * em, with_settings=False)
    return small if _fits(small, widest, tallest) else _cut(entries, widest, tallest, _SMALLEST * em)


def _cut(entries: tuple[LegendEntry, ...], widest: float, tallest: float, em: float) -> Legend | None:
    """The legend of what fits into the space: in two columns where its rows are too few and no label has to be cut."""
    n_rows = int((tallest - 0.9 * em) / (ROW_EM * em))
    label_left = _label_left(entries, em)
    whole_width = max(text_width(entry.label, text_font(em)) for entry in entries)
    two = len(entries) > n_rows and _size(2, 2, label_left + whole_width, 0.0, em)[0] <= widest
    n_columns = 2 if two else 1
    label_width = min(whole_width, widest - _size(1, 1, label_left, 0.0, em)[0])
    if n_rows < 2 or label_width < 2 * em:
        return None
    n_places = n_columns * n_rows
    n_shown = len(entries) if len(entries) <= n_places else n_places - 1
    n_more = len(entries) - n_shown
    size = _size(n_shown + bool(n_more), n_columns, label_left + label_width, 0.0, em)
    return Legend(entries[:n_shown], n_more, n_columns, label_left, label_width, 0.0, size, em)


def _label_left(entries: tuple[LegendEntry, ...], em: float) -> float:
    return max(swatch_width(entry.letter, em) for entry in entries) + 0.54 * em


def _size(n_entries: int, n_columns: int, label_right: float, setting_width: float, em: float) -> tuple[float, float]:
    column = label_right + (0.9 * em + setting_width if setting_width else 0.0)
    return n_columns * column + (n_columns - 1) * 1.4 * em + 1.6 * em, math.ceil(
        n_entries / n_columns
    ) * ROW_EM * em + 0.9 * em


def draw_legend(painter: QPainter, rect: QRectF, legend: Legend, theme: Theme) -> None:
    """Paint ``legend`` on a card at ``rect``, column by column."""
    em = legend.em
    draw_card(painter, rect, theme, em)
    label_font, setting_font = text_font(em), text_font(0.92 * em)
    n_rows = math.ceil((len(legend.entries) + bool(legend.n_more)) / legend.n_columns)
    column_width = (rect.width() - 1.6 * em + 1.4 * em) / legend.n_columns
    for index, entry in enumerate(legend.entries):
        left = rect.left() + 0.8 * em + (index // n_rows) * column_width
        middle = rect.top() + 0.45 * em + (index % n_rows + 0.5) * ROW_EM * em
        draw_swatch(painter, left, middle, entry.color, entry.letter, em)
        text_left = left + legend.label_left
        draw_text(
            painter,
            text_left,
            middle,
            elided(entry.label, label_font, legend.label_width + 1),
            label_font,
            color(theme.text),
        )
        if legend.setting_width:
            setting_left = text_left + legend.label_width + 0.9 * em
            draw_text(painter, setting_left, middle, entry.setting, setting_font, color(theme.dim_text))
    if legend.n_more:
        middle = rect.top() + 0.45 * em + (n_rows - 0.5) * ROW_EM * em
        left = rect.left() + 0.8 * em + legend.label_left + (legend.n_columns - 1) * column_width
        draw_text(painter, left, middle, f"+ {legend.n_more} more", label_font, color(theme.dim_text))
