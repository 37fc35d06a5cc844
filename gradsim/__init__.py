"""gradsim: see how gradient-based optimizers move on a loss surface.

Importing this package loads nothing heavy: every name is fetched from its module when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "load_scene": "gradsim.core.scene_file",
    "save_scene": "gradsim.core.scene_file",
    "Scene": "gradsim.core.scene",
    "compile_surface": "gradsim.core.surface",
    "Surface": "gradsim.core.surface",
    "simulate": "gradsim.core.simulate",
    "Run": "gradsim.core.run",
    "find_critical_points": "gradsim.core.critical_points",
    "CriticalPoint": "gradsim.core.critical_points",
    "write_code": "gradsim.core.scripts",
    "OPTIMIZERS": "gradsim.core.optimizers",
    "GradsimError": "gradsim.core.errors",
    "SceneError": "gradsim.core.errors",
    "FormulaError": "gradsim.core.errors",
    "SimulationError": "gradsim.core.errors",
    "ExportError": "gradsim.core.errors",
}
__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'gradsim' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
