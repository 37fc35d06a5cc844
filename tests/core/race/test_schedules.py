"""Schedules: closed forms, what the libraries give, limits, cycles and the warm-up."""

from __future__ import annotations

import json
import math
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from gradsim.core.race.schedules import learning_rates, learning_rates_at, period_of
from gradsim.core.scene import (
    ConstantSchedule,
    CosineRestartsSchedule,
    CosineSchedule,
    CyclicSchedule,
    ExponentialSchedule,
    InverseSqrtSchedule,
    InverseTimeSchedule,
    LinearSchedule,
    OneCycleSchedule,
    PolynomialSchedule,
    Schedule,
    StepSchedule,
    WsdSchedule,
)
from gradsim.core.scene_schedules import SCHEDULE_RANGES

k = np.arange(10)
KINDS: tuple[type[Schedule], ...] = Schedule.__args__  # type: ignore[attr-defined]


def half_cosine(n: int) -> list[float]:
    """The first n of the rates from 0.1 to 0 in n steps: Loshchilov and Hutter 2017, Eq. 5."""
    return [0.1 * (1 + math.cos(math.pi * i / n)) / 2 for i in range(n)]


# Written from the papers, without the libraries, for a learning rate of 0.1 and ten steps.
CLOSED_FORMS: list[tuple[Schedule, np.ndarray]] = [
    (ConstantSchedule(), np.full(10, 0.1)),
    (LinearSchedule(), 0.1 * (10 - k) / 10),
    (LinearSchedule(end_factor=0.5, period=5), 0.1 * (1 - 0.5 * np.minimum(k, 5) / 5)),
    (PolynomialSchedule(power=2), 0.1 * ((10 - k) / 10) ** 2),
    (PolynomialSchedule(power=0.5, min=0.02, period=4), 0.02 + 0.08 * np.sqrt((4 - np.minimum(k, 4)) / 4)),
    (CosineSchedule(), 0.1 * (1 + np.cos(np.pi * k / 10)) / 2),
    (CosineSchedule(min=0.02, period=4), 0.02 + 0.08 * (1 + np.cos(np.pi * np.minimum(k, 4) / 4)) / 2),
    (ExponentialSchedule(rate=0.3), 0.1 * np.exp(-0.3 * k)),
    (InverseTimeSchedule(rate=0.3), 0.1 / (1 + 0.3 * k)),
    (InverseSqrtSchedule(), 0.1 * (k + 1.0) ** -0.5),
    (InverseSqrtSchedule(timescale=4), 0.1 * (4 / (k + 4)) ** 0.5),
    (StepSchedule(every=4, factor=0.1), np.array([0.1] * 4 + [0.01] * 4 + [0.001] * 2)),
    (StepSchedule(every=5), np.array([0.1] * 5 + [0.05] * 5)),
    (WsdSchedule(decay_share=0.4), np.array([0.1] * 6 + [0.1 * (1 - math.sqrt(i / 4)) for i in range(4)])),
    (
        WsdSchedule(decay_share=0.5, shape="linear", min=0.05),
        np.array([0.1] * 5 + [0.05 + 0.05 * (1 - i / 5) for i in range(5)]),
    ),
    (
        OneCycleSchedule(start_factor=0.2, end_factor=0.1, warm_share=0.5),  # the rise ends at 4, the fall at 9
        np.array(
            [0.02 + 0.08 * (1 - math.cos(math.pi * i / 4)) / 2 for i in range(4)]
            + [0.01 + 0.09 * (1 + math.cos(math.pi * i / 5)) / 2 for i in range(6)]
        ),
    ),
    (CyclicSchedule(), np.array([0.0, 0.05, 0.1, 0.05, 0.0, 0.05, 0.1, 0.05, 0.0, 0.05])),  # three cycles of four
    (CyclicSchedule(min=0.02, period=5), 0.02 + 0.08 * np.array([0, 0.4, 0.8, 0.8, 0.4] * 2)),
    (CosineRestartsSchedule(), np.array(half_cosine(2) + half_cosine(4) + half_cosine(8)[:4])),  # 10 / (1 + 2 + 4)
    (CosineRestartsSchedule(period=3, period_factor=1), np.array(half_cosine(3) * 3 + [0.1])),
    (CosineRestartsSchedule(period=2, period_factor=4), np.array(half_cosine(2) + half_cosine(8))),
]
EVERY_KIND = [schedule for schedule, _ in CLOSED_FORMS]
FALLING = [s for s in EVERY_KIND if not isinstance(s, OneCycleSchedule | CyclicSchedule | CosineRestartsSchedule)]
BEGINNING_HIGH = [s for s in EVERY_KIND if not isinstance(s, OneCycleSchedule | CyclicSchedule)]


@pytest.mark.parametrize(("schedule", "expected"), CLOSED_FORMS)
def test_schedule_is_its_closed_form(schedule: Schedule, expected: np.ndarray) -> None:
    rates = learning_rates(schedule, 0.1, 10)
    assert rates.dtype == np.float64
    np.testing.assert_allclose(rates, expected, rtol=1e-14, atol=1e-17)


def test_every_kind_has_a_closed_form_here() -> None:
    assert {type(schedule) for schedule in EVERY_KIND} == set(KINDS)


REFERENCES = dict(np.load(Path(__file__).parent / "references" / "schedules.npz"))  # by make_schedule_references.py
METADATA = json.loads(str(REFERENCES.pop("metadata")))


@pytest.mark.parametrize("name", REFERENCES)
def test_schedule_gives_the_rates_of_the_library(name: str) -> None:
    schedule = msgspec.convert(METADATA["schedules"][name], Schedule)
    theirs, base = REFERENCES[name], METADATA["learning_rate"]
    assert np.ptp(theirs) > base / 2  # the library did change the rate
    ours = learning_rates_at(schedule, base, np.arange(len(theirs)), steps=METADATA["steps"])
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15 * base)


def test_every_kind_that_a_library_has_is_compared_with_it() -> None:
    compared = {type(msgspec.convert(each, Schedule)) for each in METADATA["schedules"].values()}
    assert set(KINDS) - compared == {ConstantSchedule, InverseTimeSchedule}
    assert set(METADATA["schedules"]) == set(REFERENCES)


@pytest.mark.parametrize("schedule", BEGINNING_HIGH)
def test_first_update_takes_the_learning_rate_itself(schedule: Schedule) -> None:
    assert learning_rates(schedule, 0.07, 500)[0] == 0.07


def test_cycles_that_rise_begin_low_and_peak_at_the_learning_rate_itself() -> None:
    rates = learning_rates(OneCycleSchedule(start_factor=0.1, end_factor=0.01, warm_share=0.5), 0.07, 500)
    assert (rates[0], rates[249], rates[499]) == (0.1 * 0.07, 0.07, 0.01 * 0.07)
    assert (np.diff(rates[:250]) > 0).all()
    assert (np.diff(rates[249:]) < 0).all()
    rates = learning_rates(CyclicSchedule(min=0.02, period=100), 0.07, 500)
    assert (rates[0], rates[50], rates[100], rates[450]) == (0.02, 0.07, 0.02, 0.07)


@pytest.mark.parametrize("schedule", FALLING)
def test_no_fall_rises_or_turns_negative(schedule: Schedule) -> None:
    rates = learning_rates(schedule, 0.1, 2000)
    assert (np.diff(rates) <= 0).all()
    assert (rates >= 0).all()


@pytest.mark.parametrize("kind", [LinearSchedule, PolynomialSchedule, CosineSchedule])
def test_a_fall_ends_at_its_minimum_and_stays_there(kind: type[Schedule]) -> None:
    end = {"end_factor": 0.3} if kind is LinearSchedule else {"min": 0.3 * 0.07}
    rates = learning_rates(kind(period=40, **end), 0.07, 60)
    assert (rates[:40] > 0.3 * 0.07).all()
    assert (rates[40:] == 0.3 * 0.07).all()


def test_cycles_repeat_after_their_period_and_grow_by_their_factor() -> None:
    triangles = learning_rates(CyclicSchedule(min=0.01, period=70), 0.1, 700)
    np.testing.assert_array_equal(triangles[:630], triangles[70:])
    equal = learning_rates(CosineRestartsSchedule(min=0.01, period=70, period_factor=1), 0.1, 700)
    np.testing.assert_array_equal(equal[:630], equal[70:])
    growing = learning_rates(CosineRestartsSchedule(period=10, period_factor=3), 0.1, 1300)
    assert np.flatnonzero(growing == 0.1).tolist() == [0, 10, 40, 130, 400, 1210]
    np.testing.assert_array_equal(growing[10:40:3], growing[:10])


@pytest.mark.parametrize("schedule", [CyclicSchedule(), CosineRestartsSchedule(), CosineRestartsSchedule(warmup=9)])
@pytest.mark.parametrize("steps", [100, 101, 102, 103, 104, 105, 10_000])
def test_cycles_without_a_period_are_three_in_the_race(schedule: Schedule, steps: int) -> None:
    rates = learning_rates(schedule, 0.1, steps)[schedule.warmup :]
    turns = np.flatnonzero((rates[1:-1] > rates[:-2]) & (rates[1:-1] >= rates[2:]))  # tops after the first step
    assert len(turns) == (3 if isinstance(schedule, CyclicSchedule) else 2)
    assert rates[-1] < 0.02  # the last of them ends with the race, or up to two steps later
    named = replace(schedule, period=period_of(schedule, steps - schedule.warmup))
    np.testing.assert_array_equal(learning_rates(named, 0.1, steps), learning_rates(schedule, 0.1, steps))


@pytest.mark.parametrize(("shape", "half_way"), [("linear", 0.5), ("1-sqrt", 1 - math.sqrt(0.5))])
def test_decay_of_wsd_is_a_share_of_the_whole_race(shape: str, half_way: float) -> None:
    rates = learning_rates(WsdSchedule(decay_share=0.25, shape=shape, warmup=100), 1.0, 400)  # type: ignore[arg-type]
    assert (rates[99:301] == 1).all()
    assert (np.diff(rates[300:]) < 0).all()
    assert rates[350] == pytest.approx(half_way, rel=1e-15)


def test_inverse_sqrt_after_its_warm_up_is_that_of_the_transformer() -> None:
    """Vaswani et al. 2017, Eq. 3, over its peak: √w·min(t^−½, t·w^−1.5), where t = w comes twice here."""
    w = 40
    t = np.r_[np.arange(1, w + 1), np.arange(w, 500)]
    expected = 0.1 * math.sqrt(w) * np.minimum(t**-0.5, t * w**-1.5)
    np.testing.assert_allclose(learning_rates(InverseSqrtSchedule(warmup=w), 0.1, 500), expected, rtol=1e-14)


NUMBERS = {
    "warmup": st.integers(0, 50),
    "every": st.integers(1, 300),
    "period": st.none() | st.integers(1, 300) | st.just(10_000_000),
    "timescale": st.none() | st.integers(1, 10_000_000),
    "rate": st.floats(0, 10) | st.just(1e100),
    "min": st.floats(0, 0.1),
    "period_factor": st.just(1) | st.floats(1.001, 100),
    "shape": st.sampled_from(["linear", "1-sqrt"]),
    "unit": st.just("step"),
}


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    kind = draw(st.sampled_from(KINDS))
    names = kind.__struct_fields__
    return kind(**{n: draw(NUMBERS[n] if n in NUMBERS else st.floats(*SCHEDULE_RANGES[n])) for n in names})


@given(schedules(), st.integers(1, 200))
def test_rates_of_any_schedule_are_finite_and_between_nothing_and_the_learning_rate(
    schedule: Schedule, steps: int
) -> None:
    rates = learning_rates(schedule, 0.1, steps)
    assert rates.shape == (steps,)
    assert np.isfinite(rates).all()
    assert (rates >= 0).all()
    assert (rates <= 0.1 * (1 + 1e-15)).all()
    if schedule.warmup == 0:
        assert (rates >= getattr(schedule, "min", 0.0) * (1 - 1e-15)).all()


@given(schedules())
def test_ten_million_steps_end_as_a_few_of_them_do(schedule: Schedule) -> None:
    last = np.array([0, 9_999_998, 9_999_999])
    assert np.isfinite(learning_rates_at(schedule, 0.1, last, steps=10_000_000)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_of_a_schedule_has_a_range(kind: type[Schedule]) -> None:
    assert set(kind.__struct_fields__) - {"unit", "shape"} <= set(SCHEDULE_RANGES)


@pytest.mark.parametrize("schedule", EVERY_KIND)
def test_warm_up_rises_linearly_to_the_first_rate_and_then_the_schedule_begins(schedule: Schedule) -> None:
    given_as = {"timescale": 1} if schedule == InverseSqrtSchedule() else {}  # it would follow the warm-up
    given_as |= {"decay_share": schedule.decay_share * 10 / 14} if isinstance(schedule, WsdSchedule) else {}
    warm = type(schedule)(**asdict(schedule) | {"warmup": 4} | given_as)
    rates = learning_rates(warm, 0.1, 14)
    later = learning_rates(schedule, 0.1, 10)
    np.testing.assert_allclose(rates[:4], later[0] * np.array([0.25, 0.5, 0.75, 1.0]), rtol=1e-15)
    np.testing.assert_array_equal(rates[4:], later)


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
