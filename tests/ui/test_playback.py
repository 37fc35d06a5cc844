"""The playback clock: speed, ends, loop, stalls."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gradsim.ui.playback import HOLD_AT_END_S, MAX_TICK_S, Playback


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def playback(dressed: QApplication, clock: Clock) -> Playback:
    playback = Playback(clock=clock)
    playback.set_last_step(100)
    playback.set_speed(50.0)
    return playback


def advance(playback: Playback, clock: Clock, seconds: float) -> None:
    ticks = round(seconds / 0.02)
    for _ in range(ticks):
        clock.now_s += 0.02
        playback.tick()


def test_one_second_shows_speed_many_steps(playback: Playback, clock: Clock) -> None:
    playback.play()
    advance(playback, clock, 1.0)
    assert playback.step == pytest.approx(50.0)


def test_a_stall_does_not_skip_the_race(playback: Playback, clock: Clock) -> None:
    playback.play()
    clock.now_s += 10
    playback.tick()
    assert playback.step == pytest.approx(MAX_TICK_S * 50)


def test_looping_holds_the_last_step_and_starts_over(playback: Playback, clock: Clock) -> None:
    playback.play()
    playback.seek(100)
    advance(playback, clock, HOLD_AT_END_S / 2)
    assert playback.step == 100
    advance(playback, clock, HOLD_AT_END_S)
    assert playback.playing
    assert playback.step < 100


def test_without_loop_the_race_stops_at_its_end(playback: Playback, clock: Clock) -> None:
    playback.set_loop(False)
    playback.play()
    advance(playback, clock, 3.0)
    assert playback.step == 100
    assert not playback.playing


def test_play_at_the_end_begins_anew(playback: Playback) -> None:
    playback.seek(100)
    playback.play()
    assert playback.step == 0


def test_step_by_pauses_and_lands_on_whole_steps(playback: Playback) -> None:
    playback.play()
    playback.seek(3.4)
    playback.step_by(1)
    assert (playback.step, playback.playing) == (4, False)
    playback.seek(3.4)
    playback.step_by(-1)
    assert playback.step == 3


def test_the_end_stays_on_show_even_in_a_loop(playback: Playback, clock: Clock) -> None:
    playback.play()
    playback.show_end()
    advance(playback, clock, 0.5 * HOLD_AT_END_S)
    assert (playback.step, playback.playing) == (100, False)


@pytest.mark.parametrize(("wanted", "shown"), [(-5, 0), (1e9, 100), (12.5, 12.5)])
def test_seek_stays_within_the_race(playback: Playback, wanted: float, shown: float) -> None:
    playback.seek(wanted)
    assert playback.step == shown


def test_a_shorter_race_moves_the_playhead_to_its_end(playback: Playback) -> None:
    playback.seek(80)
    playback.set_last_step(60)
    assert playback.step == 60


def test_a_longer_race_keeps_the_step(playback: Playback) -> None:
    playback.seek(80)
    playback.set_last_step(1000)
    assert playback.step == 80


def test_a_race_without_steps_does_not_play(playback: Playback) -> None:
    playback.set_last_step(0)
    playback.play()
    assert not playback.playing
