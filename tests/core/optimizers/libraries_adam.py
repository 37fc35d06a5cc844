"""What torch and optax call AdaGrad, Adam and their relatives, with their own defaults, for ``make_references.py``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import optax
import torch

Recipe = tuple[dict[str, float], Callable[..., Any]]
"""Defaults under our names, and what makes the optimizer: of hyperparameters and, for torch, of parameters."""
OWN_NAMES = {
    "b1": "beta1",
    "b2": "beta2",
    "b3": "beta3",
    "eps": "epsilon",
    "eps_root": "epsilon_root",
    "rho": "decay",
    "alpha": "decay",
    "decay": "decay",
    "momentum": "momentum",
    "momentum_decay": "momentum_decay",
    "weight_decay": "weight_decay",
    "initial_accumulator_value": "initial_accumulator",
}


def own_defaults(function: Callable[..., object]) -> dict[str, Any]:
    return {name: parameter.default for name, parameter in inspect.signature(function).parameters.items()}


def defaults(function: Callable[..., Any], *left_out: str) -> dict[str, float]:
    """A library's own defaults under our names."""
    read = own_defaults(function)
    if "betas" in read:
        read["b1"], read["b2"] = read.pop("betas")
    return {OWN_NAMES[name]: float(value) for name, value in read.items() if name in OWN_NAMES and name not in left_out}


def of_torch(function: Callable[..., torch.optim.Optimizer], *left_out: str, **flags: Any) -> Recipe:
    """A method of torch.optim, with the arguments that its signature has."""

    def make(h: Mapping[str, float], parameters: list[torch.Tensor]) -> torch.optim.Optimizer:
        names = [name for name in OWN_NAMES if name in own_defaults(function) and name not in left_out]
        values: dict[str, Any] = {name: h[OWN_NAMES[name]] for name in names}
        if "betas" in own_defaults(function):
            values["betas"] = (h["beta1"], h["beta2"])
        return function(parameters, lr=h["learning_rate"], **values, **flags)

    return defaults(function, *left_out), make


def yogi(
    learning_rate: float, b1: float, b2: float, eps: float, initial_accumulator_value: float
) -> optax.GradientTransformation:
    """``optax.yogi``, which does not pass on where its means start."""
    scale = optax.scale_by_yogi(b1=b1, b2=b2, eps=eps, initial_accumulator_value=initial_accumulator_value)
    return optax.chain(scale, optax.scale_by_learning_rate(learning_rate))


def of_optax(function: Callable[..., optax.GradientTransformation], *left_out: str) -> Recipe:
    """A method of optax, with the arguments that its signature has."""

    def make(h: Mapping[str, float]) -> optax.GradientTransformation:
        names = [name for name in OWN_NAMES if name in own_defaults(function) and name not in left_out]
        return function(h["learning_rate"], **{name: h[OWN_NAMES[name]] for name in names})

    return defaults(function, *left_out), make


adam = of_optax(optax.adam, "eps_root")
nadam = (adam[0], lambda h: optax.nadam(h["learning_rate"], h["beta1"], h["beta2"], h["epsilon"]))
start = own_defaults(optax.scale_by_yogi)["initial_accumulator_value"]
yogi_with_its_start = (
    {**defaults(optax.yogi), "initial_accumulator": start},
    lambda h: yogi(h["learning_rate"], h["beta1"], h["beta2"], h["epsilon"], h["initial_accumulator"]),
)

PYTORCH: dict[str, Recipe] = {
    "adagrad": of_torch(torch.optim.Adagrad, "initial_accumulator_value"),
    "rmsprop": of_torch(torch.optim.RMSprop),
    "adadelta": of_torch(torch.optim.Adadelta),
    "adam": of_torch(torch.optim.Adam),
    "adamw": of_torch(torch.optim.AdamW),
    "nadam": of_torch(torch.optim.NAdam),
    "radam": of_torch(torch.optim.RAdam),
    "amsgrad": of_torch(torch.optim.Adam, amsgrad=True),
    "adamax": of_torch(torch.optim.Adamax),
}
CENTERED: dict[str, Recipe] = {"rmsprop": of_torch(torch.optim.RMSprop, centered=True)}
OPTAX: dict[str, Recipe] = {
    "adagrad": of_optax(optax.adagrad),
    "rmsprop": of_optax(optax.rmsprop, "momentum"),
    "adadelta": of_optax(optax.adadelta, "weight_decay"),
    "adam": adam,
    "adamw": of_optax(optax.adamw, "eps_root"),
    "nadam": nadam,
    "radam": of_optax(optax.radam, "eps_root"),
    "amsgrad": of_optax(optax.amsgrad, "eps_root"),
    "adamax": of_optax(optax.adamax),
    "adabelief": of_optax(optax.adabelief),
    "yogi": yogi_with_its_start,
    "adan": of_optax(optax.adan),
}
