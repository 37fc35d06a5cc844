"""How long the first start on a computer takes until the kernels are there: by processes of their own, and by one.

Run with ``python tests/benchmarks/first_start.py``. Each time the kernels are compiled into an empty folder.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

N_ROUNDS = 3
PROGRAMS = {
    "processes of their own": "from gradsim.ui.engine_calls import load_engine; load_engine()",
    "one process": "import gradsim.core.precompile as p; p.precompile = lambda cancelled: None; "
    "from gradsim.ui.engine_calls import load_engine; load_engine()",
}


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(N_ROUNDS):
        for name, program in PROGRAMS.items():
            with tempfile.TemporaryDirectory() as cache:
                begin = time.perf_counter()
                subprocess.run(
                    [sys.executable, "-c", program], env={**os.environ, "NUMBA_CACHE_DIR": cache}, check=True
                )
                times[name].append(time.perf_counter() - begin)
    for name, seconds in times.items():
        print(f"{name:24} {statistics.median(seconds):5.1f} s  (min {min(seconds):.1f}, max {max(seconds):.1f})")


if __name__ == "__main__":
    main()
