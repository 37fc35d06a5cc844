"""Which rows of the data make the mini-batch of an update, known for any update without those before it.

An epoch goes through all rows once, in an order of its own, and is cut into batches; the last one is kept however few
rows are left: 1000 rows at a batch size of 64 are 15 batches of 64 and one of 40. With replacement every row of a batch
is drawn from all, and batches are as many and as large. As with noise, a draw depends on (seed, particle, step) alone:
every optimizer of a race sees the same batches, a run can be taken up again at any step, and every particle of a cloud
has batches of its own, so that the cloud shows how far chance drives them apart.

The order is a Feistel network over rows written as (left, right) in a grid a little larger than their number, whose
few empty places are walked past: Black and Rogaway 2002, Ciphers with arbitrary finite domains, sections 3 and 5. The
left digits are even in number, since with two odd numbers only even permutations were reached.

A surface that is made of data draws first and gathers then, which is faster: its kernel calls ``draw_batch`` for every
particle of a block with the seed, the particle's number and the update, all of which ``make_gradient`` is given too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import types
from numpy.typing import NDArray

from gradsim.core.compiled import inlined, kernel
from gradsim.core.race.noise import GOLDEN, S11, S32, TO_UNIT, mix

Rows = NDArray[np.int64]

ORDERED, REPLACED = np.uint64(0x65706F6368), np.uint64(0x7265706C616365)  # so that no draw is shared, nor with noise
LOW = np.uint64(0xFFFFFFFF)
FEWEST_ROUNDS = 8
MORE_ROUNDS = 96
"""Of small grids, by their width: their rounds have little to choose from. With as many, the orders of 2 to 7 rows are
within 2e-4 of evenly likely, in total variation, if the rounds are ideal; with 8 they would be within 0.16."""


@inlined
def _stream(purpose, seed, particle, count):  # type: ignore[no-untyped-def]
    key = mix(purpose + GOLDEN * np.uint64(seed))
    key = mix(key + GOLDEN * np.uint64(count + 1))
    return mix(key + GOLDEN * np.uint64(particle + 1))


@inlined
def _below(bits, n):  # type: ignore[no-untyped-def]
    """A number from 0 to n - 1 out of 64 random bits; n is small against 2**32."""
    return ((bits >> S32) * n) >> S32


@inlined
def _permute(cells, size, n_left, n_right, n_rounds, key):  # type: ignore[no-untyped-def]
    """Send every cell, left · n_right + right, to another one, no two to the same."""
    # Rounds outside, cells inside, and no integer division: so all of it vectorises, and a row takes 5 ns, not 99.
    for i in range(size):
        quotient = np.int64(np.float64(cells[i]) / np.float64(n_right))
        cells[i] = (quotient << 32) | (cells[i] - quotient * n_right)
    for k in range(n_rounds):
        to_left, to_right = key + GOLDEN * np.uint64(2 * k + 1), key + GOLDEN * np.uint64(2 * k + 2)
        for i in range(size):
            left, right = np.uint64(cells[i]) >> S32, np.uint64(cells[i]) & LOW
            left += _below(mix(to_left + right), np.uint64(n_left))
            left -= np.uint64(n_left) if left >= np.uint64(n_left) else np.uint64(0)
            right += _below(mix(to_right + left), np.uint64(n_right))
            right -= np.uint64(n_right) if right >= np.uint64(n_right) else np.uint64(0)
            cells[i] = np.int64((left << S32) | right)
    for i in range(size):
        cells[i] = (cells[i] >> 32) * n_right + (cells[i] & np.int64(LOW))


@inlined
def draw_batch(rows, n_rows, batch_size, replacement, seed, particle, step):  # type: ignore[no-untyped-def]
    """Write into ``rows``, int64 (min(batch_size, n_rows) or more,), the batch of update ``step``, counted from 0.

    Returns how many rows it has.
    """
    n_batches = (n_rows + batch_size - 1) // batch_size
    first = step % n_batches * batch_size
    size = min(batch_size, n_rows - first)
    if replacement:
        key = _stream(REPLACED, seed, particle, step)
        for i in range(size):
            bits = mix(key + GOLDEN * np.uint64(i + 1))
            rows[i] = np.int64(np.float64(np.int64(bits >> S11)) * TO_UNIT * n_rows)
        return size
    n_left = np.int64(math.ceil(math.sqrt(n_rows)))
    n_left += n_left % 2
    n_right = (n_rows + n_left - 1) // n_left
    n_rounds = (FEWEST_ROUNDS + MORE_ROUNDS // n_left) // 2  # of two halves each
    key = _stream(ORDERED, seed, particle, step // n_batches)
    for i in range(size):
        rows[i] = first + i
    _permute(rows, size, n_left, n_right, n_rounds, key)
    for i in range(size):
        while rows[i] >= n_rows:
            _permute(rows[i : i + 1], 1, n_left, n_right, n_rounds, key)
    return size


@kernel(types.int64(types.int64[::1], *[types.int64] * 2, types.boolean, *[types.int64] * 3))
def _draw_batch(rows, n_rows, batch_size, replacement, seed, particle, step):  # type: ignore[no-untyped-def]
    return draw_batch(rows, n_rows, batch_size, replacement, seed, particle, step)


@dataclass(frozen=True)
class Minibatches:
    """The mini-batches of a race.

    Attributes:
        n_rows: of the data, 1 to 2**31.
        batch_size: rows in a batch, at least 1; more than there are is all of them.
        replacement: whether rows may come again before all have been seen.
        seed: of the scene.

    Raises ValueError for numbers outside these ranges.
    """

    n_rows: int
    batch_size: int
    replacement: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.n_rows <= 2**31:
            raise ValueError(f"mini-batches need 1 to 2**31 rows of data, got {self.n_rows:,}")
        if not self.batch_size >= 1:
            raise ValueError(f"a mini-batch needs at least 1 row, got {self.batch_size:,}")

    @property
    def n_batches(self) -> int:
        """Batches in an epoch, a smaller last one included."""
        return -(-self.n_rows // self.batch_size)

    def epoch(self, step: int) -> int:
        """The epoch of update ``step``, both counted from 0: what schedules count whose unit is "epoch"."""
        return step // self.n_batches

    def size(self, step: int) -> int:
        """How many rows update ``step`` sees."""
        return min(self.batch_size, self.n_rows - step % self.n_batches * self.batch_size)

    def rows(self, step: int, particle: int = 0) -> Rows:
        """The numbers of the rows that update ``step`` of ``particle`` sees, int64 (``size(step)``,)."""
        rows = np.empty(self.size(step), dtype=np.int64)
        _draw_batch(rows, self.n_rows, min(self.batch_size, self.n_rows), self.replacement, self.seed, particle, step)
        return rows
