"""Makes the files in ``assets/references``: what the libraries do, in float64 on the CPU.

They are named after the convention, and after the area of optimizers that a module ``libraries_<area>`` knows how to
make: ``pytorch_<area>.npz``. With areas as arguments, only their files are made.

Needs torch, jax and optax, and of gradsim only the list of problems; those who check against the files need none of
them:

    python -m venv libraries && libraries/bin/pip install torch==2.15.0 jax==0.10.2 optax==0.2.8
    PYTHONPATH=. libraries/bin/python tests/core/optimizers/make_references.py

Gradients come from the libraries' own automatic differentiation, defaults from their signatures. Arrays are named
``optimizer/problem/variant``, and hold what ``gradsim.core.conformance.references`` says; ``metadata`` is JSON with
versions, the problems, and every hyperparameter used.
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

from gradsim.core.conformance.agreement import errors
from gradsim.core.conformance.problems import CASES, LATER, PROBLEMS, STEPS, Problem, hyperparameters

jax.config.update("jax_enable_x64", True)
torch.set_default_dtype(torch.float64)  # else ASGD would keep its learning rate in float32
FOLDER = Path(__file__).parents[3] / "assets" / "references"
AREAS = sorted(file.stem.partition("_")[2] for file in Path(__file__).parent.glob("libraries_*.py"))
VERSIONS = {
    "python": platform.python_version(),
    "numpy": np.__version__,
    "torch": torch.__version__,
    "optax": optax.__version__,
    "jax": jax.__version__,
}


Race = Callable[[np.ndarray], np.ndarray]
"""Gives all positions, (steps + 1, 2); the place at which a step takes its gradient is multiplied by (steps, 2)."""

N_SHAKEN = 12


def pytorch_race(make: Callable[..., Any], h: Mapping[str, float], problem: Problem) -> Race:
    def race(shakes: np.ndarray) -> np.ndarray:
        point = torch.tensor(problem.start, dtype=torch.float64, requires_grad=True)
        optimizer = make(h, [point])
        path = [point.detach().numpy().copy()]
        for shake in shakes.tolist():
            optimizer.zero_grad()
            problem.value(point[0] * shake[0], point[1] * shake[1]).backward()
            optimizer.step()
            path.append(point.detach().numpy().copy())
        return np.array(path)

    return race


def optax_race(
    make: Callable[..., Any], h: Mapping[str, float], problem: Problem, shown: Callable[..., Any] | None = None
) -> Race:
    """``shown`` gives the place to use from the state and that where gradients are taken, if they differ."""
    optimizer = optax.with_extra_args_support(make(h))

    def loss(p: jax.Array) -> jax.Array:
        return problem.value(p[0], p[1])

    @jax.jit
    def update(point: jax.Array, state: optax.OptState, shake: jax.Array) -> tuple[jax.Array, optax.OptState]:
        updates, state = optimizer.update(jax.grad(loss)(point * shake), state, point, obj_fn=loss)
        return optax.apply_updates(point, updates), state

    def race(shakes: np.ndarray) -> np.ndarray:
        point = jax.numpy.array(problem.start, dtype=jax.numpy.float64)
        state = optimizer.init(point)
        path = [np.array(point)]
        for shake in shakes:
            point, state = update(point, state, shake)
            path.append(np.array(shown(state, point) if shown else point))
        return np.array(path)

    return race


def shaken_apart(race: Race, path: np.ndarray) -> np.ndarray:
    """Return how far ``race`` leads away from ``path`` up to each step if every gradient is taken an ulp aside."""
    generator, shape = np.random.default_rng(0), (LATER[-1], 2)
    ulps = [generator.integers(-1, 2, shape) * np.finfo(float).eps for _ in range(N_SHAKEN)]
    return np.maximum.accumulate(np.max([errors(race(1.0 + each), path) for each in ulps], axis=0))


def save(convention: str, area: str, module: ModuleType) -> None:
    """Race every optimizer of a table of ``module`` in every case, and write its file."""
    arrays, used = {}, {}
    for name, (own, make) in getattr(module, convention.upper()).items():
        for problem_name, variant in CASES:
            problem = PROBLEMS[problem_name]
            h = hyperparameters(name, convention, own, problem, variant)
            if convention == "optax":
                race = optax_race(make, h, problem, getattr(module, "SHOWN", {}).get(name))
            else:
                race = pytorch_race(make, h, problem)
            path, key = race(np.ones((LATER[-1], 2))), f"{name}/{problem_name}/{variant}"
            used[key] = h
            arrays[key], arrays[f"{key}/later"] = path[: STEPS + 1], path[list(LATER)]
            arrays[f"{key}/spread"] = shaken_apart(race, path)[list(LATER)]
    metadata = {
        "versions": VERSIONS,
        "problems": {name: {"formula": PROBLEMS[name].formula, "start": PROBLEMS[name].start} for name, _ in CASES},
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
