"""Mini-batches: epochs that go through all rows once, in orders that are as good as drawn from a hat."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import pairwise, permutations

import numpy as np
import pytest

from gradsim.core.race.minibatch import Minibatches

# What chi-square exceeds once in a thousand times, by degrees of freedom: NIST/SEMATECH e-Handbook, section 1.3.6.7.4.
ONCE_IN_A_THOUSAND = {23: 49.728, 98: 147.010, 99: 148.230}
LESSON = Minibatches(n_rows=1000, batch_size=64)


def epoch_of(batches: Minibatches, epoch: int = 0, particle: int = 0) -> np.ndarray:
    steps = range(epoch * batches.n_batches, (epoch + 1) * batches.n_batches)
    return np.concatenate([batches.rows(step, particle) for step in steps])


def assert_even(outcomes: Iterable[object], possible: Iterable[object]) -> None:
    """Every possible outcome comes equally often, as far as chance allows."""
    counts = dict.fromkeys(possible, 0)
    for outcome in outcomes:
        counts[outcome] += 1
    seen = np.array(list(counts.values()))
    expected = seen.sum() / len(seen)
    assert expected >= 20
    assert ((seen - expected) ** 2 / expected).sum() < ONCE_IN_A_THOUSAND[len(seen) - 1]


@pytest.mark.parametrize("n_rows", [1, 2, 3, 5, 7, 64, 97, 1000, 4097])
@pytest.mark.parametrize("batch_size", [1, 2, 10, 64, 5000])
def test_every_epoch_goes_through_all_rows_once(n_rows: int, batch_size: int) -> None:
    batches = Minibatches(n_rows, batch_size, seed=3)
    for epoch, particle in ((0, 0), (1, 0), (1000, 7)):
        np.testing.assert_array_equal(np.sort(epoch_of(batches, epoch, particle)), np.arange(n_rows))


@pytest.mark.parametrize("replacement", [False, True])
def test_the_last_batch_of_an_epoch_is_kept_however_small(replacement: bool) -> None:
    batches = Minibatches(1000, 64, replacement)
    assert batches.n_batches == 16
    sizes = [len(batches.rows(step)) for step in range(32)]
    assert sizes == [batches.size(step) for step in range(32)] == ([64] * 15 + [40]) * 2
    assert [batches.epoch(step) for step in (0, 15, 16, 31, 32)] == [0, 0, 1, 1, 2]


def test_a_batch_that_is_larger_than_the_data_is_all_of_them() -> None:
    assert Minibatches(5, 64).n_batches == 1
    assert [len(Minibatches(5, 64, replacement).rows(7)) for replacement in (False, True)] == [5, 5]


@pytest.mark.parametrize("replacement", [False, True])
def test_a_batch_is_known_without_those_before_it(replacement: bool) -> None:
    forwards, backwards = Minibatches(1000, 64, replacement), Minibatches(1000, 64, replacement)
    for step in (10**9, 31, 3):
        after = backwards.rows(step, 5)
        for other in range(step % 50):
            forwards.rows(other, 5)
        np.testing.assert_array_equal(forwards.rows(step, 5), after)


@pytest.mark.parametrize("replacement", [False, True])
def test_epochs_particles_and_seeds_have_orders_of_their_own(replacement: bool) -> None:
    def first(seed: int = 0, epoch: int = 0, particle: int = 0) -> tuple[int, ...]:
        return tuple(epoch_of(Minibatches(1000, 64, replacement, seed), epoch, particle)[:64])

    alone = [first(), *(first(**{name: n}) for name in ("seed", "epoch", "particle") for n in (1, 2, 2**40))]
    assert len(set(alone)) == len(alone)
    shared = [len(set(one) & set(other)) for one, other in pairwise(alone)]
    assert max(shared) < 20, "of 64 out of 1000, four are shared by chance"


def test_all_orders_of_four_rows_are_equally_likely() -> None:
    batches = Minibatches(4, 4)
    assert_even((tuple(epoch_of(batches, epoch)) for epoch in range(2400)), permutations(range(4)))


VARIED: dict[str, tuple[int, Callable[[int], int]]] = {
    "first row, by epoch": (100, lambda k: Minibatches(100, 1).rows(100 * k)[0]),
    "last row, by epoch": (100, lambda k: Minibatches(100, 1).rows(100 * k + 99)[0]),
    "first row, by particle": (100, lambda k: Minibatches(100, 1).rows(0, k)[0]),
    "first row, by seed": (100, lambda k: Minibatches(100, 1, seed=k).rows(0)[0]),
    # from a row to the next it is any way round but 0
    "next row": (99, lambda k: (Minibatches(100, 2).rows(50 * k) @ [-1, 1] - 1) % 100),
    "with replacement, by step": (100, lambda k: Minibatches(100, 1, True).rows(k)[0]),
    "with replacement, by particle": (100, lambda k: Minibatches(100, 1, True).rows(0, k)[0]),
    "with replacement, next row": (100, lambda k: (Minibatches(100, 2, True).rows(50 * k) @ [-1, 1]) % 100),
}


@pytest.mark.parametrize(("n_possible", "outcome"), VARIED.values(), ids=VARIED)
def test_rows_are_equally_likely(n_possible: int, outcome: Callable[[int], int]) -> None:
    assert_even((int(outcome(k)) for k in range(4000)), range(n_possible))


def test_with_replacement_a_batch_of_all_rows_has_some_twice() -> None:
    n_different = [len(set(Minibatches(1000, 1000, True).rows(step))) for step in range(20)]
    assert np.mean(n_different) == pytest.approx(1000 * (1 - 1 / math.e), abs=10)


def test_batch_gradients_of_an_epoch_average_to_the_full_gradient_of_a_least_squares_problem() -> None:
    x = np.linspace(-2.0, 2.0, 1000)
    targets = 1.0 + 2.0 * x + np.random.default_rng(0).normal(size=1000)
    design = np.stack([np.ones(1000), x], axis=1)

    def gradient(weights: np.ndarray, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        return 2.0 * (design[rows] * (design[rows] @ weights - targets[rows])[:, None]).mean(axis=0)

    weights = np.array([-1.5, -0.5])
    sizes = [LESSON.size(step) for step in range(LESSON.n_batches)]
    epoch = [gradient(weights, LESSON.rows(step)) for step in range(LESSON.n_batches)]
    np.testing.assert_allclose(np.average(epoch, axis=0, weights=sizes), gradient(weights), rtol=1e-12)
    assert np.ptp(epoch, axis=0).min() > 0.5, "and each is another"
    replaced = Minibatches(1000, 64, replacement=True)
    drawn = np.array([gradient(weights, replaced.rows(16 * k)) for k in range(4000)])
    spread = drawn.std(axis=0) / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(axis=0) - gradient(weights)) < 4 * spread).all()


@pytest.mark.parametrize(
    ("n_rows", "batch_size", "words"), [(0, 1, "1 to"), (2**31 + 1, 1, "1 to"), (5, 0, "at least 1")]
)
def test_batches_that_cannot_be_drawn_are_refused(n_rows: int, batch_size: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Minibatches(n_rows, batch_size)
