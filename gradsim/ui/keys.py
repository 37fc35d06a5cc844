"""Keys as tables name them, such as "Shift+Left", and as Qt tells of them."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

_SIGNS = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "-": "−"}
# Digits and signs of a number pad, and those that are typed with AltGr, are the same to us.
_IRRELEVANT = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier


def key_combination(keys: str) -> int:
    """Return the number of ``keys`` in Qt's portable notation."""
    return QKeySequence(keys)[0].toCombined()


def pressed_combination(event: QKeyEvent) -> int:
    """Return the number of the keys that are pressed."""
    modifiers = event.modifiers() & ~_IRRELEVANT
    if event.key() == Qt.Key.Key_Plus:  # is on Shift on some keyboards
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeyCombination(modifiers, Qt.Key(event.key())).toCombined()


def readable_keys(keys: tuple[str, ...]) -> str:
    """Return ``keys`` as people read them: "Space, K", "Shift+→"."""
    return ", ".join("+".join(_SIGNS.get(key, key) for key in each.split("+")) for each in keys)
