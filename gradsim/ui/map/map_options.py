"""The map panel: the colours of the surface, its contours, and what else is drawn on the map."""

from __future__ import annotations

from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gradsim.core.render.colormaps import COLOR_MAPS, map_colors
from gradsim.core.scene import Scene
from gradsim.ui.session import Session
from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.choice_switch import ChoiceSwitch
from gradsim.ui.widgets.forms import Switch, error_label, label, row, show_error
from gradsim.ui.widgets.sliders import Scale, SliderRow

MOST_CONTOURS = 40
NAME_WIDTH = 58
N_SWATCH_STOPS = 12
MAX_SWATCH_DIMMING = 0.7

# name -> (what the user reads, a word on it)
COLOR_MAP_NAMES = {
    "slate": ("Slate", "Calm blue-grey, made for this window: optimizers stand out."),
    "viridis": ("Viridis", "From violet over green to yellow; even steps for every eye."),
    "cividis": ("Cividis", "From blue to yellow; looks the same to the colour-blind."),
    "magma": ("Magma", "From black over red to a pale yellow."),
    "gray": ("Grey", "From black to white, for printing."),
}
SPACINGS = (
    ("log", "log", "Space contours and colours evenly in log f: valleys and walls both show."),
    ("linear", "linear", "Space contours and colours evenly in f: their density is the slope."),
)
# (field of the view, what the user reads, tip, dimensions that have it)
SWITCHES = (
    ("contour_labels", "values on contours", "Write the value of f on the contours.", (2,)),
    ("vector_field", "gradient field", "Draw arrows along −∇f, or along ∇f when the race maximises.", (2,)),
    ("critical_points", "critical points", "Mark minima, saddles and maxima.", (1, 2)),
    ("tangents", "tangents", "Show the tangent at a few balls, and an arrow along it to their next step.", (1,)),
    ("letters", "letters", "Write its optimizer's letter on every head: up to 12 of each, 60 in all.", (1, 2)),
)


class ColorMapButton(QToolButton):
    """Chooses a colour map; shows it as it looks on the map."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self._dimming = 0.5
        title, word = COLOR_MAP_NAMES[name]
        self.setObjectName("flat")
        self.setCheckable(True)
        self.setAccessibleName(f"Colours: {title}")
        self.setToolTip(f"{title}. {word}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme_hub().changed.connect(self._take_size)

    def show_dimming(self, dimming: float) -> None:
        """Show the colours dimmed as the scene's map is, but never so far that they cannot be told apart."""
        self._dimming = min(dimming, MAX_SWATCH_DIMMING)
        self.update()

    def _take_size(self, _: object) -> None:
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(round(40 * theme_hub().scale), round(24 * theme_hub().scale))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(24 * theme_hub().scale), round(24 * theme_hub().scale))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme, scale = current_theme(), theme_hub().scale
        inset = 4 * scale
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        gradient = QLinearGradient(box.topLeft(), box.topRight())
        colors = map_colors(theme, self.name, self._dimming, N_SWATCH_STOPS)
        for place, (red, green, blue) in enumerate(colors.round().astype(int).tolist()):
            gradient.setColorAt(place / (N_SWATCH_STOPS - 1), QColor(red, green, blue))
        path = QPainterPath()
        path.addRoundedRect(box, 3 * scale, 3 * scale)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(path, gradient)
        painter.setPen(QPen(QColor(theme.border), 1.0))
        painter.drawPath(path)
        painter.end()


class MapOptions(QWidget):
    """Says how the map looks. What it changes belongs to the view: it is saved, and not undone."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.colors = {name: ColorMapButton(name) for name in COLOR_MAPS}
        self.color_name = label("", "dim")
        self.dimming = SliderRow(
            "dimming",
            Scale(0.0, 1.0),
            "Dimming",
            "How far the colours fade, so that the race stands out; 0 shows them at full strength.",
            check=lambda v: None if 0 <= v <= 1 else "dimming must be between 0 and 1",
            name_width=NAME_WIDTH,
        )
        self.contours = SliderRow(
            "contours",
            Scale(0, MOST_CONTOURS),
            "Contours",
            "How many contour lines the map shows.",
            check=lambda v: None if 0 <= v <= 100 and v == int(v) else "contours must be a whole number up to 100",
            name_width=NAME_WIDTH,
        )
        self.error = error_label()
        self.spacing = ChoiceSwitch("Spacing of contours and colours", SPACINGS)
        self.switches = {field: Switch(title.capitalize(), tip) for field, title, tip, _ in SWITCHES}
        self.lines: dict[str, QWidget] = {}
        self._place()
        self._connect()
        self._show_scene(session.scene)

    def _place(self) -> None:
        self._group = QButtonGroup(self)
        swatches = QHBoxLayout()
        swatches.setContentsMargins(0, 0, 0, 0)
        swatches.setSpacing(2)
        for button in self.colors.values():
            self._group.addButton(button)
            swatches.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row(label("colours"), None, self.color_name))
        layout.addLayout(swatches)
        layout.addWidget(self.dimming)
        layout.addWidget(self.contours)
        layout.addWidget(self.error)
        self.lines["contour_scale"] = _line("spacing", self.spacing)
        for field, title, _, _ in SWITCHES:
            self.lines[field] = _line(title, self.switches[field])
        for line in self.lines.values():
            layout.addWidget(line)

    def _connect(self) -> None:
        for name, button in self.colors.items():
            button.clicked.connect(lambda _, name=name: self._show(colors=name))
        self.dimming.changed.connect(lambda value, _: self._show(dimming=value))
        self.contours.changed.connect(lambda n, _: self._show(contours=round(n)))
        for each in (self.dimming, self.contours):
            each.rejected.connect(partial(show_error, self.error))
        self.spacing.chosen.connect(lambda spacing: self._show(contour_scale=spacing))
        for field, switch in self.switches.items():
            switch.toggled.connect(lambda on, field=field: self._show(**{field: on}))
        self._session.scene_changed.connect(self._follow_scene)

    def _show(self, **changes: Any) -> None:
        scene = self._session.scene
        show_error(self.error, "")
        self._session.try_edit(replace(scene, view=replace(scene.view, **changes)))

    def _follow_scene(self, old: Scene, new: Scene) -> None:
        if (old.view, old.domain) != (new.view, new.domain):
            self._show_scene(new)

    def _show_scene(self, scene: Scene) -> None:
        view, dimension = scene.view, scene.domain.dimension
        for name, button in self.colors.items():
            button.setChecked(name == view.colors)
            button.show_dimming(view.dimming)
        self.color_name.setText(COLOR_MAP_NAMES[view.colors][0])
        self.dimming.show_value(view.dimming)
        self.contours.show_value(view.contours)
        self.spacing.show_value(view.contour_scale)
        self.contours.setVisible(dimension == 2)
        self.lines["contour_scale"].setVisible(dimension == 2)
        for field, _, _, dimensions in SWITCHES:
            self.switches[field].show_checked(getattr(view, field))
            self.lines[field].setVisible(dimension in dimensions)


def _line(title: str, control: QWidget) -> QWidget:
    line = QWidget()
    line.setLayout(row(label(title), None, control))
    return line
