"""What PyTorch and optax themselves do: trajectories that tests/core/optimizers/make_references.py has recorded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradsim.resources import asset_path

LIBRARIES = ("pytorch", "optax", "centered")
"""Conventions that are named after a library, and one that is an option of PyTorch's RMSprop."""


@dataclass(frozen=True, eq=False)
class Reference:
    """One race of a library.

    Attributes:
        hyperparameters: all that it was given, under our names.
        path: float64 (STEPS + 1, 2): every position of the first steps.
        later: float64 (len(LATER), 2): positions at some steps beyond.
        spread: float64 (len(LATER),): how far the library had by then led away from itself where every gradient was
            taken one unit in the last place aside, relative as in ``agreement.errors``.
    """

    hyperparameters: dict[str, float]
    path: NDArray[np.float64]
    later: NDArray[np.float64]
    spread: NDArray[np.float64]


@cache
def references(convention: str) -> dict[str, Reference]:
    """Return the races of a library by ``optimizer/problem/variant``; none where ``convention`` is no library's."""
    found: dict[str, Reference] = {}
    for arrays, metadata in _files(convention):
        for key, used in metadata["hyperparameters"].items():
            found[key] = Reference(used, arrays[key], arrays[f"{key}/later"], arrays[f"{key}/spread"])
    return found


@cache
def recorded_with(convention: str) -> list[dict[str, Any]]:
    """Return what each file of a library says about itself: ``versions``, ``problems`` and ``hyperparameters``."""
    return [metadata for _, metadata in _files(convention)]


def _files(convention: str) -> list[tuple[dict[str, NDArray[np.float64]], dict[str, Any]]]:
    files = []
    for path in sorted(asset_path("references").glob(f"{convention}_*.npz")):
        with np.load(path) as stored:
            arrays = {name: stored[name] for name in stored.files}
        files.append((arrays, json.loads(str(arrays.pop("metadata")))))
    return files
