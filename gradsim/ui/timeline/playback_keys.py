"""The keys of the playback, as in video players: one table that the window obeys and the list of shortcuts shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QKeyEvent

from gradsim.ui.keys import key_combination, pressed_combination, readable_keys
from gradsim.ui.timeline.transport import Transport

SHIFT_STEPS, CONTROL_STEPS = 10, 100


@dataclass(frozen=True)
class PlaybackKey:
    """What some keys do.

    Attributes:
        keys: in Qt's portable notation, such as "Shift+Left".
        text: what they do, in a few words.
        tip: the same in one sentence.
        run: does it.
        repeats: whether it goes on while a key is held down.
    """

    keys: tuple[str, ...]
    text: str
    tip: str
    run: Callable[[Transport], None]
    repeats: bool = False

    @property
    def name(self) -> str:
        """The keys as people read them: "Space, K"."""
        return readable_keys(self.keys)


def _step(n: int) -> Callable[[Transport], None]:
    return lambda transport: transport.playback.step_by(n)


PLAYBACK_KEYS: tuple[PlaybackKey, ...] = (
    PlaybackKey(("Space", "K"), "Play or pause", "Plays the race, or pauses it.", lambda t: t.playback.toggle()),
    PlaybackKey(
        ("L",), "Play forwards", "Plays forwards; pressed again, twice as fast.", lambda t: t.playback.shuttle(1)
    ),
    PlaybackKey(
        ("J",), "Play backwards", "Plays backwards; pressed again, twice as fast.", lambda t: t.playback.shuttle(-1)
    ),
    PlaybackKey(("Right", "."), "One step on", "Pauses and goes one step on.", _step(1), True),
    PlaybackKey(("Left", ","), "One step back", "Pauses and goes one step back.", _step(-1), True),
    PlaybackKey(("Shift+Right",), "10 steps on", "Pauses and goes 10 steps on.", _step(SHIFT_STEPS), True),
    PlaybackKey(("Shift+Left",), "10 steps back", "Pauses and goes 10 steps back.", _step(-SHIFT_STEPS), True),
    PlaybackKey(("Ctrl+Right",), "100 steps on", "Pauses and goes 100 steps on.", _step(CONTROL_STEPS), True),
    PlaybackKey(("Ctrl+Left",), "100 steps back", "Pauses and goes 100 steps back.", _step(-CONTROL_STEPS), True),
    PlaybackKey(
        ("Home",),
        "To the start",
        "Goes to the start of the range; pressed again, to that of the race.",
        lambda t: t.playback.show_start(),
    ),
    PlaybackKey(
        ("End",),
        "To the end",
        "Pauses at the end of the range; pressed again, at that of the race.",
        lambda t: t.playback.show_end(),
    ),
    PlaybackKey(("I",), "Range from here", "Lets the range begin at the step on show.", lambda t: t.begin_range()),
    PlaybackKey(("O",), "Range up to here", "Lets the range end at the step on show.", lambda t: t.end_range()),
    PlaybackKey(("X",), "No range", "Plays the whole race again.", lambda t: t.clear_range()),
    PlaybackKey(
        ("]", "PgDown"),
        "Next event",
        "Pauses at the next event of the race, reached or not.",
        lambda t: t.show_next_event(),
        True,
    ),
    PlaybackKey(
        ("[", "PgUp"),
        "Previous event",
        "Pauses at the event before the step on show.",
        lambda t: t.show_previous_event(),
        True,
    ),
)

_BY_KEY = {key_combination(keys): entry for entry in PLAYBACK_KEYS for keys in entry.keys}


def press_playback_key(event: QKeyEvent, transport: Transport) -> bool:
    """Do what the pressed key means; return whether it means anything.

    Call it with keys that no focused control has taken: a text field keeps its letters.
    """
    entry = _BY_KEY.get(pressed_combination(event))
    if entry is None:
        return False
    if entry.repeats or not event.isAutoRepeat():
        entry.run(transport)
    return True
