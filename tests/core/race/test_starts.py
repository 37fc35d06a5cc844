"""Starts: where they lie, in which order, and that a seed fixes them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from gradsim.core.race.starts import (
    PIECE,
    STREAM,
    WORTH_A_THREAD,
    count_particles,
    place_particles,
    start_positions,
)
from gradsim.core.scene import (
    Domain,
    GaussianStarts,
    GridStarts,
    LineStarts,
    PointStarts,
    RingStarts,
    Starts,
    UniformStarts,
)

LINE = Domain(x=(-1.0, 3.0))
PLANE = Domain(x=(-1.0, 3.0), y=(10.0, 20.0))

EVERY_KIND: list[tuple[Starts, Domain, int]] = [
    (PointStarts(points=((1.0,), (2.0,))), LINE, 2),
    (PointStarts(points=((1.0, 5.0),)), PLANE, 1),
    (GridStarts(n=(4,)), LINE, 4),
    (GridStarts(n=(4, 3)), PLANE, 12),
    (RingStarts(center=(0.0, 1.0), radius=2.0, n=7), PLANE, 7),
    (LineStarts(start=(0.0,), end=(1.0,), n=5), LINE, 5),
    (LineStarts(start=(0.0, 0.0), end=(1.0, 2.0), n=5), PLANE, 5),
    (GaussianStarts(center=(0.0,), std=1.0, n=9), LINE, 9),
    (GaussianStarts(center=(0.0, 1.0), std=1.0, n=9), PLANE, 9),
    (UniformStarts(n=11), LINE, 11),
    (UniformStarts(n=11), PLANE, 11),
]


@pytest.mark.parametrize(("starts", "domain", "n_particles"), EVERY_KIND)
def test_every_kind_gives_a_float64_row_for_each_particle(starts: Starts, domain: Domain, n_particles: int) -> None:
    positions = place_particles(starts, domain, 0)
    assert positions.shape == (n_particles, domain.dimension)
    assert count_particles(starts) == n_particles
    assert positions.dtype == np.float64
    assert np.isfinite(positions).all()


@pytest.mark.parametrize(("starts", "domain", "n_particles"), EVERY_KIND)
def test_same_seed_gives_the_same_positions(starts: Starts, domain: Domain, n_particles: int) -> None:
    np.testing.assert_array_equal(place_particles(starts, domain, 5), place_particles(starts, domain, 5))


@pytest.mark.parametrize("n", [PIECE - 1, 2 * PIECE + 7, 3 * WORTH_A_THREAD + 1])
def test_a_cloud_is_drawn_alike_by_any_number_of_threads_and_in_pieces(n: int) -> None:
    reference = np.random.default_rng([STREAM, 5]).random((n, 2)) * [4.0, 10.0] + [-1.0, 10.0]
    for n_threads in (1, 2, 3):
        drawn = place_particles(UniformStarts(n=n), PLANE, 5, n_threads=n_threads)
        np.testing.assert_array_equal(drawn, reference)
    reference = np.random.default_rng([STREAM, 5]).standard_normal((n, 2)) * 0.5 + [1.0, 2.0]
    np.testing.assert_array_equal(place_particles(GaussianStarts(center=(1.0, 2.0), std=0.5, n=n), PLANE, 5), reference)


@pytest.mark.parametrize("starts", [GaussianStarts(center=(0.0, 0.0), std=1.0, n=50), UniformStarts(n=50)])
def test_another_seed_gives_other_positions(starts: Starts) -> None:
    for seed in (1, 2**63 - 1):
        assert not np.isin(place_particles(starts, PLANE, 0), place_particles(starts, PLANE, seed)).any()


@pytest.mark.parametrize(
    ("few", "many"),
    [
        (GaussianStarts(center=(0.0, 0.0), std=1.0, n=50), GaussianStarts(center=(0.0, 0.0), std=1.0, n=80)),
        (UniformStarts(n=50), UniformStarts(n=80)),
    ],
)
def test_more_particles_leave_the_first_where_they_were(few: Starts, many: Starts) -> None:
    np.testing.assert_array_equal(place_particles(many, PLANE, 3)[:50], place_particles(few, PLANE, 3))


def test_grid_includes_the_corners_and_runs_row_by_row() -> None:
    positions = place_particles(GridStarts(n=(3, 2)), PLANE, 0)
    np.testing.assert_array_equal(positions, [[-1, 10], [1, 10], [3, 10], [-1, 20], [1, 20], [3, 20]])


def test_grid_with_one_point_along_an_axis_stands_in_the_middle() -> None:
    np.testing.assert_array_equal(place_particles(GridStarts(n=(1, 2)), PLANE, 0), [[1, 10], [1, 20]])


def test_boxes_replace_the_domain() -> None:
    box = ((5.0, 6.0), (-2.0, -1.0))
    grid = place_particles(GridStarts(n=(2, 2), box=box), PLANE, 0)
    np.testing.assert_array_equal(grid, [[5, -2], [6, -2], [5, -1], [6, -1]])
    cloud = place_particles(UniformStarts(n=1000, box=box), PLANE, 0)
    np.testing.assert_array_equal(np.floor(cloud), np.broadcast_to([5, -2], (1000, 2)))


def test_ring_is_even_and_begins_at_the_greatest_x() -> None:
    positions = place_particles(RingStarts(center=(1.0, 2.0), radius=3.0, n=4), PLANE, 0)
    np.testing.assert_allclose(positions, [[4, 2], [1, 5], [-2, 2], [1, -1]], atol=1e-15)


def test_line_includes_both_ends_exactly() -> None:
    positions = place_particles(LineStarts(start=(0.1, 0.7), end=(0.3, -0.9), n=3), PLANE, 0)
    np.testing.assert_array_equal(positions[[0, -1]], [[0.1, 0.7], [0.3, -0.9]])
    np.testing.assert_allclose(positions[1], [0.2, -0.1], atol=1e-15)


def test_gaussian_has_its_mean_and_standard_deviation() -> None:
    positions = place_particles(GaussianStarts(center=(1.0, -2.0), std=0.5, n=100_000), PLANE, 0)
    np.testing.assert_allclose(positions.mean(axis=0), [1, -2], atol=0.01)
    np.testing.assert_allclose(positions.std(axis=0), 0.5, rtol=0.01)
    assert abs(np.corrcoef(positions.T)[0, 1]) < 0.01


def test_uniform_fills_the_domain_and_stays_inside() -> None:
    positions = place_particles(UniformStarts(n=100_000), PLANE, 0)
    np.testing.assert_allclose(positions.min(axis=0), [-1, 10], atol=0.01)
    np.testing.assert_allclose(positions.max(axis=0), [3, 20], atol=0.01)
    assert ((positions >= [-1, 10]) & (positions <= [3, 20])).all()
    np.testing.assert_allclose(positions.mean(axis=0), [1, 15], atol=0.05)


@pytest.mark.parametrize(("starts", "domain", "n_particles"), EVERY_KIND)
def test_the_starts_of_the_last_race_are_handed_out_again(starts: Starts, domain: Domain, n_particles: int) -> None:
    first = start_positions(starts, domain, 5)
    assert start_positions(starts, domain, 5) is first
    np.testing.assert_array_equal(first, place_particles(starts, domain, 5))
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 0.0
    for other in (start_positions(starts, domain, 6), start_positions(GridStarts(n=(3, 3)), PLANE, 5)):
        np.testing.assert_array_equal(first, place_particles(starts, domain, 5))
        assert isinstance(starts, PointStarts) or other is not first


@pytest.mark.parametrize("zeros", [(0.0, -0.0), (-0.0, 0.0)])
@pytest.mark.parametrize(
    "starts_at",
    [
        lambda x: PointStarts(points=((x, 1.0),)),
        lambda x: GaussianStarts(center=(x, 1.0), std=0.0, n=1),
        lambda x: GridStarts(n=(2, 2), box=((x, 1.0), (0.0, 1.0))),
    ],
)
def test_starts_that_are_kept_are_told_from_others_by_the_sign_of_a_zero(
    zeros: tuple[float, float], starts_at: Callable[[float], Starts]
) -> None:
    for zero in zeros:
        starts = starts_at(zero)
        expected = np.signbit(place_particles(starts, PLANE, 0))
        np.testing.assert_array_equal(np.signbit(start_positions(starts, PLANE, 0)), expected)
