"""Whether the gradients of an optimizer are clipped, by what, and at which limit."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradsim.core.scene import Clip
from gradsim.ui.widgets.forms import ComboBox, NamedControl, error_label, show_error
from gradsim.ui.widgets.sliders import Scale, SliderRow

FIRST_LIMIT = 1.0
LARGEST_LIMIT = 1e100
SCALE = Scale(1e-3, 1000.0, "logarithmic")
WAYS = (
    (None, "none", "Gradients are as large as they are."),
    ("value", "by value", "Every coordinate is cut off at the limit by itself, which turns the gradient."),
    ("norm", "by norm", "Gradients longer than the limit are shortened to it; their direction stays."),
)


class GradientClip(QWidget):
    """Edits the clipping of the optimizer ``owner``.

    ``changed(clip, dragging)`` carries None for no clipping; ``released`` ends a drag.
    """

    changed = Signal(object, bool)
    released = Signal()

    def __init__(self, owner: str, name_width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last = Clip(by="norm", limit=FIRST_LIMIT)
        self.way = ComboBox(f"Clipping of {owner}", "How gradients that are too large are made smaller.")
        for by, title, tip in WAYS:
            self.way.addItem(title, by)
            self.way.setItemData(self.way.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        named = NamedControl("clip", self.way, name_width, self)  # made first: the tab key follows this order
        self.limit = SliderRow(
            "limit",
            SCALE,
            f"clipping limit of {owner}",
            "The largest gradient that is let through.",
            self,
            check=lambda value: None if 0 <= value <= LARGEST_LIMIT else "the limit must be ≥ 0, and at most 1e100",
            name_width=name_width,
        )
        self.error = error_label()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(named)
        layout.addWidget(self.limit)
        layout.addWidget(self.error)
        self.way.activated.connect(self._set_way)
        self.limit.changed.connect(self._set_limit)
        self.limit.released.connect(self.released)
        self.limit.rejected.connect(partial(show_error, self.error))

    def show_clip(self, clip: Clip | None) -> None:
        with QSignalBlocker(self):  # a field that is hidden loses the focus, and would tell what was typed in it
            self.way.show_data(None if clip is None else clip.by)
            self.limit.setVisible(clip is not None)
            if clip is None:
                show_error(self.error, "")
            else:
                self._last = clip
                self.limit.show_value(clip.limit)

    def _set_way(self, place: int) -> None:
        if self.limit.field.hasFocus():
            self.limit.field.take_text()  # else it would be lost
        by = self.way.itemData(place)
        self.changed.emit(None if by is None else replace(self._last, by=by), False)

    def _set_limit(self, limit: float, dragging: bool) -> None:
        self.changed.emit(replace(self._last, limit=limit), dragging)
