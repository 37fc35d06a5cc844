"""The elementary functions as LLVM code, taken from numba, so that native code runs the very functions of the tape."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba
from numba import types

from gradsim.core.compiled import OPTIONS
from gradsim.core.formula import power, trigonometry, vector_math

UNARY_FUNCTIONS: dict[str, Any] = {
    "sin": trigonometry.sin,
    "cos": trigonometry.cos,
    "tan": trigonometry.tan,
    "exp": vector_math.exp,
    "log": vector_math.log,
    "sinh": vector_math.sinh,
    "cosh": vector_math.cosh,
    "tanh": vector_math.tanh,
    "atan": vector_math.atan,
}
BINARY_FUNCTIONS: dict[str, Any] = {"pow": power.power}

_INTRINSIC = re.compile(r"@(llvm\.\w+(?:\.\w+)*)\(")
_DECLARED = {"llvm.fma.f64": 3, "llvm.fabs.f64": 1, "llvm.sqrt.f64": 1}


def functions_text(names: Iterable[str]) -> str:
    """Return LLVM code of the functions ``names``: ``int32 name(float64 *result, void *unused, float64 …)`` each."""
    known = _all_functions()
    return "\n".join(known[name] for name in sorted(names))


def declarations(text: str) -> str:
    """Return the declarations of the intrinsics that ``text`` calls."""
    used = sorted(set(_INTRINSIC.findall(text)))
    return "\n".join(f"declare double @{name}({', '.join(['double'] * _DECLARED[name])})" for name in used)


@functools.cache
def _all_functions() -> dict[str, str]:
    """Every function's code by its name: from the folder of compiled kernels, or compiled now, which takes a second."""
    path = Path(numba.config.CACHE_DIR) / f"functions-{llvm.get_host_cpu_name()}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not there yet, or half-written by a process that was killed
        pass
    texts = {name: _text_of(name, function, 1) for name, function in UNARY_FUNCTIONS.items()}
    texts |= {name: _text_of(name, function, 2) for name, function in BINARY_FUNCTIONS.items()}
    partial = path.with_suffix(f".{id(texts)}.part")
    partial.write_text(json.dumps(texts), encoding="utf-8")
    partial.replace(path)
    return texts


def _text_of(name: str, function: Any, n_arguments: int) -> str:
    """Return the code of one function as numba compiles it, named ``name`` and marked as part of who calls it."""
    compiled: Callable[..., Any] = numba.njit(types.float64(*[types.float64] * n_arguments), **OPTIONS)(
        function.py_func
    )
    (result,) = compiled.overloads.values()  # type: ignore[attr-defined]
    module = llvm.parse_assembly(result.library.get_llvm_str())
    text = str(module.get_function(result.fndesc.llvm_func_name))
    head, body = re.split(r"(?=\{\n)", text, maxsplit=1)
    arguments = "".join(f", double %{argument}" for argument in re.findall(r"%(arg\.\w+)", head))
    return f"define internal i32 @{name}(ptr %retptr, ptr %excinfo{arguments}) alwaysinline {body}"
