"""Gaussian noise from a counter: the same for every optimizer of a race, in whatever order particles are computed.

A draw depends on (seed, particle, step, axis) alone, so that a comparison between optimizers is fair and a run is
reproducible on any number of threads. The bits come from SplitMix64's finaliser (Steele, Lea and Flood 2014) applied
twice, the normal deviate from Box and Muller (1958).
"""

from __future__ import annotations

import math

import numpy as np

from gradsim.core.compiled import inlined
from gradsim.core.formula.trigonometry import cos
from gradsim.core.formula.vector_math import log

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1, MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
S30, S27, S31, S11, S32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11), np.uint64(32)
TO_UNIT = 2.0**-53


@inlined
def mix(z):  # type: ignore[no-untyped-def]
    """The 64 bits of ``z`` stirred, one to one."""
    z = (z ^ (z >> S30)) * MIX_1
    z = (z ^ (z >> S27)) * MIX_2
    return z ^ (z >> S31)


@inlined
def add_noise(rows, first_row, n_dimensions, n, std, seed, numbers, first_particle, step):  # type: ignore[no-untyped-def]
    """Add ``std`` times a standard normal deviate to rows ``first_row`` … of the first ``n`` particles of a block.

    The block begins with the particle at place ``first_particle`` of ``numbers``, which say who draws.
    """
    for axis in range(n_dimensions):
        row = rows[first_row + axis]
        stream = mix(np.uint64(seed) + GOLDEN * np.uint64(2 * step + 1)) ^ mix(np.uint64(axis + 1) * GOLDEN)
        for i in range(n):
            a = mix(stream + GOLDEN * np.uint64(2 * numbers[first_particle + i] + 1))
            b = mix(a + GOLDEN)
            u = (np.float64(np.int64(a >> S11)) + 0.5) * TO_UNIT
            v = np.float64(np.int64(b >> S11)) * TO_UNIT
            row[i] += std * math.sqrt(-2.0 * log(u)) * cos(2.0 * math.pi * v)
