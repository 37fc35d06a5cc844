"""Re-simulation while a slider is dragged: 8 optimizers × 100 particles × 1000 steps, every step recorded.

Run with ``python tests/benchmarks/slider.py``. Prints medians and, as the yardstick, one 60 Hz frame (16.7 ms).
"""

from __future__ import annotations

import statistics
import time

from msgspec.structs import replace

from gradsim.core.scene import Domain, FormulaSurface, OptimizerEntry, Scene, UniformStarts
from gradsim.core.simulate import compile_race, simulate

NAMES = ("gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "adamw")
RATES = {"gradient_descent": 1e-4, "momentum": 1e-4, "nesterov": 1e-4}
SURFACES = {
    "Rosenbrock": "(1 - x)^2 + 100*(y - x^2)^2",
    "Rastrigin": "20 + x^2 + y^2 - 10*(cos(2*pi*x) + cos(2*pi*y))",
    "Ackley": "20 + e - 20*exp(-0.2*sqrt((x^2 + y^2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2)",
}
N_ROUNDS = 21


def scene_of(formula: str) -> Scene:
    return Scene(
        surface=FormulaSurface(formula=formula),
        domain=Domain(x=(-2.0, 2.0), y=(-1.0, 3.0)),
        optimizers=tuple(
            OptimizerEntry(name=name, hyperparameters={"learning_rate": RATES.get(name, 0.01)}) for name in NAMES
        ),
        starts=UniformStarts(n=100),
        steps=1000,
    )


def main() -> None:
    scenes = {name: scene_of(formula) for name, formula in SURFACES.items()}
    for scene in scenes.values():
        compile_race(scene)  # as the window does behind the first race
    timings: dict[str, list[float]] = {f"{name}, {n} threads": [] for name in scenes for n in (1, 2)}
    for round_number in range(N_ROUNDS + 1):
        for name, scene in scenes.items():
            for n in (1, 2):
                moved = replace(scene, seed=round_number)
                begin = time.perf_counter()
                simulate(moved, n_threads=n)
                if round_number:  # the first round loads the kernels
                    timings[f"{name}, {n} threads"].append((time.perf_counter() - begin) * 1e3)
    for name, values in timings.items():
        print(f"{name:24s} {statistics.median(values):6.2f} ms  (min {min(values):.2f}, max {max(values):.2f})")
    print(f"{'one 60 Hz frame':24s} {1000 / 60:6.2f} ms")


if __name__ == "__main__":
    main()
