"""The scrolling list of optimizer cards: in the order of the scene, moved by dragging, reused from scene to scene."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from gradsim.core.scene import OptimizerEntry, Scene
from gradsim.ui.drawing.competitors import same_optimizers
from gradsim.ui.optimizers.optimizer_card import OptimizerCard
from gradsim.ui.session import Session
from gradsim.ui.theme import current_theme, theme_hub

SCROLL_MARGIN = 36
SCROLL_STEP = 12
SCROLL_INTERVAL_MS = 16
SPACING = 6
FOLLOW_MS = 600
"""A card that unfolds grows once more when its formula has been set."""


def _settings_shown(entry: OptimizerEntry) -> tuple[object, ...]:
    """What decides how many lines an unfolded card has."""
    return entry.convention, type(entry.schedule), type(entry.gradient), entry.clip is None, entry.box is None


class CardList(QScrollArea):
    """``cards`` are in the order of the scene; they never reorder by themselves.

    ``method_asked(card)`` asks for a list of methods to choose another for that card.
    """

    method_asked = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.cards: list[OptimizerCard] = []
        self._inside = QWidget()
        self._inside.setObjectName("panel")
        self._layout = QVBoxLayout(self._inside)
        self._layout.setContentsMargins(4, 2, 8, 12)
        self._layout.setSpacing(SPACING)
        self._layout.addStretch(1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._inside)
        self.drop_line = QWidget(self._inside)
        self.drop_line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.drop_line.hide()
        self._drag_at: QPoint | None = None
        self._followed: OptimizerCard | None = None
        self._followed_part: QWidget | None = None
        self._follow_timer = QTimer(self, singleShot=True)
        self._follow_timer.timeout.connect(self._forget_followed)
        self.verticalScrollBar().rangeChanged.connect(self._follow_growth)
        self._scroll_timer = QTimer(self, interval=SCROLL_INTERVAL_MS)
        self._scroll_timer.timeout.connect(self._scroll_on)
        theme_hub().changed.connect(self._dress)
        self._dress()
        self._arrange([None] * len(session.scene.optimizers))

    def show_scene(self, old: Scene, new: Scene) -> list[OptimizerCard]:
        """Show the optimizers of ``new``; cards of those that were in ``old`` go on. Return the new cards."""
        places = same_optimizers(old, new)
        known = set(self.cards)
        if places != list(range(len(self.cards))):
            self._arrange(places)
        focused = QApplication.focusWidget()
        for index, card in enumerate(self.cards):
            if focused is not None and card in known and card.isAncestorOf(focused):
                before, after = old.optimizers[places[index]], new.optimizers[index]
                if card.index != index or _settings_shown(before) != _settings_shown(after):
                    self._follow(card)
            # A drag tells sixty times a second: only what it has changed is shown anew.
            changed = card not in known or card.index != index or old.steps != new.steps
            if changed or old.optimizers[places[index]] != new.optimizers[index]:
                card.index = index
                card.show_entry()
        return [card for card in self.cards if card not in known]

    def bring_into_view(self, card: OptimizerCard) -> None:
        card.show()
        self._inside.adjustSize()  # a layout would wait for its turn
        self._scroll_to(card)

    def _scroll_to(self, card: OptimizerCard, part: QWidget | None = None) -> None:
        """Scroll no farther than is needed to see the card, or ``part`` or its head if it is taller than the panel."""
        bar, room = self.verticalScrollBar(), self.viewport().height() - 2 * SPACING
        seen = card if part is None or card.height() <= room else part
        y = seen.mapTo(self._inside, QPoint()).y()
        top, bottom = y - SPACING, y + seen.height() - 1 + SPACING
        bar.setValue(min(max(bar.value(), bottom - self.viewport().height()), top))

    def stop(self) -> None:
        for card in self.cards:
            card.stop()

    def _arrange(self, places: list[int | None]) -> None:
        """Put the card that was in each of ``places`` in the place of that item; None makes one."""
        before = self.cards
        self.cards = [self._make(index) if place is None else before[place] for index, place in enumerate(places)]
        for card in before:
            if card not in self.cards:
                self._drop(card)
        for index, card in enumerate(self.cards):
            if self._layout.indexOf(card) != index:
                self._layout.removeWidget(card)
                self._layout.insertWidget(index, card)
        made = [index for index, place in enumerate(places) if place is None]
        if len(places) == len(before) and len(made) == 1 and before[made[0]] not in self.cards:
            # Another method in the place of one goes on being looked into.
            self.cards[made[0]].head.fold.setChecked(before[made[0]].head.fold.isChecked())
        self._order_focus()

    def _make(self, index: int) -> OptimizerCard:
        card = OptimizerCard(self._session, index, self._inside)
        card.head.method_asked.connect(partial(self.method_asked.emit, card))
        card.head.fold.toggled.connect(lambda unfolded: self._follow_fold(card, unfolded))
        card.detail_set.connect(partial(self._follow, card))
        card.head.drag_moved.connect(lambda at: self._drag(card, at))
        card.head.drag_ended.connect(lambda dropped: self._end_drag(card, dropped=dropped))
        return card

    def _drop(self, card: OptimizerCard) -> None:
        self._layout.removeWidget(card)
        card.close_lists()
        card.stop()
        card.hide()
        card.deleteLater()

    def _follow_fold(self, card: OptimizerCard, unfolded: bool) -> None:
        if unfolded:
            self._order_focus()
            self.bring_into_view(card)
            self._follow(card)

    def _follow(self, card: OptimizerCard, part: QWidget | None = None) -> None:
        """Keep the card in view while it moves or grows, or at least ``part`` of it."""
        self._followed, self._followed_part = card, part
        self._follow_timer.start(FOLLOW_MS)
        self._follow_growth()

    def _forget_followed(self) -> None:
        self._followed = None

    def _follow_growth(self, *_: object) -> None:
        if self._followed in self.cards:
            scroll = partial(self._scroll_to, self._followed, self._followed_part)
            QTimer.singleShot(0, self._followed, scroll)  # once it is laid out

    def _order_focus(self) -> None:
        """Let the tab key walk through the cards from top to bottom: by itself it follows the order of their making."""
        chain = [
            widget
            for card in self.cards
            for widget in card.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.window() is self.window()
        ]
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)

    def _drag(self, card: OptimizerCard, at: QPoint) -> None:
        self._drag_at = at
        card.show_lifted(True)
        gap = self._gap()
        tops = [each.y() for each in self.cards] + [self.cards[-1].geometry().bottom() + 1 + SPACING]
        height = max(2, round(2 * theme_hub().scale))
        self.drop_line.setGeometry(card.x(), tops[gap] - (SPACING + height) // 2, card.width(), height)
        self.drop_line.setVisible(self._place(card) != card.index)
        self.drop_line.raise_()
        if not self._scroll_timer.isActive():
            self._scroll_timer.start()

    def _end_drag(self, card: OptimizerCard, *, dropped: bool) -> None:
        place = self._place(card)
        self._scroll_timer.stop()
        self._drag_at = None
        self.drop_line.hide()
        card.show_lifted(False)
        if dropped and place != card.index:
            card.menu.move_to(place)

    def _gap(self) -> int:
        """The gap between cards that is nearest to the mouse: 0 above the first."""
        y = self._inside.mapFromGlobal(self._drag_at).y()
        return sum(card.geometry().center().y() < y for card in self.cards)

    def _place(self, card: OptimizerCard) -> int:
        gap = self._gap()
        return gap - 1 if gap > card.index else gap

    def _scroll_on(self) -> None:
        """Scroll while a card is held near the top or the bottom."""
        y = self.viewport().mapFromGlobal(self._drag_at).y()
        bar = self.verticalScrollBar()
        if y < SCROLL_MARGIN:
            bar.setValue(bar.value() - SCROLL_STEP)
        elif y > self.viewport().height() - SCROLL_MARGIN:
            bar.setValue(bar.value() + SCROLL_STEP)

    def _dress(self, *_: object) -> None:
        self.drop_line.setStyleSheet(f"background: {current_theme().accent}; border-radius: 1px;")
        for card in self.cards:
            card.show_entry()
