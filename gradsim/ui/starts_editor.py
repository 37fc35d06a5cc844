"""The race panel: where the particles start, how long they run, in which direction, and with which seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gradsim.core.errors import GradsimError, SceneError
from gradsim.core.scene import (
    GaussianStarts,
    GridStarts,
    LineStarts,
    Point,
    PointStarts,
    RingStarts,
    Scene,
    Starts,
    UniformStarts,
)
from gradsim.ui.edits import domain_point, starts_of_kind
from gradsim.ui.forms import Button, ComboBox, error_label, label, row, show_error
from gradsim.ui.icons import IconButton
from gradsim.ui.number_field import NumberField
from gradsim.ui.session import Session

MOST_POINT_ROWS = 6
NAME_WIDTH = 58
KINDS: dict[type, tuple[str, str]] = {
    PointStarts: ("Point", "Every optimizer starts at the same point; drag it on the map."),
    UniformStarts: ("Cloud, uniform", "Every optimizer gets a cloud of particles, spread evenly over the domain."),
    GaussianStarts: ("Cloud, Gaussian", "Every optimizer gets a normally distributed cloud around a centre."),
    GridStarts: ("Cloud, grid", "Every optimizer gets a grid of particles over the domain."),
    LineStarts: ("Line", "Every optimizer gets particles evenly along a line."),
    RingStarts: ("Ring", "Every optimizer gets particles evenly around a circle."),
}


@dataclass(frozen=True)
class Setting:
    """A number of the starts: how it is named, read and written."""

    name: str
    tip: str
    read: Callable[[Any], float]
    write: Callable[[Any, float], Starts]
    whole: bool = False


def _coordinate(attribute: str, axis: int, name: str, tip: str) -> Setting:
    def write(starts: Any, value: float) -> Starts:
        return replace(starts, **{attribute: _moved(getattr(starts, attribute), axis, value)})

    return Setting(name, tip, lambda starts: getattr(starts, attribute)[axis], write)


def _moved(point: Point, axis: int, value: float) -> Point:
    return (*point[:axis], value, *point[axis + 1 :])


def _number(attribute: str, name: str, tip: str, *, whole: bool = False) -> Setting:
    def write(starts: Any, value: float) -> Starts:
        return replace(starts, **{attribute: int(value) if whole else value})

    return Setting(name, tip, lambda starts: getattr(starts, attribute), write, whole)


def _grid_side(axis: int, name: str) -> Setting:
    def write(starts: Any, value: float) -> Starts:
        return replace(starts, n=_moved(starts.n, axis, int(value)))

    return Setting(name, "How many particles the grid has along this axis.", lambda starts: starts.n[axis], write, True)


def settings_of(starts: Starts, dimension: int) -> tuple[Setting, ...]:
    """The numbers of ``starts`` in the order of display; points have rows of their own."""
    axes = tuple(enumerate("xy"[:dimension]))
    count = _number("n", "particles", "How many particles each optimizer gets.", whole=True)
    match starts:
        case UniformStarts():
            return (count,)
        case GaussianStarts():
            centers = (_coordinate("center", i, f"centre {axis}", "The centre of the cloud.") for i, axis in axes)
            return (count, _number("std", "spread σ", "The standard deviation of the cloud."), *centers)
        case GridStarts():
            return tuple(_grid_side(i, f"along {axis}") for i, axis in axes)
        case RingStarts():
            centers = (_coordinate("center", i, f"centre {axis}", "The centre of the circle.") for i, axis in axes)
            return (count, _number("radius", "radius", "The radius of the circle."), *centers)
        case LineStarts():
            ends = (("start", "from"), ("end", "to"))
            points = (
                _coordinate(attribute, i, f"{word} {axis}", "An end of the line.")
                for attribute, word in ends
                for i, axis in axes
            )
            return (count, *points)
        case _:
            return ()


class StartsEditor(QWidget):
    """Says from where, for how long and in which direction the race goes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._layout_key: tuple[object, ...] = ()
        self.fields: dict[str, NumberField] = {}
        self.kind = ComboBox("Kind of starts", "From where the particles start.")
        tip = "Add one more point from which every optimizer starts."
        self.add_point = Button("+ Add a start", "Add a start", tip, name="link")
        self.error, self.race_error = error_label(), error_label()
        self.steps = NumberField("Steps", "How many updates every optimizer makes.", check=_whole)
        self.seed = NumberField(
            "Seed", "The number that all randomness follows from: clouds and gradient noise.", check=_whole
        )
        self.goal = ComboBox("Direction", "Whether the optimizers look for low or for high values.")
        self.goal.addItem("Minimise", "minimize")
        self.goal.addItem("Maximise", "maximize")
        self._place()
        self._connect()
        self._show_scene(session.scene)

    def _place(self) -> None:
        self._numbers = QGridLayout()
        self._numbers.setContentsMargins(0, 0, 0, 0)
        self._numbers.setSpacing(6)
        race = QGridLayout()
        race.setContentsMargins(0, 0, 0, 0)
        race.setSpacing(6)
        for line, (name, widget) in enumerate((("steps", self.steps), ("seed", self.seed), ("goal", self.goal))):
            race.addWidget(label(name), line, 0)
            race.addWidget(widget, line, 1)
        race.setColumnStretch(1, 1)
        for grid in (self._numbers, race):
            grid.setColumnMinimumWidth(0, NAME_WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label("Starts", "heading"))
        layout.addWidget(self.kind)
        layout.addLayout(self._numbers)
        layout.addLayout(row(self.add_point, None))
        layout.addWidget(self.error)
        layout.addSpacing(4)
        layout.addWidget(label("Race", "heading"))
        layout.addLayout(race)
        layout.addWidget(self.race_error)

    def _connect(self) -> None:
        self.kind.activated.connect(self._choose_kind)
        self.add_point.clicked.connect(self._add_point)
        self.steps.changed.connect(lambda n: self._edit({"steps": int(n)}, "change steps"))
        self.seed.changed.connect(lambda n: self._edit({"seed": int(n)}, "change seed"))
        self.goal.activated.connect(lambda place: self._edit({"goal": self.goal.itemData(place)}, "change goal"))
        for field in (self.steps, self.seed):
            field.rejected.connect(partial(show_error, self.race_error))
        self._session.scene_changed.connect(self._follow_scene)

    def _edit(self, changes: dict[str, Any], name: str) -> None:
        line = self.error if "starts" in changes else self.race_error
        try:
            self._session.edit(replace(self._session.scene, **changes), name)
        except GradsimError as error:
            self._show_scene(self._session.scene)
            show_error(line, error.reason if isinstance(error, SceneError) else str(error))
        else:
            show_error(line, "")

    def _choose_kind(self, place: int) -> None:
        scene = self._session.scene
        kind = self.kind.itemData(place)
        if kind is not type(scene.starts):
            self._edit({"starts": starts_of_kind(kind, scene.starts, scene.domain)}, "change starts")

    def _add_point(self) -> None:
        scene = self._session.scene
        points = scene.starts.points
        mirrored = tuple(low + high - x for x, (low, high) in zip(points[-1], scene.domain.axes, strict=True))
        new = mirrored if mirrored not in points else domain_point(scene.domain)
        self._edit({"starts": PointStarts(points=(*points, new))}, "add a start")

    def _remove_point(self, index: int) -> None:
        points = self._session.scene.starts.points
        self._edit({"starts": PointStarts(points=(*points[:index], *points[index + 1 :]))}, "remove a start")

    def _set_coordinate(self, index: int, axis: int, value: float) -> None:
        points = self._session.scene.starts.points
        moved = (*points[:index], _moved(points[index], axis, value), *points[index + 1 :])
        self._edit({"starts": PointStarts(points=moved)}, "move start")

    def _set_setting(self, setting: Setting, value: float) -> None:
        self._edit({"starts": setting.write(self._session.scene.starts, value)}, f"change {setting.name}")

    def _follow_scene(self, old: Scene, new: Scene) -> None:
        if any(getattr(old, name) != getattr(new, name) for name in ("starts", "domain", "steps", "seed", "goal")):
            self._show_scene(new)

    def _show_scene(self, scene: Scene) -> None:
        starts, dimension = scene.starts, scene.domain.dimension
        n_points = len(starts.points) if isinstance(starts, PointStarts) else 0
        key = (type(starts), dimension, min(n_points, MOST_POINT_ROWS + 1))
        if key != self._layout_key:
            self._layout_key = key
            self._build_kinds(dimension)
            self._clear()
            if isinstance(starts, PointStarts):
                self._build_points(n_points, dimension)
            else:
                self._build_settings(settings_of(starts, dimension))
        self.add_point.setVisible(0 < n_points < MOST_POINT_ROWS)
        self.kind.show_data(type(starts))
        if isinstance(starts, PointStarts):
            for index, point in enumerate(starts.points[:MOST_POINT_ROWS]):
                for axis, value in zip("xy", point, strict=False):
                    _show(self.fields[f"{axis}{index}"], value)
        for setting in settings_of(starts, dimension):
            _show(self.fields[setting.name], setting.read(starts))
        _show(self.steps, scene.steps)
        _show(self.seed, scene.seed)
        self.goal.show_data(scene.goal)

    def _build_kinds(self, dimension: int) -> None:
        self.kind.clear()
        for kind, (title, _) in KINDS.items():
            if kind is not RingStarts or dimension == 2:
                self.kind.addItem(title, kind)
        self.kind.setToolTip(KINDS[self._layout_key[0]][1])

    def _clear(self) -> None:
        self.fields = {}
        while (item := self._numbers.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _build_points(self, n_points: int, dimension: int) -> None:
        for index in range(min(n_points, MOST_POINT_ROWS)):
            for axis, name in enumerate("xy"[:dimension]):
                field = self._field(f"Start {name}", f"The {name} of this start; it can be dragged on the map as well.")
                field.changed.connect(partial(self._set_coordinate, index, axis))
                self.fields[f"{name}{index}"] = field
                self._numbers.addWidget(field, index, axis)
            if n_points > 1:
                button = IconButton("close", "Remove this start", "Remove this start.", flat=True)
                button.clicked.connect(partial(self._remove_point, index))
                self._numbers.addWidget(button, index, dimension)
        if n_points > MOST_POINT_ROWS:
            more = len(self._session.scene.starts.points) - MOST_POINT_ROWS
            self._numbers.addWidget(label(f"and {more:,} more", "note"), MOST_POINT_ROWS, 0, 1, 2)

    def _build_settings(self, settings: tuple[Setting, ...]) -> None:
        for line, setting in enumerate(settings):
            field = self._field(setting.name, setting.tip, _whole if setting.whole else None)
            field.changed.connect(partial(self._set_setting, setting))
            self.fields[setting.name] = field
            self._numbers.addWidget(label(setting.name), line, 0)
            self._numbers.addWidget(field, line, 1)

    def _field(self, name: str, tip: str, check: Callable[[float], str | None] | None = None) -> NumberField:
        field = NumberField(name, tip, check=check)
        field.rejected.connect(partial(show_error, self.error))
        return field


def _whole(value: float) -> str | None:
    return None if value == int(value) and value >= 0 else f"{value:g} is no whole number"


def _show(field: NumberField, value: float) -> None:
    if field.value != value or not field.isModified():
        field.show_value(value)
