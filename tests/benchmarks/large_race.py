"""A race too large to be recorded: how soon it can be watched, how long a seek takes, and a frame while it plays.

    python tests/benchmarks/large_race.py [--particles 1e5] [--steps 1e4]

Eight optimizers, on a polynomial and on one with functions. Seeks go to random steps, in no order.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from gradsim.core.race.checkpoints import Checkpoints
from gradsim.core.replay import race_all, race_or_sample
from gradsim.core.scene import Domain, FormulaSurface, OptimizerEntry, Scene, UniformStarts

SURFACES = {
    "Rosenbrock": "(1 - x)^2 + 100*(y - x^2)^2",
    "Rastrigin": "20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)",
}
METHODS = ("gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "lion")
N_SEEKS = 40
N_FRAMES = 60


def measure(name: str, scene: Scene) -> None:
    began = time.perf_counter()
    run = race_or_sample(scene)
    sampled_s = time.perf_counter() - began
    if not isinstance(run.replay, Checkpoints):
        print(f"{name}: small enough to be recorded whole, in {sampled_s:.2f} s")
        return
    began = time.perf_counter()
    run = race_all(run)
    raced_s = time.perf_counter() - began

    def seconds(step: float) -> float:
        began = time.perf_counter()
        run.frame_at(step)
        return time.perf_counter() - began

    seeks = [seconds(step) for step in np.random.default_rng(1).uniform(0, scene.steps, N_SEEKS)]
    worst = seconds(scene.steps - 1.5 - (scene.steps - 1) % run.replay.spacing)  # just before a checkpoint
    played = [seconds(0.3 * scene.steps + 0.7 * frame) for frame in range(N_FRAMES)][1:]
    print(
        f"{name}: sample after {sampled_s:.2f} s, all after {raced_s:.1f} s more, {run.replay.spacing} steps apart; "
        f"seek {np.median(seeks):.3f} s, at most {max(*seeks, worst):.3f} s; "
        f"frame while playing {1e3 * float(np.median(played)):.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--particles", type=float, default=1e5)
    parser.add_argument("--steps", type=float, default=1e4)
    options = parser.parse_args()
    for name, formula in SURFACES.items():
        scene = Scene(
            surface=FormulaSurface(formula=formula),
            domain=Domain(x=(-3.0, 3.0), y=(-3.0, 3.0)),
            optimizers=tuple(
                OptimizerEntry(name=method, hyperparameters={"learning_rate": 1e-3}) for method in METHODS
            ),
            starts=UniformStarts(n=int(options.particles)),
            steps=int(options.steps),
        )
        measure(name, scene)


if __name__ == "__main__":
    main()
