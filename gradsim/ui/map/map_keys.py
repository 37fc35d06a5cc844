"""The keys of the map: one table that the window obeys and the list of shortcuts shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeyEvent

from gradsim.ui.keys import key_combination, pressed_combination, readable_keys
from gradsim.ui.map.map_tools import MAP_TOOLS

if TYPE_CHECKING:
    from gradsim.ui.map.map_view import MapView

KEY_ZOOM = 1.4
KEY_PAN = 0.12


@dataclass(frozen=True)
class MapKey:
    """What some keys do.

    Attributes:
        keys: in Qt's portable notation.
        text: what they do, in a few words.
        tip: the same in one sentence.
        run: does it; returns False where there was nothing to do, so that the key may mean something else.
        focused: whether the map must have the keyboard focus: elsewhere these keys mean something else.
    """

    keys: tuple[str, ...]
    text: str
    tip: str
    run: Callable[[MapView], bool | None]
    focused: bool = False

    @property
    def name(self) -> str:
        """The keys as people read them."""
        return readable_keys(self.keys)


def _choose(name: str) -> Callable[[MapView], None]:
    return lambda view: view.mouse.choose(name)


def _pan(dx: float, dy: float) -> Callable[[MapView], None]:
    return lambda view: view.pan_by(KEY_PAN * dx, KEY_PAN * dy)


MAP_KEYS: tuple[MapKey, ...] = (
    *(MapKey((row.key,), f"Tool {row.title}", row.tip, _choose(row.name)) for row in MAP_TOOLS),
    MapKey(("Esc",), "Let go", "Ends a drag, goes back to Move, unpins, deselects.", lambda view: view.mouse.escape()),
    MapKey(("F", "0"), "Fit", "Shows the whole domain.", lambda view: view.gestures.fit()),
    MapKey(("+", "="), "Zoom in", "Zooms in about the middle of the map.", lambda view: view.zoom_by(KEY_ZOOM)),
    MapKey(("-",), "Zoom out", "Zooms out about the middle of the map.", lambda view: view.zoom_by(1 / KEY_ZOOM)),
    MapKey(("Left",), "Look left", "Moves the view to the left.", _pan(1, 0), focused=True),
    MapKey(("Right",), "Look right", "Moves the view to the right.", _pan(-1, 0), focused=True),
    MapKey(("Up",), "Look up", "Moves the view upwards.", _pan(0, 1), focused=True),
    MapKey(("Down",), "Look down", "Moves the view downwards.", _pan(0, -1), focused=True),
)

_BY_KEY = {key_combination(keys): entry for entry in MAP_KEYS for keys in entry.keys}


def press_map_key(event: QKeyEvent, view: MapView) -> bool:
    """Do what the pressed key means on the map; return whether it means anything.

    Call it with keys that no focused control has taken: a text field keeps its letters.
    """
    entry = _BY_KEY.get(pressed_combination(event))
    if entry is None or (entry.focused and not view.hasFocus()):
        return False
    return entry.run(view) is not False
