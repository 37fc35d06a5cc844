"""Makes ``references/schedules.npz``: the learning rates that PyTorch, optax and Hugging Face give, in float64.

Needs torch, jax, optax and transformers, and neither gradsim nor its environment; the tests need none of them:

    python -m venv libraries && libraries/bin/pip install torch==2.13.0 jax==0.10.2 optax==0.2.8 transformers==5.23.0
    libraries/bin/python tests/core/race/make_schedule_references.py

Each array is named ``library/case`` and holds the learning rate of every update, (steps,) float64. ``metadata`` is JSON
with the versions, the learning rate before the schedule, and for every array the schedule as a scene file has it. All
is calculated by the libraries; the cases only say which of their settings are which of ours.
"""

from __future__ import annotations

import json
import math
import platform
import warnings
from collections.abc import Callable
from pathlib import Path

import jax
import numpy as np
import optax
import torch
import transformers
from torch.optim import lr_scheduler as schedulers

jax.config.update("jax_enable_x64", True)
FILE = Path(__file__).parent / "references" / "schedules.npz"
BASE, STEPS = 0.1, 200
SGD = torch.optim.SGD

OptaxSchedule = Callable[[int], jax.Array]


def of_torch(make: Callable[[SGD], schedulers.LRScheduler], steps: int = STEPS) -> np.ndarray:
    """The learning rates that an optimizer takes while its scheduler steps after every update."""
    optimizer = SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=BASE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the optimizer itself makes no step
        scheduler = make(optimizer)
        rates = []
        for _ in range(steps):
            rates.append(optimizer.param_groups[0]["lr"])
            if len(rates) < steps:
                scheduler.step()
    return np.array(rates, dtype=np.float64)


def of_optax(schedule: OptaxSchedule, warmup: int = 0) -> np.ndarray:
    """The learning rates of ``schedule``, joined to a linear warm-up that begins with one step's worth."""
    if warmup:
        rise = optax.linear_schedule(BASE / warmup, BASE, warmup - 1)
        schedule = optax.join_schedules([rise, schedule], [warmup])
    return np.array([float(schedule(jax.numpy.float64(k))) for k in range(STEPS)])


def one_cycle(period: int, warm_share: float, div_factor: float, final_div_factor: float) -> np.ndarray:
    return of_torch(
        lambda optimizer: schedulers.OneCycleLR(
            optimizer,
            max_lr=BASE,
            total_steps=period,
            pct_start=warm_share,
            div_factor=div_factor,
            final_div_factor=final_div_factor,
            cycle_momentum=False,
        ),
        period,
    )


def restarts(period: int, factor: int, minimum: float) -> np.ndarray:
    return of_torch(lambda o: schedulers.CosineAnnealingWarmRestarts(o, period, T_mult=factor, eta_min=minimum))


def triangles(up: int, minimum: float) -> np.ndarray:
    return of_torch(lambda o: schedulers.CyclicLR(o, minimum, BASE, step_size_up=up, cycle_momentum=False))


def wsd(n_decay: int, shape: str, minimum: float) -> np.ndarray:
    return of_torch(
        lambda o: transformers.get_wsd_schedule(
            o, 0, n_decay, num_training_steps=STEPS, decay_type=shape, min_lr_ratio=minimum / BASE
        )
    )


CASES: list[tuple[str, dict[str, object], np.ndarray]] = [
    (
        "pytorch/linear",
        {"kind": "linear", "end_factor": 0.25, "period": 120},
        of_torch(lambda o: schedulers.LinearLR(o, 1.0, 0.25, total_iters=120)),
    ),
    ("optax/linear", {"kind": "linear"}, of_optax(optax.linear_schedule(BASE, 0.0, STEPS))),
    (
        "pytorch/polynomial",
        {"kind": "polynomial", "power": 0.9, "period": 150},
        of_torch(lambda o: schedulers.PolynomialLR(o, total_iters=150, power=0.9)),
    ),
    (
        "optax/polynomial",
        {"kind": "polynomial", "power": 2.5, "min": 0.01, "period": 150},
        of_optax(optax.polynomial_schedule(BASE, 0.01, 2.5, 150)),
    ),
    (
        "optax/cosine with a warm-up",
        {"kind": "cosine", "min": 0.02, "period": 150, "warmup": 10},
        of_optax(optax.cosine_decay_schedule(BASE, 150, alpha=0.2), 10),
    ),
    (
        "pytorch/cosine",
        {"kind": "cosine", "min": 0.02},
        of_torch(lambda o: schedulers.CosineAnnealingLR(o, STEPS, eta_min=0.02)),
    ),
    (
        "pytorch/exponential",
        {"kind": "exponential", "rate": 0.03},
        of_torch(lambda o: schedulers.ExponentialLR(o, gamma=math.exp(-0.03))),
    ),
    (
        "optax/exponential with a warm-up",
        {"kind": "exponential", "rate": 0.03, "warmup": 7},
        of_optax(optax.exponential_decay(BASE, 1, math.exp(-0.03)), 7),
    ),
    (
        "pytorch/step",
        {"kind": "step", "every": 30, "factor": 0.3},
        of_torch(lambda o: schedulers.StepLR(o, 30, gamma=0.3)),
    ),
    (
        "huggingface/inverse_sqrt",
        {"kind": "inverse_sqrt", "timescale": 25},
        of_torch(lambda o: transformers.get_inverse_sqrt_schedule(o, 0, timescale=25)),
    ),
    ("huggingface/wsd, linear", {"kind": "wsd", "decay_share": 0.3, "shape": "linear"}, wsd(60, "linear", 0.0)),
    ("huggingface/wsd, 1-sqrt", {"kind": "wsd", "decay_share": 0.2, "min": 0.01}, wsd(40, "1-sqrt", 0.01)),
    ("pytorch/one_cycle as it is", {"kind": "one_cycle"}, one_cycle(STEPS, 0.3, 25.0, 1e4)),
    (
        "pytorch/one_cycle",
        {"kind": "one_cycle", "start_factor": 0.1, "end_factor": 0.002, "warm_share": 0.43, "period": 157},
        one_cycle(157, 0.43, 10.0, 50.0),
    ),
    ("pytorch/cyclic", {"kind": "cyclic", "min": 0.025, "period": 46}, triangles(23, 0.025)),
    ("pytorch/cosine_restarts", {"kind": "cosine_restarts", "period": 20, "min": 0.004}, restarts(20, 2, 0.004)),
    ("pytorch/equal restarts", {"kind": "cosine_restarts", "period": 33, "period_factor": 1}, restarts(33, 1, 0.0)),
    ("pytorch/restarts times 3", {"kind": "cosine_restarts", "period": 5, "period_factor": 3}, restarts(5, 3, 0.0)),
]


if __name__ == "__main__":
    metadata = {
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "torch": torch.__version__,
            "optax": optax.__version__,
            "jax": jax.__version__,
            "transformers": transformers.__version__,
        },
        "learning_rate": BASE,
        "steps": STEPS,
        "schedules": {name: schedule for name, schedule, _ in CASES},
    }
    FILE.parent.mkdir(exist_ok=True)
    np.savez_compressed(FILE, metadata=json.dumps(metadata), **{name: rates for name, _, rates in CASES})
