"""The optimizer panel: a card for every optimizer of the scene, how each stands in the race, and a list to add more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.ranking import outcome_shares
from gradsim.core.run import Run
from gradsim.core.scene import MAX_OPTIMIZERS, Scene
from gradsim.ui.drawing.competitors import Standing, same_optimizers, standings_at
from gradsim.ui.jobs import LatestJob
from gradsim.ui.line_up import with_optimizer
from gradsim.ui.optimizers.card_list import CardList
from gradsim.ui.optimizers.optimizer_card import OptimizerCard
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import limit_width
from gradsim.ui.widgets.forms import Button, label
from gradsim.ui.widgets.popups import show_below

if TYPE_CHECKING:
    from gradsim.ui.optimizers.method_popup import MethodPopup

LIVE_INTERVAL_MS = 80
"""Numbers that change sixty times a second cannot be read."""
MOST_AT_ONCE = 20_000
"""So many losses have their medians taken in 0.3 ms; more are a worker's business."""
LEAST_WIDTH = 256
"""Room for a name of two words, its switch and its menu."""
ADD_TIP = "Add an optimizer to the race."
EMPTY_HINT = "Nobody races here yet: choose an optimizer with + Add."


@dataclass(frozen=True, eq=False)
class Standings:
    """How the optimizers of ``run`` stand.

    Attributes:
        each: in the order of the run.
        shares: float64 (optimizers, outcomes); None before the end of the race, and of a single particle.
    """

    run: Run
    each: tuple[Standing, ...]
    shares: NDArray[np.float64] | None


def read_standings(run: Run, step: float) -> Standings:
    """Return how the optimizers of ``run`` stand at ``step``."""
    at_end = step >= run.last_step and run.n_particles > 1
    return Standings(run, standings_at(run, step), outcome_shares(run) if at_end else None)


class OptimizerPicker(QWidget):
    """Cards in the order of the scene, each with its standing at the step on show."""

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self._popup: MethodPopup | None = None
        self._changing: OptimizerCard | None = None
        self.setObjectName("panel")
        limit_width(self, LEAST_WIDTH)
        self.add_button = Button("+ Add", "Add an optimizer", ADD_TIP)
        self.title_widget = self.add_button
        self.list = CardList(session, self)
        self.list.method_asked.connect(self.show_methods)
        self.hint = label(EMPTY_HINT)
        self.hint.setWordWrap(True)
        self.hint.setMargin(10)
        self.hint.setVisible(not self.cards)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 4, 0)
        layout.addWidget(self.hint)
        layout.addWidget(self.list, 1)
        self._job = LatestJob(self, name="gradsim standings")
        self._job.finished.connect(self._show_standings)
        self._timer = QTimer(self, singleShot=True, interval=LIVE_INTERVAL_MS)
        self._timer.timeout.connect(self.show_live)
        self.add_button.clicked.connect(self.show_popup)
        playback.step_changed.connect(self._plan)
        session.run_changed.connect(self._plan)
        session.scene_changed.connect(self._show_scene)

    @property
    def cards(self) -> list[OptimizerCard]:
        return self.list.cards

    @property
    def popup(self) -> MethodPopup:
        """The list of all optimizers, built when it is first needed."""
        if self._popup is None:
            from gradsim.ui.optimizers.method_popup import MethodPopup

            self._popup = MethodPopup(self)
            self._popup.chosen.connect(self._take_method)
            self._popup.pressed_outside.connect(self._rename_if_doubled)
        return self._popup

    def show_popup(self) -> None:
        """Let the user choose an optimizer to add."""
        self._changing = None
        self.popup.show_purpose("Add an optimizer", "add")
        show_below(self.popup, self.add_button)

    def show_methods(self, card: OptimizerCard) -> None:
        """Let the user choose another method for ``card``."""
        self._changing = card
        self.popup.show_purpose(f"Another method for {card.title}", "choose")
        show_below(self.popup, card.head.title)
        self.popup.highlight(card.name)

    def add(self, name: str) -> None:
        """Add the optimizer ``name`` (a key of OPTIMIZERS) to the scene and draw the eye to its card."""
        self._session.try_edit(with_optimizer(self._session.scene, name), f"add {OPTIMIZERS[name].title}")

    def _take_method(self, name: str) -> None:
        if self._changing is None:
            self.add(name)
        elif self._changing in self.cards:  # else it went away under the open list
            self._changing.change_method(name)

    def _rename_if_doubled(self, at: QPoint) -> None:
        """Take the second of two quick clicks on a name, which only closes the list that the first has opened."""
        if self._changing in self.cards and self.popup.shown_for_ms <= QApplication.doubleClickInterval():
            self._changing.head.rename_at(at)

    def show_live(self) -> None:
        """Show how the optimizers stand at the step on show."""
        run, step = self._session.run, self._playback.step
        for card in self.cards:
            card.show_step(step)
        if run is None or run.n_optimizers == 0:
            for card in self.cards:
                card.show_standing(None, None)
        elif run.n_optimizers * run.n_raced <= MOST_AT_ONCE:
            self._show_standings(read_standings(run, step))
        else:
            self._job.submit(read_standings, run, step)

    def stop(self) -> None:
        """Stop the workers; call it before the application ends."""
        self._job.stop()
        self.list.stop()
        if self._popup is not None:
            self._popup.stop()

    def _show_standings(self, standings: Standings) -> None:
        run = standings.run
        if run is not self._session.run:
            return
        at_end = self._playback.step >= run.last_step  # a worker may answer after the playback has moved on
        row_of = {place: row for row, place in enumerate(run.scene.racing_places)}
        # During a drag the run lags behind the scene.
        for card, place in zip(self.cards, same_optimizers(run.scene, self._session.scene), strict=True):
            if (row := row_of.get(place)) is None:
                card.show_standing(None, None)
            else:
                tell = standings.shares is not None and at_end
                card.show_standing(standings.each[row], standings.shares[row] if tell else None)

    def _plan(self, *_: object) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _show_scene(self, old: Scene, new: Scene) -> None:
        if (old.optimizers, old.steps) == (new.optimizers, new.steps):
            return
        added = self.list.show_scene(old, new)
        self.hint.setVisible(not self.cards)
        if added and len(added) < len(self.cards):
            self.list.bring_into_view(added[0])
            for card in added:
                card.flash()
        full = len(new.optimizers) >= MAX_OPTIMIZERS
        self.add_button.setEnabled(not full)
        self.add_button.setToolTip(f"A scene has at most {MAX_OPTIMIZERS} optimizers." if full else ADD_TIP)
        self._plan()
