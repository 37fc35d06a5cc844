"""A small scene, and what the tests of the command line share."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

PATIENCE_S = 600
"""How long a test waits for what has to come: kernels are compiled for minutes where a machine is slow or busy."""

CommandLine = Callable[..., "subprocess.CompletedProcess[str]"]

BOWL = """{"schema": 1, "title": "Bowl",
 "surface": {"kind": "formula", "formula": "x^2 + 3*y^2"}, "domain": {"x": [-2, 2], "y": [-2, 2]},
 "optimizers": [{"name": "gradient_descent", "hyperparameters": {"learning_rate": 0.1}, "label": "Downhill"},
                {"name": "adam"}],
 "starts": {"kind": "points", "points": [[1.5, 1.0], [-1.0, 0.5]]}, "steps": 20}
"""


def without_display() -> dict[str, str]:
    """The environment of this process, less everything that leads to a display."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {name: value for name, value in os.environ.items() if name not in hidden} | {"PYTHONIOENCODING": "utf-8"}


def assert_one_line(text: str) -> None:
    """One line that a person can read, with no traceback and no control characters."""
    assert text.startswith("gradsim: ")
    assert text.count("\n") == 1
    assert text.endswith("\n")
    assert text[:-1].isprintable()
