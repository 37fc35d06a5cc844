"""The counter: reads the step, and takes one to go to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gradsim.ui.playback import Playback
from gradsim.ui.theme import apply_theme
from gradsim.ui.timeline.step_counter import StepCounter

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def counter(qtbot: QtBot, playback: Playback) -> Iterator[StepCounter]:
    playback.set_last_step(100_000)
    window = QWidget()
    qtbot.addWidget(window)
    counter = StepCounter(playback, window)
    window.resize(300, 60)
    window.show()
    window.setFocus()
    yield counter
    window.close()


def type_step(qtbot: QtBot, counter: StepCounter, text: str) -> None:
    qtbot.mouseClick(counter, LEFT)
    counter.selectAll()
    qtbot.keyClicks(counter, text)
    qtbot.keyClick(counter, Qt.Key.Key_Return)


def test_it_reads_step_and_steps(counter: StepCounter, playback: Playback) -> None:
    playback.seek(1234.9)
    assert counter.text() == "1,234 / 100,000"


@pytest.mark.parametrize(
    ("text", "step"), [("213", 213), ("1e3", 1000), ("1,000", 1000), ("0", 0), ("100000", 100_000)]
)
def test_a_typed_step_is_shown(qtbot: QtBot, counter: StepCounter, playback: Playback, text: str, step: int) -> None:
    playback.seek(77)
    playback.play()
    type_step(qtbot, counter, text)
    assert (playback.step, playback.playing) == (step, False)
    assert not counter.hasFocus(), "the keys are the playback's again"
    assert counter.text() == f"{step:,} / 100,000"


@pytest.mark.parametrize("text", ["100001", "-1", "soon", "1e9", "nan", "inf", ""])
def test_what_is_no_step_is_refused_and_stays_to_be_mended(
    qtbot: QtBot, counter: StepCounter, playback: Playback, text: str
) -> None:
    playback.seek(77)
    said = []
    counter.rejected.connect(said.append)
    qtbot.mouseClick(counter, LEFT)
    counter.clear()
    qtbot.keyClicks(counter, text)
    qtbot.keyClick(counter, Qt.Key.Key_Return)
    assert playback.step == 77
    assert said[-1]
    assert counter.text() == text
    qtbot.keyClick(counter, Qt.Key.Key_Escape)
    assert said[-1] == ""
    assert counter.text() == "77 / 100,000"


def test_it_does_not_count_while_it_is_typed_in(qtbot: QtBot, counter: StepCounter, playback: Playback) -> None:
    playback.seek(5)
    qtbot.mouseClick(counter, LEFT)
    assert counter.text() == "5"
    playback.seek(9)
    assert counter.text() == "5"
    qtbot.keyClick(counter, Qt.Key.Key_Escape)
    assert counter.text() == "9 / 100,000"
    assert playback.step == 9


def test_a_focus_that_nobody_asked_for_leaves_the_keys_alone(qtbot: QtBot, counter: StepCounter) -> None:
    counter.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
    qtbot.keyClicks(counter, "k5")
    assert counter.text() == "0 / 100,000"


@pytest.mark.parametrize("scale", [0.8, 1.0, 2.0])
def test_its_longest_text_fits_at_every_interface_size(
    dressed: QApplication, counter: StepCounter, playback: Playback, scale: float
) -> None:
    try:
        apply_theme(dressed, "dark", scale)
        playback.seek(100_000)
        room = counter.width() - 2 * round(4 * scale) - 2 - 4  # padding and border of the style sheet, margins of Qt
        assert QFontMetricsF(counter.font()).horizontalAdvance(counter.text()) <= room
    finally:
        apply_theme(dressed, "dark")
