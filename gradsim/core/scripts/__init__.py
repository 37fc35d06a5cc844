"""A race as a program for plain NumPy, PyTorch or optax that prints the same digits, to be read and handed on.

Nothing of a user's gets into a program but numbers, string literals, comments, and the names of parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gradsim.core.checks import check_scene
from gradsim.core.errors import GradsimError, did_you_mean, shown
from gradsim.core.scene import Scene
from gradsim.core.scripts.numpy_script import write_numpy
from gradsim.core.scripts.optax_script import write_optax
from gradsim.core.scripts.torch_script import write_torch

SCRIPTS: Mapping[str, Callable[[Scene], str]] = MappingProxyType(
    {"numpy": write_numpy, "pytorch": write_torch, "optax": write_optax}
)


def write_code(scene: Scene, library: str) -> str:
    """Return a program that races ``scene`` with ``library``, one of ``SCRIPTS``, and prints where particles end.

    Raises SceneError for a scene that cannot be raced, and GradsimError for a library that is not known, a race without
    optimizers, or more points to start from than a program should hold.
    """
    if library not in SCRIPTS:
        raise GradsimError(f"no code is written for {shown(library)}{did_you_mean(library, SCRIPTS)}")
    check_scene(scene)
    if not scene.racing:
        raise GradsimError("no optimizer is switched on, so there is no race to write as code; switch one on")
    return SCRIPTS[library](scene)
