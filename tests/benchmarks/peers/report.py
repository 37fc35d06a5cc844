"""The tables, as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks.peers.measurement import Cell
from tests.benchmarks.peers.ours import NAME, TWO_THREADS, UNRECORDED


@dataclass(frozen=True)
class Target:
    """A ratio that is to be reached by Adam.

    Attributes:
        surfaces: names; every one has to reach it.
        numerator, denominator: names of contenders.
        at_least: the least ratio of their speeds.
    """

    surfaces: tuple[str, ...]
    n_particles: int
    recorded: bool
    numerator: str
    denominator: str
    at_least: float


HARD = ("Rastrigin", "Ackley")
ALL = ("Rosenbrock", *HARD)
TARGETS = (
    Target(("Rosenbrock",), 100_000, False, NAME, "torch autograd", 15.0),
    Target(("Rosenbrock",), 100_000, False, NAME, "JAX", 3.0),
    Target(("Rosenbrock",), 100_000, False, NAME, "C", 0.95),
    Target(HARD, 100_000, False, NAME, "JAX", 15.0),
    Target(HARD, 100_000, False, NAME, "C", 1.2),
    Target(ALL, 100_000, False, TWO_THREADS, NAME, 1.6),
    Target(ALL, 1_000_000, False, TWO_THREADS, NAME, 1.8),
    Target(ALL, 100_000, True, NAME, UNRECORDED, 0.8),
    Target(ALL, 100_000, True, NAME, "JAX", 8.0),
)


def cell_table(cells: Sequence[Cell], *, clock: str) -> Iterator[str]:
    """Yield a table with a row for each cell: our rate, then how many times as fast we are as each peer."""
    names = list(dict.fromkeys(name for cell in cells for name in cell.timings if name != NAME))
    heads = ["surface", "method", "particles", "steps", "gradsim, M/s", *(_head(name) for name in names)]
    yield _row(heads)
    yield _row(["---"] * 2 + ["---:"] * (len(heads) - 2))
    for cell in cells:
        task = cell.task
        ratios = [_shown(_advantage(cell, name, clock)) if name in cell.timings else "" for name in names]
        rate = f"{cell.rate(NAME, clock=clock) / 1e6:.4g}"
        yield _row([task.surface.name, task.method.title, f"{task.n_particles:,}", str(task.n_steps), rate, *ratios])


def _head(name: str) -> str:
    """Against peers, how many times as fast we are; against ourselves, what the variant is of the one thread's."""
    match name:
        case _ if name == TWO_THREADS:
            return "2 threads / 1"
        case _ if name == UNRECORDED:
            return "recorded / unrecorded"
        case _:
            return f"× {name}"


def _advantage(cell: Cell, name: str, clock: str) -> float:
    if name == TWO_THREADS:  # by the wall clock always: processor time is what threads do not save
        return cell.ratio(TWO_THREADS, NAME, clock="wall")
    return cell.ratio(NAME, name, clock=clock)


def target_table(cells: Sequence[Cell], *, clock: str) -> Iterator[str]:
    """Yield the lines of a table of those targets that ``cells`` can tell about."""
    lines = [line for target in TARGETS if (line := _target_line(target, cells, clock))]
    if lines:
        yield _row(["Adam, float64", "target", "measured", ""])
        yield _row(["---", "---:", "---:", "---"])
        yield from lines


def _target_line(target: Target, cells: Sequence[Cell], clock: str) -> str | None:
    measured = {
        cell.task.surface.name: cell.ratio(
            target.numerator, target.denominator, clock="wall" if target.numerator == TWO_THREADS else clock
        )
        for cell in cells
        if cell.task.method.name == "adam"
        and cell.task.surface.name in target.surfaces
        and cell.task.n_particles == target.n_particles
        and cell.task.recorded == target.recorded
        and {target.numerator, target.denominator} <= cell.timings.keys()
    }
    if not measured:
        return None
    ours = "gradsim, recorded" if target.recorded else target.numerator
    what = f"{ours} / {target.denominator}, {target.n_particles:,} particles"
    shown = ", ".join(f"{_shown(ratio)} {name}" for name, ratio in measured.items())
    verdict = "reached" if min(measured.values()) >= target.at_least else "**missed**"
    return _row([what, f"≥ {target.at_least:g}", shown, verdict])


def first_race_line(cells: Sequence[Cell]) -> str:
    """One line that says how long the uncounted first races took."""
    names = list(dict.fromkeys(name for cell in cells for name in cell.timings))
    medians = {name: statistics.median(c.timings[name].first_s for c in cells if name in c.timings) for name in names}
    shown = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in medians.items())
    return f"Making ready and the first race, where compilers work (not counted above, median over cells): {shown}."


def share_line(cells: Sequence[Cell]) -> str:
    """One line that says how far the process had its core to itself."""
    timings = [timing for cell in cells for name, timing in cell.timings.items() if name != TWO_THREADS]
    shares = [cpu / wall for timing in timings for cpu, wall in zip(timing.cpu_s, timing.wall_s, strict=True)]
    return (
        f"While a race was timed, the process had {statistics.median(shares):.0%} of its core (median over all races)."
    )


def _shown(ratio: float) -> str:
    return f"{ratio:.3g}" if ratio < 100 else f"{ratio:,.0f}"


def _row(fields: Sequence[str]) -> str:
    return f"| {' | '.join(fields)} |"
