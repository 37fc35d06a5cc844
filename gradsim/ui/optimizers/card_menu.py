"""The menu of an optimizer's card, and the keys that do the same while the card has the focus."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from gradsim.core.scene import MAX_OPTIMIZERS
from gradsim.ui.line_up import with_copy, with_moved, with_only, without_optimizer
from gradsim.ui.session import CODE_LIBRARIES, Session

if TYPE_CHECKING:
    from gradsim.ui.optimizers.optimizer_card import OptimizerCard

CARD_KEYS = {"Duplicate": "Ctrl+D", "Rename": "F2", "Move up": "Alt+Up", "Move down": "Alt+Down"}
"""What works while a card has the focus."""


class CardMenu(QMenu):
    """Edits the line-up around one card; each entry is one undo."""

    def __init__(self, session: Session, card: OptimizerCard) -> None:
        super().__init__(card)
        self._session = session
        self._card = card
        self.setToolTipsVisible(True)
        self.duplicate = self._add("Duplicate", "Race the same optimizer once more.", self._duplicate)
        self.fan_out = self._add(
            "Fan out…", "Race one optimizer for each of several values of a hyperparameter.", self._fan_out
        )
        self.code = self.addMenu("Copy as code")
        self.code.setToolTipsVisible(True)
        for library, title in CODE_LIBRARIES.items():
            action = self.code.addAction(title)
            action.setToolTip(f"Put the race of this optimizer alone on the clipboard as a {title} program.")
            action.triggered.connect(lambda *_, library=library: self._copy_code(library))
        self.addSeparator()
        self.method = self._add(
            "Change method…",
            "Race another method in this place, with the settings that it shares.",
            card.head.ask_method,
        )
        self.rename = self._add("Rename", "Call this optimizer something else.", card.head.start_rename)
        self.reset = self._add("Reset to defaults", "Give every setting its default.", card.reset)
        self.addSeparator()
        self.move_up = self._add("Move up", "Move this card one place up.", lambda: self.move_by(-1))
        self.move_down = self._add("Move down", "Move this card one place down.", lambda: self.move_by(1))
        self.addSeparator()
        self.remove = self._add("Remove", "Take this optimizer out of the scene.", self._remove)

    def _add(self, text: str, tip: str, do: Callable[[], object]) -> QAction:
        action = self.addAction(text)
        action.setToolTip(tip)
        action.triggered.connect(lambda _: do())
        if key := CARD_KEYS.get(text):
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._card.addAction(action)
        return action

    def show_state(self) -> None:
        """Grey what cannot be done."""
        n = len(self._session.scene.optimizers)
        self.move_up.setEnabled(self._card.index > 0)
        self.move_down.setEnabled(self._card.index < n - 1)
        for action in (self.duplicate, self.fan_out):
            action.setEnabled(n < MAX_OPTIMIZERS)

    def move_by(self, n_places: int) -> None:
        """Move the card, unless it is at that end already."""
        place = self._card.index + n_places
        if 0 <= place < len(self._session.scene.optimizers):
            self.move_to(place)

    def move_to(self, place: int) -> None:
        scene = with_moved(self._session.scene, self._card.index, place)
        self._session.try_edit(scene, f"move {self._card.title}")

    def _duplicate(self) -> None:
        self._session.try_edit(with_copy(self._session.scene, self._card.index), f"duplicate {self._card.title}")

    def _remove(self) -> None:
        self._session.try_edit(without_optimizer(self._session.scene, self._card.index), f"remove {self._card.title}")

    def _copy_code(self, library: str) -> None:
        self._session.code_asked.emit(with_only(self._session.scene, self._card.index), library)

    def _fan_out(self) -> None:
        from gradsim.ui.optimizers.fan_out import FanOutDialog

        FanOutDialog(self._session, self._card.index, self._card.window()).open()
