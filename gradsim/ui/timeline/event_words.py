"""Events of a race in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradsim.ui.numbers import format_count, format_number, format_vector

if TYPE_CHECKING:
    from gradsim.core.events import RaceEvent

SETTLED_WORDS = {
    "minimum": "settled in a minimum",
    "maximum": "settled at a maximum",
    "saddle": "stays at a saddle",
    "degenerate": "settled at a degenerate point",
    "nonsmooth": "settled at a kink",
}
BALL_WORDS = {
    "converged": "converged, ‖∇f‖ ≤ 10⁻⁸",
    "left": "left the domain",
    "diverged": "diverged",
}
CLOUD_WORDS = {
    "settled": "half of the particles have settled",
    "left": "half of the particles are outside the domain",
    "diverged": "the first particle diverged",
}


def event_words(event: RaceEvent) -> str:
    """What happened: "settled in a minimum"."""
    if event.is_cloud:
        return CLOUD_WORDS[event.kind]
    return SETTLED_WORDS[event.point_kind] if event.kind == "settled" else BALL_WORDS[event.kind]


def event_line(event: RaceEvent, label: str) -> str:
    """Who, what and when: "Adam: settled in a minimum · step 213"; "by step" where not every step is recorded."""
    when = "step" if event.is_exact else "by step"
    return f"{label}: {event_words(event)} · {when} {format_count(event.step)}"


def event_detail(event: RaceEvent, distance: float) -> str:
    """What more there is to know of ``event``, in a sentence; "" when nothing."""
    if event.point is None:
        return ""
    return f"From here to the end it stays within {format_number(distance)} of {format_vector(list(event.point))}."
