"""The elementary functions as LLVM code, taken from numba, so that native code runs the very functions of the tape."""

from __future__ import annotations

import functools
import hashlib
import os
import re
import threading
from collections.abc import Callable, Collection
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

_METADATA = re.compile(r", !\w+ !\d+")  # points out of the function, to hints that are not needed
_INTRINSIC = re.compile(r"@(llvm\.\w+(?:\.\w+)*)\(")
_NUMBERS = {"llvm.fma.f64": 3, "llvm.fabs.f64": 1, "llvm.sqrt.f64": 1, "llvm.pow.f64": 2}
_DECLARED = {name: f"double @{name}({', '.join(['double'] * n)})" for name, n in _NUMBERS.items()} | {
    f"llvm.vector.reduce.or.v{n}i64": f"i64 @llvm.vector.reduce.or.v{n}i64(<{n} x i64>)" for n in (8, 16, 32)
}


def functions_text(names: Collection[str]) -> str:
    """Return LLVM code of the functions ``names``: ``int32 name(float64 *result, void *unused, float64 …)`` each."""
    number = types.float64
    signatures = {1: number(number), 2: number(number, number)}
    known = [(UNARY_FUNCTIONS, signatures[1]), (BINARY_FUNCTIONS, signatures[2])]
    texts = {
        name: function_text(name, function.py_func, signature)
        for functions, signature in known
        for name, function in functions.items()
        if name in names
    }
    return "\n".join(texts.values())


def declarations(text: str) -> str:
    """Return the declarations of the intrinsics that ``text`` calls."""
    used = sorted(set(_INTRINSIC.findall(text)))
    return "\n".join(f"declare {_DECLARED[name]}" for name in used)


def calls_unknown(text: str) -> bool:
    """Whether ``text`` calls more than itself and what ``declarations`` knows."""
    called = set(re.findall(r"call [^@\n]*@([\w.$-]+)\(", text))
    return not called <= set(_DECLARED)


@functools.cache
def function_text(name: str, function: Callable[..., Any], signature: Any) -> str:
    """Return the LLVM code of ``function`` as numba compiles it for ``signature``, named ``name`` and always inlined.

    It is kept beside the compiled kernels, because numba takes a tenth of a second for it.
    """
    key = hashlib.sha256(f"{function.__module__} {function.__qualname__} {signature}".encode()).hexdigest()[:16]
    path = Path(numba.config.CACHE_DIR) / f"function-{llvm.get_host_cpu_name()}-{key}.ll"
    try:
        body = path.read_text(encoding="utf-8")
    except OSError:
        body = _compile(function, signature)
        partial = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        partial.write_text(body, encoding="utf-8")
        partial.replace(path)
    return f"define internal i32 @{name}{body}"


def _compile(function: Callable[..., Any], signature: Any) -> str:
    """Return arguments and body of ``function`` as LLVM code."""
    (result,) = numba.njit(signature, **OPTIONS)(function).overloads.values()
    module = llvm.parse_assembly(result.library.get_llvm_str())
    text = str(module.get_function(result.fndesc.llvm_func_name))
    head, body = re.split(r"(?=\{\n)", text, maxsplit=1)
    arguments = "".join(f", double %{argument}" for argument in re.findall(r"%(arg\.[\w.]+)", head))
    body = _METADATA.sub("", body)
    body = body.replace("@sqrt(", "@llvm.sqrt.f64(")  # the same number, and loops over it vectorise
    return f"(ptr %retptr, ptr %excinfo{arguments}) alwaysinline {body}"
