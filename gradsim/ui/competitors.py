"""How the competitors of a race are shown: colour, letter, label, and their place at a moment of the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradsim.core.optimizers import label_of
from gradsim.core.ranking import median_losses, rank
from gradsim.core.render.palette import Theme, optimizer_letter, resolve_color
from gradsim.core.scene import Scene
from gradsim.ui.numbers import format_number

if TYPE_CHECKING:
    from gradsim.core.run import Run


@dataclass(frozen=True)
class Badge:
    """What an optimizer is known by: ``color`` is ``#RRGGBB``; ``letter`` is empty where letters are not shown."""

    color: str
    letter: str
    label: str


@dataclass(frozen=True)
class Standing:
    """Where a competitor stands at a moment.

    Attributes:
        loss: the median of its particles.
        rank: 1 for the best; None while all are level.
    """

    loss: float
    rank: int | None

    @property
    def loss_text(self) -> str:
        return "diverged" if self.loss in (float("inf"), float("-inf")) else format_number(self.loss, digits=3)

    @property
    def rank_text(self) -> str:
        return "" if self.rank is None else ordinal(self.rank)


def badges(scene: Scene, theme: Theme) -> tuple[Badge, ...]:
    """Return the badge of every optimizer that is switched on, in the colour of its place in the whole list."""
    return tuple(
        Badge(
            resolve_color(entry.color, index, theme),
            optimizer_letter(index) if scene.view.letters else "",
            label_of(entry),
        )
        for index, entry in enumerate(scene.optimizers)
        if entry.enabled
    )


def run_indices(scene: Scene, run: Run | None) -> tuple[int | None, ...]:
    """Return for each optimizer of ``scene.racing`` which of the run's it is, None where the run is without it.

    A run may lag behind its scene: then an equal entry is the same optimizer, wherever it stands, and one that has been
    changed is the one that stands in its place.
    """
    if run is None:
        return (None,) * len(scene.racing)
    racing, raced = scene.racing, run.scene.racing
    found: list[int | None] = [
        index if index < len(raced) and raced[index] == entry else None for index, entry in enumerate(racing)
    ]
    left = [index for index in range(len(raced)) if index not in found]
    for place, entry in enumerate(racing):
        if found[place] is None:
            found[place] = next((index for index in left if raced[index] == entry), None)
            left = [index for index in left if index != found[place]]
    if len(racing) == len(raced):
        changed = [place for place, index in enumerate(found) if index is None]
        for place, index in zip(changed, left, strict=True):
            found[place] = index
    return tuple(found)


def standings_at(run: Run, step: float) -> tuple[Standing, ...]:
    """Return where each of the run's optimizers stands at the last record that is not after ``step``."""
    losses = median_losses(run, step).tolist()
    ranks = rank(losses, goal=run.scene.goal)
    level = len(set(ranks)) < 2
    return tuple(Standing(loss, None if level else place) for loss, place in zip(losses, ranks, strict=True))


def ordinal(n: int) -> str:
    """Return ``1st``, ``2nd``, ``11th``."""
    suffix = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"
