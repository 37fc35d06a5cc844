"""Where the legend and the key to the marks lie on a map: in the corners where they hide the least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from gradsim.ui.drawing.corners import CARD_GAP_EM, CORNERS, Obstacles, corner_rect, freest_corner
from gradsim.ui.drawing.legend import NARROWER_SHARES, Legend, LegendEntry, lay_out_legend
from gradsim.ui.drawing.marks import key_size

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoints


@dataclass(frozen=True)
class CardCorners:
    """In which corners the cards lie, such as ``"top left"``; None where there is no card.

    ``legend_share`` is how much of the map's width a legend takes at most that was made narrower to hide less.
    """

    legend: str | None = None
    key: str | None = None
    legend_share: float | None = None


@dataclass(frozen=True)
class Cards:
    """Where the cards on the map lie, in pixels of the picture; empty rectangles where there is no room for one."""

    legend: Legend | None
    legend_rect: QRectF
    key_rect: QRectF
    corners: CardCorners


def place_cards(
    entries: tuple[LegendEntry, ...],
    points: CriticalPoints | None,
    area: QRectF,
    em: float,
    *,
    obstacles: Obstacles,
    held: CardCorners,
) -> Cards:
    """Return where the cards lie on the map ``area``; ``held`` are the corners of those that stay where they are."""
    gap = CARD_GAP_EM * em
    corners, legend_rect, key_rect, key_corner = CORNERS, QRectF(), QRectF(), None
    legend, legend_corner, share = _choose_legend(entries, area, em, obstacles=obstacles, held=held)
    if legend is not None and legend_corner is not None:
        legend_rect = corner_rect(legend_corner, legend.size, area, gap)
        corners = tuple(other for other in corners if other.split()[1] != legend_corner.split()[1])
    if points is not None:
        size = key_size(points, em)
        if size[0] + legend_rect.width() < area.width() - 3 * gap and size[1] < 0.3 * area.height():
            key_corner = held.key if held.key in corners else freest_corner(corners[::-1], size, area, gap, obstacles)
            key_rect = corner_rect(key_corner, size, area, gap)
    return Cards(legend, legend_rect, key_rect, CardCorners(legend_corner, key_corner, share))


def _choose_legend(
    entries: tuple[LegendEntry, ...], area: QRectF, em: float, *, obstacles: Obstacles, held: CardCorners
) -> tuple[Legend | None, str | None, float | None]:
    """The legend, its corner and its share: where it would hide marks in every corner, a narrower one that hides none.

    Of one that is held, neither corner nor share change. Where marks are everywhere, none is made narrower in vain.
    """
    gap, map_size = CARD_GAP_EM * em, (area.width(), area.height())
    chosen: list[tuple[Legend, str, float | None]] = []
    for share in (None, *NARROWER_SHARES) if held.legend is None else (held.legend_share,):
        legend = lay_out_legend(entries, map_size, em, share)
        if legend is None:
            break
        corner = held.legend or freest_corner(CORNERS, legend.size, area, gap, obstacles)
        chosen.append((legend, corner, share))
        if obstacles.n_places_under(corner_rect(corner, legend.size, area, gap)) == 0:
            return chosen[-1]
    return chosen[0] if chosen else (None, None, None)
