"""The surface panel: preset or formula, its parameters, and the domain."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradsim.core.gallery import GALLERY
from gradsim.core.scene import Scene
from gradsim.ui.domain_fields import DomainFields
from gradsim.ui.edits import with_formula, with_surface
from gradsim.ui.forms import Section, Switch, error_label, label, row, show_error
from gradsim.ui.formula_edit import FormulaEdit
from gradsim.ui.parameter_sliders import ParameterSliders
from gradsim.ui.preset_button import PresetButton
from gradsim.ui.session import Session
from gradsim.ui.sliders import Scale, SliderRow
from gradsim.ui.surface_pictures import SurfacePictures

MOST_CONTOURS = 40


class SurfaceEditor(QWidget):
    """Says what is being descended."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.pictures = SurfacePictures(self)
        self.preset = PresetButton(self.pictures)
        self.formula = FormulaEdit(self._accept_formula)
        self.parameters = ParameterSliders(session)
        self.domain = DomainFields(session)
        self.map_error = error_label()
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
        if session.surface is not None:
            self.pictures.start()

    def _place(self) -> None:
        self.formula_label = label("f(x, y) =", "heading")
        self.parameter_section, domain = Section("Parameters"), Section("Domain")
        self.parameter_section.content.addWidget(self.parameters)
        domain.content.addWidget(self.domain)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self.preset, self.formula_label, self.formula, self.parameter_section, domain):
            layout.addWidget(widget)
        layout.addSpacing(4)
        layout.addWidget(label("Map", "heading"))
        layout.addWidget(self.contours)
        layout.addWidget(self.map_error)
        layout.addLayout(row(label("critical points"), None, self.critical_points))

    def _connect(self) -> None:
        session = self._session
        self.preset.chosen.connect(self.choose_preset)
        self.formula.left.connect(session.end_merge)
        self.contours.changed.connect(self._set_contours)
        self.contours.rejected.connect(partial(show_error, self.map_error))
        self.critical_points.toggled.connect(self._set_critical_points)
        session.scene_changed.connect(self._follow_scene)
        session.surface_changed.connect(self._start_pictures)

    def stop(self) -> None:
        """Rest the parameters, and wait for the workers to end."""
        self.parameters.stop()
        self.formula.stop()
        self.pictures.stop()

    def choose_preset(self, name: str) -> None:
        """Race on the surface ``name`` of the gallery."""
        preset = GALLERY[name]
        scene = with_surface(self._session.scene, preset.surface, preset.domain, preset.start, preset.title)
        if self._session.try_edit(scene, f"choose {preset.title}"):
            self.formula.show_formula(preset.formula, _praise(scene))

    def _start_pictures(self, _: object) -> None:
        self.pictures.start()  # the engine is there

    def _accept_formula(self, source: str) -> str:
        scene = with_formula(self._session.scene, source)
        self._session.edit(scene, "change formula", merge=True)
        return _praise(self._session.scene)

    def _set_contours(self, n: float) -> None:
        scene = self._session.scene
        self._session.try_edit(replace(scene, view=replace(scene.view, contours=round(n))))

    def _set_critical_points(self, shown: bool) -> None:
        scene = self._session.scene
        self._session.try_edit(replace(scene, view=replace(scene.view, critical_points=shown)))

    def _follow_scene(self, old: Scene, new: Scene) -> None:
        if (old.surface, old.domain, old.view) != (new.surface, new.domain, new.view):
            self._show_scene(new)

    def _show_scene(self, scene: Scene) -> None:
        known = next((name for name, preset in GALLERY.items() if preset.formula == scene.surface.formula), None)
        self.preset.show_preset(known)
        if self.formula.shown != scene.surface.formula:  # else a mistake that is being typed would be wiped out
            self.formula.show_formula(scene.surface.formula, _praise(scene))
        self.formula_label.setText("f(x) =" if scene.domain.y is None else "f(x, y) =")
        self.parameter_section.setVisible(bool(self.parameters.rows))
        self.contours.show_value(scene.view.contours)
        self.contours.setVisible(scene.domain.dimension == 2)
        self.critical_points.show_checked(scene.view.critical_points)


def _praise(scene: Scene) -> str:
    return f"✓ {scene.domain.dimension}-D, exact gradient and Hessian"
