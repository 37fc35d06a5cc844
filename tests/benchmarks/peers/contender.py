"""What a contender is: something that makes a race ready, which can then be run and timed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradsim.core.race.starts import start_positions
from gradsim.core.scene import Domain, UniformStarts
from tests.benchmarks.peers.problems import DOMAIN, Method, Surface

SEED = 0

Race = Callable[[], Any]


@dataclass(frozen=True)
class Task:
    """A race: every contender makes ``n_steps`` updates of ``n_particles`` in float64.

    ``recorded`` asks for positions and losses of every step, the start included; else the last positions are enough.
    """

    surface: Surface
    method: Method
    n_particles: int
    n_steps: int
    recorded: bool

    def starts(self) -> NDArray[np.float64]:
        """Where the particles begin, float64 (2, particles), C-contiguous: the cloud that gradsim's scene has."""
        domain = Domain(x=DOMAIN[0], y=DOMAIN[1])
        return np.ascontiguousarray(start_positions(UniformStarts(n=self.n_particles), domain, SEED).T)


def as_records(positions: Any, losses: Any) -> tuple[Any, Any, Any, Any]:
    """Take positions (steps + 1, 2, particles) and losses (steps + 1, particles) apart, without copying.

    Return those before the last step, then the last. JAX gets them so, and would have to copy all to join them.
    """
    return positions[:-1], losses[:-1], positions[-1], losses[-1]


@dataclass(frozen=True)
class Contender:
    """One column of the table.

    Attributes:
        name: heads the column.
        prepare: makes a task ready and returns the race. A race begins anew from the starts whenever it is called, and
            returns the last positions (2, particles) or, recorded, what ``as_records`` says; NumPy can read either.
        slow: whether it makes fewer steps than gradsim, lest a table take hours; rates are per step anyway.
        n_cores: how many it may use.
    """

    name: str
    prepare: Callable[[Task], Race]
    slow: bool = False
    n_cores: int = 1
