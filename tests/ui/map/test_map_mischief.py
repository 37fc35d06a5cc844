"""Whatever buttons and keys a hand finds on the map, nothing breaks, and undo leads back."""

from __future__ import annotations

import random

import pytest
from hands import MIDDLE, RIGHT, wheel
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from small_races import two_wells, valley

from gradsim.core.scene import View

KEYS = ["V", "S", "P", "Z", "M", "F", "Escape", "Plus", "Minus", "0", "Left", "Right", "Up", "Down"]
BUTTONS = [Qt.MouseButton.LeftButton] * 4 + [MIDDLE, RIGHT]
MODIFIERS = [Qt.KeyboardModifier.NoModifier] * 3 + [Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "scene", [valley(3), two_wells(), valley(3, view=View(layout="panels"))], ids=["2-D", "1-D", "panels"]
)
def test_random_presses_break_nothing(qtbot, show, scene, seed: int) -> None:
    view, rng = show(scene), random.Random(seed)
    view.setFocus()

    def anywhere() -> QPoint:
        return QPoint(rng.randrange(view.width()), rng.randrange(view.height()))

    for _ in range(120):
        action = rng.choice(("press", "move", "move", "release", "double", "wheel", "key", "key", "step", "paint"))
        button, modifiers = rng.choice(BUTTONS), rng.choice(MODIFIERS)
        match action:
            case "press":
                qtbot.mousePress(view, button, modifiers, pos=anywhere())
            case "move":
                qtbot.mouseMove(view, anywhere())
            case "release":
                qtbot.mouseRelease(view, button, modifiers, pos=anywhere())
            case "double":
                qtbot.mouseDClick(view, button, modifiers, pos=anywhere())
            case "wheel":
                wheel(view, anywhere(), rng.choice((-2, -1, 1, 2)))
            case "key":
                qtbot.keyClick(view, getattr(Qt.Key, f"Key_{rng.choice(KEYS)}"))
            case "step":
                view.playback.seek(rng.randrange(41))
            case "paint":
                view.grab()
                qtbot.wait(1)
    view.mouse.drop()
    while view.session.undo_name is not None:
        view.session.undo()
    assert replace(view.session.scene, view=scene.view) == scene
