"""What the session's workers run.

The engine is imported by the workers, behind the first paint: numba takes longer to load than the window to open.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from gradsim.core.ending import is_ending
from gradsim.core.scene import Domain, Scene
from gradsim.core.scene import Surface as SurfaceSpec

if TYPE_CHECKING:
    from gradsim.core.anatomy import Anatomy
    from gradsim.core.critical_points import CriticalPoint, CriticalPoints
    from gradsim.core.events import RaceEvent
    from gradsim.core.run import Run
    from gradsim.core.surface import Surface

_loading = threading.Lock()
DEFAULT_BUDGET_BYTES = 2**30


@dataclass(frozen=True)
class FoundEvents:
    """What happened in a run, without the run: events by step, labels of the optimizers, and how near is settled."""

    scene: Scene
    labels: tuple[str, ...]
    events: tuple[RaceEvent, ...]
    settling_distance: float


def load_engine() -> None:
    """Import all that the workers call, in one thread while the others wait; first, compile it if need be.

    Packages with circular imports, of which numba is one, are seen half-made by a second thread that imports them at
    the same time.

    Raises Cancelled after ``stop_compiling``, unless all kernels have been compiled.
    """
    with _loading:
        _load_once()


@cache
def _load_once() -> None:
    """Every job calls for the engine, and looking whether it has been compiled takes a millisecond."""
    from gradsim.core.precompile import precompile

    precompile(is_ending)
    import gradsim.core.anatomy
    import gradsim.core.critical_points
    import gradsim.core.events
    import gradsim.core.render.map_renderer
    import gradsim.core.replay  # noqa: F401


def compile_spec(spec: SurfaceSpec) -> Surface:
    load_engine()
    from gradsim.core.surface import compile_surface

    return compile_surface(spec)


def simulate_scene(
    scene: Scene, memory_budget: int, *, cancelled: Callable[[], bool], progress: Callable[[float], None]
) -> tuple[Run, Surface]:
    load_engine()
    from gradsim.core.replay import race_or_sample
    from gradsim.core.surface import compile_surface

    run = race_or_sample(
        scene, memory_budget=memory_budget, progress=progress, cancelled=cancelled, n_threads=_spare_threads()
    )
    return run, compile_surface(scene.surface)


def race_all(run: Run, *, cancelled: Callable[[], bool], progress: Callable[[float], None]) -> Run:
    """Race all particles of a race of which ``run`` has a sample; return it as a run of its own."""
    from gradsim.core import replay

    return replay.race_all(run, progress=progress, cancelled=cancelled, n_threads=_spare_threads())


def _spare_threads() -> int:
    """One core is left to the window: with none, a drag stalls and the race comes no sooner, for drawing waits."""
    return max(1, (os.cpu_count() or 1) - 1)


def compile_race(scene: Scene, *, cancelled: Callable[[], bool]) -> None:
    load_engine()
    from gradsim.core.simulate import compile_race

    compile_race(scene, cancelled=cancelled)


def search_critical_points(spec: SurfaceSpec, domain: Domain, *, cancelled: Callable[[], bool]) -> CriticalPoints:
    load_engine()
    from gradsim.core.critical_points import find_critical_points
    from gradsim.core.surface import compile_surface

    return find_critical_points(compile_surface(spec), domain, cancelled=cancelled)


def search_events(run: Run, points: tuple[CriticalPoint, ...], *, cancelled: Callable[[], bool]) -> FoundEvents:
    load_engine()
    from gradsim.core.events import find_events, settling_distance
    from gradsim.core.surface import compile_surface

    events = find_events(run, compile_surface(run.scene.surface), points, cancelled=cancelled)
    return FoundEvents(run.scene, run.labels, events, settling_distance(run.scene.domain))


def dissect_particle(run: Run, optimizer: int, particle: int, step: int) -> Anatomy:
    load_engine()
    from gradsim.core.anatomy import dissect
    from gradsim.core.surface import compile_surface

    return dissect(run, compile_surface(run.scene.surface), optimizer, particle=particle, step=step)
