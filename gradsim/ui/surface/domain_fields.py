"""The domain by numbers, from what the map shows, or as its preset has it."""

from __future__ import annotations

import math
from functools import partial

from msgspec.structs import replace
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gradsim.core.errors import GradsimError
from gradsim.core.scene import Domain, Range, Scene
from gradsim.ui.edits import preset_of
from gradsim.ui.session import Session
from gradsim.ui.widgets.forms import Button, error_label, label, row, show_error
from gradsim.ui.widgets.icons import IconButton
from gradsim.ui.widgets.number_field import NumberField, plain_reason

EDIT_NAME = "change domain"


def shown_domain(scene: Scene) -> Domain | None:
    """The part of the plane that a zoomed map shows, to a thousandth of its size; None for a map that is not zoomed."""
    view, domain = scene.view, scene.domain
    if view.x is None or (domain.y is not None and view.y is None):
        return None
    return Domain(x=_tidy(view.x), y=None if domain.y is None else _tidy(view.y))


def preset_domain(scene: Scene) -> Domain | None:
    """The domain that the formula has in the gallery, None for a formula of one's own."""
    preset = preset_of(scene)
    return preset.domain if preset else None


class DomainFields(QWidget):
    """Two numbers for each axis, and two ways to set all of them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.fields = {
            (axis, end): NumberField(
                f"{axis} {('from', 'to')[end]}",
                f"{('Lower', 'Upper')[end]} end of the domain in {axis}. Takes 0.01, 1e-3, 1/3 or 2*pi.",
            )
            for axis in "xy"
            for end in (0, 1)
        }
        self.take_view = Button(
            "Use what the map shows",
            "Use what the map shows as the domain",
            "Zoom and drag the map first: the part of the plane in view becomes the domain.",
            name="link",
        )
        tip = "Give the domain back the numbers that it has in the gallery."
        self.reset = IconButton("reset", "Reset the domain", tip, flat=True)
        self.reset.setObjectName("tiny")
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self.error = error_label()
        self._names = {axis: label(axis) for axis in "xy"}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for line, axis in enumerate("xy"):
            grid.addWidget(self._names[axis], line, 0)
            for end in (0, 1):
                grid.addWidget(self.fields[axis, end], line, end + 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(grid)
        layout.addLayout(row(self.take_view, None, self.reset))
        layout.addWidget(self.error)
        for (axis, end), field in self.fields.items():
            field.changed.connect(partial(self._set_end, axis, end))
            field.rejected.connect(partial(show_error, self.error))
        self.take_view.clicked.connect(lambda: self._set(shown_domain(self._session.scene)))
        self.reset.clicked.connect(lambda: self._set(preset_domain(self._session.scene)))
        session.scene_changed.connect(self._follow_scene)
        self._show_scene(session.scene)

    def _set_end(self, axis: str, end: int, value: float) -> None:
        domain = self._session.scene.domain
        bounds = list(getattr(domain, axis))
        bounds[end] = value
        self._set(replace(domain, **{axis: tuple(bounds)}))

    def _set(self, domain: Domain | None) -> None:
        scene = self._session.scene
        if domain is None:
            return
        view = replace(scene.view, x=None, y=None)  # so that all of the new domain is in view
        try:
            self._session.edit(replace(scene, domain=domain, view=view), EDIT_NAME)
        except GradsimError as error:
            self._show_scene(scene)
            show_error(self.error, plain_reason(error))
        else:
            show_error(self.error, "")

    def _follow_scene(self, old: Scene, new: Scene) -> None:
        if (old.surface, old.domain) != (new.surface, new.domain):
            show_error(self.error, "")
        if (old.surface, old.domain, old.view) != (new.surface, new.domain, new.view):
            self._show_scene(new)

    def _show_scene(self, scene: Scene) -> None:
        for (axis, end), field in self.fields.items():
            bounds = getattr(scene.domain, axis)
            field.setVisible(bounds is not None)
            self._names[axis].setVisible(bounds is not None)
            if bounds is not None and field.value != bounds[end]:
                field.show_value(bounds[end])
        self.take_view.setEnabled(shown_domain(scene) is not None)
        self.reset.setVisible(preset_domain(scene) not in (None, scene.domain))


def _tidy(span: Range) -> Range:
    decimals = 3 - math.floor(math.log10(span[1] - span[0]))
    return tuple(round(end, decimals) + 0.0 for end in span)
