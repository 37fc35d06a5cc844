"""The starts panel: where the particles begin, as a kind with its numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gradsim.core.errors import GradsimError
from gradsim.core.scene import GridStarts, PointStarts, Scene, Starts
from gradsim.ui.edits import domain_point
from gradsim.ui.session import Session
from gradsim.ui.surface.points_dialog import N_EDITABLE_POINTS, PointsDialog
from gradsim.ui.surface.start_kinds import START_KINDS, StartKind, kind_of, with_box
from gradsim.ui.surface.start_settings import Setting, moved, setting_rows
from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.forms import Button, Switch, error_label, label, row, show_error
from gradsim.ui.widgets.icons import IconButton
from gradsim.ui.widgets.number_field import NumberField, check_whole, plain_reason

MOST_POINT_ROWS = 6
NAME_WIDTH = 62


class KindButton(QToolButton):
    """Chooses a kind of starts; its picture is a handful of such starts."""

    def __init__(self, kind: StartKind) -> None:
        super().__init__()
        self.kind = kind
        self.setObjectName("flat")
        self.setCheckable(True)
        self.setAccessibleName(f"Starts: {kind.title}")
        self.setToolTip(f"{kind.title}. {kind.tip}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme_hub().changed.connect(self._take_size)

    def _take_size(self, _: object) -> None:
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        side = round(26 * theme_hub().scale)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme, scale = current_theme(), theme_hub().scale
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.text if self.isEnabled() else theme.border))
        side, dot = 15 * scale, (5.0 if len(self.kind.dots) == 1 else 2.6) * scale
        left, top = (self.width() - side) / 2, (self.height() - side) / 2
        for x, y in self.kind.dots:
            painter.drawEllipse(QRectF(left + x * side - dot / 2, top + y * side - dot / 2, dot, dot))
        painter.end()


class StartsEditor(QWidget):
    """Says from where the race goes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[object, ...] = ()
        self.fields: dict[str, NumberField] = {}
        self.kinds = {name: KindButton(kind) for name, kind in START_KINDS.items()}
        self.kind_title = label("")
        self.add_point = Button("+ Add a start", "Add a start", "Add one more start of every optimizer.", name="link")
        tip = "Edit all starts as text, a point a line; copy them from elsewhere."
        self.edit_points = Button("Edit as text…", "Edit starts as text", tip, name="link")
        self.whole_domain = Switch(
            "Grid over the whole domain", "Spread the grid over the whole domain, or over a box."
        )
        self.snap = Switch("Snap", "Let a dragged start go to round numbers, and to critical points nearby.")
        self.error = error_label()
        self._place()
        self._connect()
        self._show_scene(session.scene)
        self.snap.show_checked(session.scene.view.snap)

    def _place(self) -> None:
        self._group = QButtonGroup(self)
        kinds = QGridLayout()
        kinds.setContentsMargins(0, 0, 0, 0)
        kinds.setSpacing(2)
        for place, button in enumerate(self.kinds.values()):
            self._group.addButton(button)
            kinds.addWidget(button, 0, place)
        self._numbers = QGridLayout()
        self._numbers.setContentsMargins(0, 0, 0, 0)
        self._numbers.setSpacing(6)
        self._domain_line = QWidget()
        self._domain_line.setLayout(row(label("whole domain"), None, self.whole_domain))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(kinds)
        layout.addWidget(self.kind_title)
        layout.addLayout(self._numbers)
        layout.addWidget(self._domain_line)
        layout.addLayout(row(self.add_point, None, self.edit_points))
        layout.addLayout(row(label("snap"), None, self.snap))
        layout.addWidget(self.error)

    def _connect(self) -> None:
        for button in self.kinds.values():
            button.clicked.connect(lambda _, kind=button.kind: self._choose_kind(kind))
        self.add_point.clicked.connect(self._add_point)
        self.edit_points.clicked.connect(self._edit_points)
        self.whole_domain.toggled.connect(self._set_whole_domain)
        self.snap.toggled.connect(self._set_snap)
        self._session.scene_changed.connect(self._follow_scene)
        theme_hub().changed.connect(self._take_size)

    def _take_size(self, *_: object) -> None:
        named = not isinstance(self._session.scene.starts, PointStarts)
        self._numbers.setColumnMinimumWidth(0, round(NAME_WIDTH * theme_hub().scale) if named else 0)

    def _edit(self, starts: Starts, name: str) -> bool:
        try:
            self._session.edit(replace(self._session.scene, starts=starts), name)
        except GradsimError as error:
            self._show_scene(self._session.scene)
            show_error(self.error, plain_reason(error))
            return False
        show_error(self.error, "")
        return True

    def _choose_kind(self, kind: StartKind) -> None:
        scene = self._session.scene
        if not kind.matches(scene.starts):
            self._edit(kind.make(scene.starts, scene.domain), "change starts")
        self._show_scene(self._session.scene)

    def _add_point(self) -> None:
        scene = self._session.scene
        points = scene.starts.points
        mirrored = tuple(low + high - x for x, (low, high) in zip(points[-1], scene.domain.axes, strict=True))
        new = mirrored if mirrored not in points else domain_point(scene.domain)
        self._edit(PointStarts(points=(*points, new)), "add a start")

    def _remove_point(self, index: int) -> None:
        points = self._session.scene.starts.points
        self._edit(PointStarts(points=(*points[:index], *points[index + 1 :])), "remove a start")

    def _set_coordinate(self, index: int, axis: int, value: float) -> None:
        points = self._session.scene.starts.points
        self._edit(
            PointStarts(points=(*points[:index], moved(points[index], axis, value), *points[index + 1 :])), "move start"
        )

    def _set_setting(self, setting: Setting, value: float) -> None:
        self._edit(setting.write(self._session.scene.starts, value), f"change {setting.name} of the starts")

    def _set_whole_domain(self, whole: bool) -> None:
        scene = self._session.scene
        self._edit(with_box(scene.starts, scene.domain, boxed=not whole), "change box of the starts")

    def _set_snap(self, snap: bool) -> None:
        scene = self._session.scene
        self._session.try_edit(replace(scene, view=replace(scene.view, snap=snap)))

    def _edit_points(self) -> None:
        scene = self._session.scene
        dialog = PointsDialog(scene.starts.points, scene.domain.dimension, self)
        dialog.accepted_points.connect(lambda points: self._edit(PointStarts(points=points), "change starts"))
        dialog.open()

    def _follow_scene(self, old: Scene, new: Scene) -> None:
        if (old.starts, old.domain) != (new.starts, new.domain):
            self._show_scene(new)
        self.snap.show_checked(new.view.snap)

    def _show_scene(self, scene: Scene) -> None:
        starts, dimension, kind = scene.starts, scene.domain.dimension, kind_of(scene.starts)
        n_points = len(starts.points) if isinstance(starts, PointStarts) else 0
        rows = setting_rows(starts, scene.domain)
        names = tuple(setting.name for line in rows for setting in line.settings)
        shown = (kind.name, dimension, names, min(n_points, MOST_POINT_ROWS + 1))
        if shown != self._shown:
            self._shown = shown
            self._clear()
            if n_points:
                self._build_points(n_points, dimension)
            for line, each in enumerate(rows):
                self._numbers.addWidget(label(each.name), line, 0)
                for place, setting in enumerate(each.settings, start=1):
                    last = place == len(each.settings)
                    self._numbers.addWidget(self._setting_field(setting), line, place, 1, 3 - place if last else 1)
        self.kinds[kind.name].setChecked(True)
        for button in self.kinds.values():
            button.setVisible(dimension in button.kind.dimensions)
        self.kind_title.setText(f"{kind.title} ({n_points:,})" if n_points > 1 else kind.title)
        self.add_point.setVisible(0 < n_points < MOST_POINT_ROWS)
        self.edit_points.setVisible(0 < n_points <= N_EDITABLE_POINTS)
        self._domain_line.setVisible(isinstance(starts, GridStarts))
        if isinstance(starts, GridStarts):
            self.whole_domain.show_checked(starts.box is None)
        if n_points:
            for index, point in enumerate(starts.points[:MOST_POINT_ROWS]):
                for axis, value in zip("xy", point, strict=False):
                    self.fields[f"{axis}{index}"].show_if_left(value)
        for each in rows:
            for setting in each.settings:
                self.fields[setting.name].show_if_left(setting.read(starts))

    def _clear(self) -> None:
        self.fields = {}
        while (item := self._numbers.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._take_size()
        pointed = isinstance(self._session.scene.starts, PointStarts)
        for column in range(3):
            self._numbers.setColumnStretch(column, 0 if pointed or column == 0 else 1)

    def _build_points(self, n_points: int, dimension: int) -> None:
        for index in range(min(n_points, MOST_POINT_ROWS)):
            for axis, name in enumerate("xy"[:dimension]):
                field = self._field(f"Start {name}", f"The {name} of this start; it can be dragged on the map as well.")
                field.changed.connect(partial(self._set_coordinate, index, axis))
                self.fields[f"{name}{index}"] = field
                self._numbers.addWidget(field, index, axis)
                self._numbers.setColumnStretch(axis, 1)
            if n_points > 1:
                button = IconButton("close", "Remove this start", "Remove this start.", flat=True)
                button.setObjectName("tiny")
                button.clicked.connect(partial(self._remove_point, index))
                self._numbers.addWidget(button, index, dimension)
        if n_points > MOST_POINT_ROWS:
            more = len(self._session.scene.starts.points) - MOST_POINT_ROWS
            self._numbers.addWidget(label(f"and {more:,} more", "note"), MOST_POINT_ROWS, 0, 1, 2)

    def _setting_field(self, setting: Setting) -> NumberField:
        field = self._field(setting.name, setting.tip, check_whole if setting.whole else None)
        field.changed.connect(partial(self._set_setting, setting))
        self.fields[setting.name] = field
        return field

    def _field(self, name: str, tip: str, check: Callable[[float], str | None] | None = None) -> NumberField:
        field = NumberField(name, tip, check=check)
        field.rejected.connect(partial(show_error, self.error))
        return field
