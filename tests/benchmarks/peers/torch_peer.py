"""torch.optim: with autograd, and with hand-written gradients and the fused optimizer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tests.benchmarks.peers.contender import Contender, Race, Task, as_records

Records = tuple[torch.Tensor, torch.Tensor]


def _optimizer(task: Task, parameters: torch.Tensor, **options: Any) -> torch.optim.Optimizer:
    values = dict(task.method.hyperparameters)
    learning_rate = values.pop("learning_rate")
    if task.method.name == "adam":
        betas = (values["beta1"], values["beta2"])
        return torch.optim.Adam([parameters], lr=learning_rate, betas=betas, eps=values["epsilon"], **options)
    return torch.optim.SGD([parameters], lr=learning_rate, **values, **options)


def _prepare(task: Task, race: Callable[[Task, torch.Tensor, Records], Any]) -> Race:
    starts = torch.from_numpy(task.starts())
    n_records = task.n_steps + 1 if task.recorded else 0
    records = (
        torch.zeros((n_records, *starts.shape), dtype=torch.float64),
        torch.zeros((n_records, starts.shape[1]), dtype=torch.float64),
    )

    def run() -> Any:
        positions = race(task, starts, records)
        return as_records(*records) if task.recorded else positions

    return run


def _race_autograd(task: Task, starts: torch.Tensor, records: Records) -> torch.Tensor:
    positions = starts.clone().requires_grad_(True)
    optimizer = _optimizer(task, positions)

    def record(t: int, losses: torch.Tensor) -> None:
        records[0][t] = positions.detach()
        records[1][t] = losses.detach()

    for t in range(task.n_steps):
        optimizer.zero_grad()
        losses = task.surface.value(torch, positions[0], positions[1])
        if task.recorded:
            record(t, losses)
        losses.sum().backward()
        optimizer.step()
    if task.recorded:
        record(task.n_steps, task.surface.value(torch, positions[0], positions[1]))
    return positions.detach()


def _race_fused(task: Task, starts: torch.Tensor, records: Records) -> torch.Tensor:
    positions = starts.clone().requires_grad_(True)
    optimizer = _optimizer(task, positions, fused=True)
    gradient = positions.grad = torch.empty_like(positions)

    def record(t: int) -> None:
        records[0][t] = positions
        records[1][t] = task.surface.value(torch, positions[0], positions[1])

    with torch.no_grad():
        for t in range(task.n_steps):
            if task.recorded:
                record(t)
            gradient[0], gradient[1] = task.surface.gradient(torch, positions[0], positions[1])
            optimizer.step()
        if task.recorded:
            record(task.n_steps)
    return positions.detach()


def contenders() -> tuple[Contender, ...]:
    torch.set_num_threads(1)
    return (
        Contender("torch autograd", lambda task: _prepare(task, _race_autograd), slow=True),
        Contender("torch fused", lambda task: _prepare(task, _race_fused), slow=True),
    )


def version() -> str:
    return f"torch {torch.__version__}"
