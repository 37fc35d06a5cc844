"""JAX and optax: the gradient of one particle under vmap, the steps under scan, all of it under jit."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from tests.benchmarks.peers.contender import Contender, Race, Task


def _transformation(task: Task) -> optax.GradientTransformation:
    values = task.method.hyperparameters
    if task.method.name == "adam":
        return optax.adam(values["learning_rate"], b1=values["beta1"], b2=values["beta2"], eps=values["epsilon"])
    return optax.sgd(values["learning_rate"], momentum=values.get("momentum"))


def _prepare(task: Task) -> Race:
    # One particle a row, as vmap has it by default: quicker here, or as quick, as one a column.
    starts = jnp.asarray(task.starts().T)
    transformation = _transformation(task)

    def value(position: jax.Array) -> jax.Array:
        return task.surface.value(jnp, position[0], position[1])

    gradients = jax.vmap(jax.grad(value))
    values_and_gradients = jax.vmap(jax.value_and_grad(value))

    def update(gradient: jax.Array, state: Any, positions: jax.Array) -> tuple[jax.Array, Any]:
        updates, state = transformation.update(gradient, state, positions)
        return optax.apply_updates(positions, updates), state

    def advance(carry: tuple[jax.Array, Any], _: None) -> tuple[tuple[jax.Array, Any], None]:
        positions, state = carry
        return update(gradients(positions), state, positions), None

    def advance_recorded(carry: tuple[jax.Array, Any], _: None) -> tuple[tuple[jax.Array, Any], Any]:
        positions, state = carry
        losses, gradient = values_and_gradients(positions)
        return update(gradient, state, positions), (positions, losses)

    @jax.jit
    def run(positions: jax.Array) -> Any:
        carry = positions, transformation.init(positions)
        if not task.recorded:
            return jax.lax.scan(advance, carry, None, length=task.n_steps)[0][0]
        (last, _), records = jax.lax.scan(advance_recorded, carry, None, length=task.n_steps)
        return *records, last, jax.vmap(value)(last)

    def race() -> Any:
        result = jax.block_until_ready(run(starts))
        if not task.recorded:
            return np.asarray(result).T
        positions, losses, last, last_losses = map(np.asarray, result)  # views, as on the CPU they are
        return positions.swapaxes(1, 2), losses, last.T, last_losses

    return race


def contenders() -> tuple[Contender, ...]:
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    return (Contender("JAX", _prepare),)


def version() -> str:
    return f"JAX {jax.__version__}, optax {optax.__version__}"
