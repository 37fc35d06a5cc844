"""Makes the files in ``references``: what the libraries do, in float64 on the CPU.

They are named after the convention, and after the area of optimizers that a module ``libraries_<area>`` knows how to
make: ``pytorch_<area>.npz``. With areas as arguments, only their files are made.

Needs torch, jax and optax, and neither gradsim nor its environment; the tests need none of them:

    python -m venv libraries && libraries/bin/pip install torch==2.13.0 jax==0.10.2 optax==0.2.8
    libraries/bin/python tests/core/optimizers/make_references.py

Gradients come from the libraries' own automatic differentiation, defaults from their signatures. Each array is named
``optimizer/problem/variant`` and holds the positions (steps + 1, 2) float64; ``metadata`` is JSON with versions, the
problems, and every hyperparameter used.
"""

from __future__ import annotations

import importlib
import json
import platform
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import jax
import numpy as np
import optax
import torch
from problems import PROBLEMS, STEPS, VARIANTS, Problem, hyperparameters

jax.config.update("jax_enable_x64", True)
torch.set_default_dtype(torch.float64)  # else ASGD would keep its learning rate in float32
FOLDER = Path(__file__).parent / "references"
AREAS = sorted(file.stem.partition("_")[2] for file in Path(__file__).parent.glob("libraries_*.py"))
VERSIONS = {
    "python": platform.python_version(),
    "numpy": np.__version__,
    "torch": torch.__version__,
    "optax": optax.__version__,
    "jax": jax.__version__,
}


def pytorch_path(make: Callable[..., Any], h: Mapping[str, float], problem: Problem) -> np.ndarray:
    point = torch.tensor(problem.start, dtype=torch.float64, requires_grad=True)
    optimizer = make(h, [point])
    path = [point.detach().numpy().copy()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        problem.value(point[0], point[1]).backward()
        optimizer.step()
        path.append(point.detach().numpy().copy())
    return np.array(path)


def optax_path(
    make: Callable[..., Any], h: Mapping[str, float], problem: Problem, shown: Callable[..., Any] | None = None
) -> np.ndarray:
    """``shown`` gives the place to use from the state and that where gradients are taken, if they differ."""
    optimizer = optax.with_extra_args_support(make(h))
    point = jax.numpy.array(problem.start, dtype=jax.numpy.float64)
    state = optimizer.init(point)

    def loss(p: jax.Array) -> jax.Array:
        return problem.value(p[0], p[1])

    @jax.jit
    def update(point: jax.Array, state: optax.OptState) -> tuple[jax.Array, optax.OptState]:
        updates, state = optimizer.update(jax.grad(loss)(point), state, point, obj_fn=loss)
        return optax.apply_updates(point, updates), state

    path = [np.array(point)]
    for _ in range(STEPS):
        point, state = update(point, state)
        path.append(np.array(shown(state, point) if shown else point))
    return np.array(path)


def save(convention: str, area: str, module: ModuleType) -> None:
    """Race every optimizer of a table of ``module`` on every problem, and write its file."""
    arrays, used = {}, {}
    for name, (own, make) in getattr(module, convention.upper()).items():
        for problem_name, problem in PROBLEMS.items():
            for variant in VARIANTS:
                h = hyperparameters(name, convention, own, problem, variant)
                key = f"{name}/{problem_name}/{variant}"
                used[key] = h
                if convention == "optax":
                    arrays[key] = optax_path(make, h, problem, getattr(module, "SHOWN", {}).get(name))
                else:
                    arrays[key] = pytorch_path(make, h, problem)
    metadata = {
        "versions": VERSIONS,
        "problems": {name: {"formula": p.formula, "start": p.start} for name, p in PROBLEMS.items()},
        "hyperparameters": used,
    }
    np.savez_compressed(FOLDER / f"{convention}_{area}.npz", metadata=json.dumps(metadata), **arrays)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for area in sys.argv[1:] or AREAS:
        module = importlib.import_module(f"libraries_{area}")
        for convention in ("pytorch", "optax", "centered"):
            if getattr(module, convention.upper(), None):
                save(convention, area, module)
