"""What torch and optax call the first-order optimizers, with their own defaults, for ``make_references.py``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import optax
import torch

Recipe = tuple[dict[str, float], Callable[..., Any]]
"""Defaults under our names, and what makes the optimizer: of hyperparameters and, for torch, of parameters."""


def _own(function: Callable[..., object], **names: str) -> dict[str, float]:
    """Return the defaults of ``function`` by our names, for those that it calls otherwise."""
    parameters = inspect.signature(function).parameters
    return {ours: parameters[theirs].default for ours, theirs in names.items()}


_RPROP = inspect.signature(torch.optim.Rprop).parameters
_NO_DECAY = _own(torch.optim.SGD, weight_decay="weight_decay")

PYTORCH: dict[str, Recipe] = {
    "gradient_descent": (
        _NO_DECAY,
        lambda h, p: torch.optim.SGD(p, lr=h["learning_rate"], weight_decay=h["weight_decay"]),
    ),
    "momentum": (
        {"momentum": 0.9, **_NO_DECAY},  # it must be asked for
        lambda h, p: torch.optim.SGD(p, lr=h["learning_rate"], momentum=h["momentum"], weight_decay=h["weight_decay"]),
    ),
    "nesterov": (
        {"momentum": 0.9, **_NO_DECAY},
        lambda h, p: torch.optim.SGD(
            p, lr=h["learning_rate"], momentum=h["momentum"], weight_decay=h["weight_decay"], nesterov=True
        ),
    ),
    "asgd": (
        _own(torch.optim.ASGD, lambd="lambd", power="alpha"),
        lambda h, p: torch.optim.ASGD(p, lr=h["learning_rate"], lambd=h["lambd"], alpha=h["power"]),
    ),
    "rprop": (
        {
            **dict(zip(("eta_minus", "eta_plus"), _RPROP["etas"].default, strict=True)),
            **dict(zip(("min_step_size", "max_step_size"), map(float, _RPROP["step_sizes"].default), strict=True)),
        },
        lambda h, p: torch.optim.Rprop(
            p,
            lr=h["learning_rate"],
            etas=(h["eta_minus"], h["eta_plus"]),
            step_sizes=(h["min_step_size"], h["max_step_size"]),
        ),
    ),
}

OPTAX: dict[str, Recipe] = {
    "gradient_descent": ({}, lambda h: optax.sgd(h["learning_rate"])),
    "momentum": ({"momentum": 0.9}, lambda h: optax.sgd(h["learning_rate"], momentum=h["momentum"])),
    "nesterov": ({"momentum": 0.9}, lambda h: optax.sgd(h["learning_rate"], momentum=h["momentum"], nesterov=True)),
    "sign_descent": ({}, lambda h: optax.sign_sgd(h["learning_rate"])),
    "signum": (_own(optax.signum, momentum="beta"), lambda h: optax.signum(h["learning_rate"], beta=h["momentum"])),
    "lion": (
        _own(optax.lion, beta1="b1", beta2="b2", weight_decay="weight_decay"),
        lambda h: optax.lion(h["learning_rate"], b1=h["beta1"], b2=h["beta2"], weight_decay=h["weight_decay"]),
    ),
    "rprop": (
        _own(
            optax.rprop,
            eta_minus="eta_minus",
            eta_plus="eta_plus",
            min_step_size="min_step_size",
            max_step_size="max_step_size",
        ),
        lambda h: optax.rprop(**h),
    ),
    "lars": (
        _own(
            optax.lars,
            momentum="momentum",
            trust_coefficient="trust_coefficient",
            epsilon="eps",
            weight_decay="weight_decay",
        ),
        lambda h: optax.lars(
            h["learning_rate"],
            momentum=h["momentum"],
            trust_coefficient=h["trust_coefficient"],
            eps=h["epsilon"],
            weight_decay=h["weight_decay"],
        ),
    ),
}
