"""The surface panel: preset or formula, its parameters, and the domain."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradsim.core.gallery import GALLERY
from gradsim.core.scene import Scene
from gradsim.ui.edits import preset_of, with_formula, with_surface
from gradsim.ui.session import Session
from gradsim.ui.surface.domain_fields import DomainFields
from gradsim.ui.surface.formula_edit import FormulaEdit
from gradsim.ui.surface.parameter_sliders import ParameterSliders
from gradsim.ui.surface.preset_button import PresetButton
from gradsim.ui.surface.surface_pictures import SurfacePictures
from gradsim.ui.widgets.forms import Section, label


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

    def _connect(self) -> None:
        session = self._session
        self.preset.chosen.connect(self.choose_preset)
        self.formula.left.connect(session.end_merge)
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

    def _follow_scene(self, old: Scene, new: Scene) -> None:
        if (old.surface, old.domain) != (new.surface, new.domain):
            self._show_scene(new)

    def _show_scene(self, scene: Scene) -> None:
        preset = preset_of(scene)
        self.preset.show_preset(preset.name if preset else None)
        if self.formula.shown != scene.surface.formula:  # else a mistake that is being typed would be wiped out
            self.formula.show_formula(scene.surface.formula, _praise(scene))
        self.formula_label.setText("f(x) =" if scene.domain.y is None else "f(x, y) =")
        self.parameter_section.setVisible(bool(self.parameters.rows))


def _praise(scene: Scene) -> str:
    return f"✓ {scene.domain.dimension}-D, exact gradient and Hessian"
