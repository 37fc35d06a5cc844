"""The surface panel: preset or formula, parameters, domain, and what the map shows of it."""

from __future__ import annotations

import math
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gradsim.core.errors import GradsimError, SceneError
from gradsim.core.formula.graph import build_formula
from gradsim.core.gallery import GALLERY
from gradsim.core.scene import Scene
from gradsim.ui.edits import with_formula, with_surface
from gradsim.ui.forms import ComboBox, Switch, error_label, label, row, show_error
from gradsim.ui.formula_edit import FormulaEdit
from gradsim.ui.number_field import NumberField
from gradsim.ui.session import Session
from gradsim.ui.sliders import Scale, SliderRow

TOOL_TIP_ROLE = Qt.ItemDataRole.ToolTipRole
CUSTOM = "Own formula"
DEFAULT_PARAMETER = 1.0
MOST_CONTOURS = 40


class SurfaceEditor(QWidget):
    """Says what is being descended."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.parameter_rows: dict[str, SliderRow] = {}
        self.preset = ComboBox("Preset surface", "Choose a known surface with its usual domain and start.")
        for name, preset in GALLERY.items():
            self.preset.addItem(preset.title, name)
            self.preset.setItemData(self.preset.count() - 1, preset.lesson, TOOL_TIP_ROLE)
        self.formula = FormulaEdit(self._accept_formula)
        self.domain_fields = {
            (axis, end): NumberField(
                f"{axis} {('from', 'to')[end]}", f"{('Lower', 'Upper')[end]} end of the domain in {axis}."
            )
            for axis in "xy"
            for end in (0, 1)
        }
        self.error, self.map_error = error_label(), error_label()
        self.contours = SliderRow(
            "contours",
            Scale(0, MOST_CONTOURS),
            "Contours",
            "How many contour lines the map shows.",
            check=lambda v: None if 0 <= v <= 100 and v == int(v) else "contours must be a whole number up to 100",
        )
        self.critical_points = Switch("Critical points", "Mark minima, saddles and maxima on the map.")
        self._place()
        self._connect()
        self._show_scene(session.scene)

    def _place(self) -> None:
        self.formula_label = label("f(x, y) =", "heading")
        self._parameters = QVBoxLayout()
        self._parameters.setSpacing(4)
        self._parameter_heading = label("Parameters", "heading")
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        self._axis_labels = {}
        for line, axis in enumerate("xy"):
            self._axis_labels[axis] = label(axis)
            grid.addWidget(self._axis_labels[axis], line, 0)
            for end in (0, 1):
                grid.addWidget(self.domain_fields[axis, end], line, end + 1)
        grid.setColumnMinimumWidth(0, 14)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.preset)
        layout.addSpacing(2)
        layout.addWidget(self.formula_label)
        layout.addWidget(self.formula)
        layout.addWidget(self._parameter_heading)
        layout.addLayout(self._parameters)
        layout.addSpacing(4)
        layout.addWidget(label("Domain", "heading"))
        layout.addLayout(grid)
        layout.addWidget(self.error)
        layout.addSpacing(4)
        layout.addWidget(label("Map", "heading"))
        layout.addWidget(self.contours)
        layout.addWidget(self.map_error)
        layout.addLayout(row(label("critical points"), None, self.critical_points))

    def _connect(self) -> None:
        session = self._session
        self.preset.activated.connect(self._choose_preset)
        self.formula.left.connect(session.end_merge)
        for (axis, end), field in self.domain_fields.items():
            field.changed.connect(lambda value, axis=axis, end=end: self._set_domain(axis, end, value))
            field.rejected.connect(partial(show_error, self.error))
        self.contours.changed.connect(self._set_contours)
        self.contours.rejected.connect(partial(show_error, self.map_error))
        self.critical_points.toggled.connect(self._set_critical_points)
        session.scene_changed.connect(self._follow_scene)

    def _accept_formula(self, source: str) -> str:
        scene = with_formula(self._session.scene, source)
        self._session.edit(scene, "change formula", merge=True)
        return _praise(self._session.scene)

    def _choose_preset(self, place: int) -> None:
        preset = GALLERY.get(self.preset.itemData(place))
        if preset is None:
            self.formula.text.setFocus()
            return
        scene = with_surface(self._session.scene, preset.surface, preset.domain, preset.start, preset.title)
        if self._session.try_edit(scene, f"choose {preset.title}"):
            self.formula.show_formula(preset.formula, _praise(scene))

    def _set_parameter(self, name: str, value: float, dragging: bool) -> None:
        scene = self._session.scene
        surface = replace(scene.surface, parameters={**scene.surface.parameters, name: value})
        self._session.try_edit(replace(scene, surface=surface), f"change {name}", merge=dragging)

    def _set_domain(self, axis: str, end: int, value: float) -> None:
        scene = self._session.scene
        bounds = list(getattr(scene.domain, axis))
        bounds[end] = value
        domain = replace(scene.domain, **{axis: tuple(bounds)})
        view = replace(scene.view, x=None, y=None)
        try:
            self._session.edit(replace(scene, domain=domain, view=view), "change domain")
        except GradsimError as error:
            self._show_domain(scene)
            show_error(self.error, error.reason if isinstance(error, SceneError) else str(error))

    def _set_contours(self, n: float) -> None:
        scene = self._session.scene
        self._session.try_edit(replace(scene, view=replace(scene.view, contours=round(n))))

    def _set_critical_points(self, shown: bool) -> None:
        scene = self._session.scene
        self._session.try_edit(replace(scene, view=replace(scene.view, critical_points=shown)))

    def _follow_scene(self, old: Scene, new: Scene) -> None:
        if (old.surface, old.domain) != (new.surface, new.domain):
            show_error(self.error, "")
        if (old.surface, old.domain, old.view) != (new.surface, new.domain, new.view):
            self._show_scene(new)

    def _show_scene(self, scene: Scene) -> None:
        known = next((name for name, preset in GALLERY.items() if preset.formula == scene.surface.formula), None)
        self._show_preset(known)
        if self.formula.shown != scene.surface.formula:  # else a mistake that is being typed would be wiped out
            self.formula.show_formula(scene.surface.formula, _praise(scene))
        self.formula_label.setText("f(x) =" if scene.domain.y is None else "f(x, y) =")
        self._show_parameters(scene)
        self._show_domain(scene)
        self.contours.show_value(scene.view.contours)
        self.contours.setVisible(scene.domain.dimension == 2)
        self.critical_points.show_checked(scene.view.critical_points)

    def _show_preset(self, known: str | None) -> None:
        place = self.preset.findText(CUSTOM)
        if known is None and place < 0:
            self.preset.insertItem(0, CUSTOM, None)
        elif known is not None and place >= 0:
            self.preset.removeItem(place)
        self.preset.show_data(known)

    def _show_parameters(self, scene: Scene) -> None:
        names = build_formula(scene.surface.formula).parameters
        if tuple(self.parameter_rows) != names:
            for each in self.parameter_rows.values():
                each.hide()
                each.deleteLater()
            self.parameter_rows = {name: self._build_parameter(name) for name in names}
        self._parameter_heading.setVisible(bool(names))
        for name, each in self.parameter_rows.items():
            value = scene.surface.parameters.get(name, DEFAULT_PARAMETER)
            if not each.slider.isSliderDown() and not each.slider.scale.low <= value <= each.slider.scale.high:
                each.slider.scale = _parameter_scale(value)
            each.show_value(value)

    def _build_parameter(self, name: str) -> SliderRow:
        value = self._session.scene.surface.parameters.get(name, DEFAULT_PARAMETER)
        each = SliderRow(name, _parameter_scale(value), f"Parameter {name}", f"The value of {name} in the formula.")
        each.changed.connect(lambda value, dragging: self._set_parameter(name, value, dragging))
        each.released.connect(self._session.end_merge)
        each.rejected.connect(partial(show_error, self.error))
        self._parameters.addWidget(each)
        return each

    def _show_domain(self, scene: Scene) -> None:
        for (axis, end), field in self.domain_fields.items():
            bounds = getattr(scene.domain, axis)
            field.setVisible(bounds is not None)
            self._axis_labels[axis].setVisible(bounds is not None)
            if bounds is not None and field.value != bounds[end]:
                field.show_value(bounds[end])


def _praise(scene: Scene) -> str:
    return f"✓ {scene.domain.dimension}-D, exact gradient and Hessian"


def _parameter_scale(value: float) -> Scale:
    """A slider from −r to r, where r is 2, 5 or 10 times a power of ten that is at least twice ``value``."""
    wanted = max(2.0 * abs(value), 2.0)
    decade = 10.0 ** math.floor(math.log10(wanted))
    reach = next(decade * factor for factor in (2.0, 5.0, 10.0) if decade * factor >= wanted * (1 - 1e-12))
    return Scale(-reach, reach)
