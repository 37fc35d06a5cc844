"""The optimizer panel: a card for every optimizer of the scene, and a menu that adds more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QVBoxLayout, QWidget

from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.run import Run
from gradsim.core.scene import Scene
from gradsim.ui.edits import N_COLORS, with_optimizer
from gradsim.ui.forms import Button
from gradsim.ui.numbers import format_number
from gradsim.ui.optimizer_card import OptimizerCard
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import theme_hub

LOSS_INTERVAL_MS = 80
MEDIAN_SAMPLE = 10_000


class OptimizerPicker(QWidget):
    """Cards in the order of the scene, each with its loss at the step on show."""

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self.cards: list[OptimizerCard] = []
        self.setObjectName("panel")
        self.add_button = Button("+ Add", "Add an optimizer", "Add an optimizer to the race.")
        self.add_menu = self._build_menu()
        self.add_button.setMenu(self.add_menu)
        self.title_widget = self.add_button
        inside = QWidget()
        inside.setObjectName("panel")
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(4, 0, 8, 12)
        self._list.setSpacing(6)
        self._list.addStretch(1)
        self.scroll = QScrollArea()
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setWidgetResizable(True)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 0)
        layout.setSpacing(6)
        layout.addWidget(self.scroll, 1)
        # Numbers that change sixty times a second cannot be read.
        self._loss_timer = QTimer(self, singleShot=True, interval=LOSS_INTERVAL_MS)
        self._loss_timer.timeout.connect(self.show_losses)
        playback.step_changed.connect(self._plan_losses)
        session.run_changed.connect(self._plan_losses)
        session.scene_changed.connect(self._show_scene)
        theme_hub().changed.connect(self._show_colors)
        self._rebuild()

    def _build_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        group = None
        for optimizer in sorted(OPTIMIZERS.values(), key=lambda each: _GROUP_ORDER.index(each.group)):
            if optimizer.group != group:
                group = optimizer.group
                menu.addAction(group).setEnabled(False)
            action = menu.addAction(optimizer.title)
            action.setToolTip(optimizer.character)
            action.triggered.connect(lambda _, name=optimizer.name: self.add(name))
        return menu

    def add(self, name: str) -> None:
        """Add the optimizer ``name`` (a key of OPTIMIZERS) to the scene and bring its card into view."""
        scene = with_optimizer(self._session.scene, name)
        if self._session.try_edit(scene, f"add {OPTIMIZERS[name].title}"):
            self._bring_into_view(self.cards[-1])

    def _bring_into_view(self, card: OptimizerCard) -> None:
        card.show()
        self.scroll.widget().adjustSize()  # a layout would wait for its turn
        self.scroll.ensureWidgetVisible(card)

    def show_losses(self) -> None:
        """Show the losses of the step on show."""
        run = self._session.run
        places = _racing_places(run) if run is not None and _same_line_up(run.scene, self._session.scene) else {}
        losses = [] if run is None else _losses_at(run, self._playback.step)
        for index, card in enumerate(self.cards):
            card.show_loss(losses[places[index]] if index in places else "")

    def _plan_losses(self, *_: object) -> None:
        if not self._loss_timer.isActive():
            self._loss_timer.start()

    def _show_scene(self, old: Scene, new: Scene) -> None:
        if old.optimizers == new.optimizers:
            return
        before, after = _identities(old), _identities(new)
        if len(after) == len(before) + 1:
            place = _first_difference(before, after)
            self._insert(place, OptimizerCard(self._session, place))
        elif len(after) == len(before) - 1:
            self._drop(_first_difference(before, after))
        if [card.name for card in self.cards] != [entry.name for entry in new.optimizers]:
            self._rebuild()
        for index, card in enumerate(self.cards):
            # A drag tells sixty times a second: only what it has changed is shown anew.
            if card.index != index or old.optimizers[index : index + 1] != new.optimizers[index : index + 1]:
                card.index = index
                card.show_entry()
        self._plan_losses()

    def _rebuild(self) -> None:
        while self.cards:
            self._drop(0)
        for index in range(len(self._session.scene.optimizers)):
            self._insert(index, OptimizerCard(self._session, index))

    def _insert(self, place: int, card: OptimizerCard) -> None:
        self.cards.insert(place, card)
        self._list.insertWidget(place, card)
        card.fold.toggled.connect(lambda unfolded: self._bring_into_view(card) if unfolded else None)

    def _drop(self, place: int) -> None:
        card = self.cards.pop(place)
        self._list.removeWidget(card)
        # A choice from a list that is still open would edit whatever follows in its place.
        card.convention.blockSignals(True)
        card.convention.hidePopup()
        card.hide()
        card.deleteLater()

    def _show_colors(self, *_: object) -> None:
        for card in self.cards:
            card.show_colors()


_GROUP_ORDER = list(dict.fromkeys(optimizer.group for optimizer in OPTIMIZERS.values()))


def _identities(scene: Scene) -> list[tuple[str, object]]:
    """What a card is recognised by: method and colour."""
    return [
        (entry.name, index % N_COLORS if entry.color is None else entry.color)
        for index, entry in enumerate(scene.optimizers)
    ]


def _first_difference(first: Sequence[object], second: Sequence[object]) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(first), len(second)))


def _same_line_up(first: Scene, second: Scene) -> bool:
    return [entry.name for entry in first.optimizers] == [entry.name for entry in second.optimizers]


def _racing_places(run: Run) -> dict[int, int]:
    """Place in the scene's list → place on the first axis of the run."""
    enabled = [index for index, entry in enumerate(run.scene.optimizers) if entry.enabled]
    return {index: place for place, index in enumerate(enabled)}


def _losses_at(run: Run, step: float) -> list[str]:
    """The median loss of each optimizer's particles at ``step``, in words short enough to stand beside a name."""
    stride = -(-run.n_particles // MEDIAN_SAMPLE)
    losses = run.losses[:, run.record_index(step), ::stride]
    return ["diverged" if np.isinf(value) else format_number(value, digits=3) for value in np.median(losses, axis=1)]
