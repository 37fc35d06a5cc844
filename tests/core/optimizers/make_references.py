"""Makes the files in ``references``: what the libraries do, in float64 on the CPU.

They are named after the convention, ``pytorch.npz``, and after the area of optimizers that a module
``libraries_<area>`` knows how to make, ``pytorch_<area>.npz``; with areas as arguments, only their files are made.

Needs torch, jax and optax, and neither gradsim nor its environment; the tests need none of them:

    python -m venv libraries && libraries/bin/pip install torch==2.13.0 jax==0.10.2 optax==0.2.8
    libraries/bin/python tests/core/optimizers/make_references.py

Gradients come from the libraries' own automatic differentiation, defaults from their signatures. Each array is named
``optimizer/problem/variant`` and holds the positions (steps + 1, 2) float64; ``metadata`` is JSON with versions, the
problems, and every hyperparameter used.
"""

from __future__ import annotations

import inspect
import json
import platform
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jax
import libraries_curvature
import libraries_first_order
import libraries_newer
import numpy as np
import optax
import torch
from problems import PROBLEMS, STEPS, VARIANTS, Problem, hyperparameters

jax.config.update("jax_enable_x64", True)
torch.set_default_dtype(torch.float64)  # else ASGD would keep its learning rate in float32
FOLDER = Path(__file__).parent / "references"


def own_defaults(function: Callable[..., object]) -> dict[str, Any]:
    return {name: parameter.default for name, parameter in inspect.signature(function).parameters.items()}


def pytorch_defaults() -> dict[str, dict[str, float]]:
    """PyTorch's own defaults under our names."""
    adam, adamw = own_defaults(torch.optim.Adam), own_defaults(torch.optim.AdamW)
    rmsprop, adadelta = own_defaults(torch.optim.RMSprop), own_defaults(torch.optim.Adadelta)
    return {
        "adagrad": {"epsilon": own_defaults(torch.optim.Adagrad)["eps"]},
        "rmsprop": {"decay": rmsprop["alpha"], "epsilon": rmsprop["eps"]},
        "adadelta": {"decay": adadelta["rho"], "epsilon": adadelta["eps"]},
        "adam": {"beta1": adam["betas"][0], "beta2": adam["betas"][1], "epsilon": adam["eps"]},
        "adamw": {
            "beta1": adamw["betas"][0],
            "beta2": adamw["betas"][1],
            "epsilon": adamw["eps"],
            "weight_decay": adamw["weight_decay"],
        },
    }


def optax_defaults() -> dict[str, dict[str, float]]:
    """optax's own defaults under our names, except that momentum must be asked for."""
    names = {
        "b1": "beta1",
        "b2": "beta2",
        "eps": "epsilon",
        "rho": "decay",
        "decay": "decay",
        "weight_decay": "weight_decay",
        "initial_accumulator_value": "initial_accumulator",
    }
    taken = {"adagrad": optax.adagrad, "rmsprop": optax.rmsprop, "adam": optax.adam, "adamw": optax.adamw}
    read = {
        optimizer: {names[name]: value for name, value in own_defaults(function).items() if name in names}
        for optimizer, function in taken.items()
    }
    adadelta = own_defaults(optax.adadelta)  # it also has a weight decay, of 0
    read["adadelta"] = {"decay": adadelta["rho"], "epsilon": adadelta["eps"]}
    return {"gradient_descent": {}, "momentum": {"momentum": 0.9}, "nesterov": {"momentum": 0.9}} | read


AREAS: dict[str, Any] = {
    "first_order": libraries_first_order,
    "newer": libraries_newer,
    "curvature": libraries_curvature,
}


def pytorch_optimizer(name: str, h: Mapping[str, float], parameters: list[torch.Tensor]) -> torch.optim.Optimizer:
    lr, optim = h["learning_rate"], torch.optim
    betas = (h.get("beta1", 0.0), h.get("beta2", 0.0))
    makers: dict[str, Callable[[], torch.optim.Optimizer]] = {
        "adagrad": lambda: optim.Adagrad(parameters, lr=lr, eps=h["epsilon"]),
        "rmsprop": lambda: optim.RMSprop(parameters, lr=lr, alpha=h["decay"], eps=h["epsilon"]),
        "adadelta": lambda: optim.Adadelta(parameters, lr=lr, rho=h["decay"], eps=h["epsilon"]),
        "adam": lambda: optim.Adam(parameters, lr=lr, betas=betas, eps=h["epsilon"]),
        "adamw": lambda: optim.AdamW(parameters, lr=lr, betas=betas, eps=h["epsilon"], weight_decay=h["weight_decay"]),
    }
    made_by_area = {name: make for module in AREAS.values() for name, (_, make) in module.PYTORCH.items()}
    return made_by_area[name](h, parameters) if name in made_by_area else makers[name]()


def pytorch_path(name: str, h: Mapping[str, float], problem: Problem) -> np.ndarray:
    point = torch.tensor(problem.start, dtype=torch.float64, requires_grad=True)
    optimizer = pytorch_optimizer(name, h, [point])
    path = [point.detach().numpy().copy()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        problem.value(point[0], point[1]).backward()
        optimizer.step()
        path.append(point.detach().numpy().copy())
    return np.array(path)


def optax_optimizer(name: str, h: Mapping[str, float]) -> optax.GradientTransformation:
    lr, betas = h["learning_rate"], {"b1": h.get("beta1"), "b2": h.get("beta2"), "eps": h.get("epsilon")}
    makers: dict[str, Callable[[], optax.GradientTransformation]] = {
        "gradient_descent": lambda: optax.sgd(lr),
        "momentum": lambda: optax.sgd(lr, momentum=h["momentum"]),
        "nesterov": lambda: optax.sgd(lr, momentum=h["momentum"], nesterov=True),
        "adagrad": lambda: optax.adagrad(lr, initial_accumulator_value=h["initial_accumulator"], eps=h["epsilon"]),
        "rmsprop": lambda: optax.rmsprop(lr, decay=h["decay"], eps=h["epsilon"]),
        "adadelta": lambda: optax.adadelta(lr, rho=h["decay"], eps=h["epsilon"]),
        "adam": lambda: optax.adam(lr, **betas),
        "adamw": lambda: optax.adamw(lr, **betas, weight_decay=h["weight_decay"]),
    }
    made_by_area = {name: make for module in AREAS.values() for name, (_, make) in module.OPTAX.items()}
    return made_by_area[name](h) if name in made_by_area else makers[name]()


def optax_path(name: str, h: Mapping[str, float], problem: Problem) -> np.ndarray:
    optimizer = optax.with_extra_args_support(optax_optimizer(name, h))
    point = jax.numpy.array(problem.start, dtype=jax.numpy.float64)
    state = optimizer.init(point)

    def loss(p: jax.Array) -> jax.Array:
        return problem.value(p[0], p[1])

    @jax.jit
    def update(point: jax.Array, state: optax.OptState) -> tuple[jax.Array, optax.OptState]:
        updates, state = optimizer.update(jax.grad(loss)(point), state, point, obj_fn=loss)
        return optax.apply_updates(point, updates), state

    shown = libraries_newer.SHOWN.get(name, lambda state, point: point)
    path = [np.array(point)]
    for _ in range(STEPS):
        point, state = update(point, state)
        path.append(np.array(shown(state, point)))
    return np.array(path)


def save(
    convention: str,
    defaults: Mapping[str, Mapping[str, float]],
    path: Callable[[str, Mapping[str, float], Problem], np.ndarray],
    versions: Mapping[str, str],
    area: str = "",
) -> None:
    """Race every optimizer of ``defaults`` on every problem and write ``references/<convention>_<area>.npz``."""
    arrays, used = {}, {}
    for name, own in defaults.items():
        for problem_name, problem in PROBLEMS.items():
            for variant in VARIANTS:
                h = hyperparameters(name, convention, own, problem, variant)
                key = f"{name}/{problem_name}/{variant}"
                arrays[key], used[key] = path(name, h, problem), h
    metadata = {
        "versions": {"python": platform.python_version(), "numpy": np.__version__, **versions},
        "problems": {name: {"formula": p.formula, "start": p.start} for name, p in PROBLEMS.items()},
        "hyperparameters": used,
    }
    file = "_".join(filter(None, (convention, area)))
    np.savez_compressed(FOLDER / f"{file}.npz", metadata=json.dumps(metadata), **arrays)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    torch_version = {"torch": torch.__version__}
    optax_versions = {"optax": optax.__version__, "jax": jax.__version__}
    if not sys.argv[1:]:
        save("pytorch", pytorch_defaults(), pytorch_path, torch_version)
        save("optax", optax_defaults(), optax_path, optax_versions)
    for area in sys.argv[1:] or AREAS:
        for convention, table, path, versions in (
            ("pytorch", AREAS[area].PYTORCH, pytorch_path, torch_version),
            ("optax", AREAS[area].OPTAX, optax_path, optax_versions),
        ):
            if table:
                save(convention, {name: defaults for name, (defaults, _) in table.items()}, path, versions, area)
