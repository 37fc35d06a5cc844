"""One optimizer's card: colour, on/off, live loss, learning rate; behind a fold its other settings."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gradsim.core.optimizers import HYPERPARAMETERS, OPTIMIZERS, Rule
from gradsim.core.render.palette import resolve_color
from gradsim.core.scene import ExactGradient, NoisyGradient, OptimizerEntry
from gradsim.ui.edits import with_entry, without_optimizer
from gradsim.ui.forms import (
    Button,
    ComboBox,
    ElidedLabel,
    Switch,
    error_label,
    hyperparameter_row,
    label,
    row,
    show_error,
)
from gradsim.ui.icons import IconButton
from gradsim.ui.session import Session
from gradsim.ui.sliders import Scale, SliderRow
from gradsim.ui.theme import current_theme

BAR_WIDTH = 3
NAME_WIDTH = 18
NOISE_SCALE = Scale(0.0, 10.0)


class OptimizerCard(QFrame):
    """Shows and edits the optimizer in place ``index`` of the scene."""

    def __init__(self, session: Session, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.index = index
        self.name = self.entry.name
        self.rows: dict[str, SliderRow] = {}
        self._shown_rule: tuple[str, str | None] | None = None
        self.setObjectName("card")
        title = OPTIMIZERS[self.entry.name].title
        self.switch = Switch(f"{title} takes part", "Let this optimizer take part in the race, or leave it out.")
        self.title = ElidedLabel("cardTitle", title)
        self.loss = label("", "loss")
        self.loss.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.loss.setToolTip("The loss at the step on show; of a cloud, the median.")
        self.fold = IconButton("chevron_right", f"Settings of {title}", "Show or hide all settings.", flat=True)
        self.fold.setCheckable(True)
        self.error = error_label()
        self.formula = label("", "note")
        self.formula.setWordWrap(True)
        self.convention = ComboBox(
            f"Convention of {title}", "Whose definition of the method is used: libraries and papers differ in details."
        )
        self.noise = SliderRow(
            "σ",
            NOISE_SCALE,
            f"gradient noise of {title}",
            "Gradient noise: the standard deviation of what is added to every coordinate of the gradient.",
            check=lambda value: None if value >= 0 else "gradient noise must be ≥ 0",
            name_width=NAME_WIDTH,
        )
        self.reset = Button(
            "Reset to defaults",
            f"Reset {title} to defaults",
            "Give every setting of this optimizer its default.",
            name="link",
        )
        self.remove = Button("Remove", f"Remove {title}", "Take this optimizer out of the scene.", name="link")
        self._place()
        self._connect()
        self.show_entry()

    @property
    def entry(self) -> OptimizerEntry:
        return self._session.scene.optimizers[self.index]

    @property
    def rule(self) -> Rule:
        return OPTIMIZERS[self.entry.name].rule(self.entry.convention)

    def _place(self) -> None:
        self._first = QVBoxLayout()
        self._others = QVBoxLayout()
        self._others.setSpacing(4)
        self.details = QWidget()
        details = QVBoxLayout(self.details)
        details.setContentsMargins(0, 2, 0, 0)
        details.setSpacing(6)
        self._convention_line = QWidget()
        line = row(label("convention"), self.convention)
        line.setStretch(1, 1)
        self._convention_line.setLayout(line)
        details.addLayout(self._others)
        details.addWidget(self.noise)
        details.addWidget(self._convention_line)
        details.addWidget(self.formula)
        details.addLayout(row(self.reset, None, self.remove))
        self.details.hide()
        head = row(self.switch, self.title, self.loss, self.fold, spacing=6)
        head.setStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 6, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(self._first)
        layout.addWidget(self.error)
        layout.addWidget(self.details)

    def _connect(self) -> None:
        self.switch.toggled.connect(self._set_enabled)
        self.fold.toggled.connect(self._unfold)
        self.convention.activated.connect(self._set_convention)
        self.noise.changed.connect(self._set_noise)
        self._follow(self.noise)
        self.reset.clicked.connect(self._reset)
        self.remove.clicked.connect(self._remove)

    def _follow(self, each: SliderRow) -> None:
        each.released.connect(self._session.end_merge)
        each.rejected.connect(partial(show_error, self.error))

    def show_entry(self) -> None:
        """Show the entry of the scene."""
        entry, optimizer = self.entry, OPTIMIZERS[self.entry.name]
        if self._shown_rule != (entry.name, entry.convention):
            self._shown_rule = (entry.name, entry.convention)
            self._build_rows()
        self.title.show_text(entry.label or optimizer.title)
        about = (self.title.full_text, optimizer.character, self.rule.reference)
        self.title.setToolTip("\n".join(about))
        self.title.setEnabled(entry.enabled)
        self.switch.show_checked(entry.enabled)
        self.loss.setVisible(entry.enabled)
        for name, each in self.rows.items():
            each.show_value(entry.hyperparameters.get(name, self.rule.defaults[name]))
        self.noise.show_value(entry.gradient.std if isinstance(entry.gradient, NoisyGradient) else 0.0)
        self.convention.show_data(entry.convention or optimizer.default_convention)
        if self.property("enabledEntry") != entry.enabled:
            self.setProperty("enabledEntry", entry.enabled)
            self.style().unpolish(self)
            self.style().polish(self)
        self.show_colors()

    def show_colors(self) -> None:
        """Take the colours of the current theme."""
        self._color = resolve_color(self.entry.color, self.index, current_theme())
        self.switch.color = self._color
        self.switch.update()
        self.update()

    def show_loss(self, text: str) -> None:
        self.loss.setText(text)

    def _build_rows(self) -> None:
        for each in self.rows.values():
            each.hide()
            each.setParent(None)
            each.deleteLater()
        optimizer = OPTIMIZERS[self.entry.name]
        self.rows = {}
        for name in self.rule.defaults:
            each = hyperparameter_row(HYPERPARAMETERS[name], optimizer.title, name_width=NAME_WIDTH)
            each.changed.connect(lambda value, dragging, name=name: self._set_hyperparameter(name, value, dragging))
            self._follow(each)
            (self._others if self.rows else self._first).addWidget(each)
            self.rows[name] = each
        self.formula.setText(self.rule.formula.replace(",  ", "\n"))  # an update a line
        self.formula.setToolTip(self.rule.reference)
        self.convention.clear()
        for name in optimizer.conventions:
            self.convention.addItem(name, name)
        self._convention_line.setVisible(len(optimizer.conventions) > 1)

    def _edit(self, entry: OptimizerEntry, name: str, *, merge: bool = False) -> None:
        if not self._session.try_edit(with_entry(self._session.scene, self.index, entry), name, merge=merge):
            self.show_entry()

    def _set_enabled(self, enabled: bool) -> None:
        title = self.title.full_text
        self._edit(replace(self.entry, enabled=enabled), f"switch {title} {'on' if enabled else 'off'}")

    def _set_hyperparameter(self, name: str, value: float, dragging: bool) -> None:
        values = {**self.entry.hyperparameters, name: value}
        label = self.entry.label
        if label and f"{HYPERPARAMETERS[name].symbol} =" in label:
            label = None  # it would go on naming the old value
        self._edit(
            replace(self.entry, hyperparameters=values, label=label), f"change {name.replace('_', ' ')}", merge=dragging
        )

    def _set_noise(self, std: float, dragging: bool) -> None:
        gradient = NoisyGradient(std=std) if std > 0 else ExactGradient()
        self._edit(replace(self.entry, gradient=gradient), "change gradient noise", merge=dragging)

    def _set_convention(self, place: int) -> None:
        convention = self.convention.itemData(place)
        known = OPTIMIZERS[self.entry.name].rule(convention).defaults
        values = {name: value for name, value in self.entry.hyperparameters.items() if name in known}
        self._edit(replace(self.entry, convention=convention, hyperparameters=values), "change convention")

    def _reset(self) -> None:
        entry = replace(self.entry, hyperparameters={}, convention=None, gradient=ExactGradient())
        self._edit(entry, f"reset {self.title.full_text}")

    def _remove(self) -> None:
        self._session.try_edit(without_optimizer(self._session.scene, self.index), f"remove {self.title.full_text}")

    def _unfold(self, unfolded: bool) -> None:
        self.fold.show_icon("chevron_down" if unfolded else "chevron_right")
        self.details.setVisible(unfolded)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        bar = QColor(self._color)
        bar.setAlphaF(1.0 if self.entry.enabled else 0.35)
        painter.setBrush(bar)
        painter.drawRoundedRect(QRectF(4, 8, BAR_WIDTH, self.height() - 16), BAR_WIDTH / 2, BAR_WIDTH / 2)
        painter.end()
