"""Where the legend and the key to the marks lie on a map: in the corners where they hide the least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from gradsim.ui.drawing.corners import CARD_GAP_EM, CORNERS, Obstacles, corner_rect, freest_corner
from gradsim.ui.drawing.legend import NARROWER_SHARES, Legend, LegendEntry, lay_out_legend, lay_out_narrow_legend
from gradsim.ui.drawing.marks import key_size

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoints


@dataclass(frozen=True)
class CardCorners:
    """In which corners the cards lie, such as ``"top left"``; None where there is no card."""

    legend: str | None = None
    key: str | None = None


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
    legend, legend_corner = _choose_legend(entries, area, em, obstacles=obstacles, held=held.legend)
    if legend is not None and legend_corner is not None:
        legend_rect = corner_rect(legend_corner, legend.size, area, gap)
        corners = tuple(other for other in corners if other.split()[1] != legend_corner.split()[1])
    if points is not None:
        size = key_size(points, em)
        if size[0] + legend_rect.width() < area.width() - 3 * gap and size[1] < 0.3 * area.height():
            key_corner = held.key if held.key in corners else freest_corner(corners[::-1], size, area, gap, obstacles)
            key_rect = corner_rect(key_corner, size, area, gap)
    return Cards(legend, legend_rect, key_rect, CardCorners(legend_corner, key_corner))


def _choose_legend(
    entries: tuple[LegendEntry, ...], area: QRectF, em: float, *, obstacles: Obstacles, held: str | None
) -> tuple[Legend | None, str | None]:
    """The legend and its corner: where it would hide marks in every corner, a narrower one that hides fewer."""
    gap, map_size = CARD_GAP_EM * em, (area.width(), area.height())
    legend = lay_out_legend(entries, map_size, em)
    if legend is None:
        return None, None

    def place(each: Legend) -> tuple[str, int]:
        corner = held or freest_corner(CORNERS, each.size, area, gap, obstacles)
        return corner, obstacles.n_places_under(corner_rect(corner, each.size, area, gap))

    corner, n_hidden = place(legend)
    for share in NARROWER_SHARES:
        if n_hidden and (narrow := lay_out_narrow_legend(entries, map_size, em, share)) is not None:
            narrow_corner, n_still_hidden = place(narrow)
            if n_still_hidden < n_hidden:
                legend, corner, n_hidden = narrow, narrow_corner, n_still_hidden
    return legend, corner
