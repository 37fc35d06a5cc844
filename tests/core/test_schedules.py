"""Schedules: closed forms, limits and the warm-up."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from gradsim.core.scene import (
    ConstantSchedule,
    CosineSchedule,
    ExponentialSchedule,
    InverseTimeSchedule,
    Schedule,
    StepSchedule,
)
from gradsim.core.schedules import learning_rates, learning_rates_at

k = np.arange(10)

CLOSED_FORMS: list[tuple[Schedule, np.ndarray]] = [
    (ConstantSchedule(), np.full(10, 0.1)),
    (ExponentialSchedule(rate=0.3), 0.1 * np.exp(-0.3 * k)),
    (InverseTimeSchedule(rate=0.3), 0.1 / (1 + 0.3 * k)),
    (StepSchedule(every=4, factor=0.1), np.array([0.1] * 4 + [0.01] * 4 + [0.001] * 2)),
    (StepSchedule(every=5), np.array([0.1] * 5 + [0.05] * 5)),
    (CosineSchedule(), 0.1 * (1 + np.cos(np.pi * k / 10)) / 2),
    (CosineSchedule(min=0.02, period=4), 0.02 + 0.08 * (1 + np.cos(np.pi * np.minimum(k, 4) / 4)) / 2),
]
EVERY_KIND = [schedule for schedule, _ in CLOSED_FORMS]


@pytest.mark.parametrize(("schedule", "expected"), CLOSED_FORMS)
def test_schedule_is_its_closed_form(schedule: Schedule, expected: np.ndarray) -> None:
    rates = learning_rates(schedule, 0.1, 10)
    assert rates.dtype == np.float64
    np.testing.assert_allclose(rates, expected, rtol=1e-14)


def test_every_kind_has_a_closed_form_here() -> None:
    assert {type(schedule) for schedule in EVERY_KIND} == set(Schedule.__args__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("schedule", EVERY_KIND)
def test_first_update_takes_the_learning_rate_itself(schedule: Schedule) -> None:
    assert learning_rates(schedule, 0.07, 500)[0] == 0.07


@pytest.mark.parametrize("schedule", EVERY_KIND)
def test_no_schedule_rises_or_turns_negative(schedule: Schedule) -> None:
    rates = learning_rates(schedule, 0.1, 2000)
    assert (np.diff(rates) <= 0).all()
    assert (rates >= 0).all()


@pytest.mark.parametrize("schedule", EVERY_KIND)
def test_warm_up_rises_linearly_to_the_learning_rate_and_then_the_decay_begins(schedule: Schedule) -> None:
    warm = type(schedule)(**{name: getattr(schedule, name) for name in schedule.__struct_fields__} | {"warmup": 4})
    rates = learning_rates(warm, 0.1, 14)
    np.testing.assert_allclose(rates[:4], [0.025, 0.05, 0.075, 0.1], rtol=1e-15)
    np.testing.assert_array_equal(rates[4:], learning_rates(schedule, 0.1, 10))


def test_warm_up_of_one_step_changes_nothing() -> None:
    np.testing.assert_array_equal(learning_rates(ConstantSchedule(warmup=1), 0.1, 5), np.full(5, 0.1))


def test_warm_up_longer_than_the_run_never_reaches_the_learning_rate() -> None:
    np.testing.assert_allclose(learning_rates(CosineSchedule(warmup=10), 1.0, 3), [0.1, 0.2, 0.3], rtol=1e-15)


def test_extreme_rates_reach_zero_without_warnings() -> None:
    for schedule in (ExponentialSchedule(rate=1e100), InverseTimeSchedule(rate=1e100), StepSchedule(every=1, factor=0)):
        rates = learning_rates(schedule, 0.1, 3000)
        assert rates[0] == 0.1
        assert rates[-1] < 1e-100


@pytest.mark.parametrize("warmup", [0, 4, 30])
@pytest.mark.parametrize("schedule", EVERY_KIND)
def test_some_of_the_rates_are_those_of_the_whole_race(schedule: Schedule, warmup: int) -> None:
    warm = replace(schedule, warmup=warmup)
    updates = np.array([0, 3, 4, 7, 19])
    np.testing.assert_array_equal(
        learning_rates_at(warm, 0.1, updates, steps=20), learning_rates(warm, 0.1, 20)[updates]
    )
