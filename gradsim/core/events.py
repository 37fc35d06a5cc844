"""What happens in a race, and when: who settles, who converges, who leaves the domain, who diverges."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from gradsim.core.errors import Cancelled
from gradsim.core.run import Run
from gradsim.core.scene import Domain

if TYPE_CHECKING:
    from gradsim.core.surface import Surface

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
EventKind = Literal["settled", "converged", "left", "diverged"]

CONVERGED_GRADIENT_NORM = 1e-8  # as in the outcomes of a run
SETTLED_SHARE = 1e-3
SHORTEST_STAY_STEPS = 5
SHORTEST_STAY_SHARE = 0.01
CHUNK_NUMBERS = 2**18


class PointOfInterest(Protocol):
    """A critical point, as far as events are concerned: float64 (D,), and which kind it is."""

    @property
    def position(self) -> Floats: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True)
class RaceEvent:
    """One thing that happens to an optimizer.

    Of a single ball: it ``settled`` (from here to the end it stays within ``settling_distance`` of a critical point),
    ``converged`` (from here to the end ‖∇f‖ ≤ 1e-8), ``left`` the domain for the first time, or ``diverged`` (its loss
    is no finite number). Of a cloud: at least half of the particles have settled, at least half are outside the
    domain for the first time, or the first one has diverged.

    Attributes:
        optimizer: its place in ``scene.racing``.
        step: of the first record at which it has happened.
        is_exact: whether that is the very step; where not every step is recorded, it happened then or before.
        point: where a ball settled; None for other events, and for clouds.
        point_kind: of ``point``: "minimum", "saddle" … ; "" where there is none.
        is_cloud: whether it is told of several particles.
    """

    optimizer: int
    kind: EventKind
    step: int
    is_exact: bool
    point: tuple[float, ...] | None = None
    point_kind: str = ""
    is_cloud: bool = False


def settling_distance(domain: Domain) -> float:
    """How near to a critical point a ball has settled: a thousandth of the domain's narrowest width.

    It is rounded down to a power of ten, so that it can be said aloud: 0.001 for widths from 1 to 10.
    """
    width = min(high - low for low, high in domain.axes)
    return float(10.0 ** np.floor(np.log10(SETTLED_SHARE * width) + 1e-9))


def find_events(
    run: Run,
    surface: Surface,
    points: Sequence[PointOfInterest] = (),
    *,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[RaceEvent, ...]:
    """Return all that happens in ``run``, by step, then by optimizer.

    A stay at a point counts when at least 5 further records and 1 % of the race follow on its first one: who merely
    passes at the end has not settled.

    Args:
        surface: of the run.
        points: critical points of ``surface``, in and near the run's domain.
        cancelled: asked often; once it is true, Cancelled is raised.
    """
    watch = _Watch(run, cancelled)
    events: list[RaceEvent] = []
    with np.errstate(all="ignore"):  # what overflows is far away
        for optimizer in range(run.n_optimizers):
            events += watch.events_of(optimizer, surface, points)
    return tuple(sorted(events, key=lambda event: (event.step, event.optimizer)))


class _Watch:
    """Looks through the records of a run, one part of them after another."""

    def __init__(self, run: Run, cancelled: Callable[[], bool] | None) -> None:
        self._run = run
        self._cancelled = cancelled
        self._n_records = len(run.steps)
        self._low, self._high = np.array(run.scene.domain.axes, dtype=np.float64).T
        self._distance = settling_distance(run.scene.domain)
        self._chunk = max(1, CHUNK_NUMBERS // (run.n_particles * run.dimension))
        self._is_cloud = run.n_particles > 1

    def events_of(self, optimizer: int, surface: Surface, points: Sequence[PointOfInterest]) -> Iterator[RaceEvent]:
        if points:
            yield from self._settled(optimizer, points)
        if not self._is_cloud:
            yield from self._converged(optimizer, surface)
        yield from self._left(optimizer)
        yield from self._diverged(optimizer)

    def _settled(self, optimizer: int, points: Sequence[PointOfInterest]) -> Iterator[RaceEvent]:
        """A particle that stays at a point ends there: only its distance to the point nearest to its end counts."""
        positions = self._run.positions[optimizer]
        places = np.array([point.position for point in points], dtype=np.float64)
        nearest = self._nearest(positions[-1], places)
        if 2 * np.count_nonzero(nearest >= 0) < len(nearest):
            return
        targets = places[nearest]

        def near(begin: int, end: int) -> Bools:
            away = positions[begin:end] - targets
            return np.linalg.norm(away, axis=-1) <= self._distance

        alive = np.isfinite(self._run.losses[optimizer, -1]) & (nearest >= 0)
        firsts = np.where(alive, self._first_of_stay(near), self._n_records)
        firsts[firsts > self._last_that_stays()] = self._n_records
        record = int(np.sort(firsts)[(len(firsts) - 1) // 2])  # by then at least half of the particles have settled
        if record == self._n_records:
            return
        if self._is_cloud:
            yield self._event(optimizer, "settled", record)
            return
        point = points[int(nearest[0])]
        yield self._event(optimizer, "settled", record, tuple(map(float, point.position)), point.kind)

    def _converged(self, optimizer: int, surface: Surface) -> Iterator[RaceEvent]:
        positions = self._run.positions[optimizer]

        def flat(begin: int, end: int) -> Bools:
            norms = np.linalg.norm(surface.gradient(positions[begin:end]), axis=-1)
            return norms <= CONVERGED_GRADIENT_NORM

        record = int(self._first_of_stay(flat)[0])
        if record < self._n_records and np.isfinite(self._run.losses[optimizer, -1, 0]):
            yield self._event(optimizer, "converged", record)

    def _left(self, optimizer: int) -> Iterator[RaceEvent]:
        positions = self._run.positions[optimizer]
        was_inside = False
        for begin, end in self._chunks():
            self._check()
            outside = ((positions[begin:end] < self._low) | (positions[begin:end] > self._high)).any(axis=-1)
            out = 2 * np.count_nonzero(outside, axis=1) >= self._run.n_particles
            inside_before = np.concatenate([[was_inside], ~out[:-1]])
            exits = np.flatnonzero(out & inside_before)
            if len(exits):
                yield self._event(optimizer, "left", begin + int(exits[0]))
                return
            was_inside = not out[-1]

    def _diverged(self, optimizer: int) -> Iterator[RaceEvent]:
        losses = self._run.losses[optimizer]
        if np.isfinite(losses[-1]).all():
            return  # who has diverged stays so
        for begin, end in self._chunks():
            self._check()
            lost = ~np.isfinite(losses[begin:end]).all(axis=1)
            if lost.any():
                yield self._event(optimizer, "diverged", begin + int(np.argmax(lost)))
                return

    def _nearest(self, positions: Floats, places: Floats) -> NDArray[np.intp]:
        """Index of the place (n, D) nearest to each position (particles, D); −1 where none is near enough to settle."""
        order = np.argsort(positions[:, 0])
        sorted_x = positions[order, 0]
        best = np.full(len(positions), self._distance)
        nearest = np.full(len(positions), -1, dtype=np.intp)
        for index, place in enumerate(places):
            self._check()
            begin, end = np.searchsorted(sorted_x, place[0] + 2 * self._distance * np.array([-1.0, 1.0]))
            candidates = order[begin:end]
            distance = np.linalg.norm(positions[candidates] - place, axis=-1)
            closer = distance <= best[candidates]
            best[candidates[closer]], nearest[candidates[closer]] = distance[closer], index
        return nearest

    def _first_of_stay(self, holds: Callable[[int, int], Bools]) -> NDArray[np.intp]:
        """The first record from which ``holds`` is true to the end, for each particle.

        It is the number of records where there is none. ``holds(begin, end)`` returns (end − begin, particles); it is
        asked from the end of the race on, and no further than there is an answer to find.
        """
        n_particles = self._run.n_particles
        firsts = np.full(n_particles, self._n_records, dtype=np.intp)
        staying = np.ones(n_particles, dtype=np.bool_)
        for begin, end in reversed(self._chunks()):
            self._check()
            held = holds(begin, end)
            # True from a record to the end of this part exactly where it is true at each of them.
            stays = np.logical_and.accumulate(held[::-1], axis=0)
            length = np.count_nonzero(stays, axis=0)
            firsts = np.where(staying, firsts - length, firsts)
            staying &= length == end - begin
            if not staying.any():
                break
        return firsts

    def _last_that_stays(self) -> int:
        """The last record that enough of the race follows on for a stay."""
        steps = self._run.steps
        long_ago = steps[-1] - max(SHORTEST_STAY_STEPS, SHORTEST_STAY_SHARE * float(steps[-1]))
        return min(int(np.searchsorted(steps, long_ago, side="right")) - 1, self._n_records - 1 - SHORTEST_STAY_STEPS)

    def _event(
        self,
        optimizer: int,
        kind: EventKind,
        record: int,
        point: tuple[float, ...] | None = None,
        point_kind: str = "",
    ) -> RaceEvent:
        step = int(self._run.steps[record])
        return RaceEvent(optimizer, kind, step, step == record, point, point_kind, self._is_cloud)

    def _chunks(self) -> list[tuple[int, int]]:
        begins = range(0, self._n_records, self._chunk)
        return [(begin, min(begin + self._chunk, self._n_records)) for begin in begins]

    def _check(self) -> None:
        if self._cancelled is not None and self._cancelled():
            raise Cancelled
