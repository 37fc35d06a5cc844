"""C as written for one surface and one method: generated, then compiled with all the compiler has.

A block of 512 particles lies in arrays on the stack; steps loop outside, particles inside, where gcc vectorises.
"""

from __future__ import annotations

import ctypes
import functools
import itertools
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.peers.contender import Contender, Race, Task, as_records

COMPILER = "gcc"
FLAGS = ("-O3", "-march=native", "-ffast-math")
# The names of hyperparameters in C, and one coordinate's update of position p and state m, v by the gradient g.
PARAMETERS = ("learning_rate", "momentum", "beta1", "beta2", "epsilon")
UPDATES = {
    "gradient_descent": ((), "p -= learning_rate*g;"),
    "momentum": (("m",), "m = momentum*m + g; p -= learning_rate*m;"),
    "adam": (
        ("m", "v"),
        "m = beta1*m + (1 - beta1)*g; v = beta2*v + (1 - beta2)*g*g; p -= rate*m/(sqrt(v)*root + epsilon);",
    ),
}
BIAS_CORRECTION = """power1 *= beta1; power2 *= beta2;
      const double rate = learning_rate/(1 - power1), root = 1/sqrt(1 - power2);"""
TEMPLATE = """#include <math.h>
#include <string.h>
#define PI 3.14159265358979323846
#define BLOCK 512

void race(const double *starts, double *ends, double *positions, double *losses, long n, long n_steps,
          @arguments@) {
  for (long begin = 0; begin < n; begin += BLOCK) {
    const long count = n - begin < BLOCK ? n - begin : BLOCK;
    double @arrays@;
    @clear@
    memcpy(x_, starts + begin, count*sizeof(double)); memcpy(y_, starts + n + begin, count*sizeof(double));
    double power1 = 1, power2 = 1;
    for (long t = 0; t < n_steps; t++) {
      @before@
      #pragma GCC ivdep
      for (long i = 0; i < count; i++) {
        double @loads@, gx, gy;
        @gradient@
        @record@
        @update@
        @stores@
      }
    }
    memcpy(ends + begin, x_, count*sizeof(double)); memcpy(ends + n + begin, y_, count*sizeof(double));
    @record_last@
  }
}
"""
RECORD = "to_x[i] = x; to_y[i] = y; to_loss[i] = @value@;"
RECORD_LAST = """double *restrict to_x = positions + 2*n_steps*n + begin, *restrict to_y = to_x + n;
    double *restrict to_loss = losses + n_steps*n + begin;
    for (long i = 0; i < count; i++) { double x = x_[i], y = y_[i], gx, gy; @gradient@ @record@ }"""
RECORD_POINTERS = """double *restrict to_x = positions + 2*t*n + begin, *restrict to_y = to_x + n;
      double *restrict to_loss = losses + t*n + begin;"""


def source(task: Task) -> str:
    """Return the program of the task's surface and method, as C text."""
    state, update = UPDATES[task.method.name]
    variables = ["x", "y", *(name + axis for name in state for axis in "xy")]
    record = RECORD.replace("@value@", task.surface.c_value) if task.recorded else ""
    before = [RECORD_POINTERS] if task.recorded else []
    before += [BIAS_CORRECTION] if "rate*m" in update else []
    parts = {
        "arguments": ", ".join(f"double {name}" for name in PARAMETERS),
        "arrays": ", ".join(f"{name}_[BLOCK] __attribute__((aligned(64)))" for name in variables),
        "clear": " ".join(f"memset({name}_, 0, sizeof {name}_);" for name in variables),
        "before": "\n      ".join(before),
        "loads": ", ".join(f"{name} = {name}_[i]" for name in variables),
        "gradient": task.surface.c_gradient,
        "record": record,
        "update": " ".join(_for_axis(update, axis) for axis in "xy"),
        "stores": " ".join(f"{name}_[i] = {name};" for name in variables),
        "record_last": RECORD_LAST if task.recorded else "",
    }
    text = TEMPLATE
    for name in ("record_last", *parts):  # first what contains others
        text = text.replace(f"@{name}@", parts[name])
    return text


def _for_axis(update: str, axis: str) -> str:
    update = re.sub(r"\bp\b", axis, update)
    return re.sub(r"\b([gmv])\b", rf"\1{axis}", update)


_NUMBERS = itertools.count()


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="gradsim-peers-")


def _compile(text: str) -> Any:
    path = Path(_folder().name) / f"race_{next(_NUMBERS)}.c"  # a library that is loaded keeps its name
    path.write_text(text)
    subprocess.run([COMPILER, *FLAGS, "-shared", "-fPIC", path, "-o", path.with_suffix(".so"), "-lm"], check=True)
    function = ctypes.CDLL(str(path.with_suffix(".so"))).race
    function.argtypes = [ctypes.c_void_p] * 4 + [ctypes.c_long] * 2 + [ctypes.c_double] * len(PARAMETERS)
    function.restype = None
    return function


def _prepare(task: Task) -> Race:
    function = _compile(source(task))
    starts = task.starts()
    ends = np.zeros_like(starts)
    n_records = task.n_steps + 1 if task.recorded else 0
    positions = np.zeros((n_records, *starts.shape))
    losses = np.zeros((n_records, starts.shape[1]))
    values = [task.method.hyperparameters.get(name, 0.0) for name in PARAMETERS]

    def address(array: NDArray[np.float64]) -> int:
        return array.ctypes.data

    def race() -> Any:
        arrays = map(address, (starts, ends, positions, losses))
        function(*arrays, starts.shape[1], task.n_steps, *values)
        return as_records(positions, losses) if task.recorded else ends

    return race


def contenders() -> tuple[Contender, ...]:
    return (Contender("C", _prepare),)


def version() -> str:
    """The compiler's. Raises FileNotFoundError when there is none."""
    output = subprocess.run([COMPILER, "--version"], check=True, capture_output=True, text=True).stdout
    return f"{output.splitlines()[0]} {' '.join(FLAGS)}"
