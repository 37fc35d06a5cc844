"""The panel Update: the selected particle's update with its numbers, beside the arrows on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from gradsim.core.optimizers import HYPERPARAMETERS, label_of
from gradsim.ui.drawing.competitors import badges
from gradsim.ui.map.anatomy_formulas import AXES, broken_lines, filled_lines, shown_number
from gradsim.ui.map.anatomy_table import AnatomyTable, unbroken
from gradsim.ui.numbers import format_count
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.theme import current_theme, theme_hub
from gradsim.ui.widgets.forms import ElidedLabel, label, row
from gradsim.ui.widgets.mathematics import MathView
from gradsim.ui.widgets.type_setting import break_conditionals

if TYPE_CHECKING:
    from gradsim.core.anatomy import Anatomy

LEAST_WIDTH = 252
FORMULA_PIXELS = 13.0
HINT = "Choose the tool Select (P) and click a particle to see what each of its updates does."
PLAYING = "Pause, or go on step by step, to see what an update does."
WAITING = "The race is being worked out."
FAILED = "The scene cannot be raced, so there is no update to see."
DIVERGED = "This particle has diverged: it makes no more updates."
DIVERGES = "This update leads nowhere: here the particle diverges."
ENDED = "The race ends here: there is no next update."


class AnatomyPanel(QScrollArea):
    """Listens to the selection, which is given the anatomy whenever the race is paused."""

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Anatomy of an update")
        self.name = ElidedLabel("cardTitle")
        self.swatch = QLabel()
        self.step = label("", "number")
        self.hint = label(HINT, "dim")
        self.hint.setWordWrap(True)
        self.rule = MathView()
        self.values = label("", "dim")
        self.values.setWordWrap(True)
        self.table = AnatomyTable()
        self.formulas = (MathView(text_pixels=FORMULA_PIXELS), MathView(text_pixels=FORMULA_PIXELS))
        self.note = label("", "dim")
        self.note.setWordWrap(True)
        self._content = self._lay_out()
        session.selection.changed.connect(self.show_selection)
        session.selection.anatomy_changed.connect(self.show_selection)
        session.run_changed.connect(self.show_selection)
        playback.playing_changed.connect(self.show_selection)
        theme_hub().changed.connect(self.show_selection)
        self.show_selection()

    def _lay_out(self) -> QWidget:
        inside, content = QWidget(), QWidget()
        inside.setObjectName("panel")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.rule)
        column.addWidget(self.values)
        for formula in self.formulas:
            column.addWidget(formula)
        column.addWidget(self.note)
        column.addLayout(self.table)
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(16, 4, 12, 12)
        layout.setSpacing(10)
        self._head = QWidget()
        head = row(self.swatch, self.name, self.step)
        head.setStretch(1, 1)
        self._head.setLayout(head)
        layout.addWidget(self._head)
        layout.addWidget(self.hint)
        layout.addWidget(content)
        layout.addStretch(1)
        self.setWidget(inside)
        inside.installEventFilter(self)
        return content

    def stop(self) -> None:
        for view in (self.rule, *self.formulas):
            view.stop()

    def show_selection(self, *_: object) -> None:
        """Show the anatomy of the selected particle, or say why there is none."""
        place, anatomy, run = self._session.selection.particle, self._session.selection.anatomy, self._session.run
        self._head.setVisible(place is not None)
        shown = anatomy if place == (anatomy and (anatomy.optimizer, anatomy.particle)) else None
        if place is None:
            self._show_hint(HINT)
            return
        if run is None and self._session.results.race_failed:
            self._show_hint(FAILED)
            return
        if run is None or place.optimizer >= len(run.scene.racing):
            self._show_hint(WAITING)
            return
        self._show_head(place.optimizer, place.particle)
        if shown is None:
            self._show_hint(PLAYING if self._playback.playing else WAITING)
            return
        self._show_hint("")
        self._show_anatomy(shown)

    def _show_hint(self, text: str) -> None:
        if text == WAITING and self._content.isVisibleTo(self.widget()):
            return  # between two steps: what is on show stays until the next is there
        self.hint.setText(text)
        self.hint.setVisible(bool(text))
        self._content.setVisible(not text)
        if text:
            self.step.setText("")

    def _show_head(self, optimizer: int, particle: int) -> None:
        run = self._session.run
        assert run is not None
        scene, entry = run.scene, run.scene.racing[optimizer]
        ink = badges(scene, current_theme())[optimizer].color
        side = round(10 * theme_hub().scale)
        self.swatch.setFixedSize(side, side)
        self.swatch.setStyleSheet(f"background: {ink}; border-radius: {side // 2}px")
        name, number = label_of(entry), format_count(particle + 1)
        if run.n_raced == 1:
            self.name.show_text(name)
        else:
            self.name.show_text(f"{name}, particle {number}", shorter=(f"{name}, no. {number}",))

    def _show_anatomy(self, anatomy: Anatomy) -> None:
        ended = anatomy.update is None
        self.step.setText(
            f"step {format_count(anatomy.step)}" + ("" if ended else f" → {format_count(anatomy.step + 1)}")
        )
        self.rule.show_lines(break_conditionals(anatomy.rule.latex), anatomy.rule.formula)
        self.rule.setToolTip(anatomy.rule.reference)
        self.values.setText("" if anatomy.update is None else "   ".join(map(unbroken, _settings(anatomy))))
        self.table.show_anatomy(anatomy)
        for axis, formula in enumerate(self.formulas):
            lines = broken_lines(filled_lines(anatomy, axis)) if axis < len(anatomy.position) else ()
            formula.setVisible(bool(lines))
            if lines:
                formula.show_lines(lines, f"The update of {AXES[axis]} with its numbers")
        note = ""
        if anatomy.update is None:
            note = DIVERGED if anatomy.diverged else ENDED
        elif anatomy.update.diverges:
            note = DIVERGES
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def sizeHint(self) -> QSize:
        """As high as what it shows."""
        return QSize(super().sizeHint().width(), self.widget().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(round(LEAST_WIDTH * theme_hub().scale), 60)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def _settings(anatomy: Anatomy) -> list[str]:
    assert anatomy.update is not None
    return [
        f"{HYPERPARAMETERS[name].symbol} = {shown_number(value)}"
        for name, value in anatomy.update.hyperparameters.items()
    ]
