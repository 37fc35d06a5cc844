"""Distances to the nearest place, against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradsim.core.distances import BLOCK, nearest_distances, nearest_places


def brute_force(positions: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Every distance from every position, float64 (..., n)."""
    return np.linalg.norm(positions[..., None, :] - places, axis=-1)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 2**32), st.integers(1, 3), st.integers(1, 9), st.sampled_from([1, 7, BLOCK, BLOCK + 1, 3 * BLOCK])
)
def test_distances_are_those_of_brute_force(seed: int, dimension: int, n_places: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    positions = rng.normal(size=(2, n, dimension)) * 10.0 ** rng.integers(-6, 6)
    places = rng.normal(size=(n_places, dimension))
    expected = brute_force(positions, places)
    np.testing.assert_allclose(nearest_distances(positions, places), expected.min(axis=-1), rtol=1e-14)
    nearest, distances = nearest_places(positions, places)
    np.testing.assert_allclose(distances, expected.min(axis=-1), rtol=1e-14)
    np.testing.assert_allclose(np.take_along_axis(expected, nearest[..., None], -1)[..., 0], distances, rtol=1e-14)


def test_a_place_itself_is_at_distance_zero_and_the_first_of_equals_is_taken() -> None:
    places = np.array([[1.0, 2.0], [3.0, 2.0]])
    nearest, distances = nearest_places(np.array([[1.0, 2.0], [2.0, 2.0]]), places)
    assert nearest.tolist() == [0, 0]
    assert distances.tolist() == [0.0, 1.0]


def test_a_distance_beyond_all_numbers_is_infinite() -> None:
    assert nearest_distances(np.array([[1e200, -1e200]]), np.zeros((1, 2))).tolist() == [np.inf]


def test_views_are_measured_as_well() -> None:
    positions = np.arange(48.0).reshape(2, 4, 3, 2)
    places = np.array([[5.0, 5.0]])
    chosen = positions[:, ::2]
    np.testing.assert_allclose(nearest_distances(chosen, places), brute_force(chosen, places)[..., 0])


def test_no_place_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one place"):
        nearest_distances(np.zeros((3, 2)), np.empty((0, 2)))
