"""What the Help menu shows: the list of every key, and which version this is."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

import gradsim
from gradsim.ui.map.map_keys import MAP_KEYS
from gradsim.ui.optimizers.card_menu import CARD_KEYS
from gradsim.ui.theme import theme_hub
from gradsim.ui.timeline.playback_keys import PLAYBACK_KEYS
from gradsim.ui.widgets.forms import Button, label
from gradsim.ui.widgets.scroll_area import ScrollArea
from gradsim.ui.window.window_commands import MENUS, commands_of

KEYS_WIDTH = 170  # holds “Ctrl+Shift+Z  or  Ctrl+Y”: what keys do stands in one line from group to group
MOUSE_ON_MAP = (
    ("Wheel", "Zoom about the mouse"),
    ("Drag", "Move the map, or the start under the mouse"),
    ("Middle button", "Move the map with any tool"),
    ("Click", "Pin what is said of a critical point"),
    ("Double-click", "Show the whole domain"),
)
MOUSE_ON_CARD = (
    ("Click its name", "Choose another method"),
    ("Double-click it", "Rename the optimizer"),
    ("Drag its head", "Move the card"),
    ("Right button", "Open its menu"),
)
FIELD_KEYS = (
    ("Tab", "To the next control"),
    ("Enter", "Take the number; the keys are the playback's again"),
    ("↑  ↓", "Change the last digit of a number"),
    ("Esc", "Bring back the last good number"),
    ("Alt + letter", "Open a menu"),
)


def shortcut_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (keys, what they do), made from the tables that the window itself uses."""
    native = QKeySequence.SequenceFormat.NativeText
    groups = []
    for menu in MENUS:
        rows = [
            ("  or  ".join(QKeySequence(keys).toString(native) for keys in command.keys), command.text)
            for command in commands_of([menu])
            if command.keys
        ]
        if rows:
            groups.append((menu.title.replace("&", ""), rows))
    groups.insert(0, ("Playback", [(each.name, each.text) for each in PLAYBACK_KEYS]))
    map_rows = [*MOUSE_ON_MAP, *((each.name, each.text) for each in MAP_KEYS if not each.focused)]
    focused = ("Map with the focus", [(each.name, each.text) for each in MAP_KEYS if each.focused])
    card_rows = [(QKeySequence(keys).toString(native), text) for text, keys in CARD_KEYS.items()]
    cards = ("Optimizer with the focus", [*MOUSE_ON_CARD, *card_rows])
    return [*groups, ("Map", map_rows), focused, cards, ("Fields", list(FIELD_KEYS))]


class ShortcutsDialog(QDialog):
    """Every key that does something, in groups."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        inside = QWidget()
        inside.setObjectName("panel")
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(20, 16, 20, 8)
        columns.setSpacing(40)
        groups = shortcut_groups()
        n_rows = sum(len(rows) + 2 for _, rows in groups)
        column, filled = _column(), 0
        for title, rows in groups:
            if filled and filled + len(rows) / 2 > n_rows / 2:
                column.addStretch(1)
                columns.addLayout(column)
                column, filled = _column(), -n_rows
            column.addLayout(_group(title, rows))
            filled += len(rows) + 2
        column.addStretch(1)
        columns.addLayout(column)
        scroll = ScrollArea(inside)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)  # large letters may not fit a screen
        close = Button("Close", "Close", "Close this list.")
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(20, 0, 20, 16)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        layout.addLayout(buttons)
        wanted = inside.sizeHint()
        room = self.screen().availableSize() * 0.9
        self.resize(min(wanted.width() + 20, room.width()), min(wanted.height() + 70, room.height()))


def _column() -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    return column


def _group(title: str, rows: Iterable[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 14)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(5)
    grid.addWidget(label(title, "heading"), 0, 0, 1, 2)
    for line, (keys, text) in enumerate(rows, start=1):
        grid.addWidget(label(keys, "number"), line, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(label(text, ""), line, 1)
    grid.setColumnMinimumWidth(0, round(KEYS_WIDTH * theme_hub().scale))
    grid.setColumnStretch(1, 1)
    return grid


class AboutDialog(QDialog):
    """Which version this is, and under which licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About gradsim")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 24, 28, 18)
        layout.setSpacing(8)
        layout.addWidget(label("gradsim", "brand"))
        layout.addWidget(label(f"Version {gradsim.__version__}", "dim"))
        layout.addWidget(label("See how gradient-based optimizers move.", ""))
        licences = label("MIT licence. Inter and JetBrains Mono are bundled under the SIL Open Font License.", "note")
        layout.addWidget(licences)
        buttons = QDialogButtonBox()
        close = Button("Close", "Close", "Close this window.")
        buttons.addButton(close, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        layout.addSpacing(8)
        layout.addWidget(buttons)
