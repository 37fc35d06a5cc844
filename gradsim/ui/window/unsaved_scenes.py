"""Scenes that were not saved when gradsim ended: where they are kept, and what is known about each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from PySide6.QtCore import QDateTime, QLocale, QLockFile

from gradsim.core.errors import SceneFileError
from gradsim.core.scene import Scene
from gradsim.core.scene_file import decode_scene, encode_scene, replace_file

SUFFIX = ".unsaved"
KEPT_FOR_DAYS = 30


@dataclass(frozen=True)
class UnsavedScene:
    """A scene that a gradsim which has ended left behind: ``file`` holds it, ``path`` is where it was opened from."""

    file: Path
    title: str
    path: Path | None
    kept_at: QDateTime

    @property
    def name(self) -> str:
        """What to call it where others have the same title."""
        return f"{self.title} – {QLocale.c().toString(self.kept_at, 'd MMMM, HH:mm')}"

    def read(self) -> Scene:
        """Raises SceneFileError or SceneError where the file is gone or damaged."""
        try:
            return decode_scene(self.file.read_bytes().partition(b"\n")[2])
        except OSError as error:
            raise SceneFileError(f"what was kept of “{self.title}” cannot be read: {error.strerror}") from error

    def forget(self) -> None:
        self.file.unlink(missing_ok=True)


def unsaved_folder() -> Path:
    return Path(platformdirs.user_state_dir("gradsim", appauthor=False)) / "unsaved"


def unsaved_scenes() -> tuple[UnsavedScene, ...]:
    """What those who have ended left behind, the latest first; what is older than ``KEPT_FOR_DAYS`` is removed."""
    oldest = QDateTime.currentDateTime().addDays(-KEPT_FOR_DAYS)
    left = [_describe(file) for file in unsaved_folder().glob(f"*{SUFFIX}") if _is_left_behind(file)]
    for each in left:
        if each.kept_at < oldest:
            each.forget()
    return tuple(sorted((each for each in left if each.kept_at >= oldest), key=lambda each: each.kept_at, reverse=True))


def write_unsaved(file: Path, scene: Scene, title: str, path: Path | None) -> None:
    """Keep ``scene`` in ``file``: a line about it, then what a scene file holds. Raises OSError or SceneFileError."""
    head = json.dumps({"title": title, "path": None if path is None else str(path.absolute())})
    replace_file(file, head.encode() + b"\n" + encode_scene(scene))


def lock_of(file: Path) -> QLockFile:
    """The lock of who writes ``file``; the system tells whether that process still runs."""
    lock = QLockFile(str(file.with_suffix(".lock")))
    lock.setStaleLockTime(0)
    return lock


def _is_left_behind(file: Path) -> bool:
    lock = lock_of(file)
    if not lock.tryLock(0):
        return False
    lock.unlock()
    return True


def _describe(file: Path) -> UnsavedScene:
    kept_at = QDateTime.fromSecsSinceEpoch(int(file.stat().st_mtime))
    try:
        with open(file, "rb") as opened:
            head = json.loads(opened.readline())
        return UnsavedScene(file, head["title"], Path(head["path"]) if head["path"] else None, kept_at)
    except (ValueError, KeyError, TypeError):  # damaged: whoever chooses it is told
        return UnsavedScene(file, "Untitled", None, kept_at)
