"""The session: the scene on show with its history and its file, and what workers make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from gradsim.core.checks import check_edit
from gradsim.core.errors import GradsimError
from gradsim.core.scene import Export, Scene
from gradsim.ui.history import History
from gradsim.ui.results import Results
from gradsim.ui.selection import Selection

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoints
    from gradsim.core.run import Run
    from gradsim.core.surface import Surface

CODE_LIBRARIES = {"numpy": "NumPy", "pytorch": "PyTorch", "optax": "optax"}
"""What a race can be copied for, and what that calls itself."""


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
    ``surface_changed``, ``run_changed`` and ``critical_points_changed``, as ``results`` says. While a slider is dragged
    ``run`` may lag behind ``scene``: read what belongs to a run from ``run.scene``.

    ``path`` is the scene's file, ``template`` the lesson that a scene without a file is a copy of.

    ``code_asked(scene, library)`` asks for a race as code for one of ``CODE_LIBRARIES``, on the clipboard.

    ``message`` carries one line for the user, "" when there is nothing to say.
    """

    scene_changed = Signal(object, object)
    scene_opened = Signal(object)
    file_changed = Signal()
    history_changed = Signal()
    message = Signal(str)
    code_asked = Signal(object, str)

    def __init__(self, scene: Scene, parent: QObject | None = None, *, path: Path | None = None) -> None:
        super().__init__(parent)
        self._history = History(scene)
        self._saved_scene = scene
        self.path = path
        self.template: Path | None = None
        self._aside: _Opened | None = None
        self.selection = Selection(self)
        self.results = Results(self)
        self.surface_changed = self.results.surface_changed
        self.run_changed = self.results.run_changed
        self.critical_points_changed = self.results.critical_points_changed
        self.results.failed.connect(self._report)
        self.scene_opened.connect(self.selection.clear)

    @property
    def scene(self) -> Scene:
        return self._history.scene

    @property
    def surface(self) -> Surface | None:
        return self.results.surface

    @property
    def run(self) -> Run | None:
        return self.results.run

    @property
    def critical_points(self) -> CriticalPoints | None:
        return self.results.critical_points

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
        self.results.follow(self.scene, None)

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
        self.results.stop()

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
        self.results.follow(self.scene, old, keep_older=keep_older)

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
