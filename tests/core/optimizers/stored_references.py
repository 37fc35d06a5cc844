"""Reads what ``make_references.py`` has recorded of a library: every file of a convention together."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "references"


@dataclass(frozen=True, eq=False)
class References:
    """Positions (steps + 1, 2) and hyperparameters by ``optimizer/problem/variant``, and the metadata of each file."""

    paths: dict[str, np.ndarray]
    hyperparameters: dict[str, dict[str, float]]
    metadata: list[dict]


@cache
def stored_references(library: str) -> References:
    paths: dict[str, np.ndarray] = {}
    used: dict[str, dict[str, float]] = {}
    metadata = []
    for file in sorted(FOLDER.glob(f"{library}_*.npz")):
        with np.load(file) as arrays:
            metadata.append(json.loads(str(arrays["metadata"])))
            new = {key: arrays[key] for key in arrays.files if key != "metadata"}
        assert set(new) == set(metadata[-1]["hyperparameters"])
        assert not set(new) & set(paths), f"{file.name} records again what another file does"
        paths |= new
        used |= metadata[-1]["hyperparameters"]
    return References(paths, used, metadata)
