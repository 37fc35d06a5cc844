"""What is picked out on the map: a particle with the anatomy of its update, and a pinned critical point."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from gradsim.core.anatomy import Anatomy
    from gradsim.core.critical_points import CriticalPoint


class ParticlePlace(NamedTuple):
    """A particle of a race, recorded or not: its optimizer's place in ``scene.racing``, and its number in the scene."""

    optimizer: int
    particle: int


class Selection(QObject):
    """None of it is saved, nor undone.

    Panels pick particle and point and are told by ``changed``; ``anatomy_changed`` tells that the particle's update has
    been taken apart anew, or, with None, that there is none to show: while the race plays, and where none is selected.
    """

    changed = Signal()
    anatomy_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._particle: ParticlePlace | None = None
        self._point: CriticalPoint | None = None
        self._anatomy: Anatomy | None = None

    @property
    def particle(self) -> ParticlePlace | None:
        return self._particle

    @property
    def point(self) -> CriticalPoint | None:
        return self._point

    @property
    def anatomy(self) -> Anatomy | None:
        return self._anatomy

    def show_anatomy(self, anatomy: Anatomy | None) -> None:
        if anatomy is not self._anatomy:
            self._anatomy = anatomy
            self.anatomy_changed.emit(anatomy)

    def select_particle(self, place: ParticlePlace | None) -> None:
        if place != self._particle:
            self._particle = place
            self.changed.emit()

    def clear(self, *_: object) -> None:
        """Pick nothing: the scene has become another one."""
        self.select_particle(None)
        self.pin_point(None)

    def pin_point(self, point: CriticalPoint | None) -> None:
        if point is not self._point:
            self._point = point
            self.changed.emit()
