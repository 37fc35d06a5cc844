"""The table of keys that drive the playback wherever no control takes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from gradsim.ui.playback import Playback


@dataclass(frozen=True)
class PlaybackKey:
    """One key: the name on it, what it does in a few words, and what it calls; ``shift`` asks for the Shift key."""

    key: Qt.Key
    name: str
    text: str
    run: Callable[[Playback], object]
    shift: bool = False


PLAYBACK_KEYS = (
    PlaybackKey(Qt.Key.Key_Space, "Space", "Play or pause", lambda playback: playback.toggle()),
    PlaybackKey(Qt.Key.Key_Left, "←", "One step back", lambda playback: playback.step_by(-1)),
    PlaybackKey(Qt.Key.Key_Right, "→", "One step on", lambda playback: playback.step_by(1)),
    PlaybackKey(Qt.Key.Key_Home, "Home", "To the start", lambda playback: playback.seek(0)),
    PlaybackKey(Qt.Key.Key_End, "End", "To the end", lambda playback: playback.show_end()),
)


def playback_key(event: QKeyEvent) -> PlaybackKey | None:
    """The row of ``PLAYBACK_KEYS`` that ``event`` asks for, or None."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if modifiers & ~Qt.KeyboardModifier.ShiftModifier:
        return None
    shift = bool(modifiers)
    return next((each for each in PLAYBACK_KEYS if each.key == event.key() and each.shift == shift), None)
