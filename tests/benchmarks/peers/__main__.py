"""The command: ``python -m tests.benchmarks.peers``. What is measured, the package's docstring says."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.benchmarks.peers import agreement, measurement, ours, report
from tests.benchmarks.peers.contender import Contender, Task
from tests.benchmarks.peers.problems import METHODS, SURFACES

PEERS = ("torch", "jax", "numpy", "c")
PARTICLES = (1, 1_000, 100_000, 1_000_000)
LEAST_FOR_TWO_THREADS = 100_000
# Steps by particles: enough that starting a race does not weigh in large cells, little enough that a recording stays
# within a quarter of a gibibyte, and that the slow ones need not run for hours.
FINAL_STEPS = {1: 1000, 1_000: 1000, 100_000: 200, 1_000_000: 100}
RECORDED_STEPS = {1: 1000, 1_000: 1000, 100_000: 100, 1_000_000: 10}
SLOW_STEPS = {1: 1000, 1_000: 200, 100_000: 20, 1_000_000: 4}


def main() -> int:
    arguments = _parse_arguments()
    # Read when XLA is loaded; a core to itself does the rest, for XLA makes as many threads as it finds cores.
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    with measurement.cores(1):
        contenders, versions, missing = _load(arguments.only)
        print(f"    python -m tests.benchmarks.peers {' '.join(sys.argv[1:])}".rstrip(), end="\n\n")
        print(f"{_machine()}. Python {platform.python_version()}, {', '.join(versions)}.")
        print(f"Medians of {arguments.rounds} rounds by the {arguments.clock} clock.", *missing, flush=True)
        try:
            cells = [_measure(task, contenders, arguments.rounds) for task in _tasks(arguments)]
        except RuntimeError as error:
            print(f"The contenders do not run the same race: {error}", file=sys.stderr)
            return 1
    for recorded, title in ((False, "Final positions only"), (True, "Every step recorded")):
        some = [cell for cell in cells if cell.task.recorded == recorded]
        if some:
            print(f"\n### {title}\n", *report.cell_table(some, clock=arguments.clock), sep="\n")
    targets = list(report.target_table(cells, clock=arguments.clock))
    if targets:
        print("\n### Targets\n", *targets, sep="\n")
    print(f"\n{report.first_race_line(cells)} {report.share_line(cells)}")
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers", description="gradsim against its peers")
    parser.add_argument("--particles", nargs="+", type=lambda text: int(float(text)), default=PARTICLES)
    parser.add_argument("--surfaces", nargs="+", choices=SURFACES, default=list(SURFACES))
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--only", nargs="*", choices=PEERS, default=PEERS, help="peers to race against")
    parser.add_argument("--record", choices=("final", "recorded", "both"), default="both")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clock", choices=measurement.CLOCKS, default="wall", help="cpu for a machine that is shared")
    parser.add_argument("--quick", action="store_true", help="Adam with 1e5 particles only: the cells of most targets")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.particles, arguments.methods = [100_000], ["adam"]
    return arguments


def _tasks(arguments: argparse.Namespace) -> Iterable[Task]:
    for recorded in (False, True):
        if arguments.record in ("both", "recorded" if recorded else "final"):
            steps = RECORDED_STEPS if recorded else FINAL_STEPS
            for surface in arguments.surfaces:
                for method in arguments.methods:
                    for n in arguments.particles:
                        yield Task(SURFACES[surface], METHODS[method], n, _steps_for(n, steps), recorded)


def _steps_for(n_particles: int, steps: dict[int, int]) -> int:
    """Return the steps of the next larger number of particles in the table."""
    return steps[min((n for n in steps if n >= n_particles), default=max(steps))]


def _load(names: Sequence[str]) -> tuple[list[Contender], list[str], list[str]]:
    """Return contenders, their versions, and a sentence about each peer that is not installed."""
    contenders, versions, missing = list(ours.contenders()), [ours.version()], []
    for name in names:
        try:
            module = importlib.import_module(f"tests.benchmarks.peers.{name}_peer")
            versions.append(module.version())
            contenders += module.contenders()
        except (ImportError, FileNotFoundError) as error:
            missing.append(f"{name} is left out: {error}.")
    return contenders, versions, missing


def _measure(task: Task, contenders: Sequence[Contender], n_rounds: int) -> measurement.Cell:
    left_out = set()
    if not task.recorded:
        left_out.add(ours.UNRECORDED)
    if task.n_particles < LEAST_FOR_TWO_THREADS or len(measurement.ALL_CORES) == 1:
        left_out.add(ours.TWO_THREADS)
    racing = [contender for contender in contenders if contender.name not in left_out]
    agreement.check_agreement([c for c in racing if c.name != ours.UNRECORDED], task)
    print(f"{task.surface.name}, {task.method.title}, {task.n_particles:,} particles …", file=sys.stderr, flush=True)
    n_slow_steps = _steps_for(task.n_particles, SLOW_STEPS)
    return measurement.measure(racing, task, n_slow_steps=n_slow_steps, n_rounds=n_rounds)


def _machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    return f"{model}, {os.cpu_count()} cores, {platform.system()}"


if __name__ == "__main__":
    sys.exit(main())
