"""How high and how large the parts of the timeline are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TimelineMetrics:
    """Heights and sizes in pixels; ``size`` is the interface's scale."""

    size: float

    @property
    def height(self) -> float:
        return float(round(52 * self.size))

    @property
    def margin(self) -> float:
        """At the left and at the right of the line: room for half a handle."""
        return 8 * self.size

    @property
    def middle(self) -> float:
        """Of the line."""
        return 22 * self.size

    @property
    def handle_radius(self) -> float:
        return 6 * self.size

    @property
    def mark_width(self) -> float:
        return 9 * self.size

    @property
    def mark_bottom(self) -> float:
        return self.middle - 5 * self.size

    @property
    def mark_top(self) -> float:
        return self.mark_bottom - 7 * self.size

    @property
    def label_top(self) -> float:
        return self.middle + 8 * self.size

    @property
    def overview_top(self) -> float:
        """Below this, the overview is under the mouse while the view is zoomed."""
        return self.height - 8 * self.size
