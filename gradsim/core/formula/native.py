"""Compiles a tape to machine code, which runs it several times as fast, with the same bits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import llvmlite.binding as llvm

from gradsim.core.formula.native_functions import declarations, functions_text
from gradsim.core.formula.native_text import ENTRY, write_loop
from gradsim.core.formula.tape import Tape

MAX_INSTRUCTIONS = 400  # longer tapes take seconds to compile, and hardly gain: most of it is functions


@dataclass(frozen=True, eq=False)
class NativeCode:
    """Machine code in memory, which lives as long as this object.

    Attributes:
        address: where it begins, as ``program_kernel`` calls it.
    """

    address: int
    _engine: Any


def compile_native(tape: Tape, dimension: int) -> NativeCode | None:
    """Return ``tape`` as machine code for this computer; None where it is too long.

    Takes 15 to 100 ms, during most of which other threads may run.
    """
    return None if len(tape.code) > MAX_INSTRUCTIONS else compile_loop(*write_loop(tape, dimension))


def compile_loop(loop: str, functions: Collection[str], *, more: str = "") -> NativeCode:
    """Return a loop of ``native_text`` as machine code, with the elementary ``functions`` and ``more`` it calls."""
    code = "\n".join((functions_text(functions), more, loop))
    _prepare_llvm()
    module = llvm.parse_assembly(declarations(code) + "\n" + code)
    module.verify()
    machine = _target_machine()
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = True
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return NativeCode(engine.get_function_address(ENTRY), engine)


def _prepare_llvm() -> None:
    """Tell LLVM of this computer's processor; telling it again does nothing."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


def _target_machine() -> Any:
    target = llvm.Target.from_triple(llvm.get_process_triple())
    features = llvm.get_host_cpu_features().flatten()
    return target.create_target_machine(cpu=llvm.get_host_cpu_name(), features=features, opt=3, jit=True)
