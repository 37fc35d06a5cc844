"""How large docks are: their usual sizes, which grow and shrink with the interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow

from gradsim.ui.theme import theme_hub

SIDE_WIDTHS = {"scene": 246, "optimizers": 288}
BOTTOM_HEIGHT = 196
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
        self._chosen_widths: dict[str, float] = dict(SIDE_WIDTHS)
        """Of docks at the sides, at an interface size of 1: the usual ones, until a hand has chosen others."""
        self._restored = False
        self._held_widths: dict[str, int] = {}
        self._wanted_widths: dict[QDockWidget, int] = {}
        """Of docks at the sides since the interface has changed its size, until someone else chooses widths."""
        self._seen_widths: set[tuple[tuple[int, int], ...]] = set()
        area.installEventFilter(self)
        theme_hub().changed.connect(self._follow_scale)

    def give_usual(self) -> None:
        """Give every dock its usual size."""
        self._let_go()
        self._chosen_widths, self._restored = dict(SIDE_WIDTHS), False
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

    def take_restored(self, restored: bool) -> None:
        """Leave sizes as they are, ``restored`` from last time: they count as chosen once they have been laid out."""
        self._let_go()
        self.given = self._restored = restored

    def _let_go(self) -> None:
        self._wanted_widths = {}

    def _side_widths(self) -> dict[str, int]:
        docks = {name: self._docks[name] for name in SIDE_WIDTHS if name in self._docks}
        return {name: dock.width() for name, dock in docks.items() if lies_open(dock)}

    def _read_restored(self) -> None:
        """Take the widths of last time for chosen, but for those that a panel has forced upon its dock."""
        if self._restored:
            self._restored = False
            for name, width in self._side_widths().items():
                if width > self._docks[name].minimumSizeHint().width():
                    self._chosen_widths[name] = width / self._scale

    def _take_hold(self) -> None:
        self._read_restored()
        self._held_widths = self._side_widths()

    def _take_chosen(self) -> None:
        """Keep the widths that have changed under the hand, which nothing else does meanwhile."""
        for name, width in self._side_widths().items():
            if name in self._held_widths and width != self._held_widths[name]:
                self._chosen_widths[name] = width / self._scale
        self._held_widths = {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.MouseButtonPress:  # a hand takes hold of the line between two docks
                self._let_go()
                self._take_hold()
            case QEvent.Type.MouseButtonRelease:
                self._take_chosen()
            case QEvent.Type.Resize if event.size().width() != event.oldSize().width():
                self._let_go()
            case QEvent.Type.LayoutRequest if self._wanted_widths:
                # Where the machine is busy, what is in a dock becomes narrower long after the interface.
                QTimer.singleShot(0, self, self._take_wanted_widths)
        return False

    def _follow_scale(self, *_: object) -> None:
        """Let docks grow and shrink with what is in them."""
        scale = theme_hub().scale
        if scale == self._scale:
            return
        self._read_restored()
        docks = [dock for dock in self._docks.values() if lies_open(dock)]
        growth, self._scale = scale / self._scale, scale
        bottoms = [dock for dock in docks if self._area.dockWidgetArea(dock) == Qt.DockWidgetArea.BottomDockWidgetArea]
        sides = [dock for dock in docks if dock not in bottoms]
        chosen = {name: width for name, width in self._chosen_widths.items() if self._docks.get(name) in sides}
        taken = {self._docks[name].x() for name in chosen}
        # One dock says how wide a column is; where none with a usual width lies in it, it grows from what it is.
        others = {dock: growth * dock.width() for dock in sides if dock.x() not in taken}
        widths = {self._docks[name]: scale * width for name, width in chosen.items()} | others
        self._wanted_widths = {dock: max(1, round(width)) for dock, width in widths.items()}
        heights = [max(1, round(dock.height() * growth)) for dock in bottoms]

        def resize() -> None:
            if scale == self._scale:
                self._seen_widths = set()
                self._take_wanted_widths()
                self._area.resizeDocks(bottoms, heights, Qt.Orientation.Vertical)

        # At once, and when everything has taken its new size: docks cannot be smaller than what is in them.
        for delay_ms in (0, SETTLED_MS):
            QTimer.singleShot(delay_ms, self, resize)

    def _take_wanted_widths(self) -> None:
        """Size docks anew until neither they nor what is in them have a width that was not there before."""
        docks = [dock for dock in self._wanted_widths if lies_open(dock)]
        widths = tuple((dock.width(), dock.minimumSizeHint().width()) for dock in docks)
        if widths in self._seen_widths:
            return
        self._seen_widths.add(widths)
        self._area.resizeDocks(docks, [self._wanted_widths[dock] for dock in docks], Qt.Orientation.Horizontal)
        QTimer.singleShot(0, self, self._take_wanted_widths)


def lies_open(dock: QDockWidget) -> bool:
    """Whether ``dock`` is in its place in the window, and not behind the tab of another."""
    return dock.isVisible() and not dock.isFloating() and not dock.visibleRegion().isEmpty()
