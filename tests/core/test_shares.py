"""Final shares: against brute force, and the numbers of the double well."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gradsim.core.critical_points import find_critical_points
from gradsim.core.critical_points.extrema import isolated_extrema
from gradsim.core.percentages import percentages
from gradsim.core.run import CONVERGED, DIVERGED, LEFT_DOMAIN, RUNNING, Run
from gradsim.core.scene import Domain, FormulaSurface, OptimizerEntry, PointStarts, Scene, UniformStarts
from gradsim.core.shares import DOMAIN_SHARE, ending_radii, final_shares
from gradsim.core.simulate import simulate
from gradsim.core.surface import compile_surface

BOX = np.array([[-3.0, 3.0], [-2.0, 2.0]])


def ended_at(positions: np.ndarray, outcomes: np.ndarray | None = None) -> Run:
    """A run whose last positions (optimizers, particles, 2) are given, in the domain ±3 × ±2."""
    scene = Scene(
        surface=FormulaSurface(formula="x^2 + y^2"),
        domain=Domain(x=(-3.0, 3.0), y=(-2.0, 2.0)),
        starts=PointStarts(points=((0.0, 0.0),)),
    )
    records = np.stack([np.zeros_like(positions), positions], axis=1)
    if outcomes is None:
        outcomes = np.full(positions.shape[:2], RUNNING)
    return Run(
        scene=scene,
        labels=("a",) * len(positions),
        steps=np.array([0, 1]),
        positions=records,
        losses=np.zeros(records.shape[:3]),
        outcomes=outcomes.astype(np.uint8),
        evaluations=np.zeros((len(positions), 2)),
        particles=np.arange(records.shape[2]),
    )


@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(0, 5))
def test_counts_are_those_of_brute_force(seed: int, n_minima: int, n_others: int) -> None:
    rng = np.random.default_rng(seed)
    minima, others = rng.uniform(-2, 2, (n_minima, 2)), rng.uniform(-2, 2, (n_others, 2))
    near = minima[rng.integers(n_minima, size=(3, 40))] + rng.normal(scale=0.2, size=(3, 40, 2))
    outcomes = rng.choice([RUNNING, CONVERGED, DIVERGED, LEFT_DOMAIN], size=(3, 40))
    shares = final_shares(ended_at(near, outcomes), minima, others)
    expected = np.zeros((3, n_minima + 3), dtype=int)
    for optimizer in range(3):
        for position, outcome in zip(near[optimizer], outcomes[optimizer], strict=True):
            gaps = [np.hypot(*(position - minimum)) for minimum in minima]
            k = int(np.argmin(gaps))
            spacing = min(
                (np.hypot(*(minima[k] - point)) for j, point in enumerate([*minima, *others]) if j != k),
                default=np.inf,
            )
            if outcome == DIVERGED:
                expected[optimizer, -1] += 1
            elif gaps[k] <= min(spacing / 2, DOMAIN_SHARE * 4.0):
                expected[optimizer, k] += 1
            else:
                expected[optimizer, -2 if outcome == LEFT_DOMAIN else -3] += 1
    np.testing.assert_array_equal(shares.counts, expected)
    assert (shares.counts.sum(axis=1) == 40).all()


def test_a_minimum_reaches_half_way_to_the_next_critical_point_or_a_twentieth_of_the_domain() -> None:
    minima = np.array([[0.0, 0.0], [2.0, 0.0]])
    np.testing.assert_allclose(ending_radii(minima, np.array([[0.1, 0.0]]), BOX), [0.05, 0.2])
    np.testing.assert_allclose(ending_radii(minima[:1], np.empty((0, 2)), BOX), [0.2])


def test_without_a_minimum_all_are_elsewhere_or_gone() -> None:
    outcomes = np.array([[RUNNING, DIVERGED, LEFT_DOMAIN, CONVERGED]])
    shares = final_shares(ended_at(np.zeros((1, 4, 2)), outcomes), np.empty((0, 2)), np.empty((0, 2)))
    assert shares.counts.tolist() == [[2, 1, 1]]


def test_the_double_well_shares_of_the_lesson() -> None:
    """Row 20 of the lessons: uniform starts on ±2, η = 0.05: 51.9 % of gradient descent, 57.1 % of momentum 0.9."""
    scene = Scene(
        surface=FormulaSurface(formula="(x^2 - 1)^2 - 0.3*x"),
        domain=Domain(x=(-2.0, 2.0)),
        optimizers=(
            OptimizerEntry(name="gradient_descent", hyperparameters={"learning_rate": 0.05}),
            OptimizerEntry(name="momentum", hyperparameters={"learning_rate": 0.05, "momentum": 0.9}),
        ),
        starts=UniformStarts(n=20_000),
        steps=400,
    )
    surface = compile_surface(scene.surface)
    points = find_critical_points(surface, scene.domain)
    minima = [point.position for point in isolated_extrema(points, surface, scene.domain)]
    others = [point.position for point in points if point.kind != "minimum"]
    shares = final_shares(simulate(scene, record_every=400), np.array(minima), np.array(others))
    better = shares.minima[:, 0] / 20_000
    np.testing.assert_allclose(better, [0.519, 0.571], atol=0.01)  # three standard errors of 20,000 draws
    assert shares.minima.sum(axis=1).tolist() == [20_000, 20_000]


@given(arrays(np.int64, st.integers(1, 12), elements=st.integers(0, 10**6)), st.integers(0, 2))
def test_percentages_add_up_to_a_hundred_and_are_near_the_truth(counts: np.ndarray, decimals: int) -> None:
    result = percentages(counts, decimals=decimals)
    if counts.sum() == 0:
        assert not result.any()
        return
    assert result.sum() == pytest.approx(100, abs=1e-9)
    assert np.all(np.abs(result - 100 * counts / counts.sum()) < 10.0**-decimals)
    assert not result[counts == 0].any()


def test_thirds_are_rounded_to_a_hundred() -> None:
    assert percentages(np.array([1, 1, 1])).tolist() == [34, 33, 33]
