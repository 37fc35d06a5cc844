"""The parameters of the formula: a row for each, and the swing that moves one of them by itself."""

from __future__ import annotations

import math
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradsim.core.formula.graph import build_formula
from gradsim.core.formula.latex import name_symbol
from gradsim.core.scene import ParameterSlider, Scene
from gradsim.ui.edits import preset_of
from gradsim.ui.session import Session
from gradsim.ui.surface.parameter_row import ParameterRow
from gradsim.ui.surface.slider_settings import default_slider, slider_scale
from gradsim.ui.surface.swing import Swing
from gradsim.ui.theme import theme_hub
from gradsim.ui.widgets.forms import error_label, show_error

DEFAULT_PARAMETER = 1.0
WIDEST_NAME = 40
SWING_FIGURES = 4


class ParameterSliders(QWidget):
    """Rows in the order of first appearance in the formula; hidden while there is none.

    One parameter at a time may swing. All of a swing is one entry of the history; any other edit of the race, a hand on
    the slider, another scene or ``stop`` ends it.
    """

    def __init__(self, session: Session, parent: QWidget | None = None, *, swing: Swing | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.rows: dict[str, ParameterRow] = {}
        self.error = error_label()
        self.swing = swing or Swing(self)
        self.swinging: str | None = None
        self._is_swing_edit = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        layout.addLayout(self._rows)
        layout.addWidget(self.error)
        self.swing.moved.connect(self._swing_to)
        session.scene_changed.connect(self._follow_scene)
        session.scene_opened.connect(self.stop)
        theme_hub().changed.connect(self._align_names)
        self._show_scene(session.scene)

    def stop(self, *_: object) -> None:
        """End the swing; the next one is an entry of its own."""
        if self.swinging is not None:
            self._rest()
            self._session.end_merge()

    def _rest(self) -> None:
        name, self.swinging = self.swinging, None
        self.swing.stop()
        if name in self.rows:
            self.rows[name].show_swinging(False)

    def _want_swing(self, name: str, wanted: bool) -> None:
        if wanted:
            self.stop()
            self.swinging = name
            self.swing.start(self.rows[name].slider, self._value(self._session.scene, name))
            self.rows[name].show_swinging(True)
        elif self.swinging == name:
            self.stop()

    def _swing_to(self, value: float) -> None:
        if self.swinging is None:
            return
        scale = slider_scale(self.rows[self.swinging].slider)
        # More figures than the eye can follow would only flicker.
        decimals = SWING_FIGURES - math.ceil(math.log10(scale.high - scale.low))
        value = scale.nearest_multiple(value) if scale.step else round(value, max(0, decimals))
        self._is_swing_edit = True
        try:
            self._set(self.swinging, value, f"animate {self.swinging}", merge=True)
        finally:
            self._is_swing_edit = False

    def _set(self, name: str, value: float, edit: str, *, merge: bool) -> None:
        scene = self._session.scene
        surface = replace(scene.surface, parameters={**scene.surface.parameters, name: value})
        self._session.try_edit(replace(scene, surface=surface), edit, merge=merge)

    def _set_slider(self, name: str, slider: ParameterSlider) -> None:
        scene = self._session.scene
        view = replace(scene.view, sliders={**scene.view.sliders, name: slider})
        self._session.try_edit(replace(scene, view=view))

    def _follow_scene(self, old: Scene, new: Scene) -> None:
        if self.swinging is not None and not self._is_swing_edit and new.shown_like(old) != old:
            self._rest()
        if (old.surface, old.view.sliders) != (new.surface, new.view.sliders):
            self._show_scene(new)
        if self.swinging is not None and old.view.sliders != new.view.sliders:
            self.swing.start(self.rows[self.swinging].slider, self._value(new, self.swinging))

    def _show_scene(self, scene: Scene) -> None:
        names = build_formula(scene.surface.formula).parameters
        if tuple(self.rows) != names:
            self._rebuild(names, scene)
        self.setVisible(bool(names))
        for name, each in self.rows.items():
            slider = self._slider(scene, name, each)
            if slider != each.slider:
                each.show_slider(slider)
            each.show_value(self._value(scene, name))

    def _rebuild(self, names: tuple[str, ...], scene: Scene) -> None:
        """Have a row for each of ``names``; those that stay keep what is unfolded in them."""
        show_error(self.error, "")
        for name in [name for name in self.rows if name not in names]:
            each = self.rows.pop(name)
            each.hide()
            each.deleteLater()
        self.rows = {name: self.rows.get(name) or self._build(name, scene) for name in names}
        for each in self.rows.values():
            self._rows.removeWidget(each)
            self._rows.addWidget(each)
        self._align_names()

    def _slider(self, scene: Scene, name: str, each: ParameterRow) -> ParameterSlider:
        """The range that the scene asks for, else the preset's, else one that holds the value."""
        asked = _asked_slider(scene, name)
        if asked is not None:
            return asked
        value = self._value(scene, name)
        # A range of the window's own stays while the value is in it, and under the hand that moves it.
        fits = each.slider.low <= value <= each.slider.high and each.slider == default_slider(each.slider.high / 2)
        return each.slider if fits or each.row.slider.isSliderDown() else default_slider(value)

    def _build(self, name: str, scene: Scene) -> ParameterRow:
        each = ParameterRow(name, _asked_slider(scene, name) or default_slider(self._value(scene, name)))
        each.changed.connect(lambda value, dragging: self._set(name, value, f"change {name}", merge=dragging))
        each.released.connect(self._session.end_merge)
        each.slider_changed.connect(partial(self._set_slider, name))
        each.swing_wanted.connect(partial(self._want_swing, name))
        each.rejected.connect(partial(show_error, self.error))
        return each

    def _align_names(self, *_: object) -> None:
        widest = round(WIDEST_NAME * theme_hub().scale)
        for each in self.rows.values():
            each.row.name_label.ensurePolished()
        metrics, symbols = self.fontMetrics(), {name: name_symbol(name) for name in self.rows}
        width = min(max((metrics.horizontalAdvance(each) + 2 for each in symbols.values()), default=0), widest)
        for name, each in self.rows.items():
            each.row.name_label.setFixedWidth(width)
            each.row.name_label.setText(metrics.elidedText(symbols[name], Qt.TextElideMode.ElideRight, width))

    @staticmethod
    def _value(scene: Scene, name: str) -> float:
        return scene.surface.parameters.get(name, DEFAULT_PARAMETER)


def _asked_slider(scene: Scene, name: str) -> ParameterSlider | None:
    preset = preset_of(scene)
    return scene.view.sliders.get(name) or (preset.sliders.get(name) if preset else None)
