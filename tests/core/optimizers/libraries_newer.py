"""What optax calls the newer adaptive methods, with its own defaults, for ``make_references.py``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import optax
from optax import contrib

Recipe = tuple[dict[str, float], Callable[..., Any]]
"""Defaults under our names, and what makes the optimizer of hyperparameters."""


def _own(function: Callable[..., Any]) -> dict[str, Any]:
    return {name: parameter.default for name, parameter in inspect.signature(function).parameters.items()}


def _recipe(function: Callable[..., Any], **names: str) -> Recipe:
    """A method whose arguments ``names`` says, each with its name here; the others stay as they are."""

    def make(h: Mapping[str, float]) -> Any:
        return function(h["learning_rate"], **{theirs: h[ours] for ours, theirs in names.items()})

    return {ours: _own(function)[theirs] for ours, theirs in names.items()}, make


_PRODIGY = _own(contrib.prodigy)
_MEANS = {"beta1": "b1", "beta2": "b2", "epsilon": "eps"}

PYTORCH: dict[str, Recipe] = {}
OPTAX: dict[str, Recipe] = {
    "lamb": _recipe(optax.lamb, **_MEANS),
    "novograd": _recipe(optax.novograd, **_MEANS),
    "adopt": _recipe(contrib.adopt, **_MEANS),
    "ademamix": _recipe(contrib.ademamix, **_MEANS, beta3="b3", alpha="alpha"),
    "schedule_free": _recipe(contrib.schedule_free_sgd, interpolation="b1"),
    "schedule_free_adam": _recipe(contrib.schedule_free_adamw, interpolation="b1", beta2="b2", epsilon="eps"),
    "prodigy": (
        {
            **dict(zip(("beta1", "beta2"), _PRODIGY["betas"], strict=True)),
            "epsilon": _PRODIGY["eps"],
            "initial_distance": _PRODIGY["estim_lr0"],
        },
        lambda h: contrib.prodigy(
            h["learning_rate"],
            betas=(h["beta1"], h["beta2"]),
            eps=h["epsilon"],
            estim_lr0=h["initial_distance"],
        ),
    ),
}
SHOWN = dict.fromkeys(("schedule_free", "schedule_free_adam"), contrib.schedule_free_eval_params)
"""Of methods that are not to be used where they take the gradient: the place to use, from the state and that point."""
