"""The table of playback keys: what each does, and that none is claimed twice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from gradsim.ui.playback import Playback
from gradsim.ui.session import Session
from gradsim.ui.timeline.playback_keys import PLAYBACK_KEYS, press_playback_key
from gradsim.ui.timeline.transport import Transport


@pytest.fixture
def transport(session: Session, playback: Playback) -> Transport:
    playback.set_last_step(500)
    return Transport(session, playback)


def press(transport: Transport, keys: str, *, held: bool = False) -> bool:
    combination = QKeySequence(keys)[0]
    event = QKeyEvent(QEvent.Type.KeyPress, combination.key(), combination.keyboardModifiers(), "", autorep=held)
    return press_playback_key(event, transport)


def test_no_key_means_two_things_and_each_says_what_it_does() -> None:
    keys = [each for entry in PLAYBACK_KEYS for each in entry.keys]
    assert len(keys) == len(set(keys))
    for entry in PLAYBACK_KEYS:
        assert entry.text
        assert entry.name
        assert entry.tip.endswith(".")
        assert all(QKeySequence(each).count() == 1 for each in entry.keys)


@pytest.mark.parametrize(
    ("keys", "step"),
    [
        ("Right", 251),
        (".", 251),
        ("Left", 249),
        (",", 249),
        ("Shift+Right", 260),
        ("Shift+Left", 240),
        ("Ctrl+Right", 350),
        ("Ctrl+Left", 150),
        ("Home", 0),
        ("End", 500),
    ],
)
def test_keys_that_go_to_a_step(transport: Transport, playback: Playback, keys: str, step: int) -> None:
    playback.seek(250)
    assert press(transport, keys)
    assert (playback.step, playback.playing) == (step, False)


@pytest.mark.parametrize("key", ["Space", "K"])
def test_play_and_pause(transport: Transport, playback: Playback, key: str) -> None:
    press(transport, key)
    assert playback.playing
    press(transport, key, held=True)
    assert playback.playing, "a key that is held down is pressed once"
    press(transport, key)
    assert not playback.playing


def test_j_k_l_shuttle(transport: Transport, playback: Playback) -> None:
    playback.seek(250)
    rates = []
    for key in "LLLJJKL":
        press(transport, key)
        rates.append(playback.rate if playback.playing else 0)
    assert rates == [1, 2, 4, -1, -2, 0, 1]


def test_i_o_and_x_set_the_range_of_the_scene(transport: Transport, playback: Playback, session: Session) -> None:
    for step, key in ((100, "I"), (200, "O")):
        playback.seek(step)
        press(transport, key)
    assert session.scene.playback.range == playback.range == (100, 200)
    assert session.undo_name is None
    press(transport, "X")
    assert session.scene.playback.range is None
    assert playback.bounds == (0, 500)


@pytest.mark.parametrize(
    ("before", "step", "key", "after"),
    [
        (None, 120, "I", (120, 500)),
        (None, 120, "O", (0, 120)),
        ((50, 80), 120, "I", (120, 500)),
        ((50, 80), 20, "O", (0, 20)),
        ((50, 80), 0, "I", (0, 80)),
        (None, 0, "I", None),
        (None, 500, "O", None),
    ],
)
def test_a_range_is_never_turned_round(
    transport: Transport,
    playback: Playback,
    session: Session,
    before: tuple[int, int] | None,
    step: int,
    key: str,
    after: tuple[int, int] | None,
) -> None:
    transport.set_playback(range=before)
    playback.seek(step)
    press(transport, key)
    assert session.scene.playback.range == after


@pytest.mark.parametrize(("step", "key"), [(500, "I"), (0, "O")])
def test_a_range_without_steps_is_refused_in_words(
    transport: Transport, playback: Playback, session: Session, step: int, key: str
) -> None:
    said = []
    session.message.connect(said.append)
    playback.seek(step)
    press(transport, key)
    assert session.scene.playback.range is None
    assert said[-1]


def test_other_keys_are_left_alone(transport: Transport) -> None:
    assert not press(transport, "Q")
    assert not press(transport, "Ctrl+J")
    assert not press(transport, "Alt+Right")


def test_keys_of_a_number_pad_count_as_well(transport: Transport, playback: Playback) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Right, Qt.KeyboardModifier.KeypadModifier)
    assert press_playback_key(event, transport)
    assert playback.step == 1
