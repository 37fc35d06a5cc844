"""What a rule sees as the gradient: that of the surface, or what stands for it, on its way from the one to the other.

Everything here happens between the surface and the rule, so that every method can be tried with it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from gradsim.core.compiled import inlined
from gradsim.core.formula.tape_layout import MATRIX, VECTOR
from gradsim.core.race.noise import add_noise


class GradientOptions(NamedTuple):
    """How the gradient of one optimizer is made, in this order.

    Attributes:
        sign: 1 to minimise, −1 to maximise: f and all its derivatives are multiplied by it.
        sequence: float64 (n, D), given gradients that take the place of the surface's, one update after the other and
            again from the first; (0, D) for none.
        noise_std, seed: standard deviation of Gaussian noise in every coordinate, and what it is drawn from.
        accumulates: whether the gradients of all updates so far are summed.
        clip_value: the largest magnitude of a coordinate; inf for any.
        clip_norm: the largest Euclidean norm; inf for any.
        weight_decays: float64 (particles,), λ of the term λx that is added at the end; (1,) where all share it, (0,)
        where it is 0 for all.
        numbers: int64 (particles,), those of the particles in the scene, by which noise is drawn.
    """

    sign: float
    sequence: NDArray[np.float64]
    noise_std: float
    seed: int
    accumulates: bool
    clip_value: float
    clip_norm: float
    weight_decays: NDArray[np.float64]
    numbers: NDArray[np.int64]


OPTIONS_TYPE = types.NamedTuple(
    (
        types.float64,
        MATRIX,
        types.float64,
        types.int64,
        types.boolean,
        types.float64,
        types.float64,
        VECTOR,
        types.int64[::1],
    ),
    GradientOptions,
)


@inlined
def leaves_gradient(options):  # type: ignore[no-untyped-def]
    """Whether ``make_gradient`` would change nothing."""
    changes_surface = options.sign < 0.0 or options.sequence.shape[0] > 0 or options.noise_std > 0.0
    clips = options.clip_value < math.inf or options.clip_norm < math.inf
    return not (changes_surface or options.accumulates or clips or options.weight_decays.shape[0] > 0)


@inlined
def make_gradient(options, rows, n_dimensions, n_outputs, n, state, first_particle, t):  # type: ignore[no-untyped-def]
    """Turn the surface's outputs in ``rows`` into what the rule sees.

    Args:
        rows: coordinates of the place, f, ∇f, and further derivatives: ``n_outputs`` behind the coordinates.
        state: its last D rows are the sum of the gradients, where they accumulate.
        first_particle: place of the block's first particle.
        t: number of this update, counted from 0.
    """
    first = n_dimensions + 1
    if options.sign < 0.0:
        for k in range(n_dimensions, n_dimensions + n_outputs):
            for i in range(n):
                rows[k, i] = -rows[k, i]
    if options.sequence.shape[0] > 0:
        place = t % options.sequence.shape[0]
        for k in range(n_dimensions):
            given = options.sequence[place, k]
            for i in range(n):
                rows[first + k, i] = given
    if options.noise_std > 0.0:
        add_noise(rows, first, n_dimensions, n, options.noise_std, options.seed, options.numbers, first_particle, t)
    if options.accumulates:
        sums = state.shape[0] - n_dimensions
        for k in range(n_dimensions):
            for i in range(n):
                state[sums + k, i] += rows[first + k, i]
                rows[first + k, i] = state[sums + k, i]
    if options.clip_value < math.inf:
        limit = options.clip_value
        for k in range(first, first + n_dimensions):
            for i in range(n):
                g = rows[k, i]
                g = limit if g > limit else g
                rows[k, i] = -limit if g < -limit else g
    if options.clip_norm < math.inf:
        _clip_norm(rows, first, n_dimensions, n, options.clip_norm)
    _decay_weights(rows, first, n_dimensions, n, options.weight_decays, first_particle)


@inlined
def _clip_norm(rows, first, n_dimensions, n, limit):  # type: ignore[no-untyped-def]
    """Shorten gradients that are longer than ``limit``: Pascanu, Mikolov & Bengio 2013, algorithm 1."""
    for i in range(n):
        norm = abs(rows[first, i])
        for k in range(first + 1, first + n_dimensions):
            norm = math.hypot(norm, rows[k, i])
        if norm > limit:
            for k in range(first, first + n_dimensions):
                rows[k, i] *= limit / norm


@inlined
def _decay_weights(rows, first, n_dimensions, n, weight_decays, first_particle):  # type: ignore[no-untyped-def]
    """Add λx to the gradient of particles whose λ is not 0."""
    if weight_decays.shape[0] == 1:
        shared = weight_decays[0]
        for k in range(n_dimensions):
            for i in range(n):
                rows[first + k, i] += shared * rows[k, i]
    elif weight_decays.shape[0] > 1:
        for k in range(n_dimensions):
            for i in range(n):
                own, g = weight_decays[first_particle + i], rows[first + k, i]
                decayed = g + own * rows[k, i]
                rows[first + k, i] = decayed if own > 0.0 else g
