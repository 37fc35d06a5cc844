"""A dock in a column that is made as high as its panel wants to be, for as long as nobody gives it another height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QStyle

from gradsim.ui.window.panel_dock import PanelDock

MOST_OF_HEIGHT = 0.62
ROUNDING_PX = 3


@dataclass(frozen=True)
class FittedHeight:
    """What ``fit_height`` gave a dock: ``height`` of the ``total`` of its column, in pixels."""

    dock: PanelDock
    height: int
    total: int

    def is_kept(self, total: int) -> bool:
        """Whether the dock still has this share of a column that is now ``total`` high: then no hand has changed it."""
        return abs(self.dock.height() - self.height * total / max(1, self.total)) <= ROUNDING_PX


def fit_height(area: QMainWindow, dock: PanelDock, others: Sequence[PanelDock]) -> FittedHeight:
    """Make ``dock`` as high as its panel wants to be, and share what is left out to the ``others`` of its column."""
    wanted = dock.fill().sizeHint().height() + dock.title.sizeHint().height()
    height = min(wanted, round(MOST_OF_HEIGHT * area.height()))
    # What is asked for has to leave room for the separators, or all docks are shortened in proportion.
    gaps = len(others) * area.style().pixelMetric(QStyle.PixelMetric.PM_DockWidgetSeparatorExtent, None, area)
    rest = max(1, (area.height() - height - gaps) // max(1, len(others)))
    area.resizeDocks([dock, *others], [height, *[rest] * len(others)], Qt.Orientation.Vertical)
    return FittedHeight(dock, height, area.height())
