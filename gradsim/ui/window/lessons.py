"""The lessons that are shipped: where their scenes are, what they are called, and which belong together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from gradsim.resources import asset_path

GROUPS = {
    "Learning rate": (
        "01-learning-rate-stable",
        "01-learning-rate-limit",
        "01-learning-rate-diverges",
        "01-learning-rate-compared",
    ),
    "Exploding, vanishing": ("02-regression-explodes", "02-regression-vanishes", "02-regression-adagrad"),
    "Local minimum": (
        "03-local-minimum-rolls-through",
        "03-local-minimum-threshold",
        "03-local-minimum-rolls-back",
        "08-bump-on-the-way",
    ),
    "Momentum": ("09-no-friction", "13-accumulate-cancel", "04-momentum-by-hand"),
    "Ravine": ("05-ravine", "05-ravine-nesterov-limit"),
    "Saddles": ("06-saddle-race", "07-saddle-stuck", "07-saddle-escape"),
    "Forgot zero_grad": ("11-forgot-zero-grad", "11-forgot-zero-grad-momentum"),
    "Adaptive methods": (
        "19-too-small-to-see",
        "10-bias-correction",
        "10-bias-correction-bowl",
        "12-adam-need-not-converge",
        "18-adagrads-rate",
    ),
}
"""What belongs together, and the files without their suffix, in the order in which they are taught."""


@dataclass(frozen=True)
class Lesson:
    """A scene to be shown in class: its file, what it belongs to, and its title."""

    path: Path
    group: str
    title: str


@cache
def lessons() -> tuple[Lesson, ...]:
    """The lessons in the order in which they are taught. Raises FileNotFoundError for an incomplete installation."""
    paths = ((group, asset_path("lessons", f"{stem}.gradsim")) for group, stems in GROUPS.items() for stem in stems)
    return tuple(Lesson(path, group, msgspec.json.decode(path.read_bytes())["title"]) for group, path in paths)


def neighbour(path: Path | None, offset: int) -> Lesson | None:
    """The lesson ``offset`` places after that of ``path``; from no lesson, the first is next. None beyond the ends."""
    paths = [lesson.path for lesson in lessons()]
    place = (paths.index(path) if path in paths else -1) + offset
    return lessons()[place] if 0 <= place < len(paths) else None
