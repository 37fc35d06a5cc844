"""The session: the scene on show, its history, and the run and critical points that workers make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from gradsim.core.checks import check_edit
from gradsim.core.errors import GradsimError
from gradsim.core.scene import Domain, Export, Scene
from gradsim.core.scene import Surface as SurfaceSpec
from gradsim.ui.engine_calls import (
    DEFAULT_BUDGET_BYTES,
    compile_race,
    compile_spec,
    race_all,
    search_critical_points,
    simulate_scene,
)
from gradsim.ui.history import History
from gradsim.ui.jobs import NICENESS, LatestJob
from gradsim.ui.selection import Selection

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoints
    from gradsim.core.run import Run
    from gradsim.core.surface import Surface

OUTDATED_POINTS_MS = 400


@dataclass(frozen=True)
class _Opened:
    """A scene as it was opened, with all that has become of it; ``below`` is the one that it covers."""

    history: History
    saved_scene: Scene
    path: Path | None
    template: Path | None
    below: _Opened | None


class Session(QObject):
    """What every panel reads and edits.

    A panel calls ``edit`` with a new scene and is told by ``scene_changed(old, new)``; workers follow with
    ``surface_changed``, ``run_changed`` and ``critical_points_changed``. ``run`` and ``surface`` always have the same
    dimension; until the first result, and after the dimension has changed, they are None and signalled as None. While a
    slider is dragged ``run`` may lag behind ``scene``: read what belongs to a run from ``run.scene``.

    Of a race too large for ``memory_budget``, ``run`` is a sample at first; ``all_progressed`` tells how many of all
    particles have been raced, 0 … 1, and then ``run_changed`` that all of them have.

    ``path`` is the scene's file, ``template`` the lesson that a scene without a file is a copy of.

    ``message`` carries one line for the user, "" when there is nothing to say.
    """

    scene_changed = Signal(object, object)
    surface_changed = Signal(object)
    run_changed = Signal(object)
    critical_points_changed = Signal(object)
    scene_opened = Signal(object)
    file_changed = Signal()
    history_changed = Signal()
    message = Signal(str)
    busy_changed = Signal(bool)
    progressed = Signal(float)
    all_progressed = Signal(float)

    def __init__(self, scene: Scene, parent: QObject | None = None, *, path: Path | None = None) -> None:
        super().__init__(parent)
        self._history = History(scene)
        self._saved_scene = scene
        self.path = path
        self.template: Path | None = None
        self._aside: _Opened | None = None
        self.selection = Selection(self)
        self.surface: Surface | None = None
        self.run: Run | None = None
        self._memory_budget = DEFAULT_BUDGET_BYTES
        self.critical_points: CriticalPoints | None = None
        self._compiled: SurfaceSpec | None = None
        self._native: tuple[object, ...] = ()
        self._searched: tuple[SurfaceSpec, Domain] | None = None
        self._surface_job = LatestJob(self, name="gradsim surface")
        self._run_job = LatestJob(self, name="gradsim simulate", niceness=NICENESS + 4)
        self._all_job = LatestJob(self, name="gradsim simulate all", niceness=NICENESS + 4)
        self._native_job = LatestJob(self, name="gradsim machine code")
        self._points_job = LatestJob(self, name="gradsim critical points", grace_s=0.0)
        # During a drag the old critical points stay for a moment, so that they move rather than flicker.
        self._outdated = QTimer(self, singleShot=True, interval=OUTDATED_POINTS_MS)
        self._outdated.timeout.connect(self._drop_critical_points)
        self.scene_opened.connect(self.selection.clear)
        self._surface_job.finished.connect(self._take_surface)
        self._run_job.finished.connect(self._take_run)
        self._all_job.finished.connect(self._take_all)
        self._points_job.finished.connect(self._show_critical_points)
        self._jobs = (self._surface_job, self._run_job, self._all_job, self._native_job, self._points_job)
        for job in self._jobs:
            job.failed.connect(self._report)
        self._run_job.busy_changed.connect(self.busy_changed)
        self._run_job.progressed.connect(self.progressed)
        self._all_job.progressed.connect(self.all_progressed)

    @property
    def scene(self) -> Scene:
        return self._history.scene

    @property
    def memory_budget(self) -> int:
        """Bytes that a race may take; what takes more is replayed from checkpoints."""
        return self._memory_budget

    def set_memory_budget(self, n_bytes: int) -> None:
        """Change the budget, and race anew."""
        if n_bytes != self._memory_budget:
            self._memory_budget = n_bytes
            if self.run is not None:
                self._all_job.cancel()
                self._run_job.submit(simulate_scene, self.scene, n_bytes)

    @property
    def busy(self) -> bool:
        """Whether the scene is being raced."""
        return self._run_job.busy

    @property
    def modified(self) -> bool:
        """Whether something would be lost: the race differs from its file (a new one: from how it began).

        Of a scene with a file, how it is shown counts too, but for the part of the map in view: looking around is no
        work.
        """
        if self.path is None:
            return self.scene.shown_like(self._saved_scene) != self._saved_scene
        return _without_view_range(self.scene) != _without_view_range(self._saved_scene)

    @property
    def title(self) -> str:
        """What to call the scene: its title, else its file's name."""
        return self.scene.title or (self.path.stem if self.path else "Untitled")

    @property
    def put_aside(self) -> tuple[str, ...]:
        """Titles of the changed lessons that ``undo`` leads back to, the last one first."""
        titles, opened = [], self._aside
        while opened is not None:
            scene, began = opened.history.scene, opened.saved_scene
            if scene.shown_like(began) != began:
                titles.append(scene.title)
            opened = opened.below
        return tuple(titles)

    @property
    def undo_name(self) -> str | None:
        """What ``undo`` would take back, such as "change learning rate"; None when there is nothing."""
        return self._history.undo_name or ("open lesson" if self._aside is not None else None)

    @property
    def redo_name(self) -> str | None:
        return self._history.redo_name

    def start(self) -> None:
        """Begin to work on the scene: compile its surface, simulate it, search its critical points."""
        self._work(None)

    def edit(self, scene: Scene, name: str = "edit", *, merge: bool = False) -> None:
        """Replace the scene.

        Edits of the same ``name`` with ``merge`` are one entry of the history until ``end_merge``. Changes of view,
        playback and export alone are never undone.

        Raises:
            SceneError, FormulaError: the scene cannot be raced; nothing has changed.
        """
        old = self.scene
        if scene == old:
            return
        if scene.shown_like(old) != old:
            check_edit(scene, old)
            self._history.push(scene, name, merge=merge)
        else:
            self._history.show(scene)
        # A drag shows results on its way, unless they no longer fit what is on show.
        self._tell(old, keep_older=merge and scene.domain.dimension == old.domain.dimension)

    def try_edit(self, scene: Scene, name: str = "edit", *, merge: bool = False) -> bool:
        """Edit, or say in ``message`` why not; return whether the scene was accepted."""
        try:
            self.edit(scene, name, merge=merge)
        except GradsimError as error:
            self._report(error)
            return False
        return True

    def end_merge(self) -> None:
        """End a drag: the next edit is an entry of its own."""
        self._history.end_merge()

    def undo(self) -> None:
        if self._history.undo_name is None and self._aside is not None:
            self._show_opened(self._aside)
        else:
            self._travel(self._history.undo)

    def redo(self) -> None:
        self._travel(self._history.redo)

    def open(
        self, scene: Scene, path: Path | None = None, *, template: Path | None = None, undoable: bool = False
    ) -> None:
        """Begin a history of its own with ``scene``, which has passed ``check_scene``.

        Args:
            path: the file that it was read from; None for a scene that has none yet.
            template: the lesson that a scene without a file is a copy of.
            undoable: whether the scene that it replaces, which has no file either, is put aside with its history:
                ``undo`` brings it back once there is nothing else to take back.
        """
        now = _Opened(self._history, self._saved_scene, self.path, self.template, self._aside)
        self._show_opened(_Opened(History(scene), scene, path, template, now if undoable else None))

    def mark_saved(self, scene: Scene, path: Path) -> None:
        """Take note that ``scene``, which was on show, has been written to ``path``, its file from now on."""
        self.path = path
        self._saved_scene = scene
        self.file_changed.emit()

    def stop(self) -> None:
        """Stop the workers; call it before the application ends."""
        for job in self._jobs:
            job.stop()

    def _show_opened(self, opened: _Opened) -> None:
        old = self.scene
        self._history, self._saved_scene = opened.history, opened.saved_scene
        self.path, self.template, self._aside = opened.path, opened.template, opened.below
        self._tell(old, keep_older=False)
        self.scene_opened.emit(self.scene)

    def _travel(self, move: Callable[[], None]) -> None:
        old = self.scene
        move()
        if self.scene is not old:
            self._tell(old, keep_older=False)

    def _tell(self, old: Scene, *, keep_older: bool) -> None:
        self.message.emit("")
        self.scene_changed.emit(old, self.scene)
        self.history_changed.emit()
        self.file_changed.emit()
        self._work(old, keep_older=keep_older)

    def _work(self, old: Scene | None, *, keep_older: bool = False) -> None:
        """Set the workers on what has changed since ``old``; ``keep_older`` lets the results of a drag through."""
        scene = self.scene
        if self._compiled != scene.surface:
            self._compiled = scene.surface
            if not keep_older:
                self._surface_job.cancel()
            self._surface_job.submit(compile_spec, scene.surface)
        if old is None or scene.shown_like(old) != old:
            if not keep_older:
                self._run_job.cancel()
            self._all_job.cancel()
            self._run_job.submit(simulate_scene, scene, self._memory_budget)
        if self._searched != (scene.surface, scene.domain):
            self._searched = (scene.surface, scene.domain)
            if keep_older:
                if not self._outdated.isActive():
                    self._outdated.start()
            else:
                self._points_job.cancel()
                self._show_critical_points(None)
            self._points_job.submit(search_critical_points, scene.surface, scene.domain)

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
        self.run_changed.emit(run)
        self._compile(run.scene)
        if run.replay is not None:
            self.all_progressed.emit(0.0)
            self._all_job.submit(race_all, run)

    def _take_all(self, run: Run) -> None:
        self.run = run
        self.run_changed.emit(run)
        self.all_progressed.emit(1.0)

    def _compile(self, scene: Scene) -> None:
        """Have machine code made for the next time: the first race need not wait for it, and numbers are none of it."""
        code = (scene.surface.formula, tuple((entry.name, entry.convention) for entry in scene.racing))
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

    def _report(self, error: Exception) -> None:
        if isinstance(error, GradsimError):
            self.message.emit(str(error))
            return
        self.message.emit(
            f"Something went wrong inside gradsim ({type(error).__name__}: {error}); the scene is unharmed."
        )
        raise error


def _without_view_range(scene: Scene) -> Scene:
    return replace(scene, view=replace(scene.view, x=None, y=None), export=Export())
