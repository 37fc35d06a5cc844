"""What workers make of a scene: its surface compiled, its race, its critical points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gradsim.core.race.starts import count_particles
from gradsim.core.scene import Domain, Scene
from gradsim.core.scene import Surface as SurfaceSpec
from gradsim.ui.engine_calls import (
    DEFAULT_BUDGET_BYTES,
    compile_race,
    compile_spec,
    race_all,
    search_critical_points,
    simulate_scene,
)
from gradsim.ui.jobs import NICENESS, LatestJob
from gradsim.ui.race_memory import with_window_remedy

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoints
    from gradsim.core.run import Run
    from gradsim.core.surface import Surface

OUTDATED_POINTS_MS = 400


class Results(QObject):
    """The latest surface, run and critical points that workers have handed over, each None until there is one.

    ``run`` and ``surface`` always have the same dimension; after the dimension has changed they are None, and signalled
    as None, until the first results of the new one. Where the scene cannot be raced, ``run`` is None as well.

    Of a race too large for ``memory_budget``, ``run`` is a sample at first; ``racing_all_changed`` tells whether all
    particles are being raced, ``all_progressed`` which share of that is done, 0 … 1, and ``run_changed`` that it is.
    """

    surface_changed = Signal(object)
    run_changed = Signal(object)
    critical_points_changed = Signal(object)
    busy_changed = Signal(bool)
    progressed = Signal(float)
    racing_all_changed = Signal(bool)
    all_progressed = Signal(float)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.surface: Surface | None = None
        self.run: Run | None = None
        self.critical_points: CriticalPoints | None = None
        self.race_failed = False
        """Whether the scene could not be raced."""
        self._memory_budget = DEFAULT_BUDGET_BYTES
        self._scene: Scene | None = None
        self._compiled: SurfaceSpec | None = None
        self._native: tuple[object, ...] = ()
        self._searched: tuple[SurfaceSpec, Domain] | None = None
        self._surface_job = LatestJob(self, name="gradsim surface")
        self._run_job = LatestJob(self, name="gradsim simulate", niceness=NICENESS + 4)
        self._all_job = LatestJob(self, name="gradsim simulate all", niceness=NICENESS + 4)
        self._native_job = LatestJob(self, name="gradsim machine code", grace_s=0.0)
        self._points_job = LatestJob(self, name="gradsim critical points", grace_s=0.0)
        # During a drag the old critical points stay for a moment, so that they move rather than flicker.
        self._outdated = QTimer(self, singleShot=True, interval=OUTDATED_POINTS_MS)
        self._outdated.timeout.connect(self._drop_critical_points)
        self._surface_job.finished.connect(self._take_surface)
        self._run_job.finished.connect(self._take_run)
        self._run_job.failed.connect(self._drop_run)
        self._all_job.finished.connect(self._take_all)
        self._points_job.finished.connect(self._show_critical_points)
        self._jobs = (self._surface_job, self._run_job, self._all_job, self._native_job, self._points_job)
        for job in self._jobs:
            job.failed.connect(self._tell_failure)
        self._run_job.busy_changed.connect(self.busy_changed)
        self._run_job.progressed.connect(self.progressed)
        self._all_job.busy_changed.connect(self.racing_all_changed)
        self._all_job.progressed.connect(self.all_progressed)

    @property
    def busy(self) -> bool:
        """Whether the scene is being raced."""
        return self._run_job.busy

    @property
    def memory_budget(self) -> int:
        """Bytes that a race may take; what takes more is replayed from checkpoints."""
        return self._memory_budget

    def set_memory_budget(self, n_bytes: int) -> None:
        """Change the budget, and race anew."""
        if n_bytes != self._memory_budget:
            self._memory_budget = n_bytes
            if self._scene is not None:
                self._race(self._scene)

    def follow(self, scene: Scene, old: Scene | None, *, keep_older: bool = False) -> None:
        """Set the workers on what has changed since ``old``, or on everything.

        Args:
            keep_older: whether results of scenes before this one may still arrive, as while a slider is dragged.
        """
        self._scene = scene
        if self._compiled != scene.surface:
            self._compiled = scene.surface
            if not keep_older:
                self._surface_job.cancel()
            self._surface_job.submit(compile_spec, scene.surface)
        if old is None or scene.shown_like(old) != old:
            if not keep_older:
                self._run_job.cancel()
            self._race(scene)
        if self._searched != (scene.surface, scene.domain):
            self._searched = (scene.surface, scene.domain)
            if keep_older:
                if not self._outdated.isActive():
                    self._outdated.start()
            else:
                self._points_job.cancel()
                self._show_critical_points(None)
            self._points_job.submit(search_critical_points, scene.surface, scene.domain)

    def stop(self) -> None:
        """Stop the workers for good."""
        for job in self._jobs:
            job.stop()

    def _race(self, scene: Scene) -> None:
        self._all_job.cancel()
        self.race_failed = False
        self._run_job.submit(simulate_scene, scene, self._memory_budget)

    def _take_surface(self, surface: Surface) -> None:
        if self.run is not None and self.run.dimension != surface.dimension:
            self.run = None
            self.run_changed.emit(None)
        self.surface = surface
        self.surface_changed.emit(surface)

    def _take_run(self, result: tuple[Run, Surface]) -> None:
        run, surface = result
        if self.surface is None or self.surface.dimension != run.dimension:
            # The surface of this very run: it may overtake the surface that was compiled for the map.
            self._take_surface(surface)
        self.run = run
        self.race_failed = False
        self.run_changed.emit(run)
        self._compile(run.scene)
        if not run.shows_all(run.last_step):
            self._all_job.submit(race_all, run)

    def _drop_run(self, _: Exception) -> None:
        """What was raced before is not the scene's race, and nothing else will take its place."""
        self.race_failed = True
        if self.run is not None:
            self.run = None
            self.run_changed.emit(None)

    def _tell_failure(self, error: Exception) -> None:
        self.failed.emit(with_window_remedy(error))

    def _take_all(self, run: Run) -> None:
        self.run = run
        self.run_changed.emit(run)

    def _compile(self, scene: Scene) -> None:
        """Have machine code made for the next time: the first race need not wait for it.

        Parameters and hyperparameters are none of it, but few particles have another one than many.
        """
        methods = tuple((entry.name, entry.convention) for entry in scene.racing)
        code = (scene.surface.formula, methods, count_particles(scene.starts))
        if code != self._native:
            self._native = code
            self._native_job.submit(compile_race, scene)

    def _show_critical_points(self, points: CriticalPoints | None) -> None:
        self._outdated.stop()
        if points is not self.critical_points:
            self.critical_points = points
            self.critical_points_changed.emit(points)

    def _drop_critical_points(self) -> None:
        self._show_critical_points(None)
