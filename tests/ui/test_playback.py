"""The playback clock: speed, ends, loop, stalls."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtWidgets import QApplication

from gradsim.ui.playback import FASTEST_RATE, HOLD_AT_END_S, MAX_TICK_S, Playback


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


@pytest.mark.parametrize(("reached", "shown"), [(30.3, 30.0), (30.7, 31.0), (99.9, 100.0)])
def test_a_pause_by_hand_rests_on_a_whole_step(playback: Playback, reached: float, shown: float) -> None:
    playback.seek(reached)
    playback.play()
    playback.toggle()
    assert (playback.playing, playback.step) == (False, shown)


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


@pytest.mark.parametrize("ask", [Playback.play, Playback.toggle, lambda playback: playback.shuttle(1)])
def test_a_race_that_is_being_made_plays_once_it_is_there(
    dressed: QApplication, ask: Callable[[Playback], None]
) -> None:
    playback = Playback()
    ask(playback)
    assert (playback.playing, playback.waiting) == (False, True)
    playback.set_last_step(100)
    assert (playback.playing, playback.waiting, playback.rate) == (True, False, 1)
    playback.pause()


@pytest.mark.parametrize(
    "take_back",
    [
        Playback.toggle,
        Playback.pause,
        Playback.miss_race,
        lambda playback: playback.step_by(1),
        lambda playback: playback.shuttle(-1),
    ],
)
def test_what_was_asked_of_a_race_that_is_being_made_can_be_taken_back(
    dressed: QApplication, take_back: Callable[[Playback], None]
) -> None:
    playback = Playback()
    playback.toggle()
    take_back(playback)
    assert not playback.waiting
    playback.set_last_step(100)
    assert not playback.playing


def test_a_race_that_plays_goes_on_after_it_was_made_anew(playback: Playback) -> None:
    playback.seek(30)
    playback.play()
    playback.await_race()
    assert (playback.playing, playback.waiting, playback.step) == (False, True, 30)
    playback.set_last_step(50)
    assert (playback.playing, playback.waiting, playback.step) == (True, False, 30)
    playback.pause()


def test_nothing_waits_for_a_race_that_is_not_being_made(playback: Playback) -> None:
    playback.miss_race()
    playback.toggle()
    assert (playback.playing, playback.waiting) == (False, False)


def test_backwards_moves_as_fast_as_forwards_and_rests_at_the_start(playback: Playback, clock: Clock) -> None:
    playback.seek(60)
    playback.shuttle(-1)
    assert (playback.playing, playback.rate) == (True, -1)
    advance(playback, clock, 1.0)
    assert playback.step == pytest.approx(10.0)
    advance(playback, clock, 1.0)
    assert (playback.step, playback.playing, playback.rate) == (0, False, 1)


@pytest.mark.parametrize("direction", [1, -1])
def test_every_press_of_the_shuttle_doubles_the_rate_up_to_a_limit(playback: Playback, direction: int) -> None:
    playback.seek(50)
    rates = []
    for _ in range(9):
        playback.shuttle(direction)
        rates.append(playback.rate)
    assert rates == [direction * min(2**n, FASTEST_RATE) for n in range(9)]


def test_the_shuttle_turns_round_at_the_plain_speed_and_a_pause_ends_it(playback: Playback, clock: Clock) -> None:
    playback.seek(50)
    for _ in range(3):
        playback.shuttle(-1)
    playback.shuttle(1)
    assert (playback.playing, playback.rate) == (True, 1)
    playback.shuttle(1)
    advance(playback, clock, 0.2)
    assert playback.step == pytest.approx(50 + 0.2 * 2 * 50)
    playback.pause()
    playback.play()
    assert playback.rate == 1


def test_backwards_from_the_start_does_not_jump_to_the_end(playback: Playback) -> None:
    playback.shuttle(-1)
    assert (playback.step, playback.playing) == (0, False)


def test_a_range_is_played_over_and_over(playback: Playback, clock: Clock) -> None:
    playback.set_range((20, 40))
    playback.play()
    assert playback.step == 20
    seen = []
    for _ in range(200):
        advance(playback, clock, 0.02)
        seen.append(playback.step)
    assert min(seen) == 20
    assert max(seen) == 40
    assert sum(after < before for before, after in pairwise(seen)) >= 2, "it has started over"


def test_without_loop_a_range_stops_at_its_end(playback: Playback, clock: Clock) -> None:
    playback.set_loop(False)
    playback.set_range((20, 40))
    playback.play()
    advance(playback, clock, 2.0)
    assert (playback.step, playback.playing) == (40, False)


def test_backwards_in_a_range_rests_at_its_beginning(playback: Playback, clock: Clock) -> None:
    playback.set_range((20, 40))
    playback.seek(30)
    playback.shuttle(-1)
    advance(playback, clock, 1.0)
    assert (playback.step, playback.playing) == (20, False)


def test_home_and_end_stop_at_the_range_first(playback: Playback) -> None:
    playback.set_range((20, 40))
    playback.seek(30)
    steps = []
    for go in (playback.show_start, playback.show_start, playback.show_end, playback.show_end):
        go()
        steps.append(playback.step)
    assert steps == [20, 0, 40, 100]


@pytest.mark.parametrize(
    ("chosen", "bounds"), [(None, (0, 100)), ((20, 900), (20, 100)), ((100, 120), (0, 100)), ((400, 900), (0, 100))]
)
def test_a_range_that_the_race_does_not_reach_is_cut_or_ignored(
    playback: Playback, chosen: tuple[int, int] | None, bounds: tuple[int, int]
) -> None:
    playback.set_range(chosen)
    assert playback.bounds == bounds
