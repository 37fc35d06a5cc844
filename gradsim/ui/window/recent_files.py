"""The scene files that were opened or saved last, kept for next time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal

MAX_FILES = 10
KEY = "recent"


class RecentFiles(QObject):
    """Paths of scene files, the latest first."""

    changed = Signal()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, whether or not they are still there: looking would wait for a network drive that is away."""
        saved = QSettings().value(KEY, [])
        return tuple(Path(each) for each in ([saved] if isinstance(saved, str) else saved or []) if each)

    def add(self, path: Path) -> None:
        """Put ``path`` at the top."""
        path = Path(path).absolute()
        self._keep([path, *(each for each in self.paths if each != path)][:MAX_FILES])

    def remove(self, path: Path) -> None:
        """Take ``path`` off the list."""
        self._keep([each for each in self.paths if each != path])

    def clear(self) -> None:
        """Forget every file."""
        self._keep([])

    def _keep(self, paths: list[Path]) -> None:
        QSettings().setValue(KEY, [str(path) for path in paths])
        self.changed.emit()


def distinct_names(paths: tuple[Path, ...]) -> list[str]:
    """What to call each of ``paths`` in a menu: the file's name, with its folder where names are the same."""
    names = [path.name for path in paths]
    return [f"{path.name} – {path.parent}" if names.count(path.name) > 1 else path.name for path in paths]
