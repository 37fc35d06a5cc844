"""What is picked out on the map: a particle that is taken apart, and a critical point whose callout is pinned."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from gradsim.core.critical_points import CriticalPoint


class ParticlePlace(NamedTuple):
    """A particle of a run: its optimizer's place in ``scene.racing``, and its number."""

    optimizer: int
    particle: int


class Selection(QObject):
    """Neither is saved, nor undone; panels set them and are told by ``changed``."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._particle: ParticlePlace | None = None
        self._point: CriticalPoint | None = None

    @property
    def particle(self) -> ParticlePlace | None:
        return self._particle

    @property
    def point(self) -> CriticalPoint | None:
        return self._point

    def select_particle(self, place: ParticlePlace | None) -> None:
        if place != self._particle:
            self._particle = place
            self.changed.emit()

    def pin_point(self, point: CriticalPoint | None) -> None:
        if point is not self._point:
            self._point = point
            self.changed.emit()
