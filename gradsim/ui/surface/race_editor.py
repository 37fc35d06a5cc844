"""The race panel: how long the optimizers run, in which direction, and with which seed."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from gradsim.core.errors import GradsimError
from gradsim.core.scene import Scene
from gradsim.ui.session import Session
from gradsim.ui.theme import theme_hub
from gradsim.ui.widgets.forms import ComboBox, error_label, label, row, show_error
from gradsim.ui.widgets.icons import IconButton
from gradsim.ui.widgets.number_field import NumberField, check_whole, plain_reason

LARGEST_RANDOM_SEED = 9999
NAME_WIDTH = 62


class RaceEditor(QWidget):
    """Steps, goal and seed of the scene."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.error = error_label()
        self.steps = NumberField("Steps", "How many updates every optimizer makes.", check=check_whole)
        self.goal = ComboBox("Direction", "Whether the optimizers look for low or for high values.")
        self.goal.addItem("Minimise", "minimize")
        self.goal.addItem("Maximise", "maximize")
        self.seed = NumberField(
            "Seed", "The number that all randomness follows from: clouds and gradient noise.", check=check_whole
        )
        self.other_seed = IconButton("dice", "Another seed", "Draw clouds and gradient noise anew.", flat=True)
        self.other_seed.setObjectName("tiny")
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for line, (name, widget) in enumerate((("steps", self.steps), ("goal", self.goal))):
            grid.addWidget(label(name), line, 0)
            grid.addWidget(widget, line, 1)
        grid.addWidget(label("seed"), 2, 0)
        grid.addLayout(row(self.seed, self.other_seed, spacing=4), 2, 1)
        grid.setColumnStretch(1, 1)
        self._grid = grid
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(grid)
        layout.addWidget(self.error)
        self.steps.changed.connect(lambda n: self._edit({"steps": int(n)}, "change steps"))
        self.seed.changed.connect(lambda n: self._edit({"seed": int(n)}, "change seed"))
        self.goal.activated.connect(lambda place: self._edit({"goal": self.goal.itemData(place)}, "change goal"))
        self.other_seed.clicked.connect(self._draw_seed)
        for field in (self.steps, self.seed):
            field.rejected.connect(partial(show_error, self.error))
        session.scene_changed.connect(self._follow_scene)
        theme_hub().changed.connect(self._take_size)
        self._take_size()
        self._show_scene(session.scene)

    def _take_size(self, *_: object) -> None:
        self._grid.setColumnMinimumWidth(0, round(NAME_WIDTH * theme_hub().scale))

    def _edit(self, changes: dict[str, Any], name: str) -> None:
        try:
            self._session.edit(replace(self._session.scene, **changes), name)
        except GradsimError as error:
            self._show_scene(self._session.scene)
            show_error(self.error, plain_reason(error))
        else:
            show_error(self.error, "")

    def _draw_seed(self) -> None:
        seed = self._session.scene.seed
        while seed == self._session.scene.seed:
            seed = random.randint(0, LARGEST_RANDOM_SEED)
        self._edit({"seed": seed}, "change seed")

    def _follow_scene(self, old: Scene, new: Scene) -> None:
        self._show_scene(new)

    def _show_scene(self, scene: Scene) -> None:
        self.steps.show_if_left(scene.steps)
        self.seed.show_if_left(scene.seed)
        self.goal.show_data(scene.goal)
