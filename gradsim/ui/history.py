"""Undo and redo: a list of scenes, each with the name of the edit that made it."""

from __future__ import annotations

from gradsim.core.scene import Scene

MAX_ENTRIES = 1000


class History:
    """Scenes in the order in which they were made, with one of them on show.

    How a scene is shown (view, playback, export) does not belong to the history: it stays as it is through undo and
    redo.
    """

    def __init__(self, scene: Scene) -> None:
        self._entries: list[tuple[str, Scene]] = [("", scene)]
        self._at = 0
        self._mergeable = False

    @property
    def scene(self) -> Scene:
        return self._entries[self._at][1]

    @property
    def undo_name(self) -> str | None:
        """Name of the edit that ``undo`` takes back, or None."""
        return self._entries[self._at][0] if self._at > 0 else None

    @property
    def redo_name(self) -> str | None:
        """Name of the edit that ``redo`` makes again, or None."""
        return self._entries[self._at + 1][0] if self._at + 1 < len(self._entries) else None

    def push(self, scene: Scene, name: str, *, merge: bool) -> None:
        """Add an edit after the one on show; what had been undone is dropped.

        With ``merge``, it takes the place of the edit before it when that has the same name and was made with ``merge``
        too.
        """
        del self._entries[self._at + 1 :]
        if merge and self._mergeable and self._at > 0 and self._entries[self._at][0] == name:
            self._entries[self._at] = (name, scene)
        else:
            self._entries.append((name, scene))
            del self._entries[: len(self._entries) - MAX_ENTRIES]
            self._at = len(self._entries) - 1
        self._mergeable = merge

    def show(self, scene: Scene) -> None:
        """Change the scene on show without an entry."""
        self._entries[self._at] = (self._entries[self._at][0], scene)

    def end_merge(self) -> None:
        self._mergeable = False

    def undo(self) -> None:
        if self._at > 0:
            self._go(self._at - 1)

    def redo(self) -> None:
        if self._at + 1 < len(self._entries):
            self._go(self._at + 1)

    def _go(self, at: int) -> None:
        on_show = self.scene
        self._at = at
        self._mergeable = False
        self.show(self._entries[at][1].shown_like(on_show))
