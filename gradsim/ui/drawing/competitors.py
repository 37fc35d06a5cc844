"""How the competitors of a race are shown: colour, letter, label, and their place at a moment of the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradsim.core.optimizers import label_of
from gradsim.core.ranking import median_losses, rank
from gradsim.core.render.palette import N_OPTIMIZER_COLORS, Theme, optimizer_letter, resolve_color
from gradsim.core.scene import OptimizerEntry, Scene
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


def same_optimizers(old: Scene, new: Scene) -> list[int | None]:
    """Return for each place in ``new.optimizers`` where the same optimizer is in ``old``, None for a new one.

    An equal entry is the same optimizer, first of all where it stands, then elsewhere; of what is left over, the same
    method in the same colour; and then the same method, in order.
    """
    left = dict(enumerate(old.optimizers))
    found: list[int | None] = [None] * len(new.optimizers)
    for is_same in (_stays, _is_equal, _has_method_and_color, _has_method):
        for place, entry in enumerate(new.optimizers):
            if found[place] is None:
                before = next((other for other in left if is_same(other, left[other], place, entry)), None)
                left.pop(before, None)
                found[place] = before
    return found


def racing_indices(old: Scene, new: Scene) -> tuple[int | None, ...]:
    """Return for each of ``new.racing`` which of ``old.racing`` it is, None for one that does not race there."""
    index_of = {place: index for index, place in enumerate(old.racing_places)}
    same = same_optimizers(old, new)
    return tuple(index_of.get(same[place]) for place in new.racing_places)


def run_indices(scene: Scene, run: Run | None) -> tuple[int | None, ...]:
    """Return for each optimizer of ``scene.racing`` which of the run's it is, None where the run is without it.

    A run may lag behind its scene while a slider is dragged.
    """
    return (None,) * len(scene.racing) if run is None else racing_indices(run.scene, scene)


def _stays(old_place: int, old: OptimizerEntry, place: int, entry: OptimizerEntry) -> bool:
    return old_place == place and old == entry


def _is_equal(old_place: int, old: OptimizerEntry, place: int, entry: OptimizerEntry) -> bool:
    return old == entry


def _has_method_and_color(old_place: int, old: OptimizerEntry, place: int, entry: OptimizerEntry) -> bool:
    return old.name == entry.name and own_color(old, old_place) == own_color(entry, place)


def _has_method(old_place: int, old: OptimizerEntry, place: int, entry: OptimizerEntry) -> bool:
    return old.name == entry.name


def own_color(entry: OptimizerEntry, place: int) -> int | str:
    """Return the slot of the palette, or ``#RRGGBB``, that ``entry`` has in ``place`` of the list."""
    return place % N_OPTIMIZER_COLORS if entry.color is None else entry.color


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
