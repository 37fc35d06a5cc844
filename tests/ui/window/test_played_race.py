"""Space before the race is there: it is remembered, can be taken back, and the play button shows it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gradsim.core.errors import Cancelled, SimulationError
from gradsim.core.scene_file import save_scene
from gradsim.ui import results
from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.window.main_window import MainWindow

SPACE = Qt.Key.Key_Space


class HeldRaces:
    """Races that are made as usual once they are ``released``, or fail."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.fail = False
        self._simulate = results.simulate_scene

    def simulate(self, scene, memory_budget, *, cancelled, progress):
        while not self.released.wait(0.01):
            if cancelled():
                raise Cancelled
        if self.fail:
            raise SimulationError("this race cannot be made")
        return self._simulate(scene, memory_budget, cancelled=cancelled, progress=progress)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> HeldRaces:
    held = HeldRaces()
    monkeypatch.setattr(results, "simulate_scene", held.simulate)
    return held


@pytest.fixture
def window(
    qtbot: QtBot, session: Session, playback: Playback, held: HeldRaces, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """The window while its first race is being made."""
    window = MainWindow(session, playback)
    monkeypatch.setattr(window.files, "may_leave", lambda: True)
    window.resize(1280, 800)
    window.show()
    session.start()
    yield window
    held.released.set()
    window.stop()
    window.close()
    window.deleteLater()


def button_says(window: MainWindow) -> tuple[str, str, str]:
    play = window.playback_bar.play
    return play._name, play.text(), play.accessibleName()


def test_space_before_the_race_is_there_plays_it_then(
    qtbot: QtBot, window: MainWindow, playback: Playback, held: HeldRaces
) -> None:
    assert button_says(window) == ("play", "", "Play")
    qtbot.keyClick(window, SPACE)
    assert (playback.playing, playback.waiting) == (False, True)
    assert button_says(window) == ("pause", "…", "Do not play, waiting for the race")
    held.released.set()
    qtbot.waitUntil(lambda: playback.playing)
    assert button_says(window) == ("pause", "", "Pause")


def test_a_second_space_takes_it_back(
    qtbot: QtBot, window: MainWindow, session: Session, playback: Playback, held: HeldRaces
) -> None:
    qtbot.keyClick(window, SPACE)
    qtbot.keyClick(window, SPACE)
    assert button_says(window) == ("play", "", "Play")
    held.released.set()
    qtbot.waitUntil(lambda: session.run is not None)
    assert (playback.playing, playback.waiting, playback.last_step) == (False, False, 60)


def test_a_click_on_the_button_is_remembered_as_well(
    qtbot: QtBot, window: MainWindow, playback: Playback, held: HeldRaces
) -> None:
    qtbot.mouseClick(window.playback_bar.play, Qt.MouseButton.LeftButton)
    held.released.set()
    qtbot.waitUntil(lambda: playback.playing)


def test_nothing_waits_for_a_race_that_has_failed_but_for_the_one_after_it(
    qtbot: QtBot, window: MainWindow, session: Session, playback: Playback, held: HeldRaces
) -> None:
    held.fail = True
    qtbot.keyClick(window, SPACE)
    held.released.set()
    qtbot.waitUntil(lambda: session.results.race_failed)
    assert button_says(window) == ("play", "", "Play")
    qtbot.keyClick(window, SPACE)
    assert button_says(window) == ("play", "", "Play")

    held.released.clear()
    held.fail = False
    session.edit(replace(session.scene, steps=30), "change steps")
    qtbot.keyClick(window, SPACE)
    assert playback.waiting
    held.released.set()
    qtbot.waitUntil(lambda: playback.playing)
    assert playback.last_step == 30


def test_a_scene_that_was_opened_plays_its_own_race_and_not_the_one_still_on_the_map(
    qtbot: QtBot, window: MainWindow, session: Session, playback: Playback, held: HeldRaces, tmp_path: Path
) -> None:
    held.released.set()
    qtbot.waitUntil(lambda: session.run is not None)
    playback.seek(40)
    held.released.clear()
    path = tmp_path / "longer.gradsim"
    save_scene(replace(session.scene, steps=80), path)
    window.files.open_path(path)
    qtbot.waitUntil(lambda: session.scene.steps == 80)
    qtbot.keyClick(window, SPACE)
    qtbot.wait(100)
    assert (playback.playing, playback.waiting, playback.step) == (False, True, 0)
    held.released.set()
    qtbot.waitUntil(lambda: playback.playing)
    assert session.run.scene.steps == playback.last_step == 80


def test_a_race_that_plays_goes_on_while_it_is_edited(
    qtbot: QtBot, window: MainWindow, session: Session, playback: Playback, held: HeldRaces
) -> None:
    held.released.set()
    qtbot.waitUntil(lambda: session.run is not None)
    held.released.clear()
    qtbot.keyClick(window, SPACE)
    session.edit(replace(session.scene, steps=80), "change steps")
    assert (playback.playing, playback.waiting) == (True, False)
    held.released.set()
    qtbot.waitUntil(lambda: playback.last_step == 80)
    assert playback.playing
