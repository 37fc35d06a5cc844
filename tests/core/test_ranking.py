"""Places in the race and the shares of outcomes: pure functions of a run."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradsim.core.ranking import median_losses, outcome_shares, rank
from gradsim.core.run import OUTCOME_NAMES, Run
from gradsim.core.scene import Domain, FormulaSurface, OptimizerEntry, PointStarts, Scene

losses = st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(math.inf)), min_size=1, max_size=12)


def run(losses: np.ndarray, outcomes: np.ndarray | None = None) -> Run:
    """A run with ``losses`` (optimizers, records, particles), a record every second step."""
    n, n_records, n_particles = losses.shape
    scene = Scene(
        surface=FormulaSurface(formula="x**2"),
        domain=Domain(x=(-1.0, 1.0)),
        optimizers=(OptimizerEntry(name="adam"),) * n,
        starts=PointStarts(points=((0.5,),)),
    )
    if outcomes is None:
        outcomes = np.zeros((n, n_particles), dtype=np.uint8)
    steps = 2 * np.arange(n_records)
    return Run(
        scene,
        ("",) * n,
        steps,
        np.zeros((n, n_records, n_particles, 1)),
        losses,
        outcomes,
        np.zeros((n, n_records)),
        np.arange(n_particles),
    )


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([3.0, 1.0, 2.0], (3, 1, 2)),
        ([1.0, 1.0, 2.0], (1, 1, 3)),
        ([math.inf, 5.0, math.inf, 1.0], (3, 2, 3, 1)),
        ([math.nan, 5.0], (2, 1)),
        ([-39.16616570377142, -39.16616570377141, -1.0], (1, 1, 3)),  # two that have arrived differ by rounding alone
        ([1e-30, 2e-30], (1, 2)),
        ([0.0, 0.0], (1, 1)),
        ([], ()),
    ],
)
def test_the_lowest_loss_leads_ties_share_and_the_diverged_are_last(
    values: list[float], places: tuple[int, ...]
) -> None:
    assert rank(values) == places


def test_the_highest_leads_where_the_goal_is_to_maximise() -> None:
    assert rank([3.0, math.inf, 7.0, 1.0], goal="maximize") == (2, 4, 1, 3)


@given(losses)
def test_a_place_counts_those_ahead(values: list[float]) -> None:
    places = rank(values)
    for index, place in enumerate(places):
        ahead = sum(other < place for other in places)
        assert place == ahead + 1
        better = [other for other in values if other < values[index]]
        assert ahead <= len(better)
        assert all(values[other] <= values[index] for other, each in enumerate(places) if each < place)


@given(losses, st.randoms())
def test_places_do_not_depend_on_the_order(values: list[float], random: object) -> None:
    order = list(range(len(values)))
    random.shuffle(order)
    places = rank(values)
    assert rank([values[index] for index in order]) == tuple(places[index] for index in order)


def test_medians_are_those_of_the_last_record_not_after_the_step() -> None:
    values = np.arange(24.0).reshape(2, 4, 3)
    values[0, 1] = [1.0, math.inf, math.inf]
    np.testing.assert_array_equal(median_losses(run(values), 3.9), [math.inf, 16.0])
    np.testing.assert_array_equal(median_losses(run(values), 6.0), [10.0, 22.0])


@given(st.lists(st.lists(st.integers(0, 3), min_size=5, max_size=5), min_size=1, max_size=4))
def test_shares_count_the_outcomes(outcomes: list[list[int]]) -> None:
    shares = outcome_shares(run(np.zeros((len(outcomes), 1, 5)), np.array(outcomes, dtype=np.uint8)))
    assert shares.shape == (len(outcomes), len(OUTCOME_NAMES))
    for row, expected in zip(shares, outcomes, strict=True):
        assert row.tolist() == [expected.count(each) / 5 for each in range(4)]


def test_no_optimizer_has_no_shares() -> None:
    assert outcome_shares(run(np.zeros((0, 1, 5)))).shape == (0, len(OUTCOME_NAMES))
