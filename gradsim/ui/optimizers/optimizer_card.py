"""One optimizer's card: its head, how it stands in the race, its learning rate, and behind a fold everything else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gradsim.core.errors import GradsimError
from gradsim.core.optimizers import HUGE_RATES, HYPERPARAMETERS, OPTIMIZERS, Optimizer, Rule, label_of
from gradsim.core.render.palette import resolve_color
from gradsim.core.scene import OptimizerEntry
from gradsim.ui.drawing.competitors import Standing
from gradsim.ui.line_up import with_entry, with_own_colors
from gradsim.ui.optimizers.card_frame import CardFrame
from gradsim.ui.optimizers.card_head import CardHead
from gradsim.ui.optimizers.card_menu import CardMenu
from gradsim.ui.optimizers.entry_edits import (
    rule_of,
    value_of,
    with_default,
    with_defaults,
    with_method,
    with_name,
    with_setting,
    with_value,
)
from gradsim.ui.optimizers.hyperparameter_row import HyperparameterRow
from gradsim.ui.optimizers.standing import OutcomeBar, StandingLine
from gradsim.ui.session import Session
from gradsim.ui.theme import current_theme, restyle, theme_hub
from gradsim.ui.widgets.forms import error_label, show_error
from gradsim.ui.widgets.number_field import plain_reason
from gradsim.ui.widgets.popups import show_below

if TYPE_CHECKING:
    from gradsim.ui.optimizers.card_details import CardDetails

MARGINS = (12, 6, 6, 1)


class OptimizerCard(CardFrame):
    """Shows and edits the optimizer in place ``index`` of the scene.

    ``detail_set`` carries the part behind the fold in which the user has chosen something, so that it may have grown.
    """

    detail_set = Signal(QWidget)

    def __init__(self, session: Session, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.index = index
        self.name = self.entry.name
        self.rows: dict[str, HyperparameterRow] = {}
        self.details: CardDetails | None = None
        self._shown_rule: Rule | None = None
        self._step = 0.0
        self.head = CardHead(self.optimizer.title, self)
        self.standing = StandingLine(self)
        self.outcomes = OutcomeBar(self)
        self.error: QLabel = error_label()
        self._first = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setSpacing(3)
        layout.addWidget(self.head)
        layout.addWidget(self.standing)
        layout.addLayout(self._first)
        layout.addWidget(self.error)
        layout.addWidget(self.outcomes)
        self.head.switch.toggled.connect(self._set_enabled)
        self.head.fold.toggled.connect(self._unfold)
        self.head.renamed.connect(self._rename)
        self.head.swatch.clicked.connect(self._choose_color)
        self.menu = CardMenu(session, self)
        self.head.menu_button.clicked.connect(self._show_menu_below)
        self.show_entry()

    @property
    def entry(self) -> OptimizerEntry:
        return self._session.scene.optimizers[self.index]

    @property
    def optimizer(self) -> Optimizer:
        return OPTIMIZERS[self.name]

    @property
    def rule(self) -> Rule:
        return rule_of(self.entry)

    @property
    def title(self) -> str:
        return label_of(self.entry)

    def show_entry(self) -> None:
        """Show the entry of the scene."""
        entry, rule = self.entry, self.rule
        if self._shown_rule is not rule:
            self._shown_rule = rule
            self._build_rows()
        color = resolve_color(entry.color, self.index, current_theme())
        self.show_bar(color, dim=not entry.enabled)
        self.layout().setContentsMargins(*(round(margin * theme_hub().scale) for margin in MARGINS))
        character = f"{self.optimizer.character} {HUGE_RATES[rule.huge_rate]}"
        about = "\n".join(dict.fromkeys((self.title, self.optimizer.title, character, rule.reference)))
        self.head.show_entry(self.title, about, color, self.index, enabled=entry.enabled)
        self.setAccessibleName(f"Optimizer {self.title}")
        self.standing.setVisible(entry.enabled)
        self.standing.show_note("" if self.optimizer.title in self.title else self.optimizer.title)
        self.outcomes.setVisible(entry.enabled)
        for name, each in self.rows.items():
            each.show_value(value_of(entry, name))
        self._first_row.setVisible(entry.enabled or self.head.fold.isChecked())
        if self.details is not None:
            self.details.show_entry(entry, self._session.scene.steps, color)
        restyle(self, "enabledEntry", entry.enabled)

    def show_standing(self, standing: Standing | None, shares: Sequence[float] | None) -> None:
        """Show place and loss at the step on show, and of a cloud at the end of the race the share of each outcome."""
        self.standing.show_standing(standing)
        self.outcomes.show_shares(shares)

    def show_step(self, step: float) -> None:
        """Move what depends on the step on show."""
        self._step = step
        if self.details is not None and self.head.fold.isChecked():
            self.details.schedule.preview.show_step(step)

    def close_lists(self) -> None:
        """Close and silence all of this card: what it still says would edit whatever follows in its place."""
        if self.details is not None:
            self.details.close_lists()
        for child in self.findChildren(QObject):
            child.blockSignals(True)  # a field that loses the focus now would be an edit as well
            if isinstance(child, QWidget) and child.isWindow():
                child.close()

    def stop(self) -> None:
        if self.details is not None:
            self.details.stop()

    @property
    def _first_row(self) -> HyperparameterRow:
        return next(iter(self.rows.values()))

    def _build_rows(self) -> None:
        for each in self.rows.values():
            each.hide()
            each.setParent(None)
            each.deleteLater()
        self.rows = {}
        show_error(self.error, "")  # it told of a number in a row that is gone
        for name in self.rule.defaults if self.details is not None else list(self.rule.defaults)[:1]:
            self._add_row(name)

    def _add_row(self, name: str) -> None:
        each = HyperparameterRow(HYPERPARAMETERS[name], self.optimizer.title, self.rule.defaults[name], self)
        each.changed.connect(partial(self._set_hyperparameter, name))
        each.reset_asked.connect(partial(self._reset_hyperparameter, name))
        each.released.connect(self._session.end_merge)
        each.rejected.connect(partial(show_error, self.error))
        if self.rows and self.details is not None:
            self.details.add_row(each)
        else:
            self._first.addWidget(each)
        self.rows[name] = each

    def _unfold(self, unfolded: bool) -> None:
        self.head.fold.show_icon("chevron_down" if unfolded else "chevron_right")
        if unfolded and self.details is None:
            from gradsim.ui.optimizers.card_details import CardDetails  # the first paint does not wait for it

            self.details = CardDetails(self.optimizer, self)
            for name in list(self.rule.defaults)[1:]:
                self._add_row(name)
            self.details.changed.connect(self._set_detail)
            self.details.released.connect(self._session.end_merge)
            self.layout().insertWidget(self.layout().count() - 1, self.details)
        self.details.setVisible(unfolded)
        self.show_entry()
        self.show_step(self._step)

    def edit(self, entry: OptimizerEntry, name: str, *, merge: bool = False) -> None:
        """Replace the entry; one that is refused leaves what was."""
        if not self._session.try_edit(with_entry(self._session.scene, self.index, entry), name, merge=merge):
            self.show_entry()

    def reset(self) -> None:
        """Give every setting of this optimizer its default; its name and colour stay."""
        self.edit(with_defaults(self.entry), f"reset {self.title}")

    def change_method(self, name: str) -> None:
        """Race the method ``name`` (a key of OPTIMIZERS) in the place of this one."""
        self.edit(with_method(self.entry, name), f"change {self.title} to {OPTIMIZERS[name].title}")

    def set_color(self, color: int | str, dragging: bool = False) -> None:
        """Give the optimizer a slot of the palette, or ``#RRGGBB``."""
        scene = with_own_colors(self._session.scene)  # the others must not move up
        entry = replace(scene.optimizers[self.index], color=color)
        if not self._session.try_edit(with_entry(scene, self.index, entry), "change colour", merge=dragging):
            self.show_entry()

    def _choose_color(self) -> None:
        from gradsim.ui.optimizers.color_chooser import ColorChooser

        chooser = ColorChooser(self._session.scene, self.index, self)
        chooser.chosen.connect(self.set_color)
        chooser.released.connect(self._session.end_merge)
        show_below(chooser, self.head.swatch)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._show_menu(event.globalPos())

    def _show_menu_below(self) -> None:
        button = self.head.menu_button
        self._show_menu(button.mapToGlobal(button.rect().bottomLeft()))

    def _show_menu(self, at: QPoint) -> None:
        self.menu.show_state()
        self.menu.popup(at)

    def _rename(self, text: str) -> None:
        self.edit(with_name(self.entry, text), f"rename {self.title}")

    def _set_enabled(self, enabled: bool) -> None:
        self.edit(replace(self.entry, enabled=enabled), f"switch {self.title} {'on' if enabled else 'off'}")

    def _set_hyperparameter(self, name: str, value: float, dragging: bool) -> None:
        self.edit(with_value(self.entry, name, value), f"change {name.replace('_', ' ')}", merge=dragging)

    def _reset_hyperparameter(self, name: str) -> None:
        self.edit(with_default(self.entry, name), f"reset {name.replace('_', ' ')}")

    def _set_detail(self, field: str, value: object, name: str, dragging: bool) -> None:
        """Make an edit of what is behind the fold; why one is refused is said where it was asked for."""
        scene = self._session.scene
        entry = with_setting(self.entry, field, value, domain=scene.domain)
        try:
            self._session.edit(with_entry(scene, self.index, entry), name, merge=dragging)
        except GradsimError as error:
            self.show_entry()
            self.details.show_refusal(field, plain_reason(error))
        else:
            self.details.show_refusal(field, "")
        if not dragging:
            self.detail_set.emit(self.details.parts[field])
