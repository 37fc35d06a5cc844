"""Which events stand together on the timeline, because there is no room for each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradsim.core.events import RaceEvent


@dataclass(frozen=True)
class EventMark:
    """Events that share a mark, by step; ``x`` is the place of the first, in pixels."""

    x: float
    events: tuple[RaceEvent, ...]

    def next_step(self, step: float) -> int:
        """The step to show after ``step``: each of the mark's in turn, then the first again."""
        steps = [event.step for event in self.events]
        return next((each for each in steps if each > step), steps[0]) if step >= steps[0] else steps[0]


def event_marks(events: Sequence[RaceEvent], x_of: Callable[[float], float], gap: float) -> list[EventMark]:
    """Marks of ``events``, which are sorted by step; those that start less than ``gap`` pixels apart share one."""
    groups: list[list[RaceEvent]] = []
    for event in events:
        if groups and x_of(event.step) - x_of(groups[-1][0].step) < gap:
            groups[-1].append(event)
        else:
            groups.append([event])
    return [EventMark(x_of(group[0].step), tuple(group)) for group in groups]
