"""L-BFGS and Sophia as torch and optax make them, with their own defaults, for ``make_references.py``.

L-BFGS makes one iteration a step, without a line search, and remembers five pairs. Sophia gets the exact diagonal of
the Hessian in place of an estimate from random vectors.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import jax
import optax
import torch

Recipe = tuple[dict[str, float], Callable[..., Any]]
_SOPHIA_NAMES = {
    "beta1": "b1",
    "beta2": "b2",
    "gamma": "gamma",
    "epsilon": "eps",
    "weight_decay": "weight_decay",
    "interval": "update_interval",
}
_SOPHIA = inspect.signature(optax.contrib.sophia).parameters


class OneIteration(torch.optim.LBFGS):
    """L-BFGS whose gradient has been worked out before the step."""

    def step(self, closure: Callable[[], float] = lambda: 0.0) -> float:
        return super().step(closure)


def _exact_diagonal() -> optax.GradientTransformationExtraArgs:
    def update(gradient: Any, state: Any, params: Any = None, *, obj_fn: Callable[..., Any], **_: Any) -> Any:
        return jax.numpy.diag(jax.hessian(obj_fn)(params)), state

    return optax.GradientTransformationExtraArgs(lambda params: (), update)


PYTORCH: dict[str, Recipe] = {
    "lbfgs": ({}, lambda h, p: OneIteration(p, lr=h["learning_rate"], max_iter=1, history_size=5)),
}
OPTAX: dict[str, Recipe] = {
    "lbfgs": ({}, lambda h: optax.lbfgs(h["learning_rate"], memory_size=5, linesearch=None)),
    "sophia": (
        {ours: float(_SOPHIA[theirs].default) for ours, theirs in _SOPHIA_NAMES.items()},
        lambda h: optax.contrib.sophia(
            h["learning_rate"],
            **{theirs: h[ours] for ours, theirs in _SOPHIA_NAMES.items()},
            hessian_diagonal_fn=_exact_diagonal(),
        ),
    ),
}
