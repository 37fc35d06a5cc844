"""A searchable list of all optimizers, in groups, with the character and formula of the one that is highlighted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gradsim.core.optimizers import HUGE_RATES, OPTIMIZERS, Optimizer
from gradsim.ui.theme import theme_hub
from gradsim.ui.widgets.forms import ElidedLabel, label
from gradsim.ui.widgets.mathematics import MathView
from gradsim.ui.widgets.popups import Popup

LIST_SIZE = (300, 262)
FORMULA_HEIGHT = 220
CHARACTER_HEIGHT = 51
NAME_ROLE = Qt.ItemDataRole.UserRole
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class MethodPopup(Popup):
    """``chosen`` carries the name of an optimizer. It opens at the one that was highlighted last, unless told."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search optimizers")
        self.search.setClearButtonEnabled(False)
        self.list = QListWidget(self)
        self.list.setObjectName("choices")
        self.list.setAccessibleName("Optimizers")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # typing and arrows both belong to the search
        self.list.setMouseTracking(True)
        group = None
        for optimizer in sorted(OPTIMIZERS.values(), key=lambda each: _GROUPS.index(each.group)):
            if optimizer.group != group:
                group = optimizer.group
                heading = QListWidgetItem(group, self.list)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
            item = QListWidgetItem(optimizer.title, self.list)
            item.setData(NAME_ROLE, optimizer.name)
            item.setToolTip(optimizer.character)
        self.nothing = label("No optimizer is called that.", "note")
        self.nothing.hide()
        self.character = label("", "note")
        self.character.setWordWrap(True)
        self.character.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.conventions = ElidedLabel("note", parent=self)
        self.formula = MathView(self, text_pixels=13.0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        for widget in (self.search, self.nothing, self.list, self.character, self.conventions):
            layout.addWidget(widget)
        self._formula_room = QWidget(self)
        room = QVBoxLayout(self._formula_room)
        room.setContentsMargins(0, 0, 0, 0)
        room.addWidget(self.formula)
        room.addStretch(1)
        layout.addWidget(self._formula_room)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.currentItemChanged.connect(self._show_highlighted)
        self.list.viewport().installEventFilter(self)
        self.list.itemClicked.connect(self._choose)
        theme_hub().changed.connect(self._fit)
        self._fit()
        self.list.setCurrentItem(self._items()[0])
        self.show_purpose("Add an optimizer", "add")

    @property
    def highlighted(self) -> str | None:
        """The name of the optimizer that Enter would choose."""
        item = self.list.currentItem()
        return None if item is None or item.isHidden() else item.data(NAME_ROLE)

    def show_purpose(self, title: str, verb: str) -> None:
        """Say what becomes of the optimizer that is chosen: ``verb`` is what Enter and a click do."""
        self.setAccessibleName(title)
        self.search.setToolTip(f"Part of a name or of what it does; arrows choose, Enter {verb}s.")
        self.list.setToolTip(f"Click to {verb}.")

    def highlight(self, name: str) -> None:
        """Highlight the optimizer ``name``."""
        item = next(item for item in self._all_items() if item.data(NAME_ROLE) == name)
        self.list.setCurrentItem(item)
        self.list.scrollToItem(item, QListWidget.ScrollHint.PositionAtCenter)

    def stop(self) -> None:
        self.formula.stop()

    def _fit(self, *_: object) -> None:
        scale = theme_hub().scale
        self.list.setFixedSize(QSize(*(round(length * scale) for length in LIST_SIZE)))
        self.character.setFixedSize(round(LIST_SIZE[0] * scale), round(CHARACTER_HEIGHT * scale))
        self._formula_room.setFixedHeight(round(FORMULA_HEIGHT * scale))
        self.formula.setMaximumHeight(round(FORMULA_HEIGHT * scale))

    def _items(self) -> list[QListWidgetItem]:
        """The items that can be chosen now."""
        return [item for item in self._all_items() if item.data(NAME_ROLE) and not item.isHidden()]

    def _all_items(self) -> Iterator[QListWidgetItem]:
        return map(self.list.item, range(self.list.count()))

    def _filter(self, text: str) -> None:
        heading, n_shown = None, 0
        names = _matching(text)
        for item in self._all_items():
            if (name := item.data(NAME_ROLE)) is None:
                heading = item
                heading.setHidden(True)
                continue
            shown = name in names
            item.setHidden(not shown)
            if shown:
                heading.setHidden(False)
                n_shown += 1
        self.nothing.setVisible(n_shown == 0)
        if n_shown and self.highlighted is None:
            self.list.setCurrentItem(self._items()[0])
        self._show_highlighted()

    def _highlight_at(self, place: QPoint) -> None:
        item = self.list.itemAt(place)
        if item is not None and item.data(NAME_ROLE):
            self.list.setCurrentItem(item)

    def _show_highlighted(self, *_: object) -> None:
        name = self.highlighted
        self.formula.setVisible(name is not None)
        if name is None:
            self.character.setText("")
            self.conventions.show_text("")
            return
        optimizer = OPTIMIZERS[name]
        self.character.setText(f"{optimizer.character} {HUGE_RATES[optimizer.rule().huge_rate]}")
        names, several = ", ".join(optimizer.conventions), len(optimizer.conventions) > 1
        self.conventions.show_text(f"{'Conventions' if several else 'Convention'}: {names}")
        self.formula.show_lines(optimizer.rule().latex, optimizer.rule().formula)

    def _choose(self, *_: object) -> None:
        if (name := self.highlighted) is not None:
            self.close()
            self.chosen.emit(name)

    def _move(self, n_places: int) -> None:
        items = self._items()
        if items:
            at = items.index(self.list.currentItem()) if self.highlighted else 0
            self.list.setCurrentItem(items[min(max(at + n_places, 0), len(items) - 1)])
            self.list.scrollToItem(self.list.currentItem())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Qt would call an item entered as well that is scrolled under a mouse at rest, and arrows would lead nowhere.
        if watched is not self.search and isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._highlight_at(event.position().toPoint())
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _LIST_KEYS:
                page = 6 if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) else 1
                self._move(page if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown) else -page)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose()
                return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.search.clear()
        self.search.setFocus()
        self.list.scrollToItem(self.list.currentItem())


_GROUPS = list(dict.fromkeys(optimizer.group for optimizer in OPTIMIZERS.values()))


def _matching(text: str) -> set[str]:
    """Names of the optimizers that are called like ``text``; if none is, of those that are described by its words."""
    words = text.casefold().split()

    def search(describe: Callable[[Optimizer], str]) -> set[str]:
        texts = {optimizer.name: f" {describe(optimizer)}".casefold() for optimizer in OPTIMIZERS.values()}
        return {name for name, each in texts.items() if all(word in each for word in words)}

    return search(lambda optimizer: f"{optimizer.title} {optimizer.name.replace('_', ' ')}") or search(
        lambda optimizer: f"{optimizer.title} {optimizer.group} {optimizer.character}"
    )
