"""Runs programs that a race was written as, and reads what they print."""

from __future__ import annotations

import contextlib
import io
import re
from typing import Any

import numpy as np

import gradsim
from gradsim.core.scene import Scene

_NUMBER = re.compile(r"\w = ([^ ,]+)")


def names_of(program: str) -> dict[str, Any]:
    """What a program leaves behind when it has run."""
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(program, "program", "exec"), names)  # as a user would run it: the text is the program's own
    return names


def printed_by(program: str) -> str:
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        exec(compile(program, "program", "exec"), {})
    return text.getvalue()


def ends_printed(text: str, scene: Scene) -> np.ndarray:
    """Where particles end and the loss there, float64 (optimizers, particles, D + 1), for up to five particles."""
    rows = [[float(number) for number in _NUMBER.findall(line)] for line in text.splitlines() if "    " in line]
    return np.array(rows).reshape(len(scene.racing), -1, scene.domain.dimension + 1)


def ends_simulated(scene: Scene) -> np.ndarray:
    """The same of the engine."""
    run = gradsim.simulate(scene)
    return np.concatenate((run.positions[:, -1], run.losses[:, -1, :, None]), axis=-1)


def assert_same_digits(scene: Scene, tolerance: float = 0.0) -> None:
    """The NumPy program of ``scene`` ends where the engine does, to the last bit or to a relative ``tolerance``."""
    ours, theirs = ends_printed(printed_by(gradsim.write_code(scene, "numpy")), scene), ends_simulated(scene)
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)
