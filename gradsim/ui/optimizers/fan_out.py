"""A dialog that turns one optimizer into several, one for each value of a hyperparameter."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QVBoxLayout, QWidget

from gradsim.core.optimizers import HYPERPARAMETERS, label_of
from gradsim.core.scene import MAX_OPTIMIZERS, Scene
from gradsim.ui.line_up import fan_colors, fanned_out, value_label
from gradsim.ui.optimizers.entry_edits import rule_of, value_of
from gradsim.ui.optimizers.hyperparameter_row import hyperparameter_scale
from gradsim.ui.optimizers.value_list import parse_values
from gradsim.ui.session import Session
from gradsim.ui.theme import restyle
from gradsim.ui.widgets.forms import Button, ComboBox, error_label, label, row, show_error
from gradsim.ui.widgets.number_field import number_text
from gradsim.ui.widgets.sliders import rounded

WIDTH = 380
N_PREVIEWED = 16


class FanOutDialog(QDialog):
    """Fans out the optimizer in place ``index``; one undo takes it back. It closes when that optimizer changes."""

    def __init__(self, session: Session, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._index = index
        self._entry = session.scene.optimizers[index]
        self.values: tuple[float, ...] = ()
        title = label_of(self._entry)
        self.setWindowTitle(f"Fan out {title}")
        self.choice = ComboBox("Hyperparameter", "Which hyperparameter takes several values.", self)
        for name in rule_of(self._entry).defaults:
            self.choice.addItem(f"{HYPERPARAMETERS[name].symbol}   {name.replace('_', ' ')}", name)
        self.text = QLineEdit(self)
        self.text.setAccessibleName("Values")
        self.text.setToolTip("Values with commas between them, such as 0, 0.5, 0.9; or a range, such as 1e-3…1e-1 × 5.")
        self.preview = QLabel(self)
        self.preview.setTextFormat(Qt.TextFormat.RichText)
        self.preview.setWordWrap(True)
        self.preview.setAccessibleName("The optimizers that this gives")
        self.error = error_label()
        self.accept_button = Button("Fan out", "Fan out", "Race one optimizer for each value.", self, name="primary")
        self.cancel_button = Button("Cancel", "Cancel", "Leave the race as it is.", self)
        note = label("One optimizer for each value takes the place of this one. A range: 1e-3…1e-1 × 5", "note")
        note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(note)
        layout.addWidget(self.choice)
        layout.addWidget(self.text)
        layout.addWidget(self.preview)
        layout.addWidget(self.error)
        layout.addStretch(1)
        layout.addLayout(row(None, self.cancel_button, self.accept_button))
        self.setMinimumWidth(WIDTH)
        self.choice.currentIndexChanged.connect(self._suggest)
        self.text.textChanged.connect(self._read)
        self.accept_button.setDefault(True)
        self.accept_button.clicked.connect(self.accept)
        self.cancel_button.clicked.connect(self.reject)
        session.scene_changed.connect(self._follow)
        self._suggest()
        self.text.setFocus()
        self.text.selectAll()

    @property
    def hyperparameter(self) -> str:
        """The name of the chosen one."""
        return self.choice.currentData()

    def accept(self) -> None:
        if not self.values:
            return
        scene = fanned_out(self._session.scene, self._index, self.hyperparameter, self.values)
        if self._session.try_edit(scene, f"fan out {HYPERPARAMETERS[self.hyperparameter].symbol}"):
            super().accept()

    def _follow(self, old: Scene, new: Scene) -> None:
        if new.optimizers[self._index : self._index + 1] != (self._entry,):
            self._session.scene_changed.disconnect(self._follow)
            self.reject()  # there is nothing to fan out any more: another scene has been opened

    def _suggest(self) -> None:
        name = self.hyperparameter
        self.text.setText(suggested_values(name, value_of(self._entry, name)))
        self.text.selectAll()

    def _read(self) -> None:
        """Show what comes of the values, or why nothing can."""
        reason = ""
        try:
            self.values = self._checked(self.text.text())
        except ValueError as error:
            self.values, reason = (), str(error)
        self.accept_button.setEnabled(bool(self.values))
        restyle(self.text, "invalid", bool(reason))
        show_error(self.error, reason)
        colors = fan_colors(self._session.scene, self._index, len(self.values))
        labels = [value_label(self.hyperparameter, value).replace(" ", "&nbsp;") for value in self.values]
        chips = [
            f"<span style='color:{color}'>●</span>&nbsp;{text}" for color, text in zip(colors, labels, strict=True)
        ]
        n_more = len(chips) - N_PREVIEWED
        self.preview.setText("&ensp; ".join(chips[:N_PREVIEWED]) + (f"&ensp; + {n_more} more" if n_more > 0 else ""))
        self.preview.setVisible(bool(chips))

    def _checked(self, text: str) -> tuple[float, ...]:
        hyperparameter = HYPERPARAMETERS[self.hyperparameter]
        values = parse_values(text, hyperparameter_scale(hyperparameter).kind)
        for value in values:
            if not hyperparameter.accepts(value):
                raise ValueError(
                    f"{value:g} is out of range: {hyperparameter.symbol} must be {hyperparameter.range_text}"
                )
        others = len(self._session.scene.optimizers) - 1
        if len(values) + others > MAX_OPTIMIZERS:
            most = f"a scene has at most {MAX_OPTIMIZERS} optimizers"
            raise ValueError(f"{len(values)} values are too many: {most}, and it has {others} others")
        return values


def suggested_values(name: str, value: float) -> str:
    """Values of the hyperparameter ``name`` worth comparing, around ``value``, as they would be typed."""
    scale = hyperparameter_scale(HYPERPARAMETERS[name])
    if scale.kind == "complement":
        return "0, 0.5, 0.9, 0.99"
    if scale.kind == "logarithmic" and value > 0:
        return f"{number_text(rounded(value / 10))}…{number_text(rounded(value * 10))} × 5"
    return f"{number_text(scale.low)}…{number_text(scale.high)} × 5"
