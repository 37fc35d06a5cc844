"""Where the maps of a picture lie and what room is around them: one map, or a grid of linked panels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QRect

MAX_PANELS = 12
HEADER_EM = 1.75  # a panel's name, loss and rank in one line
TALL_HEADER_EM = 2.95  # and in two
FOOTER_EM = 1.7
_COLUMN_GAP_EM, _ROW_GAP_EM = 0.9, 0.7
_BARE_GAP = 2
_LEAST_MAP_EM = (10.0, 6.0)  # a map smaller than this has no margins
_LEAST_PANEL_EM = (6.0, 4.0)
_ROOMY_PANEL_EM = 9.0
_TEXT_SIZES = (1.0, 0.9, 0.8, 0.72)  # of the text around panels, by that of a map
_PLEASANT_ASPECT = 1.6  # of a panel whose axes do not share their scale
_EMPTY_CELL_PENALTY = 0.04
_FULL_SIZE_MAP_EM = 22.0
_SMALLEST_MARKS = 0.62


@dataclass(frozen=True)
class MapPlace:
    """Where one of the maps lies, in device pixels of the picture.

    Attributes:
        area: the map.
        header: the strip above it with its name, empty where the map has none.
        labels_left, labels_below: whether its axes are written there; within a grid the neighbour's are read.
    """

    area: QRect
    header: QRect = field(default_factory=QRect)
    labels_left: bool = True
    labels_below: bool = True


@dataclass(frozen=True)
class PictureLayout:
    """Where things lie in a picture, in device pixels.

    Attributes:
        width, height: of the picture.
        em: size of its text, smaller around panels that would leave no room for it.
        area: the map, or the rectangle around all panels; axes, title and counter lie in the margins around it.
        places: of the maps, which all have the same size, row by row.
        has_margins: whether there is room for anything but the maps.
        footer: a strip below panels for the key to their marks, empty where there is none.
    """

    width: int
    height: int
    em: float
    area: QRect
    places: tuple[MapPlace, ...]
    has_margins: bool
    footer: QRect

    @property
    def is_grid(self) -> bool:
        """Whether this is a grid of panels with headers, instead of one map with a legend."""
        return len(self.places) > 1

    @property
    def header_lines(self) -> int:
        """How many lines the header of a panel has."""
        height = self.places[0].header.height()
        return 0 if height == 0 else 2 if height > 0.5 * (HEADER_EM + TALL_HEADER_EM) * self.em else 1

    @property
    def map_size(self) -> tuple[int, int]:
        """(width, height) of each map."""
        area = self.places[0].area
        return area.width(), area.height()

    @property
    def mark_scale(self) -> float:
        """How large marks, lines and heads are, 1 on a map: on small panels they would cover what they mark."""
        if not self.is_grid:
            return 1.0
        return min(1.0, max(_SMALLEST_MARKS, min(self.map_size) / (_FULL_SIZE_MAP_EM * self.em)))

    def around_maps(self) -> Iterator[QRect]:
        """Yield rectangles that together are the picture without its maps, none of them empty."""
        return (rect for rect in self._around_maps() if not rect.isEmpty())

    def _around_maps(self) -> Iterator[QRect]:
        top = 0
        for y in sorted({place.area.y() for place in self.places}):
            areas = [place.area for place in self.places if place.area.y() == y]
            height = areas[0].height()
            yield QRect(0, top, self.width, y - top)
            left = 0
            for area in areas:
                yield QRect(left, y, area.x() - left, height)
                left = area.x() + area.width()
            yield QRect(left, y, self.width - left, height)
            top = y + height
        yield QRect(0, top, self.width, self.height - top)


def lay_out_picture(
    width: int,
    height: int,
    em: float,
    dimension: int,
    *,
    n_maps: int = 1,
    aspect: float | None = None,
    header_widths: tuple[float, float] = (0.0, 0.0),
    has_footer: bool = False,
) -> PictureLayout:
    """Return the layout of a picture of ``width`` × ``height``; one too small to be read is all map.

    Args:
        em: size of the text in pixels.
        n_maps: 1 for a map, else the number of panels.
        aspect: width of what is shown by its height where both axes share their scale, else None.
        header_widths: pixels that the longest header takes in one line, and in two.
        has_footer: whether panels need a footer.
    """
    if n_maps > 1:
        layout = _grid_layout(width, height, em, dimension, n_maps, aspect, header_widths, has_footer=has_footer)
        if layout is not None:
            return layout
        grid = _best_bare_grid(n_maps, width, height, aspect)
        if grid is not None:
            return PictureLayout(width, height, em, _around(grid), grid, False, QRect())
    area = _within_margins(width, height, em, dimension)
    has_margins = area.width() >= _LEAST_MAP_EM[0] * em and area.height() >= _LEAST_MAP_EM[1] * em
    if not has_margins:
        area = QRect(0, 0, max(1, width), max(1, height))
    return PictureLayout(width, height, em, area, (MapPlace(area),), has_margins, QRect())


def _within_margins(width: int, height: int, em: float, dimension: int) -> QRect:
    left, top = round((5.2 if dimension == 1 else 4.2) * em), round(2.3 * em)
    return QRect(left, top, width - left - round(1.1 * em), height - top - round(2.2 * em))


def _grid_layout(
    width: int,
    height: int,
    em: float,
    dimension: int,
    n_maps: int,
    aspect: float | None,
    header_widths: tuple[float, float],
    *,
    has_footer: bool,
) -> PictureLayout | None:
    """Return the layout of panels with the largest text that leaves room for the maps, None where none does."""
    for share in _TEXT_SIZES:
        size = share * em
        within = _within_margins(width, height, size, dimension)
        footer = round(FOOTER_EM * size) if has_footer else 0
        within.setHeight(within.height() - footer)
        one_line, two_lines = (share * each for each in header_widths)
        grid = _best_grid(n_maps, within, size, aspect, (one_line, two_lines))
        if grid is None:
            continue
        roomy = min(grid[0].area.width(), grid[0].area.height()) >= _ROOMY_PANEL_EM * size
        if roomy or share == _TEXT_SIZES[-1]:
            strip = QRect(within.x(), height - footer, within.width(), footer)
            return PictureLayout(width, height, size, _around(grid), grid, True, strip)
    return None


def _best_grid(
    n: int, within: QRect, em: float, aspect: float | None, header_widths: tuple[float, float]
) -> tuple[MapPlace, ...] | None:
    """Return the places of ``n`` panels with headers that show the most, None where none can be read."""
    gap, row_gap = round(_COLUMN_GAP_EM * em), round(_ROW_GAP_EM * em)
    best, best_score = None, 0.0
    for n_rows, n_columns in _shapes(n):
        width = (within.width() - (n_columns - 1) * gap) // n_columns
        header = round((HEADER_EM if width >= header_widths[0] else TALL_HEADER_EM) * em)
        height = (within.height() - (n_rows - 1) * row_gap) // n_rows - header
        if width < _LEAST_PANEL_EM[0] * em or height < _LEAST_PANEL_EM[1] * em:
            continue
        score = _score(width, height, aspect) * (1.0 - _EMPTY_CELL_PENALTY * (n_rows * n_columns - n))
        score *= min(1.0, width / max(1.0, header_widths[1]))  # a name that is cut is no name
        if score <= best_score:
            continue
        best_score = score
        best = tuple(
            MapPlace(
                area=QRect(x, y + header, width, height),
                header=QRect(x, y, width, header),
                labels_left=index % n_columns == 0,
                labels_below=index + n_columns >= n,
            )
            for index, x, y in _cells(n, n_columns, within, width + gap, height + header + row_gap)
        )
    return best


def _best_bare_grid(n: int, width: int, height: int, aspect: float | None) -> tuple[MapPlace, ...] | None:
    """Return the places of ``n`` panels with nothing around them, None where there are not even pixels for each."""
    best, best_score = None, 0.0
    for n_rows, n_columns in _shapes(n):
        panel_width = (width - (n_columns - 1) * _BARE_GAP) // n_columns
        panel_height = (height - (n_rows - 1) * _BARE_GAP) // n_rows
        if panel_width < 1 or panel_height < 1:
            continue
        score = _score(panel_width, panel_height, aspect)
        if score > best_score:
            best_score = score
            cells = _cells(n, n_columns, QRect(), panel_width + _BARE_GAP, panel_height + _BARE_GAP)
            best = tuple(MapPlace(QRect(x, y, panel_width, panel_height)) for _, x, y in cells)
    return best


def _shapes(n: int) -> Iterator[tuple[int, int]]:
    """Yield (rows, columns) of the grids for ``n`` that waste no whole column."""
    n_rows_before = 0
    for n_columns in range(1, n + 1):
        n_rows = -(-n // n_columns)
        if n_rows != n_rows_before:
            yield n_rows, n_columns
        n_rows_before = n_rows


def _cells(n: int, n_columns: int, within: QRect, dx: int, dy: int) -> Iterator[tuple[int, int, int]]:
    """Yield (index, x, y) of the top left corner of every cell, row by row."""
    for index in range(n):
        row, column = divmod(index, n_columns)
        yield index, within.x() + column * dx, within.y() + row * dy


def _score(width: int, height: int, aspect: float | None) -> float:
    """Return how wide the picture is shown on a panel of ``width`` × ``height``: more is better."""
    return min(width, height * (_PLEASANT_ASPECT if aspect is None else aspect))


def _around(places: tuple[MapPlace, ...]) -> QRect:
    area = QRect()
    for place in places:
        area = area.united(place.area)
    return area
