"""How large docks are: their usual sizes, which grow and shrink with the interface."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar

from gradsim.ui.theme import theme_hub

SIDE_WIDTHS = {"scene": 246, "optimizers": 288}
BOTTOM_HEIGHT = 196
BOTTOM = "bottom"
USUAL = {**SIDE_WIDTHS, BOTTOM: BOTTOM_HEIGHT}
LARGEST = 10_000
SETTLED_MS = 60


class DockSizes(QObject):
    """Sizes the ``docks`` of ``area``; ``bottom`` names those that share the width below the centre.

    ``given`` says whether they have sizes already: before the area is shown, it has none to share out.
    """

    def __init__(self, area: QMainWindow, docks: Mapping[str, QDockWidget], bottom: Sequence[str]) -> None:
        super().__init__(area)
        self._area = area
        self._docks = docks
        self._bottom = bottom
        self._scale = theme_hub().scale
        self.given = False
        self._chosen: dict[str, float] = dict(USUAL)
        """Widths at the sides and the height below the centre, at an interface size of 1: what a hand chose, or USUAL.

        How large docks are tells nothing of that: a small window, or what is in them, may have forced it upon them.
        """
        self._held: dict[str, int] = {}
        self._window_width = 0
        self._wanted_widths: dict[QDockWidget, int] = {}
        self._wanted_heights: dict[QDockWidget, int] = {}
        """Of docks since the interface has changed its size, until someone else chooses sizes."""
        self._seen: set[tuple[tuple[int, ...], ...]] = set()
        area.installEventFilter(self)
        theme_hub().changed.connect(self._follow_scale)

    def give_usual(self) -> None:
        """Give every dock its usual size."""
        self._let_go()
        self._chosen = dict(USUAL)
        self.given = self._area.isVisible()
        scale = theme_hub().scale
        sides = [name for name in SIDE_WIDTHS if name in self._docks]
        widths = [round(SIDE_WIDTHS[name] * scale) for name in sides]
        self._area.resizeDocks([self._docks[name] for name in sides], widths, Qt.Orientation.Horizontal)
        bottoms = [self._docks[name] for name in self._bottom]
        if bottoms:
            width = max(1, (self._area.width() - sum(widths)) // len(bottoms))
            self._area.resizeDocks(bottoms, [round(BOTTOM_HEIGHT * scale)] * len(bottoms), Qt.Orientation.Vertical)
            self._area.resizeDocks(bottoms, [width] * len(bottoms), Qt.Orientation.Horizontal)

    def chosen_text(self) -> str:
        """What a hand has chosen, to be kept with the layout."""
        return json.dumps(self._chosen)

    def take_restored(self, restored: bool, chosen_text: str = "") -> None:
        """Leave sizes as they are, ``restored`` from last time, when those of ``chosen_text`` had been chosen."""
        self._let_go()
        self.given = restored
        self._chosen = dict(USUAL)
        if restored:
            self._chosen |= _read_sizes(chosen_text)

    def _let_go(self) -> None:
        self._wanted_widths, self._wanted_heights = {}, {}

    def _open_sizes(self) -> dict[str, int]:
        """The sizes that a hand can choose, of what lies open now."""
        docks = {name: self._docks[name] for name in SIDE_WIDTHS if name in self._docks}
        row = self._bottom_row()
        heights = {BOTTOM: self._whole_height(row[0])} if row else {}
        return {name: dock.width() for name, dock in docks.items() if lies_open(dock)} | heights

    def _bottom_row(self) -> list[QDockWidget]:
        """The docks that share the height below the centre; none where some lie below others."""
        docks = [each for each in self._docks.values() if lies_open(each) and self._is_bottom(each)]
        return docks if len({dock.y() for dock in docks}) == 1 else []

    def _whole_height(self, dock: QDockWidget) -> int:
        """The height of ``dock`` with the tabs above it, as ``resizeDocks`` counts."""
        tabs = self._area.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        above = [each for each in tabs if each.isVisible() and each.x() <= dock.geometry().right()]
        above = [each for each in above if dock.x() <= each.geometry().right() and each.y() < dock.y()]
        near = max(above, key=lambda each: each.y(), default=None)
        return dock.height() + (near.height() if near is not None and self._area.tabifiedDockWidgets(dock) else 0)

    def _is_bottom(self, dock: QDockWidget) -> bool:
        return self._area.dockWidgetArea(dock) == Qt.DockWidgetArea.BottomDockWidgetArea

    def _take_chosen(self) -> None:
        """Keep the sizes that have changed under the hand, which nothing else does meanwhile."""
        for name, size in self._open_sizes().items():
            if name in self._held and size != self._held[name]:
                self._chosen[name] = size / self._scale
        self._held = {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.MouseButtonPress:  # a hand takes hold of the line between two docks
                self._let_go()
                self._held = self._open_sizes()
            case QEvent.Type.MouseButtonRelease:
                self._take_chosen()
            case QEvent.Type.Resize if event.size().width() != event.oldSize().width():
                # A large interface that is scrolled is wider than its window, and its width follows the size as well.
                if self._area.window().width() != self._window_width:
                    self._let_go()
            case QEvent.Type.LayoutRequest if self._wanted_widths or self._wanted_heights:
                # Where the machine is busy, what is in a dock becomes smaller long after the interface.
                QTimer.singleShot(0, self, self._take_wanted)
        return False

    def _follow_scale(self, *_: object) -> None:
        """Let docks grow and shrink with what is in them."""
        scale = theme_hub().scale
        if scale == self._scale:
            return
        docks = [dock for dock in self._docks.values() if lies_open(dock)]
        growth, self._scale = scale / self._scale, scale
        self._window_width = self._area.window().width()
        bottoms = [dock for dock in docks if self._is_bottom(dock)]
        sides = [dock for dock in docks if dock not in bottoms]
        chosen = {name: self._chosen[name] for name in SIDE_WIDTHS if self._docks.get(name) in sides}
        taken = {self._docks[name].x() for name in chosen}
        # One dock says how wide a column is; where none with a usual width lies in it, it grows from what it is.
        others = {dock: growth * dock.width() for dock in sides if dock.x() not in taken}
        widths = {self._docks[name]: scale * width for name, width in chosen.items()} | others
        self._wanted_widths = {dock: max(1, round(width)) for dock, width in widths.items()}
        row = self._bottom_row()
        heights = {
            dock: scale * self._chosen[BOTTOM] if dock in row else growth * self._whole_height(dock) for dock in bottoms
        }
        self._wanted_heights = {dock: max(1, round(height)) for dock, height in heights.items()}

        def resize() -> None:
            if scale == self._scale:
                self._seen = set()
                self._take_wanted()

        # At once, and when everything has taken its new size: docks cannot be smaller than what is in them.
        for delay_ms in (0, SETTLED_MS):
            QTimer.singleShot(delay_ms, self, resize)

    def _take_wanted(self) -> None:
        """Size docks anew until neither they nor what is in them have a size that was not there before."""
        sides = [dock for dock in self._wanted_widths if lies_open(dock)]
        bottoms = [dock for dock in self._wanted_heights if lies_open(dock)]
        sizes = (
            self._area.size().toTuple(),
            *((dock.width(), dock.minimumSizeHint().width()) for dock in sides),
            *((dock.height(), dock.minimumSizeHint().height(), self._room_above()) for dock in bottoms),
        )
        if sizes in self._seen:
            return
        self._seen.add(sizes)
        self._area.resizeDocks(sides, [self._wanted_widths[dock] for dock in sides], Qt.Orientation.Horizontal)
        self._area.resizeDocks(bottoms, [self._wanted_heights[dock] for dock in bottoms], Qt.Orientation.Vertical)
        QTimer.singleShot(0, self, self._take_wanted)

    def _room_above(self) -> int:
        """What the centre needs: that changes as late as what docks need."""
        return self._area.centralWidget().minimumSizeHint().height()


def _read_sizes(text: str) -> dict[str, float]:
    """Return the sizes that ``text`` says; none of what is damaged."""
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(read, dict):
        return {}
    return {name: float(size) for name, size in read.items() if name in USUAL and _is_size(size)}


def _is_size(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 1.0 <= value <= LARGEST


def lies_open(dock: QDockWidget) -> bool:
    """Whether ``dock`` is in its place in the window, and not behind the tab of another."""
    return dock.isVisible() and not dock.isFloating() and not dock.visibleRegion().isEmpty()
